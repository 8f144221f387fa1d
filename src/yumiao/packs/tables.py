"""Tables of codes: checked against the metrics whose categories they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yumiao.model.metrics import Metric
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs.definitions import TableFile, TableRow
from yumiao.packs.yaml_reading import Source, key_path, nearest


def read_tables(
    files: Sequence[tuple[Source, TableFile]], metrics: Mapping[str, Metric]
) -> tuple[dict[str, PrefixTable], list[Problem]]:
    """Return the tables of some files by id, and everything wrong with them."""
    tables: dict[str, PrefixTable] = {}
    problems: list[Problem] = []
    for source, file in files:
        if file.table in tables:
            text = Text(f"对照表 {file.table} 已有定义", f"the table {file.table} is already defined")
            problems.append(_problem("duplicate", source, ["table"], text))
            continue
        problems += [*_metric_problems(source, file, metrics), *_prefix_problems(source, file)]
        tables[file.table] = _table(file)
    return tables, problems


def _table(file: TableFile) -> PrefixTable:
    prefixes = [(prefix, row) for row in file.rows for prefix, _ in _prefixes(row)]
    return PrefixTable(
        id=file.table,
        label=file.title.text,
        by=file.from_,
        metric=file.to,
        rows={prefix: row.is_ for prefix, row in prefixes},
        notes={prefix: row.note_text for prefix, row in prefixes if row.note_text is not None},
        citation=file.cite.citation,
    )


def _prefixes(row: TableRow) -> Iterator[tuple[str, list[str | int]]]:
    """Yield what codes of a row may start with, and where in the row it stands."""
    if row.section is not None:
        yield row.section, ["section"]
    for index, code in enumerate(row.codes):
        yield code, ["codes", index]


def _metric_problems(source: Source, file: TableFile, metrics: Mapping[str, Metric]) -> Iterator[Problem]:
    metric = metrics.get(file.to)
    if metric is None or metric.kind is not Kind.CATEGORY:
        known = [name for name, each in metrics.items() if each.kind is Kind.CATEGORY]
        zh, en = _hint(file.to, known)
        text = Text(f"没有分类口径 {file.to}{zh}", f"no metric with categories is called {file.to}{en}")
        yield _problem("metric", source, ["to"], text, file.to)
        return
    for index, row in enumerate(file.rows):
        if row.is_ not in metric.categories():
            zh, en = _hint(row.is_, metric.categories())
            text = Text(f"{file.to} 没有分类 {row.is_}{zh}", f"{row.is_} is no category of {file.to}{en}")
            yield _problem("category", source, ["rows", index, "is"], text, row.is_)


def _prefix_problems(source: Source, file: TableFile) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, row in enumerate(file.rows):
        for prefix, place in _prefixes(row):
            if prefix in seen:
                text = Text(f"代码 {prefix} 已有一行", f"the code {prefix} already has a row")
                yield _problem("prefix", source, ["rows", index, *place], text, prefix)
            seen.add(prefix)


def _hint(name: str, known: Sequence[str]) -> tuple[str, str]:
    near = nearest(name, known)
    return (f"；最接近的是 {near}", f"; nearest: {near}") if near else ("", "")


def _problem(kind: str, source: Source, keys: list[str | int], text: Text, found: str = "") -> Problem:
    line = source.line(keys)
    return Problem(f"table.{kind}", text, file=source.shown, line=line, path=key_path(keys), found=found)
