"""The ladder as plain values, for programs; the same numbers that the terminal shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from yumiao.ladder.flows import Balance, Range
from yumiao.ladder.lines import Line, RungStock
from yumiao.ladder.passages import Movement
from yumiao.ladder.published import Beside
from yumiao.ladder.reading import Ladder
from yumiao.ladder.standings import Standing
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import Problem
from yumiao.model.text import Text

LADDER_SCHEMA = 1
"""Version of the document's shape (``docs/officers/ladder.md``)."""


def ladder_document(ladder: Ladder) -> dict[str, Any]:
    """Return the ladder as a document of plain values; dates as ISO text, NULL as None, exact numbers as text."""
    extent = ladder.extent
    return {
        "schema": LADDER_SCHEMA,
        "as_of": extent.until.isoformat(),
        "since": extent.since.isoformat(),
        "territory": extent.territory,
        "zones_apart": list(extent.zones_apart),
        "within_days": ladder.within_days,
        "titles": [_line(line) for line in ladder.lines],
        "rungs": [_rung(rung) for rung in ladder.rungs],
        "standings": count_standings(ladder),
        "met_holding_unknown": count_unlisted(ladder),
        "subjects": _rows(ladder.standings.iter_rows(named=True)),
        "ending": _rows(ladder.ending.iter_rows(named=True)),
        "unjudged": list(ladder.unjudged),
        "published": [_beside(each) for each in ladder.published],
        "problems": [_problem(each) for each in ladder.problems],
    }


def count_standings(ladder: Ladder) -> dict[str, dict[str, int]]:
    """Return for each title judged, in the order of the ladder, how many subjects have each standing."""
    judged = set(ladder.standings["title"])
    order = [line.title for line in ladder.lines if line.title in judged]
    order += sorted(judged - set(order))
    found = {title: {each.value: 0 for each in Standing} for title in order}
    for title, standing in ladder.standings.select("title", "standing").iter_rows():
        found[title][standing] += 1
    return found


def count_unlisted(ladder: Ladder) -> dict[str, int]:
    """Return for each title how many subjects meet it while no list tells whether they hold it."""
    unlisted = ladder.standings.filter(pl.col("held").is_null() & (pl.col("outcome") == Outcome.MET))
    return dict(unlisted.group_by("title").len().sort("title").iter_rows())


def _line(line: Line) -> dict[str, Any]:
    return {
        "title": line.title,
        "label": _text(line.label),
        "leg": line.leg.value if line.leg is not None else None,
        "rung": line.rung,
        "whole": _balance(line.whole),
        "apart": _balance(line.apart) if line.apart is not None else None,
        "by_territory": {code: _balance(each) for code, each in line.by_territory.items()},
        "by_zone": {zone: _balance(each) for zone, each in line.by_zone.items()},
        "open_ended": line.open_ended,
        "first_day": line.first_day.isoformat() if line.first_day is not None else None,
    }


def _balance(balance: Balance) -> dict[str, Any]:
    return {
        "start": _range(balance.start),
        **{movement.value: _range(balance.movements[movement]) for movement in Movement},
        "end": _range(balance.end),
        "net": _range(balance.net),
        "renewed": _range(balance.renewed),
        "unsettled": len(balance.unsettled),
        "identity": {"holds": balance.gap == 0 and not balance.broken, "gap": balance.gap},
    }


def _range(found: Range) -> dict[str, int]:
    return {"low": found.low, "high": found.high}


def _rung(rung: RungStock) -> dict[str, Any]:
    return {
        "leg": rung.leg.value if rung.leg is not None else None,
        "rung": rung.rung,
        "titles": list(rung.titles),
        "start": _range(rung.start),
        "end": _range(rung.end),
    }


def _beside(each: Beside) -> dict[str, Any]:
    definition = each.figure.definition
    return {
        "indicator": each.figure.indicator,
        "label": _text(each.figure.label),
        "unit": _text(each.figure.unit),
        "value": definition.value,
        "sense": definition.sense,
        "kind": definition.kind.value,
        "on": each.on.isoformat(),
        "territory": definition.territory,
        "zones": definition.zones.value if definition.zones is not None else None,
        "published": definition.published,
        "source": _text(definition.source.text),
        "confidence": definition.confidence.value,
        "counted": {
            name: {**_range(counted), "difference": [exact_text(edge) for edge in each.difference(counted)]}
            for name, counted in (("whole", each.whole), ("apart", each.apart))
            if counted is not None
        },
        "in_doubt": each.is_in_doubt,
    }


def exact_text(number: Fraction) -> str:
    """Return a published number, or one less a whole number, as a decimal: all of them have an end."""
    if number.denominator == 1:
        return str(number)
    digits = number.denominator.bit_length()  # enough for any product of twos and fives
    whole = str(abs(number.numerator) * 10**digits // number.denominator).rjust(digits + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}".rstrip("0")


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _problem(problem: Problem) -> dict[str, Any]:
    place = {"file": problem.file, "sheet": problem.sheet, "cell": problem.cell}
    return {"code": problem.code, "severity": problem.severity.value, "text": _text(problem.text), **place}


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        for row in rows
    ]
