"""How a firm stands, in its own words: what it meets, what it is short of, what it could say, what it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from yumiao.district.proposals.asking import WorthAsking, worth_asking
from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library, policy_title
from yumiao.district.registry.withholding import Kinds, ShownAnswer, shown_answers
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules.answers import Condition
from yumiao.web.verdicts import hidden_words

MOST_PARTS = 3


@dataclass(frozen=True)
class Standing:
    """What one policy says of the firm, warm and plain.

    Attributes:
        parts: what it is short of, or what is not known; the first few.
        more: how many further parts there are.
        hidden: the sources that the verdict rests on and that are not shown to the firm.
        lacking: how many conditions stand in the way.
    """

    family: str
    title: Text
    outcome: Outcome
    parts: tuple[Text, ...]
    more: int
    hidden: Kinds
    lacking: int

    @property
    def tells_hidden(self) -> bool:
        """Whether the parts say already that something is not shown."""
        return bool(self.hidden) and hidden_words(self.hidden) in self.parts

    @property
    def hidden_words(self) -> Text:
        """Whose data the verdict rests on that is not shown."""
        return hidden_words(self.hidden)

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
    answers = shown_answers(found, subject, library())
    every = sorted(map(_standing, answers), key=lambda each: (each.lacking, each.title.zh))
    met = tuple(each for each in every if each.outcome is Outcome.MET)
    close = tuple(each for each in every if each.is_close)
    open_ = tuple(each for each in every if each.outcome is Outcome.UNDETERMINED)
    rest = tuple(each for each in every if each.outcome is Outcome.NOT_MET and not each.is_close)
    return OwnStanding(
        found.as_of, close, open_, met, rest, tuple(worth_asking(each.answer for each in answers))
    )


def _standing(shown: ShownAnswer) -> Standing:
    answer = shown.answer
    blocking = [each for each in answer.conditions if each.outcome is answer.outcome and each.decisive]
    blocking = [] if answer.outcome is Outcome.MET else blocking
    parts = list(dict.fromkeys(part for each in blocking for part in _parts(each, shown)))
    return Standing(
        answer.policy,
        policy_title(answer.policy, answer.version),
        answer.outcome,
        tuple(parts[:MOST_PARTS]),
        max(0, len(parts) - MOST_PARTS),
        shown.kinds,
        len(blocking),
    )


def _parts(condition: Condition, shown: ShownAnswer) -> Iterator[Text]:
    """Say what stands in the way; of a condition that rests on something hidden only whose data that is."""
    if condition.id in shown.hidden:
        yield hidden_words(shown.hidden[condition.id])
    elif shown.answer.outcome is Outcome.UNDETERMINED and condition.missing:
        for fact in condition.missing:
            yield Text(f"缺{fact.name.zh}", f"not known: {fact.name.words('en')}")
    elif condition.gap is not None:
        yield condition.gap.text
    else:
        yield condition.text
