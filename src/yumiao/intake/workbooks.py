"""The door for files: what may be read, and by which reader."""

from __future__ import annotations

import os
from pathlib import Path

from yumiao.intake.cells import MAX_FILE_BYTES, Workbook, empty_file, too_big, unreadable
from yumiao.intake.delimited import read_delimited
from yumiao.intake.html_tables import looks_like_html, read_html
from yumiao.intake.spreadsheets import is_spreadsheet, read_spreadsheet
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_SPREADSHEETS = {".xlsx", ".xlsm", ".xls"}
_TEXTS = {".csv", ".tsv", ".txt"}
_PAGES = {".html", ".htm"}
_HEAD_BYTES = 8192


def read_workbook(path: Path, password: str | None = None) -> Workbook:
    """Read a spreadsheet, a delimited text file or the tables of a web page into untyped cells.

    Args:
        path: .xlsx, .xlsm or .xls (also encrypted); .csv, .tsv or .txt (UTF-8 or GB18030; UTF-16 with a byte
            order mark); .html or .htm. What many web systems call .xls, a page or text, is read as what it is.
            Macros are never run.
        password: for encrypted files; without one the default password of spreadsheet programs is tried.
    Raises: YumiaoError when the file is missing, empty, too big, not what its name says, or unreadable.
    """
    before = check_file(path)
    try:
        book = _read(path, password)
        after = path.stat()
    except OSError as error:
        raise _not_opened(path, error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise _changed(path)
    return book


def _read(path: Path, password: str | None) -> Workbook:
    suffix = path.suffix.lower()
    if suffix not in _SPREADSHEETS | _TEXTS | _PAGES:
        raise _unknown_kind(path)
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if is_spreadsheet(head):
        if suffix not in _SPREADSHEETS:
            raise _wrong_extension(path, Text("电子表格", "a spreadsheet"), ".xlsx / .xls")
        return read_spreadsheet(path, password)
    if looks_like_html(head):
        if suffix not in _PAGES | {".xls"}:
            raise _wrong_extension(path, Text("网页", "a web page"), ".html")
        return read_html(path)
    if suffix in _PAGES:
        return read_html(path)
    if suffix in {".xlsx", ".xlsm"}:
        raise _wrong_extension(path, *_text_kind(head))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        raise _wrong_extension(path, *_text_kind(head))
    return read_delimited(path)


def check_file(path: Path) -> os.stat_result:
    """Return size and times of a file; refuse what is no file, or is empty or larger than ``MAX_FILE_BYTES``.

    Raises: YumiaoError.
    """
    if path.exists() and not path.is_file():
        raise YumiaoError(
            "file_missing",
            Text(
                f"{path.name or path} 不是文件（可能是文件夹）；请给出一个文件。",
                f"{path.name or path} is no file (perhaps a folder); please give a file.",
            ),
        )
    if not path.is_file():
        raise YumiaoError("file_missing", Text(f"找不到文件 {path.name}。", f"There is no file {path.name}."))
    found = path.stat()
    size = found.st_size
    if size == 0:
        raise empty_file(path)
    if size > MAX_FILE_BYTES:
        raise too_big(
            f"{path.name} 有{size}字节，上限为{MAX_FILE_BYTES}字节",
            f"{path.name} has {size} bytes, the limit is {MAX_FILE_BYTES}",
        )
    return found


def _not_opened(path: Path, error: OSError) -> YumiaoError:
    return unreadable(
        path,
        f"系统无法打开或读完此文件（{error.strerror}）；请检查权限和磁盘，或复制到本机后再试。",
        f"the system cannot open it or read it to the end ({error.strerror}); please check the permissions and "
        "the disk, or copy the file to this machine.",
    )


def _changed(path: Path) -> YumiaoError:
    return YumiaoError(
        "file_changed",
        Text(
            f"{path.name} 在读取时被改动；请关闭正在编辑它的程序，再试一次。",
            f"{path.name} was changed while it was read; please close the program that edits it, and try again.",
        ),
    )


def _text_kind(head: bytes) -> tuple[Text, str]:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return Text("XML 文件", "an XML file"), ".xlsx"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Text("未知格式", "of unknown format"), ".xlsx"
    return Text("文本", "text"), ".csv"


def _wrong_extension(path: Path, kind: Text, suffix: str) -> YumiaoError:
    return YumiaoError(
        "wrong_extension",
        Text(
            f"{path.name}：内容不是扩展名所说的格式（实为：{kind.zh}）；请用 Excel 或 WPS 打开后另存，"
            f"或把扩展名改为 {suffix}。",
            f"{path.name}: the content is not what the name says ({kind.en}); please open it with Excel or WPS "
            f"and save it again, or rename it to {suffix}.",
        ),
    )


def _unknown_kind(path: Path) -> YumiaoError:
    return YumiaoError(
        "wrong_extension",
        Text(
            f"{path.name}：不能读取此类文件，请提供 .xlsx、.xls、.csv、.tsv 或 .html；"
            "其他表格文件请先用 Excel 或 WPS 另存为 .xlsx。",
            f"{path.name}: this kind of file is not read; please give .xlsx, .xls, .csv, .tsv or .html, "
            "and save other tables as .xlsx with Excel or WPS first.",
        ),
    )
