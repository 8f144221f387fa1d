"""What the profile page shows of one subject, read from its facts and from the store."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library, policy_title
from yumiao.model.metrics import Metric
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.report.stored_values import interval_words, stored_words
from yumiao.report.wording import fact_label
from yumiao.rules.answers import Answer, Condition, Criterion, Score

_ORDER: Mapping[Outcome, int] = {Outcome.NOT_MET: 0, Outcome.UNDETERMINED: 1, Outcome.MET: 2}

IDENTIFIER_LABELS = {
    "name": Text("名称", "name"),
    "former_name": Text("曾用名", "former name"),
    "short_name": Text("简称", "short name"),
    "code": Text("统一社会信用代码", "unified social credit code"),
    "stock_code": Text("股票代码", "stock code"),
    "id": Text("编号", "number"),
    "address": Text("地址", "address"),
    "territory": Text("区划", "division"),
}

STANDING_LABELS = {
    "counts": Text("采信", "counts"),
    "agrees": Text("一致", "agrees"),
    "superseded": Text("已更新", "superseded"),
    "lost": Text("未采信", "not believed"),
    "not_yet": Text("晚于申报日", "after the application date"),
    "reverted": Text("已撤销", "taken back"),
}


@dataclass(frozen=True)
class ScoreBar:
    """A score or a part of it, as shares of its most points in percent, for drawing."""

    text: Text
    low: str
    high: str
    of: str
    sure_percent: str
    open_percent: str


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


@dataclass(frozen=True)
class Ask:
    """One unknown fact, and the policies whose outcome its answer could change."""

    text: Text
    policies: tuple[Text, ...]
    settles: int


@dataclass(frozen=True)
class Received:
    """One value received: what, from whom, down to the cell, and how it stands."""

    value: Text
    raw: str
    standing: str
    standing_label: Text
    source: Text
    where: str
    observed_on: dt.date
    recorded_at: str


@dataclass(frozen=True)
class FactHistory:
    """Every value ever received of one fact, the one that counts first."""

    label: Text
    values: tuple[Received, ...]


@dataclass(frozen=True)
class Profile:
    """Everything that the page shows of one subject."""

    as_of: dt.date
    identifiers: tuple[tuple[Text, tuple[str, ...]], ...]
    verdicts: tuple[Verdict, ...]
    questions: tuple[Ask, ...]
    facts: tuple[FactHistory, ...]


def read_profile(subject: str, identifiers: str, *, for_itself: bool) -> Profile | None:
    """Read the profile of a subject of the register; None while there is no register.

    Args:
        identifiers: every identifier recorded, as the register holds them.
        for_itself: whether the subject's own people read it: then nothing is shown that came from a source which
            the district does not show to subjects, and what rests on such a source says so.
    """
    judged = selectors.judged()
    if judged is None:
        return None
    packs = library()
    state = selectors.known_state(judged.known_at)
    answers = judged.answers(subject)
    routes = {
        policy.family: {route.id: route.text for route in graph.routes} for policy, graph in judged.policies
    }
    hidden = _hidden_sources(packs) if for_itself else frozenset[str]()
    hidden_batches = frozenset(
        batch.manifest.id for batch in state.batches if batch.manifest.source in hidden
    )
    verdicts = [_verdict(each, routes[each.policy], hidden_batches) for each in answers]
    rows = state.subject_facts(subject, packs.metrics, packs.reported.precedence, as_of=judged.as_of)
    return Profile(
        judged.as_of,
        tuple(_identifiers(json.loads(identifiers))),
        tuple(sorted(verdicts, key=_nearness)),
        tuple(_asked(answers)),
        tuple(_histories([row for row in rows.rows(named=True) if row["source"] not in hidden], packs)),
    )


def read_verdict(answer: Answer, routes: Mapping[str, Text]) -> Verdict:
    """Return one answer ready to be shown to whoever may see all that it rests on."""
    return _verdict(answer, routes, frozenset())


def _nearness(verdict: Verdict) -> tuple[int, int, str]:
    """What can be acted on first: not met before open before met, and there what lacks the fewest conditions."""
    lacking = sum(count for outcome, count in verdict.counts.items() if outcome != Outcome.MET.value)
    return _ORDER[verdict.answer.outcome], lacking, verdict.title.zh


def _hidden_sources(packs: Library) -> frozenset[str]:
    return frozenset(name for name, each in packs.reported.sources.items() if not each.shown_to_subject)


def _identifiers(rows: list[list[str]]) -> Iterator[tuple[Text, tuple[str, ...]]]:
    for kind, label in IDENTIFIER_LABELS.items():
        values = tuple(value for each, value in rows if each == kind)
        if values:
            yield label, values


def _verdict(answer: Answer, routes: Mapping[str, Text], hidden_batches: frozenset[str]) -> Verdict:
    policy = library().find(f"{answer.policy}@{answer.version}")[0]
    classes = policy.body.class_labels()
    counts = {
        outcome.value: sum(each.outcome is outcome for each in answer.conditions) for outcome in Outcome
    }
    conditions = tuple(ShownCondition(each, _rests_on(each, hidden_batches)) for each in answer.conditions)
    hides = any(each.is_hidden for each in conditions)
    return Verdict(
        answer,
        conditions,
        policy_title(answer.policy, answer.version),
        classes.get(answer.class_ or ""),
        routes.get(answer.route or ""),
        counts,
        None if hides else _hindrance(answer),
        () if hides else tuple(tuple(_bars(score)) for score in answer.scores),
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


def _bars(score: Score) -> Iterator[ScoreBar]:
    parts: tuple[Criterion | Score, ...] = (*score.criteria, score)
    for part in parts:
        low, high, of = Fraction(part.low), Fraction(part.high), Fraction(part.of) or Fraction(1)
        yield ScoreBar(
            part.text, part.low, part.high, part.of, _percent(low / of), _percent((high - low) / of)
        )


def _percent(share: Fraction) -> str:
    return f"{float(max(Fraction(0), min(Fraction(1), share)) * 100):.2f}%"


def _asked(answers: tuple[Answer, ...]) -> Iterator[Ask]:
    """What to ask first: the facts that matter to the most policies, then to the most conditions."""
    found: dict[tuple[str, str], list[tuple[Answer, Any]]] = {}
    for answer in answers:
        for question in answer.questions:
            found.setdefault((question.metric, question.period), []).append((answer, question))
    asked = [
        Ask(
            pairs[0][1].text,
            tuple(policy_title(answer.policy, answer.version) for answer, _ in pairs),
            sum(len(question.settles) for _, question in pairs),
        )
        for pairs in found.values()
    ]
    yield from sorted(asked, key=lambda each: (-len(each.policies), -each.settles, each.text.zh))


def _histories(rows: list[dict[str, Any]], packs: Library) -> Iterator[FactHistory]:
    for column, group in groupby(rows, key=lambda row: row["column"]):
        name, year = split_column(column)
        metric = packs.metrics.get(name)
        label = Text(column, column)
        if metric is not None:
            label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
        yield FactHistory(label, tuple(_received(row, metric, packs) for row in group))


def _received(row: dict[str, Any], metric: Metric | None, packs: Library) -> Received:
    is_exact = row["value"] is not None
    value = (
        stored_words(metric, row["value"]) if is_exact else interval_words(metric, row["low"], row["high"])
    )
    source = packs.reported.sources.get(row["source"])
    standing = row["standing"]
    return Received(
        value,
        row["raw"] or "",
        standing,
        STANDING_LABELS.get(standing, Text(standing, standing)),
        source.label if source is not None else Text(row["source"], row["source"]),
        " ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part),
        row["observed_on"],
        row["recorded_at"],
    )
