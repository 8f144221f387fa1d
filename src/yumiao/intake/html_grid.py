"""One HTML table as a grid: rows, spans and the text of its cells, as a browser lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from yumiao.intake.cells import Sheet, check_extent, sheet_of_rows

_SPACES = re.compile("[ \t\r\n\f\v\xa0]+")
_BREAK = "\x1e"  # stands for a line end while the spaces of the source, line ends among them, are joined
_MAX_ROW_SPAN = 65_534  # what browsers take for the largest spans
_MAX_COLUMN_SPAN = 1000
_UNSEEN = {"script", "style", "template", "noscript", "head", "table"}
_GROUPS, _CELLS = {"thead", "tbody", "tfoot"}, {"td", "th"}
_BLOCKS = {
    *("address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "form", "h1", "h2"),
    *("h3", "h4", "h5", "h6", "li", "main", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
}


@dataclass
class Grid:
    """The cells of one table.

    Attributes:
        rows: for each row, column (from 0) -> text of the cell that begins there.
        merges: first row, first column, last row, last column of every cell over several, from 0.
    """

    rows: list[dict[int, str]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return any(text for row in self.rows for text in row.values())

    def sheet(self, name: str) -> Sheet:
        """Return the grid as a sheet; columns that only a span reaches are there and empty."""
        width = 1 + max(
            [last for *_, last in self.merges] + [column for row in self.rows for column in row], default=-1
        )
        found = sheet_of_rows(name, ([row.get(column) for column in range(width)] for row in self.rows))
        return Sheet(name, found.cells, tuple(self.merges))


def read_grid(table: etree._Element) -> Grid:
    """Lay out the cells of a table, without those of tables inside it.

    A cell never reaches below its row group (``thead``, ``tbody``, ``tfoot``), as in browsers.

    Raises: YumiaoError (``too_big``) when spans make it larger than any sheet may be.
    """
    grid = Grid()
    for rows in _row_groups(table):
        end = len(grid.rows) + len(rows)
        free_from: dict[int, int] = {}  # column -> first row of this group that no cell above reaches
        for cells in rows:
            _lay_out(grid, cells, free_from, end)
    return grid


def _lay_out(grid: Grid, cells: list[etree._Element], free_from: dict[int, int], end: int) -> None:
    row, column = len(grid.rows), 0
    texts: dict[int, str] = {}
    for cell in cells:
        while free_from.get(column, 0) > row:
            column += 1
        across = min(_span(cell, "colspan") or 1, _MAX_COLUMN_SPAN)
        down = min(_span(cell, "rowspan") or end, _MAX_ROW_SPAN, end - row)
        check_extent("", row + 1, column + across)
        texts[column] = read_text(cell)
        if across > 1 or down > 1:
            grid.merges.append((row, column, row + down - 1, column + across - 1))
            free_from.update(dict.fromkeys(range(column, column + across), row + down))
        column += across
    grid.rows.append(texts)


def _span(cell: etree._Element, name: str) -> int:
    """Return a span; 1 when it is missing or no number, 0 (to the end of the group) when it says so."""
    found = re.match(r"\s*(\d{1,9})", cell.get(name, ""))
    return int(found[1]) if found else 1


def _row_groups(table: etree._Element) -> Iterator[list[list[etree._Element]]]:
    """Yield the rows of each row group; a cell outside any row makes a row of its own."""
    loose: list[list[etree._Element]] = []
    for part in _parts(table, {*_GROUPS, "tr", *_CELLS}):
        if part.tag not in _GROUPS:
            loose.append(_cells_of(part))
            continue
        if loose:
            yield loose
        loose = []
        yield [_cells_of(row) for row in _parts(part, {"tr", *_CELLS})]
    if loose:
        yield loose


def _cells_of(row: etree._Element) -> list[etree._Element]:
    return [row] if row.tag in _CELLS else list(_parts(row, _CELLS))


def _parts(node: etree._Element, tags: set[str]) -> Iterator[etree._Element]:
    """Yield the nearest descendants of these kinds, also inside forms and the like, not in inner tables."""
    for child in node:
        if child.tag in tags:
            yield child
        elif child.tag != "table":
            yield from _parts(child, tags)


def read_text(node: etree._Element) -> str:
    """Return the text of a node (of a tree without comments) as a browser shows it, without inner tables.

    Spaces are joined, ``<br>`` and blocks begin a line, empty lines are left out.
    """
    pieces: list[str] = []
    _gather(node, pieces)
    lines = _SPACES.sub(" ", "".join(pieces)).split(_BREAK)
    return "\n".join(line for line in map(str.strip, lines) if line)


def _gather(node: etree._Element, pieces: list[str]) -> None:
    pieces.append(node.text or "")
    for child in node:
        is_block = child.tag in _BLOCKS
        if is_block or child.tag == "br":
            pieces.append(_BREAK)
        if child.tag not in _UNSEEN:
            _gather(child, pieces)
        if is_block:
            pieces.append(_BREAK)
        pieces.append(child.tail or "")
