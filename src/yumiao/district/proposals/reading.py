"""Reading what somebody typed for a fact: exact, in the unit they chose, or refused with what was expected."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import MAGNITUDES, UNITS, Kind, Unit, decimal_text, from_steps
from yumiao.packs.library import Library
from yumiao.report.wording import NO, YES, fact_label

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_YEARS = range(1990, 2100)


@dataclass(frozen=True)
class Asked:
    """One fact as a form asks for it.

    Attributes:
        units: codes and labels of the units that a number may be typed in, the metric's own first.
        options: what can be chosen, by value; empty for numbers and dates.
    """

    column: str
    label: Text
    kind: str
    units: tuple[tuple[str, Text], ...]
    options: tuple[tuple[str, Text], ...]
    definition: Text


def asked_fact(packs: Library, column: str) -> Asked:
    """Return how a form asks for a fact. Raises: YumiaoError (``proposal.column``) where it cannot be asked for."""
    metric, year = metric_of(packs, column)
    options: tuple[tuple[str, Text], ...] = ()
    if metric.kind is Kind.BOOL:
        options = (("yes", YES), ("no", NO))
    elif metric.kind is Kind.CATEGORY:
        options = tuple(metric.values)
    label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
    return Asked(column, label, metric.kind.value, _units(metric), options, metric.definition)


def metric_of(packs: Library, column: str) -> tuple[Metric, int | None]:
    """Return metric and year of a fact that a firm may speak of.

    Raises: YumiaoError (``proposal.column``) for one that packs do not have, that experts judge, or that the district
        does not show to subjects.
    """
    name, year = split_column(column)
    metric = packs.metrics.get(name)
    fits = metric is not None and metric.period.is_yearly == (year is not None)
    if metric is None or not fits or (year is not None and year not in _YEARS):
        raise YumiaoError("proposal.column", Text("没有这一项资料。", "There is no such fact."))
    if metric.judged or not metric.shown_to_subject:
        text = Text("这一项不由企业填报。", "This fact is not given by the firm itself.")
        raise YumiaoError("proposal.column", text)
    return metric, year


def _units(metric: Metric) -> tuple[tuple[str, Text], ...]:
    if metric.unit is None:
        return ()
    own = metric.unit
    others = [each for each in UNITS.values() if each.dimension is own.dimension and each.code != own.code]
    return tuple((each.code, each.label) for each in (own, *others))


def read_typed_fact(packs: Library, column: str, typed: str, unit: str = "") -> str:
    """Read a typed value; returns it as the store keeps it, as text.

    Args:
        typed: a number with or without commas, a date, ``yes`` or ``no``, a category's code.
        unit: code of the unit of a number; empty: the metric's own.
    Raises: YumiaoError (``proposal.value``) saying what was expected.
    """
    metric, _ = metric_of(packs, column)
    text = unicodedata.normalize("NFKC", typed).strip()[:80]
    try:
        return _stored(metric, text, unit)
    except ValueError:
        raise YumiaoError("proposal.value", _expected(metric, text)) from None


def _stored(metric: Metric, text: str, unit: str) -> str:
    match metric.kind:
        case Kind.BOOL:
            return {"yes": "true", "no": "false"}[text] if text in ("yes", "no") else _refuse(text)
        case Kind.QUANTITY:
            return str(_steps(metric, text, unit))
        case _:
            return str(metric.store(text))


def _refuse(text: str) -> str:
    raise ValueError(text)


def _steps(metric: Metric, text: str, unit: str) -> int:
    number = text.replace(",", "").removesuffix("%").strip()
    own = metric.unit
    if own is None or not _NUMBER.fullmatch(number):
        raise ValueError(text)
    given: Unit = UNITS[unit] if unit and unit in UNITS else own
    if given.dimension is not own.dimension:
        raise ValueError(unit)
    steps = metric.store(Fraction(number) * given.steps / own.steps)
    if not isinstance(steps, int) or abs(steps) > MAGNITUDES[own.dimension]:
        raise ValueError(text)
    return steps


def _expected(metric: Metric, text: str) -> Text:
    if metric.kind is Kind.QUANTITY:
        own = metric.unit or UNITS["number"]
        low = "" if metric.minimum is None else decimal_text(from_steps(metric.minimum, own))
        high = "" if metric.maximum is None else decimal_text(from_steps(metric.maximum, own))
        limits = (f"，在 {low or '…'} 到 {high or '…'} 之间", f", between {low or '…'} and {high or '…'}")
        zh, en = limits if low or high else ("", "")
        whole = ("整数", "a whole number") if metric.whole or own.steps == 1 else ("一个数", "a number")
        found = Text(f"填{whole[0]}（{own.label.zh}）{zh}", f"give {whole[1]} ({own.label.en}){en}")
    elif metric.kind is Kind.DATE:
        found = Text("填日期，如 2020-03-01", "give a date such as 2020-03-01")
    else:
        found = Text("从列表中选择", "choose from the list")
    if not text:
        return Text(f"还没有填：请{found.zh}。", f"Nothing was given: please {found.en}.")
    return Text(f"看不懂“{text}”：请{found.zh}。", f"“{text}” was not understood: please {found.en}.")
