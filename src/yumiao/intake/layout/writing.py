"""A recognised table written down: its records as CSV, and beside them what every column is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from yumiao.intake.layout.found import KIND, FoundColumn, FoundTable, RowKind
from yumiao.intake.layout.records import read_records, record_names
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

COLUMNS_SUFFIX = ".columns.json"
"""The description lies beside ``OUT.csv`` as ``OUT.columns.json``."""


def columns_path(path: Path) -> Path:
    """Name the description that belongs to a CSV file."""
    return path.with_suffix(COLUMNS_SUFFIX)


def write_table(table: FoundTable, path: Path, *, file: str) -> None:
    """Write a table to ``path`` and its description beside it, both whole or none.

    The CSV is UTF-8 with a byte order mark, for spreadsheet programs; one header row, then one row per record,
    total and subtotal as :func:`~yumiao.intake.layout.records.read_records` gives them. A cell that begins
    with = + - or @ is kept as it is: it is data.

    Args:
        file: name of the file the table came from, for the description.
    Raises: YumiaoError when either file is there already or cannot be written.
    """
    beside = columns_path(path)
    for each in (path, beside):
        if each.exists():
            raise _refused(each)
    description = json.dumps(describe_table(table, file=file), ensure_ascii=False, indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_both(
            (beside, lambda aside: aside.write_text(description, encoding="utf-8")),
            (path, lambda aside: read_records(table).write_csv(aside, include_bom=True)),
        )
    except OSError as error:
        raise _unwritable(path, error) from error


def describe_table(table: FoundTable, *, file: str) -> dict[str, Any]:
    """Describe a table for programs: where it stands, its columns, its rows by kind, and the doubts."""
    names = record_names(table)
    return {
        "file": file,
        "sheet": table.sheet.name,
        "block": table.block.address,
        "title": list(table.title),
        "header_rows": [row + 1 for row in table.header_rows],
        "unit_line": table.unit_line,
        "confidence": table.confidence,
        "columns": [_describe_column(name, each) for name, each in zip(names, table.columns, strict=True)],
        "rows": counts_of_kinds(table),
        "doubts": [
            {
                "code": doubt.code,
                "zh": doubt.text.zh,
                "en": doubt.text.en,
                "cells": list(doubt.cells),
                "count": doubt.count,
            }
            for doubt in table.doubts
        ],
    }


def _describe_column(name: str, column: FoundColumn) -> dict[str, Any]:
    return {
        "name": name,
        "column": column.letters,
        "path": list(column.path),
        "other_language": column.other,
        "label": column.label,
        "unit": column.unit,
        "unit_code": None if column.known_unit is None else column.known_unit.code,
        "type": column.type.value,
        "cells": column.cells,
        "filled": column.filled,
        "unread": column.unread,
    }


def _write_both(*parts: tuple[Path, Callable[[Path], object]]) -> None:
    """Write files aside in their folder, then name them; when one fails, none is left."""
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=parts[0][0].parent) as folder:
        asides = [(Path(folder) / path.name, path, write) for path, write in parts]
        for aside, _, write in asides:
            write(aside)
        named: list[Path] = []
        try:
            for aside, path, _ in asides:
                aside.rename(path)
                named.append(path)
        except OSError:
            for path in named:
                path.unlink()
            raise


def _refused(path: Path) -> YumiaoError:
    return YumiaoError(
        "file_exists",
        Text(
            f"{path} 已存在，不会覆盖；请换一个文件名，或先移走它。",
            f"{path} exists already and is not overwritten; choose another name, or move it away.",
        ),
    )


def _unwritable(path: Path, error: OSError) -> YumiaoError:
    if isinstance(error, FileExistsError):
        return _refused(path)
    reason = error.strerror or type(error).__name__
    return YumiaoError(
        "not_writable",
        Text(
            f"无法写入 {path}（{reason}）；没有留下任何文件。",
            f"{path} cannot be written ({reason}); nothing is left behind.",
        ),
    )


def counts_of_kinds(table: FoundTable) -> dict[str, int]:
    """Count the rows of a body by their kind, blank rows left out."""
    counts = (
        table.rows.filter(pl.col(KIND) != RowKind.BLANK.value)
        .group_by(KIND, maintain_order=True)
        .len()
        .rows()
    )
    return {str(kind): int(count) for kind, count in counts}
