"""Which unknown facts are worth asking a firm for: those whose answer could change a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yumiao.district.registry.packs import library, policy_title
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import column_name
from yumiao.model.text import Language, Text
from yumiao.report.wording import fact_label
from yumiao.rules.answers import Answer, Fact


@dataclass(frozen=True)
class WorthAsking:
    """One unknown fact.

    Attributes:
        text: the question in words.
        policies: titles of the policies whose outcome its answer could change.
        settles: how many open conditions rest on it.
        alone: whether some answer to it settles a verdict, whatever else is unknown.
    """

    column: str
    text: Text
    policies: tuple[Text, ...]
    settles: int
    alone: bool = False


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
                column,
                question.text,
                (*known.policies, title),
                known.settles + len(question.settles),
                known.alone or question.alone,
            )
    return sorted(found.values(), key=lambda each: (-len(each.policies), -each.settles, each.text.zh))


def worth_checking(answers: Iterable[Answer]) -> list[WorthAsking]:
    """Return the known facts on which a verdict fails: a firm may say that one of them is not so.

    Only what the deciding conditions that fail were received for; what follows from other facts is left to those.
    """
    metrics = library().metrics
    found: dict[str, WorthAsking] = {}
    for answer in answers:
        title = policy_title(answer.policy, answer.version)
        failing = [each for each in answer.conditions if each.decisive and each.outcome is Outcome.NOT_MET]
        for condition in failing if answer.outcome is Outcome.NOT_MET else ():
            for fact in condition.facts:
                metric = metrics.get(fact.metric)
                if metric is None or metric.judged or not metric.shown_to_subject or fact.source is None:
                    continue
                column = column_name(fact.metric, _year(fact.period))
                name = Text(_dated(fact, "zh"), _dated(fact, "en"))
                text = Text(f"请核对：{name.zh}", f"Please check: {name.en}")
                known = found.get(column, WorthAsking(column, text, (), 0))
                found[column] = WorthAsking(column, text, (*known.policies, title), known.settles + 1)
    return sorted(found.values(), key=lambda each: (-len(each.policies), -each.settles, each.text.zh))


def _dated(fact: Fact, language: Language) -> str:
    return fact_label(library().metrics[fact.metric], _year(fact.period), language)


def _year(period: str) -> int | None:
    return int(period[-4:]) if period[-4:].isdigit() else None
