"""Mapping files read from YAML: every problem of the file in one run, each with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from yumiao.intake.cells import cell_text
from yumiao.intake.labels import take_apart, unit_named, unit_names, year_named
from yumiao.intake.mapping import (
    ColumnRule,
    MappingFile,
    RegisterRule,
    SubjectColumns,
    needs_unit,
    settle_unit,
)
from yumiao.intake.mapping_nodes import NodeReader, line_of, nearest_en, nearest_zh
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind, Unit

_TOP_KEYS = ("mapping", "subject", "sheet", "header_row", "year", "columns", "registers", "ignore")
_COLUMN_KEYS = (
    "metric",
    "unit",
    "missing",
    "year",
    "yes",
    "no",
    "values",
    "table",
    "bound",
    "sum",
    "optional",
)
_REGISTER_KEYS = ("metric", "complete", "file", "territory", "on")
_SUBJECT_KEYS = ("id", "name", "code")
_NO_TABLES: Mapping[str, PrefixTable] = {}


def read_mapping(
    path: Path, metrics: Mapping[str, Metric], tables: Mapping[str, PrefixTable] = _NO_TABLES
) -> MappingFile:
    """Read and check a mapping file; ``tables`` are those that its columns may name.

    Raises: YumiaoError (``mapping_invalid``) carrying every problem found, each with its line.
    """
    path = Path(path)
    reader = _Reader(path, metrics, tables)
    mapping = reader.read()
    if reader.problems or mapping is None:
        count = len(reader.problems)
        raise YumiaoError(
            "mapping_invalid",
            Text(
                f"映射文件 {path.name} 有{count}处问题。",
                f"The mapping file {path.name} has {count} problem(s).",
            ),
            tuple(reader.problems),
        )
    return mapping


class _Reader(NodeReader):
    """Reads one mapping file; every complaint is collected, none stops the reading of the rest."""

    def __init__(self, path: Path, metrics: Mapping[str, Metric], tables: Mapping[str, PrefixTable]) -> None:
        super().__init__(path)
        self.metrics = metrics
        self.tables = tables

    def read(self) -> MappingFile | None:
        root = self.load()
        if root is None:
            return None
        self.check_keys(root, _TOP_KEYS, "")
        subject = self._subject(root)
        year_column, fixed_year = self._year(root)
        mapping = MappingFile(
            name=str(root.get("mapping", self.path.stem)),
            subject=subject,
            columns=self._columns(root, has_year=bool(year_column or fixed_year)),
            sheet=self.text(root, "sheet", ""),
            header_row=self._header_row(root),
            year_column=year_column,
            fixed_year=fixed_year,
            registers=self._registers(root),
            ignore=self.texts(root, "ignore", ""),
        )
        if not root.get("columns") and not root.get("registers"):
            text = Text(
                "映射文件没有任何列（columns）或名单（registers）。",
                "There are neither columns nor registers.",
            )
            self.complain("nothing_mapped", 1, "columns", text)
        return mapping

    def _subject(self, root: CommentedMap) -> SubjectColumns:
        node = self.map(root, "subject", "")
        line = line_of(root, "subject")
        if node is None:
            if "subject" not in root:
                self._complain_subject(1)
            return SubjectColumns()
        self.check_keys(node, _SUBJECT_KEYS, "subject")
        columns = SubjectColumns(**{key: self.text(node, key, "subject") for key in _SUBJECT_KEYS})
        if not columns.labels():
            self._complain_subject(line)
        return columns

    def _complain_subject(self, line: int | None) -> None:
        text = Text(
            "缺少 subject：请写明企业名称或统一社会信用代码在哪一列。",
            "subject is missing: say in which column the name or the code stands.",
        )
        self.complain("subject_missing", line, "subject", text, expected=Text("subject: {name: …, code: …}"))

    def _year(self, root: CommentedMap) -> tuple[str | None, Year | None]:
        node = root.get("year")
        if node is None:
            return None, None
        if isinstance(node, CommentedMap):
            self.check_keys(node, ("column", "fixed"), "year")
            if "fixed" in node:
                return None, self._year_value(node, "fixed", "year")
            return self.text(node, "column", "year"), None
        text = Text(
            "year 应写作 {column: 列名} 或 {fixed: 2025}。", "year is {column: label} or {fixed: 2025}."
        )
        self.complain("bad_value", line_of(root, "year"), "year", text, found=node)
        return None, None

    def _year_value(self, node: CommentedMap, key: str, path: str) -> Year | None:
        year = year_named(str(node[key]))
        if year is None:
            text = Text(f"“{node[key]}”不是年份。", f"“{node[key]}” is no year.")
            expected = Text("如 2024、上年、-1", "such as 2024, 上年, -1")
            self.complain(
                "bad_year", line_of(node, key), f"{path}.{key}", text, found=node[key], expected=expected
            )
        return year

    def _header_row(self, root: CommentedMap) -> int | None:
        value = root.get("header_row")
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000):
            return value
        text = Text("header_row 应为从1起的行号。", "header_row is a row number from 1 on.")
        self.complain("bad_value", line_of(root, "header_row"), "header_row", text, found=value)
        return None

    def _columns(self, root: CommentedMap, *, has_year: bool) -> tuple[ColumnRule, ...]:
        node = self.map(root, "columns", "")
        rules = []
        for label, value in (node or {}).items():
            line = line_of(node, label)
            for entry in value if isinstance(value, CommentedSeq) else [value]:
                rule = self._column(str(label), entry, line, has_year=has_year)
                if rule is not None:
                    rules.append(rule)
        self._check_doubles(rules)
        return tuple(rules)

    def _column(self, label: str, node: object, line: int | None, *, has_year: bool) -> ColumnRule | None:
        path = f"columns.{label}"
        if isinstance(node, str):
            node = CommentedMap({"metric": node})
        if not isinstance(node, CommentedMap):
            text = Text(f"“{label}”应写作 {{metric: …}}。", f"“{label}” should be {{metric: …}}.")
            self.complain("bad_value", line, path, text, found=node)
            return None
        self.check_keys(node, _COLUMN_KEYS, path)
        metric = self._metric(node, path, line)
        if metric is None:
            return None
        return ColumnRule(
            label=label,
            metric=metric.id,
            parts=self.texts(node, "sum", path) or (label,),
            year=self._column_year(node, label, metric, path, line, has_year=has_year),
            unit=self._unit(node, label, metric, path, line),
            missing=self.texts(node, "missing", path),
            yes=self.texts(node, "yes", path) or YES_WORDS,
            no=self.texts(node, "no", path) or NO_WORDS,
            values=self._values(node, metric, path),
            table=self._table(node, metric, path),
            upper_bound=self._upper_bound(node, metric, path),
            optional=self.flag(node, "optional", path),
            line=line,
        )

    def _metric(self, node: CommentedMap, path: str, line: int | None) -> Metric | None:
        name = str(node.get("metric", ""))
        metric = self.metrics.get(name)
        if metric is None:
            text = Text(
                f"没有名为“{name}”的口径{nearest_zh(name, self.metrics)}",
                f"There is no metric “{name}”{nearest_en(name, self.metrics)}",
            )
            self.complain(
                "unknown_metric", line_of(node, "metric") or line, f"{path}.metric", text, found=name
            )
        return metric

    def _column_year(
        self, node: CommentedMap, label: str, metric: Metric, path: str, line: int | None, *, has_year: bool
    ) -> Year | None:
        if not metric.period.is_yearly:
            if "year" in node:
                text = Text(
                    f"口径 {metric.id} 不分年度，不能写 year。", f"The metric {metric.id} has no years."
                )
                self.complain("year_not_used", line_of(node, "year"), f"{path}.year", text)
            return None
        if "year" in node:
            return self._year_value(node, "year", path)
        year = take_apart(label).year
        if year is None and not has_year:
            text = Text(f"“{label}”没有年份：请写 year。", f"“{label}” has no year: add year.")
            self.complain("year_missing", line, f"{path}.year", text, expected=Text("year: 2024"))
        return year

    def _unit(
        self, node: CommentedMap, label: str, metric: Metric, path: str, line: int | None
    ) -> Unit | None:
        if metric.unit is None:
            return None
        name = str(node["unit"]) if "unit" in node else None
        stated = take_apart(label).unit if name is None else unit_named(name)
        names = "、".join(unit_names(metric.unit.dimension))
        expected = Text(names, names)
        if name is not None and stated is None:
            text = Text(f"没有名为“{name}”的单位。", f"There is no unit “{name}”.")
            self.complain(
                "unknown_unit", line_of(node, "unit"), f"{path}.unit", text, found=name, expected=expected
            )
            return None
        if stated is None and needs_unit(metric):
            text = Text(f"“{label}”没有单位：请写 unit。", f"“{label}” has no unit: add unit.")
            self.complain("unit_missing", line, f"{path}.unit", text, expected=expected)
            return None
        unit = settle_unit(metric, stated)
        if unit is None and stated is not None:
            text = Text(
                f"单位“{stated.label.zh}”不能用于口径 {metric.id}。",
                f"{stated.code} is no unit of the metric {metric.id}.",
            )
            self.complain(
                "unit_mismatch", line_of(node, "unit") or line, f"{path}.unit", text, expected=expected
            )
        return unit

    def _values(self, node: CommentedMap, metric: Metric, path: str) -> tuple[tuple[str, str], ...]:
        values = self.map(node, "values", path)
        if values is None:
            return ()
        if metric.kind is not Kind.CATEGORY:
            text = Text(
                f"口径 {metric.id} 不是分类，不能写 values。", f"The metric {metric.id} has no categories."
            )
            self.complain("values_not_used", line_of(node, "values"), f"{path}.values", text)
            return ()
        for key, category in values.items():
            if str(category) not in metric.categories():
                names = ", ".join(metric.categories())
                text = Text(
                    f"“{category}”不是 {metric.id} 的分类。", f"“{category}” is no category of {metric.id}."
                )
                self.complain(
                    "unknown_category",
                    line_of(values, key),
                    f"{path}.values.{key}",
                    text,
                    found=category,
                    expected=Text(names, names),
                )
        return tuple((cell_text(key), str(category)) for key, category in values.items())

    def _table(self, node: CommentedMap, metric: Metric, path: str) -> PrefixTable | None:
        name = self.text(node, "table", path)
        if name is None:
            return None
        table, line = self.tables.get(name), line_of(node, "table")
        if table is None:
            text = Text(
                f"没有名为“{name}”的对照表{nearest_zh(name, self.tables)}",
                f"There is no table “{name}”{nearest_en(name, self.tables)}",
            )
            self.complain("unknown_table", line, f"{path}.table", text, found=name)
        elif table.metric != metric.id:
            text = Text(
                f"对照表 {name} 给出口径 {table.metric}，不是 {metric.id}。",
                f"The table {name} gives the metric {table.metric}, not {metric.id}.",
            )
            self.complain("table_not_used", line, f"{path}.table", text, found=name)
        return table

    def _upper_bound(self, node: CommentedMap, metric: Metric, path: str) -> bool:
        bound = node.get("bound")
        if bound is None:
            return False
        if bound != "upper":
            text = Text("bound 只能写 upper。", "bound can only be upper.")
            self.complain("bad_value", line_of(node, "bound"), f"{path}.bound", text, found=bound)
        elif metric.kind is not Kind.QUANTITY or metric.minimum is None:
            text = Text(
                f"口径 {metric.id} 没有最小值，不能作为上限读入。",
                f"The metric {metric.id} has no minimum: no upper bound can be read.",
            )
            self.complain("bound_not_used", line_of(node, "bound"), f"{path}.bound", text)
        return bool(bound == "upper")

    def _check_doubles(self, rules: Iterable[ColumnRule]) -> None:
        seen: dict[tuple[str, Year | None, bool], ColumnRule] = {}
        for rule in rules:
            first = seen.setdefault((rule.metric, rule.year, rule.upper_bound), rule)
            if first is not rule:
                text = Text(
                    f"“{rule.label}”与“{first.label}”对应同一口径和年份。",
                    f"“{rule.label}” and “{first.label}” give the same metric and year.",
                )
                self.complain("metric_twice", rule.line, f"columns.{rule.label}", text)

    def _registers(self, root: CommentedMap) -> tuple[RegisterRule, ...]:
        nodes = root.get("registers")
        if nodes is None:
            return ()
        if not isinstance(nodes, CommentedSeq):
            text = Text(
                "registers 应为清单（以“- ”开头）。", "registers is a list (each entry starts with “- ”)."
            )
            self.complain("bad_value", line_of(root, "registers"), "registers", text)
            return ()
        rules = [self._register(node, index, line_of(nodes, index)) for index, node in enumerate(nodes)]
        return tuple(rule for rule in rules if rule is not None)

    def _register(self, node: object, index: int, line: int | None) -> RegisterRule | None:
        path = f"registers.{index}"
        if not isinstance(node, CommentedMap):
            text = Text(
                "名单应写作 {metric: …, file: …, on: …}。", "A register is {metric: …, file: …, on: …}."
            )
            self.complain("bad_value", line, path, text, found=node)
            return None
        self.check_keys(node, _REGISTER_KEYS, path)
        metric = self._metric(node, path, line)
        if metric is not None and metric.kind is not Kind.BOOL:
            text = Text(
                f"口径 {metric.id} 不是“是/否”，不能由名单得出。",
                f"The metric {metric.id} is no yes/no metric: a list cannot give it.",
            )
            self.complain("not_yes_no", line_of(node, "metric"), f"{path}.metric", text)
        file, on = self.text(node, "file", path), node.get("on")
        if file is None:
            self.complain(
                "file_missing", line, f"{path}.file", Text("名单缺少 file。", "The register has no file.")
            )
        if not isinstance(on, dt.date) or isinstance(on, dt.datetime):
            text = Text(
                "名单缺少日期 on（如 2026-05-31）。", "The register has no date on (such as 2026-05-31)."
            )
            self.complain(
                "date_missing",
                line_of(node, "on") or line,
                f"{path}.on",
                text,
                found="" if on is None else on,
            )
            return None
        if metric is None or file is None:
            return None
        complete = self.flag(node, "complete", path)
        territory = str(node.get("territory", ""))
        return RegisterRule(metric.id, self.path.parent / file, complete, on, territory, line)
