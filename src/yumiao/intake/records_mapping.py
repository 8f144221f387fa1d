"""How the rows of a file become rows of a register: which column is which field."""

from __future__ import annotations

from dataclasses import dataclass, field

from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.units import Unit


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one column gives a field of a register.

    Attributes:
        label: label of the column.
        values: cell text → category of the field.
        missing: cell texts that mean "unknown".
        yes, no: cell texts of a yes/no field.
        unit: unit of the cells of a quantity.
    """

    label: str
    field: str
    values: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    yes: tuple[str, ...] = YES_WORDS
    no: tuple[str, ...] = NO_WORDS
    unit: Unit | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RecordsRule:
    """A file whose rows are rows of a register: titles granted, intellectual property.

    Attributes:
        register: id of a register that a pack declares.
        fixed: fields that have one value in the whole file, such as the title of a list.
        is_complete: whether the file lists every row of its subjects at its date.
    """

    register: str
    fields: tuple[FieldRule, ...]
    fixed: tuple[tuple[str, str], ...] = field(default=())
    is_complete: bool = False
    line: int | None = None
