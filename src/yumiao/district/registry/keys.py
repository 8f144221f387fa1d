"""Search keys: pairs of characters, pairs of initials and pinyin syllables, each packed into one whole number.

A number sorts and compares alike on SQLite and PostgreSQL, whatever the collation; and because the first part stands
in the high bits, "begins with" is a range of numbers. A hit is a candidate: the text it came from is looked at again.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_CHAR_BITS = 21
_LETTER_BITS = 5
_SYLLABLE_LETTERS = 6
_KIND_SHIFT = 2 * _CHAR_BITS
CHARACTERS, INITIALS, SYLLABLES = (kind << _KIND_SHIFT for kind in (1, 2, 3))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a name is read: joined pinyin, joined initials, the syllables one by one."""

    pinyin: str
    initials: str
    syllables: tuple[str, ...]


def normalise(text: str) -> str:
    """Bring a text into the form in which it is stored and looked for: widths and cases alike, no spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split())


@lru_cache(maxsize=256)  # keys and rows of one subject ask for the same names one after the other
def read_name(name: str) -> Reading:
    """Return the reading of a normalised name; of Latin letters and digits their own."""
    parts: list[str] = []
    for part in lazy_pinyin(name, style=Style.NORMAL, v_to_u=False):
        spelt = "".join(each for each in part.lower() if each.isascii() and each.isalnum())
        if spelt:
            parts.append(spelt)
    return Reading("".join(parts), "".join(part[0] for part in parts), tuple(parts))


def pair_keys(kind: int, text: str) -> Iterator[int]:
    """Yield one key for each two neighbouring characters; none for a text of one."""
    for here, following in itertools.pairwise(text):
        yield kind | ord(here) << _CHAR_BITS | ord(following)


def syllable_key(letters: str) -> int:
    """Return the key of a syllable, its letters in the high bits; beyond six letters it is cut."""
    packed = 0
    for letter in letters[:_SYLLABLE_LETTERS].ljust(_SYLLABLE_LETTERS, "\0"):
        packed = packed << _LETTER_BITS | (ord(letter) - 96 if "a" <= letter <= "z" else 0)
    return SYLLABLES | packed


def syllable_range(letters: str) -> tuple[int, int]:
    """Return the keys of all syllables that begin with some letters: first, and one past the last."""
    first = syllable_key(letters)
    return first, first + (1 << _LETTER_BITS * (_SYLLABLE_LETTERS - min(len(letters), _SYLLABLE_LETTERS)))


def keys_of(names: list[str], numbers: list[str]) -> set[int]:
    """Return every key of a subject.

    Args:
        names: every name ever recorded, normalised.
        numbers: every code and number ever recorded, normalised.
    """
    keys: set[int] = set()
    for text in (*names, *numbers):
        keys.update(pair_keys(CHARACTERS, text))
    for name in names:
        reading = read_name(name)
        keys.update(pair_keys(INITIALS, reading.initials))
        keys.update(syllable_key(part) for part in reading.syllables if part.isalpha())
    return keys
