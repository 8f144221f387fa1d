"""The memory that machine code reads and writes: Arrow columns as they lie, and buffers for the outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import polars as pl
import pyarrow as pa

from yumiao.rules.native_layout import ColumnKind, Layout

_EVERY_BIT = np.full(8, 0xFF, dtype=np.uint8)
"""The bitmap of a column without NULLs: read with a stride of zero."""

_TYPES: Mapping[ColumnKind, tuple[pl.DataType, int]] = {
    ColumnKind.NUMBER: (pl.Int64(), 8),
    ColumnKind.DAY: (pl.Date(), 4),
    ColumnKind.TEXT: (pl.String(), 16),
    ColumnKind.CODE: (pl.UInt8(), 1),
}
"""The type of each kind of column with values, and its bytes."""

Category = tuple[str, tuple[str, ...]]
"""A text column and the categories that a program asks for."""


@dataclass
class Columns:
    """A table of facts in memory, each column prepared once for all programs that read it.

    Attributes:
        frame: one row per subject.
        height: how many rows, also where no column is asked for.
    """

    frame: pl.DataFrame
    height: int
    _arrays: dict[object, Any] = field(default_factory=dict)
    _words: dict[tuple[str, ColumnKind, object], tuple[int, ...]] = field(default_factory=dict)

    def words(self, layout: Layout) -> np.ndarray:
        """Return where the columns of a program lie, as its functions read it; valid as long as this object is."""
        found = [
            self._described(name, kind, layout.categories.get(name)) for name, kind in layout.columns.items()
        ]
        return np.array(found, dtype=np.uint64).reshape(-1)

    def _described(self, name: str, kind: ColumnKind, categories: tuple[str, ...] | None) -> tuple[int, ...]:
        key = (name, kind, categories if kind is ColumnKind.CODE else None)
        if key not in self._words:
            array = self._array(name, kind, categories)
            self._words[key] = _describe(array, kind)
        return self._words[key]

    def _array(self, name: str, kind: ColumnKind, categories: tuple[str, ...] | None) -> Any:
        key = (name, kind, categories if kind is ColumnKind.CODE else None)
        if key not in self._arrays:
            series = self.frame[name]
            if kind is ColumnKind.KNOWN:
                series = series.is_not_null()
            if kind is ColumnKind.CODE and categories is not None:
                series = _codes(series, categories)
            elif kind in _TYPES and series.dtype != _TYPES[kind][0]:
                series = series.cast(_TYPES[kind][0])
            self._arrays[key] = series.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
        return self._arrays[key]


def _codes(series: pl.Series, categories: tuple[str, ...]) -> pl.Series:
    """Number the categories from 1; any other text is 0."""
    numbers = list(range(1, len(categories) + 1))
    coded = pl.col("_").replace_strict(list(categories), numbers, default=0, return_dtype=pl.UInt8())
    return pl.DataFrame({"_": series}).select(pl.when(pl.col("_").is_not_null()).then(coded)).to_series()


def _describe(array: Any, kind: ColumnKind) -> tuple[int, ...]:
    """Return the words of :data:`yumiao.rules.emit_llvm.COLUMN_WORDS` for an Arrow array."""
    if not len(array):
        return (0, 0, 0, 0, 0)
    validity, data = array.buffers()[:2]
    first = array.offset
    if kind is ColumnKind.KNOWN:
        return (0, data.address + first // 8, first % 8, 2**64 - 1, 0)
    if validity is None or array.null_count == 0:
        known = (_EVERY_BIT.ctypes.data, 0, 0)
    else:
        known = (validity.address + first // 8, first % 8, 2**64 - 1)
    if kind is ColumnKind.TRUTH:
        return (data.address + first // 8, *known, first % 8)
    return (data.address + first * _TYPES[kind][1], *known, 0)


_ARROW: Mapping[int, Any] = {1: pa.bool_(), 8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}


LINE = 64
"""Bytes that the processor reads at once; a buffer begins with a new line."""


@dataclass
class Outputs:
    """Buffers for outputs over one table; what a second reading writes replaces what the first wrote.

    Attributes:
        layouts: of all kernels that will write here: an output has the widest width that one of them gives it.
        height: rows of the table.
    """

    layouts: Sequence[Layout]
    height: int
    widths: dict[str, int] = field(init=False, default_factory=dict)
    data: dict[str, np.ndarray] = field(init=False, default_factory=dict)
    known: dict[str, np.ndarray] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for layout in self.layouts:
            for name, width in layout.widths.items():
                self.widths[name] = max(width, self.widths.get(name, 0))
        nullable = dict.fromkeys(name for layout in self.layouts for name in layout.nullable)
        wholes = {name: width for name, width in self.widths.items() if width > 1}
        bits = [name for name, width in self.widths.items() if width == 1]
        sizes = [self.height * (width // 8) for width in wholes.values()]
        bitmap = (self.height + 7) // 8
        buffers = _one_block([*sizes, *(bitmap for _ in (*bits, *nullable))])
        self.data = dict(zip(wholes, buffers, strict=False))
        bitmaps = buffers[len(wholes) :]
        for each in bitmaps:
            each.fill(0)
        self.data |= dict(zip(bits, bitmaps, strict=False))
        self.known = dict(zip(nullable, bitmaps[len(bits) :], strict=True))

    def words(self, layout: Layout) -> np.ndarray:
        """Return where the outputs of a program lie, as its functions write them; valid as long as this object is."""
        found = [
            (self.data[name].ctypes.data, self.known[name].ctypes.data if name in self.known else 0)
            for name in layout.outputs
        ]
        return np.array(found, dtype=np.uint64).reshape(-1)

    def put(self, places: np.ndarray, other: Outputs) -> None:
        """Put the first outputs of another in some places, in order; both have them in the same widths."""
        for name, width in other.widths.items():
            if width == 1:
                _put_bits(self.data[name], places, other.data[name])
            else:
                kind = f"u{width // 8}" if width <= 64 else "V16"
                self.data[name].view(kind)[places] = other.data[name].view(kind)[: len(places)]
            if name in other.known:
                _put_bits(self.known[name], places, other.known[name])

    def frame(self) -> pl.DataFrame:
        """Return the outputs, one column each, without a copy (but of 128 bits)."""
        narrow = [name for name, width in self.widths.items() if width < 128]
        batch = pa.RecordBatch.from_arrays([self._array(name) for name in narrow], names=narrow)
        found = cast("pl.DataFrame", pl.from_arrow(batch))
        if len(narrow) == len(self.widths):
            return found
        return pl.DataFrame([found[name] if name in narrow else self._wide(name) for name in self.widths])

    def _array(self, name: str) -> Any:
        known = self.known.get(name)
        bitmap = None if known is None else pa.py_buffer(known)
        kind = _ARROW[self.widths[name]]
        return pa.Array.from_buffers(kind, self.height, [bitmap, pa.py_buffer(self.data[name])])

    def _wide(self, name: str) -> pl.Series:
        halves = self.data[name].view(np.uint64).reshape(-1, 2)
        parts = pl.DataFrame({"low": halves[:, 0], "high": halves[:, 1].view(np.int64)})
        low, high = pl.col("low").cast(pl.Int128), pl.col("high").cast(pl.Int128)
        value = high * pl.lit(2**64, dtype=pl.Int128) + low
        if name in self.known:
            bits = np.unpackbits(self.known[name], bitorder="little")[: self.height]
            value = pl.when(pl.lit(pl.Series(bits.astype(bool)))).then(value)
        return parts.select(value.alias(name)).to_series()


def _one_block(sizes: Sequence[int]) -> list[np.ndarray]:
    """Return buffers of these sizes in one block: memory is taken and given back once, in large pages."""
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + -(-size // LINE) * LINE)
    block = np.empty(starts[-1], dtype=np.uint8)
    return [block[start : start + size] for start, size in zip(starts, sizes, strict=False)]


def _put_bits(bitmap: np.ndarray, places: np.ndarray, bits: np.ndarray) -> None:
    """Replace some bits of a bitmap; no byte is touched but those from the first place to the last."""
    start, end = int(places[0]) // 8, int(places[-1]) // 8 + 1
    every = np.unpackbits(bitmap[start:end], bitorder="little")
    every[places - 8 * start] = np.unpackbits(bits, bitorder="little")[: len(places)]
    bitmap[start:end] = np.packbits(every, bitorder="little")
