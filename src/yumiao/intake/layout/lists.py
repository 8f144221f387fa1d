"""Lists of names in a single column, below a label or the title of a list, as notices publish them."""

from __future__ import annotations

import re

import polars as pl

from yumiao.intake.layout.grid import Grid
from yumiao.intake.layout.headers import Header
from yumiao.intake.layout.vocabulary import FORM_LABELS, LIST_TITLE, NOTE_START, plain_words

LONGEST_NAME = 60
"""Characters of the longest line that is still a name and no sentence."""

FEWEST = 3
"""Names that make a list."""

MOST_TITLES = 50
"""Lines that are looked at as titles of lists."""

LOOK_AHEAD = 3
"""A line that is unlike the others belongs to a list when a name follows within so many lines."""

_SENTENCE = re.compile("[。；！？：:]")
_NUMBERED = re.compile(r"^[(（]?([0-9]{1,4})[)）]?\s*[.．、]?\s*\D")
_BRACKETS_LAST = re.compile(r"[（(][^（）()]*[）)]$")
_ORGANISATION = re.compile(
    "(?:公司|集团|厂|场|社|中心|院|所|大学|学校|园|园区|基地|协会|学会|商会|联盟|企业|店|行|农庄)$"
)


def find_list(grid: Grid, start: int) -> tuple[Header, int] | None:
    """Find the longest list of a band of one column.

    A list stands below a label (企业名称) or a title that ends like the title of a list (名单). Below a title
    its lines are numbered one after the other or end as the names of organisations do, so that signatures
    and menus around it are not taken for names.

    Returns: its header and the row after its last name, or None.
    """
    lines = _lines(grid, start)
    heads = [at for at, (_, text) in enumerate(lines) if _may_head(text)][:MOST_TITLES]
    best: tuple[int, int, int] | None = None
    for at in heads:
        end = at + 1 + _count(lines, at)
        if end - at > FEWEST and (best is None or end - at > best[0]):
            best = (end - at, lines[at][0], lines[end - 1][0] + 1)
    return None if best is None else (Header((), (best[1],), best[1] + 1), best[2])


def _lines(grid: Grid, start: int) -> list[tuple[int, str]]:
    """Return the rows of one cell from ``start`` on."""
    rows = (grid.filled.slice(start) == 1).arg_true() + start
    cells = grid.sheet.cells.select(text=pl.coalesce([str(column) for column in grid.columns]))["text"]
    return list(zip(rows.to_list(), cells.gather(rows).str.strip_chars().to_list(), strict=True))


def _may_head(text: str) -> bool:
    return plain_words(text) in FORM_LABELS or LIST_TITLE.search(text) is not None


def _count(lines: list[tuple[int, str]], at: int) -> int:
    """Return how many names follow the label or title in line ``at``."""
    names = [line for _, line in lines[at + 1 :]]
    if plain_words(lines[at][1]) in FORM_LABELS:
        return _count_names(names)
    return max(_count_numbered(names), _count_organisations(names))


def _count_names(lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines) if not _is_name(line)), len(lines))


def _is_name(line: str) -> bool:
    return len(line) <= LONGEST_NAME and not _SENTENCE.search(line) and not NOTE_START.match(line)


def _count_numbered(lines: list[str]) -> int:
    found = ((n, _NUMBERED.match(line)) for n, line in enumerate(lines))
    return next((n for n, number in found if number is None or int(number[1]) != n + 1), len(lines))


def _count_organisations(lines: list[str]) -> int:
    count = 0
    for number, line in enumerate(lines):
        if not _is_name(line):
            break
        if _is_organisation(line):
            count = number + 1
        elif number - count >= LOOK_AHEAD:
            break
    return count


def _is_organisation(line: str) -> bool:
    return _ORGANISATION.search(_BRACKETS_LAST.sub("", line)) is not None
