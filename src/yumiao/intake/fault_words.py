"""What is said of a cell that gives no value: the same words for facts and for the rows of registers."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from yumiao.intake.faults import LISTED, Place, ProblemLog
from yumiao.intake.mapping import ColumnRule
from yumiao.intake.tables import Table
from yumiao.intake.values import Fault
from yumiao.model.metrics import Metric
from yumiao.model.problems import Severity
from yumiao.model.text import Text
from yumiao.model.units import decimal_text, from_steps


@dataclass(frozen=True)
class Cells:
    """Cells of one column of a table.

    Attributes:
        rows: their row numbers, from 0 below the header.
        raw: their texts as written, one for each row.
    """

    table: Table
    column: int
    rows: pl.Series
    raw: pl.Series


def log_faults(
    cells: Cells, faults: pl.Series, metric: Metric, rule: ColumnRule, log: ProblemLog, *, group: str
) -> None:
    """Report the faulty cells of a column, the first of each kind one by one and the others by their number.

    Args:
        faults: code of what is wrong with each cell, NULL where nothing is.
        group: names what may repeat: usually the column.
    """
    if faults.null_count() == faults.len():
        return
    table = cells.table
    for fault in faults.drop_nulls().unique(maintain_order=True):
        at = (faults == fault).fill_null(value=False).arg_true()
        for index in at.head(LISTED):
            place = table.place(cells.rows[index], cells.column)
            found = cells.raw[index] or ""
            text, expected = word_fault(Fault(fault), found, metric, rule)
            log.add(
                fault, place, text, found=found, expected=expected, severity=_severity(fault), group=group
            )
        log.add_uncounted(fault, Place(table.file, table.sheet), max(0, at.len() - LISTED), group=group)


def _severity(fault: str) -> Severity:
    """A code outside its table is no mistake of the file: a person decides."""
    return Severity.WARNING if fault == Fault.OUTSIDE_TABLE.value else Severity.ERROR


def word_fault(fault: Fault, found: str, metric: Metric, rule: ColumnRule) -> tuple[Text, Text]:
    """Say what is wrong with a cell, and what was expected there."""
    shown = found if len(found) <= 60 else found[:60] + "…"
    expected = _expected(fault, metric, rule)
    label_zh, label_en = metric.label.zh, metric.label.en or metric.id
    if fault is Fault.OUTSIDE_TABLE:
        return _outside_table(shown, label_zh, label_en, rule), expected
    hint_zh, hint_en = "", ""
    if fault is Fault.NOT_A_NUMBER and shown.startswith("="):
        hint_zh, hint_en = (
            "；公式没有计算结果，请用 Excel 或 WPS 打开并保存",
            "; open and save the file to compute it",
        )
    elif fault is not Fault.OUTSIDE_DOMAIN:
        hint_zh, hint_en = "；若表示未知，请写入 missing", "; if it means unknown, declare it under missing"
    return (
        Text(
            f"{label_zh}：“{shown}”不可用，应为{expected.zh}{hint_zh}。",
            f"{label_en}: “{shown}” cannot be used, expected {expected.en}{hint_en}.",
        ),
        expected,
    )


def _outside_table(shown: str, label_zh: str, label_en: str, rule: ColumnRule) -> Text:
    assert rule.table is not None  # noqa: S101 - only a table's codes can be outside it
    return Text(
        f"{label_zh}：代码“{shown}”不能由“{rule.table.label.zh}”确定，需由人认定；认定前为未知。",
        f"{label_en}: the code “{shown}” is not settled by the table {rule.table.id} and needs a person; "
        "unknown until then.",
    )


def _expected(fault: Fault, metric: Metric, rule: ColumnRule) -> Text:
    unit = rule.unit.label if rule.unit is not None else Text("")
    if fault is Fault.NOT_A_NUMBER:
        return Text(
            f"数字（{unit.zh}）" if unit.zh else "数字", f"a number ({unit.en})" if unit.en else "a number"
        )
    if fault is Fault.FINER_THAN_STEP:
        return _step_text(metric)
    if fault is Fault.NUMBER_TOO_LARGE:
        return Text("不超过10的18次方个最小单位的数", "a number of fewer than 10^18 smallest steps")
    if fault is Fault.OUTSIDE_DOMAIN:
        return _domain_text(metric)
    if fault is Fault.NOT_WHOLE:
        return Text("整数", "a whole number")
    if fault is Fault.NOT_A_DATE:
        return Text("完整日期，如 2026-05-31", "a full date such as 2026-05-31")
    if fault is Fault.NOT_YES_NO:
        words = f"{'、'.join(rule.yes)} / {'、'.join(rule.no)}"
        return Text(words, words)
    if rule.table is not None:
        by = rule.table.by
        return Text(f"{by} 代码，如 C3670、3670、65", f"a code of {by} such as C3670, 3670, 65")
    names = [*dict(rule.values), *metric.categories()]
    return Text("、".join(names), ", ".join(names))


def _step_text(metric: Metric) -> Text:
    assert metric.unit is not None  # noqa: S101 - only quantities have steps
    places = len(str(metric.unit.steps)) - 1
    if metric.unit.steps == 1:
        return Text("整数", "a whole number")
    unit = metric.unit
    return Text(
        f"最多精确到1/{unit.steps}{unit.label.zh}（以{unit.label.zh}计{places}位小数）",
        f"at most {places} decimals in {unit.label.en or unit.code}",
    )


def _domain_text(metric: Metric) -> Text:
    assert metric.unit is not None  # noqa: S101 - only quantities have a domain
    unit = metric.unit
    low = "" if metric.minimum is None else decimal_text(from_steps(metric.minimum, unit))
    high = "" if metric.maximum is None else decimal_text(from_steps(metric.maximum, unit))
    zh = " 且 ".join(part for part in (low and f"≥ {low}", high and f"≤ {high}") if part)
    en = " and ".join(part for part in (low and f"≥ {low}", high and f"≤ {high}") if part)
    return Text(f"{zh} {unit.label.zh}".strip(), f"{en} {unit.label.en}".strip())
