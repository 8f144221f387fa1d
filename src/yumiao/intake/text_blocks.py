"""A text file as a stream of blocks: decoded strictly, without its mark, recoded to UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yumiao.intake.cells import unreadable
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

BLOCK_BYTES = 8 << 20
"""How much of a file is held at a time."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MARK = "\ufeff"
_ALLOWED = np.frombuffer(b"\t\n\r\x0c", np.uint8)


_FOREIGN = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){6}")
"""Six Chinese characters of UTF-8 in a row; as GB18030 these bytes are nine characters hardly ever seen."""

_PIECE = 1 << 14
_SMALL = 1 << 20


@dataclass(frozen=True)
class UndecodableError(Exception):
    """A text is not in the encoding that was tried.

    Attributes:
        line: the line, from 1, in which the first byte stands that does not fit.
    """

    encoding: str
    line: int


def possible_encodings(path: Path) -> tuple[str, ...]:
    """Name the encodings to try in turn: the one that a byte order mark names, else UTF-8 and GB18030."""
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = tuple(encoding for mark, encoding in _MARKS if head.startswith(mark))
    return marked or ("utf-8", "gb18030")


def utf8_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8; byte order marks are dropped wherever files that had one were joined.

    Raises: UndecodableError; YumiaoError when it holds control characters and so is no text.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 0
    with path.open("rb") as stream:
        while True:
            content = stream.read(BLOCK_BYTES)
            if encoding == "gb18030":
                _refuse_mixed(path, content, lines)
            try:
                text = decoder.decode(content, final=not content)
            except UnicodeDecodeError as error:
                raise UndecodableError(encoding, lines + 1 + _lines(error)) from error
            if _MARK in text:
                text = text.replace(_MARK, "")
            block = text.encode()
            lines += _checked_lines(path, block, lines)
            yield block
            if not content:
                return


def _refuse_mixed(path: Path, content: bytes, lines_before: int) -> None:
    """Refuse text of which a part is UTF-8: read as GB18030 it gives wrong characters, and no error.

    In larger blocks only pieces are searched in which bytes that begin UTF-8 characters abound.

    Raises: YumiaoError.
    """
    found = _FOREIGN.search(content) if len(content) <= _SMALL else _searched(content)
    if found is None:
        return
    line = lines_before + 1 + content.count(b"\n", 0, found.start())
    raise YumiaoError(
        "unknown_encoding",
        Text(
            f"{path.name}：文件混用了两种编码：第{line}行是 UTF-8，其他行是 GB18030；请统一编码后重新导出。",
            f"{path.name}: two encodings are mixed: line {line} is UTF-8, others are GB18030; "
            "please export it again in one.",
        ),
    )


def _searched(content: bytes) -> re.Match[bytes] | None:
    whole = len(content) // _PIECE * _PIECE
    pieces = np.frombuffer(content, np.uint8, whole).reshape(-1, _PIECE)
    starts = np.count_nonzero((pieces >= 0xE4) & (pieces <= 0xE9), axis=1)
    high = np.count_nonzero(pieces >= 0x80, axis=1)
    suspected = np.flatnonzero((starts * 7 > high) & (high > 0)) * _PIECE
    searches = (_FOREIGN.search(content, at, at + _PIECE) for at in suspected.tolist())
    return next((found for found in searches if found), _FOREIGN.search(content, whole))


def _lines(error: UnicodeDecodeError) -> int:
    return bytes(error.object[: error.start]).count(b"\n")


def _checked_lines(path: Path, block: bytes, lines_before: int) -> int:
    """Count line ends, and refuse what no text holds: characters below the space but for tabs and line ends.

    Raises: YumiaoError.
    """
    characters = np.frombuffer(block, np.uint8)
    lines = int(np.count_nonzero(characters == 0x0A))
    if int(np.count_nonzero(characters < 0x20)) == lines and 0x7F not in block:
        return lines
    odd = ((characters < 0x20) & ~np.isin(characters, _ALLOWED)) | (characters == 0x7F)
    if not odd.any():
        return lines
    line = lines_before + 1 + block.count(b"\n", 0, int(odd.argmax()))
    raise unreadable(
        path,
        f"第{line}行含有控制字符，不是文本文件；若是电子表格，请改为正确的扩展名。",
        f"line {line} holds control characters: no text file; if it is a spreadsheet, give it its own extension.",
    )
