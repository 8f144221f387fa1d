"""Facts that follow from other facts stand in where none was received, and nowhere else."""

import datetime as dt

import polars as pl
import pytest
from tests.unit.packs.small_packs import AS_OF, METRICS, made_library, needing, policy_text

from yumiao.evaluate import evaluate
from yumiao.model.facts import Facts
from yumiao.model.text import Text
from yumiao.rules.derivation import derivations, derive, derived_columns
from yumiao.rules.lowering import LoweringError, lower

SIZE = policy_text(
    "classes: {large: {zh: 大, when: staff >= 300 人}, small: {zh: 小, when: staff >= 10 人}}\n", name="size"
)
DERIVED = METRICS.replace(
    "constraints:",
    """\
  is_sme: {label: {zh: 中小企业}, unit: bool, period: at_application, derived: class(size) is small}
  holds_sound: {label: {zh: 已获优}, unit: bool, period: at_application, derived: holds(sound)}
  sound_sme: {label: {zh: 优质中小企业}, unit: bool, period: at_application, derived: is_sme and holds_sound}
  one: {label: {zh: 一}, unit: bool, period: at_application, derived: not other}
  other: {label: {zh: 二}, unit: bool, period: at_application, derived: one or honest}
constraints:""",
)


def judged(need, **columns):
    """The derived fact and the verdict of each subject, judged by one policy."""
    library = made_library(needing(need), SIZE, metrics=DERIVED)
    height = max((len(values) for values in columns.values()), default=1)
    table = pl.DataFrame({"subject": [str(number) for number in range(height)], **columns})
    run = evaluate(library, Facts(table), as_of=AS_OF, policies=["made"])
    return run.judged_facts()[need].to_list(), run.policy("made").verdicts["outcome"].to_list()


def staff(*counts):
    return {"staff@2025": pl.Series(counts, dtype=pl.Int64)}


def dates(name, *days):
    return {name: pl.Series(days, dtype=pl.Date)}


# ── what follows ──────────────────────────────────────────────────────────────────────────────────────


def test_sme_follows_from_its_size_class():
    assert judged("is_sme", **staff(300, 299, 9, None)) == (
        [False, True, False, None],
        ["not_met", "met", "not_met", "undetermined"],
    )


def test_title_is_held_from_the_day_it_is_granted_to_the_last_day_it_is_valid():
    day, before, after = AS_OF, dt.date(2026, 5, 31), dt.date(2026, 6, 2)
    granted = dates("title_sound_granted_on", day, after, before, None, before, None)
    until = dates("title_sound_valid_until", day, after, before, before, None, None)

    assert judged("holds_sound", **granted, **until) == (
        [True, False, False, False, None, None],
        ["met", "not_met", "not_met", "not_met", "undetermined", "undetermined"],
    )


def test_derived_fact_may_rest_on_derived_facts():
    granted = dates("title_sound_granted_on", *[dt.date(2025, 1, 1)] * 3)
    until = dates("title_sound_valid_until", dt.date(2027, 1, 1), dt.date(2026, 1, 1), None)

    assert judged("sound_sme", **staff(50, 50, 50), **granted, **until) == (
        [True, False, None],
        ["met", "not_met", "undetermined"],
    )


def test_received_value_wins_and_the_derived_one_fills_the_gaps():
    received = {"is_sme": pl.Series([False, None, True, None], dtype=pl.Boolean)}

    assert judged("is_sme", **staff(50, 50, 300, 300), **received) == (
        [False, True, True, False],
        ["not_met", "met", "met", "not_met"],
    )


def test_facts_without_anything_to_derive_from_stay_unknown():
    assert judged("is_sme", honest=[True]) == ([None], ["undetermined"])


# ── in which order ────────────────────────────────────────────────────────────────────────────────────


def found_for(*needs):
    library = made_library(needing(*needs), SIZE, metrics=DERIVED)
    return derivations(library, [lower(library, library.policies[0], AS_OF)], AS_OF)


@pytest.mark.parametrize(
    ("needs", "columns"),
    [
        (["honest"], []),
        (["is_sme"], ["is_sme"]),
        (["sound_sme"], ["is_sme", "holds_sound", "sound_sme"]),
        (["holds_sound", "sound_sme"], ["holds_sound", "is_sme", "sound_sme"]),
    ],
)
def test_derivations_come_after_those_that_they_rest_on(needs, columns):
    assert [derivation.column for derivation in found_for(*needs)] == columns


def test_columns_of_derivations_are_those_that_their_statements_ask_for():
    assert list(derived_columns(found_for("sound_sme"))) == [
        "staff@2025",
        "title_sound_granted_on",
        "title_sound_valid_until",
        "is_sme",
        "holds_sound",
    ]


def test_derivation_is_a_graph_of_its_own():
    graph = derive(made_library(SIZE, metrics=DERIVED), "is_sme", AS_OF)

    assert (graph.policy, graph.version, graph.as_of, list(graph.leaves), graph.conditions) == (
        "is_sme",
        "derived",
        AS_OF,
        ["staff@2025"],
        (),
    )


@pytest.mark.parametrize(("need", "chain"), [("one", "one → other → one"), ("other", "other → one → other")])
def test_derivations_that_go_round_in_a_circle_are_refused(need, chain):
    with pytest.raises(LoweringError) as error:
        found_for(need)

    assert error.value.text == Text(f"推导互相依赖：{chain}", f"derivations go round in a circle: {chain}")
