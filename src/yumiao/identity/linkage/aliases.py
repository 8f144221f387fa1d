"""Every name a party has had, as rows to score, and the tokens by which two such rows meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from yumiao.identity.linkage.model import BACKGROUND, GAPS, SHORTENED
from yumiao.identity.names import normalise_name

MOST_MET = 200
"""A token that more rows on the right have is narrowed by industry and by region."""

_REGION_BACKGROUND = 100
_REGION_SHARE = 0.05


def list_aliases(parties: pl.DataFrame) -> pl.DataFrame:
    """Return one row per party and different name: ``key``, ``text`` (present, former and short names, normalised)."""
    present = parties.select("key", "text")
    recorded = [
        parties.select("key", text=pl.col(column)).explode("text", empty_as_null=True, keep_nulls=True)
        for column in ("former_names", "short_names")
    ]
    others = pl.concat(recorded).drop_nulls()
    normalised = [normalise_name(text) or None for text in others["text"]]
    others = others.with_columns(text=pl.Series(normalised, dtype=pl.String))
    return pl.concat([present, others]).drop_nulls().unique(maintain_order=True)


def with_tokens(left: pl.DataFrame, right: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the column ``blocks`` to both lists of aliases and keep the rows that meet any of the other side.

    Args:
        left, right: aliases with the columns of :data:`~yumiao.identity.linkage.parsed.PARSED`.
    """
    often = Counter(token for row in _rows(right) for token in set(_tokens(*row)))
    common = {token for token, count in often.items() if count > MOST_MET}
    sides = []
    for frame in (left, right):
        blocks = [_narrowed(row, common) for row in _rows(frame)]
        sides.append(frame.with_columns(blocks=pl.Series(blocks, dtype=pl.List(pl.String))))
    met = [
        frame.select("blocks").explode("blocks", empty_as_null=True, keep_nulls=True).drop_nulls().unique()
        for frame in sides
    ]
    shared = met[0].join(met[1], on="blocks")["blocks"]
    kept = []
    for frame in sides:
        numbered = frame.with_row_index("row")
        meeting = (
            numbered.select("row", "blocks")
            .explode("blocks", empty_as_null=True, keep_nulls=True)
            .join(shared.to_frame(), on="blocks", how="semi")
            .group_by("row", maintain_order=True)
            .agg("blocks")
        )
        kept.append(numbered.drop("blocks").join(meeting, on="row", maintain_order="left").drop("row"))
    return kept[0], kept[1]


Row = tuple[str | None, str | None, str | None]
"""Trade name, industry and region of an alias."""


def _rows(frame: pl.DataFrame) -> Iterator[Row]:
    yield from frame.select("trade_name", "industry", "region").iter_rows()


def _tokens(trade_name: str | None, industry: str | None, region: str | None) -> Iterator[str]:
    """Yield what an alias can be met by: its trade name, two neighbouring characters of it, one edge of it.

    One character alone says so little that industry and region must agree too.
    """
    if not trade_name:
        return
    if trade_name.isascii():
        yield from (f"w:{word}" for word in trade_name.split() if len(word) > 2)
        return
    yield f"t:{trade_name}"
    for start in range(len(trade_name) - 1):
        yield f"b:{trade_name[start : start + 2]}"
    if industry:
        yield f"f:{trade_name[0]}|{industry}|{region}"
        yield f"l:{trade_name[-1]}|{industry}|{region}"


def _narrowed(row: Row, common: set[str]) -> list[str]:
    _, industry, region = row
    tokens = dict.fromkeys(_tokens(*row))
    narrowed: list[str] = []
    for token in tokens:
        if token not in common:
            narrowed.append(token)
        elif token.startswith(("t:", "w:")):
            narrowed += [f"{token}|{part}" for part in (industry, region) if part]
        elif token.startswith("b:") and region and industry:
            narrowed.append(f"{token}|{industry}|{region}")
    return narrowed


def add_gaps(aliases: pl.DataFrame) -> pl.DataFrame:
    """Add the columns by which trade names are compared character by character; empty without a trade name."""
    names = [name or "" for name in aliases["trade_name"]]
    places = [range(len(name)) if len(name) > 1 and not name.isascii() else range(0) for name in names]
    shortened = [
        [name[:place] + name[place + 1 :] for place in each if len(name) > 2]
        for name, each in zip(names, places, strict=True)
    ]
    gaps = [
        [f"{place}:{name[:place]}{name[place + 1 :]}" for place in each]
        for name, each in zip(names, places, strict=True)
    ]
    kind = pl.List(pl.String)
    return aliases.with_columns(
        pl.Series(SHORTENED, shortened, dtype=kind), pl.Series(GAPS, gaps, dtype=kind)
    )


def add_frequencies(aliases: pl.DataFrame, right: pl.DataFrame, parties: int) -> pl.DataFrame:
    """Add the frequencies of trade name and region among the right's parties, smoothed by a background.

    Args:
        aliases: rows of either side.
        right: all aliases of the right.
        parties: how many parties the right has.
    """
    names = right.group_by("trade_name").agg(bearers=pl.col("key").n_unique()).drop_nulls("trade_name")
    regions = right.group_by("region").agg(there=pl.col("key").n_unique()).drop_nulls("region")
    named = int(regions["there"].sum())
    name_share = pl.col("bearers").fill_null(1) / (parties + BACKGROUND)
    region_share = (pl.col("there").fill_null(0) + _REGION_SHARE * _REGION_BACKGROUND) / (
        named + _REGION_BACKGROUND
    )
    return (
        aliases.join(names, on="trade_name", how="left", maintain_order="left")
        .join(regions, on="region", how="left", maintain_order="left")
        .with_columns(
            tf_trade_name=pl.when(pl.col("trade_name").is_not_null()).then(name_share),
            tf_region=pl.when(pl.col("region").is_not_null()).then(region_share),
        )
        .drop("bearers", "there")
    )
