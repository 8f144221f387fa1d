"""Who holds which title on a day, with the cell that says so; and what ends soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import polars as pl

from yumiao.ladder.histories import History, Term
from yumiao.ladder.places import EVERYWHERE, Place, Scope
from yumiao.ladder.terms import EVER, FOREVER
from yumiao.model.facts import SUBJECT

HOLDING_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "title": pl.String(),
    "valid": pl.Boolean(),
    "held": pl.Boolean(),
    "granted_on": pl.Date(),
    "until_low": pl.Date(),
    "until_high": pl.Date(),
    "end_known": pl.Boolean(),
    "ended_by": pl.String(),
    "territory": pl.String(),
    "zone": pl.String(),
    "certificate": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "batch": pl.String(),
    "recorded_at": pl.String(),
}


def holdings_on(histories: Iterable[History], day: dt.date, scope: Scope = EVERYWHERE) -> pl.DataFrame:
    """Return what each subject's titles are on a day.

    Returns: one row per subject and title that some row speaks of: ``valid`` (wherever the subject stands) and
        ``held`` (inside the scope), NULL where not known; ``granted_on`` first day of the term that tells, NULL
        where not known; ``until_low`` and ``until_high`` bounds of its last day, NULL where nothing bounds it;
        ``end_known`` false where the title is held until a row says otherwise; ``ended_by`` the event that ended
        the term before its time; ``territory``, ``zone``, ``certificate``; the place of the row that states it.
        Rows by subject and title.
    """
    rows = [_holding(history, day, scope) for history in histories]
    return pl.DataFrame(rows, schema=HOLDING_SCHEMA, orient="row").sort(SUBJECT, "title")


def _holding(history: History, day: dt.date, scope: Scope) -> dict[str, Any]:
    term = history.term_on(day)
    places = history.places(day)
    place = places[0] if len(places) == 1 else Place()
    return {
        SUBJECT: history.subject,
        "title": history.title,
        "valid": history.is_valid(day),
        "held": history.is_held(day, scope),
        "territory": _listed(place.territories),
        "zone": _listed(place.zones),
        **(_told(term) if term is not None else {}),
    }


def _told(term: Term) -> dict[str, Any]:
    row = term.stop or term.row
    return {
        "granted_on": term.granted_on,
        "until_low": _bound(term.end.low) if term.is_end_known or term.stop else None,
        "until_high": _bound(term.end.high),
        "end_known": term.is_end_known or term.stop is not None,
        "ended_by": term.stop.event.value if term.stop is not None else None,
        "certificate": term.row.certificate,
        "file": row.file,
        "sheet": row.sheet,
        "cell": row.cell,
        "batch": row.batch,
        "recorded_at": row.recorded_at,
    }


def _bound(day: dt.date) -> dt.date | None:
    return None if day in (EVER, FOREVER) else day


def _listed(names: Iterable[str]) -> str | None:
    return "、".join(sorted(names)) or None


def expiring(holdings: pl.DataFrame, day: dt.date, within_days: int) -> pl.DataFrame:
    """Return the titles held that end, or may end, within some days.

    Args:
        holdings: as of ``day``.
    Returns: the rows of ``holdings`` with ``days_left`` until the earliest last day (0: it is the last), nearest
        first.
    """
    left = (pl.col("until_low") - pl.lit(day)).dt.total_days().alias("days_left")
    held = pl.col("held").fill_null(value=True) & pl.col("end_known")
    within = pl.col("days_left").is_between(0, within_days)
    return holdings.with_columns(left).filter(held & within).sort("days_left", SUBJECT, "title")
