"""Rows of the lists of titles: what each states, and which of them cannot be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.text import Text

REGISTER = "titles"
"""The register whose rows are read here; a pack declares its columns."""

NO_ZONE = "无"
"""What the column ``zone`` says of a subject that is in no zone; NULL is unknown."""

ROW_SCHEMA: dict[str, pl.DataType] = {
    "subject": pl.String(),
    "title": pl.String(),
    "event": pl.String(),
    "on": pl.Date(),
    "valid_from": pl.Date(),
    "valid_until": pl.Date(),
    "certificate": pl.String(),
    "territory": pl.String(),
    "zone": pl.String(),
    "batch": pl.String(),
    "source": pl.String(),
    "observed_on": pl.Date(),
    "recorded_at": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}
"""One row for every granting, renewal, change or move of a title; NULL is unknown."""

_NEEDED = ("subject", "title", "event")


class Event(StrEnum):
    """What happened to a title on the day of a row."""

    GRANTED = "granted"
    RENEWED = "renewed"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"

    @property
    def is_grant(self) -> bool:
        """Whether it begins a term."""
        return self in (Event.GRANTED, Event.RENEWED)

    @property
    def is_stop(self) -> bool:
        """Whether it ends the title at once."""
        return self in (Event.REVOKED, Event.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One row of a list.

    Attributes:
        on: the day of the event; None: unknown.
        valid_from, valid_until: first and last day of the term as the list states them.
        observed_on: the day for which the list says so; None: unknown.
        file, sheet, cell: where the row stands.
    """

    subject: str
    title: str
    event: Event
    on: dt.date | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    certificate: str | None
    territory: str | None
    zone: str | None
    batch: str
    source: str
    observed_on: dt.date | None
    recorded_at: str
    file: str
    sheet: str
    cell: str

    @property
    def start(self) -> dt.date | None:
        """The first day of the term that the row begins."""
        return self.valid_from or self.on

    @property
    def known_on(self) -> dt.date | None:
        """The day by which what the row says had happened: that of its list, else that of its recording."""
        if self.observed_on is not None:
            return self.observed_on
        try:
            return dt.date.fromisoformat(self.recorded_at[:10])
        except ValueError:
            return None

    def problem(
        self, code: str, text: Text, found: str = "", severity: Severity = Severity.WARNING
    ) -> Problem:
        """Say what is wrong with the row, at its place."""
        return Problem(
            f"ladder.{code}",
            text,
            file=self.file,
            sheet=self.sheet,
            cell=self.cell,
            found=found,
            severity=severity,
        )


def read_rows(
    rows: pl.DataFrame, titles: Collection[str]
) -> tuple[tuple[TitleRow, ...], tuple[Problem, ...]]:
    """Read the rows of the register ``titles``.

    Args:
        rows: one row per event, columns of :data:`ROW_SCHEMA`; a column that is not there is unknown throughout.
        titles: ids of the titles that packs define.
    Returns: the rows that can be used, and one problem for each that cannot.
    Raises: YumiaoError when the table lacks ``subject``, ``title`` or ``event``.
    """
    missing = [name for name in _NEEDED if name not in rows.columns]
    if missing:
        names = "、".join(missing)
        text = Text(
            f"资质名单缺少列 {names}；需要 subject、title、event",
            f"the lists of titles lack {', '.join(missing)}; subject, title and event are needed",
        )
        raise YumiaoError("ladder.columns", text)
    shaped = rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in ROW_SCHEMA.items()
    )
    good: list[TitleRow] = []
    problems: list[Problem] = []
    for raw in shaped.iter_rows(named=True):
        fault = _fault(raw, titles)
        if fault is None:
            good.append(_row(raw))
        else:
            code, text, found = fault
            problems.append(_problem(raw, code, text, found))
    return tuple(good), tuple(problems)


def _row(raw: Mapping[str, Any]) -> TitleRow:
    texts = ("batch", "source", "recorded_at", "file", "sheet", "cell")
    return TitleRow(**{**raw, "event": Event(raw["event"]), **{name: raw[name] or "" for name in texts}})


def _problem(raw: Mapping[str, Any], code: str, text: Text, found: str) -> Problem:
    file, sheet, cell = (raw[name] or "" for name in ("file", "sheet", "cell"))
    return Problem(f"ladder.{code}", text, file=file, sheet=sheet, cell=cell, found=found)


def _fault(raw: Mapping[str, Any], titles: Collection[str]) -> tuple[str, Text, str] | None:
    """Why a row cannot be used; None when it can."""
    if not raw["subject"]:
        return (
            "no_subject",
            Text("此行未说明是哪家主体，未使用", "the row says of no subject; it is not used"),
            "",
        )
    title, event = raw["title"], raw["event"]
    if title not in titles:
        zh, en = (
            f"没有资质“{title or ''}”，此行未使用",
            f"there is no title {title or ''!r}; the row is not used",
        )
        return "unknown_title", Text(zh, en), title or ""
    if event not in set(Event):
        known = ", ".join(Event)
        zh = f"事项“{event or ''}”不明，应为 {known}；此行未使用"
        en = f"the event {event or ''!r} is not one of {known}; the row is not used"
        return "unknown_event", Text(zh, en), event or ""
    start, until = raw["valid_from"] or raw["on"], raw["valid_until"]
    if start is not None and until is not None and until < start and Event(event).is_grant:
        zh = f"有效期止 {until} 早于 {start}，此行未使用，请核对两个日期"
        en = f"valid until {until} is before {start}; the row is not used: check both dates"
        return "ends_before_start", Text(zh, en), str(until)
    return None
