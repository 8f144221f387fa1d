"""Which column means which metric: declared in a mapping file, or proposed from the labels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yumiao.intake.labels import STATED_DIMENSIONS, LabelParts, normalise_label, take_apart
from yumiao.intake.persons_mapping import PersonsRule
from yumiao.intake.records_mapping import RecordsRule
from yumiao.intake.shapes import Shape
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.text import Text
from yumiao.model.units import Dimension, Unit

IDENTITY_LABELS: dict[str, tuple[str, ...]] = {
    "code": (
        "统一社会信用代码",
        "统一社会信用代码(18位)",
        "社会信用代码",
        "统一信用代码",
        "信用代码",
        "组织机构代码",
        "统一社会信用代码/组织机构代码",
        "纳税人识别号",
        "code",
        "uscc",
    ),
    "name": (
        "企业名称",
        "单位名称",
        "公司名称",
        "企业全称",
        "单位详细名称",
        "法人单位名称",
        "申报单位",
        "名称",
        "name",
    ),
    "id": ("主体编号", "企业编号", "股票代码", "证券代码", "subject", "id"),
}
"""The usual labels of the columns that say who is meant, best first."""

YEAR_LABELS = ("年份", "年度", "报告年份", "报告年度", "所属年份", "所属年度", "会计年度", "统计年度", "year")


@dataclass(frozen=True, slots=True)
class SubjectColumns:
    """The labels of the columns that say who is meant; None where there is no such column."""

    id: str | None = None
    name: str | None = None
    code: str | None = None

    def labels(self) -> tuple[str, ...]:
        return tuple(label for label in (self.id, self.code, self.name) if label is not None)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How one column (or a sum of columns) gives a metric.

    Attributes:
        label: the key of the rule in the mapping file.
        parts: labels of the columns read; several are summed, and the sum is unknown if any part is.
        year: the year of every value; None: the row's year (or none, for metrics without a period).
        unit: unit of the cells; None for yes/no, dates and categories.
        missing: cell texts that mean "unknown".
        yes, no: cell texts of a yes/no metric.
        values: cell text -> category of the metric.
        table: gives the category of the code in the cell; ``values`` go before it.
        upper_bound: the value only bounds the metric from above.
        optional: no problem when the column is not there.
    """

    label: str
    metric: str
    parts: tuple[str, ...]
    year: Year | None = None
    unit: Unit | None = None
    missing: tuple[str, ...] = ()
    yes: tuple[str, ...] = YES_WORDS
    no: tuple[str, ...] = NO_WORDS
    values: tuple[tuple[str, str], ...] = ()
    table: PrefixTable | None = field(default=None, hash=False)
    upper_bound: bool = False
    optional: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterRule:
    """A list of the named. A complete one makes absence a known no on its date.

    Attributes:
        file: the list; its columns that say who is meant are found by their usual labels.
        territory: code of the division the list covers, or empty.
        on: the date at which the list was complete.
    """

    metric: str
    file: Path
    complete: bool
    on: dt.date
    territory: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Territory:
    """Which division the rows of a file belong to.

    Attributes:
        code: division code of every row, or empty.
        column: label of the column that says it row by row, or None.
    """

    code: str = ""
    column: str | None = None


@dataclass(frozen=True, slots=True)
class UnusedColumn:
    """A column of a header that is not used, and why."""

    label: str
    reason: Text


@dataclass(frozen=True)
class MappingFile:
    """What a file's columns mean.

    Attributes:
        sheet: name of the sheet; None: the first whose header matches.
        header_row: row of the labels, from 1; None: found.
        year_column: label of the column with each row's year, or None.
        fixed_year: the year of every row, or None.
        ignore: labels left out on purpose, those of dropped columns about persons among them.
        unused: labels that a proposal could not use, and why.
        source: id of who reports (tax, market_supervision, town), or None.
        kind: name of the kind of file, under which the mapping is remembered.
        territory: which division the rows belong to; None where the import says it.
        observed_on: the day as of which the file speaks; None where the import says it.
        persons: what happens to columns about persons; None where there are none.
        records: how rows become rows of a register, or None.
        shape: what the table looked like when the mapping was made, or None.
    """

    name: str
    subject: SubjectColumns
    columns: tuple[ColumnRule, ...] = ()
    sheet: str | None = None
    header_row: int | None = None
    year_column: str | None = None
    fixed_year: Year | None = None
    registers: tuple[RegisterRule, ...] = ()
    ignore: tuple[str, ...] = ()
    unused: tuple[UnusedColumn, ...] = field(default=())
    source: str | None = None
    kind: str = ""
    territory: Territory | None = None
    observed_on: dt.date | None = None
    persons: PersonsRule | None = None
    records: RecordsRule | None = None
    shape: Shape | None = None

    def labels(self) -> tuple[str, ...]:
        """Every label the mapping reads, without repetition."""
        found = [*self.subject.labels(), self.year_column]
        found.append(self.territory.column if self.territory else None)
        found.extend(part for rule in self.columns for part in rule.parts)
        found.extend(self.persons.labels() if self.persons else ())
        found.extend(rule.label for rule in (self.records.fields if self.records else ()))
        return tuple(dict.fromkeys(label for label in found if label))

    def optional_labels(self) -> frozenset[str]:
        """Labels that may be absent without complaint."""
        return frozenset(part for rule in self.columns if rule.optional for part in rule.parts)


def settle_unit(metric: Metric, stated: Unit | None) -> Unit | None:
    """Return the unit of a column's cells, or None when it cannot be told without guessing.

    Money and shares are written in several units, so theirs must be stated; other quantities have one.
    """
    if metric.unit is None:
        return None
    if stated is not None:
        return stated if stated.dimension is metric.unit.dimension else None
    return None if metric.unit.dimension in STATED_DIMENSIONS else metric.unit


def needs_unit(metric: Metric) -> bool:
    """Whether a column of this metric must say its unit."""
    return metric.unit is not None and metric.unit.dimension in STATED_DIMENSIONS


def propose_mapping(header: Sequence[str | None], metrics: Mapping[str, Metric]) -> MappingFile:
    """Propose a mapping from labels alone: only exact matches, and only where unit and year are settled.

    A label matches a metric's id, label or synonym once widths, blanks, the unit in brackets and the year
    are taken off. Everything else is listed in ``unused`` with the reason.
    """
    labels = [label for label in header if label]
    subject = _propose_subject(labels)
    year_column = _first_label(labels, YEAR_LABELS)
    taken = {*subject.labels(), year_column}
    names = _names_of(metrics)
    rules: list[ColumnRule] = []
    unused: list[UnusedColumn] = []
    for label in dict.fromkeys(labels):
        if label not in taken:
            found = _propose_rule(label, names, has_year_column=year_column is not None)
            (rules if isinstance(found, ColumnRule) else unused).append(found)  # type: ignore[arg-type]
    kept, doubled = _without_doubles(rules)
    return MappingFile("proposed", subject, kept, year_column=year_column, unused=(*unused, *doubled))


def names_someone(header: Sequence[str | None]) -> bool:
    """Whether a header has a usual label of a column that says who is meant."""
    return bool(_propose_subject([label for label in header if label]).labels())


def _propose_subject(labels: Sequence[str]) -> SubjectColumns:
    return SubjectColumns(**{part: _first_label(labels, usual) for part, usual in IDENTITY_LABELS.items()})


def _first_label(labels: Iterable[str], usual: Sequence[str]) -> str | None:
    """Return the label of the header that is first in the list of usual ones."""
    found = {normalise_label(label): label for label in reversed(list(labels))}
    return next((found[normalise_label(name)] for name in usual if normalise_label(name) in found), None)


def _names_of(metrics: Mapping[str, Metric]) -> dict[str, tuple[Metric, ...]]:
    names: dict[str, list[Metric]] = {}
    for metric in metrics.values():
        words = (metric.id, metric.label.zh, metric.label.en, *metric.synonyms)
        for name in dict.fromkeys(normalise_label(word) for word in words if word):
            names.setdefault(name, []).append(metric)
    return {name: tuple(found) for name, found in names.items()}


def _propose_rule(
    label: str, names: Mapping[str, tuple[Metric, ...]], *, has_year_column: bool
) -> ColumnRule | UnusedColumn:
    whole, parts = LabelParts(normalise_label(label)), take_apart(label)
    reading = whole if whole.base in names else parts
    found = names.get(reading.base, ())
    if not found:
        return UnusedColumn(label, Text("没有对应的口径", "no metric has this label"))
    if len(found) > 1:
        ids = ", ".join(metric.id for metric in found)
        return UnusedColumn(label, Text(f"可对应多个口径：{ids}", f"several metrics have this label: {ids}"))
    metric = found[0]
    stated = metric.unit if reading.base == normalise_label(metric.id) and not reading.unit else reading.unit
    unit = settle_unit(metric, stated)
    if metric.unit is not None and unit is None:
        return UnusedColumn(label, _unit_reason(metric.unit.dimension))
    year = reading.year if metric.period.is_yearly else None
    if metric.period.is_yearly and year is None and not has_year_column:
        return UnusedColumn(label, Text("未注明年份", "no year is stated"))
    return ColumnRule(label, metric.id, (label,), year=year, unit=unit)


def _unit_reason(dimension: Dimension) -> Text:
    if dimension is Dimension.RATIO:
        return Text("未注明单位（% 或 小数）", "the unit is not stated (% or 小数)")
    return Text("未注明单位，或单位与口径不符", "the unit is not stated, or is not one of this metric")


def _without_doubles(rules: list[ColumnRule]) -> tuple[tuple[ColumnRule, ...], tuple[UnusedColumn, ...]]:
    by_target: dict[tuple[str, Year | None], list[ColumnRule]] = {}
    for rule in rules:
        by_target.setdefault((rule.metric, rule.year), []).append(rule)
    kept = tuple(found[0] for found in by_target.values() if len(found) == 1)
    doubled = tuple(
        UnusedColumn(
            rule.label,
            Text(f"多列对应同一口径 {rule.metric}", f"several columns have the same metric {rule.metric}"),
        )
        for found in by_target.values()
        if len(found) > 1
        for rule in found
    )
    return kept, doubled
