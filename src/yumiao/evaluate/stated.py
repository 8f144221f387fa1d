"""Facts that a caller states, checked one by one and put into a table of one row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from yumiao.model.facts import CODE, HIGH_SUFFIX, LOW_SUFFIX, NAME, SUBJECT, Facts, column_type
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name, period_label
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind, Unit, exact_number
from yumiao.packs.near_names import with_nearest

Scalar = str | int | float | bool

_NUMBER = re.compile(r"[+-]?\d{1,24}(\.\d{1,12})?")
_FRACTION = re.compile(r"[+-]?\d{1,24}/\d{1,24}")
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MOST = 1 << 63


@dataclass(frozen=True, slots=True)
class StatedFact:
    """One fact as stated: a value, or an interval, or neither (unknown).

    Attributes:
        period: ``FY2025``, ``YE2025``, ``CY2026``, or empty and ``now`` where the metric has no year.
        value: a number in ``unit`` (a text may be a decimal or a fraction), yes or no, an ISO date, a category's code.
        low, high: ends of an interval of a quantity; None is open.
        unit: a unit code; empty: the metric's own.
    """

    metric: str
    period: str = ""
    value: Scalar | None = None
    low: Scalar | None = None
    high: Scalar | None = None
    unit: str = ""


def state_facts(
    metrics: Mapping[str, Metric],
    stated: Sequence[StatedFact],
    *,
    subject: str,
    name: str | None = None,
    code: str | None = None,
) -> Facts:
    """Return stated facts as a table of one row.

    Raises: YumiaoError (``facts.refused``) with every problem, each with its path (``facts[2].value``).
    """
    reader = _Reader(metrics, {}, [])
    for index, fact in enumerate(stated):
        reader.read(f"facts[{index}]", fact)
    if reader.problems:
        raise YumiaoError(
            "facts.refused",
            Text("所给事实中有不能采用的，请按下列各项修改。", "Some facts cannot be used; correct this:"),
            tuple(reader.problems),
        )
    identity = {SUBJECT: subject, NAME: name, CODE: code}
    columns = [pl.Series(key, [value], dtype=pl.String) for key, value in identity.items()]
    return Facts(pl.DataFrame([*columns, *reader.columns.values()]))


@dataclass(frozen=True)
class _Reader:
    """Collects columns, and what is wrong."""

    metrics: Mapping[str, Metric]
    columns: dict[str, pl.Series]
    problems: list[Problem]

    def read(self, path: str, fact: StatedFact) -> None:
        metric = self.metrics.get(fact.metric)
        if metric is None:
            zh, en = f"没有口径 {fact.metric}", f"there is no metric {fact.metric}"
            self._add(path, "metric", fact.metric, with_nearest(zh, en, fact.metric, self.metrics))
            return
        try:
            column = column_name(metric.id, _year(metric, fact.period))
        except _WrongError as error:
            self._add(path, "period", fact.period, error.text)
            return
        if {column, column + LOW_SUFFIX, column + HIGH_SUFFIX} & self.columns.keys():
            text = Text(
                f"{fact.metric} {fact.period} 给了两次", f"{fact.metric} {fact.period} is given twice"
            )
            self._add(path, "metric", fact.metric, text)
            return
        self._read_values(path, column, metric, fact)

    def _read_values(self, path: str, column: str, metric: Metric, fact: StatedFact) -> None:
        ends = {"low": (LOW_SUFFIX, fact.low), "high": (HIGH_SUFFIX, fact.high)}
        is_interval = any(end is not None for _, end in ends.values())
        if is_interval and (fact.value is not None or metric.kind is not Kind.QUANTITY):
            text = Text("区间只能用于数量，且不能同时给值", "an interval is for quantities, without a value")
            self._add(path, "low", "", text)
            return
        stored = {column: self._stored(f"{path}.value", metric, fact.value, fact.unit)}
        if is_interval:
            for name, (suffix, end) in ends.items():
                stored[column + suffix] = self._stored(f"{path}.{name}", metric, end, fact.unit)
            low, high = stored[column + LOW_SUFFIX], stored[column + HIGH_SUFFIX]
            if isinstance(low, int) and isinstance(high, int) and low > high:
                self._add(
                    path, "low", str(fact.low), Text("下限高于上限", "the low end is above the high end")
                )
        kind = column_type(metric)
        self.columns.update({each: pl.Series(each, [value], dtype=kind) for each, value in stored.items()})

    def _stored(
        self, path: str, metric: Metric, value: Scalar | None, unit: str
    ) -> int | bool | str | dt.date | None:
        if value is None:
            return None
        try:
            return _store(metric, value, unit)
        except _WrongError as error:
            self._add(path, "", str(value), error.text)
        except ValueError:
            expected = _expected(metric)
            text = Text(
                f"{metric.id} 不能是“{str(value)[:40]}”：应为{expected.zh}",
                f"{metric.id} cannot be “{str(value)[:40]}”: expected {expected.en}",
            )
            self._add(path, "", str(value), text)
        return None

    def _add(self, path: str, part: str, found: str, text: Text) -> None:
        where = f"{path}.{part}" if part else path
        self.problems.append(Problem("fact.refused", text, path=where, found=found[:80]))


def _expected(metric: Metric) -> Text:
    """Say which values a metric takes."""
    match metric.kind:
        case Kind.BOOL:
            return Text("true 或 false", "true or false")
        case Kind.DATE:
            return Text("日期，如 2026-07-15", "a date such as 2026-07-15")
        case Kind.CATEGORY:
            codes = ", ".join(metric.categories())
            return Text(f"下列之一：{codes}", f"one of {codes}")
    domain, unit = metric.domain_text(), metric.unit.code if metric.unit else "number"
    whole = ("整数，", "whole, ") if metric.whole else ("", "")
    return Text(
        f"{domain} 内的数（{whole[0]}单位 {unit}，不细于其最小一步）",
        f"a number within {domain} ({whole[1]}in {unit}, no finer than its smallest step)",
    )


class _WrongError(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def _year(metric: Metric, period: str) -> int | None:
    if not metric.period.is_yearly:
        if period in ("", "now"):
            return None
        raise _WrongError(
            f"{metric.id} 没有期间，应为 now，现为“{period}”",
            f"{metric.id} has no period: expected now, found “{period}”",
        )
    year = period[-4:]
    if _YEAR.fullmatch(year) and period == period_label(metric.period, int(year)):
        return int(year)
    expected = period_label(metric.period, 2025)
    raise _WrongError(
        f"{metric.id} 的期间应如 {expected}，现为“{period}”",
        f"the period of {metric.id} is written like {expected}, found “{period}”",
    )


def _store(metric: Metric, value: Scalar, unit: str) -> int | bool | str | dt.date:
    if metric.kind is not Kind.QUANTITY:
        if unit:
            raise _WrongError(f"{metric.id} 没有单位", f"{metric.id} has no unit")
        if metric.kind is Kind.DATE and not isinstance(value, str):
            raise ValueError(f"{metric.id}: expected a date such as 2026-07-15, found {value!r}")
        return metric.store(value)
    assert metric.unit is not None  # noqa: S101 - every quantity has a unit; the pack reader checks it
    given = _unit(metric, metric.unit, unit)
    amount = _number(metric, value) * given.steps / metric.unit.steps
    stored = metric.store(amount)
    if isinstance(stored, int) and abs(stored) >= _MOST:
        raise _WrongError(f"{metric.id} 太大", f"{metric.id} is too large")
    return stored


def _unit(metric: Metric, own: Unit, code: str) -> Unit:
    alike = [each.code for each in UNITS.values() if each.dimension is own.dimension]
    if not code:
        return own
    if code not in alike:
        known = ", ".join(alike)
        raise _WrongError(
            f"{metric.id} 的单位应为 {known}，现为“{code}”",
            f"the unit of {metric.id} is one of {known}; found “{code}”",
        )
    return UNITS[code]


def _number(metric: Metric, value: Scalar) -> Fraction:
    """Read a number exactly; a text is kept short, as 1e999999999 would fill the memory."""
    if isinstance(value, str):
        if _FRACTION.fullmatch(value) and int(value.partition("/")[2]):
            return Fraction(value)
        if _NUMBER.fullmatch(value):
            return Fraction(value)
    elif not isinstance(value, bool) and abs(value) < 10**24:
        return exact_number(value)
    raise _WrongError(
        f"{metric.id} 应为数，如 12.5 或 17/200，现为“{str(value)[:40]}”",
        f"{metric.id} is a number such as 12.5 or 17/200; found “{str(value)[:40]}”",
    )
