"""The limit: read the columns that the policies read, add each one up, and do nothing else.

Same protocol as the engines, so that the harness can run it beside them; it has no tallies to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from contract import Outputs, Policy, Tally, input_columns


def prepare(policies: Sequence[Policy]) -> list[pl.Expr]:
    """One cheap aggregate for each column: the sum, of dates the least, of letters the number known."""
    return [_touch(name, kind) for name, kind in input_columns(policies).items()]


def run_batch(program: list[pl.Expr], parquet_in: Path, outputs: Outputs) -> list[Tally]:  # noqa: ARG001
    """Read the columns once with the streaming engine."""
    pl.scan_parquet(parquet_in).select(program).collect(engine="streaming")
    return []


def _touch(name: str, kind: str) -> pl.Expr:
    column = pl.col(name)
    if kind == "date":
        return column.min()
    return column.is_not_null().sum() if kind == "category" else column.sum()
