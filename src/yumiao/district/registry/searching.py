"""From what a person types to the condition that finds subjects: names, pinyin, initials, former names, numbers."""

from __future__ import annotations

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from yumiao.district.registry import keys
from yumiao.district.registry.models import SearchKey

MOST_PAIRS = 3
"""Pairs of a long text that are looked up; the last ones, as names of one place begin alike."""


def matching(text: str) -> Q:
    """Return the condition on subjects that a text of one character or more finds; nothing typed finds all."""
    wanted = keys.normalise(text)
    if not wanted:
        return Q()
    is_letters = wanted.isascii() and wanted.isalpha()
    if len(wanted) == 1:  # most subjects have it: to look at the texts costs less than to gather their ids
        found = _holds("known_as", wanted)
        return found | _holds("initials", wanted) if is_letters else found
    found = _having(keys.CHARACTERS, wanted) & Q(known_as__contains=wanted)
    if wanted.isascii() and wanted.isalnum():
        found |= _having(keys.INITIALS, wanted) & Q(initials__contains=wanted)
    if is_letters:
        found |= _has_syllable(wanted) & Q(pinyin__contains=wanted)
    return found


def _holds(column: str, text: str) -> Q:
    """Those in whose column a text stands; found by its place, which is quicker than a pattern."""
    return Q(GreaterThan(StrIndex(F(column), Value(text)), Value(0)))


def _having(kind: int, text: str) -> Q:
    """Those that have the last pairs of a text among their keys."""
    found = Q()
    for key in list(keys.pair_keys(kind, text))[-MOST_PAIRS:]:
        found &= Q(id__in=SearchKey.objects.filter(key=key).values("subject_id"))
    return found


def _has_syllable(letters: str) -> Q:
    """Those that have a syllable which the letters begin with, or which begins with the letters."""
    starts = [keys.syllable_key(letters[:length]) for length in range(1, min(6, len(letters)) + 1)]
    first, end = keys.syllable_range(letters)
    rows = SearchKey.objects.filter(Q(key__in=starts) | Q(key__gte=first, key__lt=end))
    return Q(id__in=rows.values("subject_id"))
