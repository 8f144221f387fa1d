"""The form of what-if: the facts of a policy with what is known of them, and the levers that move them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yumiao.district.policies.supposing import Ground, step_of
from yumiao.district.policies.trying import Field, fields_of
from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.rules import wording

FACT, LEVER = "fact.", "lever."
"""What the names of fields begin with."""

_UNBOUNDED = 1_000_000


@dataclass(frozen=True)
class FactField:
    """One fact of the form: as it is, from where, and as typed."""

    field: Field
    was: str
    source: str
    is_changed: bool


@dataclass(frozen=True)
class LeverField:
    """One lever of the form: by how much it is moved, in its unit, in steps of ``step`` up to ``most``.

    ``is_bounded`` is false where only the largest number that rules reckon with bounds it.
    """

    id: str
    text: Text
    unit: Text
    step: str
    most: str
    is_bounded: bool
    value: str
    problem: Text | None


@dataclass(frozen=True)
class SupposeForm:
    """Levers first, then the facts that levers move, then the others."""

    levers: tuple[LeverField, ...]
    movable: tuple[FactField, ...]
    others: tuple[FactField, ...]


def read_values(ground: Ground, sent: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for facts, by column; of what was not sent, what is known."""
    return {
        column: sent.get(FACT + column, ground.typed.get(column, ""))[:80] for column in ground.trial.columns
    }


def read_amounts(ground: Ground, sent: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for levers, by lever."""
    return {move.lever.id: sent.get(LEVER + move.lever.id, "")[:24] for move in ground.moves}


def suppose_form(
    ground: Ground, values: Mapping[str, str], amounts: Mapping[str, str], problems: Mapping[str, Text]
) -> SupposeForm:
    """Return the form with what was typed."""
    moved = {column for move in ground.moves for column, _ in move.columns}
    facts = [_fact(ground, each) for each in fields_of(ground.trial, values, problems)]
    levers = (
        LeverField(
            move.lever.id,
            move.lever.text,
            UNITS[move.lever.unit].label,
            wording.exact_text(step_of(move)),
            wording.exact_text(step_of(move) * move.most),
            move.most < _UNBOUNDED,
            amounts.get(move.lever.id, ""),
            problems.get(move.lever.id),
        )
        for move in ground.moves
    )
    return SupposeForm(
        tuple(levers),
        tuple(each for each in facts if each.field.column in moved),
        tuple(each for each in facts if each.field.column not in moved),
    )


def _fact(ground: Ground, field: Field) -> FactField:
    was = ground.typed.get(field.column, "")
    origin = ground.known.origins.get(field.column)
    parts = (origin.source.file, origin.source.sheet, origin.source.cell) if origin is not None else ()
    return FactField(field, was, " ".join(part for part in parts if part), field.value.strip() != was)
