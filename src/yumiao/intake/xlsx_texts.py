"""Texts in the XML of a workbook: the shared ones, rich ones, and what is written in escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import IO

import numpy as np
import polars as pl

from yumiao.intake.byte_words import Buffer, Places, word
from yumiao.intake.cells import MAX_CELLS, too_big

SPACED = b'<t xml:space="preserve">'
"""The start of a text that keeps its outer spaces."""

BLOCK_BYTES = 4 << 20
"""How much XML is held at a time."""

_LONGEST_ITEM = 64 << 20
_RUN = re.compile(rb"<t(?:\s[^<>]*?)?(?<!/)>([^<>]*)</t")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PREFIX = re.compile(rb"<([A-Za-z][\w.-]{0,30}:)?(?:sst|worksheet)\b")


def run_texts(content: bytes) -> str:
    """Join the runs of a rich text, without the reading aids above it."""
    return expand_text(_raw_runs(content))


def expand_text(text: str) -> str:
    """Resolve the two kinds of escapes in a text of a workbook: XML entities, and ``_x000D_`` for a control."""
    plain = unescape(text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPED.sub(_character, plain)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)  # half a character is none


def expand_texts(texts: pl.Series) -> pl.Series:
    """Resolve the escapes in a column of texts; most hold none and are not touched."""
    escaped = texts.str.contains(r"&|\r|_x[0-9A-Fa-f]{4}_").fill_null(value=False)
    if not escaped.any():
        return texts
    places = escaped.arg_true()
    return texts.scatter(places, [expand_text(text) for text in texts.gather(places)])


def without_blanks(texts: pl.Series) -> pl.Series:
    """Put NULL for texts of nothing but spaces."""
    return texts.set(texts.str.strip_chars() == "", None)


def xml_blocks(stream: IO[bytes], item: bytes, end: bytes) -> Iterator[bytes]:
    """Yield the content of a part in blocks that end before an item, without its name-space prefix.

    The last block ends where the part does.

    Args:
        stream: the part.
        item: name of the tags between which a block may end.
        end: name of the tag whose end the part must hold.
    Raises: ValueError when the XML is of a kind that no spreadsheet program writes.
    """
    rest = stream.read(BLOCK_BYTES)
    found = _PREFIX.search(rest[:65_536])
    if found is None:
        raise ValueError("the XML does not begin as that of a spreadsheet")
    prefix = found[1] or b""
    mark = b"<" + prefix + item
    while block := stream.read(BLOCK_BYTES):
        cut = _last_item(rest, mark)
        if cut > 0:
            yield _without_prefix(rest[:cut], prefix)
            rest = rest[cut:]
        elif len(rest) > _LONGEST_ITEM:
            raise ValueError("one part of the XML is larger than any spreadsheet program writes")
        rest += block
    if b"</" + prefix + end not in rest:
        raise ValueError("the XML ends too early")
    yield _without_prefix(rest, prefix)


def _last_item(content: bytes, mark: bytes) -> int:
    """Find where the last tag of this name begins; tags whose names only begin so (``rowBreaks``) are others."""
    found = len(content)
    while (found := content.rfind(mark, 0, found)) > 0:
        if content[found + len(mark) : found + len(mark) + 1] in {b" ", b">"}:
            break
    return found


def _without_prefix(content: bytes, prefix: bytes) -> bytes:
    if b"!" in content and b"<!" in content:  # a single byte is found many times faster
        raise ValueError("the XML holds declarations or comments, which no spreadsheet program writes")
    return content.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else content


def read_shared_texts(stream: IO[bytes]) -> pl.Series:
    """Read the texts that cells refer to by number, in order; NULL where there is nothing but spaces.

    Raises: YumiaoError (``too_big``); ValueError when the XML is damaged.
    """
    found: list[pl.Series] = []
    for block in xml_blocks(stream, b"si", b"sst"):
        found.append(_shared_texts(Buffer(block)))
        if sum(map(len, found)) > MAX_CELLS:
            raise too_big(f"工作簿的文字超过{MAX_CELLS}段", f"The workbook holds more than {MAX_CELLS} texts")
    return without_blanks(expand_texts(pl.concat(found))) if found else pl.Series(dtype=pl.String)


def _shared_texts(buffer: Buffer) -> pl.Series:
    tags = buffer.places_of(b"<")
    tags = np.append(tags, np.full(8, len(buffer.content)))
    heads = buffer.fours[tags] & 0xFFFFFF
    index = np.flatnonzero(heads == word(b"<si"))
    opening = heads[index + 1]
    spaced = (opening == word(b"<t ")) & buffer.has_text(tags[index + 1], SPACED)
    closed = (heads[index + 2] == word(b"</t")) & (heads[index + 3] == word(b"</s"))
    simple = ((opening == word(b"<t>")) | spaced) & closed
    starts = tags[index + 1] + np.where(spaced, len(SPACED), 3)
    texts = buffer.texts_at(
        np.where(simple, starts, 0), np.where(simple, tags[index + 2], 0), keeps_buffer=True
    )
    return _with_rich_texts(buffer, texts, tags, index, np.flatnonzero(~simple))


def _with_rich_texts(
    buffer: Buffer, texts: pl.Series, tags: Places, index: Places, rich: Places
) -> pl.Series:
    if not len(rich):
        return texts
    ends = np.append(tags[index[1:]], len(buffer.content))
    # the escapes are resolved at the end for all texts at once: here once would be once too often
    found = [_raw_runs(buffer.content[tags[index[at]] : ends[at]]) for at in rich.tolist()]
    return texts.scatter(rich, found)


def _raw_runs(content: bytes) -> str:
    first, *others = content.split(b"<rPh")
    kept = [first, *(part.partition(b"</rPh")[2] for part in others)]
    return b"".join(_RUN.findall(b"".join(kept))).decode("utf-8")
