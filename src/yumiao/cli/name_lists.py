"""Lists of names in files: which column names the party, which holds its code, its address, its other names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from yumiao.identity.codes import check_code
from yumiao.identity.names.forms import find_form
from yumiao.identity.names.text import has_chinese, normalise_name
from yumiao.intake.cells import Sheet
from yumiao.intake.labels import normalise_label
from yumiao.intake.mapping import IDENTITY_LABELS
from yumiao.intake.words import TOTAL_WORDS
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

LABELS: dict[str, tuple[str, ...]] = {
    "name": (
        *IDENTITY_LABELS["name"],
        "企业",
        "单位",
        "公司",
        "机构名称",
        "纳税人名称",
        "主体名称",
        "company",
    ),
    "code": (*IDENTITY_LABELS["code"], "注册号", "工商注册号", "组织机构代码证号"),
    "address": (
        "注册地址",
        "住所",
        "企业地址",
        "单位地址",
        "详细地址",
        "经营地址",
        "办公地址",
        "地址",
        "address",
    ),
    "former_names": (
        "曾用名",
        "曾用名称",
        "原名称",
        "原企业名称",
        "更名前名称",
        "former name",
        "former names",
    ),
    "short_names": ("简称", "企业简称", "证券简称", "股票简称", "short name", "short_name", "short_names"),
    "region": ("行政区划代码", "行政区划码", "区划代码", "行政区划", "region"),
}
"""The usual labels of each column, best first."""

_HEADER_ROWS = 30
_SAMPLE = 200
_SEVERAL = re.compile(r"[;；、|\n]+")
_NAME_SHARE = 0.3
_CODE_SHARE = 0.5


@dataclass(frozen=True)
class NameList:
    """One list as it was found.

    Attributes:
        parties: one row per row of the sheet that names somebody: ``key`` (the row's number in the sheet, as text),
            ``name``, ``code``, ``address``, ``former_names``, ``short_names``, ``region``; NULL = not given.
        columns: what was found -> the label it was found by; "" where the list has no header.
    """

    file: str
    sheet: str
    parties: pl.DataFrame
    columns: dict[str, str]


def read_name_list(path: Path, password: str | None = None) -> NameList:
    """Read the list of names in a file; of several sheets the one that tells most.

    A header is known by its labels. Without one the column in which most cells end like names of firms or bodies
    is the one of names, and the one with well-formed codes that of codes; a single column holds one or the other.

    Raises: YumiaoError when the file cannot be read, or no column names anybody.
    """
    workbook = read_workbook(path, password)
    found = [layout for sheet in workbook.sheets if sheet.width and (layout := _layout_of(sheet)) is not None]
    if not found:
        raise _nobody(path)
    best = max(found, key=lambda layout: layout.score)
    parties = _parties_of(best)
    if parties.is_empty():
        raise _nobody(path)
    return NameList(path.name, best.sheet.name, parties, best.labels)


@dataclass(frozen=True)
class _Layout:
    sheet: Sheet
    first_row: int
    columns: dict[str, int]
    labels: dict[str, str]
    score: tuple[bool, int, int]


def _layout_of(sheet: Sheet) -> _Layout | None:
    """Find the columns of a sheet: by its header, else by what the cells look like."""
    best: _Layout | None = None
    for index, row in enumerate(sheet.cells.head(_HEADER_ROWS).iter_rows()):
        columns = _columns_by_label(row)
        if not {"name", "code"} & columns.keys():
            continue
        if best is None or len(columns) > len(best.columns):
            labels = {part: str(row[column]) for part, column in columns.items()}
            score = (True, len(columns), sheet.height - index - 1)
            best = _Layout(sheet, index + 1, columns, labels, score)
    return best or _layout_without_header(sheet)


def _columns_by_label(row: Sequence[str | None]) -> dict[str, int]:
    labels = {normalise_label(cell): column for column, cell in reversed(list(enumerate(row))) if cell}
    found = {
        part: next((labels[normalise_label(word)] for word in usual if normalise_label(word) in labels), None)
        for part, usual in LABELS.items()
    }
    return {part: column for part, column in found.items() if column is not None}


def _layout_without_header(sheet: Sheet) -> _Layout | None:
    shares = {}
    for number, column in enumerate(sheet.cells.columns):
        cells = sheet.cells[column].drop_nulls().head(_SAMPLE)
        if cells.len():
            shares[number] = _shares(cells)
    if not shares:
        return None
    columns: dict[str, int] = {}
    names = max(shares, key=lambda column: shares[column][0])
    codes = max(shares, key=lambda column: shares[column][1])
    if shares[codes][1] >= _CODE_SHARE:
        columns["code"] = codes
    if (len(shares) == 1 and not columns) or (
        names not in columns.values() and shares[names][0] >= _NAME_SHARE
    ):
        columns["name"] = names
    if not columns:
        return None
    return _Layout(sheet, 0, columns, dict.fromkeys(columns, ""), (False, len(columns), sheet.height))


def _shares(cells: pl.Series) -> tuple[float, float]:
    """Return which shares of some cells look like full names and like codes."""
    names = sum(1 for cell in cells if has_chinese(cell) and find_form(normalise_name(cell)) is not None)
    codes = sum(1 for cell in cells if check_code(cell).valid)
    return names / cells.len(), codes / cells.len()


def _parties_of(layout: _Layout) -> pl.DataFrame:
    rows = layout.sheet.cells.slice(layout.first_row)
    columns = {part: rows[str(column)].str.strip_chars() for part, column in layout.columns.items()}
    absent = pl.Series([None] * rows.height, dtype=pl.String)
    single = {
        part: _without_empty(columns.get(part, absent)) for part in ("name", "code", "address", "region")
    }
    several = {part: _split(columns.get(part, absent)) for part in ("former_names", "short_names")}
    numbers = [str(number) for number in range(layout.first_row + 1, layout.first_row + rows.height + 1)]
    frame = pl.DataFrame({"key": pl.Series(numbers, dtype=pl.String), **single, **several})
    is_named = pl.col("name").is_not_null() | pl.col("code").is_not_null()
    is_total = pl.col("name").is_in(TOTAL_WORDS) & pl.col("code").is_null()
    labels = list(layout.labels.values())
    is_header_again = pl.col("name").is_in(labels) if any(labels) else pl.lit(value=False)
    return frame.filter(is_named, ~is_total.fill_null(value=False), ~is_header_again.fill_null(value=False))


def _without_empty(texts: pl.Series) -> pl.Series:
    return texts.set(texts == "", None)


def _split(texts: pl.Series) -> pl.Series:
    """Split cells with several names; an empty cell is not known."""
    lists = [_parts(_SEVERAL.split(text)) if text else None for text in texts]
    return pl.Series(lists, dtype=pl.List(pl.String))


def _parts(texts: Iterable[str]) -> list[str] | None:
    return [text.strip() for text in texts if text.strip()] or None


def _nobody(path: Path) -> YumiaoError:
    labels = "、".join((LABELS["name"][0], LABELS["name"][1], LABELS["code"][0]))
    return YumiaoError(
        "names_not_found",
        Text(
            f"{path.name}：没有找到写有单位名称或代码的列；请给该列加上表头，如：{labels}。",
            f"{path.name}: no column holds names or codes of parties; please give it a header such as: {labels}.",
        ),
    )
