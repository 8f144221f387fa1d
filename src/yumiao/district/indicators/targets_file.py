"""Files of targets and received values, YAML or CSV, read into rows; what cannot be used is reported, the rest goes on.

YAML has ``targets`` (each with its ``plan``: month → value) and ``actuals``; CSV one row per target, plan month or
actual, told apart by its column ``kind``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from yumiao.district.accounts.selectors import cut_zeros
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.yaml_reading import nearest, plain, read_yaml

SENSES = ("exact", "at_least", "more_than", "about")
KINDS = ("target", "plan", "actual")
MONTHS = range(1, 13)


@dataclass(frozen=True)
class TargetRow:
    """A target as a file states it; ``plan``: month → value counted from the start of the year."""

    indicator: str
    territory: str
    year: int
    value: Decimal
    sense: str
    document: str
    set_on: dt.date
    plan: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ActualRow:
    """A value that a source told of the end of a month, counted from the start of the year."""

    indicator: str
    territory: str
    year: int
    month: int
    value: Decimal
    source: str
    told_on: dt.date


@dataclass(frozen=True)
class TargetsFile:
    """What a file states, and what of it cannot be used."""

    targets: tuple[TargetRow, ...]
    actuals: tuple[ActualRow, ...]
    problems: tuple[Problem, ...]


class _Unusable(Exception):  # noqa: N818 - never leaves this module
    """Why an entry cannot be used."""

    def __init__(self, text: Text) -> None:
        self.text = text


Entry = Mapping[str, Any]


def read_targets_file(path: Path, indicators: Iterable[str]) -> TargetsFile:
    """Read a file of targets.

    Args:
        indicators: those that the packs know; any other is reported with the nearest of them.
    Raises: YumiaoError (``targets.file``) when the file cannot be read at all.
    """
    known = frozenset(indicators)
    entries = _yaml_entries(path) if path.suffix in (".yaml", ".yml") else _csv_entries(path)
    targets: dict[tuple[str, str, int], TargetRow] = {}
    actuals, problems = [], []
    for where, kind, entry in entries:
        try:
            if kind == "actual":
                actuals.append(_actual(entry, known))
            elif kind == "target":
                row = _target(entry, known)
                targets[row.indicator, row.territory, row.year] = row
            elif kind == "plan":
                _add_plan(targets, entry, known)
            else:
                _refuse_kind(kind)
        except _Unusable as error:
            problems.append(Problem("targets.row", error.text, file=path.name, path=where))
    return TargetsFile(tuple(targets.values()), tuple(actuals), tuple(problems))


# ── the two shapes ────────────────────────────────────────────────────────────────────────────────────────────


def _yaml_entries(path: Path) -> Iterator[tuple[str, str, Entry]]:
    source, problems = read_yaml(path, path.name)
    if source is None:
        raise _unreadable(path, problems)
    data = plain(source.data)
    lists = {"targets": "target", "actuals": "actual"}
    wrong = sorted(set(data) - set(lists)) + [key for key in lists if not isinstance(data.get(key, []), list)]
    if wrong:
        text = Text(
            f"不认识或不是列表：{'、'.join(wrong)}；只有 targets 和 actuals 两个列表",
            f"unknown or not a list: {', '.join(wrong)}; a file has the lists targets and actuals",
        )
        raise _unreadable(path, [Problem("targets.shape", text, file=path.name)])
    for key, kind in lists.items():
        for number, entry in enumerate(data.get(key, []), 1):
            yield f"{key}[{number}]", kind, entry if isinstance(entry, dict) else {}


def _csv_entries(path: Path) -> Iterator[tuple[str, str, Entry]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = Text(f"读不出文件（应为 UTF-8）：{error}", f"cannot read (expected UTF-8): {error}")
        raise _unreadable(path, [Problem("targets.unreadable", message, file=path.name)]) from error
    for number, row in enumerate(csv.DictReader(text.splitlines()), 2):
        entry = {name: value.strip() for name, value in row.items() if name and isinstance(value, str)}
        if any(entry.values()):
            yield (
                f"row {number}",
                entry.pop("kind", ""),
                {name: value for name, value in entry.items() if value},
            )


def _unreadable(path: Path, problems: Iterable[Problem]) -> YumiaoError:
    text = Text(f"目标文件 {path.name} 读不了", f"the file of targets {path.name} cannot be read")
    return YumiaoError("targets.file", text, tuple(problems))


# ── single entries ────────────────────────────────────────────────────────────────────────────────────────────


def _target(entry: Entry, known: frozenset[str]) -> TargetRow:
    sense = str(entry.get("sense", "exact"))
    if sense not in SENSES:
        raise _Unusable(
            Text(f"sense 应为 {'、'.join(SENSES)} 之一", f"sense: expected one of {', '.join(SENSES)}")
        )
    plan = entry.get("plan") or {}
    if not isinstance(plan, dict):
        raise _Unusable(Text("plan 应为 月份: 累计值", "plan: expected month: value pairs"))
    return TargetRow(
        *_place(entry, known),
        value=_number(entry, "value"),
        sense=sense,
        document=_words(entry, "document"),
        set_on=_day(entry, "date"),
        plan={_month(month): _number(plan, month) for month in plan},
    )


def _actual(entry: Entry, known: frozenset[str]) -> ActualRow:
    return ActualRow(
        *_place(entry, known),
        month=_month(entry.get("month")),
        value=_number(entry, "value"),
        source=_words(entry, "source" if "source" in entry else "document"),
        told_on=_day(entry, "date"),
    )


def _refuse_kind(kind: str) -> NoReturn:
    zh = f"kind 写的是“{kind}”，应为 {'、'.join(KINDS)} 之一"
    raise _Unusable(Text(zh, f"kind says {kind!r}; expected one of {', '.join(KINDS)}"))


def _add_plan(targets: dict[tuple[str, str, int], TargetRow], entry: Entry, known: frozenset[str]) -> None:
    place = _place(entry, known)
    target = targets.get(place)
    if target is None:
        text = Text(
            "计划行之前没有同一指标、区划、年度的目标行", "no row of its target stands before this plan"
        )
        raise _Unusable(text)
    month = _month(entry.get("month"))
    targets[place] = replace(target, plan={**target.plan, month: _number(entry, "value")})


def _place(entry: Entry, known: frozenset[str]) -> tuple[str, str, int]:
    indicator = _words(entry, "indicator")
    if indicator not in known:
        near = nearest(indicator, known)
        zh, en = (f"；是否指 {near}？", f"; did you mean {near}?") if near else ("", "")
        raise _Unusable(
            Text(f"规则包里没有指标 {indicator}{zh}", f"no pack has the indicator {indicator}{en}")
        )
    territory = _words(entry, "territory")
    if not territory.isdigit() or len(territory) > len("320412000000"):
        raise _Unusable(
            Text(f"territory 应为区划代码，写的是 {territory}", f"territory: no division code: {territory}")
        )
    year = str(entry.get("year", ""))
    if not (year.isdigit() and len(year) == len("2026")):
        raise _Unusable(
            Text(f"year 应为四位年份，写的是“{year}”", f"year: expected four digits, found {year!r}")
        )
    return indicator, cut_zeros(territory), int(year)


def _words(entry: Entry, name: str) -> str:
    text = str(entry.get(name) or "").strip()
    if not text:
        raise _Unusable(Text(f"缺 {name}", f"{name} is missing"))
    return text


def _number(entry: Mapping[Any, Any], name: Any) -> Decimal:
    found = entry.get(name)
    try:
        number = Decimal(str(found))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(found, bool) or not number.is_finite():
        raise _Unusable(
            Text(
                f'{name} 应为数，如 300 或 "3.66"，写的是“{found}”',
                f"{name}: expected a number, found {found!r}",
            )
        )
    return number


def _month(found: object) -> int:
    text = str(found)
    if not (text.isdigit() and int(text) in MONTHS):
        raise _Unusable(Text(f"月份应为 1–12，写的是“{found}”", f"month: expected 1 to 12, found {found!r}"))
    return int(text)


def _day(entry: Entry, name: str) -> dt.date:
    text = str(entry.get(name, ""))
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _Unusable(
            Text(
                f"{name} 应为 2026-01-20 这样的日期，写的是“{text}”",
                f"{name}: expected a day such as 2026-01-20, found {text!r}",
            )
        ) from None
