"""Industry codes of firms, as a source wrote them: read from where the facts that rest on them came from.

The store keeps what follows from a code, such as the size group; the code itself stands in the cell that it was read
from. A firm without such a cell has no known code, which says nothing of what it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
from django.conf import settings

from yumiao.district.accounts.selectors import Actor
from yumiao.district.registry.judged_facts import judged_folder, read_written
from yumiao.district.registry.models import Projection
from yumiao.district.registry.packs import library
from yumiao.district.registry.remembering import remembered, sight_of
from yumiao.district.registry.selectors import Wanted, order_wanted
from yumiao.model.facts import SUBJECT
from yumiao.model.prefix_tables import plain_code

CLASSIFICATION = "GB/T 4754"
CODE = "industry_code"
"""Column of `codes_seen`: two to four digits; NULL where no source wrote a code."""


def codes_seen(actor: Actor, built: Projection) -> pl.DataFrame:
    """Return every firm that an actor may see, by name, with its industry code: read once for a register."""
    return remembered(built, ("industry codes", sight_of(actor)), lambda: _join_codes(actor, built))


def codes_of(actor: Actor, built: Projection, subjects: Sequence[str]) -> dict[str, str]:
    """Return the industry codes of some firms that an actor may see; those without one are left out."""
    rows = codes_seen(actor, built).filter(pl.col(SUBJECT).is_in(list(subjects)), pl.col(CODE).is_not_null())
    return dict(rows.iter_rows())


def _join_codes(actor: Actor, built: Projection) -> pl.DataFrame:
    seen = order_wanted(actor, Wanted(), built)
    codes = remembered(built, "industry codes", lambda: _read_codes(built))
    firms = pl.DataFrame({SUBJECT: pl.Series(seen.ids(0, seen.count), dtype=pl.String)})
    return firms.join(codes, on=SUBJECT, how="left", maintain_order="left")


def _read_codes(built: Projection) -> pl.DataFrame:
    """Read the code of everybody; of two that one firm has the one written in more digits."""
    columns = [table.metric for table in library().tables.values() if table.by.startswith(CLASSIFICATION)]
    folder = judged_folder(Path(settings.YUMIAO_DATA), built.folder)
    rows = read_written(folder, columns).unique()
    written = rows["raw"].unique().to_list()
    plain = {text: code for text in written if text and (code := _digits(text)) is not None}
    coded = rows.with_columns(
        rows["raw"].replace_strict(plain, default=None, return_dtype=pl.String).alias(CODE)
    )
    known = coded.filter(pl.col(CODE).is_not_null()).select(SUBJECT, CODE)
    by_length = known.sort(pl.col(CODE).str.len_chars(), CODE, descending=[True, False])
    return by_length.unique(SUBJECT, keep="first", maintain_order=True)


def _digits(text: str) -> str | None:
    code = plain_code(text)
    return code if code is not None and code.isdigit() else None


def fitting_codes(known: Iterable[str], codes: Sequence[str]) -> list[str]:
    """Return the known codes that begin with one of some codes."""
    return [each for each in known if each.startswith(tuple(codes))]


def short_codes(known: Iterable[str], codes: Sequence[str]) -> list[str]:
    """Return the known codes that are the beginning of one of some codes, and so do not tell whether they fit."""
    beginnings = {code[:length] for code in codes for length in range(1, len(code))}
    return [each for each in known if each in beginnings and not each.startswith(tuple(codes))]


def distinct_codes(seen: pl.DataFrame) -> list[str]:
    """Return every code that somebody has; few, however many firms there are."""
    return seen[CODE].drop_nulls().unique().sort().to_list()
