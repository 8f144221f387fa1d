"""The whole ladder on a day: from rows of lists to holdings, stock and flow, and held crossed with met."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from yumiao.ladder.absence import CompleteList, find_absent, find_vanished
from yumiao.ladder.facts import add_title_facts
from yumiao.ladder.histories import History
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.holdings import expiring, holdings_on
from yumiao.ladder.lines import Extent, Line, RungStock, count_lines, count_rungs
from yumiao.ladder.places import Place
from yumiao.ladder.published import Beside, set_beside
from yumiao.ladder.rows import read_rows
from yumiao.ladder.standings import STANDING_SCHEMA, Progress, standings
from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library

_CODE = re.compile(r"CN|\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")

WITHIN_DAYS = 180
"""Titles that end so soon are listed, and judged on their last day."""


@dataclass(frozen=True)
class Question:
    """What is asked of the ladder.

    Attributes:
        as_of: the day of the last stock, and of the verdicts.
        since: the day of the first stock; default: the last day of the year before ``as_of``.
        territory: division code; None: everyone in the store.
        zones_apart: zones left out of the second column; None: those that the packs name for the territory.
        within_days: titles that end so soon are listed and judged on their last day.
        known_at: facts recorded later do not count for verdicts; rows are taken as given.
    """

    as_of: dt.date
    since: dt.date | None = None
    territory: str | None = None
    zones_apart: tuple[str, ...] | None = None
    within_days: int = WITHIN_DAYS
    known_at: str = ""

    def extent(self, library: Library) -> Extent:
        """Return what is counted.

        Raises: YumiaoError when the period does not run forward, or the territory is no division code.
        """
        if self.territory is not None and not _CODE.fullmatch(self.territory):
            raise YumiaoError(
                "ladder.territory",
                Text(
                    f"“{self.territory}”不是行政区划代码，应如 320412",
                    f"{self.territory!r} is no division code such as 320412",
                ),
            )
        since = self.since or dt.date(self.as_of.year - 1, 12, 31)
        if since >= self.as_of:
            text = Text(
                f"期初 {since} 应早于期末 {self.as_of}", f"the first day {since} must lie before {self.as_of}"
            )
            raise YumiaoError("ladder.period", text)
        named = library.figures.zones_apart(self.territory) if self.territory is not None else ()
        zones = named if self.zones_apart is None else self.zones_apart
        return Extent(since, self.as_of, self.territory, zones)


@dataclass(frozen=True)
class Ladder:
    """The ladder on a day.

    Attributes:
        lines: stock and flow of each title.
        rungs: subjects on rungs that several titles share.
        holdings: as :func:`yumiao.ladder.holdings.holdings_on`, as of the last day, inside the territory.
        ending: titles held that end soon, as :func:`yumiao.ladder.holdings.expiring`.
        standings: as :func:`yumiao.ladder.standings.standings`; empty where no facts were given.
        unjudged: titles of the ladder that no policy in force grants.
        published: published figures beside the counts.
        problems: rows that cannot be used or contradict each other, and broken identities.
    """

    extent: Extent
    within_days: int
    lines: tuple[Line, ...]
    rungs: tuple[RungStock, ...]
    holdings: pl.DataFrame = field(repr=False)
    ending: pl.DataFrame = field(repr=False)
    standings: pl.DataFrame = field(repr=False)
    unjudged: tuple[str, ...]
    published: tuple[Beside, ...]
    problems: tuple[Problem, ...]


def read_ladder(
    library: Library,
    rows: pl.DataFrame,
    question: Question,
    *,
    facts: Facts | None = None,
    complete: Sequence[CompleteList] = (),
    territories: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Ladder:
    """Answer a question about the ladder.

    Args:
        rows: one row per granting, renewal, change or move (:data:`yumiao.ladder.rows.ROW_SCHEMA`).
        facts: one row per subject, to judge them; None: titles held and flows alone.
        complete: lists that name everyone who holds a title.
        territories: subject → division code where it is registered, for complete lists of one territory and for rows
            that do not say where.
    Raises: YumiaoError when the rows lack a column that is needed, or the question has no meaning.
    """
    extent = question.extent(library)
    placed = placed_rows(rows, territories or {}, library.figures.zone_names())
    read, problems = read_rows(placed, library.titles)
    histories, contradictions = read_histories(read, library.titles)
    vanished = find_vanished(histories, read, complete, extent.until)
    holdings = holdings_on(histories, extent.until, extent.scope)
    lines = count_lines(library.titles, histories, extent)
    crossed = pl.DataFrame(schema=STANDING_SCHEMA)
    if facts is not None:
        absent = find_absent(facts.table[SUBJECT], histories, complete, extent.until, territories)
        crossed = standings(
            library,
            add_title_facts(facts, histories, library, extent.until, absent),
            holdings_on(histories, extent.until),
            as_of=extent.until,
            within_days=question.within_days,
            absent=absent,
            known_at=question.known_at,
            progress=progress,
        )
        crossed = _inside(crossed, histories, extent, territories or {})
    judged = set(crossed["title"])
    return Ladder(
        extent=extent,
        within_days=question.within_days,
        lines=lines,
        rungs=count_rungs(library.titles, histories, extent),
        holdings=holdings,
        ending=expiring(holdings, extent.until, question.within_days),
        standings=crossed,
        unjudged=tuple(line.title for line in lines if line.leg is not None and line.title not in judged),
        published=set_beside(library.figures.published, lines, extent),
        problems=(*problems, *contradictions, *vanished, *_broken(lines)),
    )


def _zoned(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Call each zone by the name that the packs give it."""
    if "zone" not in rows.columns or not names:
        return rows
    return rows.with_columns(zone=pl.col("zone").str.strip_chars().replace(names))


def placed_rows(rows: pl.DataFrame, territories: Mapping[str, str], zones: Mapping[str, str]) -> pl.DataFrame:
    """Say where the subjects of rows stand.

    A zone is called by the name that the packs give it. Where no row says where a subject stands with a title, nor
    that it moved, it is taken to stand where it is registered.
    """
    rows = _zoned(rows, zones)
    if not territories or not {SUBJECT, "title", "event"} <= set(rows.columns):
        return rows
    said = pl.col("territory") if "territory" in rows.columns else pl.lit(None, pl.String)
    silent = (said.is_null() & ~pl.col("event").is_in(["moved_in", "moved_out"])).all().over(SUBJECT, "title")
    registered = pl.col(SUBJECT).replace_strict(territories, default=None, return_dtype=pl.String)
    return rows.with_columns(territory=pl.when(silent).then(registered).otherwise(said))


def _inside(
    crossed: pl.DataFrame, histories: Collection[History], extent: Extent, territories: Mapping[str, str]
) -> pl.DataFrame:
    """Leave out the subjects that stand outside the territory for certain."""
    if extent.territory is None:
        return crossed
    scope = extent.scope
    outside = {history.subject for history in histories if history.is_inside(extent.until, scope) is False}
    inside = {history.subject for history in histories if history.is_inside(extent.until, scope)}
    elsewhere = {
        subject
        for subject, code in territories.items()
        if scope.holds(Place(frozenset({code}))) is False and subject not in inside
    }
    left_out = pl.Series(sorted((outside - inside) | elsewhere), dtype=pl.String)
    return crossed.filter(~pl.col(SUBJECT).is_in(left_out.implode()))


def _broken(lines: Sequence[Line]) -> list[Problem]:
    """Say where start and movements do not make the end."""
    found = []
    for line in lines:
        for balance in (line.whole, *([line.apart] if line.apart is not None else [])):
            if balance.broken:
                named = "、".join(balance.broken[:5]), ", ".join(balance.broken[:5])
                zh = f"{line.label.zh}：期初加减变动与期末相差 {balance.gap}，请核对 {named[0]} 等的名单"
                en = (
                    f"{line.label.en}: start and movements miss the end by {balance.gap}; "
                    f"check the lists for {named[1]}"
                )
                found.append(Problem("ladder.identity", Text(zh, en), severity=Severity.ERROR))
    return found
