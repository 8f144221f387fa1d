"""Counts put among the facts: what was received and what the rows of a register say, held together.

Where both speak of one count, the value must lie in both: an interval only becomes narrower. A received value that the
rows exclude stays, and the count stands beside it as a conflict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import polars as pl

from yumiao.evaluate.count_doubts import log_above_whole, log_excluded
from yumiao.evaluate.counting import COUNTED, NOT_COUNTED, OPEN, Counts, count_rows, places_of
from yumiao.evaluate.counting_rows import believed_sources
from yumiao.evaluate.doubles import find_doubles
from yumiao.intake.faults import ProblemLog
from yumiao.intake.records import Records
from yumiao.model.facts import (
    HIGH_SUFFIX,
    LOW_SUFFIX,
    NAME,
    SOURCE_SCHEMA,
    SUBJECT,
    Facts,
    column_type,
    no_sources,
)
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.library import Library

_ENDS = ("", LOW_SUFFIX, HIGH_SUFFIX)


def counted_facts(
    facts: Facts,
    records: Mapping[str, Records | pl.DataFrame],
    library: Library,
    as_of: dt.date,
    *,
    complete: Mapping[str, Collection[str]] | None = None,
    only: Collection[str] | None = None,
) -> Facts:
    """Count the rows of registers for an application on ``as_of`` and put the counts among the facts.

    A count is exact where every row is decided and the register lists every row of the subject; else it is an
    interval in ``<metric>.<filter>#low`` and ``#high``. Its source names the rows it rests on.

    Args:
        records: register → its rows; registers without counts are passed over.
        complete: register → subjects of which every row is listed, though they may have none.
        only: the filters wanted (``ip_class1_count.hnte``); default all.
    Returns: the facts with columns, sources, conflicts and problems added; subjects known only from a register
        get a row of their own, without name and code.
    Raises: YumiaoError when no pack declares a register.
    """
    listed = complete or {}
    for name, found in records.items():
        register = _register(library, name)
        rows = found.rows if isinstance(found, Records) else found
        log = ProblemLog()
        find_doubles(rows, register, as_of, log, facts.table.select(SUBJECT, NAME))
        if register.counts:
            believed = believed_sources(register, library.reported.precedence)
            all_listed = listed.get(name, ())
            counts = count_rows(rows, register, as_of, believed=believed, complete=all_listed, only=only)
            facts = _Merge(facts, register, counts, library, log).merged()
        facts = replace(facts, problems=(*facts.problems, *log.problems()))
    return facts


def _register(library: Library, name: str) -> RegisterDefinition:
    if name in library.registers:
        return library.registers[name]
    known = ", ".join(library.registers)
    raise YumiaoError(
        "records.no_register",
        Text(
            f"没有名为“{name}”的台账；现有：{known}。请核对规则包。",
            f"No pack declares a register “{name}”; known: {known}.",
        ),
    )


@dataclass(frozen=True)
class _Merge:
    """The counts of one register on their way into the facts."""

    facts: Facts
    register: RegisterDefinition
    counts: Counts
    library: Library
    log: ProblemLog

    def merged(self) -> Facts:
        table = self._with_strangers(self.facts.table)
        beside = table.select(SUBJECT).join(self.counts.table, on=SUBJECT, how="left", maintain_order="left")
        sources, conflicts = [self.facts.sources], [self.facts.conflicts]
        for name in self.counts.filters:
            held = self._held(table, beside, name)
            table = self._columns(table, held, name)
            sources.append(self._sources(held, name))
            conflicts.append(self._conflicts(held, name))
        log_above_whole(table, self.counts, self.library, self.log)
        return replace(self.facts, table=table, sources=pl.concat(sources), conflicts=pl.concat(conflicts))

    def _with_strangers(self, table: pl.DataFrame) -> pl.DataFrame:
        """Add the subjects that only the register knows."""
        strangers = self.counts.table.join(table, on=SUBJECT, how="anti", maintain_order="left").select(
            SUBJECT
        )
        return table if strangers.is_empty() else pl.concat([table, strangers], how="diagonal")

    def _held(self, table: pl.DataFrame, beside: pl.DataFrame, name: str) -> pl.DataFrame:
        """Hold what was received against what was counted, one row per subject.

        Columns: ``value``, ``a``, ``b`` (received: exact, low, high), ``lo``, ``hi`` (counted), ``low``,
        ``high`` (both together), ``excluded`` (they contradict each other), ``exact`` (the count settles it).
        """
        received = [
            (pl.col(name + end) if name + end in table.columns else pl.lit(None, pl.Int64)).alias(short)
            for end, short in zip(_ENDS, ("value", "a", "b"), strict=True)
        ]
        frame = table.select(SUBJECT, NAME, *received).with_columns(
            beside[name + LOW_SUFFIX].alias("lo"), beside[name + HIGH_SUFFIX].alias("hi")
        )
        first, last = pl.coalesce("value", "a"), pl.coalesce("value", "b")
        frame = frame.with_columns(
            low=pl.max_horizontal("a", "lo"),
            high=pl.min_horizontal("b", "hi"),
            excluded=(
                (last < pl.col("lo")).fill_null(value=False) | (first > pl.col("hi")).fill_null(value=False)
            ),
        )
        open_ = pl.col("value").is_null() & ~pl.col("excluded") & pl.col("lo").is_not_null()
        return frame.with_columns(exact=(open_ & (pl.col("low") == pl.col("high"))).fill_null(value=False))

    # ── columns ───────────────────────────────────────────────────────────────────────────────────────────

    def _columns(self, table: pl.DataFrame, held: pl.DataFrame, name: str) -> pl.DataFrame:
        metric = self.library.metrics[name]
        is_settled = pl.col("value").is_not_null() | pl.col("exact")
        kept = pl.col("excluded")
        least = pl.lit(metric.minimum or 0, pl.Int64)
        says = (pl.col("low") > least) | pl.col("high").is_not_null()
        low = pl.when(kept).then("a").when(~is_settled & says).then(pl.coalesce("low", least))
        high = pl.when(kept).then("b").when(~is_settled).then("high")
        value = pl.when("exact").then("low").otherwise("value")
        kind = column_type(metric)
        found = held.select(
            each.cast(kind).alias(name + end) for each, end in zip((value, low, high), _ENDS, strict=True)
        )
        needed = [
            each for each in found.get_columns() if each.name in table.columns or self._is_wanted(each, found)
        ]
        return table.with_columns(needed)

    @staticmethod
    def _is_wanted(column: pl.Series, found: pl.DataFrame) -> bool:
        """A column that says something, and its companions: an interval stands beside a column of values."""
        return any(each.null_count() < each.len() for each in found.get_columns()[1:]) or (
            "#" not in column.name and column.null_count() < column.len()
        )

    # ── sources and conflicts ─────────────────────────────────────────────────────────────────────────────

    def _sources(self, held: pl.DataFrame, name: str) -> pl.DataFrame:
        exact = held.filter("exact").select(SUBJECT, pl.col("low").alias("value"))
        open_ = held.filter(pl.col("value").is_null() & ~pl.col("exact") & ~pl.col("excluded"))
        lows = open_.filter((pl.col("lo") > 0) & (pl.col("a").is_null() | (pl.col("lo") > pl.col("a"))))
        highs = open_.filter(
            pl.col("hi").is_not_null() & (pl.col("b").is_null() | (pl.col("hi") < pl.col("b")))
        )
        parts = [
            self._placed(exact, name, "", COUNTED),
            self._placed(lows.select(SUBJECT, value="lo"), name, LOW_SUFFIX, COUNTED),
            self._placed(highs.select(SUBJECT, value="hi"), name, HIGH_SUFFIX, OPEN),
        ]
        return pl.concat(parts)

    def _placed(self, values: pl.DataFrame, name: str, end: str, least: int) -> pl.DataFrame:
        """Say which rows some counts rest on; a count of none rests on all rows, of which none is named."""
        if values.is_empty():
            return no_sources()
        places = places_of(self.counts.rows, name, least)
        without = values.join(places, on=SUBJECT, how="anti").select(SUBJECT)
        others = self.counts.rows.join(without, on=SUBJECT, how="semi")
        rest = places_of(others, name, NOT_COUNTED).with_columns(pl.lit("").alias("cell"))
        unit = self._unit(name)
        sign = {"": "", LOW_SUFFIX: "≥ ", HIGH_SUFFIX: "≤ "}[end]
        return (
            values.join(pl.concat([places, rest]), on=SUBJECT, how="left", maintain_order="left")
            .with_columns(
                column=pl.lit(name + end),
                raw=pl.format(f"{sign}{{}} {unit}", "value"),
                file=pl.col("file").fill_null(""),
                sheet=pl.col("sheet").fill_null(""),
                cell=pl.col("cell").fill_null(""),
            )
            .select(pl.col(column).cast(kind) for column, kind in SOURCE_SCHEMA.items())
        )

    def _unit(self, name: str) -> str:
        unit = self.library.metrics[name].unit
        return "" if unit is None else unit.label.zh

    def _conflicts(self, held: pl.DataFrame, name: str) -> pl.DataFrame:
        """What the rows say against a received value: the end of the count that is nearest to it."""
        excluded = held.filter("excluded")
        is_more = (pl.coalesce("value", "b") < pl.col("lo")).fill_null(value=False)
        more = excluded.filter(is_more).select(SUBJECT, value="lo")
        less = excluded.filter(~is_more).select(SUBJECT, value="hi")
        found = pl.concat([self._placed(more, name, "", COUNTED), self._placed(less, name, "", OPEN)])
        log_excluded(excluded, found, self.library.metrics[name], self.log)
        return found
