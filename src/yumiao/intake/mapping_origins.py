"""Where a file comes from, as its mapping file says it: who reports, which territory, as of which day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

from ruamel.yaml.comments import CommentedMap

from yumiao.intake.mapping import Territory
from yumiao.intake.mapping_nodes import NodeReader, line_of, nearest_en, nearest_zh
from yumiao.model.text import Text

_SOURCE = re.compile("[a-z][a-z0-9_]*")
_DIVISION = re.compile("[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")


def read_source(reader: NodeReader, root: CommentedMap, known: Collection[str]) -> str | None:
    """Read who reports. ``known`` are the declared sources; empty: any well-formed id will do."""
    source = reader.text(root, "source", "")
    if source is None:
        return None
    line = line_of(root, "source")
    if known and source not in known:
        names = ", ".join(sorted(known))
        text = Text(
            f"没有名为“{source}”的来源{nearest_zh(source, known)}",
            f"There is no source “{source}”{nearest_en(source, known)}",
        )
        reader.complain("unknown_source", line, "source", text, found=source, expected=Text(names, names))
    elif not _SOURCE.fullmatch(source):
        text = Text(
            f"来源“{source}”应为小写英文标识，如 tax。",
            f"The source “{source}” is a lower-case id, such as tax.",
        )
        reader.complain("bad_value", line, "source", text, found=source)
    return source


def read_territory(reader: NodeReader, root: CommentedMap) -> Territory | None:
    """Read which territory the rows belong to: one division code for all, or a column that says it."""
    node = root.get("territory")
    if node is None:
        return None
    line = line_of(root, "territory")
    if isinstance(node, CommentedMap):
        reader.check_keys(node, ("column",), "territory")
        column = reader.text(node, "column", "territory")
        if column is None:
            _complain_territory(reader, line, "")
            return None
        return Territory(column=column)
    code = reader.text(root, "territory", "")
    if code is None or not _DIVISION.fullmatch(code):
        _complain_territory(reader, line, code or "")
        return None
    return Territory(code=code)


def _complain_territory(reader: NodeReader, line: int | None, found: str) -> None:
    text = Text(
        "territory 应为区划代码（6、9或12位数字）或 {column: 列名}。",
        "territory is a division code (6, 9 or 12 digits) or {column: label}.",
    )
    expected = Text("territory: 320412", "territory: 320412")
    reader.complain("bad_value", line, "territory", text, found=found, expected=expected)


def read_date(reader: NodeReader, root: CommentedMap) -> dt.date | None:
    """Read the day as of which the file speaks; None where the import says it."""
    value = root.get("date")
    if value is None:
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    text = Text(f"“{value}”不是日期：请写作 2026-05-31。", f"“{value}” is no date: write 2026-05-31.")
    reader.complain("bad_value", line_of(root, "date"), "date", text, found=value)
    return None
