"""What the library knows of the places in which a check found something wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.district.registry.packs import library
from yumiao.identity.codes import check_code
from yumiao.importing.imports import FileReport
from yumiao.importing.linking import Acquaintance
from yumiao.importing.naming import known_names
from yumiao.intake.meanings import cell_parts
from yumiao.ladder.known import known_facts
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.store import State


@dataclass(frozen=True)
class KnownValue:
    """What is known of one place.

    Attributes:
        fact: the column of facts that it belongs to, or ``code``; empty: none.
        value: as stored; empty: not known.
        source: id of who said so; empty where not known, and of a code.
    """

    fact: str = ""
    value: str = ""
    source: str = ""


NOTHING_KNOWN = KnownValue()

Cell = tuple[str, int]
"""Letters of the column and number of the row."""


def known_beside(
    report: FileReport, names: Mapping[int, str], state: State, on: dt.date
) -> dict[Cell, KnownValue]:
    """Return what the library knows of each cell in which something is wrong.

    Of the sum of several cells, and of a subject that is not surely a known one, nothing is known. A code is that of
    the known subject, or of the only one that is called exactly what stands in the row.

    Args:
        names: number of a row → the name in it.
        on: the day for which it is asked what is known.
    """
    single = (problem.cell for problem in report.problems if "+" not in problem.cell)
    cells = set(map(cell_parts, single)) - {("", 0)}
    meanings = report.incoming.arrival.meanings
    who = meanings.of_rows({number for _, number in cells})
    facts = {
        (letters, number): meanings.fact_of(letters, who[number][1])
        for letters, number in cells
        if number in who
    }
    ids = _known_ids(report)
    subjects = {cell: ids[who[cell[1]][0]] for cell, fact in facts.items() if fact and who[cell[1]][0] in ids}
    values = _values(state, {subject for cell, subject in subjects.items() if facts[cell] != CODE}, on)
    codes = _Codes(state) if CODE in facts.values() else None
    found = {}
    for cell, fact in facts.items():
        if fact == CODE and codes is not None:
            value, source = codes.of(subjects.get(cell, ""), names.get(cell[1], "")), ""
        else:
            value, source = values.get((subjects.get(cell, ""), fact), ("", ""))
        found[cell] = KnownValue(fact, value, source)
    return found


def _known_ids(report: FileReport) -> dict[str, str]:
    """Key of each subject of the file that the library surely knows → its id."""
    if report.assignment is None:
        return {}
    known = report.assignment.subjects.filter(pl.col("acquaintance") == Acquaintance.KNOWN.value)
    return dict(known.select("key", SUBJECT).iter_rows())


def _values(state: State, subjects: set[str], on: dt.date) -> dict[tuple[str, str], tuple[str, str]]:
    """Subject and column → the value that counts, and who said it."""
    if not subjects:
        return {}
    facts = known_facts(state.about(pl.Series(sorted(subjects))), library(), on, keep=False)
    reported = {batch.manifest.id: batch.manifest.source for batch in state.all_batches}
    rows = facts.sources.select(SUBJECT, "column", "value", "batch").iter_rows()
    return {(subject, column): (value, reported.get(batch, "")) for subject, column, value, batch in rows}


class _Codes:
    """The valid codes of known subjects, by id and by name."""

    def __init__(self, state: State) -> None:
        rows = known_names(state).select(SUBJECT, NAME, CODE).iter_rows()
        valid = [(each, name, code) for each, name, code in rows if code and check_code(code).valid]
        self._by_id: dict[str, str] = {each: code for each, _, code in valid}
        self._by_name: dict[str, set[str]] = {}
        for _, name, code in valid:
            self._by_name.setdefault(name or "", set()).add(code)

    def of(self, subject: str, name: str) -> str:
        """Return the code of a subject, or of the only one of a name; empty where there is none."""
        if subject in self._by_id:
            return self._by_id[subject]
        named = self._by_name.get(name, set()) if name else set()
        return next(iter(named)) if len(named) == 1 else ""
