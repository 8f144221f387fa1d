"""What tells who a subject is: codes, names, numbers, addresses, each with where and when it was seen."""

from __future__ import annotations

import polars as pl

from yumiao.model.facts import SUBJECT

IDENTIFIER_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "kind": pl.String(),
    "value": pl.String(),
    "since": pl.Date(),
    "until": pl.Date(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}
"""One row per identifier seen: ``kind`` is one of `IDENTIFIER_KINDS`; ``since`` and ``until`` NULL = unknown."""

IDENTIFIER_KINDS = (
    "code",
    "name",
    "former_name",
    "short_name",
    "stock_code",
    "id",
    "address",
    "territory",
)
"""``territory`` is the division code of the place where the subject is registered."""
