"""What the law tests share: a policy version with its engine and its completions, and rows of facts for both."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, column_type
from yumiao.model.outcomes import Outcome
from yumiao.model.units import MAGNITUDES, UNITS, Kind
from yumiao.packs.library import Library, Policy, read_packs
from yumiao.rules.brute_force import Completions, brute_force
from yumiao.rules.compile import NOT_MET, OUTCOMES, compile_policy
from yumiao.rules.emit_outcome import make_outcome
from yumiao.rules.emit_python import make_judge
from yumiao.rules.examples import prepare_example, read_examples
from yumiao.rules.lowering import lower
from yumiao.rules.reference import ReferenceVerdict, day, judge_complete

PACKS = Path(__file__).parents[1] / "packs"
POINT = UNITS["point"].steps
CERTAIN = {Outcome.MET: {True}, Outcome.NOT_MET: {False}}
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def law(examples: int) -> settings:
    """How often a law is tried: the same examples every time, or with HYPOTHESIS_PROFILE=thorough many new ones."""
    return settings(
        max_examples=examples * 40 if THOROUGH else examples,
        derandomize=not THOROUGH,
        database=None,
        phases=[
            Phase.explicit,
            Phase.generate,
        ],  # a smaller example takes minutes to find, and is as hard to read
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Answer:
    """What is said of one subject, by the engine or by the reference interpreter."""

    outcome: Outcome
    conditions: Mapping[str, Outcome]
    scores: Mapping[str, tuple[Fraction, Fraction]]
    possible: frozenset[str]
    route: str | None


@dataclass(frozen=True, repr=False)
class Case:
    """One policy version, as of one day, under one reading of its switches."""

    library: Library
    policy: Policy
    as_of: dt.date
    readings: tuple[tuple[str, str], ...] = ()
    written: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self):
        return f"{self.policy.id} as of {self.as_of} {self.settings} {dict(self.written)}"

    def _repr_pretty_(self, printer, _cycle):
        printer.text(repr(self))

    @property
    def settings(self):
        return dict(self.readings)

    @cached_property
    def graph(self):
        return lower(self.library, self.policy, self.as_of, self.settings)

    @cached_property
    def completions(self):
        return Completions(self.library, self.policy, self.as_of, self.settings)

    @cached_property
    def columns(self):
        return dict(sorted(self.completions.points.columns.items()))

    @cached_property
    def compiled(self):
        return compile_policy(self.graph)

    @cached_property
    def judge(self):
        return make_judge(self.compiled)

    @cached_property
    def outcome(self):
        """The outcome alone, as a code."""
        return make_outcome(self.compiled)

    def table(self, rows):
        """Rows of facts as a table."""
        schema = {column: column_type(leaf.metric) for column, leaf in self.graph.leaves.items()}
        table = {
            name: pl.Series([row.get(name) for row in rows], dtype=pl.Int32 if kind == pl.Date else kind)
            for name, kind in schema.items()
        }
        return pl.DataFrame(table).cast({name: kind for name, kind in schema.items() if kind == pl.Date})

    def ranged_judge(self, ranged):
        return make_judge(compile_policy(self.graph, frozenset(ranged)))

    def answer(self, row, judge=None) -> Answer:
        """The engine's answer."""
        return self.read((judge or self.judge)(row))

    def read(self, outputs) -> Answer:
        names = [*self.graph.class_ids(), NOT_MET] if self.policy.body.is_class_policy else []
        scores = {node.id for node in self.graph.scores}
        route = outputs["route"]
        return Answer(
            outcome=OUTCOMES[outputs["outcome"]],
            conditions={node.id: OUTCOMES[outputs[f"condition.{node.id}"]] for node in self.graph.conditions},
            scores={
                name: tuple(Fraction(outputs[f"score.{name}.{end}"], POINT) for end in ("low", "high"))
                for name in scores
            },
            possible=frozenset(name for name in names if outputs.get(f"class.{name}")),
            route=self.graph.routes[route - 1].id if route else None,
        )

    def reference(self, row) -> Answer:
        """The reference interpreter's answer for complete facts."""
        verdict: ReferenceVerdict = judge_complete(self.library, self.policy, self.as_of, row, self.settings)
        return Answer(verdict.outcome, verdict.conditions, verdict.scores, verdict.possible, verdict.route)

    def reached(self, row, **options):
        """What the completions of the row bring about."""
        return brute_force(self.completions, row, **options)


def is_settled(answer: Answer) -> bool:
    """Whether no score is left open, so that nothing rests on what experts choose."""
    return all(low == high for low, high in answer.scores.values())


def contradictions(answer: Answer, reached, classes: bool) -> list[str]:
    """Where an answer rules out what a completion brings about."""
    found = []
    if answer.outcome is not Outcome.UNDETERMINED and answer.outcome is not reached.outcome:
        found.append(f"outcome {answer.outcome}, but {sorted(reached.reached)} are reached")
    if classes and not reached.reached <= answer.possible:
        found.append(f"possible {sorted(answer.possible)}, but {sorted(reached.reached)} are reached")
    for name, answers in reached.conditions.items():
        certain = CERTAIN.get(answer.conditions[name])
        if certain is not None and not answers <= certain:
            found.append(f"{name} {answer.conditions[name]}, but {sorted(answers)} are reached")
    for name, (low, high) in reached.scores.items():
        if not (answer.scores[name][0] <= low and high <= answer.scores[name][1]):
            found.append(f"{name} in {answer.scores[name]}, but {low} to {high} are reached")
    return found


def hesitations(answer: Answer, reached, classes: bool) -> list[str]:
    """What an answer leaves open although the completions decide it."""
    found = []
    if answer.outcome is Outcome.UNDETERMINED is not reached.outcome:
        found.append(f"undetermined, but only {sorted(reached.reached)} is reached")
    if classes and not answer.possible <= reached.reached:
        found.append(f"possible {sorted(answer.possible)}, but only {sorted(reached.reached)} are reached")
    return found


def retractions(before: Answer, after: Answer) -> list[str]:
    """What a later answer, given after one more fact was learned, takes back of an earlier one."""
    found = []
    if before.outcome is not Outcome.UNDETERMINED and after.outcome is not before.outcome:
        found.append(f"outcome {before.outcome} → {after.outcome}")
    if not after.possible <= before.possible:
        found.append(f"possible {sorted(before.possible)} → {sorted(after.possible)}")
    for name, outcome in before.conditions.items():
        if outcome is not Outcome.UNDETERMINED and after.conditions[name] is not outcome:
            found.append(f"{name} {outcome} → {after.conditions[name]}")
    for name, (low, high) in before.scores.items():
        if not low <= after.scores[name][0] <= after.scores[name][1] <= high:
            found.append(f"{name} {low} to {high} → {after.scores[name]}")
    return found


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────


def without(row, columns):
    """The row with some facts missing."""
    return {column: value for column, value in row.items() if column not in columns}


@st.composite
def at_edges(draw, case, row, most=4):
    """The row with some facts moved to where a comparison changes its answer, every fact known."""
    moved = draw(st.lists(st.sampled_from(sorted(case.columns)), unique=True, max_size=most))
    stage = case.completions.start(without(row, moved))
    while stage.missing:
        missing = draw(st.sampled_from(stage.missing))
        values = case.completions.values(stage, missing)
        usual = [value for value in values if is_usual(missing.metric, value)]
        assume(values)
        stage = case.completions.complete(stage, missing, draw(st.sampled_from(usual or values)))
    return dict(stage.fixed)


def is_usual(metric, value):
    """Whether a file could hold the value."""
    return metric.kind is not Kind.QUANTITY or abs(value) <= MAGNITUDES[metric.unit.dimension] // 1000


@st.composite
def hidden(draw, subjects, most=2):
    """A case, a row and some columns of which the facts are not to be known."""
    case, row = draw(subjects)
    return (
        case,
        row,
        draw(st.lists(st.sampled_from(sorted(case.columns)), unique=True, min_size=1, max_size=most)),
    )


@st.composite
def intervals(draw, subjects):
    """A case, a row in which some numbers are known only as an interval, and the columns of these."""
    case, row, columns = draw(hidden(subjects))
    numbers = [column for column in columns if case.columns[column].kind is Kind.QUANTITY]
    result = without(row, numbers)
    for column in numbers:
        metric = case.columns[column]
        step = UNITS[metric.unit.code].steps if metric.whole else 1
        below, above = (draw(st.sampled_from([0, 1, 7, 100, 10**6])) * step for _ in range(2))
        low = row[column] - below
        result[column + LOW_SUFFIX] = low if metric.minimum is None else max(low, metric.minimum)
        high = row[column] + above
        result[column + HIGH_SUFFIX] = high if metric.maximum is None else min(high, metric.maximum)
    return case, result, numbers


# ── the policies that ship ────────────────────────────────────────────────────────────────────────────────────


@cache
def shipped() -> Library:
    """What the shipped packs say."""
    return read_packs([PACKS])[0]


@cache
def shipped_ids() -> list[str]:
    return [policy.id for policy in shipped().policies]


@cache
def shipped_rows(policy_id: str) -> list[tuple[Case, dict]]:
    """Each worked example of a version, with all facts that it states (those known as an interval left out)."""
    cases: dict[tuple, Case] = {}
    rows = []
    for example in _examples():
        prepared, _ = prepare_example(shipped(), example)
        if prepared is None or prepared.policy.id != policy_id:
            continue
        key = (example.as_of, tuple(sorted(example.settings.items())))
        case = cases.setdefault(key, Case(shipped(), prepared.policy, *key))
        rows.append((case, {column: value for column, value in prepared.row.items() if "#" not in column}))
    return rows or [(shipped_case(policy_id), {})]


@cache
def _examples():
    return read_examples(PACKS)[0]


def shipped_case(policy_id: str) -> Case:
    """A shipped version on a day on which it is in force."""
    policy = next(policy for policy in shipped().policies if policy.id == policy_id)
    return Case(shipped(), policy, policy.body.applies[0].until or dt.date(2026, 6, 1))


@st.composite
def shipped_subjects(draw, policy_id):
    """A case of a shipped version and a row of facts at its edges, every fact known."""
    case, row = draw(st.sampled_from(shipped_rows(policy_id)))
    return case, draw(at_edges(case, row))


def date_steps(date: dt.date) -> int:
    return int(day(date))
