"""Which unknown facts are worth asking a firm for: those whose answer could change a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yumiao.district.registry.packs import library, policy_title
from yumiao.model.periods import column_name
from yumiao.model.text import Text
from yumiao.rules.answers import Answer


@dataclass(frozen=True)
class WorthAsking:
    """One unknown fact.

    Attributes:
        text: the question in words.
        policies: titles of the policies whose outcome its answer could change.
        settles: how many open conditions rest on it.
    """

    column: str
    text: Text
    policies: tuple[Text, ...]
    settles: int


def worth_asking(answers: Iterable[Answer]) -> list[WorthAsking]:
    """Return the facts that verdicts wait for and that a firm can give, those of the most policies first.

    What experts judge, and what the district does not show to subjects, is not asked of them.
    """
    metrics = library().metrics
    found: dict[str, WorthAsking] = {}
    for answer in answers:
        title = policy_title(answer.policy, answer.version)
        for question in answer.questions:
            metric = metrics.get(question.metric)
            if metric is None or metric.judged or not metric.shown_to_subject:
                continue
            column = column_name(question.metric, _year(question.period))
            known = found.get(column, WorthAsking(column, question.text, (), 0))
            found[column] = WorthAsking(
                column, question.text, (*known.policies, title), known.settles + len(question.settles)
            )
    return sorted(found.values(), key=lambda each: (-len(each.policies), -each.settles, each.text.zh))


def _year(period: str) -> int | None:
    return int(period[-4:]) if period[-4:].isdigit() else None
