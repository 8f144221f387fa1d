"""A count taken apart: for each row whether it counts, which clause decided, and for want of what it is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from yumiao.evaluate.counting import COUNTED, NOT_COUNTED, OPEN, judge_rows
from yumiao.evaluate.counting_rows import THERE, shape_rows, standing_rows
from yumiao.model.facts import SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs import expressions as ex
from yumiao.packs.definitions import RegisterDefinition
from yumiao.rules.registers import filter_words, filters_of


class RowStanding(StrEnum):
    """Whether a row is in a count."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    OPEN = "open"


_STANDINGS = {COUNTED: RowStanding.COUNTED, NOT_COUNTED: RowStanding.NOT_COUNTED, OPEN: RowStanding.OPEN}


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row of a subject and what a filter says of it.

    Attributes:
        number: what names the thing; None where the row has no number.
        clause: the clause of the filter that decided, or that is open; None where every clause holds.
        wanting: the fields for want of which the row is open; a derived field counts as the one it is.
        text: the whole in one sentence.
    """

    standing: RowStanding
    number: str | None
    file: str
    sheet: str
    cell: str
    batch: str
    recorded_at: str
    clause: Text | None
    wanting: tuple[str, ...]
    text: Text


def counted_rows(
    rows: pl.DataFrame,
    register: RegisterDefinition,
    as_of: dt.date,
    subject: str,
    name: str,
    *,
    believed: Sequence[str] = (),
) -> tuple[CountedRow, ...]:
    """Say of every standing row of one subject whether a filter counts it, and why.

    Args:
        rows: one row per row of the register, as for :func:`yumiao.evaluate.counting.count_rows`.
        name: the filter, as ``ip_class1_count.hnte``.
        believed: sources, best first (:func:`yumiao.evaluate.counting_rows.believed_sources`).
    Returns: one entry per standing row, in the order recorded; rows replaced by a later file are left out.
    Raises: YumiaoError when the register has no such filter.
    """
    filters = filters_of(register)
    if name not in filters:
        known = ", ".join(filters)
        raise YumiaoError(
            "records.no_filter",
            Text(
                f"台账没有口径“{name}”；现有：{known}。",
                f"The register has no filter “{name}”; known: {known}.",
            ),
        )
    own = shape_rows(rows.filter(pl.col(SUBJECT) == subject), register)
    standing = standing_rows(own, register, as_of, believed)
    return tuple(_Explainer(register, as_of, filters[name].tree).explain(standing))


class _Explainer:
    """One filter, read part by part."""

    def __init__(self, register: RegisterDefinition, as_of: dt.date, tree: ex.Node) -> None:
        self.register = register
        self.as_of = as_of
        self.tree = tree
        self.clauses = list(_conjuncts(tree))
        nodes = dict.fromkeys(node for clause in (tree, *self.clauses) for node in _statements(clause))
        self.names = {node: f"__part{number}" for number, node in enumerate(nodes)}

    def explain(self, rows: pl.DataFrame) -> Iterator[CountedRow]:
        read = rows.with_columns(pl.lit(value=True).alias(THERE))
        statements = {name: node for node, name in self.names.items()}
        judged = judge_rows(read, self.register, statements, self.as_of).with_columns(rows[THERE])
        for row in judged.iter_rows(named=True):
            yield self._explained(row)

    def _explained(self, row: dict[str, Any]) -> CountedRow:
        if row[THERE] is False:
            return self._row(row, NOT_COUNTED, self._absence(row), ())
        code = row[self.names[self.tree]]
        if row[THERE] is None and code != NOT_COUNTED:
            begun = self.register.from_ or ""
            return self._row(row, OPEN, self._bound(begun), (begun, *self._wanting(row)))
        if code == COUNTED:
            return self._row(row, code, None, ())
        deciding = [clause for clause in self.clauses if row[self.names[clause]] == code] or [self.tree]
        words = filter_words(self.register, deciding[0])
        return self._row(row, code, words, self._wanting(row) if code == OPEN else ())

    def _absence(self, row: dict[str, Any]) -> Text:
        """The bound of a row's time that the day is outside of."""
        register = self.register
        begun = row[register.from_] if register.from_ else None
        if begun is not None and begun > self.as_of:
            return self._bound(register.from_ or "", f"（{begun}）", f" ({begun})")
        ended = row[register.until or ""]
        label = register.columns[register.until or ""].label_of(register.until or "")
        return Text(
            f"{label.zh}（{ended}）不早于 {self.as_of}",
            f"{label.words('en')} ({ended}) no earlier than {self.as_of}",
        )

    def _bound(self, name: str, zh: str = "", en: str = "") -> Text:
        label = self.register.columns[name].label_of(name)
        return Text(
            f"{label.zh}{zh}不晚于 {self.as_of}", f"{label.words('en')}{en} no later than {self.as_of}"
        )

    # ── what is wanting ───────────────────────────────────────────────────────────────────────────────────

    def _wanting(self, row: dict[str, Any]) -> tuple[str, ...]:
        """Name the unknown fields of the open parts, the parts that are open in themselves only."""
        return tuple(dict.fromkeys(self._open_fields(self.tree, row)))

    def _open_fields(self, node: ex.Node, row: dict[str, Any]) -> Iterator[str]:
        if row[self.names[node]] != OPEN:
            return
        parts = list(_parts(node))
        if not parts:
            yield from (name for name in _fields(node) if row[name] is None)
        for part in parts:
            yield from self._open_fields(part, row)

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────

    def _row(
        self, row: dict[str, Any], code: int, clause: Text | None, wanting: tuple[str, ...]
    ) -> CountedRow:
        standing = _STANDINGS[code]
        places = {name: row[name] or "" for name in ("file", "sheet", "cell", "batch", "recorded_at")}
        number = row[self.register.number] if self.register.number else None
        return CountedRow(
            standing=standing,
            number=number,
            clause=clause,
            wanting=wanting,
            text=self._sentence(standing, clause, wanting),
            **places,
        )

    def _sentence(self, standing: RowStanding, clause: Text | None, wanting: tuple[str, ...]) -> Text:
        if clause is None:
            return Text("计入：各项条件均满足。", "Counted: every clause holds.")
        if standing is RowStanding.NOT_COUNTED:
            return Text(f"不计入，不满足：{clause.zh}。", f"Not counted, this fails: {clause.en}.")
        labels = [self.register.columns[name].label_of(name) for name in wanting]
        zh, en = "、".join(label.zh for label in labels), ", ".join(label.words("en") for label in labels)
        return Text(f"待定：{clause.zh}；缺：{zh}。", f"Open: {clause.en}; unknown: {en}.")


def _conjuncts(node: ex.Node) -> Iterator[ex.Node]:
    """The clauses that all have to hold."""
    if isinstance(node, ex.AtLeast) and node.count == len(node.parts):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def _parts(node: ex.Node) -> Iterator[ex.Node]:
    """The statements that a statement is made of."""
    if isinstance(node, ex.AtLeast):
        yield from node.parts
    elif isinstance(node, ex.Negation):
        yield node.body


def _statements(node: ex.Node) -> Iterator[ex.Node]:
    yield node
    for part in _parts(node):
        yield from _statements(part)


def _fields(node: ex.Node) -> Iterator[str]:
    for part in ex.walk(node):
        if isinstance(part, ex.Reference):
            yield part.name
