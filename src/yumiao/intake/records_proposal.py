"""Which column is which field of a register, proposed from the labels alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yumiao.intake.labels import STATED_DIMENSIONS, LabelParts, normalise_label, take_apart
from yumiao.intake.mapping import IDENTITY_LABELS, UnusedColumn
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Unit
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.register_columns import RegisterColumn

_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_ASKED = re.compile(r"^是否")


@dataclass(frozen=True, slots=True)
class FieldReason:
    """Why a column is taken for a field."""

    label: str
    field: str
    reason: Text


@dataclass(frozen=True, slots=True)
class ProposedRecords:
    """A proposal.

    Attributes:
        reasons: one per field of the rule, in the header's order.
        unused: labels that are taken for no field, and why.
    """

    rule: RecordsRule
    reasons: tuple[FieldReason, ...]
    unused: tuple[UnusedColumn, ...] = ()


def propose_records(
    header: Sequence[str | None], register_id: str, register: RegisterDefinition
) -> ProposedRecords:
    """Propose which column of a header is which field of a register.

    A label is a field's when it is the field's label, a synonym or its id, once widths, blanks, the unit, what
    stands in brackets and a leading 是否 are taken off, and when no other field has that name. Nothing is
    guessed from likeness. Two columns for one field: the first counts, the other is unused.
    """
    names = _names_of(register.columns)
    someone = {normalise_label(label) for labels in IDENTITY_LABELS.values() for label in labels}
    rules: dict[str, FieldRule] = {}
    reasons: list[FieldReason] = []
    unused: list[UnusedColumn] = []
    for label in dict.fromkeys(label for label in header if label):
        found = _field_of(label, names)
        if isinstance(found, Text):
            if normalise_label(label) not in someone:
                unused.append(UnusedColumn(label, found))
            continue
        if found.field in rules:
            unused.append(UnusedColumn(label, _taken(found, rules[found.field], register)))
            continue
        unit = _unit_of(label, register.columns[found.field])
        if isinstance(unit, Text):
            unused.append(UnusedColumn(label, unit))
            continue
        rules[found.field] = FieldRule(label, found.field, unit=unit)
        reasons.append(found)
    return ProposedRecords(RecordsRule(register_id, tuple(rules.values())), tuple(reasons), tuple(unused))


def _names_of(columns: Mapping[str, RegisterColumn]) -> dict[str, dict[str, Text]]:
    """Every name a field goes by, in the form in which labels are compared: name → field → why."""
    names: dict[str, dict[str, Text]] = {}
    for field, column in columns.items():
        label = column.label_of(field)
        reasons = {
            word: Text(f"列名即“{label.zh}”", f"the label is “{label.en or field}”")
            for word in (label.zh, label.en)
        }
        reasons |= {
            word: Text(f"“{label.zh}”也叫“{word}”", f"“{word}” is another name of it")
            for word in column.synonyms
        }
        reasons[field] = Text(f"列名是字段名 {field}", f"the label is the id {field}")
        for word, reason in reasons.items():
            for form in _forms(word):
                names.setdefault(form, {}).setdefault(field, reason)
    return names


def _forms(label: str) -> list[str]:
    """Return the forms of a label, the fullest first: whole, without unit, without brackets, without 是否."""
    whole = normalise_label(label)
    parts: LabelParts = take_apart(label)
    bare = _BRACKETS.sub("", whole)
    forms = [whole, parts.base, bare, _ASKED.sub("", whole), _ASKED.sub("", bare)]
    return [form for form in dict.fromkeys(forms) if form]


def _field_of(label: str, names: Mapping[str, Mapping[str, Text]]) -> FieldReason | Text:
    for form in _forms(label):
        found = names.get(form, {})
        if len(found) == 1:
            return next(FieldReason(label, field, reason) for field, reason in found.items())
        if found:
            fields = ", ".join(found)
            return Text(f"可对应多个字段：{fields}", f"several fields have this label: {fields}")
    return Text("没有对应的字段", "no field has this label")


def _taken(found: FieldReason, rule: FieldRule, register: RegisterDefinition) -> Text:
    label = register.columns[found.field].label_of(found.field)
    return Text(
        f"“{label.zh}”已由列“{rule.label}”给出",
        f"“{label.en or found.field}” is given by the column “{rule.label}”",
    )


def _unit_of(label: str, column: RegisterColumn) -> Unit | Text | None:
    """The unit of a quantity's cells; a reason where it cannot be told without guessing."""
    own = UNITS.get(column.type)
    if own is None:
        return None
    stated = take_apart(label).unit
    if stated is None and own.dimension not in STATED_DIMENSIONS:
        return own
    if stated is not None and stated.dimension is own.dimension:
        return stated
    return Text("未注明单位，或单位与字段不符", "the unit is not stated, or is not one of this field")
