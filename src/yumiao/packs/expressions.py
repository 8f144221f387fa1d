"""The expression part of the pack language: text → tree.

The trees are frozen values. They carry the place of each word, so that an error can point at it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError
from lark.tree import Meta

from yumiao.model.periods import Year
from yumiao.model.text import Text
from yumiao.model.units import UNIT_BY_NAME, Unit


class ExpressionError(ValueError):
    """An expression that cannot be read; ``column`` counts from 0."""

    def __init__(self, text: Text, column: int, width: int = 1) -> None:
        super().__init__(str(text))
        self.text = text
        self.column = column
        self.width = width


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the text a node stands; equal to every other span, so that trees compare by meaning."""

    start: int = 0
    end: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span)

    def __hash__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""

    span: Span


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """A name: a metric, condition, parameter, score or part of one; with the year it is asked for."""

    path: tuple[str, ...]
    year: Year | None = None

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A literal quantity in its unit; without a unit a plain number or ratio."""

    value: Fraction
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """A literal date."""

    value: dt.date


@dataclass(frozen=True, slots=True)
class ApplicationDate(Node):
    """The date of the application that is judged."""


@dataclass(frozen=True, slots=True)
class Range(Node):
    """The last ``count`` complete fiscal years or year ends."""

    count: int


@dataclass(frozen=True, slots=True)
class Period(Node):
    """A year as the argument of a function."""

    year: Year


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the language with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A sum, difference, product or quotient."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """Two values compared."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Yes(Node):
    """A yes/no fact, a condition or a route standing as a statement."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class IsValue(Node):
    """A categorical fact is one of some values."""

    subject: Node
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassOf(Node):
    """The class into which another policy puts the subject."""

    policy: str


@dataclass(frozen=True, slots=True)
class Holds(Node):
    """A title is held on the application date."""

    title: str


@dataclass(frozen=True, slots=True)
class AnyRoute(Node):
    """Any of the policy's routes is met."""


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """``always`` or ``never``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """The body does not hold."""

    body: Node


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """At least ``count`` of the parts hold; all of them, or one of them, in the usual cases."""

    count: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class EachYear(Node):
    """The body holds in every one (or in any one) of the last fiscal years."""

    every: bool
    count: int
    body: Node


def all_of(span: Span, parts: tuple[Node, ...]) -> Node:
    """All of the parts; a single part is itself."""
    return parts[0] if len(parts) == 1 else AtLeast(span, len(parts), parts)


def any_of(span: Span, parts: tuple[Node, ...]) -> Node:
    """Any of the parts; a single part is itself."""
    return parts[0] if len(parts) == 1 else AtLeast(span, 1, parts)


def walk(node: Node) -> Iterator[Node]:
    """Yield ``node`` and everything below it."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Node):
                yield from walk(child)


def as_statement(node: Node) -> Node:
    """Read a bare name as the statement that it holds."""
    return Yes(node.span, node) if isinstance(node, Reference) else node


def _statements(parts: list[Any]) -> tuple[Node, ...]:
    return tuple(as_statement(part) for part in parts)


def _span(meta: Meta) -> Span:
    return Span(getattr(meta, "start_pos", 0), getattr(meta, "end_pos", 0))


@v_args(meta=True)
class _Builder(Transformer[Token, Node]):
    """Turn lark's tree into ours."""

    def any_of(self, meta: Meta, parts: list[Node]) -> Node:
        return any_of(_span(meta), _statements(parts))

    def all_of(self, meta: Meta, parts: list[Node]) -> Node:
        return all_of(_span(meta), _statements(parts))

    def negate(self, meta: Meta, parts: list[Node]) -> Node:
        return Negation(_span(meta), as_statement(parts[0]))

    def always(self, meta: Meta, _: list[Node]) -> Node:
        return Constant(_span(meta), value=True)

    def never(self, meta: Meta, _: list[Node]) -> Node:
        return Constant(_span(meta), value=False)

    def any_route(self, meta: Meta, _: list[Node]) -> Node:
        return AnyRoute(_span(meta))

    def holds(self, meta: Meta, parts: list[Token]) -> Node:
        return Holds(_span(meta), str(parts[0]))

    def comparison(self, meta: Meta, parts: list[Any]) -> Node:
        left, operator, right = parts
        return Comparison(_span(meta), str(operator), left, right)

    def is_value(self, meta: Meta, parts: list[Any]) -> Node:
        return IsValue(_span(meta), parts[0], (str(parts[1]),))

    def is_not_value(self, meta: Meta, parts: list[Any]) -> Node:
        return Negation(_span(meta), IsValue(_span(meta), parts[0], (str(parts[1]),)))

    def in_values(self, meta: Meta, parts: list[Any]) -> Node:
        return IsValue(_span(meta), parts[0], parts[1])

    def names(self, _: Meta, parts: list[Token]) -> tuple[str, ...]:
        return tuple(str(part) for part in parts)

    def class_of(self, meta: Meta, parts: list[Token]) -> Node:
        return ClassOf(_span(meta), str(parts[0]))

    def all_quantifier(self, _: Meta, __: list[Token]) -> str:
        return "all"

    def any_quantifier(self, _: Meta, __: list[Token]) -> str:
        return "any"

    def none_quantifier(self, _: Meta, __: list[Token]) -> str:
        return "none"

    def at_least_quantifier(self, _: Meta, parts: list[Token]) -> int:
        return int(parts[0])

    def quantified(self, meta: Meta, parts: list[Any]) -> Node:
        quantifier, *body = parts
        span, statements = _span(meta), _statements(body)
        if quantifier == "all":
            return AtLeast(span, len(statements), statements)
        if quantifier == "any":
            return AtLeast(span, 1, statements)
        if quantifier == "none":
            return Negation(span, AtLeast(span, 1, statements))
        return AtLeast(span, quantifier, statements)

    def each_year(self, meta: Meta, parts: list[Any]) -> Node:
        each, count, _, body = parts
        return EachYear(_span(meta), str(each) == "each", int(count), as_statement(body))

    def add_up(self, meta: Meta, parts: list[Any]) -> Node:
        return self._fold(meta, parts)

    def multiply(self, meta: Meta, parts: list[Any]) -> Node:
        return self._fold(meta, parts)

    def _fold(self, meta: Meta, parts: list[Any]) -> Node:
        result = parts[0]
        for operator, operand in zip(parts[1::2], parts[2::2], strict=True):
            result = Arithmetic(_span(meta), str(operator), result, operand)
        return result  # type: ignore[no-any-return]  # lark hands over children untyped

    def call(self, meta: Meta, parts: list[Any]) -> Node:
        return Call(_span(meta), str(parts[0]), tuple(parts[1:]))

    def application_date(self, meta: Meta, _: list[Token]) -> Node:
        return ApplicationDate(_span(meta))

    def range(self, meta: Meta, parts: list[Token]) -> Node:
        return Range(_span(meta), int(parts[0]))

    def reference(self, meta: Meta, parts: list[Any]) -> Node:
        year = parts[-1].year if isinstance(parts[-1], Period) else None
        path = tuple(str(part) for part in parts if isinstance(part, Token))
        return Reference(_span(meta), path, year)

    def period(self, meta: Meta, parts: list[Token]) -> Node:
        text = str(parts[0])
        if text.isdigit():
            return Period(_span(meta), Year(int(text), relative=False))
        return Period(_span(meta), Year(int(text[2:] or "0")))

    def date_literal(self, meta: Meta, parts: list[Token]) -> Node:
        try:
            return DateLiteral(_span(meta), dt.date.fromisoformat(str(parts[0])))
        except ValueError as error:
            span = _span(meta)
            text = Text(f"没有这一天：{parts[0]}", f"no such day: {parts[0]}")
            raise ExpressionError(text, span.start, span.end - span.start) from error

    def number_literal(self, meta: Meta, parts: list[Token]) -> Node:
        value = Fraction(str(parts[0]))
        if len(parts) == 1:
            return Number(_span(meta), value)
        unit = UNIT_BY_NAME.get(str(parts[1]))
        if unit is None:
            known = "、".join(name for name in UNIT_BY_NAME if name)
            text = Text(
                f"不认识的单位“{parts[1]}”，可用：{known}", f"unknown unit {str(parts[1])!r}; known: {known}"
            )
            raise ExpressionError(text, parts[1].start_pos or 0, len(parts[1]))
        return Number(_span(meta), value, unit)


@cache
def _parser() -> Lark:
    grammar = resources.files("yumiao.packs").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _expected(error: UnexpectedInput) -> str:
    names = sorted(getattr(error, "accepts", None) or getattr(error, "expected", None) or [])
    return ", ".join(name.lower() for name in names[:8])


def parse_statement(text: str) -> Node:
    """Read an expression that holds or fails. Raises: ExpressionError."""
    return as_statement(parse_expression(text))


def parse_expression(text: str) -> Node:
    """Read one expression: a value, or a statement.

    Raises: ExpressionError with the column of the first word that does not fit.
    """
    try:
        return _Builder().transform(_parser().parse(text))
    except UnexpectedInput as error:
        column = getattr(error, "pos_in_stream", None)
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        column = len(text) if column is None or ended else column
        word = text[column:].split(" ", 1)[0] or "…"
        message = Text(f"此处读不懂“{word}”", f"cannot read {word!r} here (expected {_expected(error)})")
        raise ExpressionError(message, column, max(1, len(word))) from error
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from error
        raise
