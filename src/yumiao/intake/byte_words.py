"""A buffer seen as overlapping words of 4 and 8 bytes, so that thousands of places are read at once.

Reading a workbook cell by cell in Python costs twenty times what its numbers are worth. Here every question
about the text at many places (is this a quote? which number stands here?) is one operation on arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Positions in a buffer."""

_PADDING = bytes(64)
_ONES, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_LOW_NIBBLES, _HIGH_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0xF0F0F0F0F0F0F0F0)
_DIGITS, _SIXES = np.uint64(0x3030303030303030), np.uint64(0x0606060606060606)
_FIRST_BYTES = np.array([(1 << (8 * count)) - 1 for count in range(9)], dtype=np.uint64)
_PAIRS, _FOURS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)
_INLINE = 12
"""The longest text that stands in its view itself; longer ones point into the buffer."""


class Buffer:
    """Bytes of valid UTF-8 with the words that begin at every one of them.

    Raises: UnicodeDecodeError when the content is not UTF-8.
    """

    def __init__(self, content: bytes) -> None:
        if not content.isascii():
            content.decode("utf-8")
        self.content = content
        padded = content + _PADDING
        size = len(content)
        self.bytes: NDArray[np.uint8] = np.frombuffer(padded, np.uint8)
        self.fours: NDArray[np.uint32] = np.ndarray((size + 48,), "<u4", padded, strides=(1,))
        self.eights: NDArray[np.uint64] = np.ndarray((size + 48,), "<u8", padded, strides=(1,))

    def places_of(self, byte: bytes) -> Places:
        """Return all positions of one byte, in order."""
        return np.flatnonzero(self.bytes[: len(self.content)] == byte[0])

    def has_text(self, places: Places, text: bytes) -> NDArray[np.bool_]:
        """Tell where a text of 8, 16, … up to 32 bytes stands."""
        same = np.ones(len(places), bool)
        for at in range(0, len(text), 8):
            same &= self.eights[places + at] == np.uint64(word(text[at : at + 8]))
        return same

    def numbers_at(self, starts: Places, lengths: Places) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Read whole numbers of 1 to 8 digits; the second array tells where there is one."""
        fitting = (lengths >= 1) & (lengths <= 8)
        kept = np.where(fitting, lengths, 1)
        # digits move to the upper end; what stands after them falls out, zeros come in before them
        word = self.eights[starts] << (64 - 8 * kept).astype(np.uint64)
        expected = _DIGITS & ~_FIRST_BYTES[8 - kept]
        nibbles = word & _LOW_NIBBLES
        is_number = ((word & _HIGH_NIBBLES) == expected) & (((nibbles + _SIXES) & _HIGH_NIBBLES) == 0)
        value = (nibbles * np.uint64(10) + (nibbles >> np.uint64(8))) & _PAIRS
        value = (value * np.uint64(100) + (value >> np.uint64(16))) & _FOURS
        value = (value * np.uint64(10_000) + (value >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
        return value.astype(np.int64), fitting & is_number

    def lengths_until(self, byte: bytes, starts: Places) -> Places:
        """Return how many bytes stand before the next such byte, 8 where it is not within 8 bytes."""
        difference = self.eights[starts] ^ (_ONES * np.uint64(byte[0]))
        hits = (difference - _ONES) & ~difference & _HIGH
        lowest = hits & (~hits + np.uint64(1))
        return np.bitwise_count(lowest - np.uint64(1)).astype(np.int64) >> 3

    def texts_at(self, starts: Places, ends: Places, *, keeps_buffer: bool = False) -> pl.Series:
        """Return the texts between places as a text column; both must lie between whole characters.

        Long texts are copied out of the buffer, so that it can go; or, where most of it is text that will be
        needed, the column keeps it.
        """
        lengths = ends - starts
        long = np.flatnonzero(lengths > _INLINE)
        copied, offsets = (
            (self.bytes, starts[long]) if keeps_buffer else self._copied(starts[long], lengths[long])
        )
        first = self.eights[starts] & _FIRST_BYTES[np.minimum(lengths, 8)]
        views = np.empty((len(starts), 4), dtype="<u4")
        views[:, 0] = lengths
        views[:, 1:3] = first.view("<u4").reshape(-1, 2)
        views[:, 3] = self.fours[starts + 8] & _FIRST_BYTES[np.clip(lengths - 8, 0, 4)]
        views[long, 2] = 0
        views[long, 3] = offsets
        buffers: list[Any] = [None, pa.py_buffer(views), pa.py_buffer(copied)]
        return pl.Series(pa.Array.from_buffers(pa.string_view(), len(starts), buffers), dtype=pl.String)

    def _copied(self, starts: Places, lengths: Places) -> tuple[NDArray[np.uint8], Places]:
        """Copy pieces into a buffer of their own; return it and where each begins.

        Pieces up to three words, most of them numbers, are copied by words; their ends are cut by their views.
        """
        offsets = np.empty(len(starts), np.int64)
        brief = np.flatnonzero(lengths <= 24)
        words = np.empty((len(brief), 3), np.uint64)
        for at in range(3):
            words[:, at] = self.eights[starts[brief] + 8 * at]
        offsets[brief] = np.arange(len(brief)) * 24
        others = np.flatnonzero(lengths > 24)
        begins, counts = starts[others], lengths[others]
        begun = np.cumsum(counts) - counts
        offsets[others] = begun + words.nbytes
        places = np.repeat(begins - begun, counts) + np.arange(int(counts.sum()))
        return np.concatenate([words.view(np.uint8).ravel(), self.bytes[places]]), offsets


def word(text: bytes) -> int:
    """Return up to 8 bytes as the number that a word of the buffer shows for them."""
    return int.from_bytes(text, "little")
