"""Mapping files read from YAML: every problem of the file in one run, each with its line."""

from __future__ import annotations

import datetime as dt
import difflib
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
)

from yumiao.intake.cells import cell_text
from yumiao.intake.labels import take_apart, unit_named, unit_names, year_named
from yumiao.intake.mapping import (
    NO_WORDS,
    YES_WORDS,
    ColumnRule,
    MappingFile,
    RegisterRule,
    SubjectColumns,
    needs_unit,
    settle_unit,
)
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind, Unit

MAX_MAPPING_BYTES = 256 * 1024
MAX_DEPTH = 20
_OPENING = (FlowSequenceStartToken, FlowMappingStartToken, BlockSequenceStartToken, BlockMappingStartToken)
_CLOSING = (FlowSequenceEndToken, FlowMappingEndToken, BlockEndToken)
_TOP_KEYS = ("mapping", "subject", "sheet", "header_row", "year", "columns", "registers", "ignore")
_COLUMN_KEYS = ("metric", "unit", "missing", "year", "yes", "no", "values", "bound", "sum", "optional")
_REGISTER_KEYS = ("metric", "complete", "file", "territory", "on")
_SUBJECT_KEYS = ("id", "name", "code")


def read_mapping(path: Path, metrics: Mapping[str, Metric]) -> MappingFile:
    """Read and check a mapping file.

    Raises: YumiaoError (``mapping_invalid``) carrying every problem found, each with its line.
    """
    path = Path(path)
    reader = _Reader(path, metrics)
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


class _Reader:
    """Reads one file; every complaint is collected, none stops the reading of the rest."""

    def __init__(self, path: Path, metrics: Mapping[str, Metric]) -> None:
        self.path = path
        self.metrics = metrics
        self.problems: list[Problem] = []

    def complain(
        self,
        code: str,
        line: int | None,
        path: str,
        text: Text,
        *,
        found: object = "",
        expected: Text = Text(""),
    ) -> None:
        self.problems.append(
            Problem(
                code, text, file=self.path.name, line=line, path=path, found=str(found), expected=expected
            )
        )

    def read(self) -> MappingFile | None:
        root = self._load()
        if root is None:
            return None
        self._check_keys(root, _TOP_KEYS, "")
        subject = self._subject(root)
        year_column, fixed_year = self._year(root)
        mapping = MappingFile(
            name=str(root.get("mapping", self.path.stem)),
            subject=subject,
            columns=self._columns(root, has_year=bool(year_column or fixed_year)),
            sheet=self._text(root, "sheet", ""),
            header_row=self._header_row(root),
            year_column=year_column,
            fixed_year=fixed_year,
            registers=self._registers(root),
            ignore=self._texts(root, "ignore", ""),
        )
        if not root.get("columns") and not root.get("registers"):
            text = Text(
                "映射文件没有任何列（columns）或名单（registers）。",
                "There are neither columns nor registers.",
            )
            self.complain("nothing_mapped", 1, "columns", text)
        return mapping

    def _load(self) -> CommentedMap | None:
        try:
            content = self.path.read_bytes()
            if len(content) > MAX_MAPPING_BYTES:
                text = Text("映射文件超过256 KB。", "The mapping file is larger than 256 KB.")
                self.complain("mapping_too_big", None, "", text)
                return None
            source = content.decode("utf-8-sig")
            if not self._is_plain(source):
                return None
            root = YAML().load(source)
        except OSError:
            text = Text(f"找不到映射文件 {self.path.name}。", f"There is no mapping file {self.path.name}.")
            self.complain("file_missing", None, "", text)
            return None
        except UnicodeDecodeError:
            text = Text("映射文件应为 UTF-8 编码。", "The mapping file should be UTF-8 text.")
            self.complain("unknown_encoding", None, "", text)
            return None
        except (YAMLError, RecursionError, ValueError) as error:
            self._complain_yaml(error)
            return None
        if not isinstance(root, CommentedMap):
            text = Text("映射文件应由“键: 值”组成。", "The mapping file should consist of “key: value”.")
            self.complain("not_a_mapping", 1, "", text)
            return None
        return root

    def _is_plain(self, source: str) -> bool:
        """Whether the text has no aliases and no absurd depth; either could make it grow without end."""
        depth = 0
        for token in YAML().scan(io.StringIO(source)):
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if isinstance(token, AliasToken | AnchorToken):
                text = Text(
                    "映射文件不使用锚点和引用（& 和 *）；请加引号。",
                    "Anchors and aliases (& and *) are not used; quote the text.",
                )
                self.complain("alias_used", token.start_mark.line + 1, "", text)
                return False
            if depth > MAX_DEPTH:
                text = Text("映射文件嵌套过深。", "The mapping file is nested too deeply.")
                self.complain("too_deep", token.start_mark.line + 1, "", text)
                return False
        return True

    def _complain_yaml(self, error: Exception) -> None:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = None if mark is None else mark.line + 1
        detail = (error.problem if isinstance(error, MarkedYAMLError) else "") or type(error).__name__
        text = Text(f"不是正确的 YAML：{detail}", f"This is not correct YAML: {detail}")
        self.complain("yaml_syntax", line, "", text)

    # The parts of the file, in its order.

    def _subject(self, root: CommentedMap) -> SubjectColumns:
        node = self._map(root, "subject", "")
        line = line_of(root, "subject")
        if node is None:
            if "subject" not in root:
                self._complain_subject(1)
            return SubjectColumns()
        self._check_keys(node, _SUBJECT_KEYS, "subject")
        columns = SubjectColumns(**{key: self._text(node, key, "subject") for key in _SUBJECT_KEYS})
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
            self._check_keys(node, ("column", "fixed"), "year")
            if "fixed" in node:
                return None, self._year_value(node, "fixed", "year")
            return self._text(node, "column", "year"), None
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
        node = self._map(root, "columns", "")
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
        self._check_keys(node, _COLUMN_KEYS, path)
        metric = self._metric(node, path, line)
        if metric is None:
            return None
        return ColumnRule(
            label=label,
            metric=metric.id,
            parts=self._texts(node, "sum", path) or (label,),
            year=self._column_year(node, label, metric, path, line, has_year=has_year),
            unit=self._unit(node, label, metric, path, line),
            missing=self._texts(node, "missing", path),
            yes=self._texts(node, "yes", path) or YES_WORDS,
            no=self._texts(node, "no", path) or NO_WORDS,
            values=self._values(node, metric, path),
            upper_bound=self._upper_bound(node, metric, path),
            optional=self._flag(node, "optional", path),
            line=line,
        )

    def _metric(self, node: CommentedMap, path: str, line: int | None) -> Metric | None:
        name = str(node.get("metric", ""))
        metric = self.metrics.get(name)
        if metric is None:
            text = Text(
                f"没有名为“{name}”的口径{_nearest_zh(name, self.metrics)}",
                f"There is no metric “{name}”{_nearest_en(name, self.metrics)}",
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
        values = self._map(node, "values", path)
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
        self._check_keys(node, _REGISTER_KEYS, path)
        metric = self._metric(node, path, line)
        if metric is not None and metric.kind is not Kind.BOOL:
            text = Text(
                f"口径 {metric.id} 不是“是/否”，不能由名单得出。",
                f"The metric {metric.id} is no yes/no metric: a list cannot give it.",
            )
            self.complain("not_yes_no", line_of(node, "metric"), f"{path}.metric", text)
        file, on = self._text(node, "file", path), node.get("on")
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
        complete = self._flag(node, "complete", path)
        territory = str(node.get("territory", ""))
        return RegisterRule(metric.id, self.path.parent / file, complete, on, territory, line)

    # The kinds of values.

    def _check_keys(self, node: CommentedMap, known: tuple[str, ...], path: str) -> None:
        for key in node:
            if key not in known:
                names = ", ".join(known)
                text = Text(
                    f"不认识的键“{key}”{_nearest_zh(str(key), known)}",
                    f"Unknown key “{key}”{_nearest_en(str(key), known)}",
                )
                self.complain(
                    "unknown_key",
                    line_of(node, key),
                    f"{path}.{key}".lstrip("."),
                    text,
                    found=key,
                    expected=Text(names, names),
                )

    def _map(self, node: CommentedMap, key: str, path: str) -> CommentedMap | None:
        value = node.get(key)
        if value is None or isinstance(value, CommentedMap):
            return value
        text = Text(f"{key} 应由“键: 值”组成。", f"{key} should consist of “key: value”.")
        self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return None

    def _text(self, node: CommentedMap, key: str, path: str) -> str | None:
        value = node.get(key)
        if value is None or _is_scalar(value):
            return None if value is None else cell_text(value)
        text = Text(f"{key} 应为一个词。", f"{key} should be one word.")
        self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return None

    def _texts(self, node: CommentedMap, key: str, path: str) -> tuple[str, ...]:
        value = node.get(key)
        if value is None:
            return ()
        entries = value if isinstance(value, CommentedSeq) else [value]
        if all(_is_scalar(entry) for entry in entries):
            return tuple(cell_text(entry).strip() for entry in entries)
        text = Text(f"{key} 应为词的清单。", f"{key} should be a list of words.")
        self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return ()

    def _flag(self, node: CommentedMap, key: str, path: str) -> bool:
        value = node.get(key, False)
        if not isinstance(value, bool):
            text = Text(f"{key} 应为 true 或 false。", f"{key} is true or false.")
            self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return value is True


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | bool | dt.date)


def line_of(node: Any, key: object) -> int | None:  # noqa: ANN401 - a node of the YAML library
    """Return the line (from 1) on which a key or list entry of a YAML node stands, or None."""
    if not hasattr(node, "lc"):
        return None
    place: Callable[[object], tuple[int, int]] = (
        node.lc.key if isinstance(node, CommentedMap) else node.lc.item
    )
    try:
        return place(key)[0] + 1
    except (KeyError, TypeError, AttributeError):
        return None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _nearest_zh(name: str, known: Iterable[str]) -> str:
    found = nearest(name, known)
    return "。" if found is None else f"；是否应为“{found}”？"


def _nearest_en(name: str, known: Iterable[str]) -> str:
    found = nearest(name, known)
    return "." if found is None else f"; did you mean “{found}”?"
