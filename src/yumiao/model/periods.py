"""Which year a figure belongs to, and how rules name years relative to the application date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class PeriodKind(StrEnum):
    """How a metric is tied to time."""

    FISCAL_YEAR = "fiscal_year"
    YEAR_END = "year_end"
    CALENDAR_YEAR = "calendar_year"
    AT_APPLICATION = "at_application"

    @property
    def is_yearly(self) -> bool:
        return self is not PeriodKind.AT_APPLICATION

    @property
    def default_offset(self) -> int:
        """Years from the application year to the year a rule means when it names none."""
        return 0 if self is PeriodKind.CALENDAR_YEAR else -1


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A year as a rule names it: relative to the application year, or a literal one of a yearly notice."""

    number: int
    relative: bool = True

    def at(self, as_of: dt.date) -> int:
        """Return the calendar year meant for an application on ``as_of``."""
        return as_of.year + self.number if self.relative else self.number


def column_name(metric: str, year: int | None) -> str:
    """Name the column that holds ``metric`` for ``year`` in a wide table of facts."""
    return metric if year is None else f"{metric}@{year}"


def split_column(column: str) -> tuple[str, int | None]:
    """Take a column name apart into metric and year (None for a metric without period)."""
    metric, separator, year = column.partition("@")
    return (metric, int(year)) if separator and year.isdigit() else (column, None)


def period_label(kind: PeriodKind, year: int | None) -> str:
    """Name a period in answers: FY2025, YE2025, CY2026, or ``now``."""
    if year is None:
        return "now"
    prefix = {PeriodKind.FISCAL_YEAR: "FY", PeriodKind.YEAR_END: "YE"}.get(kind, "CY")
    return f"{prefix}{year}"
