"""How facts, conditions and points become OpenFisca variables and parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
from contract import FEN_PER_WAN
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

NO, UNKNOWN, YES = 0, 1, 2
FEN_PER_YUAN = 100
YUAN_PER_WAN = FEN_PER_WAN // FEN_PER_YUAN

Firm = Entity("firm", "firms", "An enterprise", "")
Array = np.ndarray


class Letter(Enum):
    """The grade of an expert. OpenFisca encodes an Enum by its members' order."""

    unknown = "unknown"
    E = "E"
    D = "D"
    C = "C"
    B = "B"
    A = "A"


Formula = Callable[[Callable, object, Callable], Array]
FORMULAS: list[type[Variable]] = []
"""The variables with a formula, filled when the modules of the policies are imported."""


def plain_name(metric: str) -> str:
    """Spell a metric as OpenFisca allows."""
    return metric.replace(".", "_for_")


def make_fact(name: str, kind: str, *, yearly: bool) -> type[Variable]:
    """Make the variable of a fact, which has no formula."""
    body = {"entity": Firm, "definition_period": DateUnit.YEAR if yearly else DateUnit.ETERNITY}
    if kind == "category":
        body |= {"value_type": Enum, "possible_values": Letter, "default_value": Letter.unknown}
    else:
        body["value_type"] = {"bool": int, "date": dt.date}.get(kind, float)
    return type(name, (Variable,), body)


def variable(name: str, value_type: type) -> Callable[[Formula], Formula]:
    """Make a yearly variable of the formula that follows."""

    def make(formula: Formula) -> Formula:
        body = {
            "entity": Firm,
            "definition_period": DateUnit.YEAR,
            "value_type": value_type,
            "formula": formula,
        }
        FORMULAS.append(type(name, (Variable,), body))
        return formula

    return make


def copy_fact(name: str, fact: str, *, negate: bool = False) -> None:
    """Make a condition that is a yes/no fact, or its opposite."""

    def formula(firm, period, _parameters):
        return YES - firm(fact, period) if negate else firm(fact, period)

    variable(name, int)(formula)


def outcome_of(met: Array, possible: Array) -> Array:
    """Yes where certain, no where impossible, else unknown."""
    return np.where(met, YES, np.where(possible, UNKNOWN, NO))


def known_ratio(part: Array, whole: Array) -> Array:
    """Part over whole; 0 where either is zero for certain, NaN where unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((part == 0) | (whole == 0), 0, part / whole)


def dated(value: float) -> dict:
    """A parameter in force since the measures of 2016."""
    return {"values": {"2016-01-01": {"value": value}}}


def scale(*edges: float, step: int) -> dict:
    """A scale of points: a step for every edge reached."""
    amounts = [(edge, step * number) for number, edge in enumerate(edges, start=1)]
    brackets = [
        {"threshold": {"2016-01-01": edge}, "amount": {"2016-01-01": amount}} for edge, amount in amounts
    ]
    return {"metadata": {"type": "single_amount"}, "brackets": brackets}
