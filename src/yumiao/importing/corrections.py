"""What an officer puts right while a file is checked: cells read otherwise, rows left out; the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from yumiao.intake.arrivals import Arrival
from yumiao.intake.cells import Sheet, Workbook, column_index, put_marks
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

CellPlace = tuple[str, str]
"""A sheet and the address of a cell in it: ``D37``."""


@dataclass(frozen=True)
class Corrections:
    """What is read otherwise than it stands in a file.

    Attributes:
        cells: place → the text to read instead; empty: as if the cell were empty.
        rows: sheet and number of each row (from 1) that is left out whole.
    """

    cells: Mapping[CellPlace, str] = field(default_factory=dict)
    rows: frozenset[tuple[str, int]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cells or self.rows)

    def revise(self, workbook: Workbook) -> Workbook:
        """Return the workbook as it is to be read. Raises: YumiaoError (``correction.place``) for no cell of it."""
        names = {sheet.name for sheet in workbook.sheets}
        strange = {sheet for sheet, _ in (*self.cells, *self.rows)} - names
        if strange:
            raise _no_place(min(strange))
        return replace(workbook, sheets=tuple(self._revised(sheet) for sheet in workbook.sheets))

    def _revised(self, sheet: Sheet) -> Sheet:
        marks = {cell_place(cell): text for (name, cell), text in self.cells.items() if name == sheet.name}
        if any(row >= sheet.height or column >= sheet.width for row, column in marks):
            raise _no_place(sheet.name)
        cells = put_marks(sheet, {place: text for place, text in marks.items() if text}).cells
        emptied = [place for place, text in marks.items() if not text]
        emptied += [
            (row - 1, at) for name, row in self.rows if name == sheet.name for at in range(sheet.width)
        ]
        by_column: dict[int, list[int]] = {}
        for row, column in emptied:
            if row < cells.height:
                by_column.setdefault(column, []).append(row)
        nothing = [
            cells[str(column)].scatter(rows, pl.Series([None] * len(rows), dtype=pl.String))
            for column, rows in by_column.items()
        ]
        return replace(sheet, cells=cells.with_columns(nothing))

    def told(self, arrival: Arrival, workbook: Workbook) -> Arrival:
        """Return the arrival with each corrected fact still showing how the file has it."""
        if not self.cells:
            return arrival
        texts = [(sheet, cell, original_text(workbook, sheet, cell)) for sheet, cell in self.cells]
        stood = pl.DataFrame(
            texts, schema={"sheet": pl.String, "cell": pl.String, "stood": pl.String}, orient="row"
        )
        sources = arrival.facts.sources
        joined = sources.join(stood, on=["sheet", "cell"], how="left", maintain_order="left")
        kept = joined.with_columns(raw=pl.coalesce("stood", "raw")).select(sources.columns)
        return replace(arrival, facts=replace(arrival.facts, sources=kept))


def cell_place(cell: str) -> tuple[int, int]:
    """Return row and column of a cell, from 0. Raises: YumiaoError (``correction.place``) for no address."""
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    is_address = letters.isascii() and letters.isalpha() and 0 < len(letters) <= 3 and 0 < len(digits) <= 7
    if not is_address or int(digits) == 0:
        raise _no_place(cell)
    return int(digits) - 1, column_index(letters)


def original_text(workbook: Workbook, sheet: str, cell: str) -> str:
    """Return what stands in a cell of a file; empty for nothing. Raises: YumiaoError for no cell of it."""
    row, column = cell_place(cell)
    found = next((each for each in workbook.sheets if each.name == sheet), None)
    if found is None or row >= found.height or column >= found.width:
        raise _no_place(f"{sheet} {cell}")
    return found.cells[str(column)][row] or ""


def _no_place(place: str) -> YumiaoError:
    return YumiaoError(
        "correction.place",
        Text(
            f"文件里没有 {place} 这一处，无法更正；请刷新后再试。",
            f"The file has no place {place}, so nothing can be corrected there; reload the page and try again.",
        ),
    )
