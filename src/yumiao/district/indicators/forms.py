"""What a form states of a value or a target: every field is read, and each that cannot be used says why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from yumiao.district.indicators.fields import (
    MONTHS,
    UnusableError,
    read_day,
    read_month,
    read_number,
    read_place,
    read_sense,
    read_words,
    read_zones,
)
from yumiao.district.indicators.targets_file import ActualRow, TargetRow
from yumiao.model.text import Text

Faults = dict[str, Text]
"""Field → why it cannot be used."""

PLACE = "place"
"""Under this name stands a fault of indicator, division or year."""


def read_value_form(form: Mapping[str, str], indicators: Collection[str]) -> tuple[ActualRow | None, Faults]:
    """Read the form of a received value; either the row or why it is none."""
    found, faults = _read_all(
        {
            PLACE: lambda: read_place(form, frozenset(indicators)),
            "month": lambda: read_month(form.get("month", "")),
            "value": lambda: read_number(form, "value"),
            "source": lambda: read_words(form, "source"),
            "date": lambda: read_day(form, "date"),
            "document": lambda: read_words(form, "document") if form.get("document", "").strip() else "",
            "zones": lambda: read_zones(form),
        }
    )
    if faults:
        return None, faults
    indicator, territory, year = found[PLACE]
    row = ActualRow(
        indicator,
        territory,
        year,
        month=found["month"],
        value=found["value"],
        source=found["source"],
        told_on=found["date"],
        document=found["document"],
        zones=found["zones"],
    )
    return row, {}


def read_target_form(form: Mapping[str, str], indicators: Collection[str]) -> tuple[TargetRow | None, Faults]:
    """Read the form of a target; ``plan_1`` to ``plan_12`` are its plan, each may be blank."""
    planned = [month for month in MONTHS if form.get(f"plan_{month}", "").strip()]
    found, faults = _read_all(
        {
            PLACE: lambda: read_place(form, frozenset(indicators)),
            "value": lambda: read_number(form, "value"),
            "sense": lambda: read_sense(form),
            "document": lambda: read_words(form, "document"),
            "date": lambda: read_day(form, "date"),
            **{f"plan_{month}": _reader(form, f"plan_{month}") for month in planned},
        }
    )
    if faults:
        return None, faults
    indicator, territory, year = found[PLACE]
    row = TargetRow(
        indicator,
        territory,
        year,
        value=found["value"],
        sense=found["sense"],
        document=found["document"],
        set_on=found["date"],
        plan={month: found[f"plan_{month}"] for month in planned},
    )
    return row, {}


def _reader(form: Mapping[str, str], name: str) -> Callable[[], Any]:
    return lambda: read_number(form, name)


def _read_all(readers: Mapping[str, Callable[[], Any]]) -> tuple[dict[str, Any], Faults]:
    found: dict[str, Any] = {}
    faults: Faults = {}
    for name, read in readers.items():
        try:
            found[name] = read()
        except UnusableError as error:
            faults[name] = error.text
    return found, faults
