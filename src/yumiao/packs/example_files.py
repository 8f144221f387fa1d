"""Worked examples as the files of a pack's ``examples`` folder state them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from yumiao.model.outcomes import Outcome, Reason
from yumiao.packs.fields import Part, Points

NO_ROUTE = "none"

_SCALAR = {"type": ["number", "string", "boolean", "null"]}
_FACT = {
    "anyOf": [
        _SCALAR,
        {"type": "object", "description": "values by year, or {min, max} for a value known as an interval"},
        {
            "type": "array",
            "items": {"type": "integer"},
            "description": "fiscal_years: the years that the firm has",
        },
    ]
}
_INTERVAL = {
    "type": "object",
    "properties": {"min": {"type": "number"}, "max": {"type": "number"}},
    "required": ["min", "max"],
    "additionalProperties": False,
}


def read_interval(value: object) -> Points:
    """Read expected points: a number, or ``{min, max}``."""
    ends = (
        (value.get("min"), value.get("max"))
        if isinstance(value, Mapping) and len(value) == 2
        else (value, value)
    )
    try:
        low, high = (Fraction(str(end)) for end in ends)
    except (ValueError, ZeroDivisionError) as error:
        raise PydanticCustomError(
            "interval",
            "expected points such as 5 or {{min: 7, max: 8}}, found {found}",
            {"found": str(value)},
        ) from error
    return Points(low, high)


def read_number(value: object) -> Fraction | None:
    """Read an expected amount; null is unknown."""
    if value is None:
        return None
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise PydanticCustomError(
            "number", "expected a number, found {found}", {"found": str(value)}
        ) from error


Interval = Annotated[
    Any, BeforeValidator(read_interval), WithJsonSchema({"anyOf": [{"type": "number"}, _INTERVAL]})
]
Amount = Annotated[Any, BeforeValidator(read_number), WithJsonSchema({"type": ["number", "string", "null"]})]
Fact = Annotated[Any, WithJsonSchema(_FACT)]


class Expected(Part):
    """What the answer has to say; what is not named is not looked at."""

    verdict: str | None = None
    conditions: Mapping[str, Outcome] = {}
    points: Mapping[str, Interval] = {}
    group_points: Mapping[str, Interval] = {}
    total: Interval | None = None
    route: str | None = None
    reason: Reason | None = None
    reasons: tuple[Reason, ...] | None = None
    possible: tuple[str, ...] | None = None
    gaps: Mapping[str, Amount] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Expected:
        if not self.model_fields_set:
            raise PydanticCustomError("expected", "an example expects something: a verdict at least", {})
        return self


class ExampleBase(Part):
    """Facts that several examples share."""

    policy: str
    as_of: dt.date
    facts: Mapping[str, Fact] = {}
    settings: Mapping[str, str] = {}


class WorkedExample(Part):
    """Facts of one invented subject and what a policy says of it; with a ``base``, only what differs."""

    id: str
    title: str
    base: str | None = None
    policy: str | None = None
    rule_version: str = ""
    doc: str = ""
    as_of: dt.date | None = None
    facts: Mapping[str, Fact] = {}
    settings: Mapping[str, str] = {}
    expected: Expected
    why: str = ""

    @model_validator(mode="after")
    def _complete(self) -> WorkedExample:
        if self.base is None and (self.policy is None or self.as_of is None):
            raise PydanticCustomError("example", "an example without a base names its policy and as_of", {})
        return self


class ExampleFile(Part):
    """A file of a pack's ``examples`` folder."""

    bases: Mapping[str, ExampleBase] = {}
    examples: tuple[WorkedExample, ...] = Field(min_length=1)
