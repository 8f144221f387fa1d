"""Which subject someone means by a code, a name, or a part of one."""

from __future__ import annotations

import polars as pl

from yumiao.identity.codes import normalise_code
from yumiao.model.facts import CODE, IDENTITY_COLUMNS, NAME, SUBJECT

NAMES = "names"
"""Where a table keeps the other names and numbers of a subject."""


def find_subjects(facts: pl.DataFrame, wanted: str) -> pl.DataFrame:
    """Return the subjects that a text may mean: by id, code or name as a whole, else by a part of one.

    Args:
        facts: one row per subject: ``subject``, ``name``, ``code``; where it has ``names``, a list of every other
            name and number, these are looked through as well.
    Returns: one row per subject: ``subject``, ``name``, ``code``; none when nothing fits.
    """
    text, code = wanted.strip(), normalise_code(wanted)
    others = pl.col(NAMES) if NAMES in facts.columns else pl.lit([], pl.List(pl.String))
    is_whole = (pl.col(SUBJECT) == text) | (pl.col(CODE) == code) | (pl.col(NAME) == text)
    whole = facts.filter(is_whole | others.list.contains(text))
    if whole.height or not text:
        return whole.select(IDENTITY_COLUMNS)
    in_name = pl.col(NAME).str.contains(text, literal=True)
    in_code = pl.col(CODE).str.contains(code, literal=True) | pl.col(SUBJECT).str.contains(text, literal=True)
    in_others = others.list.eval(pl.element().str.contains(text, literal=True)).list.any()
    is_part = (
        in_name.fill_null(value=False) | in_code.fill_null(value=False) | in_others.fill_null(value=False)
    )
    return facts.filter(is_part).select(IDENTITY_COLUMNS)
