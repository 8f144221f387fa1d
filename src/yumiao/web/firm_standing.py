"""How a firm stands, in its own words: what it meets, what it is short of, what it could say, what it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from yumiao.district.proposals.asking import WorthAsking, worth_asking
from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library, policy_title
from yumiao.district.registry.withholding import has_hidden_facts, hidden_batches
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules.answers import Answer, Condition

MOST_PARTS = 3

_HIDDEN = Text(
    "有条件所依据的资料不对外显示，请向主管部门咨询。",
    "Some conditions rest on data that is not shown here; ask the bureau.",
)


@dataclass(frozen=True)
class Standing:
    """What one policy says of the firm, warm and plain.

    Attributes:
        parts: what it is short of, or what is not known; the first few.
        more: how many further parts there are.
        hides: whether something that the verdict rests on is not shown to the firm.
        lacking: how many conditions stand in the way.
    """

    family: str
    title: Text
    outcome: Outcome
    parts: tuple[Text, ...]
    more: int
    hides: bool
    lacking: int

    @property
    def tells_hidden(self) -> bool:
        """Whether the parts say already that something is not shown."""
        return _HIDDEN in self.parts

    @property
    def is_close(self) -> bool:
        """Whether one condition alone stands in the way."""
        return self.outcome is Outcome.NOT_MET and self.lacking == 1


@dataclass(frozen=True)
class OwnStanding:
    """Everything that the first page of a firm shows of its verdicts."""

    as_of: dt.date
    close: tuple[Standing, ...]
    open: tuple[Standing, ...]
    met: tuple[Standing, ...]
    rest: tuple[Standing, ...]
    questions: tuple[WorthAsking, ...]


def read_own_standing(subject: str) -> OwnStanding | None:
    """Read how a firm stands; None while there is no register."""
    found = selectors.judged()
    if found is None:
        return None
    answers = found.answers(subject)
    hidden = hidden_batches(library(), found.known_at)
    if not has_hidden_facts(found.facts_of(subject), hidden):
        hidden = frozenset()
    every = sorted(
        (_standing(answer, hidden) for answer in answers), key=lambda each: (each.lacking, each.title.zh)
    )
    met = tuple(each for each in every if each.outcome is Outcome.MET)
    close = tuple(each for each in every if each.is_close)
    open_ = tuple(each for each in every if each.outcome is Outcome.UNDETERMINED)
    rest = tuple(each for each in every if each.outcome is Outcome.NOT_MET and not each.is_close)
    return OwnStanding(found.as_of, close, open_, met, rest, tuple(worth_asking(answers)))


def _standing(answer: Answer, hidden: frozenset[str]) -> Standing:
    blocking = [each for each in answer.conditions if each.outcome is answer.outcome and each.decisive]
    blocking = [] if answer.outcome is Outcome.MET else blocking
    hides = any(_rests_on_hidden(each, hidden) for each in answer.conditions)
    parts = list(dict.fromkeys(part for each in blocking for part in _parts(each, answer.outcome, hidden)))
    return Standing(
        answer.policy,
        policy_title(answer.policy, answer.version),
        answer.outcome,
        tuple(parts[:MOST_PARTS]),
        max(0, len(parts) - MOST_PARTS),
        hides,
        len(blocking),
    )


def _parts(condition: Condition, outcome: Outcome, hidden: frozenset[str]) -> Iterator[Text]:
    """Say what stands in the way; of a condition that rests on something hidden no number is said."""
    if _rests_on_hidden(condition, hidden):
        yield _HIDDEN
    elif outcome is Outcome.UNDETERMINED and condition.missing:
        for fact in condition.missing:
            yield Text(f"缺{fact.name.zh}", f"not known: {fact.name.words('en')}")
    elif condition.gap is not None:
        yield condition.gap.text
    else:
        yield condition.text


def _rests_on_hidden(condition: Condition, hidden: frozenset[str]) -> bool:
    metrics = library().metrics
    for fact in condition.facts:
        metric = metrics.get(fact.metric)
        if metric is not None and not metric.shown_to_subject:
            return True
        if fact.source is not None and fact.source.batch in hidden:
            return True
        if (
            fact.source is None and hidden
        ):  # a derived fact names no source: something hidden may stand behind it
            return True
    return False
