"""Spreadsheet files, .xlsx and .xls, encrypted or not, as untyped cells."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msoffcrypto
import python_calamine
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from yumiao.intake.cells import (
    MAX_UNPACKED_BYTES,
    Sheet,
    Workbook,
    check_extent,
    empty_file,
    percent_cell,
    put_marks,
    sheet_of_rows,
    too_big,
    unreadable,
)
from yumiao.intake.xls_marks import SheetMarks, scan_book
from yumiao.intake.xlsx_marks import scan_sheets
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105 - the public password of write-protected workbooks
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_spreadsheet(path: Path, password: str | None = None) -> Workbook:
    """Read an .xlsx or .xls file.

    Raises: YumiaoError when the content is not what the extension says, is encrypted with another password,
    is broken, empty or too big.
    """
    content = path.read_bytes()
    unlocked = _decrypted(path, content, password) if content.startswith(_OLE) else None
    was_encrypted = unlocked is not None
    content = content if unlocked is None else unlocked
    _check_kind(path, content, was_encrypted)
    try:
        sheets = _sheets(path, content)
    except YumiaoError:
        raise
    except Exception as error:  # the readers raise many kinds on hostile files
        raise _damaged(path, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own kind for an input it did not expect
            raise
        raise _damaged(path, error) from error
    if not any(sheet.width and sheet.height for sheet in sheets):
        raise empty_file(path)
    return Workbook(path, sheets, was_encrypted=was_encrypted)


def _damaged(path: Path, error: BaseException) -> YumiaoError:
    kind = type(error).__name__
    return unreadable(
        path,
        f"文件已损坏，无法读取（{kind}）；请用 Excel 或 WPS 打开后另存。",
        f"the file is damaged ({kind}); please save it again with Excel or WPS.",
    )


def _check_kind(path: Path, content: bytes, was_encrypted: bool) -> None:
    found = ".xlsx" if content.startswith(_ZIP) else ".xls" if content.startswith(_OLE) else ""
    if found == path.suffix.lower() or (found and was_encrypted):
        return
    if not found:
        kind = _text_kind(content)
        raise YumiaoError(
            "wrong_extension",
            Text(
                f"{path.name}：内容不是电子表格（{kind.zh}）；请用 Excel 或 WPS 打开后另存为 .xlsx。",
                f"{path.name}: this is no spreadsheet ({kind.en}); please open it and save it as .xlsx.",
            ),
        )
    raise YumiaoError(
        "wrong_extension",
        Text(
            f"{path.name}：内容实为 {found} 文件；请把扩展名改为 {found}。",
            f"{path.name}: the content is that of an {found} file; please rename it to {found}.",
        ),
    )


def _text_kind(content: bytes) -> Text:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<meta")):
        return Text("网页表格", "a table of a web page")
    if head.startswith(b"<?xml"):
        return Text("XML 文件", "an XML file")
    if b"\x00" in head:
        return Text("未知格式", "of unknown format")
    return Text("可能是文本文件", "perhaps a text file")


def _decrypted(path: Path, content: bytes, password: str | None) -> bytes | None:
    """Return the decrypted content, or None when the file is not encrypted."""
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not office.is_encrypted():
            return None
        return _unlocked(office, password or DEFAULT_PASSWORD)
    except (InvalidKeyError, DecryptionError) as error:
        raise _password_error(path, password) from error
    except (FileFormatError, ParseError):
        return None
    except Exception as error:  # broken containers raise many kinds
        raise unreadable(path, "文件已损坏，无法读取。", "the file is damaged and cannot be read.") from error


def _unlocked(office: msoffcrypto.format.base.BaseOfficeFile, password: str) -> bytes:
    if isinstance(office, msoffcrypto.format.ooxml.OOXMLFile):
        office.load_key(password=password, verify_password=True)
    else:
        office.load_key(password=password)
    target = io.BytesIO()
    office.decrypt(target)
    return target.getvalue()


def _password_error(path: Path, password: str | None) -> YumiaoError:
    if password is None:
        return YumiaoError(
            "password_needed",
            Text(f"{path.name} 已加密，需要密码。", f"{path.name} is encrypted: a password is needed."),
        )
    return YumiaoError(
        "password_wrong",
        Text(f"{path.name}：密码不对。", f"{path.name}: the password does not open it."),
    )


def _sheets(path: Path, content: bytes) -> tuple[Sheet, ...]:
    if not content.startswith(_ZIP):
        marks = scan_book(content)
        return tuple(put_xls_marks(sheet, found) for sheet, found in zip(_cells(content), marks, strict=True))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_unpacked(path, archive)
        by_name = scan_sheets(archive)
    return tuple(put_marks(sheet, by_name.get(sheet.name, {})) for sheet in _cells(content))


def _check_unpacked(path: Path, archive: zipfile.ZipFile) -> None:
    size = sum(part.file_size for part in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise too_big(
            f"{path.name} 解压后有{size}字节，上限为{MAX_UNPACKED_BYTES}字节",
            f"{path.name} unpacks to {size} bytes, the limit is {MAX_UNPACKED_BYTES}",
        )


def _cells(content: bytes) -> list[Sheet]:
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        names = [
            meta.name for meta in book.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        return [_sheet(book.get_sheet_by_name(name)) for name in names]


def _sheet(source: python_calamine.CalamineSheet) -> Sheet:
    if source.start is None or source.end is None:
        return sheet_of_rows(source.name, ())
    check_extent(source.name, source.end[0] + 1, source.end[1] + 1)
    before: list[None] = [None] * source.start[
        1
    ]  # rows above the first cell are given, columns before it are not
    rows = ([*before, *row] for row in source.iter_rows()) if before else source.iter_rows()
    return sheet_of_rows(source.name, rows)


def put_xls_marks(sheet: Sheet, marks: SheetMarks) -> Sheet:
    """Return the sheet with its failed formulas and percentages as the spreadsheet shows them."""
    texts = dict(marks.errors)
    for row, column in marks.percents:
        if row < sheet.height and column < sheet.width:
            number = sheet.cells[str(column)][row]
            if number is not None:
                texts[row, column] = percent_cell(number)
    return put_marks(sheet, texts)
