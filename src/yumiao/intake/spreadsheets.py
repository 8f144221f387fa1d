"""Spreadsheet files, .xlsx and .xls, encrypted or not, as untyped cells."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msoffcrypto
import python_calamine
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format.base import BaseOfficeFile
from msoffcrypto.format.ooxml import OOXMLFile

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
from yumiao.intake.xlsx_sheets import read_sheets
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105 - the public password of write-protected workbooks
_LARGE_PART, _MAX_RATIO = 64 << 20, 250
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(head: bytes) -> bool:
    """Tell whether a file that begins with these bytes is an .xlsx or .xls file, whatever its name says."""
    return head.startswith((_ZIP, _OLE))


def read_spreadsheet(path: Path, password: str | None = None) -> Workbook:
    """Read an .xlsx or .xls file, told apart by content: either may bear the other's extension.

    Raises: YumiaoError when it is encrypted with another password, broken, empty or too big.
    """
    content = path.read_bytes()
    unlocked = _decrypted(path, content, password) if content.startswith(_OLE) else None
    was_encrypted = unlocked is not None
    content = content if unlocked is None else unlocked
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
        raise _damaged(path, error) from error


def _unlocked(office: BaseOfficeFile, password: str) -> bytes:
    if isinstance(office, OOXMLFile):
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
        return read_sheets(archive)


def _check_unpacked(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if size > MAX_UNPACKED_BYTES:
        raise too_big(
            f"{path.name} 解压后有{size}字节，上限为{MAX_UNPACKED_BYTES}字节",
            f"{path.name} unpacks to {size} bytes, the limit is {MAX_UNPACKED_BYTES}",
        )
    for part in parts:
        if part.file_size > _LARGE_PART and part.file_size > _MAX_RATIO * part.compress_size:
            raise too_big(
                f"{path.name} 的部件 {part.filename} 解压后是原来的{_MAX_RATIO}倍以上，不像真实的表格",
                f"{path.name}: the part {part.filename} unpacks to more than {_MAX_RATIO} times its size, "
                "as no real table does",
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
    # rows above the first cell are given by the reader, columns before it are not
    before: list[None] = [None] * source.start[1]
    rows = ([*before, *row] for row in source.iter_rows()) if before else source.iter_rows()
    found = sheet_of_rows(source.name, rows)
    merges = tuple((*first, *last) for first, last in source.merged_cell_ranges or ())
    return Sheet(found.name, found.cells, merges)


def put_xls_marks(sheet: Sheet, marks: SheetMarks) -> Sheet:
    """Return the sheet with its failed formulas and percentages as the spreadsheet shows them."""
    texts = dict(marks.errors)
    for row, column in marks.percents:
        if row < sheet.height and column < sheet.width:
            number = sheet.cells[str(column)][row]
            if number is not None:
                texts[row, column] = percent_cell(number)
    return put_marks(sheet, texts)
