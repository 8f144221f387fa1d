"""One verdict as pages show it: clauses, what is hidden, score bounds as bars, what is in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from yumiao.district.registry.packs import library, policy_title
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules.answers import Answer, Condition, Criterion, Score

_POINT = "point"


@dataclass(frozen=True)
class ScoreBar:
    """A score or a part of it, as shares of its most points in percent, for drawing.

    ``limit_percent`` is where the points that are needed stand; empty where no clause asks for points.
    """

    text: Text
    low: str
    high: str
    of: str
    sure_percent: str
    open_percent: str
    limit: Text | None = None
    limit_percent: str = ""


@dataclass(frozen=True)
class ShownCondition:
    """A condition, and whether what it rests on is hidden from the reader."""

    condition: Condition
    is_hidden: bool


@dataclass(frozen=True)
class Verdict:
    """The verdict of one policy, ready to be shown."""

    answer: Answer
    conditions: tuple[ShownCondition, ...]
    title: Text
    class_label: Text | None
    route_label: Text | None
    counts: Mapping[str, int]
    hindrance: Text | None
    scores: tuple[tuple[ScoreBar, ...], ...]

    @property
    def unsolved(self) -> tuple[ShownCondition, ...]:
        """The conditions that are not met, or open."""
        return tuple(each for each in self.conditions if each.condition.outcome is not Outcome.MET)

    @property
    def lacking(self) -> int:
        """How many conditions are not met, or open."""
        return len(self.unsolved)

    @property
    def cite(self) -> str:
        """The clause of the first condition that stands in the way, else of the first of all; empty without any."""
        chosen = next(iter(self.unsolved), next(iter(self.conditions), None))
        return chosen.condition.cite if chosen is not None else ""


def read_verdict(
    answer: Answer, routes: Mapping[str, Text], hidden_batches: frozenset[str] = frozenset()
) -> Verdict:
    """Return one answer ready to be shown.

    Args:
        routes: names of the policy's routes.
        hidden_batches: what came from these is not shown; what rests on it says so.
    """
    policy = library().find(f"{answer.policy}@{answer.version}")[0]
    classes = policy.body.class_labels()
    counts = {
        outcome.value: sum(each.outcome is outcome for each in answer.conditions) for outcome in Outcome
    }
    conditions = tuple(ShownCondition(each, _rests_on(each, hidden_batches)) for each in answer.conditions)
    hides = any(each.is_hidden for each in conditions)
    limit = _points_needed(answer)
    return Verdict(
        answer,
        conditions,
        policy_title(answer.policy, answer.version),
        classes.get(answer.class_ or ""),
        routes.get(answer.route or ""),
        counts,
        None if hides else _hindrance(answer),
        () if hides else tuple(tuple(_bars(score, limit)) for score in answer.scores),
    )


def _rests_on(condition: Condition, hidden_batches: frozenset[str]) -> bool:
    found = (fact.source for fact in condition.facts if fact.source is not None)
    return any(source.batch in hidden_batches for source in found)


def _hindrance(answer: Answer) -> Text | None:
    """The first decisive condition in the way: its gap in words, or what is unknown."""
    for condition in answer.conditions:
        if condition.outcome is not answer.outcome or not condition.decisive or answer.outcome is Outcome.MET:
            continue
        if condition.gap is not None:
            return condition.gap.text
        if condition.missing:
            name = condition.missing[0].name
            return Text(f"缺 {name.zh}", f"missing: {name.words('en')}")
        return condition.text
    return None


def _points_needed(answer: Answer) -> tuple[Text, Fraction] | None:
    """The one number of points that a condition compares the one score with; None where that is not plain."""
    limits = [
        each.threshold
        for each in answer.conditions
        if each.threshold is not None and each.threshold.unit == _POINT and not each.parts
    ]
    if len(limits) != 1 or len(answer.scores) != 1:
        return None
    return limits[0].label, Fraction(limits[0].exact)


def _bars(score: Score, limit: tuple[Text, Fraction] | None) -> Iterator[ScoreBar]:
    parts: tuple[Criterion | Score, ...] = (*score.criteria, score)
    for part in parts:
        low, high, of = Fraction(part.low), Fraction(part.high), Fraction(part.of) or Fraction(1)
        needed = limit if part is score and limit is not None and limit[1] <= of else None
        yield ScoreBar(
            part.text,
            part.low,
            part.high,
            part.of,
            _percent(low / of),
            _percent((high - low) / of),
            needed[0] if needed else None,
            _percent(needed[1] / of) if needed else "",
        )


def _percent(share: Fraction) -> str:
    return f"{float(max(Fraction(0), min(Fraction(1), share)) * 100):.2f}%"
