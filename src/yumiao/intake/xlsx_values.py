"""What the cells of a worksheet mean: numbers by their formats, shared texts, failed formulas, yes and no."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yumiao.intake.byte_words import Places
from yumiao.intake.cells import cell_text
from yumiao.intake.number_texts import date_texts, elapsed_texts, number_texts, percent_texts
from yumiao.intake.xlsx_package import Package, Shown
from yumiao.intake.xlsx_scan import CellBlock, CellKind
from yumiao.intake.xlsx_texts import expand_texts, without_blanks


def cell_texts(block: CellBlock, package: Package) -> tuple[Places, pl.Series]:
    """Return the text of every cell of a block as the spreadsheet means it, grouped by kind.

    The first answer tells which cell of the block each text belongs to. NULL stands for nothing but spaces.

    Raises: ValueError when a cell refers to a shared text that is not there.
    """
    found = list(_groups(block, package))
    return np.concatenate([places for places, _ in found]), pl.concat([texts for _, texts in found])


def _groups(block: CellBlock, package: Package) -> Iterator[tuple[Places, pl.Series]]:
    shown = package.shown[np.where(block.styles < len(package.shown), block.styles, 0)]
    groups: list[tuple[NDArray[np.bool_], Callable[[Places], pl.Series]]] = [
        (block.kinds == CellKind.SHARED, lambda places: _shared(block.numbers[places], package.shared))
    ]
    is_number = block.kinds == CellKind.NUMBER
    for number_kind, printer in _number_printers(package).items():
        groups.append((is_number & (shown == number_kind), partial(_print, block.texts, printer)))
    for kind, printer in _PRINTERS.items():
        groups.append((block.kinds == kind, partial(_print, block.texts, printer)))
    for belongs, printed in groups:
        places = np.flatnonzero(belongs)
        if len(places):
            yield places, printed(places)


def _print(texts: pl.Series, printer: Callable[[pl.Series], pl.Series], places: Places) -> pl.Series:
    return printer(texts.gather(places))


def _number_printers(package: Package) -> dict[Shown, Callable[[pl.Series], pl.Series]]:
    return {
        Shown.PLAIN: number_texts,
        Shown.PERCENT: lambda texts: percent_texts(number_texts(texts)),
        Shown.DATE: lambda texts: date_texts(texts, is_1904=package.is_1904),
        Shown.ELAPSED: elapsed_texts,
    }


def _shared(numbers: NDArray[np.int64], shared: pl.Series) -> pl.Series:
    if numbers.min() < 0 or numbers.max() >= len(shared):
        raise ValueError("a cell refers to a shared text that is not there")
    return shared.gather(numbers)


def _truths(texts: pl.Series) -> pl.Series:
    return texts.replace({"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"})


def _days(texts: pl.Series) -> pl.Series:
    """Print dates that stand as text in the form of ISO 8601."""
    plain = [cell_text(text.replace("T00:00:00", "").replace("T", " ")) for text in texts]
    return pl.Series(plain, dtype=pl.String)


_PRINTERS: dict[CellKind, Callable[[pl.Series], pl.Series]] = {
    CellKind.TEXT: lambda texts: without_blanks(expand_texts(texts)),
    CellKind.READY: without_blanks,
    CellKind.ERROR: expand_texts,
    CellKind.BOOL: _truths,
    CellKind.DAY: _days,
}
