"""Tables of facts as files that are read again and again: by every run, every page, every judgement.

What is received is kept once, for good, and as small as it gets (zstd). A table that is made of it, and can be made
again, is read far more often than written; it is kept so that reading costs little, see decision 13.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

COMPRESSION: Final = "lz4"

ROWS_TOGETHER = 125_000
"""Rows of a row group of a table that is read whole."""


def write_facts(
    table: pl.DataFrame | pl.LazyFrame, place: Path | BinaryIO, rows_together: int = ROWS_TOGETHER
) -> None:
    """Write a table of facts as Parquet; one that is lazy goes piece by piece.

    Args:
        place: a file, replaced where there is one, or what bytes are written to.
        rows_together: rows of a row group; few where single subjects are read.
    """
    table.lazy().sink_parquet(place, compression=COMPRESSION, row_group_size=rows_together)
