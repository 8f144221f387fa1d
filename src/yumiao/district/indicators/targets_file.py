"""Files of targets and received values, YAML or CSV, read into rows; what cannot be used is reported, the rest goes on.

YAML has ``targets`` (each with its ``plan``: month → value) and ``actuals``; CSV one row per target, plan month or
actual, told apart by its column ``kind``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

from yumiao.district.indicators.fields import (
    Entry,
    UnusableError,
    read_day,
    read_month,
    read_number,
    read_place,
    read_sense,
    read_words,
    read_zones,
)
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.yaml_reading import plain, read_yaml

KINDS = ("target", "plan", "actual")


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
    """A value that a source told of the end of a month, counted from the start of the year.

    ``document`` names the paper or page, empty where only the source is known; ``zones``: see `fields.read_zones`.
    """

    indicator: str
    territory: str
    year: int
    month: int
    value: Decimal
    source: str
    told_on: dt.date
    document: str = ""
    zones: str = ""


@dataclass(frozen=True)
class TargetsFile:
    """What a file states, and what of it cannot be used."""

    targets: tuple[TargetRow, ...]
    actuals: tuple[ActualRow, ...]
    problems: tuple[Problem, ...]


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
        except UnusableError as error:
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
    plan = entry.get("plan") or {}
    if not isinstance(plan, dict):
        raise UnusableError(Text("plan 应为 月份: 累计值", "plan: expected month: value pairs"))
    return TargetRow(
        *read_place(entry, known),
        value=read_number(entry, "value"),
        sense=read_sense(entry),
        document=read_words(entry, "document"),
        set_on=read_day(entry, "date"),
        plan={read_month(month): read_number(plan, month) for month in plan},
    )


def _actual(entry: Entry, known: frozenset[str]) -> ActualRow:
    return ActualRow(
        *read_place(entry, known),
        month=read_month(entry.get("month")),
        value=read_number(entry, "value"),
        source=read_words(entry, "source" if "source" in entry else "document"),
        told_on=read_day(entry, "date"),
        document=str(entry.get("document") or "").strip() if "source" in entry else "",
        zones=read_zones(entry),
    )


def _refuse_kind(kind: str) -> NoReturn:
    zh = f"kind 写的是“{kind}”，应为 {'、'.join(KINDS)} 之一"
    raise UnusableError(Text(zh, f"kind says {kind!r}; expected one of {', '.join(KINDS)}"))


def _add_plan(targets: dict[tuple[str, str, int], TargetRow], entry: Entry, known: frozenset[str]) -> None:
    place = read_place(entry, known)
    target = targets.get(place)
    if target is None:
        text = Text(
            "计划行之前没有同一指标、区划、年度的目标行", "no row of its target stands before this plan"
        )
        raise UnusableError(text)
    month = read_month(entry.get("month"))
    targets[place] = replace(target, plan={**target.plan, month: read_number(entry, "value")})
