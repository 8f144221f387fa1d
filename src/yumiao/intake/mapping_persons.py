"""The ``persons`` part of a mapping file: which columns are left out, and what is counted row by row."""

from __future__ import annotations

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from yumiao.intake.cells import cell_text
from yumiao.intake.mapping_metrics import MetricReader
from yumiao.intake.mapping_nodes import is_scalar, line_of
from yumiao.intake.persons_mapping import PersonCount, PersonsRule, Where
from yumiao.model.text import Text
from yumiao.model.units import Dimension

_KEYS = ("drop", "count", "once_per", "missing")
_COUNT_KEYS = ("metric", "year", "where")


def read_persons(reader: MetricReader, root: CommentedMap, *, has_year: bool) -> PersonsRule | None:
    """Read what happens to persons; None where the mapping says nothing of them."""
    node = reader.map(root, "persons", "")
    if node is None:
        return None
    reader.check_keys(node, _KEYS, "persons")
    counts = _read_counts(reader, node, has_year=has_year)
    if counts and root.get("columns"):
        text = Text(
            "逐人登记的表只能计数（persons.count），不能同时有 columns。",
            "A table with one row per person is only counted (persons.count): it has no columns.",
        )
        reader.complain("columns_not_used", line_of(root, "columns"), "columns", text)
    rule = PersonsRule(
        drop=reader.texts(node, "drop", "persons"),
        counts=counts,
        once_per=reader.text(node, "once_per", "persons"),
        missing=reader.texts(node, "missing", "persons"),
    )
    _check_drop(reader, rule, line_of(node, "drop"))
    return rule


def _check_drop(reader: MetricReader, rule: PersonsRule, line: int | None) -> None:
    for label in set(rule.drop) & set(rule.labels()):
        text = Text(
            f"“{label}”要用来计数，不能同时写在 drop 里；计数后它不会保留。",
            f"“{label}” is needed for counting and cannot be in drop; it is not kept after counting.",
        )
        reader.complain("drop_needed", line, "persons.drop", text, found=label)


def _read_counts(reader: MetricReader, node: CommentedMap, *, has_year: bool) -> tuple[PersonCount, ...]:
    entries = node.get("count")
    if entries is None:
        return ()
    if not isinstance(entries, CommentedSeq):
        text = Text("count 应为清单（以“- ”开头）。", "count is a list (each entry starts with “- ”).")
        reader.complain("bad_value", line_of(node, "count"), "persons.count", text)
        return ()
    read = [
        _read_count(reader, entry, f"persons.count.{index}", line_of(entries, index), has_year=has_year)
        for index, entry in enumerate(entries)
    ]
    counts = tuple(count for count in read if count is not None)
    _check_doubles(reader, counts)
    return counts


def _read_count(
    reader: MetricReader, node: object, path: str, line: int | None, *, has_year: bool
) -> PersonCount | None:
    if not isinstance(node, CommentedMap):
        text = Text("应写作 {metric: …, where: {列名: 词}}。", "This is {metric: …, where: {label: word}}.")
        reader.complain("bad_value", line, path, text, found=node)
        return None
    reader.check_keys(node, _COUNT_KEYS, path)
    metric = reader.metric(node, path, line)
    where = _read_where(reader, node, path)
    if metric is None:
        return None
    if metric.unit is None or metric.unit.dimension is not Dimension.PERSON:
        text = Text(
            f"口径 {metric.id} 的单位不是人，不能由人员行数得出。",
            f"The metric {metric.id} is not counted in persons: rows cannot give it.",
        )
        reader.complain("not_persons", line_of(node, "metric") or line, f"{path}.metric", text)
    year = reader.metric_year(node, metric.label.zh, metric, path, line, has_year=has_year)
    return PersonCount(metric.id, year, where, line)


def _read_where(reader: MetricReader, node: CommentedMap, path: str) -> tuple[Where, ...]:
    conditions = reader.map(node, "where", path) or CommentedMap()
    read = []
    for label, words in conditions.items():
        entries = list(words) if isinstance(words, CommentedSeq) else [words]
        if entries and all(is_scalar(entry) for entry in entries):
            read.append(Where(cell_text(label), tuple(cell_text(entry).strip() for entry in entries)))
            continue
        text = Text(
            f"“{label}”之后应写一个词或词的清单。", f"“{label}” is followed by a word or a list of words."
        )
        reader.complain("bad_value", line_of(conditions, label), f"{path}.where.{label}", text, found=words)
    return tuple(read)


def _check_doubles(reader: MetricReader, counts: tuple[PersonCount, ...]) -> None:
    seen = set()
    for count in counts:
        if (count.metric, count.year) in seen:
            text = Text(
                f"{count.metric} 计了两次；同一口径和年份只能计一次。",
                f"{count.metric} is counted twice for the same year.",
            )
            reader.complain("metric_twice", count.line, "persons.count", text, found=count.metric)
        seen.add((count.metric, count.year))
