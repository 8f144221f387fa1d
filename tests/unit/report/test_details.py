"""What is shown beside an outcome never contradicts it."""

import datetime as dt

import polars as pl
import pytest
from tests.demo_runs import demo_run, run_of

from yumiao.model.outcomes import Outcome
from yumiao.report.details import read_details


def details_of(run, policy, language="zh"):
    return read_details(run.judged_facts(), run.policy(policy), language)


@pytest.fixture(scope="module")
def run():
    return demo_run()


@pytest.fixture(scope="module", params=["hnte", "tech_sme", "srdi_sme", "little_giant", "innovative_sme"])
def details(request, run):
    return details_of(run, request.param)


def test_shown_number_is_on_the_side_of_the_limit_that_the_outcome_says(details):
    words = {outcome.label.zh: outcome for outcome in Outcome}
    looked_at = 0
    for condition in details.conditions:
        if not condition.number or not condition.limit:
            continue
        sign, limit = (
            condition.limit.split(" ")[0],
            float(condition.limit.split(" ")[1].rstrip("%").replace(",", "")),
        )
        rows = details.frame.select(f"number.{condition.id}", f"outcome.{condition.id}").drop_nulls()
        for number, outcome in rows.iter_rows():
            holds = {"≥": number >= limit, ">": number > limit, "≤": number <= limit, "<": number < limit}[
                sign
            ]
            looked_at += 1
            assert (words[outcome] is Outcome.MET) == holds, (condition.id, number, outcome)
    assert looked_at > 100


def test_every_row_has_a_text_for_each_condition_that_is_decided_by_a_number(details):
    for condition in details.conditions:
        if condition.number:
            decided = details.frame.filter(pl.col(f"number.{condition.id}").is_not_null())
            assert decided[f"text.{condition.id}"].null_count() == 0


def test_gap_is_told_only_where_a_condition_fails(details):
    for condition in details.conditions:
        if condition.has_gap:
            told = details.frame.filter(pl.col(f"gap.{condition.id}").is_not_null())
            assert set(told[f"outcome.{condition.id}"]) <= {Outcome.NOT_MET.label.zh}


def test_missing_facts_are_named_exactly_where_a_condition_is_open(details):
    for condition in details.conditions:
        is_named = pl.col(f"missing.{condition.id}").fill_null("") != ""
        named = details.frame.filter(is_named)
        assert set(named[f"outcome.{condition.id}"]) <= {Outcome.UNDETERMINED.label.zh}


def test_value_just_below_a_limit_is_never_shown_as_the_limit():
    run = run_of([{"tech_staff@2025": 99_999, "staff_total@2025": 1_000_000}], "hnte")

    row = details_of(run, "hnte").frame.row(0, named=True)

    assert row["outcome.H4_tech_staff"] == "不符合"
    assert row["text.H4_tech_staff"] == "≈9.99%"


def test_value_that_needs_more_decimals_to_show_its_side_gets_them():
    run = run_of(
        [{"total_liabilities@2025": 80_001_000_000, "total_assets@2025": 100_000_000_000}], "srdi_sme"
    )

    row = details_of(run, "srdi_sme").frame.row(0, named=True)

    assert row["outcome.A2_debt_ratio"] == "不符合"
    assert row["number.A2_debt_ratio"] is None
    assert row["text.A2_debt_ratio"] == "≈80.001%"


def test_value_too_near_for_any_decimals_says_on_which_side_it_is():
    rows = [{"tech_staff@2025": 10**8 - 1, "staff_total@2025": 10**9}]

    for language, text in (("zh", "略低于 10%"), ("en", "just below 10%")):
        row = details_of(run_of(rows, "hnte"), "hnte", language).frame.row(0, named=True)
        assert row["text.H4_tech_staff"] == text


def test_exact_value_on_the_limit_is_shown_without_a_mark():
    run = run_of([{"tech_staff@2025": 20, "staff_total@2025": 200}], "hnte")

    row = details_of(run, "hnte").frame.row(0, named=True)

    assert (row["outcome.H4_tech_staff"], row["text.H4_tech_staff"]) == ("符合", "10%")


def test_gap_says_how_much_is_missing_in_the_unit_of_the_fact():
    run = run_of([{"tech_staff@2025": 17, "staff_total@2025": 200}], "hnte")

    assert details_of(run, "hnte").frame["gap.H4_tech_staff"].item() == "科技人员还差 3 人"
    assert (
        details_of(run, "hnte", "en").frame["gap.H4_tech_staff"].item()
        == "3 persons of Technology staff short"
    )


def test_gap_above_a_ceiling_says_how_much_is_too_much():
    run = run_of([{"staff_total@2025": 512}], "tech_sme")

    assert details_of(run, "tech_sme").frame["gap.C2_staff"].item() == "职工总数超出 12 人"


def test_fact_known_as_an_interval_shows_the_ends_that_say_something():
    name = "ip_class1_count.srdi_2026"
    known = ((None, 1, 3), (None, 0, 3), (None, 2, None), (2, None, None), (None, None, None))
    rows = [{name: value, f"{name}#low": low, f"{name}#high": high} for value, low, high in known]

    found = details_of(run_of(rows, "little_giant"), "little_giant", "en").frame["text.L4_ip_or_exempt"]

    shown = [text.partition(" (≥ 4")[0].rpartition(") ")[2] for text in found]
    assert shown == ["1–3 items", "≤ 3 items", "≥ 2 items", "2 items", "unknown"]


def test_limit_of_a_bracket_is_the_one_of_the_row():
    founded = dt.date(2015, 1, 1)
    rows = [{"established_on": founded, "sales_revenue@2025": each * 10**9} for each in (3, 10, 30)]

    found = details_of(run_of(rows, "hnte"), "hnte").frame["limit.H5_rd_ratio"].to_list()

    assert found == ["≥ 5%", "≥ 4%", "≥ 3%"]


def test_condition_over_several_years_shows_each_of_them():
    row = {
        "rd_expense_audited@2024": 120_000_000,
        "rd_expense_audited@2025": 80_000_000,
        "operating_revenue@2025": 2_000_000_000,
    }

    found = details_of(run_of([row], "srdi_sme"), "srdi_sme").frame.row(0, named=True)

    assert found["text.A3_rd_amount"] == "2024年 120 万元；2025年 80 万元"
    assert found["text.A3_rd_ratio"] == "2024年 缺；2025年 4%"


def test_condition_of_alternatives_shows_each_value_with_its_limit():
    row = {"operating_revenue@2025": 1_200_000_000, "equity_paid_in_2y": 0}

    found = details_of(run_of([row], "srdi_sme"), "srdi_sme").frame.row(0, named=True)

    assert (
        found["text.A2_revenue_or_equity"]
        == "营业收入 1,200 万元 (≥ 1,500 万元)；近2年新增股权融资（实缴） 0 万元 (≥ 2,000 万元)"
    )


def test_alternative_does_not_matter_once_another_one_is_met():
    rows = [{"valid_hnte_certificate": True}, {"valid_hnte_certificate": False}]

    found = details_of(run_of(rows, "tech_sme"), "tech_sme").frame

    assert found["matters.D4_led_standard"].to_list() == [False, True]
    assert found["matters.C2_staff"].to_list() == [True, True]


def test_only_asked_rows_are_read_and_in_the_order_asked(run):
    facts = run.judged_facts()

    found = read_details(facts, run.policy("hnte"), "zh", pl.Series([4, 1])).frame

    assert found["subject"].to_list() == [facts["subject"][4], facts["subject"][1]]


def test_english_details_say_outcomes_and_reasons_in_english(run):
    frame = details_of(run, "hnte", "en").frame

    assert set(frame["outcome_text"]) <= {"met", "not met", "undetermined"}


def test_points_that_are_missing_are_whole_points():
    run = demo_run()
    frame = details_of(run, "hnte").frame.filter(pl.col("outcome.H7_score") == "不符合")

    assert frame.height > 3
    assert frame["gap.H7_score"].str.contains(r"^企业创新能力评价还差 [0-9]+ 分$").all()


def test_amount_that_has_to_be_exceeded_says_so():
    rows = [{"st_activity_expense@2023": 10_000_000, "operating_revenue@2023": 1_000_000_000}]

    found = details_of(run_of(rows, "gazelle_js@round-2024"), "gazelle_js").frame

    assert found["gap.Z1_st_intensity"].item() == "科技活动费用支出还差多于 30 万元"


def test_points_missing_of_a_score_among_several_things_are_told_where_it_surely_fails(run):
    details = details_of(run, "tech_sme")
    score = details.evaluated.verdicts.select("subject", low="score.total.low", high="score.total.high")
    rows = details.frame.join(score, on="subject").filter(pl.col("outcome.C5_score") == "不符合")
    short = rows.filter(pl.col("high") < 600_000)

    assert short.height > 20
    assert short["part_gaps.C5_score"].null_count() == 0
    for told, high in short.select("part_gaps.C5_score", "high").iter_rows():
        assert f"科技型中小企业综合评价还差 {60 - high // 10_000} 分" in told
    others = details.frame.filter(pl.col("outcome.C5_score") != "不符合")
    assert others["part_gaps.C5_score"].null_count() == others.height


def test_years_that_fall_short_are_named_with_their_values(run):
    details = details_of(run, "srdi_sme")
    years = [each for each in details.conditions if each.has_part_gaps]

    told = 0
    for condition in years:
        rows = details.frame.filter(pl.col(f"part_gaps.{condition.id}").is_not_null())
        assert set(rows[f"outcome.{condition.id}"]) <= {"不符合"}
        for text in rows[f"part_gaps.{condition.id}"]:
            assert text.startswith(f"{condition.text.zh}：2")
            assert "年 " in text
            told += 1
    assert told > 5
