"""From the store to the rows of the register: who is known, under which keys, with which outcomes. Writes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from yumiao.district.accounts.selectors import cut_zeros
from yumiao.district.registry.hindrances import Words, hindrances_now
from yumiao.district.registry.keys import normalise, read_name
from yumiao.district.registry.titles import TitleRow, title_rows
from yumiao.evaluate import EvaluatedPolicy, Run, evaluate
from yumiao.ladder.known import FormerFacts, Renewal, known_facts, registered_places, renewed_facts
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import State
from yumiao.store.contents import IDENTIFIERS

Tell = Callable[[Text, int, int], None]

NAME_KINDS = ("name", "former_name", "short_name")
NUMBER_KINDS = ("code", "stock_code", "id")
OUTCOME_COLUMNS = (
    "subject_id",
    "family",
    "version",
    "outcome",
    "class_id",
    "route",
    "failing",
    "open",
    "near_miss",
    "distance",
    "contested",
    "gap_zh",
    "gap_en",
    "known",
    "needed",
    "reasons",
)
COUNTED = (Outcome.MET, Outcome.NOT_MET, Outcome.UNDETERMINED)
"""The outcomes of which each subject has so many, in the order in which they are kept."""

SubjectRow = tuple[str | int, ...]
Tally = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KnownSubject:
    """One subject as the register holds it.

    Attributes:
        names, numbers: every one ever recorded, normalised.
        identifiers: kind and value of every identifier ever recorded, as written.
        tally: how many policies have each outcome of `COUNTED`.
    """

    id: str
    name: str
    code: str
    territory: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    tally: Tally = (0, 0, 0)

    def row(self) -> SubjectRow:
        """Return the row of the table of subjects."""
        readings = [read_name(name) for name in self.names]
        latest = read_name(normalise(self.name)).pinyin if self.name else self.code
        return (
            self.id,
            self.name,
            self.code,
            self.territory,
            "\n".join((*self.names, *self.numbers)),
            "\n".join(reading.pinyin for reading in readings),
            "\n".join(reading.initials for reading in readings),
            latest[:120],
            self.written_identifiers(),
            *self.tally,
        )

    def written_identifiers(self) -> str:
        """Return the identifiers as the table keeps them."""
        return json.dumps(self.identifiers, ensure_ascii=False)


@dataclass(frozen=True)
class Span:
    """Some verdicts: of some policies on everybody, and of every policy on some subjects."""

    families: frozenset[str]
    subjects: frozenset[str]


@dataclass(frozen=True)
class Projected:
    """What the register has to hold.

    Attributes:
        root: the state of the store it follows from.
        run: the verdicts of every policy in force.
        judged: the facts as judged, derived ones filled in.
        known: the facts as known, those too old to count among them.
        renewal: how far facts were read anew; None: everything was.
    """

    root: str
    run: Run
    subjects: tuple[KnownSubject, ...]
    judged: pl.DataFrame = field(repr=False)
    known: pl.DataFrame = field(repr=False)
    state: State = field(repr=False)
    renewal: Renewal | None = None

    @cached_property
    def titles(self) -> tuple[TitleRow, ...]:
        """What is known of titles, rows of `TITLE_COLUMNS`, but of those of whom only some facts were read anew."""
        known = self.known
        if self.renewal is not None:
            known = known.filter(~pl.col(SUBJECT).is_in(self.renewal.subjects.implode()))
        return tuple(title_rows(self.state, self.run.library, self.run.as_of, known))

    def outcomes(self, words: Words | None = None, span: Span | None = None) -> Iterator[pl.DataFrame]:
        """Yield for each policy one row per subject: `OUTCOME_COLUMNS`; texts are never NULL.

        Args:
            words: what was said before; what still holds of it is not written anew.
            span: only these verdicts; None: all.
        """
        rows = None if span is None else self.judged[SUBJECT].is_in(sorted(span.subjects)).arg_true()
        for evaluated in self.run.policies:
            if rows is None or (span is not None and evaluated.policy.family in span.families):
                yield outcome_rows(self.judged, evaluated, words or Words())
            elif len(rows):
                part = replace(evaluated, verdicts=evaluated.verdicts[rows])
                yield outcome_rows(self.judged[rows], part, words or Words())

    def aliases(self, known: Collection[str]) -> dict[str, str]:
        """Return merged id → the id it is read as, where that is one of the register's subjects."""
        merged = self.state.aliases.general.items()
        return {old: now for old, now in merged if old != now and now in known}


def project(
    state: State,
    library: Library,
    as_of: dt.date,
    tell: Tell | None = None,
    *,
    former: FormerFacts | None = None,
    schema: Mapping[str, pl.DataType] | None = None,
) -> Projected:
    """Read and judge what a store knows for an application date.

    Args:
        state: of everybody, or of some subjects; where ``former`` is given, of its facts alone.
        former: what was known of these subjects: where that is enough, only what may have changed is read.
        schema: columns that the table of facts has besides, all unknown where nothing is: what was compiled for a
            district then judges some of its subjects as well.
    """
    if tell is not None:
        tell(Text("读取数据仓", "reading the store"), 0, 0)
    renewal = None
    if former is None:
        found = known_facts(state, library, as_of)
    else:
        found, renewal = renewed_facts(state, library, as_of, former)
    facts = _with_columns(found, schema or {})

    def tell_judged(_what: str, done: int, total: int) -> None:
        if tell is not None:
            tell(Text("判定", "judging"), done, total)

    known_at = state.events[-1].at if state.events else ""
    run = evaluate(library, facts, as_of=as_of, known_at=known_at, progress=tell_judged)
    tallies = _count_outcomes(run)
    subjects = tuple(_known_subjects(state, facts.table.select(SUBJECT, NAME, CODE), tallies))
    return Projected(state.root, run, subjects, run.judged_facts(), facts.table, state, renewal)


def _with_columns(facts: Facts, schema: Mapping[str, pl.DataType]) -> Facts:
    absent = [
        pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in facts.table.columns
    ]
    return replace(facts, table=facts.table.with_columns(absent)) if absent else facts


def _count_outcomes(run: Run) -> dict[str, Tally]:
    """Count for each subject how many policies have which outcome; the tables of all policies have the same rows."""
    verdicts = [each.verdicts for each in run.policies]
    if not verdicts:
        return {}
    outcomes = pl.DataFrame(
        [frame["outcome"].cast(pl.String).alias(str(at)) for at, frame in enumerate(verdicts)]
    )
    counts = outcomes.select(pl.sum_horizontal(pl.all() == each.value).alias(each.value) for each in COUNTED)
    return dict(zip(verdicts[0][SUBJECT], counts.iter_rows(), strict=True))


def _known_subjects(
    state: State, table: pl.DataFrame, tallies: Mapping[str, Tally]
) -> Iterator[KnownSubject]:
    recorded = _recorded(state)
    shown = {subject: (name, code) for subject, name, code in table.iter_rows()}
    ids = sorted(shown.keys() | recorded.keys())
    places = registered_places(state, pl.Series(ids, dtype=pl.String))
    for subject in ids:
        identifiers = recorded.get(subject, ())
        name, code = shown.get(subject, (None, None))
        name = name or _last(identifiers, NAME)
        code = code or _last(identifiers, CODE)
        place = cut_zeros(places.get(subject) or "")
        known = _subject(subject, name, code, place, identifiers)
        yield replace(known, tally=tallies[subject]) if subject in tallies else known


def known_subject(subject: str, name: str, code: str, territory: str, identifiers: str) -> KnownSubject:
    """Return a subject as the register's row of it says; ``identifiers`` is JSON."""
    recorded = tuple((kind, value) for kind, value in json.loads(identifiers))
    return _subject(subject, name, code, territory, recorded)


def _subject(
    subject: str, name: str, code: str, territory: str, identifiers: tuple[tuple[str, str], ...]
) -> KnownSubject:
    names = _distinct(name, *(value for kind, value in identifiers if kind in NAME_KINDS))
    numbers = _distinct(code, *(value for kind, value in identifiers if kind in NUMBER_KINDS))
    return KnownSubject(subject, name, code, territory, names, numbers, identifiers)


def _recorded(state: State) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return every identifier of each subject once, kind and value, the latest recorded last."""
    frames = [pl.DataFrame(schema={SUBJECT: pl.String, "kind": pl.String, "value": pl.String})]
    for batch in state.batches:
        if batch.has(IDENTIFIERS):
            rows = batch.read(IDENTIFIERS, [SUBJECT, "kind", "value"])
            ids = state.aliases.apply(rows[SUBJECT], batch.manifest.id)
            frames.append(rows.with_columns(ids.alias(SUBJECT)))
    kept = pl.concat(frames).drop_nulls().unique(keep="last", maintain_order=True)
    found: dict[str, list[tuple[str, str]]] = {}
    for subject, kind, value in kept.iter_rows():
        found.setdefault(subject, []).append((kind, value))
    return {subject: tuple(values) for subject, values in found.items()}


def _last(identifiers: tuple[tuple[str, str], ...], kind: str) -> str:
    return next((value for each, value in reversed(identifiers) if each == kind), "")


def _distinct(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for text in texts if (each := normalise(text))))


def outcome_rows(judged: pl.DataFrame, evaluated: EvaluatedPolicy, words: Words) -> pl.DataFrame:
    """Return the verdicts of one policy as the register holds them, one row per subject."""
    verdicts = evaluated.verdicts
    said = hindrances_now(judged, evaluated, words)
    return verdicts.select(
        pl.col(SUBJECT).alias("subject_id"),
        pl.lit(evaluated.policy.family).alias("family"),
        pl.lit(evaluated.policy.version).alias("version"),
        pl.col("outcome").cast(pl.String),
        pl.col("class").cast(pl.String).fill_null("").alias("class_id"),
        pl.col("route").cast(pl.String).fill_null("").alias("route"),
        pl.col("failing").cast(pl.Int64),
        pl.col("open").cast(pl.Int64),
        "near_miss",
        "distance",
        "contested",
        gap_zh=said["zh"],
        gap_en=said["en"],
        known=count_known(judged, evaluated),
        needed=pl.lit(len(evaluated.graph.leaves), pl.Int64),
        reasons=pl.col("reasons").list.join(" ").fill_null(""),
    ).select(OUTCOME_COLUMNS)


def count_known(judged: pl.DataFrame, evaluated: EvaluatedPolicy) -> pl.Series:
    """Count for each subject the facts that a policy reads and that have a value; rows in the facts' order."""
    present = [pl.col(column).is_not_null() for column in evaluated.graph.leaves if column in judged.columns]
    counted = pl.sum_horizontal(present).cast(pl.Int64) if present else pl.lit(0, pl.Int64)
    return judged.select(pl.repeat(0, pl.len(), dtype=pl.Int64) + counted).to_series()
