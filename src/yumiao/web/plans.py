"""Plans as pages show them: levers with their amounts, what moves along, what is taken for granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.rules.planning import PROVEN
from yumiao.rules.wording import amount_text


@dataclass(frozen=True)
class MovedFact:
    """What a lever does to one fact."""

    name: Text
    period: str
    before: Text
    after: Text


@dataclass(frozen=True)
class LeverMoved:
    """One lever of a plan: by how much, what has to be shown for it to count, what it moves."""

    text: Text
    needs: Text | None
    moves: tuple[MovedFact, ...]


@dataclass(frozen=True)
class ShownPlan:
    """One plan; ``is_proven``: there is none with fewer levers or less effort."""

    text: Text
    effort: str
    is_proven: bool
    levers: tuple[LeverMoved, ...]


@dataclass(frozen=True)
class ShownPlans:
    """The plans for a day, or why there is none."""

    version: str
    outcome: str
    plans: tuple[ShownPlan, ...]
    hindrances: tuple[Text, ...]
    assumptions: tuple[Text, ...]


def read_plans(result: Mapping[str, Any]) -> ShownPlans:
    """Return plans ready to be shown, from plain values as a job keeps them."""
    return ShownPlans(
        f"{result['policy']}@{result['version']}",
        result["outcome"],
        tuple(_plan(each) for each in result["plans"]),
        tuple(Text(**each["text"]) for each in result["hindrances"]),
        tuple(Text(**each["text"]) for each in result["assumptions"]),
    )


def _plan(plan: Mapping[str, Any]) -> ShownPlan:
    levers = tuple(
        LeverMoved(
            Text(**change["text"]),
            Text(**change["needs"]) if change["needs"] else None,
            tuple(_moved(each) for each in change["moves"]),
        )
        for change in plan["changes"]
    )
    return ShownPlan(Text(**plan["text"]), plan["effort"], plan["label"] == PROVEN, levers)


def _moved(moved: Mapping[str, Any]) -> MovedFact:
    return MovedFact(
        Text(**moved["name"]),
        moved["period"],
        _amount(moved["before"], moved["unit"]),
        _amount(moved["after"], moved["unit"]),
    )


def _amount(exact: str, unit: str) -> Text:
    return amount_text(Fraction(exact) * UNITS[unit].steps, UNITS[unit])
