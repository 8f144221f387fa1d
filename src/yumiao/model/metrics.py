"""Metrics: one name for one meaning."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from yumiao.model.outcomes import Confidence
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Text
from yumiao.model.units import MAGNITUDES, UNITS, Kind, Unit, to_steps


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement comes from."""

    clause: str = ""
    document: str = ""
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.VERIFIED


@dataclass(frozen=True, slots=True)
class Lever:
    """A way in which someone can move facts, with its side effects.

    Attributes:
        moves: metric -> change of it (in steps of the metric) for one step of the lever.
        step: how much of its first metric one step moves, for wording ("1 人").
        at_most: metrics whose difference bounds the number of steps (total - part), or empty.
        cost: normalised effort of one step, for choosing between plans.
        needs: what has to be shown for the move to count.
    """

    id: str
    text: Text
    moves: tuple[tuple[str, int], ...]
    unit: str
    step_size: int
    at_most: tuple[str, str] | None = None
    max_steps: int | None = None
    cost: Fraction = Fraction(1)
    needs: Text | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A named, defined quantity.

    Attributes:
        unit: unit of a quantity; None for yes/no, dates and categories.
        minimum, maximum: the domain in smallest steps; None is open.
        whole: values are whole units (points chosen by experts, counts).
        values: the categories, in order.
        judged: a person judges it; it is never computed.
        shown_to_subject: whether the subject itself may see the value.
        good_for_days: after how many days the fact stops counting, or None.
        synonyms: other labels under which files carry it.
        derived: an expression of the pack language giving the value where none was received.
    """

    id: str
    label: Text
    kind: Kind
    period: PeriodKind
    unit: Unit | None = None
    minimum: int | None = None
    maximum: int | None = None
    whole: bool = False
    values: tuple[tuple[str, Text], ...] = ()
    definition: Text = Text("")
    citation: Citation = field(default_factory=Citation)
    judged: bool = False
    shown_to_subject: bool = True
    good_for_days: int | None = None
    synonyms: tuple[str, ...] = ()
    derived: str | None = None
    question: Text | None = None
    levers: tuple[Lever, ...] = ()

    def categories(self) -> tuple[str, ...]:
        return tuple(code for code, _ in self.values)

    def store(self, value: object) -> int | bool | str | dt.date:
        """Turn a value in the metric's own unit into what a table of facts stores.

        Raises: ValueError naming what was expected when the value is outside the domain or of another kind.
        """
        if self.kind is Kind.BOOL:
            if isinstance(value, bool):
                return value
            raise ValueError(f"{self.id}: expected yes or no, found {value!r}")
        if self.kind is Kind.DATE:
            if isinstance(value, dt.datetime):
                return value.date()
            if isinstance(value, dt.date):
                return value
            return dt.date.fromisoformat(str(value))
        if self.kind is Kind.CATEGORY:
            return self._category(value)
        return self._quantity(value)

    def _category(self, value: object) -> str:
        text = str(value)
        if text in self.categories():
            return text
        for code, label in self.values:
            if text in (label.zh, label.en):
                return code
        raise ValueError(f"{self.id}: expected one of {', '.join(self.categories())}, found {text!r}")

    def _quantity(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
            raise ValueError(f"{self.id}: expected a number, found {value!r}")
        assert self.unit is not None  # noqa: S101 - every quantity has a unit; the pack reader checks it
        steps = to_steps(value, self.unit)
        if (self.minimum is not None and steps < self.minimum) or (
            self.maximum is not None and steps > self.maximum
        ):
            raise ValueError(f"{self.id}: {value} is outside its domain {self.domain_text()}")
        if abs(steps) > MAGNITUDES[self.unit.dimension]:
            raise ValueError(f"{self.id}: {value} is larger than any quantity of this kind")
        if self.whole and steps % self.unit.steps:
            raise ValueError(f"{self.id}: expected a whole number, found {value}")
        return steps

    def domain_text(self) -> str:
        """Print the domain in the metric's own unit, for messages."""
        unit = self.unit or UNITS["number"]
        low = "-∞" if self.minimum is None else str(float(Fraction(self.minimum, unit.steps)))
        high = "∞" if self.maximum is None else str(float(Fraction(self.maximum, unit.steps)))
        return f"[{low}, {high}]"
