"""Looking for a text among the names of all subjects, in memory: quicker than asking the database for most of them.

It finds whom `searching.matching` finds, in the order of names. What is looked through is read once for a register.
"""

from __future__ import annotations

from collections.abc import Hashable

import polars as pl

from yumiao.district.registry import keys
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.ordering import Order, order_of
from yumiao.district.registry.remembering import remembered
from yumiao.district.registry.searching import FEW, having_syllable

_COLUMNS = ("id", "known_as", "pinyin", "initials")


def find_texts(built: Projection, text: str, seen: Order, sight: Hashable, most: int) -> Order:
    """Return the subjects that a text finds, the first ones of many; nothing typed finds all.

    Args:
        seen: everybody whom the reader may see.
        sight: names ``seen`` among those of this register.
        most: so many ids are returned; the count is of all.
    """
    texts = remembered(built, "texts", _read_texts)
    mask = remembered(built, ("seen", sight), lambda: _mask_of(texts, seen))
    found = texts["id"].filter(mask & _holding(texts, keys.normalise(text)))
    return order_of(found.head(most).to_list(), len(found))


def read_ahead(built: Projection) -> None:
    """Read what texts are looked for in, before anybody looks."""
    remembered(built, "texts", _read_texts)


def _read_texts() -> pl.DataFrame:
    """Read what every subject is known as, in the order of names."""
    rows = Subject.objects.order_by("sort_key", "id").values_list(*_COLUMNS)
    return pl.DataFrame(list(rows), schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _mask_of(texts: pl.DataFrame, seen: Order) -> pl.Series:
    return texts["id"].is_in(seen.ids(0, seen.count))


def _holding(texts: pl.DataFrame, wanted: str) -> pl.Series:
    """Say of each subject whether it is found, as `searching.matching` does."""
    found = _holds(texts, "known_as", wanted)
    is_letters = wanted.isascii() and wanted.isalpha()
    if is_letters or (len(wanted) > 1 and wanted.isascii() and wanted.isalnum()):
        found |= _holds(texts, "initials", wanted)
    if is_letters and len(wanted) > 1:
        begun = having_syllable(wanted)[:FEW].values_list("subject_id", flat=True)
        has_syllable = texts["id"].is_in(few) if len(few := list(begun)) < FEW else True
        found |= _holds(texts, "pinyin", wanted) & has_syllable
    return found


def _holds(texts: pl.DataFrame, column: str, wanted: str) -> pl.Series:
    return texts[column].str.contains(wanted, literal=True)
