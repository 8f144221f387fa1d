"""What an enterprise is not shown of its own verdicts: everything that rests on a source kept from it."""

import datetime as dt
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.district.calling import Program

from yumiao.district.registry.packs import library
from yumiao.district.registry.withholding import NOT_SHOWN_ITEM, SourceKind, find_withheld, withhold
from yumiao.evaluate.subjects import RowDeriver
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.units import Kind
from yumiao.rules.answers import Source, Subject
from yumiao.rules.derivation import columns_behind, derivations
from yumiao.rules.explaining import explain
from yumiao.rules.judging import SubjectJudge
from yumiao.rules.origins import Origin
from yumiao.rules.wording import period_of
from yumiao.web import firm_standing

AS_OF = dt.date(2026, 7, 15)
STATISTICS = SourceKind("statistics", library().reported.sources["statistics"].label)


# ── over the interface and on the pages ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def hidden_town(monkeypatch):
    """Packs that keep the town's reports from subjects."""
    packs = library()
    town = replace(packs.reported.sources["town"], shown_to_subject=False)
    reported = replace(packs.reported, sources={**packs.reported.sources, "town": town})
    changed = replace(packs, reported=reported)
    for module in ("api.facts", "api.verdicts", "web.firm_standing"):
        monkeypatch.setattr(f"yumiao.{module}.library", lambda: changed)
    return changed


def test_enterprise_sees_outcomes_but_no_number_from_a_hidden_source(ids, hidden_town):
    path = f"/subjects/{ids['hengzhou']}"
    own, official = Program("enterprise"), Program("officer")
    shown, whole = (each.get(f"{path}/verdicts/hnte") for each in (own, official))
    resting = [each["id"] for each in whole["answer"]["conditions"] if each["facts"]]
    town = hidden_town.reported.sources["town"].label

    assert own.get(f"{path}/facts")["items"] == []
    assert official.get(f"{path}/facts")["total"] == 2
    assert shown["answer"]["outcome"] == whole["answer"]["outcome"]
    assert resting
    assert shown["withheld"] == resting
    assert shown["hidden_sources"] == [
        {"condition": each, "source": "town", "label": {"zh": town.zh, "en": town.en}} for each in resting
    ]
    assert (whole["withheld"], whole["hidden_sources"]) == ([], [])
    for condition in shown["answer"]["conditions"]:
        if condition["id"] in resting:
            assert not condition["facts"]
            assert condition["value"] is condition["gap"] is None


def test_enterprise_sees_everything_where_all_sources_are_shown(ids):
    path = f"/subjects/{ids['hengzhou']}/verdicts/size_class"

    assert Program("enterprise").get(path) == Program("officer").get(path)


def test_home_of_a_firm_says_whose_data_a_verdict_rests_on_that_is_not_shown(ids, hidden_town):
    standing = firm_standing.read_own_standing(ids["hengzhou"])
    every = {each.family: each for each in (*standing.close, *standing.open, *standing.met, *standing.rest)}

    town = hidden_town.reported.sources["town"].label
    assert [each.label for each in every["hnte"].hidden] == [town]
    assert town.zh in every["hnte"].hidden_words.zh
    assert "41" not in "".join(part.zh for each in every.values() for part in each.parts)


# ── received and derived facts: which inputs are hidden decides ───────────────────────────────────────────────


@cache
def ground(family):
    """The judge, the graph and the derivations of a policy."""
    judges = SubjectJudge(library())
    policy = next(each for each in library().find(family) if each.in_force(AS_OF, None))
    graph = judges.policy(policy, AS_OF).graph
    return judges, policy, graph, RowDeriver(derivations(library(), [graph], AS_OF))


def origins_of(row, hidden):
    return {
        column: Origin(Source("kept" if column.partition("#")[0] in hidden else "open"))
        for column, value in row.items()
        if value is not None
    }


def withheld_of(family, row, hidden):
    deriver = ground(family)[3]
    return find_withheld(library(), row, origins_of(row, hidden), {"kept": "statistics"}, deriver)


SIZE = {
    "size_industry": "industry",
    "operating_revenue@2025": 350_000_000_00,
    "staff_period_end@2025": 900,
    "total_assets@2025": 900_000_000_00,
}


@pytest.mark.parametrize(
    ("hidden", "row", "withheld"),
    [
        ((), SIZE, {}),
        (("total_assets@2025",), SIZE, {"total_assets@2025": (STATISTICS,)}),
        (
            ("size_industry",),
            SIZE,
            {"size_industry": (STATISTICS,), "is_sme_2011_300": (STATISTICS,)},
        ),
        (
            ("staff_period_end@2025", "operating_revenue@2025"),
            SIZE,
            {
                "staff_period_end@2025": (STATISTICS,),
                "operating_revenue@2025": (STATISTICS,),
                "is_sme_2011_300": (STATISTICS,),
            },
        ),
        (("staff_period_end@2025",), SIZE, {"staff_period_end@2025": (STATISTICS,)}),
        (("is_sme_2011_300",), {"is_sme_2011_300": True}, {"is_sme_2011_300": (STATISTICS,)}),
        (
            ("staff_period_end@2025",),
            {"staff_period_end@2025#low": 3, "staff_period_end@2025#high": 9},
            {"staff_period_end@2025": (STATISTICS,)},
        ),
    ],
    ids=[
        "nothing hidden",
        "an input that the industry does not look at",
        "the industry itself",
        "both inputs",
        "one input of two, the other decides alone",
        "received and hidden itself",
        "an interval",
    ],
)
def test_derived_fact_is_withheld_exactly_where_shown_facts_do_not_give_it(hidden, row, withheld):
    found = withheld_of("little_giant", row, hidden)

    assert found.columns == withheld
    assert found.shown == {column.partition("#")[0] for column in row} - set(hidden)


def test_one_hidden_end_hides_the_whole_interval():
    row = {"staff_period_end@2025#low": 3, "staff_period_end@2025#high": 9}
    origins = {
        "staff_period_end@2025#low": Origin(Source("open")),
        "staff_period_end@2025#high": Origin(Source("kept")),
    }
    found = find_withheld(library(), row, origins, {"kept": "statistics"}, ground("little_giant")[3])

    assert (found.columns, found.shown) == ({"staff_period_end@2025": (STATISTICS,)}, frozenset())


def test_item_that_no_enterprise_is_shown_is_withheld_whoever_reports_it():
    packs = library()
    secret = replace(packs.metrics["staff_period_end"], shown_to_subject=False)
    packs = replace(packs, metrics={**packs.metrics, "staff_period_end": secret})
    row = {"staff_period_end@2025": 9}
    found = find_withheld(packs, row, origins_of(row, ()), {}, ground("little_giant")[3])

    assert found.columns == {"staff_period_end@2025": (NOT_SHOWN_ITEM,)}


# ── whole answers: what is shown follows from what is shown ───────────────────────────────────────────────────

FAMILIES = ("little_giant", "tech_sme", "hnte")


def values_of(column):
    """Plausible stored values of a column, around where policies have their limits."""
    metric = library().metrics[column.partition("@")[0]]
    match metric.kind:
        case Kind.BOOL:
            return st.booleans()
        case Kind.CATEGORY:
            return st.sampled_from([code for code, _ in metric.values])
        case Kind.DATE:
            return st.integers(min_value=15_000, max_value=20_600)
    low = max(metric.minimum if metric.minimum is not None else 0, 0)
    high = metric.maximum if metric.maximum is not None else low + 10**10
    return st.one_of(st.integers(low, min(high, low + 400)), st.integers(low, high))


@st.composite
def cases(draw):
    """A policy, two rows of facts that differ in hidden columns only, and which columns are hidden."""
    family = draw(st.sampled_from(FAMILIES))
    _, _, graph, deriver = ground(family)
    columns = sorted(
        each
        for each in columns_behind(graph, deriver.derived)
        if not library().metrics[each.partition("@")[0]].judged
    )
    hidden = draw(st.sets(st.sampled_from(columns), min_size=1, max_size=6))
    told = draw(st.sets(st.sampled_from(columns), max_size=20)) | hidden
    first = {column: draw(values_of(column)) for column in sorted(told)}
    second = first | {column: draw(values_of(column)) for column in sorted(hidden)}
    return family, hidden, first, second


def answers_of(family, hidden, row):
    """The whole answer and what the firm is shown of it."""
    judges, policy, graph, deriver = ground(family)
    found = withheld_of(family, row, hidden)
    part = {column: value for column, value in row.items() if column.partition("#")[0] in found.shown}
    whole, own = (
        explain(
            judges,
            policy,
            AS_OF,
            deriver.fill(facts),
            subject=Subject("e1"),
            origins=origins_of(facts, hidden),
            asks=False,
        )
        for facts in (row, part)
    )
    return whole, withhold(whole, own, found, graph.leaves, library())


def bases_of(family, row, condition):
    """The received facts that a condition rests on for a row, through derived ones."""
    _, _, graph, deriver = ground(family)
    behind = {each.column: set(each.graph.leaves) for each in deriver.derived}
    named = {(each.metric, each.period) for each in (*condition.facts, *condition.missing)}
    waiting = [column for column, leaf in graph.leaves.items() if (leaf.metric.id, period_of(leaf)) in named]
    found = set()
    while waiting:
        column = waiting.pop()
        found.add(column)
        if row.get(column) is None:
            waiting.extend(behind.get(column, ()))
    return found


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases())
def test_what_is_shown_tells_nothing_of_hidden_values_and_leaves_out_nothing_else(case):
    family, hidden, first, second = case
    whole, shown = answers_of(family, hidden, first)
    _, other = answers_of(family, hidden, second)
    others = {each.id: each for each in other.answer.conditions}

    for condition, full in zip(shown.answer.conditions, whole.conditions, strict=True):
        rests_on = {
            column.removesuffix(LOW_SUFFIX).removesuffix(HIGH_SUFFIX)
            for column in bases_of(family, first, full)
        }
        if not rests_on & hidden:
            assert condition == full
            assert condition.id not in shown.hidden
        if condition.id in shown.hidden:
            assert shown.hidden[condition.id] == (STATISTICS,)
            assert (condition.outcome, condition.text, condition.cite) == (full.outcome, full.text, full.cite)
            assert (condition.value, condition.gap, condition.facts, condition.missing) == (
                None,
                None,
                (),
                (),
            )
        elif condition.id in others and condition.id not in other.hidden:
            same = others[condition.id]
            if same.outcome is condition.outcome:
                assert replace(same, decisive=condition.decisive) == condition
    assert [each for each in shown.answer.scores if each not in whole.scores] == []
    if {each.id for each in shown.answer.scores} == {each.id for each in other.answer.scores}:
        assert shown.answer.scores == other.answer.scores
    assert shown.answer.outcome is whole.outcome
