"""From what a person types to the condition that finds subjects: names, pinyin, initials, former names, numbers."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from yumiao.district.registry import keys
from yumiao.district.registry.models import SearchKey

MOST_PAIRS = 3
"""Pairs of a long text that are looked up; the last ones, as names of one place begin alike."""

FEW = 2_000
"""Subjects that are gathered by a key; where more have it, to look at the texts of all costs less."""


def matching(text: str) -> Q:
    """Return the condition on subjects that a text of one character or more finds; nothing typed finds all."""
    wanted = keys.normalise(text)
    if not wanted:
        return Q()
    is_letters = wanted.isascii() and wanted.isalpha()
    if len(wanted) == 1:  # most subjects have it
        found = _holds("known_as", wanted)
        return found | _holds("initials", wanted) if is_letters else found
    found = _having(keys.CHARACTERS, "known_as", wanted)
    if wanted.isascii() and wanted.isalnum():
        found |= _having(keys.INITIALS, "initials", wanted)
    if is_letters:
        found |= _among(having_syllable(wanted), "pinyin", wanted)
    return found


def _holds(column: str, text: str) -> Q:
    """Those in whose column a text stands; found by its place, which is quicker than a pattern."""
    return Q(GreaterThan(StrIndex(F(column), Value(text)), Value(0)))


def _having(kind: int, column: str, text: str) -> Q:
    """Those in whose column a text stands, by the rarest of its last pairs."""
    pairs = list(keys.pair_keys(kind, text))[-MOST_PAIRS:]
    rows = [SearchKey.objects.filter(key=key) for key in pairs]
    return _among(min(rows, key=_count_few), column, text)


def _among(rows: QuerySet[SearchKey], column: str, text: str) -> Q:
    """Those of some candidates in whose column a text stands; the candidates are passed over where they are many."""
    if _count_few(rows) >= FEW:
        return _holds(column, text)
    return Q(id__in=rows.values("subject_id")) & _holds(column, text)


def _count_few(rows: QuerySet[SearchKey]) -> int:
    return rows[:FEW].count()


def having_syllable(letters: str) -> QuerySet[SearchKey]:
    """Rows of those that have a syllable which the letters begin with, or which begins with the letters."""
    starts = [keys.syllable_key(letters[:length]) for length in range(1, min(6, len(letters)) + 1)]
    first, end = keys.syllable_range(letters)
    return SearchKey.objects.filter(Q(key__in=starts) | Q(key__gte=first, key__lt=end))
