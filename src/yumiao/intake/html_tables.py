"""Tables of web pages as untyped cells: one sheet per table, as a browser would show the text.

Web systems export HTML under the name of a spreadsheet, and notices are published as pages; both come here.
Nothing is fetched, no script runs, no entity beyond those of HTML itself is expanded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from yumiao.intake.cells import Sheet, Workbook, empty_file, sheet_of_rows, too_big, unique_name, unreadable
from yumiao.intake.html_grid import read_grid, read_text
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MAX_PAGE_BYTES = 32 * 1024 * 1024
"""The largest web page that is read: a page needs some 45 times its size in memory."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_HEAD_BYTES = 8192
_CONTROL = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f]")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LONGEST_NAME = 60


def read_html(path: Path) -> Workbook:
    """Read the tables of a web page: one sheet per table that holds text of its own.

    A table that only arranges other tables gives no sheet, the tables in it do. A page without any table
    gives one sheet of one column, one row per paragraph: lists of names are often published so.

    Raises: YumiaoError when the page is empty, too big, nested beyond reason, or in an unknown encoding.
    """
    content = path.read_bytes()
    if len(content) > MAX_PAGE_BYTES:
        raise too_big(
            f"{path.name} 是网页，有{len(content)}字节，上限为{MAX_PAGE_BYTES}字节；可用 Excel 打开后另存为 .xlsx",
            f"{path.name} is a web page of {len(content)} bytes, the limit is {MAX_PAGE_BYTES}; "
            "Excel can save it as .xlsx",
        )
    encoding, text = decode_page(path, content)
    root = _parsed(path, text)
    sheets = () if root is None else tuple(_sheets(root))
    if not sheets:
        raise empty_file(path)
    return Workbook(path, sheets, encoding=encoding)


def looks_like_html(head: bytes) -> bool:
    """Tell whether a file that begins with these bytes is a web page, whatever its name says."""
    start = head.replace(b"\x00", b"")[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"<?xml"):
        return b"<html" in start
    return (
        re.match(
            rb"(?:<!--.{0,2000}?-->\s*)*<(?:html|!doctype html|table|meta|head|body|div|style)\b",
            start,
            re.DOTALL,
        )
        is not None
    )


def decode_page(path: Path, content: bytes) -> tuple[str, str]:
    """Return the encoding and text of a page: by its mark, else what it declares, else UTF-8 or GB18030.

    Raises: YumiaoError when no encoding fits without a single error, or when it holds NUL characters.
    """
    marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    for encoding in marked or dict.fromkeys([*_declared(content), "utf-8", "gb18030"]):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise unreadable(
                path, "网页中含有空字符，不是文本。", "it holds NUL characters: this is no text."
            )
        return encoding.removesuffix("-sig"), _CONTROL.sub(" ", text)
    raise YumiaoError(
        "unknown_encoding",
        Text(
            f"{path.name}：网页的编码不是 UTF-8 或 GB18030，也不是它自称的编码；请用浏览器另存为 UTF-8。",
            f"{path.name}: the page is neither UTF-8 nor GB18030 nor what it declares; "
            "please save it as UTF-8 from a browser.",
        ),
    )


def _declared(content: bytes) -> list[str]:
    found = _DECLARED.search(content[:_HEAD_BYTES])
    if found is None:
        return []
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return []
    if name in {"gb2312", "gbk", "hz"}:
        return ["gb18030"]  # pages say the older name and use characters of the newer one
    # a page that can be read as ASCII cannot declare UTF-16, and Latin-1 fits any bytes at all
    return [name] if name in {"utf-8", "gb18030", "big5", "big5hkscs"} else []


def _parsed(path: Path, text: str) -> etree._Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    root: etree._Element | None = etree.fromstring(text.encode(), parser)  # None when nothing is there
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise unreadable(
            path,
            "网页嵌套过深或单段文字过长，无法完整读取；请把表格复制到 Excel 后另存为 .xlsx。",
            "the page is nested too deeply or one text is too long to be read whole; "
            "please copy the table to Excel and save it as .xlsx.",
        )
    return root


def _sheets(root: etree._Element) -> Iterator[Sheet]:
    names: set[str] = set()
    heading = ""
    for node in root.iter("table", *_HEADINGS):
        if node.tag != "table":
            heading = heading if next(node.iterancestors("table"), None) is not None else _one_line(node)
            continue
        grid = read_grid(node)
        if grid.has_text:
            name = _caption(node) or heading or f"table {len(names) + 1}"
            heading = ""  # the next table has another name, or a number
            yield grid.sheet(unique_name(name, names))
    if not names:
        paragraphs = [line for line in read_text(root).split("\n") if line]
        if paragraphs:
            yield sheet_of_rows(_title(root), ([line] for line in paragraphs))


def _caption(table: etree._Element) -> str:
    caption = table.find("caption")
    return "" if caption is None else _one_line(caption)


def _title(root: etree._Element) -> str:
    title = root.find(".//title")
    return _one_line(title) if title is not None else "text"


def _one_line(node: etree._Element) -> str:
    return " ".join(read_text(node).split())[:_LONGEST_NAME] or "text"
