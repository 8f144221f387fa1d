"""The door for files: what may be read, and by which reader."""

from __future__ import annotations

from pathlib import Path

from yumiao.intake.cells import MAX_FILE_BYTES, Workbook, empty_file, too_big
from yumiao.intake.delimited import read_delimited
from yumiao.intake.spreadsheets import read_spreadsheet
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


def read_workbook(path: Path, password: str | None = None) -> Workbook:
    """Read a spreadsheet or a delimited text file into untyped cells.

    Args:
        path: .xlsx, .xls (also encrypted), .csv or .tsv (UTF-8 or GB18030; UTF-16 with a byte order mark).
        password: for encrypted files; without one the default password of spreadsheet programs is tried.
    Raises: YumiaoError when the file is missing, empty, too big, not what its name says, or unreadable.
    """
    check_file(path)
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv"}:
        return read_delimited(path)
    if suffix in {".xlsx", ".xls"}:
        return read_spreadsheet(path, password)
    raise YumiaoError(
        "wrong_extension",
        Text(
            f"{path.name}：不能读取此类文件，请提供 .xlsx、.xls、.csv 或 .tsv。",
            f"{path.name}: this kind of file is not read; please give .xlsx, .xls, .csv or .tsv.",
        ),
    )


def check_file(path: Path) -> None:
    """Refuse a file that is missing, empty or larger than ``MAX_FILE_BYTES``.

    Raises: YumiaoError.
    """
    if not path.is_file():
        raise YumiaoError("file_missing", Text(f"找不到文件 {path.name}。", f"There is no file {path.name}."))
    size = path.stat().st_size
    if size == 0:
        raise empty_file(path)
    if size > MAX_FILE_BYTES:
        raise too_big(
            f"{path.name} 有{size}字节，上限为{MAX_FILE_BYTES}字节",
            f"{path.name} has {size} bytes, the limit is {MAX_FILE_BYTES}",
        )
