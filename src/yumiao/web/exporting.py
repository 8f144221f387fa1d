"""Lists as files for Excel: a workbook, or text with commas; no cell of either is ever a formula."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from yumiao.district.registry.selectors import ListedSubject, ListedVerdict
from yumiao.web.templatetags.words import held_words, outcome_words, words

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet takes for a formula when it opens a text file; the wide ones are folded by some."""

MOST_ROWS = 1_048_575

_SPOOLED = 16 << 20


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula: an apostrophe goes before what would start one."""
    return f"'{text}" if text.startswith(_STARTS) else text


def heads() -> list[str]:
    """Return the heads of an exported list."""
    labels = (gettext("名称"), gettext("代码"), gettext("属地"), gettext("政策"), gettext("结论"))
    beside = (gettext("资质"), gettext("有效期至"), gettext("已知事实"))
    return [*labels, gettext("差距"), gettext("差一步"), gettext("来源不一致"), *beside]


def export_rows(subjects: Iterable[ListedSubject]) -> Iterator[list[str]]:
    """Yield one row per subject and verdict; a subject without any verdict has one row."""
    yes = gettext("是")
    for subject in subjects:
        identity = [subject.name, subject.code, subject.place]
        if not subject.verdicts:
            yield [*identity, *[""] * (len(heads()) - len(identity))]
        for verdict in subject.verdicts:
            yield [
                *identity,
                words(verdict.title),
                outcome_words(verdict.outcome),
                words(verdict.gap),
                yes if verdict.near_miss else "",
                yes if verdict.contested else "",
                *_beside(verdict),
            ]


def _beside(verdict: ListedVerdict) -> list[str]:
    """The title that the policy grants, its last day, and how many of the facts are known."""
    known = f"{verdict.known}/{verdict.needed}" if verdict.needed else ""
    if verdict.granted is None:
        return ["", "", known]
    until = verdict.granted.until
    return [held_words(verdict.granted.held), until.isoformat() if until else "", known]


def csv_lines(rows: Iterable[list[str]], head: list[str] | None = None) -> Iterator[bytes]:
    """Yield the lines of a text file that Excel opens in UTF-8, head first; of a list of enterprises by default."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in itertools.chain([head or heads()], rows):
        writer.writerow([neutralised(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def write_workbook(rows: Iterable[list[str]], head: list[str] | None = None) -> Iterator[bytes]:
    """Yield a workbook with one sheet; every cell is a text, written as it is.

    A list longer than a sheet may be goes on in a second one.
    """
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            bold = book.add_format({"bold": True, "bg_color": "#EAEEE6"})
            sheet, at = _add_sheet(book, bold, head), 1
            for row in rows:
                if at > MOST_ROWS:
                    sheet, at = _add_sheet(book, bold, head), 1
                for column, cell in enumerate(row):
                    sheet.write_string(at, column, cell)
                at += 1
        file.seek(0)
        while part := file.read(1 << 16):
            yield part


def _add_sheet(book: xlsxwriter.Workbook, bold: Any, head: list[str] | None) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 4, 20)
    sheet.set_column(5, 5, 60)
    for column, label in enumerate(head or heads()):
        sheet.write_string(0, column, label, bold)
    return sheet
