"""Yumiao in a few lines: what ``import yumiao`` offers at the top.

Facts come from files, or straight from a table that pandas, Polars, pyarrow or DuckDB hold.

    >>> import datetime as dt, polars as pl, yumiao
    >>> library = yumiao.load_packs()
    >>> table = pl.DataFrame({"code": ["91320412MADEM0003L"], "staff_total": [501]})
    >>> facts = yumiao.make_facts(table, library, as_of=dt.date(2026, 7, 15))
    >>> run = yumiao.evaluate_facts(facts, library, as_of=dt.date(2026, 7, 15), policies=["tech_sme"])
    >>> run.policy("tech_sme").counts()
    {'met': 0, 'not_met': 1, 'undetermined': 0}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import polars as pl

from yumiao.evaluate import Run, evaluate, load_run
from yumiao.intake.facts import read_facts
from yumiao.intake.mapping import ColumnRule
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.values import parse_column
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year, column_name, split_column
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import UNIT_BY_NAME, UNITS, Unit
from yumiao.packs.library import Library, load_packs

if TYPE_CHECKING:
    from yumiao.intake.values import ParsedColumn

__all__ = ["evaluate_facts", "load_packs", "load_run", "make_facts", "read_files"]


class ColumnMeaning(TypedDict, total=False):
    """What a column of a table holds: a metric, the year, and the unit where it is not the metric's own."""

    metric: str
    year: int
    unit: str


def read_files(
    *files: str | Path,
    library: Library,
    as_of: dt.date,
    mapping: str | Path | None = None,
    recorded_at: str = "",
    batch: str = "files",
) -> Facts:
    """Read spreadsheets and text files into facts with their cells; see :func:`yumiao.intake.facts.read_facts`."""
    rules = read_mapping(Path(mapping), library.metrics, library.tables) if mapping is not None else None
    paths = [Path(file) for file in files]
    return read_facts(
        paths, metrics=library.metrics, mapping=rules, as_of=as_of, recorded_at=recorded_at, batch=batch
    )


def make_facts(
    table: Any,
    library: Library,
    *,
    as_of: dt.date,
    subject: str = CODE,
    name: str | None = None,
    code: str | None = None,
    columns: Mapping[str, str | ColumnMeaning] | None = None,
) -> Facts:
    """Make facts of a table in memory.

    Args:
        table: anything with Arrow columns: a data frame of pandas or Polars, a pyarrow table, a DuckDB relation. One
            row per subject; empty cells (NULL, NaN) are unknown.
        subject: the column that names the subject, unique; ``name`` and ``code``: columns that say more of it.
        columns: column → metric, ``metric@2025`` or ``{"metric": …, "year": …, "unit": …}``; default: columns that are
            called like a metric (or ``metric@2025``), in the metric's own unit.
    Returns: facts whose problems say which values could not be used, and why.
    Raises: YumiaoError when there is no such column, metric or unit, or two rows name one subject.
    """
    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(table)
    identity = _identity(frame, subject, name, code)
    meanings = _meanings(frame, library, as_of, columns)
    problems: list[Problem] = []
    facts = [_column(frame[column], *meaning, problems) for column, meaning in meanings.items()]
    return Facts(identity.with_columns(facts), problems=tuple(problems))


def evaluate_facts(
    facts: Facts,
    library: Library,
    *,
    as_of: dt.date,
    policies: Sequence[str] | None = None,
    settings: Mapping[str, Mapping[str, str]] | None = None,
) -> Run:
    """Judge every subject against the policies in force on ``as_of``, or the named ones."""
    return evaluate(library, facts, as_of=as_of, policies=policies, settings=settings)


def _identity(frame: pl.DataFrame, subject: str, name: str | None, code: str | None) -> pl.DataFrame:
    for column in (subject, name, code):
        if column is not None and column not in frame.columns:
            known = ", ".join(frame.columns)
            raise YumiaoError(
                "facts.column",
                Text(
                    f"表中没有列 {column}；有：{known}", f"the table has no column {column!r}; it has {known}"
                ),
            )
    key = frame[subject].cast(pl.String)
    if key.is_null().any() or key.is_duplicated().any():
        raise YumiaoError(
            "facts.subject",
            Text(f"列 {subject} 应逐行不同且不为空", f"column {subject!r} must name each row differently"),
        )
    code = code or (CODE if CODE in frame.columns else None)
    name = name or (NAME if NAME in frame.columns else None)
    empty = pl.Series([None] * frame.height, dtype=pl.String)
    return pl.DataFrame(
        {
            SUBJECT: key,
            NAME: frame[name].cast(pl.String) if name else empty,
            CODE: frame[code].cast(pl.String) if code else empty,
        }
    )


def _meanings(
    frame: pl.DataFrame, library: Library, as_of: dt.date, columns: Mapping[str, str | ColumnMeaning] | None
) -> dict[str, tuple[Metric, int | None, Unit | None]]:
    if columns is None:
        columns = {column: column for column in frame.columns if split_column(column)[0] in library.metrics}
    return {column: _meaning(column, stated, frame, library, as_of) for column, stated in columns.items()}


def _meaning(
    column: str, stated: str | ColumnMeaning, frame: pl.DataFrame, library: Library, as_of: dt.date
) -> tuple[Metric, int | None, Unit | None]:
    if isinstance(stated, str):
        metric_id, year = split_column(stated)
        unit = None
    else:
        metric_id, year, unit = stated["metric"], stated.get("year"), stated.get("unit")
    metric = library.metrics.get(metric_id)
    if column not in frame.columns or metric is None:
        missing = column if column not in frame.columns else metric_id
        raise YumiaoError(
            "facts.column", Text(f"没有列或口径 {missing}", f"there is no column or metric {missing!r}")
        )
    if metric.period.is_yearly and year is None:
        year = Year(metric.period.default_offset).at(as_of)
    return metric, year, _unit(unit, metric)


def _unit(name: str | None, metric: Metric) -> Unit | None:
    if name is None:
        return metric.unit
    unit = UNITS.get(name) or UNIT_BY_NAME.get(name)
    if unit is None or metric.unit is None or unit.dimension is not metric.unit.dimension:
        raise YumiaoError(
            "facts.unit", Text(f"{metric.id} 不能以 {name} 计", f"{metric.id} is not measured in {name!r}")
        )
    return unit


def _column(
    series: pl.Series, metric: Metric, year: int | None, unit: Unit | None, problems: list[Problem]
) -> pl.Series:
    column = column_name(metric.id, year)
    parsed = parse_column(_texts(series), ColumnRule(column, metric.id, (series.name,), unit=unit), metric)
    problems.extend(_faults(series, column, metric, parsed))
    return parsed.values.alias(column)


def _texts(series: pl.Series) -> pl.Series:
    """Write cells as texts: numbers as the shortest decimals that print them, NaN as nothing, yes and no in words."""
    if series.dtype == pl.Boolean:
        return pl.Series(
            series.name,
            ["是" if value else None if value is None else "否" for value in series],
            dtype=pl.String,
        )
    if series.dtype.is_float():
        return pl.Series(
            series.name,
            [None if value is None or isnan(value) else repr(value) for value in series],
            dtype=pl.String,
        )
    if series.dtype == pl.Datetime:
        series = series.dt.date()
    return series.cast(pl.String)


def _faults(series: pl.Series, column: str, metric: Metric, parsed: ParsedColumn) -> list[Problem]:
    found = parsed.faults.is_not_null().arg_true()
    domain = metric.domain_text()
    return [
        Problem(
            f"facts.{parsed.faults[row]}",
            Text(
                f"{metric.label.zh}：“{series[row]}”不能用（{parsed.faults[row]}），定义域 {domain}",
                f"{metric.label.en}: {series[row]!r} cannot be used ({parsed.faults[row]}), domain {domain}",
            ),
            cell=f"{series.name}[{row}]",
            path=column,
            found=str(series[row]),
        )
        for row in found
    ]
