"""Mapping files written: small, readable YAML that reads back as the same mapping, with the reasons as comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from yumiao.intake.labels import STATED_DIMENSIONS, take_apart
from yumiao.intake.mapping import ColumnRule, MappingFile, RegisterRule
from yumiao.intake.persons_mapping import PersonCount, PersonsRule
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.intake.shapes import CellType, ColumnShape, Shape
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.periods import Year
from yumiao.model.units import Unit

_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff（）、·＋]*")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_WIDTH = 110


@dataclass(frozen=True)
class Remarks:
    """What is written beside a mapping for whoever reads it.

    Attributes:
        first: lines at the top of the file.
        columns: label → why the column is read so.
        asked: lines of questions, written as comments below the columns.
        last: lines of questions about the file, written as comments at its end.
    """

    first: tuple[str, ...] = ()
    columns: Mapping[str, str] | None = None
    asked: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


def write_mapping(mapping: MappingFile, folder: Path, remarks: Remarks | None = None) -> str:
    """Write a mapping as the text of a mapping file.

    Args:
        folder: where the file will lie; the files of lists are named relative to it.
        remarks: comments; they change nothing that is read.
    Returns: text that `read_mapping` reads as an equal mapping, apart from the numbers of lines.
    """
    remarks = remarks or Remarks()
    lines = [comment(line) for line in remarks.first]
    lines += _write_head(mapping)
    lines += _write_columns(mapping.columns, remarks)
    lines += _write_persons(mapping.persons)
    lines += _write_records(mapping.records)
    lines += _write_lists(mapping.registers, folder)
    dropped = mapping.persons.drop if mapping.persons else ()
    ignored = [label for label in mapping.ignore if label not in dropped]
    if ignored:
        lines += _wrapped("ignore", ignored)
    lines += map(comment, remarks.last)
    lines += [] if mapping.shape is None else write_shape(mapping.shape)
    return "\n".join(lines) + "\n"


def comment(text: str, indent: str = "") -> str:
    """Return one line of comment; line breaks and what cannot be printed become blanks."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return f"{indent}# {' '.join(printable.split())}".rstrip()


def quote(text: str) -> str:
    """Return a text as a YAML scalar that reads back as this very text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or character == "\u3000":
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _flow(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


def _listed(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(quote, texts)) + "]"


def _wrapped(key: str, texts: Sequence[str], indent: str = "") -> list[str]:
    """Return a list of words under a key, on one line or, where that is too long, on one line each."""
    line = f"{indent}{key}: {_listed(texts)}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"{indent}{key}:", *(f"{indent}  - {quote(text)}" for text in texts)]


def _write_head(mapping: MappingFile) -> list[str]:
    lines = [f"mapping: {quote(mapping.name)}"]
    if mapping.kind:
        lines.append(f"kind: {quote(mapping.kind)}")
    if mapping.source is not None:
        lines.append(f"source: {quote(mapping.source)}")
    if mapping.territory is not None:
        column = mapping.territory.column
        code = quote(mapping.territory.code)
        lines.append(f"territory: {code if column is None else _flow([('column', quote(column))])}")
    if mapping.observed_on is not None:
        lines.append(f"date: {mapping.observed_on.isoformat()}")
    subject = [(key, getattr(mapping.subject, key)) for key in ("code", "name", "id")]
    named = [(key, quote(label)) for key, label in subject if label is not None]
    lines.append(f"subject: {_flow(named)}")
    if mapping.sheet is not None:
        lines.append(f"sheet: {quote(mapping.sheet)}")
    if mapping.header_row is not None:
        lines.append(f"header_row: {mapping.header_row}")
    if mapping.year_column is not None:
        lines.append(f"year: {_flow([('column', quote(mapping.year_column))])}")
    elif mapping.fixed_year is not None:
        lines.append(f"year: {_flow([('fixed', _year(mapping.fixed_year))])}")
    return lines


def _year(year: Year) -> str:
    return str(year.number)


def _write_columns(rules: Sequence[ColumnRule], remarks: Remarks) -> list[str]:
    if not rules and not remarks.asked:
        return []
    lines = ["columns:"] if rules else ["# columns:"]
    lines += write_rules(rules, remarks.columns or {})
    return [*lines, *(comment(line, "  ") for line in remarks.asked)]


def write_rules(rules: Sequence[ColumnRule], reasons: Mapping[str, str]) -> list[str]:
    """Write the lines of columns, each below the comment that says why it is read so."""
    lines = []
    for label, group in groupby(rules, key=lambda rule: rule.label):
        written = [write_rule(rule) for rule in group]
        value = written[0] if len(written) == 1 else "[" + ", ".join(written) + "]"
        if label in reasons:
            lines.append(comment(reasons[label], "  "))
        lines.append(f"  {quote(label)}: {value}")
    return lines


def write_rule(rule: ColumnRule) -> str:
    """Write the right-hand side of one column: ``{metric: …, unit: …}``."""
    stated = take_apart(rule.label)
    pairs = [("metric", quote(rule.metric))]
    if rule.parts != (rule.label,):
        pairs.append(("sum", _listed(rule.parts)))
    pairs += _unit(rule.unit, stated.unit)
    if rule.year is not None and rule.year != stated.year:
        pairs.append(("year", _year(rule.year)))
    pairs += _words(rule.missing, rule.yes, rule.no)
    pairs += _values(rule.values)
    if rule.table is not None:
        pairs.append(("table", quote(rule.table.id)))
    if rule.upper_bound:
        pairs.append(("bound", "upper"))
    if rule.optional:
        pairs.append(("optional", "true"))
    return _flow(pairs)


def _unit(unit: Unit | None, stated: Unit | None) -> list[tuple[str, str]]:
    """Write a unit where the label does not say it already; quantities of only one unit need none."""
    if unit is None or unit == stated or (stated is None and unit.dimension not in STATED_DIMENSIONS):
        return []
    return [("unit", quote(unit.label.zh or unit.code))]


def _words(missing: Sequence[str], yes: Sequence[str], no: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [("missing", _listed(missing))] if missing else []
    if yes != YES_WORDS:
        pairs.append(("yes", _listed(yes)))
    if no != NO_WORDS:
        pairs.append(("no", _listed(no)))
    return pairs


def _values(values: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("values", _flow((quote(word), quote(category)) for word, category in values))] if values else []


def _write_persons(rule: PersonsRule | None) -> list[str]:
    if rule is None:
        return []
    lines = ["persons:"]
    if rule.drop:
        lines += _wrapped("drop", rule.drop, "  ")
    if rule.counts:
        lines.append("  count:")
        lines += [f"    - {_count(count)}" for count in rule.counts]
    if rule.once_per is not None:
        lines.append(f"  once_per: {quote(rule.once_per)}")
    if rule.missing:
        lines += _wrapped("missing", rule.missing, "  ")
    return lines if len(lines) > 1 else ["persons: {}"]


def _count(count: PersonCount) -> str:
    pairs = [("metric", quote(count.metric))]
    if count.year is not None:
        pairs.append(("year", _year(count.year)))
    if count.where:
        conditions = ((quote(where.label), _listed(where.words)) for where in count.where)
        pairs.append(("where", _flow(conditions)))
    return _flow(pairs)


def _write_records(rule: RecordsRule | None) -> list[str]:
    if rule is None:
        return []
    lines = ["records:", f"  register: {quote(rule.register)}"]
    if rule.fixed:
        lines.append(f"  fixed: {_flow((quote(field), quote(value)) for field, value in rule.fixed)}")
    if rule.is_complete:
        lines.append("  complete: true")
    if rule.fields:
        lines.append("  columns:")
        lines += [f"    {quote(field.label)}: {_field(field)}" for field in rule.fields]
    return lines


def write_records(rule: RecordsRule) -> str:
    """Write how rows become rows of a register on one line, for a comment."""
    pairs = [("register", quote(rule.register))]
    if rule.fixed:
        pairs.append(("fixed", _flow((quote(field), quote(value)) for field, value in rule.fixed)))
    if rule.is_complete:
        pairs.append(("complete", "true"))
    pairs.append(("columns", _flow((quote(field.label), _field(field)) for field in rule.fields)))
    return _flow(pairs)


def _field(rule: FieldRule) -> str:
    pairs = [("field", quote(rule.field)), *_unit(rule.unit, take_apart(rule.label).unit)]
    pairs += [*_words(rule.missing, rule.yes, rule.no), *_values(rule.values)]
    return pairs[0][1] if len(pairs) == 1 else _flow(pairs)


def _write_lists(rules: Sequence[RegisterRule], folder: Path) -> list[str]:
    lines = ["registers:"] if rules else []
    for rule in rules:
        inside = rule.file.is_relative_to(folder)
        file = rule.file.relative_to(folder).as_posix() if inside else rule.file.as_posix()
        pairs = [("metric", quote(rule.metric)), ("file", quote(file)), ("on", rule.on.isoformat())]
        pairs.append(("complete", "true" if rule.complete else "false"))
        if rule.territory:
            pairs.append(("territory", quote(rule.territory)))
        lines.append(f"  - {_flow(pairs)}")
    return lines


def write_shape(shape: Shape) -> list[str]:
    """Write the lines of a remembered shape."""
    lines = ["shape:"]
    if shape.sheet:
        lines.append(f"  sheet: {quote(shape.sheet)}")
    lines.append(f"  rows: {shape.rows}")
    if shape.columns:
        lines.append("  columns:")
        lines += [f"    {quote(column.label)}: {_column_shape(column)}" for column in shape.columns]
    return lines


def _column_shape(column: ColumnShape) -> str:
    pairs = [] if column.type is CellType.TEXT else [("type", column.type.value)]
    if column.unit:
        pairs.append(("unit", quote(column.unit)))
    if column.words:
        pairs.append(("words", _listed(column.words)))
    if column.codes:
        pairs.append(("codes", _listed(column.codes)))
    return _flow(pairs)
