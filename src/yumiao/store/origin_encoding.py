"""Sources on their way into a batch: turned into origins, and checked against the table they speak of."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.store.columns import fact_name
from yumiao.store.faults import bad_content
from yumiao.store.origins import CELL, RAW, ROW, STRIP, Strip, Strips, row_column, usual_text

_DIGITS, _CAPITALS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COLUMN = re.compile("[A-Z]{1,3}")
_LARGEST_SHIFT = 12
_TRIED = 50
"""Values of a strip that are looked at to find how its texts are written."""


def encode_origins(table: pl.DataFrame, sources: pl.DataFrame) -> tuple[pl.DataFrame, Strips]:
    """Turn sources into origins.

    Args:
        table: the facts, one row per subject.
        sources: one row per known value, as ``Facts.sources``; the first of several for one value is kept.
    Returns: one row per row of ``table`` (see `yumiao.store.origins`), and the strips.
    Raises: YumiaoError (``store.content``) when a source speaks of a subject, column or value that is not in the
        table.
    """
    rows = _placed(table, sources)
    encoder = _Encoder(table, rows)
    for name, part in rows.partition_by("name", as_dict=True, maintain_order=True).items():
        encoder.add(str(name[0]), part)
    return encoder.finish()


def _placed(table: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return sources with the row of their subject (``at``), their fact (``name``), the cell taken apart."""
    places = table.select(SUBJECT).with_row_index("at")
    letters = sources["cell"].str.strip_chars_end(_DIGITS)
    usual = [each for each in letters.unique().drop_nulls() if _COLUMN.fullmatch(each)]
    digits = sources["cell"].str.strip_chars_start(_CAPITALS)
    number = digits.cast(pl.UInt32, strict=False)
    is_usual = letters.is_in(usual) & number.is_not_null() & ~digits.str.starts_with("0")
    rows = sources.join(places, on=SUBJECT, how="left", maintain_order="left").with_columns(
        name=_replaced(sources["column"], fact_name),
        letters=pl.when(is_usual).then(letters),
        row=pl.when(is_usual).then(number),
        cell=pl.when(~is_usual.fill_null(value=False)).then(sources["cell"]),
        has_raw=pl.col("raw").is_not_null(),
    )
    strangers = rows.filter(pl.col("at").is_null() | ~pl.col("column").is_in(table.columns))
    if strangers.height:
        subject, column = strangers.row(0)[0], strangers["column"][0]
        raise bad_content(
            f"来源表提到 {subject} 的 {column}，事实表中没有；没有写入任何内容。",
            f"the sources speak of {column} of {subject}, which the table of facts does not have; nothing was written.",
        )
    if any("#" in column for column in rows["column"].unique()):  # an exact value's source before an end's
        is_low, is_end = (
            pl.col("column").str.ends_with("#low"),
            pl.col("column").str.contains("#", literal=True),
        )
        rows = rows.sort(is_end.cast(pl.Int8) + is_low.cast(pl.Int8), maintain_order=True)
    return rows


def _replaced(column: pl.Series, change: Callable[[str], str]) -> pl.Series:
    distinct = column.unique()
    return column.replace_strict(distinct, [change(each) for each in distinct], return_dtype=pl.String)


class _Encoder:
    """Collects the origins of one fact after another."""

    def __init__(self, table: pl.DataFrame, rows: pl.DataFrame) -> None:
        self.table = table
        sheets = rows.select("file", "sheet").unique(maintain_order=True)
        self.places = {sheet: place for place, sheet in enumerate(sheets.iter_rows())}
        self.rows_of_place: dict[int, pl.Series] = {}
        self.strips: list[Strip] = []
        self.usual: dict[str, int] = {}
        self.columns: list[pl.Series] = []

    def add(self, name: str, part: pl.DataFrame) -> None:
        """Take in the sources of one fact."""
        part = part.filter(pl.col("at").is_first_distinct())
        strips, part = self._with_strips(part)
        aligned = self._aligned(part)
        known = _known(self.table, name)
        if strips == 1 and bool((aligned["strip"].is_not_null() | ~known).all()):
            self.usual[name] = len(self.strips) - 1
        else:
            self.columns.append(aligned["strip"].alias(name + STRIP))
        self._keep(name + ROW, self._unusual_rows(aligned))
        self._keep(name + CELL, aligned["cell"])
        self._keep(name + RAW, self._unusual_texts(aligned))

    def _with_strips(self, part: pl.DataFrame) -> tuple[int, pl.DataFrame]:
        """Number the strips of a fact; check that the sources give the values of the table."""
        keys = ["column", "file", "sheet", "letters", "has_raw"]
        first = len(self.strips)
        if part.select(pl.struct(keys).n_unique()).item() == 1:
            part = part.with_columns(strip=pl.lit(first, pl.UInt16))
            groups = [part]
        else:
            groups = part.partition_by(keys, maintain_order=True)
            groups = [g.with_columns(strip=pl.lit(first + i, pl.UInt16)) for i, g in enumerate(groups)]
            part = pl.concat(groups)
        for group in groups:
            column, file, sheet, letters, has_raw = group.select(keys).row(0)
            values = self.table[column].gather(group["at"])
            _check_values(group, values, column)
            shift = _usual_shift(values, group["raw"])
            place = self.places[file, sheet]
            self.strips.append(Strip(column, file, sheet, letters, place, shift, bool(has_raw)))
        return len(groups), part

    def _aligned(self, part: pl.DataFrame) -> pl.DataFrame:
        """Return one row per row of the table."""
        kept = part.select("at", "column", "strip", "row", "cell", "raw")
        if kept.height == self.table.height and bool(
            (kept["at"] == pl.int_range(kept.height, eager=True)).all()
        ):
            return kept
        index = pl.DataFrame({"at": pl.int_range(self.table.height, dtype=pl.UInt32, eager=True)})
        return index.join(kept, on="at", how="left", maintain_order="left")

    def _unusual_rows(self, aligned: pl.DataFrame) -> pl.Series:
        """The rows that differ from the subject's row in that sheet; the first fact of a sheet says which it is."""
        places = {number: strip.place for number, strip in enumerate(self.strips)}
        numbers = aligned["strip"].drop_nulls().unique().to_list()
        unusual = aligned["row"]
        for number in numbers:
            here = aligned["strip"].eq(number).fill_null(value=False)
            rows = pl.select(pl.when(here).then(aligned["row"])).to_series()
            known = self.rows_of_place.get(places[number])
            known = rows if known is None else known.zip_with(known.is_not_null(), rows)
            self.rows_of_place[places[number]] = known
            is_usual = here & known.eq(aligned["row"]).fill_null(value=False)
            unusual = pl.select(pl.when(~is_usual).then(unusual)).to_series()
        return unusual

    def _unusual_texts(self, aligned: pl.DataFrame) -> pl.Series:
        unusual = aligned["raw"]
        for number in aligned["strip"].drop_nulls().unique().to_list():
            strip = self.strips[number]
            if strip.shift is None:
                continue
            here = aligned["strip"].eq(number).fill_null(value=False)
            usual = usual_text(self.table[strip.column], strip.shift)
            is_usual = here & usual.eq(aligned["raw"]).fill_null(value=False)
            unusual = pl.select(pl.when(~is_usual).then(unusual)).to_series()
        return unusual

    def _keep(self, name: str, column: pl.Series) -> None:
        if column.null_count() < len(column):
            self.columns.append(column.alias(name))

    def finish(self) -> tuple[pl.DataFrame, Strips]:
        """Return all that was taken in."""
        rows = [column.alias(row_column(place)) for place, column in self.rows_of_place.items()]
        known = [column for column in rows if column.null_count() < len(column)]
        origins = pl.DataFrame([self.table[SUBJECT], *known, *self.columns])
        return origins, Strips(tuple(self.strips), self.usual)


def _known(table: pl.DataFrame, name: str) -> pl.Series:
    there = [each for each in (name, f"{name}#low", f"{name}#high") if each in table.columns]
    return table.select(pl.any_horizontal(pl.col(there).is_not_null())).to_series()


def _check_values(group: pl.DataFrame, values: pl.Series, column: str) -> None:
    differs = values.cast(pl.String).ne_missing(group["value"])
    if differs.any():
        row = group.filter(differs).row(0, named=True)
        raise bad_content(
            f"{row['subject']} 的 {column}：来源表写 {row['value']}，与事实表不同；没有写入任何内容。",
            f"{column} of {row['subject']}: the sources say {row['value']}, the table of facts another value; "
            "nothing was written.",
        )


def _usual_shift(values: pl.Series, raw: pl.Series) -> int | None:
    """Find how far the decimal point of a whole number moves to give the text received."""
    if values.dtype != pl.Int64:
        return 0
    is_telling = values.is_not_null() & values.ne(0) & raw.is_not_null()
    for value, text in zip(values.filter(is_telling)[:_TRIED], raw.filter(is_telling)[:_TRIED], strict=True):
        shift = _shift_between(value, text)
        if shift is not None:
            return shift
    return 0 if not is_telling.any() else None


def _shift_between(value: int, text: str) -> int | None:
    try:
        written = Decimal(text)
    except InvalidOperation:
        return None
    for shift in range(_LARGEST_SHIFT + 1):
        if written * 10**shift == value:
            return shift
    return None
