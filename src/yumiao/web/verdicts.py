"""One verdict as pages show it: clauses, what is hidden, score bounds as bars, what is in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from yumiao.district.registry.packs import library, policy_title
from yumiao.district.registry.withholding import Kinds
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
    """A condition, and the sources that it rests on and that the reader is not shown; none where all is shown."""

    condition: Condition
    is_hidden: bool
    hidden: Kinds = ()

    @property
    def hidden_words(self) -> Text:
        """Whose data is not shown."""
        return hidden_words(self.hidden)


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
    answer: Answer, routes: Mapping[str, Text], hidden: Mapping[str, Kinds] = MappingProxyType({})
) -> Verdict:
    """Return one answer ready to be shown.

    Args:
        routes: names of the policy's routes.
        hidden: ids of the conditions of which nothing but the outcome is shown, each with the sources it rests on.
    """
    policy = library().find(f"{answer.policy}@{answer.version}")[0]
    classes = policy.body.class_labels()
    counts = {
        outcome.value: sum(each.outcome is outcome for each in answer.conditions) for outcome in Outcome
    }
    conditions = tuple(
        ShownCondition(each, each.id in hidden, hidden.get(each.id, ())) for each in answer.conditions
    )
    limit = _points_needed(answer)
    return Verdict(
        answer,
        conditions,
        policy_title(answer.policy, answer.version),
        classes.get(answer.class_ or ""),
        routes.get(answer.route or ""),
        counts,
        _hindrance(answer, hidden),
        tuple(tuple(_bars(score, limit)) for score in answer.scores),
    )


def hidden_words(kinds: Kinds) -> Text:
    """Say whose data something rests on that is not shown; nothing of what they say."""
    zh, en = ("、".join(each.label.zh for each in kinds), ", ".join(each.label.words("en") for each in kinds))
    return Text(
        f"所依据的资料（{zh}）不对外显示，请向主管部门咨询。",
        f"It rests on data that is not shown here ({en}); ask the bureau.",
    )


def _hindrance(answer: Answer, hidden: Mapping[str, Kinds]) -> Text | None:
    """The first decisive condition in the way: its gap in words, what is unknown, or whose data is not shown."""
    for condition in answer.conditions:
        if condition.outcome is not answer.outcome or not condition.decisive or answer.outcome is Outcome.MET:
            continue
        if condition.id in hidden:
            return hidden_words(hidden[condition.id])
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
