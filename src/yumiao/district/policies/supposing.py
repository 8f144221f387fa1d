"""What if: the facts of one subject with some of them changed, judged by one policy. Nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from yumiao.district.policies.trying import Trial, Typed, broken_constraints, read_typed, trial_of, typed_of
from yumiao.district.registry.judged import Judged, Known
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.model.units import UNITS, from_steps
from yumiao.packs.library import Policy
from yumiao.report.wording import fact_label
from yumiao.rules import graph as g
from yumiao.rules import wording
from yumiao.rules.answers import Answer, Source
from yumiao.rules.moves import Move, at_steps, find_moves
from yumiao.rules.origins import Origin

_ENDS = ("", LOW_SUFFIX, HIGH_SUFFIX)


@dataclass(frozen=True)
class Ground:
    """What a supposition starts from: one subject, one policy, the facts that may be looked at.

    Attributes:
        typed: the facts of the policy as somebody would type them; those that are not known are left out.
        moves: what levers can move, of each fact the latest year, each as far as it goes from here.
    """

    judged: Judged
    policy: Policy
    trial: Trial
    known: Known
    typed: Mapping[str, str]
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Shift:
    """One fact that a supposition changes, in words."""

    column: str
    label: Text
    before: Text
    after: Text


@dataclass(frozen=True)
class Supposed:
    """What comes out.

    Attributes:
        broken: which parts are more than their wholes now: an answer that rests on them is worth nothing.
        problems: by field what could not be read; then ``after`` is None.
        shifts: the facts changed, side effects of levers included.
    """

    before: Answer
    after: Answer | None
    shifts: tuple[Shift, ...]
    broken: tuple[Text, ...]
    problems: Mapping[str, Text]


def ground_of(judged: Judged, known: Known, family: str) -> Ground | None:
    """Return what can be supposed of a subject under a policy; None where verdicts are not of that policy."""
    found = judged.graph_of(family)
    if found is None:
        return None
    policy, graph = found
    trial = trial_of(policy.id, judged.as_of)
    row = judged.deriver.fill(known.row)
    latest = _latest_columns(graph)
    moves = find_moves(judged.judges.library, graph, row, lambda leaf: leaf.column in latest)
    columns = frozenset(known.row)
    return Ground(judged, policy, trial, known, typed_of(trial, known.facts.table, columns), moves)


def _latest_columns(graph: g.PolicyGraph) -> frozenset[str]:
    """Return the facts that levers move here: of each metric the latest year that the policy reads, as for gaps."""
    latest: dict[str, g.Leaf] = {}
    for leaf in graph.leaves.values():
        best = latest.get(leaf.metric.id)
        if best is None or (leaf.year or 0) > (best.year or 0):
            latest[leaf.metric.id] = leaf
    return frozenset(leaf.column for leaf in latest.values())


def suppose(ground: Ground, values: Mapping[str, str], amounts: Mapping[str, str], said: str) -> Supposed:
    """Judge a subject as it would be.

    Args:
        values: column → what was typed, as `Ground.typed` is; columns that are not there stay as they are, an empty
            text makes a fact unknown.
        amounts: lever → by how much, in the unit of the lever; empty: not moved.
        said: what the answer gives as the source of what was typed.
    """
    changed = {
        column: text.strip()
        for column, text in values.items()
        if column in ground.trial.columns and text.strip() != ground.typed.get(column, "")
    }
    typed = read_typed(ground.trial, changed)
    steps, wrong = _read_amounts(ground, amounts)
    before = _judge(ground, ground.known)
    problems = {**typed.problems, **wrong}
    if problems:
        return Supposed(before, None, (), (), problems)
    row = _changed_row(ground, changed, typed)
    row = at_steps(row, tuple(steps), tuple(steps.values()))
    origin = Origin(Source(file=said))
    touched = {column for column in row if row[column] != ground.known.row.get(column)} | set(changed)
    origins = {**ground.known.origins, **dict.fromkeys(touched, origin)}
    after = _judge(ground, replace(ground.known, row=row, origins=origins, losing=()))
    broken = tuple(broken_constraints(ground.trial, Typed(row, {})))
    return Supposed(before, after, _shifts(ground, row, touched), broken, {})


def _judge(ground: Ground, known: Known) -> Answer:
    answer = ground.judged.answer(known, ground.policy.family, asks=False)
    assert answer is not None  # noqa: S101 - the policy of a ground is one that verdicts are of
    return answer


def _changed_row(ground: Ground, changed: Mapping[str, str], typed: Typed) -> dict[str, Any]:
    row = dict(ground.known.row)
    for column in changed:
        row |= dict.fromkeys((column + end for end in _ENDS), None)
    row |= {
        column: g.day_number(value) if isinstance(value, dt.date) else value
        for column, value in typed.stored.items()
    }
    return row


def _read_amounts(ground: Ground, amounts: Mapping[str, str]) -> tuple[dict[Move, int], dict[str, Text]]:
    steps: dict[Move, int] = {}
    problems: dict[str, Text] = {}
    for move in ground.moves:
        text = amounts.get(move.lever.id, "").strip()
        if text in ("", "0"):
            continue
        found = _steps_of(move, text)
        if found is None:
            problems[move.lever.id] = _expected(move, text)
        elif found:
            steps[move] = found
    return steps, problems


def _steps_of(move: Move, text: str) -> int | None:
    """Return whole steps of a lever; None where the text is no such amount, or goes too far."""
    if len(text) > 24:  # a longer one is no amount that anybody means
        return None
    try:
        steps = Fraction(text.replace(",", "")) / step_of(move)
    except (ValueError, ZeroDivisionError):
        return None
    return int(steps) if steps.denominator == 1 and 0 <= steps <= move.most else None


def step_of(move: Move) -> Fraction:
    """Return how much one step of a lever is, in the lever's unit."""
    return from_steps(move.lever.step_size, UNITS[move.lever.unit])


def _expected(move: Move, text: str) -> Text:
    step, most = wording.exact_text(step_of(move)), wording.exact_text(step_of(move) * move.most)
    return Text(
        f"“{text}”不行：填 0 到 {most} 之间、{step} 的整数倍。",
        f"“{text}” will not do: a whole multiple of {step} from 0 to {most}.",
    )


def _shifts(ground: Ground, row: Mapping[str, Any], touched: set[str]) -> tuple[Shift, ...]:
    before, found = ground.known.row, []
    metrics = ground.trial.judges.library.metrics
    for column in ground.trial.columns:
        ends = [column + end for end in _ENDS]
        if not touched.intersection(ends) or all(row.get(end) == before.get(end) for end in ends):
            continue
        name, year = split_column(column)
        metric = metrics[name]
        label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
        found.append(Shift(column, label, _words(metric, before, ends), _words(metric, row, ends)))
    return tuple(found)


def _words(metric: Metric, row: Mapping[str, Any], ends: list[str]) -> Text:
    value, low, high = (row.get(end) for end in ends)
    if value is not None:
        return wording.fact_value(metric, value).label
    if metric.unit is None or (low is None and high is None):
        return Text("未知", "unknown")
    return wording.interval(low, high, metric.unit).label
