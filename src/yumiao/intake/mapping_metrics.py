"""Metrics, years and units as mapping files name them, each misspelling with what was perhaps meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from yumiao.intake.labels import take_apart, unit_named, unit_names, year_named
from yumiao.intake.mapping import needs_unit, settle_unit
from yumiao.intake.mapping_nodes import NodeReader, line_of, nearest_en, nearest_zh
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.text import Text
from yumiao.model.units import Unit


class MetricReader(NodeReader):
    """Reads the parts of a mapping file that speak of metrics."""

    def __init__(self, path: Path, metrics: Mapping[str, Metric], content: bytes | None = None) -> None:
        super().__init__(path, content)
        self.metrics = metrics

    def metric(self, node: CommentedMap, path: str, line: int | None) -> Metric | None:
        """Return the metric that ``metric:`` names; None, with the nearest name noted, when there is none."""
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

    def metric_year(
        self, node: CommentedMap, label: str, metric: Metric, path: str, line: int | None, *, has_year: bool
    ) -> Year | None:
        """Return the year of a rule: its own, else the label's; None where rows have years or there are none."""
        if not metric.period.is_yearly:
            if "year" in node:
                text = Text(
                    f"口径 {metric.id} 不分年度，不能写 year。", f"The metric {metric.id} has no years."
                )
                self.complain("year_not_used", line_of(node, "year"), f"{path}.year", text)
            return None
        if "year" in node:
            return self.year_value(node, "year", path)
        year = take_apart(label).year
        if year is None and not has_year:
            text = Text(f"“{label}”没有年份：请写 year。", f"“{label}” has no year: add year.")
            self.complain("year_missing", line, f"{path}.year", text, expected=Text("year: 2024"))
        return year

    def year_value(self, node: CommentedMap, key: str, path: str) -> Year | None:
        """Return the year under a key; None, noted, when it is none."""
        year = year_named(str(node[key]))
        if year is None:
            text = Text(f"“{node[key]}”不是年份。", f"“{node[key]}” is no year.")
            expected = Text("如 2024、上年、-1", "such as 2024, 上年, -1")
            self.complain(
                "bad_year", line_of(node, key), f"{path}.{key}", text, found=node[key], expected=expected
            )
        return year

    def metric_unit(
        self, node: CommentedMap, label: str, metric: Metric, path: str, line: int | None
    ) -> Unit | None:
        """Return the unit of a rule's cells: its own, else the label's; None, noted, when it cannot be told."""
        if metric.unit is None:
            return None
        name = str(node["unit"]) if "unit" in node else None
        stated = take_apart(label).unit if name is None else unit_named(name)
        names = "、".join(unit_names(metric.unit.dimension))
        expected = Text(names, names)
        if name is not None and stated is None:
            self.complain_unit(node, name, path, expected)
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

    def complain_unit(self, node: CommentedMap, name: str, path: str, expected: Text) -> None:
        """Note a unit that is not known."""
        text = Text(f"没有名为“{name}”的单位。", f"There is no unit “{name}”.")
        self.complain(
            "unknown_unit", line_of(node, "unit"), f"{path}.unit", text, found=name, expected=expected
        )
