"""One subject of a run: its row of facts, and the whole answer of one policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from yumiao.evaluate.batch import add_derived
from yumiao.model.facts import CODE, IDENTITY_COLUMNS, NAME, SUBJECT, Facts
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library, Policy
from yumiao.rules import graph as g
from yumiao.rules.answers import Answer, Subject
from yumiao.rules.compile import compile_policy
from yumiao.rules.derivation import Derivation
from yumiao.rules.emit_python import Judge, Row, make_judge
from yumiao.rules.explaining import explain
from yumiao.rules.judging import SubjectJudge, ranged_columns
from yumiao.rules.origins import losing_values_of, origins_of


def subject_facts(facts: Facts, derived: Sequence[Derivation], subject: str) -> pl.DataFrame:
    """Return the one row of a subject's facts, derived ones filled in.

    Raises: YumiaoError when there is no such subject.
    """
    found = facts.table.filter(pl.col(SUBJECT) == subject)
    if found.is_empty():
        raise YumiaoError("subject.unknown", Text(f"没有主体 {subject}", f"there is no subject {subject}"))
    return add_derived(found.head(1).lazy(), derived).collect()


def row_of(facts: pl.DataFrame) -> dict[str, Any]:
    """Return a row as the rules read it: dates as day numbers, identity left out."""
    row = facts.row(0, named=True)
    return {
        column: g.day_number(value) if isinstance(value, dt.date) else value
        for column, value in row.items()
        if column not in IDENTITY_COLUMNS
    }


@dataclass(frozen=True)
class RowDeriver:
    """Fills in what follows from the facts of one row; its functions are made when first needed and kept.

    Attributes:
        derived: in the order of `yumiao.rules.derivation.derivations`: those that others rest on first.
    """

    derived: Sequence[Derivation]
    _judges: dict[tuple[str, frozenset[str]], Judge] = field(default_factory=dict)

    def fill(self, row: Row) -> dict[str, Any]:
        """Return the row with derived facts where none was received: what `add_derived` says of a table of one."""
        found: dict[str, Any] = dict(row)
        for each in self.derived:
            if found.get(each.column) is None:
                found[each.column] = self._value(each, found)
        return found

    def _value(self, each: Derivation, row: Row) -> bool | None:
        ranged = ranged_columns(row).intersection(each.graph.leaves)
        key = (each.column, ranged)
        if key not in self._judges:
            self._judges[key] = make_judge(compile_policy(each.graph, ranged))
        value: bool | None = (False, None, True)[self._judges[key](row)["first.outcome"]]
        return value


@dataclass(frozen=True)
class Moment:
    """When and by what one subject is judged: the parts of a run that an answer rests on."""

    library: Library
    as_of: dt.date
    known_at: str
    snapshot: str


def answer_subject(
    moment: Moment,
    facts: Facts,
    derived: Sequence[Derivation],
    subject: str,
    policy: Policy,
    settings: Mapping[str, str],
) -> Answer:
    """Judge one subject under one policy, with reasons, sources and questions."""
    known = subject_facts(facts, derived, subject)
    identity, row = known.row(0, named=True), row_of(known)
    judges = SubjectJudge(moment.library)
    return explain(
        judges,
        policy,
        moment.as_of,
        row,
        subject=Subject(subject, "enterprise", identity.get(CODE), identity.get(NAME)),
        origins=origins_of(facts.sources, subject),
        settings=settings,
        known_at=moment.known_at or None,
        snapshot=moment.snapshot,
        losing=losing_values_of(moment.library, facts.conflicts, subject),
    )
