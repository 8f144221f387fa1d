"""Where each value of a batch came from, kept in little room.

A value mostly stands in the row of its subject and in the column of its metric, and was written there as the value
prints. So a batch keeps *strips*, each one column of one sheet that gives one fact, the row of every subject in
every sheet, and explicit rows, addresses and texts only where that rule does not give them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from yumiao.store.columns import fact_name

STRIP, ROW, CELL, RAW = "|strip", "|row", "|cell", "|raw"
"""What follows the name of a fact in the table of origins."""


_ROWS = "row"
"""What goes before the number of a sheet in the name of the column of the subjects' rows in it."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One column of one sheet that gives one fact.

    Attributes:
        column: the column of the table of facts (``x`` or ``x#high``).
        file, sheet: NULL as received.
        letters: the sheet's column, or None where addresses are of another kind.
        place: number of the sheet among those of the batch: `row_column` holds its rows.
        shift: the usual text is the value with the decimal point moved left by so many digits; None: no usual text.
        has_raw: whether the texts received are known.
    """

    column: str
    file: str | None
    sheet: str | None
    letters: str | None
    place: int
    shift: int | None
    has_raw: bool


@dataclass(frozen=True)
class Strips:
    """The strips of a batch, and which of them gives a fact unless the table of origins says another."""

    strips: tuple[Strip, ...] = ()
    usual: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the strips as they are written."""
        return {"strips": [asdict(strip) for strip in self.strips], "usual": dict(self.usual)}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Strips:
        """Read strips back."""
        return Strips(tuple(Strip(**each) for each in raw["strips"]), dict(raw["usual"]))


def row_column(place: int) -> str:
    """Name the column of origins that holds each subject's row in a sheet."""
    return f"{_ROWS}|{place}"


def usual_text(values: pl.Series, shift: int) -> pl.Series:
    """Print values with the decimal point moved left, without zeros at the end: 1250 moved by 2 is 12.5."""
    if shift == 0 or values.dtype != pl.Int64:
        return values.cast(pl.String)
    size = values.abs()
    whole, rest = size // 10**shift, size % 10**shift
    digits = rest.cast(pl.String).str.zfill(shift).str.strip_chars_end("0")
    frame = pl.DataFrame({"v": values, "w": whole, "d": digits})
    sign = pl.when(pl.col("v") < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    point = pl.when(pl.col("d") == "").then(pl.lit("")).otherwise(pl.lit("."))
    return frame.select(pl.concat_str(sign, pl.col("w").cast(pl.String), point, "d").alias("raw")).to_series()


def usual_text_of(value: object, shift: int) -> str:
    """Print one value as `usual_text` prints many."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if shift == 0 or not isinstance(value, int):
        return str(value)
    digits = str(abs(value)).zfill(shift + 1)
    whole, rest = digits[:-shift], digits[-shift:].rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if rest else ''}{rest}"


def decode_origins(
    origins: pl.DataFrame, strips: Strips, name: str, values: Mapping[str, pl.Series]
) -> pl.DataFrame:
    """Return the sources of one fact.

    Args:
        origins: one row per value wanted.
        name: the fact.
        values: per column of the fact (``x``, ``x#high``) its values, aligned with ``origins``.
    Returns: one row per row of ``origins``: ``column``, ``value``, ``raw``, ``file``, ``sheet``, ``cell``; all NULL
        where the batch names no source.
    """
    height = origins.height
    if name in strips.usual:
        return _decoded(origins, strips.strips[strips.usual[name]], name, values)
    column = name + STRIP
    if column not in origins.columns:
        empty = dict.fromkeys(("column", "value", "raw", "file", "sheet", "cell"), pl.String)
        return pl.DataFrame({each: [None] * height for each in empty}, schema=empty)
    numbered = origins.with_row_index("__at")
    frames = []
    for number in origins[column].unique().to_list():
        here = origins[column].eq_missing(pl.Series([number], dtype=pl.UInt16))
        part = numbered.filter(here)
        some = {each: series.filter(here) for each, series in values.items()}
        if number is None:
            found = decode_origins(part.drop(column), Strips(), name, some)
        else:
            found = _decoded(part, strips.strips[number], name, some)
        frames.append(found.with_columns(part["__at"]))
    return pl.concat(frames).sort("__at").drop("__at")


def _decoded(origins: pl.DataFrame, strip: Strip, name: str, values: Mapping[str, pl.Series]) -> pl.DataFrame:
    of_strip = values[strip.column]
    frame = origins.select(
        row=_first_of(origins, name + ROW, row_column(strip.place), pl.UInt32),
        cell=_first_of(origins, name + CELL, None, pl.String),
        raw=_first_of(origins, name + RAW, None, pl.String),
    ).with_columns(value=of_strip.cast(pl.String))
    if strip.has_raw and strip.shift is not None:
        usual = usual_text(of_strip, strip.shift)
        frame = frame.with_columns(raw=pl.col("raw").fill_null(usual))
    cell = pl.col("cell")
    if strip.letters is not None:
        cell = cell.fill_null(pl.concat_str(pl.lit(strip.letters), pl.col("row").cast(pl.String)))
    return frame.select(
        pl.lit(strip.column).alias("column"),
        "value",
        "raw",
        pl.lit(strip.file, pl.String).alias("file"),
        pl.lit(strip.sheet, pl.String).alias("sheet"),
        cell,
    )


def _first_of(origins: pl.DataFrame, name: str, other: str | None, dtype: type[pl.DataType]) -> pl.Expr:
    there = [each for each in (name, other) if each is not None and each in origins.columns]
    return pl.coalesce(there) if there else pl.repeat(None, pl.len(), dtype=dtype)


def decode_origin(
    origin: Mapping[str, Any], strips: Strips, name: str, values: Mapping[str, Any]
) -> dict[str, str | None]:
    """Return the source of one value, as `decode_origins` does for many.

    Args:
        origin: one row of the table of origins.
        values: per column of the fact its value.
    """
    number = strips.usual.get(name, origin.get(name + STRIP))
    if number is None:
        return dict.fromkeys(("column", "value", "raw", "file", "sheet", "cell"))
    strip = strips.strips[number]
    value = values.get(strip.column)
    raw, cell = origin.get(name + RAW), origin.get(name + CELL)
    if raw is None and strip.has_raw and strip.shift is not None:
        raw = usual_text_of(value, strip.shift)
    if cell is None and strip.letters is not None:
        row = origin.get(name + ROW)
        cell = f"{strip.letters}{origin.get(row_column(strip.place)) if row is None else row}"
    return {
        "column": strip.column,
        "value": usual_text_of(value, 0),
        "raw": raw,
        "file": strip.file,
        "sheet": strip.sheet,
        "cell": cell,
    }


def is_origin_of(column: str, facts: Collection[str]) -> bool:
    """Whether a column of origins says where one of some facts came from, or in which rows subjects stand."""
    name, mark, _ = column.rpartition("|")
    return mark == "" or name == _ROWS or name in facts


def origin_columns(strips: Strips, name: str, there: Iterable[str]) -> list[str]:
    """Return the columns of origins that say where a fact came from, of those that are there."""
    first = strips.usual.get(name)
    numbers = (
        [first]
        if first is not None
        else [n for n, strip in enumerate(strips.strips) if name == fact_name(strip.column)]
    )
    wanted = {name + STRIP, name + ROW, name + CELL, name + RAW}
    wanted |= {row_column(strips.strips[number].place) for number in numbers}
    return [column for column in there if column in wanted]
