"""Mapping files read from YAML: every problem of the file in one run, each with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from yumiao.intake.cells import cell_text
from yumiao.intake.mapping import ColumnRule, MappingFile, RegisterRule, SubjectColumns
from yumiao.intake.mapping_metrics import MetricReader
from yumiao.intake.mapping_nodes import line_of, nearest_en, nearest_zh
from yumiao.intake.mapping_origins import read_date, read_source, read_territory
from yumiao.intake.mapping_persons import read_persons
from yumiao.intake.mapping_records import read_records_rule
from yumiao.intake.mapping_shapes import read_shape
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs.definitions import RegisterDefinition

_TOP_KEYS = (
    "mapping",
    "kind",
    "source",
    "territory",
    "date",
    "subject",
    "sheet",
    "header_row",
    "year",
    "columns",
    "persons",
    "records",
    "registers",
    "ignore",
    "shape",
)
_RESULTS = ("columns", "registers", "records")
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
_NO_REGISTERS: Mapping[str, RegisterDefinition] = {}


def read_mapping(
    path: Path,
    metrics: Mapping[str, Metric],
    tables: Mapping[str, PrefixTable] = _NO_TABLES,
    registers: Mapping[str, RegisterDefinition] = _NO_REGISTERS,
    sources: Collection[str] = (),
    *,
    content: str | None = None,
) -> MappingFile:
    """Read and check a mapping file.

    Args:
        content: the text of the file where it is kept elsewhere; ``path`` then says what it is called and where
            the lists that it names lie.
        tables: tables of codes that its columns may name.
        registers: registers whose rows its ``records`` may give.
        sources: ids of those who may report; empty: any id is accepted.
    Raises: YumiaoError (``mapping_invalid``) carrying every problem found, each with its line.
    """
    path = Path(path)
    kept = None if content is None else content.encode()
    reader = _Reader(path, metrics, tables, registers, sources, kept)
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


class _Reader(MetricReader):
    """Reads one mapping file; every complaint is collected, none stops the reading of the rest."""

    def __init__(
        self,
        path: Path,
        metrics: Mapping[str, Metric],
        tables: Mapping[str, PrefixTable],
        registers: Mapping[str, RegisterDefinition],
        sources: Collection[str],
        content: bytes | None,
    ) -> None:
        super().__init__(path, metrics, content)
        self.tables = tables
        self.registers = registers
        self.sources = sources

    def read(self) -> MappingFile | None:
        root = self.load()
        if root is None:
            return None
        self.check_keys(root, _TOP_KEYS, "")
        subject = self._subject(root)
        year_column, fixed_year = self._year(root)
        has_year = bool(year_column or fixed_year)
        persons = read_persons(self, root, has_year=has_year)
        dropped = () if persons is None else persons.drop
        mapping = MappingFile(
            name=str(root.get("mapping", self.path.stem)),
            subject=subject,
            columns=self._columns(root, has_year=has_year),
            sheet=self.text(root, "sheet", ""),
            header_row=self._header_row(root),
            year_column=year_column,
            fixed_year=fixed_year,
            registers=self._lists(root),
            ignore=tuple(dict.fromkeys((*self.texts(root, "ignore", ""), *dropped))),
            source=read_source(self, root, self.sources),
            kind=self.text(root, "kind", "") or "",
            territory=read_territory(self, root),
            observed_on=read_date(self, root),
            persons=persons,
            records=read_records_rule(self, root, self.registers),
            shape=read_shape(self, root),
        )
        if not any(root.get(key) for key in _RESULTS) and not (persons and persons.counts):
            text = Text(
                "映射文件没有任何列（columns）、名单（registers）、台账（records）或人员计数（persons.count）。",
                "There are no columns, registers, records or counts of persons.",
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
                return None, self.year_value(node, "fixed", "year")
            return self.text(node, "column", "year"), None
        text = Text(
            "year 应写作 {column: 列名} 或 {fixed: 2025}。", "year is {column: label} or {fixed: 2025}."
        )
        self.complain("bad_value", line_of(root, "year"), "year", text, found=node)
        return None, None

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
        metric = self.metric(node, path, line)
        if metric is None:
            return None
        return ColumnRule(
            label=label,
            metric=metric.id,
            parts=self.texts(node, "sum", path) or (label,),
            year=self.metric_year(node, label, metric, path, line, has_year=has_year),
            unit=self.metric_unit(node, label, metric, path, line),
            missing=self.texts(node, "missing", path),
            yes=self.texts(node, "yes", path) or YES_WORDS,
            no=self.texts(node, "no", path) or NO_WORDS,
            values=self._values(node, metric, path),
            table=self._table(node, metric, path),
            upper_bound=self._upper_bound(node, metric, path),
            optional=self.flag(node, "optional", path),
            line=line,
        )

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

    def _lists(self, root: CommentedMap) -> tuple[RegisterRule, ...]:
        nodes = root.get("registers")
        if nodes is None:
            return ()
        if not isinstance(nodes, CommentedSeq):
            text = Text(
                "registers 应为清单（以“- ”开头）。", "registers is a list (each entry starts with “- ”)."
            )
            self.complain("bad_value", line_of(root, "registers"), "registers", text)
            return ()
        rules = [self._list(node, index, line_of(nodes, index)) for index, node in enumerate(nodes)]
        return tuple(rule for rule in rules if rule is not None)

    def _list(self, node: object, index: int, line: int | None) -> RegisterRule | None:
        path = f"registers.{index}"
        if not isinstance(node, CommentedMap):
            text = Text(
                "名单应写作 {metric: …, file: …, on: …}。", "A register is {metric: …, file: …, on: …}."
            )
            self.complain("bad_value", line, path, text, found=node)
            return None
        self.check_keys(node, _REGISTER_KEYS, path)
        metric = self.metric(node, path, line)
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
