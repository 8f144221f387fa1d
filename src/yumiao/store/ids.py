"""Ids of subjects: minted in order, never twice, and recognisable as minted by one store."""

from __future__ import annotations

import hashlib
import re

import polars as pl

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
_VALUE = {letter: place for place, letter in enumerate(_LETTERS)}
_CHECK_BITS = 15
_COUNTER_BITS = 35
_CHECK_PRIME = 32749
_SHAPE = re.compile(rf"s[{_LETTERS}]{{10}}")

_FEW = 1000
"""Ids up to which one after the other is quicker than a frame."""

MOST_SUBJECTS = 1 << _COUNTER_BITS
"""How many ids one store can ever mint."""


def mint_ids(store_id: str, first: int, count: int) -> list[str]:
    """Return ``count`` ids from number ``first`` on.

    An id is ``s`` and ten letters: the number, then three letters of check that depend on the store, so that a
    mistyped id and an id of another store are found out. Ids sort in the order in which they were minted.
    """
    factor, shift = _check_terms(store_id)
    ids = []
    for number in range(first, first + count):
        bits = number << _CHECK_BITS | (number * factor + shift) % _CHECK_PRIME
        ids.append(
            "s"
            + _PAIRS[bits >> 40]
            + _PAIRS[bits >> 30 & 1023]
            + _PAIRS[bits >> 20 & 1023]
            + _PAIRS[bits >> 10 & 1023]
            + _PAIRS[bits & 1023]
        )
    return ids


def find_foreign(store_id: str, minted: int, subjects: pl.Series) -> str | None:
    """Return an id that a store has not minted, of many; None when it has minted them all.

    Args:
        minted: how many ids it has minted.
    """
    if len(subjects) < _FEW:
        numbers = ((each, number_of(store_id, each)) for each in subjects)
        return next((each for each, number in numbers if number is None or number >= minted), None)
    letters = pl.col("id").str
    bits = pl.lit(0, pl.Int64)
    for place in range(1, 11):
        value = letters.slice(place, 1).replace_strict(_VALUE, default=None, return_dtype=pl.Int64)
        bits = bits * 32 + value
    factor, shift = _check_terms(store_id)
    number, check = pl.col("bits") // (1 << _CHECK_BITS), pl.col("bits") % (1 << _CHECK_BITS)
    frame = pl.DataFrame({"id": subjects}).with_columns(bits=bits)
    is_own = (
        letters.contains(f"^{_SHAPE.pattern}$")
        & (number < minted)
        & (check == (number * factor + shift) % _CHECK_PRIME)
    )
    foreign = frame.filter(~is_own.fill_null(value=False))["id"]
    return None if foreign.is_empty() else str(foreign[0])


def number_of(store_id: str, subject: str) -> int | None:
    """Return the number of an id; None when this store would never mint it."""
    if not _SHAPE.fullmatch(subject):
        return None
    bits = 0
    for letter in subject[1:]:
        bits = bits << 5 | _VALUE[letter]
    number = bits >> _CHECK_BITS
    return number if mint_ids(store_id, number, 1) == [subject] else None


def _check_terms(store_id: str) -> tuple[int, int]:
    digest = hashlib.sha256(b"subject ids of " + store_id.encode()).digest()
    factor = int.from_bytes(digest[:8]) % (_CHECK_PRIME - 1) + 1  # times any number: still below 64 bits
    return factor, int.from_bytes(digest[8:16]) % _CHECK_PRIME
