"""The facts of a worked example as one row of the table of facts, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name, split_column
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.packs.near_names import with_nearest
from yumiao.packs.policies import PolicyVersion
from yumiao.packs.yaml_reading import Source, key_path
from yumiao.rules import graph as g

FISCAL_YEARS = "fiscal_years"
"""Not a fact: the years that follow from the founding date, written down for the reader and checked."""

FOUNDING = "established_on"
LONGEST_SERIES = 3


@dataclass(frozen=True)
class FactLayer:
    """Facts as one place of a file states them; a later layer changes those of an earlier one."""

    facts: Mapping[str, Any]
    source: Source
    keys: tuple[str | int, ...]


@dataclass
class RowReader:
    """Turns layers of facts into a row for one policy version and application date.

    Attributes:
        row: column → stored value; a column that is not there is unknown.
        problems: facts that have no metric, or values outside its domain.
        ranged: columns known only as an interval.
    """

    library: Library
    body: PolicyVersion
    as_of: dt.date
    row: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ranged: set[str] = field(default_factory=set)

    def read(self, layer: FactLayer) -> None:
        """Add a layer: year by year, null makes a fact unknown."""
        for name, value in layer.facts.items():
            if name == FISCAL_YEARS:
                continue
            metric = self._metric(name)
            if metric is None:
                self._unknown(layer, name)
            else:
                self._fact(layer, name, metric, value)

    def finish(self, layer: FactLayer) -> None:
        """Check the row as a whole, naming ``layer`` as the place."""
        self._check_fiscal_years(layer)
        for part, whole in self.library.constraints:
            self._check_constraint(layer, part, whole)

    def _metric(self, name: str) -> Metric | None:
        counted = f"{name}.{self.body.counts[name]}" if name in self.body.counts else name
        return self.library.metrics.get(counted)

    def _fact(self, layer: FactLayer, name: str, metric: Metric, value: object) -> None:
        if value is None:
            columns = {name.partition("#")[0] for name in self.row}
            for column in columns:
                if split_column(column)[0] == metric.id:
                    self._forget(column)
            return
        for year, part in self._by_year(metric, value):
            if year is not None and not metric.period.is_yearly:
                text = Text(f"{name} 不分年度", f"{name} has no years")
                self._problem(layer, (name, str(year)), "example.year", text)
                continue
            keys = (name,) if not _is_years(value) else (name, str(year))
            self._store(layer, keys, metric, column_name(metric.id, year), part)

    def _by_year(self, metric: Metric, value: object) -> Iterator[tuple[int | None, object]]:
        if isinstance(value, Mapping) and _is_years(value):
            yield from ((int(year), part) for year, part in value.items())
        else:
            yield (self.as_of.year + metric.period.default_offset if metric.period.is_yearly else None), value

    def _forget(self, column: str) -> None:
        for key in (column, column + LOW_SUFFIX, column + HIGH_SUFFIX):
            self.row.pop(key, None)
        self.ranged.discard(column)

    def _store(
        self, layer: FactLayer, keys: tuple[str, ...], metric: Metric, column: str, value: object
    ) -> None:
        self._forget(column)
        if value is None:
            return
        try:
            if isinstance(value, Mapping):
                low, high = value["min"], value["max"]
                self.row |= {column + LOW_SUFFIX: metric.store(low), column + HIGH_SUFFIX: metric.store(high)}
                self.ranged.add(column)
            else:
                stored = metric.store(value)
                self.row[column] = g.day_number(stored) if isinstance(stored, dt.date) else stored
        except (ValueError, KeyError) as error:
            self._problem(
                layer, keys, "example.value", Text(f"值不可能：{error}", f"impossible value: {error}")
            )

    def _unknown(self, layer: FactLayer, name: str) -> None:
        text = with_nearest(f"没有口径 {name}", f"no metric {name!r}", name, self.library.metrics)
        self._problem(layer, (name,), "example.fact", text)

    def _problem(self, layer: FactLayer, keys: tuple[str, ...], code: str, text: Text) -> None:
        path = (*layer.keys, *keys)
        written = _as_written(layer.source.data, path)
        line = layer.source.line(written)
        self.problems.append(Problem(code, text, file=layer.source.shown, line=line, path=key_path(path)))

    def _check_fiscal_years(self, layer: FactLayer) -> None:
        stated, founded = layer.facts.get(FISCAL_YEARS), self.row.get(FOUNDING)
        if stated is None or founded is None:
            return
        founding_year = (g.EPOCH + dt.timedelta(days=founded)).year
        years = list(range(max(founding_year, self.as_of.year - LONGEST_SERIES), self.as_of.year))
        if list(stated) != years:
            text = Text(
                f"按成立日期应有的会计年度是 {years}", f"the founding date gives the fiscal years {years}"
            )
            self._problem(layer, (FISCAL_YEARS,), "example.fiscal_years", text)

    def _check_constraint(self, layer: FactLayer, part: str, whole: str) -> None:
        for column, value in self.row.items():
            name, year = split_column(column)
            limit = self.row.get(column_name(whole, year)) if name == part else None
            if limit is not None and value > limit:
                text = Text(f"{column} 大于 {whole}", f"{column} is more than {whole}")
                self._problem(layer, (), "example.constraint", text)


def _is_years(value: object) -> bool:
    return isinstance(value, Mapping) and all(str(key).isdigit() for key in value)


def _as_written(data: object, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Give year keys back the type that they have in the file, so that their line is found."""
    written: list[str | int] = []
    for shown in path:
        is_year = isinstance(data, Mapping) and shown not in data and str(shown).isdigit()
        key = int(shown) if is_year else shown
        written.append(key)
        if isinstance(data, Mapping):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int):
            data = data[key]
    return tuple(written)
