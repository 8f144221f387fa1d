"""What the cells of a column are like: numbers, dates, codes, few words, persons, and what may mean "unknown"."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from yumiao.identity.codes import CodeKind, check_code
from yumiao.intake.labels import unit_named
from yumiao.intake.person_kinds import PersonColumn, kind_of_column
from yumiao.intake.persons import MORE_NO, MORE_YES
from yumiao.intake.shapes import CellType, ColumnShape
from yumiao.intake.values import tidy_texts
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.units import Unit

PLACEHOLDERS = (
    "—",
    "–",
    "-",
    "--",
    "——",
    "/",
    "//",
    "\\",
    "·",
    ".",
    "*",
    "x",
    "无",
    "暂无",
    "没有",
    "未填",
    "未填写",
    "未知",
    "不详",
    "空",
    "缺",
    "缺失",
    "待补",
    "待定",
    "不适用",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "#n/a",
)
"""Cell texts (tidy, lower case) that often stand for "unknown" among numbers, dates and codes."""

FEW_WORDS = 12
"""A column of at most so many different words is one of categories."""

LOOKED_AT = 5_000
"""Different cells of a column that are looked at one by one, the most frequent first."""

_NUMBER = r"^[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?[%]?$"
_DATE = r"^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[ T][0-9:.]+)?$"
_DATE_DIGITS = r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$"
_MARKED = r"(?:[%]|[^0-9.,+\-eE%]{1,4})$"
_NEGATIVE_CODES = (-1.0, -9.0, -99.0, -999.0, -9999.0)
_FAR_FROM_ZERO = 10
_YES_NO = frozenset(word.lower() for word in (*YES_WORDS, *NO_WORDS, *MORE_YES, *MORE_NO)) - {"0", "1"}
_MOST = 0.9


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell text that may mean "unknown".

    Attributes:
        is_value: whether it would otherwise be read as a value, so that someone has to decide first.
    """

    code: str
    cells: int
    is_value: bool


@dataclass(frozen=True)
class Profile:
    """What the cells of one column are like.

    Attributes:
        rows, filled: cells in all, and those not empty.
        shares: kind of content → share of the filled cells (0.0 to 1.0) without suspected missing codes; empty
            where nothing is left.
        smallest, largest: of the numbers without suspected codes; None where there is no number.
        words: the different cells where they are few, most frequent first; else empty.
        suspects: what may mean "unknown".
        person: what the column tells about persons, or None.
    """

    rows: int = 0
    filled: int = 0
    type: CellType = CellType.EMPTY
    shares: dict[str, float] = field(default_factory=dict)
    smallest: Fraction | None = None
    largest: Fraction | None = None
    words: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    person: PersonColumn | None = None

    def share(self, kind: str) -> float:
        """Return the share of cells that are of a kind: number, percent, whole, date, yes_no, code, division, year."""
        return self.shares.get(kind, 0.0)


def profile_column(label: str, texts: pl.Series) -> Profile:
    """Look at the cells of one column; nothing is changed and nothing about a person is kept."""
    tidy = tidy_texts(texts)
    counted = tidy.drop_nulls().rename("cell").value_counts(sort=True, name="cells")
    filled = int(counted["cells"].sum()) if counted.height else 0
    person = kind_of_column(label, texts)
    if not filled:
        return Profile(rows=texts.len(), person=person, type=CellType.PERSON if person else CellType.EMPTY)
    if person is not None:
        return Profile(rows=texts.len(), filled=filled, type=CellType.PERSON, person=person)
    looked = _described(counted.head(LOOKED_AT))
    suspects = _suspects(looked)
    kept = looked.filter(~pl.col("cell").is_in([suspect.code for suspect in suspects]))
    shares = _shares(kept)
    words = tuple(kept["cell"]) if 0 < kept.height <= FEW_WORDS and counted.height <= LOOKED_AT else ()
    numbers = list(kept["number"].drop_nulls())
    return Profile(
        rows=texts.len(),
        filled=filled,
        type=_type(shares, words, int(kept["cells"].sum())),
        shares=shares,
        smallest=_exact(min(numbers)) if numbers else None,
        largest=_exact(max(numbers)) if numbers else None,
        words=words,
        suspects=suspects,
    )


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))


def _described(counted: pl.DataFrame) -> pl.DataFrame:
    """Add to every different cell what it is; numbers are approximate, for looking only."""
    cell = pl.col("cell")
    bare = cell.str.replace(_MARKED, "").str.replace_all(",", "", literal=True)
    is_number = cell.str.contains(_NUMBER) | (
        cell.str.replace(_MARKED, "").str.contains(_NUMBER) & cell.str.contains(_MARKED)
    )
    return counted.with_columns(
        number=pl.when(is_number).then(bare.cast(pl.Float64, strict=False)),
        percent=is_number & cell.str.ends_with("%"),
        date=cell.str.contains(_DATE) | cell.str.contains(_DATE_DIGITS),
        yes_no=cell.str.to_lowercase().is_in(list(_YES_NO)),
        code=pl.Series([_is_uscc(text) for text in counted["cell"]], dtype=pl.Boolean),
        division=cell.str.contains("^[1-9][0-9]{5}(?:[0-9]{3}(?:[0-9]{3})?)?$"),
        year=cell.str.contains("^(?:19|20)[0-9]{2}(?:年(?:度|末|底)?)?$"),
    )


def _is_uscc(text: str) -> bool:
    if len(text) != 18:
        return False
    check = check_code(text)
    return check.valid and check.kind is CodeKind.USCC


def _shares(looked: pl.DataFrame) -> dict[str, float]:
    total = int(looked["cells"].sum()) if looked.height else 0
    if not total:
        return {}
    number = pl.col("number")
    kinds = {
        "number": number.is_not_null(),
        "whole": number.is_not_null() & (number == number.floor()),
        "fraction": number.is_not_null() & (number.abs() <= 1),
        "negative": number < 0,
        "binary": pl.col("cell").is_in(["0", "1"]),
        **{kind: pl.col(kind) for kind in ("percent", "date", "yes_no", "code", "division", "year")},
    }
    found = looked.select(
        (condition.fill_null(value=False) * pl.col("cells")).sum().alias(kind)
        for kind, condition in kinds.items()
    ).row(0, named=True)
    return {"any": 1.0} | {kind: round(cells / total, 4) for kind, cells in found.items() if cells}


def _type(shares: dict[str, float], words: tuple[str, ...], cells: int) -> CellType:
    for kind, named in (
        ("code", CellType.CODE),
        ("date", CellType.DATE),
        ("number", CellType.NUMBER),
        ("yes_no", CellType.YES_NO),
    ):
        if shares.get(kind, 0.0) >= _MOST:
            return named
    return CellType.WORDS if words and cells >= 3 * len(words) else CellType.TEXT


def _suspects(looked: pl.DataFrame) -> tuple[Suspect, ...]:
    """Find what may mean "unknown": dashes and words among numbers, dates or codes; zeros and -1 that stand out."""
    is_word = pl.col("cell").str.to_lowercase().is_in(PLACEHOLDERS)
    words = looked.filter(is_word)
    others = looked.filter(~is_word)
    shares = _shares(others)
    typed = any(shares.get(kind, 0.0) >= _MOST for kind in ("number", "date", "code", "yes_no"))
    found = [
        Suspect(cell, cells, is_value=False) for cell, cells in words.select("cell", "cells").iter_rows()
    ]
    if shares.get("yes_no", 0.0) >= _MOST:
        found = [suspect for suspect in found if suspect.code not in MORE_NO]
    if shares.get("number", 0.0) >= _MOST and shares.get("year", 0.0) < _MOST:
        return (*found, *_suspect_numbers(others.drop_nulls("number")))
    return tuple(found) if typed else ()


def _suspect_numbers(numbers: pl.DataFrame) -> tuple[Suspect, ...]:
    """Find zeros where everything else is far from zero, and -1 and the like where nothing else is that small."""
    zero = numbers.filter(pl.col("number") == 0)
    coded = numbers.filter(pl.col("number").is_in(_NEGATIVE_CODES))
    others = numbers.filter((pl.col("number") != 0) & ~pl.col("number").is_in(_NEGATIVE_CODES))
    if others.is_empty():
        return ()
    found = []
    low = others["number"].abs().quantile(0.05) or 0.0
    if low >= _FAR_FROM_ZERO and (others["number"] > 0).all():
        found += _as_suspects(zero)
    if low >= _FAR_FROM_ZERO or (others["number"] >= 0).all():
        found += _as_suspects(coded)
    return tuple(found)


def _as_suspects(rows: pl.DataFrame) -> list[Suspect]:
    return [Suspect(cell, cells, is_value=True) for cell, cells in rows.select("cell", "cells").iter_rows()]


def shape_column(label: str, unit: Unit | None, profile: Profile) -> ColumnShape:
    """Return what is remembered of a column; words only where they are few, and none about persons."""
    keeps_words = profile.type in (CellType.WORDS, CellType.YES_NO)
    return ColumnShape(
        label,
        profile.type,
        unit.label.zh if unit is not None else "",
        tuple(sorted(profile.words)) if keeps_words else (),
        tuple(sorted(suspect.code for suspect in profile.suspects)),
    )


def unit_of_text(text: str) -> Unit | None:
    """Return the unit that a line of units names (单位：万元), or None."""
    bare = text.strip().removeprefix("单位").lstrip(":： ")
    return unit_named(bare) if bare else None
