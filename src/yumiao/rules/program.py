"""A straight-line program over the columns of a table: every intermediate value has a name, nothing is inlined.

:mod:`yumiao.rules.bounds` writes it once per policy; the emitters turn it into Polars expressions, SQL or a Python
function. There are two types of value: whole numbers, which may be NULL and then stand for "unbounded on this side"
(or for an unknown column), and truth values, which are never NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

WORD = 2**63 - 1
"""The largest magnitude a 64-bit whole number holds; beyond it a value is computed in 128 bits."""

WIDE = 2**127 - 1


class Op(StrEnum):
    """What an instruction does. NULL in, NULL out, unless said otherwise."""

    NUMBER = "number"  # a whole-number column
    DAY = "day"  # a date column, as days since 1970-01-01
    IS_TRUE = "is_true"  # a yes/no column is known to be yes
    IS_FALSE = "is_false"  # a yes/no column is known to be no
    IS_NULL = "is_null"  # a column or number is NULL
    TEXT_IN = "text_in"  # a categorical column is known to be one of some values
    CONST = "const"
    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    FLOOR_DIV = "floor_div"  # by a positive number; rounds down
    FILL = "fill"  # the first number, or the second where the first is NULL
    TIGHTEN_LOW = "tighten_low"  # the larger of two lower bounds; NULL is no bound
    TIGHTEN_HIGH = "tighten_high"  # the smaller of two upper bounds; NULL is no bound
    MAX = "max"  # the larger; NULL when either is
    MIN = "min"  # the smaller; NULL when either is
    GE = "ge"  # first ≥ second; a NULL on either side gives the stated answer
    NE = "ne"  # first ≠ second; NULL gives no
    TRUTH = "truth"
    AND = "and"
    OR = "or"
    NOT = "not"
    SELECT = "select"  # where the first holds the second, else the third
    COUNT = "count"  # how many of some truths hold


class MagnitudeError(ValueError):
    """A product would not fit into 128 bits for values inside their domains."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One named value.

    Attributes:
        args: earlier instructions by number.
        value: a constant, a column name, category values, or the answer of a comparison with NULL.
        is_truth: truth value (else whole number).
        nullable: whether the number may be NULL.
        magnitude: the largest absolute value it can take for facts inside their domains.
        at_least_zero: it is never negative for facts inside their domains.
    """

    op: Op
    args: tuple[int, ...]
    value: object
    is_truth: bool
    nullable: bool
    magnitude: int
    at_least_zero: bool = False

    @property
    def is_wide(self) -> bool:
        return self.magnitude > WORD


@dataclass
class Program:
    """The instructions, in an order in which each uses only earlier ones, and which of them are asked for.

    ``absent`` columns do not stand in the table: they are unknown for everybody, and cost nothing.
    """

    absent: frozenset[str] = frozenset()
    instructions: list[Instruction] = field(default_factory=list)
    outputs: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[object, ...], int] = field(default_factory=dict)

    # ── building ──────────────────────────────────────────────────────────────────────────────────────────

    def _emit(
        self,
        op: Op,
        args: tuple[int, ...] = (),
        value: object = None,
        *,
        truth: bool,
        nullable: bool = False,
        magnitude: int = 0,
        at_least_zero: bool = False,
    ) -> int:
        key = (op, args, value)
        found = self._known.get(key)
        if found is None:
            if magnitude > WIDE:
                raise MagnitudeError(f"{op.value} may reach {magnitude:e}, beyond 128 bits")
            found = len(self.instructions)
            self.instructions.append(Instruction(op, args, value, truth, nullable, magnitude, at_least_zero))
            self._known[key] = found
        return found

    def _constant(self, ref: int) -> int | None:
        instruction = self.instructions[ref]
        return instruction.value if instruction.op is Op.CONST else None  # type: ignore[return-value]  # constants are ints

    def truth_of(self, ref: int) -> bool | None:
        """Return the value of a settled truth, None for any other."""
        instruction = self.instructions[ref]
        return bool(instruction.value) if instruction.op is Op.TRUTH else None

    def nullable(self, ref: int) -> bool:
        return self.instructions[ref].nullable

    def at_least_zero(self, *refs: int) -> bool:
        """Whether none of the numbers is ever negative."""
        return all(self.instructions[ref].at_least_zero for ref in refs)

    def number(self, column: str, magnitude: int, *, at_least_zero: bool = False) -> int:
        if column in self.absent:
            return self.unbounded()
        return self._emit(
            Op.NUMBER,
            value=column,
            truth=False,
            nullable=True,
            magnitude=magnitude,
            at_least_zero=at_least_zero,
        )

    def day(self, column: str, magnitude: int) -> int:
        if column in self.absent:
            return self.unbounded()
        return self._emit(Op.DAY, value=column, truth=False, nullable=True, magnitude=magnitude)

    def is_true(self, column: str) -> int:
        if column in self.absent:
            return self.truth(value=False)
        return self._emit(Op.IS_TRUE, value=column, truth=True)

    def is_false(self, column: str) -> int:
        if column in self.absent:
            return self.truth(value=False)
        return self._emit(Op.IS_FALSE, value=column, truth=True)

    def column_is_null(self, column: str) -> int:
        if column in self.absent:
            return self.truth(value=True)
        return self._emit(Op.IS_NULL, value=column, truth=True)

    def text_in(self, column: str, values: Iterable[str]) -> int:
        if column in self.absent:
            return self.truth(value=False)
        return self._emit(Op.TEXT_IN, value=(column, tuple(sorted(values))), truth=True)

    def is_null(self, ref: int) -> int:
        if self.is_unbounded(ref):
            return self.truth(value=True)
        if not self.nullable(ref):
            return self.truth(value=False)
        return self._emit(Op.IS_NULL, (ref,), truth=True)

    def const(self, value: int) -> int:
        return self._emit(Op.CONST, value=value, truth=False, magnitude=abs(value), at_least_zero=value >= 0)

    def truth(self, *, value: bool) -> int:
        return self._emit(Op.TRUTH, value=value, truth=True)

    def _arithmetic(self, op: Op, left: int, right: int, magnitude: int) -> int:
        if self.is_unbounded(left) or self.is_unbounded(right):
            return self.unbounded()
        nullable = op is Op.FLOOR_DIV or self.nullable(left) or self.nullable(right)
        if op is Op.FLOOR_DIV and (self._constant(right) or self.never_zero(right)):
            nullable = self.nullable(left) or self.nullable(right)
        positive = op is not Op.SUB and self.at_least_zero(left, right)
        return self._emit(
            op, (left, right), truth=False, nullable=nullable, magnitude=magnitude, at_least_zero=positive
        )

    def never_zero(self, ref: int) -> bool:
        """Whether a number is at least one by the way it is made."""
        instruction = self.instructions[ref]
        constants = [self._constant(arg) for arg in instruction.args]
        if instruction.op in (Op.TIGHTEN_LOW, Op.MAX):
            return any(constant is not None and constant > 0 for constant in constants)
        return instruction.op is Op.MUL and all(
            self.never_zero(arg) or (constant or 0) > 0
            for arg, constant in zip(instruction.args, constants, strict=True)
        )

    def add(self, left: int, right: int) -> int:
        a, b = self._constant(left), self._constant(right)
        if a is not None and b is not None:
            return self.const(a + b)
        if b == 0:
            return left
        if a == 0:
            return right
        return self._arithmetic(Op.ADD, left, right, self.magnitude(left) + self.magnitude(right))

    def sub(self, left: int, right: int) -> int:
        a, b = self._constant(left), self._constant(right)
        if a is not None and b is not None:
            return self.const(a - b)
        if b == 0:
            return left
        return self._arithmetic(Op.SUB, left, right, self.magnitude(left) + self.magnitude(right))

    def mul(self, left: int, right: int, at_most: int | None = None) -> int:
        """Multiply; ``at_most`` states a bound of the product that the bounds of the factors do not show."""
        a, b = self._constant(left), self._constant(right)
        if a is not None and b is not None:
            return self.const(a * b)
        if a == 1:
            return right
        if b == 1:
            return left
        magnitude = self.magnitude(left) * self.magnitude(right)
        return self._arithmetic(
            Op.MUL, left, right, magnitude if at_most is None else min(magnitude, at_most)
        )

    def floor_div(self, left: int, right: int) -> int:
        a, b = self._constant(left), self._constant(right)
        if b == 0:
            return self.unbounded()
        if a is not None and b:
            return self.const(a // b)
        if b == 1:
            return left
        return self._arithmetic(Op.FLOOR_DIV, left, right, self.magnitude(left) + 1)

    def magnitude(self, ref: int) -> int:
        """Return the largest absolute value of a number."""
        return self.instructions[ref].magnitude

    def fill(self, ref: int, fallback: int) -> int:
        if not self.nullable(ref):
            return ref
        if self.instructions[ref].op is Op.CONST and self.instructions[ref].value is None:
            return fallback
        if self.is_unbounded(fallback):
            return ref
        magnitude = max(self.magnitude(ref), self.magnitude(fallback))
        positive = self.at_least_zero(ref, fallback)
        return self._emit(
            Op.FILL,
            (ref, fallback),
            truth=False,
            nullable=self.nullable(fallback),
            magnitude=magnitude,
            at_least_zero=positive,
        )

    def unbounded(self) -> int:
        """A bound that is not there."""
        return self._emit(Op.CONST, value=None, truth=False, nullable=True)

    def is_unbounded(self, ref: int) -> bool:
        instruction = self.instructions[ref]
        return instruction.op is Op.CONST and instruction.value is None

    def _choose(self, op: Op, left: int, right: int, *, ignore_null: bool) -> int:
        if left == right:
            return left
        a, b = self._constant(left), self._constant(right)
        if a is not None and b is not None:
            return self.const(max(a, b) if op in (Op.MAX, Op.TIGHTEN_LOW) else min(a, b))
        if not ignore_null and (self.is_unbounded(left) or self.is_unbounded(right)):
            return self.unbounded()
        for constant, other in ((left, right), (right, left)):
            settled = self._settled_choice(op, constant, other)
            if settled is not None:
                return settled
        nulls = (self.nullable(left), self.nullable(right))
        nullable = all(nulls) if ignore_null else any(nulls)
        magnitude = max(self.magnitude(left), self.magnitude(right))
        positive = self.at_least_zero(left, right) or self._lifts_above_zero(op, left, right)
        return self._emit(
            op, (left, right), truth=False, nullable=nullable, magnitude=magnitude, at_least_zero=positive
        )

    def _lifts_above_zero(self, op: Op, *refs: int) -> bool:
        """Whether the larger of two numbers is never negative because one of them is not (and is always there)."""
        if op is Op.MAX:
            return any(self.at_least_zero(ref) for ref in refs)
        return op is Op.TIGHTEN_LOW and any(
            self.at_least_zero(ref) and not self.nullable(ref) for ref in refs
        )

    def _settled_choice(self, op: Op, constant: int, other: int) -> int | None:
        """Choose between a constant and a number whose domain already decides."""
        value = self._constant(constant)
        if value is not None and value <= 0 and self.at_least_zero(other) and not self.nullable(other):
            return other if op in (Op.MAX, Op.TIGHTEN_LOW) else constant
        if value is None or value < self.magnitude(other) or op not in (Op.MIN, Op.MAX):
            return None
        if op is Op.MIN:
            return other
        return None if self.nullable(other) else constant

    def tighten_low(self, left: int, right: int) -> int:
        if self.is_unbounded(left):
            return right
        if self.is_unbounded(right):
            return left
        return self._choose(Op.TIGHTEN_LOW, left, right, ignore_null=True)

    def tighten_high(self, left: int, right: int) -> int:
        if self.is_unbounded(left):
            return right
        if self.is_unbounded(right):
            return left
        return self._choose(Op.TIGHTEN_HIGH, left, right, ignore_null=True)

    def maximum(self, left: int, right: int) -> int:
        return self._choose(Op.MAX, left, right, ignore_null=False)

    def minimum(self, left: int, right: int) -> int:
        return self._choose(Op.MIN, left, right, ignore_null=False)

    def clamp(self, ref: int, limit: int) -> int:
        """Bring a number into [−limit, limit]; NULL stays NULL."""
        if self.magnitude(ref) <= limit or self.is_unbounded(ref):
            return ref
        raised = (
            ref
            if self.at_least_zero(ref)
            else self._choose(Op.MAX, ref, self.const(-limit), ignore_null=False)
        )
        nullable = self.nullable(raised)
        return self._emit(
            Op.MIN,
            (raised, self.const(limit)),
            truth=False,
            nullable=nullable,
            magnitude=limit,
            at_least_zero=self.at_least_zero(raised),
        )

    def ge(self, left: int, right: int, *, if_null: bool) -> int:
        if self.is_unbounded(left) or self.is_unbounded(right):
            return self.truth(value=if_null)
        a, b = self._constant(left), self._constant(right)
        if a is not None and b is not None:
            return self.truth(value=a >= b)
        if b is not None and b <= 0 and self.at_least_zero(left) and (if_null or not self.nullable(left)):
            return self.truth(value=True)
        filled = self.instructions[left]
        if (
            b is not None
            and filled.op is Op.FILL
            and (constant := self._constant(filled.args[1])) is not None
        ):
            return self.ge(filled.args[0], right, if_null=constant >= b)
        filled = self.instructions[right]
        if (
            a is not None
            and filled.op is Op.FILL
            and (constant := self._constant(filled.args[1])) is not None
        ):
            return self.ge(left, filled.args[0], if_null=a >= constant)
        null = if_null if self.nullable(left) or self.nullable(right) else False
        return self._emit(Op.GE, (left, right), null, truth=True)

    def gt(self, left: int, right: int, *, if_null: bool) -> int:
        """first > second, written as not second ≥ first."""
        return self.invert(self.ge(right, left, if_null=not if_null))

    def ne(self, left: int, right: int) -> int:
        return self._emit(Op.NE, (left, right), truth=True)

    def invert(self, ref: int) -> int:
        settled = self.truth_of(ref)
        if settled is not None:
            return self.truth(value=not settled)
        instruction = self.instructions[ref]
        if instruction.op is Op.NOT:
            return instruction.args[0]
        return self._emit(Op.NOT, (ref,), truth=True)

    def every(self, refs: Iterable[int]) -> int:
        return self._join(Op.AND, refs, neutral=True)

    def either(self, refs: Iterable[int]) -> int:
        return self._join(Op.OR, refs, neutral=False)

    def _join(self, op: Op, refs: Iterable[int], *, neutral: bool) -> int:
        result: int | None = None
        for ref in dict.fromkeys(refs):
            settled = self.truth_of(ref)
            if settled is neutral:
                continue
            if settled is not None:
                return self.truth(value=not neutral)
            result = ref if result is None or result == ref else self._emit(op, (result, ref), truth=True)
        return self.truth(value=neutral) if result is None else result

    def select(self, test: int, yes: int, no: int) -> int:
        settled = self.truth_of(test)
        if settled is not None:
            return yes if settled else no
        if yes == no:
            return yes
        instruction = self.instructions[test]
        if instruction.op is Op.NOT:
            return self.select(instruction.args[0], no, yes)
        magnitude = max(self.magnitude(yes), self.magnitude(no))
        nullable = self.nullable(yes) or self.nullable(no)
        positive = self.at_least_zero(yes, no)
        return self._emit(
            Op.SELECT,
            (test, yes, no),
            truth=False,
            nullable=nullable,
            magnitude=magnitude,
            at_least_zero=positive,
        )

    def select_truth(self, test: int, yes: int, no: int) -> int:
        """Where ``test`` holds ``yes``, else ``no``; all three are truths."""
        return self.either((self.every((test, yes)), self.every((self.invert(test), no))))

    def count(self, refs: Iterable[int]) -> int:
        """How many truths hold, as a number."""
        refs = tuple(refs)
        return self._emit(Op.COUNT, refs, truth=False, magnitude=len(refs), at_least_zero=True)

    def output(self, name: str, ref: int) -> None:
        self.outputs[name] = ref

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────

    def needed(self, names: Iterable[str] | None = None) -> list[int]:
        """Return the instructions that the named outputs (default: all) rest on, in order."""
        return self.below(self.outputs[name] for name in (self.outputs if names is None else names))

    def below(self, refs: Iterable[int]) -> list[int]:
        """Return the instructions that some rest on, themselves included, in order."""
        wanted = list(refs)
        seen: set[int] = set()
        while wanted:
            ref = wanted.pop()
            if ref not in seen:
                seen.add(ref)
                wanted.extend(self.instructions[ref].args)
        return sorted(seen)

    def columns(self, refs: Iterable[int] | None = None) -> list[str]:
        """Return the columns read, in order of first use."""
        found: dict[str, None] = {}
        for ref in range(len(self.instructions)) if refs is None else refs:
            instruction = self.instructions[ref]
            if instruction.op in (Op.NUMBER, Op.DAY, Op.IS_TRUE, Op.IS_FALSE) or (
                instruction.op is Op.IS_NULL and instruction.value
            ):
                found[str(instruction.value)] = None
            elif instruction.op is Op.TEXT_IN:
                found[instruction.value[0]] = None  # type: ignore[index]  # (column, values)
        return list(found)


def category(instruction: Instruction) -> tuple[str, tuple[str, ...]]:
    """Return the column and the values of a TEXT_IN instruction."""
    found = cast("tuple[str, tuple[str, ...]]", instruction.value)  # as Program.text_in makes it
    return found[0], found[1]
