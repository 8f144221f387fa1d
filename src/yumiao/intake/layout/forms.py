"""Forms: labels beside their values. They hold one record, and reading them as a table would mix it up."""

from __future__ import annotations

import re

from yumiao.intake.layout.grid import Grid, is_value
from yumiao.intake.layout.vocabulary import FORM_LABELS, plain_words

LONGEST = 80
"""Rows beyond which nobody draws a form."""

_COLON_LAST = re.compile(r"[:：]\s*$")


def is_form(grid: Grid, start: int, end: int) -> bool:
    """Whether the filled rows from ``start`` to ``end`` (not included) are pairs of label and value.

    Labels of a form stand in the same columns row after row: the first column holds labels that differ, not
    one label and its values.
    """
    wide = (grid.filled[start:end] > 1).arg_true()
    if not 1 <= wide.len() <= LONGEST:
        return False
    rows = [grid.row(start + int(at)) for at in wide]
    pairs = [pair for cells in rows for pair in _pairs(sorted(cells.items()))]
    labels = [label for label, _ in pairs]
    named = [label for label in labels if _is_label(label)]
    first = [texts[0] for cells in rows if (texts := [text for _, text in sorted(cells.items())])]
    in_first = [label for label in first if _is_label(label)]
    if len(rows) == 1:
        return len(named) >= 1 and all(_COLON_LAST.search(label) for label in labels)
    if any(map(_all_labels, rows)) and not all(_COLON_LAST.search(label) for label in in_first):
        return False
    # A label that comes again is that of a header repeated on every page.
    return (
        len(set(in_first)) >= max(2, len(in_first) - 1)
        and len(in_first) >= 0.5 * len(first)
        and len(named) >= 0.5 * len(labels)
    )


def _pairs(cells: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """Read a row as label, value, label, value."""
    texts = [text for _, text in cells]
    return list(zip(texts[::2], [*texts[1::2], ""], strict=False))


def _is_label(text: str) -> bool:
    if is_value(text):
        return False
    return plain_words(text) in FORM_LABELS or (_COLON_LAST.search(text) is not None and len(text) <= 30)


def _all_labels(cells: dict[int, str]) -> bool:
    """Whether a row holds labels only, as the header of a table does: at least three, no value."""
    texts = list(cells.values())
    return len(texts) >= 3 and all(_is_label(text) for text in texts)
