"""The ``shape`` part of a mapping file: what the table looked like when the mapping was made."""

from __future__ import annotations

from ruamel.yaml.comments import CommentedMap

from yumiao.intake.cells import cell_text
from yumiao.intake.mapping_nodes import NodeReader, line_of, nearest_en, nearest_zh
from yumiao.intake.shapes import CellType, ColumnShape, Shape
from yumiao.model.text import Text

_KEYS = ("sheet", "rows", "columns")
_COLUMN_KEYS = ("type", "unit", "words", "codes")


def read_shape(reader: NodeReader, root: CommentedMap) -> Shape | None:
    """Read the remembered shape; None where there is none."""
    node = reader.map(root, "shape", "")
    if node is None:
        return None
    reader.check_keys(node, _KEYS, "shape")
    columns = reader.map(node, "columns", "shape") or CommentedMap()
    read = [
        _read_column(reader, cell_text(label), value, line_of(columns, label))
        for label, value in columns.items()
    ]
    return Shape(reader.text(node, "sheet", "shape") or "", _read_rows(reader, node), tuple(read))


def _read_rows(reader: NodeReader, node: CommentedMap) -> int:
    rows = node.get("rows", 0)
    if isinstance(rows, int) and not isinstance(rows, bool) and rows >= 0:
        return rows
    text = Text("rows 应为行数。", "rows is a number of rows.")
    reader.complain("bad_value", line_of(node, "rows"), "shape.rows", text, found=rows)
    return 0


def _read_column(reader: NodeReader, label: str, node: object, line: int | None) -> ColumnShape:
    path = f"shape.columns.{label}"
    if isinstance(node, str):
        node = CommentedMap({"type": node})
    if not isinstance(node, CommentedMap):
        text = Text(f"“{label}”应写作 {{type: …}}。", f"“{label}” should be {{type: …}}.")
        reader.complain("bad_value", line, path, text, found=node)
        return ColumnShape(label)
    reader.check_keys(node, _COLUMN_KEYS, path)
    return ColumnShape(
        label,
        _read_type(reader, node, path),
        reader.text(node, "unit", path) or "",
        reader.texts(node, "words", path),
        reader.texts(node, "codes", path),
    )


def _read_type(reader: NodeReader, node: CommentedMap, path: str) -> CellType:
    name = reader.text(node, "type", path) or CellType.TEXT.value
    known = [kind.value for kind in CellType]
    if name in known:
        return CellType(name)
    names = ", ".join(known)
    text = Text(
        f"没有“{name}”这类单元格{nearest_zh(name, known)}",
        f"There is no type of cells “{name}”{nearest_en(name, known)}",
    )
    reader.complain(
        "unknown_type", line_of(node, "type"), f"{path}.type", text, found=name, expected=Text(names, names)
    )
    return CellType.TEXT
