"""The kinds of value that stand in pack files: expressions, points, durations, choices between readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from yumiao.model.outcomes import Confidence
from yumiao.model.text import Text
from yumiao.packs.expressions import ExpressionError, Node, parse_expression, parse_statement

Value = TypeVar("Value")


class Part(BaseModel):
    """Base of everything read from a pack file: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as written, with its tree."""

    text: str
    tree: Node


@dataclass(frozen=True, slots=True)
class Points:
    """Whole points, or the interval of whole points inside which experts choose."""

    low: Fraction
    high: Fraction

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value, or one value for each reading of a switch."""

    switch: str | None
    readings: Mapping[str, Any]

    def under(self, settings: Mapping[str, str]) -> Any:
        """Return the value under the given readings of the switches."""
        return self.readings["" if self.switch is None else settings[self.switch]]


def _parse(text: object, parser: Callable[[str], Node]) -> Expression:
    if isinstance(text, bool):
        text = "always" if text else "never"
    if not isinstance(text, str | int | float):
        raise PydanticCustomError(
            "expression", "expected an expression, found {found}", {"found": repr(text)}
        )
    try:
        return Expression(str(text), parser(str(text)))
    except ExpressionError as error:
        detail = {
            "zh": error.text.zh,
            "en": error.text.en,
            "text": str(text),
            "column": error.column,
            "width": error.width,
        }
        raise PydanticCustomError("expression", "{en}", detail) from error


def read_statement(text: object) -> Expression:
    """Read an expression that holds or fails."""
    return _parse(text, parse_statement)


def read_value(text: object) -> Expression:
    """Read an expression that has a value."""
    return _parse(text, parse_expression)


def read_points(value: object) -> Points:
    """Read whole points, or the range in which experts choose: 5, 7–8."""
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(?:[–-]\s*(\d+(?:\.\d+)?))?\s*分?\s*", str(value))
    if match is None or isinstance(value, bool):
        raise PydanticCustomError(
            "points", "expected points such as 5 or 7–8, found {found}", {"found": str(value)}
        )
    low = Fraction(match[1])
    high = Fraction(match[2]) if match[2] else low
    if high < low:
        raise PydanticCustomError(
            "points", "{found}: the second number is the smaller", {"found": str(value)}
        )
    return Points(low, high)


def read_length(value: object) -> tuple[int, str]:
    """Read ``3 年`` or ``365 天`` as (3, "year") or (365, "day")."""
    match = re.fullmatch(r"\s*(\d+)\s*(年|天|日)\s*", str(value))
    if match is None:
        raise PydanticCustomError(
            "length", "expected a length such as 3 年 or 365 天, found {found}", {"found": str(value)}
        )
    return int(match[1]), "year" if match[2] == "年" else "day"


def choice_of(read: Callable[[object], Any]) -> Callable[[object], Choice]:
    """Make a reader that accepts a value, or ``{switch: name, reading: value, …}``."""

    def read_choice(value: object) -> Choice:
        if isinstance(value, Choice):
            return value
        if isinstance(value, Mapping) and "switch" in value:
            readings = {str(key): read(part) for key, part in value.items() if key != "switch"}
            return Choice(str(value["switch"]), readings)
        return Choice(None, {"": read(value)})

    return read_choice


_TEXT = {"type": "string"}
_CHOICE = {"anyOf": [{"type": ["string", "number", "boolean"]}, {"type": "object", "required": ["switch"]}]}

Statement = Annotated[Any, BeforeValidator(read_statement), WithJsonSchema({"type": ["string", "boolean"]})]
Quantity = Annotated[Any, BeforeValidator(read_value), WithJsonSchema({"type": ["string", "number"]})]
PointsField = Annotated[Any, BeforeValidator(read_points), WithJsonSchema({"type": ["string", "number"]})]
Length = Annotated[Any, BeforeValidator(read_length), WithJsonSchema(_TEXT)]
StatementChoice = Annotated[Any, BeforeValidator(choice_of(read_statement)), WithJsonSchema(_CHOICE)]
QuantityChoice = Annotated[Any, BeforeValidator(choice_of(read_value)), WithJsonSchema(_CHOICE)]
PointsChoice = Annotated[Any, BeforeValidator(choice_of(read_points)), WithJsonSchema(_CHOICE)]


class Words(Part):
    """A label or sentence in both languages."""

    zh: str
    en: str = ""

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class Sourced(Part):
    """What everything with a number says of where it comes from; blank parts are inherited from the document."""

    cite: str = ""
    confidence: Confidence | None = None
    sources: tuple[str, ...] = ()
    note: Words | str | None = None
