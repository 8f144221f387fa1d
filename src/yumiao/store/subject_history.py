"""Every value ever received of one subject, and how each stands; read without going through a data frame engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import polars as pl

from yumiao.model.facts import SUBJECT, column_type
from yumiao.model.metrics import Metric
from yumiao.model.units import Kind
from yumiao.store.absences import Declaration, declarations_of
from yumiao.store.batches import Batch
from yumiao.store.columns import fact_columns, fact_name
from yumiao.store.contents import CONFLICTS, FACTS, IDENTIFIERS, SOURCES
from yumiao.store.knowledge import Knowledge, Question
from yumiao.store.origins import decode_origin, usual_text_of
from yumiao.store.territories import TERRITORY, narrowest_place
from yumiao.store.values import Standing

HISTORY_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "low": pl.String(),
    "high": pl.String(),
    "raw": pl.String(),
    "source": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "batch": pl.String(),
    "observed_on": pl.Date(),
    "recorded_at": pl.String(),
    "standing": pl.String(),
    "received_for": pl.String(),
}


_PLACES = {standing: place for place, standing in enumerate(Standing)}

_Columns = tuple[str, str, str]
"""The columns of a fact: value, low end, high end."""

_Place = Callable[[], str | None]
"""Tells the division of the subject, once somebody asks."""


@dataclass(slots=True, eq=False)
class _Word:
    """One value received, with what decides how it stands."""

    fact: str
    number: int
    layer: int
    value: Any
    low: Any
    high: Any
    source: str
    observed_on: dt.date
    received_for: str
    origin: Mapping[str, str | None]
    is_lost_inside: bool = False
    counts_today: bool = True
    declared_on: dt.date | None = None

    @property
    def is_exact(self) -> bool:
        return self.value is not None

    def agrees_with(self, other: _Word) -> bool:
        """Whether two words may both be true: the same value, a value inside an interval, intervals that overlap."""
        if self.is_exact and other.is_exact:
            return bool(self.value == other.value)
        (low, high), (other_low, other_high) = self.ends, other.ends
        is_above = low is not None and other_high is not None and low > other_high
        is_below = high is not None and other_low is not None and high < other_low
        return not is_above and not is_below

    @property
    def ends(self) -> tuple[Any, Any]:
        """The least and the greatest that the value may be; None = open."""
        return (self.value, self.value) if self.is_exact else (self.low, self.high)

    @property
    def lateness(self) -> tuple[int, int, bool, int]:
        return (-self.observed_on.toordinal(), -self.number, self.is_lost_inside, self.layer)


def subject_history(knowledge: Knowledge, question: Question, subject: str) -> pl.DataFrame:
    """Return every value received of one subject; see `State.subject_facts`."""
    subject = knowledge.aliases.read_as(subject)
    place = cache(
        partial(_territory_of, knowledge, subject)
    )  # every complete list asks, and it takes a while
    words = [
        word
        for number, batch in enumerate(knowledge.batches)
        for word in _heard(knowledge, question, number, batch, subject, place)
    ]
    by_fact: dict[str, list[_Word]] = {}
    for word in words:
        by_fact.setdefault(word.fact, []).append(word)
    rows = []
    for fact in _in_order(question, by_fact):
        ranked = _ranked(question, by_fact[fact])
        rows += [_row(knowledge, subject, word, standing) for word, standing in ranked]
    return pl.DataFrame(rows, schema=HISTORY_SCHEMA, orient="row")


def _in_order(question: Question, facts: Iterable[str]) -> list[str]:
    places = {metric: place for place, metric in enumerate(question.metrics)}

    def order(fact: str) -> tuple[int, str]:
        metric = question.metric_of(fact)
        return (len(places) if metric is None else places[metric.id], fact)

    return sorted(facts, key=order)


def _heard(
    knowledge: Knowledge, question: Question, number: int, batch: Batch, subject: str, place: _Place
) -> Iterator[_Word]:
    counts = batch.manifest.id not in knowledge.reverted
    named: set[str] = set()
    for layer, old in enumerate(knowledge.aliases.ids_of(subject, batch.manifest.id)):
        for word in _said_of(question, number, batch, old, layer):
            word.counts_today = counts
            if not word.is_lost_inside:
                named.add(word.fact)
            yield word
    for declaration in declarations_of(batch, question.metrics):
        if declaration.fact not in named and _is_absent(knowledge, batch, declaration, subject, place):
            word = _absence(number, batch, declaration, subject)
            word.counts_today = counts
            yield word


def _said_of(question: Question, number: int, batch: Batch, old: str, layer: int) -> Iterator[_Word]:
    rows = batch.rows_of(FACTS, old)
    if not rows:
        return
    origin = next(iter(batch.rows_of(SOURCES, old)), {})
    for names in _usable(question, batch):
        word = _word(number, batch, names, rows[0], origin, old, layer)
        if word is not None:
            yield word
    for lost in batch.rows_of(CONFLICTS, old):
        metric = question.metric_of(fact_name(lost["column"]))
        if metric is not None:
            yield _lost_word(number, batch, metric, lost, old, layer)


def _usable(question: Question, batch: Batch) -> list[_Columns]:
    """Return the facts of a batch that are wanted, and of the type that their metric has now."""
    types = batch.schema(FACTS)
    found = []
    for columns in fact_columns(types):
        metric = question.metric_of(columns.name)
        if metric is not None and all(types[name] == column_type(metric) for name in columns.present):
            found.append(columns.names)
    return found


def _word(
    number: int,
    batch: Batch,
    names: _Columns,
    row: Mapping[str, Any],
    origin: Mapping[str, Any],
    old: str,
    layer: int,
) -> _Word | None:
    name, low_name, high_name = names
    value, low, high = row.get(name), row.get(low_name), row.get(high_name)
    if value is None and low is None and high is None:
        return None
    if value is not None:
        low = high = None
    manifest = batch.manifest
    cited = decode_origin(origin, batch.strips(), name, row)
    return _Word(name, number, layer, value, low, high, manifest.source, manifest.observed_on, old, cited)


def _lost_word(
    number: int, batch: Batch, metric: Metric, lost: Mapping[str, Any], old: str, layer: int
) -> _Word:
    fact, manifest = fact_name(lost["column"]), batch.manifest
    found = _stored(metric, lost["value"])
    value, high = (None, found) if lost["column"] != fact else (found, None)
    return _Word(
        fact,
        number,
        layer,
        value,
        None,
        high,
        manifest.source,
        manifest.observed_on,
        old,
        lost,
        is_lost_inside=True,
    )


def _stored(metric: Metric, text: str | None) -> Any:
    """Read a stored value back from its text."""
    if text is None or metric.kind is Kind.CATEGORY:
        return text
    if metric.kind is Kind.BOOL:
        return text == "true"
    return dt.date.fromisoformat(text) if metric.kind is Kind.DATE else int(text)


def _absence(number: int, batch: Batch, declaration: Declaration, subject: str) -> _Word:
    origin = {"raw": "", "file": declaration.file, "sheet": "", "cell": ""}
    manifest = batch.manifest
    last = 1 << 30  # after every row of the batch
    return _Word(
        declaration.fact,
        number,
        last,
        False,
        None,
        None,
        manifest.source,
        manifest.observed_on,
        subject,
        origin,
        declared_on=declaration.on,
    )


def _is_absent(
    knowledge: Knowledge, batch: Batch, declaration: Declaration, subject: str, place: _Place
) -> bool:
    aliases = knowledge.aliases.of_batch(batch.manifest.id)
    if subject in {aliases.get(each, each) for each in declaration.unclear}:
        return False
    return declaration.covers(place())


def _territory_of(knowledge: Knowledge, subject: str) -> str | None:
    """Return the division a subject was last said to be in, as `Knowledge.territories_of` does for many."""
    said: list[tuple[dt.date, int, int, str]] = []
    for number, batch in knowledge.counting():
        manifest = batch.manifest
        for old in knowledge.aliases.ids_of(subject, manifest.id):
            at = (manifest.observed_on, number)
            if manifest.territory not in (None, "CN") and batch.rows_of(FACTS, old):
                said.append((*at, 0, str(manifest.territory)))
            rows = batch.rows_of(IDENTIFIERS, old)
            said += [(*at, 1, row["value"]) for row in rows if row["kind"] == TERRITORY and row["value"]]
    said.sort(key=lambda each: each[:3])
    return narrowest_place(tuple(place for *_, place in said)) if said else None


def _ranked(question: Question, words: list[_Word]) -> list[tuple[_Word, Standing]]:
    """Order the values of one fact, the one that counts first, and say how each stands."""
    metric = question.metric_of(words[0].fact)
    assert metric is not None  # noqa: S101 - words are only heard for metrics that are wanted
    rank = {source: question.rank(words[0].fact, source) for source in {word.source for word in words}}

    def order(word: _Word) -> tuple[Any, ...]:
        return (rank[word.source], word.source, word.lateness)

    heard = [w for w in words if w.counts_today and question.hears(metric, w.declared_on or w.observed_on)]
    heard.sort(key=order)
    sayers = [word for word in heard if not word.is_lost_inside]
    winner = next((word for word in sayers if word.is_exact), None) or next(iter(sayers), None)
    latest: dict[str, _Word] = {}
    for word in sorted(sayers, key=lambda word: not word.is_exact):
        latest.setdefault(word.source, word)
    found = [(word, _standing(word, winner, latest, is_heard=word in heard)) for word in words]
    found.sort(key=lambda each: (_PLACES[each[1]], *order(each[0])))
    return found


def _standing(word: _Word, winner: _Word | None, latest: Mapping[str, _Word], *, is_heard: bool) -> Standing:
    if not word.counts_today:
        return Standing.REVERTED
    if not is_heard:
        return Standing.NOT_YET
    if word is winner:
        return Standing.COUNTS
    last = latest.get(word.source)
    if last is None or winner is None or (word is not last and word.number != last.number):
        return Standing.SUPERSEDED
    return Standing.AGREES if word.agrees_with(winner) else Standing.LOST


def _row(knowledge: Knowledge, subject: str, word: _Word, standing: Standing) -> tuple[Any, ...]:
    manifest = knowledge.batches[word.number].manifest
    value, low, high = (
        None if each is None else usual_text_of(each, 0) for each in (word.value, word.low, word.high)
    )
    origin = word.origin
    return (
        subject,
        word.fact,
        value,
        low,
        high,
        origin.get("raw"),
        word.source,
        origin.get("file"),
        origin.get("sheet"),
        origin.get("cell"),
        manifest.id,
        manifest.observed_on,
        manifest.recorded_at,
        standing.value,
        word.received_for,
    )
