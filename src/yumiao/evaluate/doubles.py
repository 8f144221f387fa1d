"""One thing listed twice: by two subjects, or with a yes that it may have only once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from yumiao.evaluate.counting import COUNTED, judge_rows
from yumiao.evaluate.counting_rows import THERE, THING, shape_rows, standing_rows
from yumiao.intake.faults import Place, ProblemLog
from yumiao.model.facts import NAME, SUBJECT
from yumiao.model.problems import Severity
from yumiao.model.text import Text
from yumiao.packs.definitions import OnceRule, RegisterDefinition

_USED = "__used"
_SHOWN = "__shown"
_SEVERAL_SUBJECTS = pl.col(SUBJECT).n_unique().over(THING) > 1


class DoubleKind(StrEnum):
    """How a thing stands twice: listed by several subjects, or with a yes that it may have only once."""

    SHARED = "shared"
    USED_TWICE = "used_twice"


@dataclass(frozen=True, slots=True)
class Double:
    """One thing that stands twice: its number as written, and the subjects concerned, each once."""

    kind: DoubleKind
    number: str
    subjects: tuple[str, ...]


def list_doubles(rows: pl.DataFrame, register: RegisterDefinition, as_of: dt.date) -> Iterator[Double]:
    """Yield what :func:`find_doubles` reports, as values."""
    if register.number is None:
        return
    repeated = _repeated(rows, register)
    if repeated.is_empty():
        return
    for group in _groups(standing_rows(repeated, register, as_of).filter(_SEVERAL_SUBJECTS)):
        yield _double(DoubleKind.SHARED, group, register)
    for name, rule in register.once.items():
        for uses in _used_twice(repeated, register, name, rule, as_of):
            yield _double(DoubleKind.USED_TWICE, uses, register)


def _double(kind: DoubleKind, rows: Sequence[dict[str, Any]], register: RegisterDefinition) -> Double:
    subjects = tuple(dict.fromkeys(row[SUBJECT] for row in rows))
    return Double(kind, rows[0][register.number or ""] or "", subjects)


def find_doubles(
    rows: pl.DataFrame,
    register: RegisterDefinition,
    as_of: dt.date,
    log: ProblemLog,
    names: pl.DataFrame | None = None,
) -> None:
    """Report the things of a register that several subjects list, or that were used more often than once.

    A right that several share is no mistake, so listing it is only worth a look; using it twice is an error.

    Args:
        rows: one row per row of the register, as for :func:`yumiao.evaluate.counting.count_rows`.
        names: ``subject`` and ``name`` of those that have one, so that problems can say whom they mean.
    """
    if register.number is None:
        return
    repeated = _repeated(rows, register)
    if repeated.is_empty():
        return
    repeated = _with_shown(repeated, names)
    for group in _groups(standing_rows(repeated, register, as_of).filter(_SEVERAL_SUBJECTS)):
        _log_shared(group, register, log)
    for name, rule in register.once.items():
        for uses in _used_twice(repeated, register, name, rule, as_of):
            _log_used_twice(uses, register, name, log)


def _repeated(rows: pl.DataFrame, register: RegisterDefinition) -> pl.DataFrame:
    """The rows whose number stands in another row too."""
    shaped = shape_rows(rows, register).filter(pl.col(THING).is_not_null())
    return shaped.filter(pl.col(THING).is_duplicated())


def _with_shown(rows: pl.DataFrame, names: pl.DataFrame | None) -> pl.DataFrame:
    """Name the subjects as people know them; by their id where they have no name."""
    if names is None:
        return rows.with_columns(pl.col(SUBJECT).alias(_SHOWN))
    known = names.select(SUBJECT, pl.col(NAME).alias(_SHOWN))
    return rows.join(known, on=SUBJECT, how="left", maintain_order="left").with_columns(
        pl.coalesce(_SHOWN, SUBJECT).alias(_SHOWN)
    )


def _groups(rows: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    for _, group in rows.group_by(THING, maintain_order=True):
        yield group.to_dicts()


def _log_shared(group: Sequence[dict[str, Any]], register: RegisterDefinition, log: ProblemLog) -> None:
    first = group[0]
    for row in group[1:]:
        if row[SUBJECT] == first[SUBJECT]:
            continue
        number = row[register.number or ""] or ""
        where = _where(first)
        text = Text(
            f"{number} 也列在 {first[_SHOWN]}（{where}）名下；若为共有，请注明由谁使用；若有一处填错，请改正。",
            f"{number} is also listed for {first[_SHOWN]} ({where}); if they share it, say who uses it, "
            "else correct the wrong one.",
        )
        place = Place(row["file"] or "", row["sheet"] or "", row["cell"] or "")
        log.add("record_shared", place, text, found=number, severity=Severity.WARNING)


def _where(row: dict[str, Any]) -> str:
    return " ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part)


# ── used twice ────────────────────────────────────────────────────────────────────────────────────────────────────


def _used_twice(
    repeated: pl.DataFrame, register: RegisterDefinition, name: str, rule: OnceRule, as_of: dt.date
) -> Iterator[list[dict[str, Any]]]:
    """Yield the uses of each thing that has this yes for two subjects, or on two different days.

    The same use listed again, in a later file, is one use: two rows of one subject differ only by their days.
    """
    used = repeated.filter(pl.col(name)).with_columns(pl.lit(value=True).alias(THERE))
    if rule.when is not None:
        judged = judge_rows(used, register, {_USED: rule.when.tree}, as_of)
        used = judged.filter(pl.col(_USED) == COUNTED).drop(_USED)
    days = pl.lit(0) if rule.on is None else pl.col(rule.on).drop_nulls().n_unique().over(THING)
    for group in _groups(used.filter(_SEVERAL_SUBJECTS | (days > 1))):
        yield _uses(group, rule.on)


def _uses(group: Sequence[dict[str, Any]], on: str | None) -> list[dict[str, Any]]:
    """Keep one row for every use that surely differs from the others: another subject, or another known day."""
    kept: list[dict[str, Any]] = []
    for row in group:
        same = [each for each in kept if each[SUBJECT] == row[SUBJECT]]
        day = row[on] if on is not None else None
        if not same or (day is not None and all(each[on or ""] not in (None, day) for each in same)):
            kept.append(row)
    return kept


def _log_used_twice(
    uses: Sequence[dict[str, Any]], register: RegisterDefinition, name: str, log: ProblemLog
) -> None:
    label = register.columns[name].label_of(name)
    for row in uses[1:]:
        number = row[register.number or ""] or ""
        text = Text(
            f"{number}：“{label.zh}”只能有一次，{uses[0][_SHOWN]}（{_where(uses[0])}）已有；请核对是哪一次。",
            f"{number}: “{label.en or name}” is possible once only, and {uses[0][_SHOWN]} ({_where(uses[0])}) has "
            "it already; check which one holds.",
        )
        place = Place(row["file"] or "", row["sheet"] or "", row["cell"] or "")
        log.add("record_used_twice", place, text, found=number, group=name)
