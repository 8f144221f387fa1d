"""The answer: its shape, and what it says of conditions, thresholds, cells and scores."""

import datetime as dt
from fractions import Fraction

import jsonschema
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.rules.rows import HNTE_DATE, hnte_row, judges, policy_of, row_of, worked_examples

from yumiao.model.facts import SOURCE_SCHEMA
from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.rules import wording
from yumiao.rules.answers import (
    Answer,
    Condition,
    Criterion,
    Fact,
    Gap,
    Growth,
    Interval,
    Missing,
    Quantity,
    Receipt,
    Source,
    Subject,
    Threshold,
    answer_schema,
)
from yumiao.rules.explaining import explain
from yumiao.rules.origins import Origin, origins_of

SOMEBODY = Subject("01J9", "enterprise", "91320412MA1M0X0002", "常州衡舟精密传动有限公司")
VALIDATOR = jsonschema.Draft202012Validator(answer_schema(), format_checker=jsonschema.FormatChecker())


def answer_of(name: str, as_of: dt.date, row: dict, **options: object) -> Answer:
    return explain(judges(), policy_of(name), as_of, row, subject=SOMEBODY, **options)


def hnte_answer(**changes: object) -> Answer:
    return answer_of("hnte", HNTE_DATE, hnte_row(**changes))


def condition(answer: Answer, name: str) -> Condition:
    return next(found for found in answer.conditions if found.id == name)


# ── shape ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_schema_is_a_valid_json_schema():
    jsonschema.Draft202012Validator.check_schema(answer_schema())


def test_answer_of_every_worked_example_has_the_published_shape():
    answers = 0
    for prepared in worked_examples()[::7]:
        example = prepared.example
        answer = explain(
            judges(),
            prepared.policy,
            example.as_of,
            prepared.row,
            subject=SOMEBODY,
            settings=example.settings,
        )
        VALIDATOR.validate(answer.to_json())
        answers += 1
    assert answers > 50


def test_answer_in_json_has_the_fields_of_the_schema_in_their_order():
    found = hnte_answer().to_json()

    assert list(found) == list(answer_schema()["properties"])
    assert list(found["conditions"][0]) == list(answer_schema()["$defs"]["condition"]["properties"])


def test_answer_says_whom_what_and_when_it_judged():
    answer = answer_of(
        "hnte", HNTE_DATE, hnte_row(), known_at="2026-06-01T09:00:00+08:00", snapshot="sha256:1"
    )
    policy = policy_of("hnte")

    assert answer.subject == SOMEBODY
    assert (answer.policy, answer.version, answer.in_force) == ("hnte", "most-2016-32+195", True)
    assert (answer.as_of, answer.known_at) == (HNTE_DATE, "2026-06-01T09:00:00+08:00")
    assert answer.receipt == Receipt(
        policy.hash, "sha256:1", policy.body.default_settings, answer.receipt.engine
    )


def test_version_judged_outside_its_dates_is_not_in_force():
    answer = answer_of("srdi_sme_2022", dt.date(2027, 1, 1), {})

    assert answer.in_force is False


# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────────


def test_failed_share_shows_fraction_threshold_levers_and_cells():
    origins = {"tech_staff@2025": Origin(Source("b1", "人社9月.xlsx", "Sheet1", "D37"), "2026-05-01")}
    answer = answer_of("hnte", HNTE_DATE, hnte_row(staff_total=200, tech_staff=17), origins=origins)

    found = condition(answer, "H4_tech_staff")

    assert found.outcome is Outcome.NOT_MET
    assert found.decisive
    assert found.cite == "第十一条（四）"
    assert found.value == Quantity("17/200", "8.5%", None, Text("8.5%", "8.5%"))
    assert found.threshold == Threshold(">=", "1/10", "10%", None, Text("≥ 10%", "≥ 10%"))
    assert found.gap == Gap(
        "redesignate_staff",
        "3",
        "person",
        Text(
            "科技人员还差 3 人：现有人员符合科技人员条件的，补认定 3 人；或新聘科技人员 4 人",
            "Technology staff: 3 persons short (Recognise present staff as technology staff: 3 persons; "
            "or Hire technology staff: 4 persons)",
        ),
    )
    staff = Fact(
        metric="tech_staff",
        period="FY2025",
        name=Text("科技人员", "Technology staff"),
        value="17",
        low=None,
        high=None,
        unit="person",
        label=Text("17 人", "17 persons"),
        source=Source("b1", "人社9月.xlsx", "Sheet1", "D37"),
        recorded_at="2026-05-01",
    )
    assert found.facts[0] == staff
    assert [fact.metric for fact in found.facts] == ["tech_staff", "staff_total"]
    assert found.missing == ()


def test_open_condition_names_what_is_missing_and_keeps_its_threshold():
    found = condition(hnte_answer(total_income=None), "H6_hightech_revenue")

    assert found.outcome is Outcome.UNDETERMINED
    assert found.value is None
    assert found.threshold == Threshold(">=", "3/5", "60%", None, Text("≥ 60%", "≥ 60%"))
    assert found.missing == (Missing("total_income", "FY2025", Text("总收入", "Total income")),)


def test_settled_condition_misses_nothing_although_a_fact_is_unknown():
    answer = answer_of(
        "srdi_sme_2026",
        dt.date(2026, 6, 1),
        row_of("srdi_sme_2026", dt.date(2026, 6, 1), {"operating_revenue": 2000}),
    )

    found = condition(answer, "A2_revenue_or_equity")

    assert (found.outcome, found.missing) == (Outcome.MET, ())


def test_condition_of_several_comparisons_tells_each():
    row = row_of(
        "srdi_sme_2026", dt.date(2026, 6, 1), {"operating_revenue": 1499.99, "equity_paid_in_2y": 100}
    )

    found = condition(answer_of("srdi_sme_2026", dt.date(2026, 6, 1), row), "A2_revenue_or_equity")

    assert (found.outcome, found.value, found.threshold, found.least) == (Outcome.NOT_MET, None, None, 1)
    assert [(part.outcome, part.value.text, part.threshold.text) for part in found.parts] == [
        (Outcome.NOT_MET, "1499.99", "1500"),
        (Outcome.NOT_MET, "100", "2000"),
    ]


def test_bracket_shows_the_threshold_of_the_bracket_that_applies():
    small = condition(hnte_answer(), "H5_rd_ratio")
    large = condition(hnte_answer(sales_revenue={2023: 3000, 2024: 3600, 2025: 5000.000001}), "H5_rd_ratio")

    assert (small.threshold.text, large.threshold.text) == ("5%", "4%")


def test_compound_growth_is_told_by_its_two_amounts():
    as_of = dt.date(2024, 6, 1)
    facts = {"established_on": dt.date(2015, 1, 1), "operating_revenue": {2020: 1000, 2022: 1500, 2023: 1728}}
    answer = answer_of("gazelle_js_2024", as_of, row_of("gazelle_js_2024", as_of, facts))

    found = condition(answer, "Z2a_revenue_growth")

    growth = next(part.value for part in found.parts if isinstance(part.value, Growth))
    assert growth == Growth("1000", "1728", 3, "20%", "CNY_10k", Text("20%", "20%"))
    assert found.outcome is Outcome.MET


def test_yes_no_condition_tells_the_answer_that_was_needed():
    found = condition(hnte_answer(serious_incident_within_365_days=True), "H8_conduct")

    assert found.outcome is Outcome.NOT_MET
    assert found.value == Quantity("true", "true", None, Text("是", "yes"))
    assert found.threshold == Threshold("is", "false", "false", None, Text("应为 否", "must be no"))
    assert found.gap is None


def test_value_of_an_unknown_fact_is_not_its_domain():
    found = condition(answer_of("srdi_sme_2026", dt.date(2026, 6, 1), {}), "A1_segment_years")

    assert (found.outcome, found.value) == (Outcome.UNDETERMINED, None)


def test_value_of_a_fact_known_as_an_interval_is_the_interval():
    row = row_of("srdi_sme_2026", dt.date(2026, 6, 1), {"segment_years": {"min": 2, "max": 4}})

    found = condition(answer_of("srdi_sme_2026", dt.date(2026, 6, 1), row), "A1_segment_years")

    assert found.value == Interval("2", "4", "2–4", "year", Text("2–4 年", "2–4 years"))
    assert (found.facts[0].value, found.facts[0].low, found.facts[0].high) == (None, "2", "4")


def test_condition_that_stands_in_another_keeps_its_wording():
    as_of = dt.date(2025, 5, 10)

    found = condition(answer_of("unicorn_js_2025", as_of, {}), "unicorn")

    assert found.parts[0].text.zh == "在本市（江苏省内）注册、具有独立法人资格、无不良信用记录"
    assert [part.text.zh for part in found.parts[0].parts] == [
        "在江苏省内注册的独立法人：应为 是",
        "无不良信用记录：应为 是",
    ]


def test_upper_bound_of_a_count_is_shown_beside_the_unknown_count():
    row = hnte_row(ip_class1_count=None) | {"ip_class1_count": 0}

    found = condition(answer_of("hnte", HNTE_DATE, row), "H7_score")

    told = {fact.metric: fact.value for fact in found.facts}
    assert told["ip_class1_count"] == "0"
    assert "ip_class1_count.hnte" not in told


def test_class_table_shows_the_bounds_of_every_class():
    as_of = dt.date(2026, 3, 1)
    facts = {"size_industry": "industry", "staff_period_end": 300, "operating_revenue": 40000}
    answer = answer_of("size_class", as_of, row_of("size_class", as_of, facts))

    assert (answer.outcome, answer.class_, answer.possible) == (Outcome.MET, "medium", None)
    assert [(found.id, found.outcome, found.decisive) for found in answer.conditions] == [
        ("large", Outcome.NOT_MET, True),
        ("medium", Outcome.MET, True),
        ("small", Outcome.MET, False),
    ]


def test_open_class_names_the_classes_that_remain():
    as_of = dt.date(2026, 3, 1)
    facts = {"size_industry": "industry", "staff_period_end": 300}
    answer = answer_of("size_class", as_of, row_of("size_class", as_of, facts))

    assert (answer.outcome, answer.class_) == (Outcome.UNDETERMINED, None)
    assert answer.possible == ("medium", "small", "micro")


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_score_is_an_interval_with_the_reason_at_each_criterion():
    answer = hnte_answer(ip_tech_level_grade=None)
    score = answer.scores[0]

    criteria = {found.id: found for found in score.criteria}

    level = Criterion(
        "ip.tech_level",
        Text("技术的先进程度", "Level of the technology"),
        "0",
        "8",
        "8",
        Reason.MISSING_FACTS,
    )
    assert criteria["ip.tech_level"] == level
    assert criteria["ip.core_support"].because is Reason.EXPERT_RANGE
    assert criteria["organisation.systems"].because is None


def test_score_condition_shows_its_interval_of_points():
    found = condition(hnte_answer(), "H7_score")

    assert isinstance(found.value, Interval)
    assert found.value.unit == "point"


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["1/10", "3/5", "4/5", "3/10", "2"]))
def test_shown_share_is_on_the_same_side_of_the_threshold_as_the_exact_one(part, whole, bound):
    value, threshold = Fraction(part, whole), Fraction(bound)

    shown = Fraction(wording.share(value, threshold).text.removeprefix("≈").removesuffix("%")) / 100

    assert (shown > threshold, shown < threshold) == (value > threshold, value < threshold)


@given(st.integers(1, 10**5), st.integers(1, 10**5), st.integers(1, 4))
def test_shown_growth_is_on_the_same_side_of_the_threshold_as_the_exact_one(earlier, later, periods):
    threshold = Fraction(1, 5)

    shown = wording.growth(Fraction(later), Fraction(earlier), periods, UNITS["CNY"], threshold).text

    value = Fraction(shown.removeprefix("≈").removesuffix("%")) / 100
    exact = Fraction(later, earlier)
    needed = (1 + threshold) ** periods
    assert (value > threshold, value < threshold) == (exact > needed, exact < needed)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("2998/10000", "29.98%"),
        ("299999/1000000", "≈29.99%"),
        ("3/10", "30%"),
        ("3000001/10000000", "30.00001%"),
    ],
)
def test_share_near_the_threshold_is_not_rounded_onto_it(share, text):
    assert wording.share(Fraction(share), Fraction(3, 10)).text == text


def test_origins_are_read_from_a_table_of_sources():
    record = {
        "subject": "s1",
        "column": "tech_staff@2025",
        "value": "17",
        "raw": "17",
        "file": "人社9月.xlsx",
        "sheet": "Sheet1",
        "cell": "D37",
        "batch": "b1",
        "recorded_at": "2026-05-01",
    }
    frame = pl.DataFrame([record, {**record, "subject": "s2"}], schema=SOURCE_SCHEMA)

    assert origins_of(frame, "s1") == {
        "tech_staff@2025": Origin(Source("b1", "人社9月.xlsx", "Sheet1", "D37"), "2026-05-01")
    }
