"""The lists of titles that a store holds, as rows of the ladder."""

from __future__ import annotations

import polars as pl

from yumiao.ladder.rows import REGISTER, ROW_SCHEMA
from yumiao.store import State


def title_rows(state: State) -> pl.DataFrame:
    """Return the rows of the lists of titles of the batches that count.

    A list without a column of divisions speaks of the territory that its batch declares: whoever it names stands
    there, came there or left it.

    Returns: one row per row of a list, columns of :data:`yumiao.ladder.rows.ROW_SCHEMA`; none where no list of
        titles was received.
    """
    rows = state.records(REGISTER)
    if rows.is_empty():
        return pl.DataFrame(schema=ROW_SCHEMA)
    shaped = rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in ROW_SCHEMA.items()
    )
    declared = {batch.manifest.id: batch.manifest.territory for batch in state.batches}
    of_batch = pl.col("batch").replace_strict(declared, default=None, return_dtype=pl.String)
    return shaped.with_columns(territory=pl.coalesce("territory", of_batch))
