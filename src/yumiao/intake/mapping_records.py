"""The ``records`` part of a mapping file: rows that become rows of a register."""

from __future__ import annotations

from collections.abc import Mapping

from ruamel.yaml.comments import CommentedMap

from yumiao.intake.cells import cell_text
from yumiao.intake.labels import take_apart, unit_named, unit_names
from yumiao.intake.mapping_nodes import NodeReader, is_scalar, line_of, nearest_en, nearest_zh
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Unit
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.register_columns import RegisterColumn

_KEYS = ("register", "fixed", "columns", "complete")
_FIELD_KEYS = ("field", "values", "missing", "yes", "no", "unit")


def read_records_rule(
    reader: NodeReader, root: CommentedMap, registers: Mapping[str, RegisterDefinition]
) -> RecordsRule | None:
    """Read how the rows of a file become rows of one of ``registers``; None where they do not."""
    node = reader.map(root, "records", "")
    if node is None:
        return None
    reader.check_keys(node, _KEYS, "records")
    register = _read_register(reader, node, registers, line_of(root, "records"))
    if register is None:
        return None
    name, definition = register
    fields = _read_fields(reader, node, definition)
    fixed = _read_fixed(reader, node, definition)
    if not fields and not fixed:
        text = Text("records 没有任何列（columns）。", "records has no columns.")
        reader.complain("nothing_mapped", line_of(root, "records"), "records.columns", text)
    _check_doubles(reader, fields, fixed)
    complete = reader.flag(node, "complete", "records")
    return RecordsRule(name, fields, fixed, complete, line_of(root, "records"))


def _read_register(
    reader: NodeReader, node: CommentedMap, registers: Mapping[str, RegisterDefinition], line: int | None
) -> tuple[str, RegisterDefinition] | None:
    name = reader.text(node, "register", "records") or ""
    if name in registers:
        return name, registers[name]
    text = Text(
        f"没有名为“{name}”的台账{nearest_zh(name, registers)}",
        f"There is no register “{name}”{nearest_en(name, registers)}",
    )
    expected = ", ".join(registers)
    reader.complain(
        "unknown_register",
        line_of(node, "register") or line,
        "records.register",
        text,
        found=name,
        expected=Text(expected, expected),
    )
    return None


def _read_fields(
    reader: NodeReader, node: CommentedMap, definition: RegisterDefinition
) -> tuple[FieldRule, ...]:
    columns = reader.map(node, "columns", "records") or CommentedMap()
    read = [
        _read_field(reader, cell_text(label), value, definition, line_of(columns, label))
        for label, value in columns.items()
    ]
    return tuple(rule for rule in read if rule is not None)


def _read_field(
    reader: NodeReader, label: str, node: object, definition: RegisterDefinition, line: int | None
) -> FieldRule | None:
    path = f"records.columns.{label}"
    if isinstance(node, str):
        node = CommentedMap({"field": node})
    if not isinstance(node, CommentedMap):
        text = Text(f"“{label}”应写作 {{field: …}}。", f"“{label}” should be {{field: …}}.")
        reader.complain("bad_value", line, path, text, found=node)
        return None
    reader.check_keys(node, _FIELD_KEYS, path)
    field = reader.text(node, "field", path) or ""
    column = definition.columns.get(field)
    if column is None:
        _complain_field(reader, field, definition, f"{path}.field", line_of(node, "field") or line)
        return None
    return FieldRule(
        label,
        field,
        values=_read_values(reader, node, column, path),
        missing=reader.texts(node, "missing", path),
        yes=reader.texts(node, "yes", path) or YES_WORDS,
        no=reader.texts(node, "no", path) or NO_WORDS,
        unit=_read_unit(reader, node, label, column, path),
        line=line,
    )


def _complain_field(
    reader: NodeReader, field: str, definition: RegisterDefinition, path: str, line: int | None
) -> None:
    names = ", ".join(definition.columns)
    text = Text(
        f"台账没有字段“{field}”{nearest_zh(field, definition.columns)}",
        f"The register has no field “{field}”{nearest_en(field, definition.columns)}",
    )
    reader.complain("unknown_field", line, path, text, found=field, expected=Text(names, names))


def _read_values(
    reader: NodeReader, node: CommentedMap, column: RegisterColumn, path: str
) -> tuple[tuple[str, str], ...]:
    values = reader.map(node, "values", path)
    if values is None:
        return ()
    if not column.values:
        text = Text("这个字段不是分类，不能写 values。", "This field has no categories: values is not used.")
        reader.complain("values_not_used", line_of(node, "values"), f"{path}.values", text)
        return ()
    for word, category in values.items():
        if str(category) not in column.values:
            place = f"{path}.values.{word}"
            _complain_category(reader, str(category), column, place, line_of(values, word))
    return tuple((cell_text(word), str(category)) for word, category in values.items())


def _complain_category(
    reader: NodeReader, found: str, column: RegisterColumn, path: str, line: int | None
) -> None:
    names = ", ".join(column.values)
    text = Text(
        f"“{found}”不是该字段的分类{nearest_zh(found, column.values)}",
        f"“{found}” is no category of the field{nearest_en(found, column.values)}",
    )
    reader.complain("unknown_category", line, path, text, found=found, expected=Text(names, names))


def _read_unit(
    reader: NodeReader, node: CommentedMap, label: str, column: RegisterColumn, path: str
) -> Unit | None:
    """Return the unit of a quantity's cells: the column's own, the label's, or else the register's."""
    declared = UNITS.get(column.type)
    if declared is None:
        return None
    name = reader.text(node, "unit", path)
    stated = take_apart(label).unit if name is None else unit_named(name)
    if stated is not None and stated.dimension is declared.dimension:
        return stated
    if name is not None:
        names = "、".join(unit_names(declared.dimension))
        text = Text(f"单位“{name}”不能用于这个字段。", f"“{name}” is no unit of this field.")
        reader.complain(
            "unit_mismatch", line_of(node, "unit"), f"{path}.unit", text, expected=Text(names, names)
        )
    return declared


def _read_fixed(
    reader: NodeReader, node: CommentedMap, definition: RegisterDefinition
) -> tuple[tuple[str, str], ...]:
    fixed = reader.map(node, "fixed", "records") or CommentedMap()
    read = []
    for field, value in fixed.items():
        line, path = line_of(fixed, field), f"records.fixed.{field}"
        column = definition.columns.get(str(field))
        if column is None:
            _complain_field(reader, str(field), definition, path, line)
        elif not is_scalar(value):
            text = Text(f"{field} 应为一个词。", f"{field} should be one word.")
            reader.complain("bad_value", line, path, text, found=value)
        else:
            if column.values and str(value) not in column.values:
                _complain_category(reader, str(value), column, path, line)
            read.append((str(field), cell_text(value)))
    return tuple(read)


def _check_doubles(
    reader: NodeReader, fields: tuple[FieldRule, ...], fixed: tuple[tuple[str, str], ...]
) -> None:
    seen = {field for field, _ in fixed}
    for rule in fields:
        if rule.field in seen:
            text = Text(f"字段 {rule.field} 写了两次。", f"The field {rule.field} is given twice.")
            reader.complain("field_twice", rule.line, f"records.columns.{rule.label}", text, found=rule.field)
        seen.add(rule.field)
