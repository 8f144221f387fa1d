"""Titles as facts for policies, and held crossed with met."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from tests.shipped_packs import shipped_packs
from tests.unit.ladder.title_rows import day, row, table

from yumiao.evaluate.runs import evaluate
from yumiao.ladder.absence import CompleteList, complete_lists, find_absent
from yumiao.ladder.facts import add_title_facts, held_metrics
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.holdings import expiring, holdings_on
from yumiao.ladder.rows import read_rows
from yumiao.ladder.standings import Standing, standings
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs.library import read_packs

AS_OF = dt.date(2026, 6, 1)


@pytest.fixture(scope="module")
def library():
    return shipped_packs()


def histories_of(library, *rows):
    read, problems = read_rows(table(*rows), library.titles)
    assert problems == ()
    return read_histories(read, library.titles)[0]


def facts_of(*subjects, **columns):
    shape = {SUBJECT: list(subjects), NAME: list(subjects), CODE: [None] * len(subjects)}
    return Facts(pl.DataFrame({**shape, **columns}, schema_overrides={CODE: pl.String}))


def values(facts, subject, *columns):
    found = facts.table.row(by_predicate=pl.col(SUBJECT) == subject, named=True)
    return [found.get(column) for column in columns]


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────

HNTE = ("title_hnte_granted_on", "title_hnte_valid_until", "valid_hnte_certificate")


def test_metrics_that_mean_a_title_is_held_are_those_derived_from_it(library):
    assert held_metrics(library) == {
        "hnte": ("valid_hnte_certificate",),
        "tech_sme": ("valid_tech_sme_title",),
        "innovative_sme": ("valid_innovative_sme_title",),
        "srdi_sme": ("valid_srdi_title",),
    }


def test_title_with_exact_dates_gives_its_dates_with_the_cell_of_its_row(library):
    held = histories_of(library, row("a", "hnte", on="2024-11-06", cell="C7"))

    facts = add_title_facts(facts_of("a", "b"), held, library, AS_OF)

    assert values(facts, "a", *HNTE) == [day("2024-11-06"), day("2027-11-06"), None]
    assert values(facts, "b", *HNTE) == [None, None, None]
    assert facts.sources.select("subject", "column", "value", "file", "sheet", "cell", "batch").rows() == [
        ("a", "title_hnte_granted_on", "2024-11-06", "名单.xlsx", "名单", "C7", "b1"),
        ("a", "title_hnte_valid_until", "2027-11-06", "名单.xlsx", "名单", "C7", "b1"),
    ]


def test_title_revoked_ends_the_day_before_and_cites_the_revocation(library):
    held = histories_of(
        library, row("a", "hnte", on="2024-11-06"), row("a", "hnte", "revoked", on="2026-03-01", cell="A8")
    )

    facts = add_title_facts(facts_of("a"), held, library, AS_OF)

    assert values(facts, "a", *HNTE) == [day("2024-11-06"), day("2026-02-28"), None]
    assert facts.sources.filter(pl.col("column") == "title_hnte_valid_until")["cell"].to_list() == ["A8"]


@pytest.mark.parametrize(
    ("as_of", "held"), [("2025-12-31", True), ("2026-02-01", None), ("2026-04-01", False)]
)
def test_title_whose_last_day_is_not_sure_gives_a_yes_or_no_only_where_both_readings_agree(
    library, as_of, held
):
    found = histories_of(library, row("a", "tech_sme", on="2025-06-20"))

    facts = add_title_facts(facts_of("a"), found, library, day(as_of))

    assert values(facts, "a", "title_tech_sme_valid_until", "valid_tech_sme_title") == [None, held]


def test_title_without_a_term_gives_no_yes(library):
    found = histories_of(library, row("a", "gazelle_js", on="2024-12-20"))

    facts = add_title_facts(facts_of("a"), found, library, AS_OF)

    assert values(facts, "a", "title_gazelle_js_granted_on", "title_gazelle_js_valid_until") == [
        day("2024-12-20"),
        None,
    ]


def test_value_received_otherwise_stays_and_the_difference_is_a_conflict(library):
    held = histories_of(library, row("a", "hnte", on="2024-11-06"))
    received = facts_of("a", title_hnte_granted_on=[day("2023-11-06")])

    facts = add_title_facts(received, held, library, AS_OF)

    assert values(facts, "a", *HNTE[:2]) == [day("2023-11-06"), day("2027-11-06")]
    assert facts.conflicts.select("subject", "column", "value").rows() == [
        ("a", "title_hnte_granted_on", "2024-11-06")
    ]


def test_complete_list_gives_a_known_no_with_an_empty_cell_to_those_it_does_not_name(library):
    held = histories_of(library, row("a", "hnte", on="2024-11-06"))
    lists = [CompleteList("hnte", day("2026-01-10"), "320412", file="名单.xlsx", unclear=frozenset({"d"}))]
    places = {"a": "320412", "b": "320412105", "c": "320411", "d": "320412"}

    absent = find_absent(["a", "b", "c", "d", "e"], held, lists, AS_OF, places)
    facts = add_title_facts(facts_of("a", "b", "c", "d", "e"), held, library, AS_OF, absent)

    assert [values(facts, each, "valid_hnte_certificate")[0] for each in "abcde"] == [
        None,
        False,
        None,
        None,
        None,
    ]
    assert facts.sources.filter(pl.col(SUBJECT) == "b").select("column", "value", "file", "cell").rows() == [
        ("valid_hnte_certificate", "false", "名单.xlsx", "")
    ]


def test_complete_list_of_a_later_day_says_nothing(library):
    lists = [CompleteList("hnte", day("2026-06-02"))]

    assert find_absent(["a"], (), lists, AS_OF) == {}


def test_declarations_of_titles_are_told_from_those_of_other_metrics(library):
    declared = pl.DataFrame(
        {
            "metric": ["valid_hnte_certificate", "titles.tech_sme", "serious_dishonesty"],
            "territory": ["320412", None, "320412"],
            "on": [day("2026-01-10")] * 3,
            "file": ["甲.xlsx", "乙.xlsx", "丙.xlsx"],
        }
    )

    assert complete_lists(declared, held_metrics(library)) == (
        CompleteList("hnte", day("2026-01-10"), "320412", file="甲.xlsx"),
        CompleteList("tech_sme", day("2026-01-10"), file="乙.xlsx"),
    )


# ── holdings ──────────────────────────────────────────────────────────────────────────────────────────────


def test_titles_that_end_soon_are_listed_nearest_first(library):
    held = histories_of(
        library,
        row("a", "hnte", on="2023-11-06"),
        row("b", "hnte", on="2023-06-20"),
        row("c", "hnte", on="2024-11-06"),
        row("d", "hnte", on="2023-05-31"),
        row("e", "hnte", on="2023-06-20"),
        row("e", "hnte", "revoked", on="2024-01-01"),
        row("f", "gazelle_js", on="2020-01-01"),
    )

    found = expiring(holdings_on(held, AS_OF), AS_OF, 180)

    assert found.select("subject", "until_low", "days_left").rows() == [
        ("b", day("2026-06-20"), 19),
        ("a", day("2026-11-06"), 158),
    ]


# ── held × met ────────────────────────────────────────────────────────────────────────────────────────────

PACK = """\
pack: cn
territory: CN
title: {zh: 国家级, en: National}
"""

METRICS = """\
metrics:
  staff:
    label: {zh: 职工数, en: Staff}
    unit: person
    period: at_application
    min: 0
    question: {zh: 有多少职工？, en: How many staff?}
  is_review:
    label: {zh: 本次为复核, en: This is a review}
    unit: bool
    period: at_application
    question: {zh: 是否复核？, en: Is this a review?}
  has_seed:
    label: {zh: 是育苗企业, en: Is a seedling}
    unit: bool
    period: at_application
    derived: holds(seed)
    question: {zh: 是否育苗企业？, en: Is it a seedling?}
levers:
  hire: {label: {zh: 招人, en: Hire}, moves: {staff: 1}, step: 1 人}
titles:
  star: {label: {zh: 新星企业, en: Star}, valid: 3 年, ends: [corresponding_day], leg: science, rung: 2}
  seed: {label: {zh: 育苗企业, en: Seedling}, valid: 3 年, ends: [corresponding_day], leg: science, rung: 1}
"""

POLICY = """\
policy: star
version: "2025"
title: {zh: 新星企业, en: Star}
documents:
  - {number: 新星〔2025〕1号, zh: 新星办法, confidence: confirmed_2, sources: [text]}
judges: enterprise
applies:
  - {to: [first_application, review], from: 2025-01-01, until: 2027-12-31}
grants: {title: star, valid: 3 年, cite: 第九条}
conditions:
  N1_staff:
    zh: 职工不少于100人；复核不少于90人
    en: At least 100 staff, at a review 90
    cite: 第二条
    need: staff >= 100 人 or is_review and staff >= 90 人
  N2_seed:
    zh: 是育苗企业
    en: Is a seedling
    cite: 第三条
    need: has_seed
met_when: [N1_staff, N2_seed]
"""


@pytest.fixture(scope="module")
def stars(tmp_path_factory):
    """A pack with one policy, which asks for another title and less of a holder under review."""
    root = tmp_path_factory.mktemp("stars") / "cn"
    for name, text in (("pack.yaml", PACK), ("metrics/a.yaml", METRICS), ("policies/star/2025.yaml", POLICY)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    found, problems = read_packs([root.parent])
    assert problems == ()
    return found


HAS_STAR = Metric(
    "has_star", Text("是新星", "is a star"), Kind.BOOL, PeriodKind.AT_APPLICATION, derived="holds(star)"
)
SEED = {"title": "seed", "on": "2025-01-01"}


def crossed(library, staff, *rows, absent=(), within_days=0, as_of=AS_OF):
    """Subject → (held, outcome, standing) of the title ``star``."""
    held = histories_of(library, *rows)
    facts = facts_of(*staff, staff=list(staff.values()))
    filled = add_title_facts(facts, held, library, as_of)
    found = standings(
        library, filled, holdings_on(held, as_of), as_of=as_of, within_days=within_days, absent=absent
    )
    assert set(found["title"]) == {"star"}
    return {name: rest for name, *rest in found.select(SUBJECT, "held", "outcome", "standing").iter_rows()}


def test_held_and_met_is_secure_and_a_holder_is_judged_as_under_review(stars):
    found = crossed(stars, {"a": 90}, row("a", "star", on="2025-01-01"), row("a", **SEED))

    assert found == {"a": [True, "met", Standing.SECURE]}


def test_held_and_failing_is_at_risk(stars):
    found = crossed(stars, {"a": 89}, row("a", "star", on="2025-01-01"), row("a", **SEED))

    assert found == {"a": [True, "not_met", Standing.AT_RISK]}


def test_held_and_met_but_failing_on_its_last_day_is_at_risk(stars):
    rows = row("a", "star", on="2023-09-01"), row("a", "seed", on="2023-07-01")

    assert crossed(stars, {"a": 90}, *rows, within_days=30) == {"a": [True, "met", Standing.SECURE]}
    assert crossed(stars, {"a": 90}, *rows, within_days=120) == {"a": [True, "met", Standing.AT_RISK]}


def test_met_and_known_not_to_be_held_is_an_opportunity(stars):
    found = crossed(stars, {"a": 100}, row("a", **SEED), absent={("a", "star")})

    assert found == {"a": [False, "met", Standing.OPPORTUNITY]}


def test_met_where_no_list_tells_whether_it_is_held_stays_open(stars):
    assert crossed(stars, {"a": 100}, row("a", **SEED)) == {"a": [None, "met", Standing.OPEN]}


def test_yes_or_no_received_as_such_tells_where_no_list_does(stars):
    facts = facts_of("a", "b", "c", staff=[1, 1, 1], has_star=[True, False, None])
    library = replace(stars, metrics={**stars.metrics, "has_star": HAS_STAR})

    found = standings(library, facts, holdings_on((), AS_OF), as_of=AS_OF, within_days=0)

    assert found["held"].to_list() == [True, False, None]


def test_lapsed_title_is_not_held(stars):
    found = crossed(stars, {"a": 100}, row("a", "star", on="2023-01-01"), row("a", **SEED))

    assert found == {"a": [False, "met", Standing.OPPORTUNITY]}


def test_near_miss_is_within_reach_and_what_is_far_is_building(stars):
    rows = [row(name, **SEED) for name in "ab"]

    found = crossed(stars, {"a": 95, "b": 10}, *rows, absent={("a", "star"), ("b", "star")})

    assert found == {
        "a": [False, "not_met", Standing.WITHIN_REACH],
        "b": [False, "not_met", Standing.BUILDING],
    }


def test_undetermined_verdict_stays_open_held_or_not(stars):
    rows = [row("a", "star", on="2025-01-01"), row("a", **SEED), row("b", **SEED)]

    found = crossed(stars, {"a": None, "b": None}, *rows, absent={("b", "star")})

    assert found == {"a": [True, "undetermined", Standing.OPEN], "b": [False, "undetermined", Standing.OPEN]}


def test_title_met_is_no_title_held(stars):
    """A verdict on a title never becomes the fact that it is held."""
    held = histories_of(stars, row("a", **SEED))
    facts = add_title_facts(facts_of("a", staff=[100]), held, stars, AS_OF)

    run = evaluate(stars, facts, as_of=AS_OF, policies=["star"])

    assert run.policies[0].verdicts["outcome"].to_list() == ["met"]
    assert [column for column in run.judged_facts().columns if "star" in column] == []


def test_day_without_a_policy_in_force_has_no_standings(stars):
    held = histories_of(stars, row("a", "star", on="2025-01-01"))
    day_after = dt.date(2028, 1, 1)

    found = standings(
        stars, facts_of("a", staff=[100]), holdings_on(held, day_after), as_of=day_after, within_days=0
    )

    assert found.is_empty()


def test_every_standing_has_words_in_both_languages():
    labels = [each.label for each in Standing]

    assert len({label.zh for label in labels}) == len({label.en for label in labels}) == len(Standing)
