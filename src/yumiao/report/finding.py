"""Which subject someone means by a code, a name, or a part of one."""

from __future__ import annotations

import polars as pl

from yumiao.identity.codes import normalise_code
from yumiao.model.facts import CODE, IDENTITY_COLUMNS, NAME, SUBJECT


def find_subjects(facts: pl.DataFrame, wanted: str) -> pl.DataFrame:
    """Return the subjects that a text may mean: by id, code or name as a whole, else by a part of one.

    Returns: one row per subject: ``subject``, ``name``, ``code``; none when nothing fits.
    """
    known = facts.select(IDENTITY_COLUMNS)
    text, code = wanted.strip(), normalise_code(wanted)
    whole = known.filter((pl.col(SUBJECT) == text) | (pl.col(CODE) == code) | (pl.col(NAME) == text))
    if whole.height or not text:
        return whole
    in_name = pl.col(NAME).str.contains(text, literal=True)
    in_code = pl.col(CODE).str.contains(code, literal=True) | pl.col(SUBJECT).str.contains(text, literal=True)
    return known.filter((in_name | in_code).fill_null(value=False))
