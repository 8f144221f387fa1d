"""A program as Polars expressions: how a whole table is judged in one pass.

Values used once are written into the expression that uses them; every other value becomes a named column. Columns
that depend on each other stand in successive layers, and a layer keeps only what a later one needs. Whole numbers
take the narrowest of 8 to 128 bits that their magnitude allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.rules.program import Instruction, Op, Program, category

_TYPES: tuple[tuple[int, pl.DataType], ...] = (
    (2**7 - 1, pl.Int8()),
    (2**15 - 1, pl.Int16()),
    (2**31 - 1, pl.Int32()),
    (2**63 - 1, pl.Int64()),
)

_CHOICES = (Op.MAX, Op.MIN, Op.TIGHTEN_LOW, Op.TIGHTEN_HIGH)

FEW = 6
"""Up to so many categories are compared one by one, which is quicker than looking them up."""


def number_type(magnitude: int) -> pl.DataType:
    """Return the narrowest whole-number type that holds the magnitude."""
    return next((dtype for most, dtype in _TYPES if magnitude <= most), pl.Int128())


@dataclass(frozen=True)
class Layers:
    """A program over the columns of one table.

    Attributes:
        steps: expressions to be added with ``with_columns``, one list after the other.
        outputs: an expression for each output, over the last step.
    """

    steps: Sequence[Sequence[pl.Expr]]
    outputs: Mapping[str, pl.Expr]

    def over(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Add the steps to a lazy frame."""
        for step in self.steps:
            frame = frame.with_columns(step)
        return frame


class _Writer:
    """Writes the instructions of one program as expressions over columns of one frame."""

    def __init__(self, program: Program, outputs: Sequence[str], prefix: str) -> None:
        self.program = program
        self.prefix = prefix
        self.refs = program.needed(outputs)
        self.uses = Counter(arg for ref in self.refs for arg in self._mentions(program.instructions[ref]))
        self.uses.update(program.outputs[name] for name in outputs)
        self.depth: dict[int, int] = {}
        self.steps: list[list[pl.Expr]] = []
        self.inlined: dict[int, pl.Expr] = {}
        self.halves = self._paired_comparisons()

    def _mentions(self, instruction: Instruction) -> tuple[int, ...]:
        """The arguments as often as the expression names them."""
        if instruction.op in _CHOICES and any(self.program.nullable(arg) for arg in instruction.args):
            return instruction.args * 2
        return instruction.args

    def _paired_comparisons(self) -> Counter[tuple[int, int]]:
        """Comparisons asked for both ways with NULL: worked out once, filled twice."""
        instructions = self.program.instructions
        return Counter(instructions[ref].args for ref in self.refs if instructions[ref].op is Op.GE)  # type: ignore[misc]  # pairs

    def write(self) -> None:
        for ref in self.refs:
            instruction = self.program.instructions[ref]
            if instruction.op in (Op.CONST, Op.TRUTH):
                continue
            level = max((self.depth.get(arg, 0) for arg in instruction.args), default=0)
            expression = self.expression(instruction)
            if instruction.op is Op.GE and self.halves[instruction.args] > 1:  # type: ignore[index]  # pairs
                level = max(level, self._half_level(instruction))
            if self.uses[ref] > 1:
                self._name(ref, expression, level)
            else:
                self.inlined[ref] = expression
                self.depth[ref] = level

    def _name(self, ref: int, expression: pl.Expr, level: int) -> None:
        while len(self.steps) <= level:
            self.steps.append([])
        self.steps[level].append(expression.alias(f"{self.prefix}{ref}"))
        self.depth[ref] = level + 1

    def _half_level(self, instruction: Instruction) -> int:
        return self.depth[-self._half_id(instruction)]

    def _half_id(self, instruction: Instruction) -> int:
        left, right = instruction.args
        return 1 + left * len(self.program.instructions) + right

    def operand(self, ref: int, dtype: pl.DataType | None = None) -> pl.Expr:
        """The value of an instruction, in the given whole-number type."""
        instruction = self.program.instructions[ref]
        if instruction.op is Op.CONST:
            return pl.lit(instruction.value, dtype=dtype or number_type(instruction.magnitude))
        if instruction.op is Op.TRUTH:
            return pl.lit(instruction.value, dtype=pl.Boolean)
        expression = self.inlined.get(ref, pl.col(f"{self.prefix}{ref}"))
        if dtype is not None and number_type(instruction.magnitude) != dtype:
            return _sized(expression, dtype)
        return expression

    def expression(self, instruction: Instruction) -> pl.Expr:
        match instruction.op:
            case Op.NUMBER | Op.DAY:
                return self._column(instruction)
            case Op.IS_TRUE:
                return pl.col(str(instruction.value)).fill_null(value=False)
            case Op.IS_FALSE:
                return (~pl.col(str(instruction.value))).fill_null(value=False)
            case Op.IS_NULL if not instruction.args:
                return pl.col(str(instruction.value)).is_null()
            case Op.TEXT_IN:
                return _text_in(*category(instruction))
            case Op.GE | Op.NE:
                return self._comparison(instruction)
            case Op.AND | Op.OR | Op.NOT | Op.IS_NULL:
                return self._truth(instruction)
            case Op.COUNT:
                parts = [
                    _sized(self.operand(arg), number_type(instruction.magnitude)) for arg in instruction.args
                ]
                return _added(parts, number_type(instruction.magnitude))
            case _:
                return self._number(instruction)

    def _column(self, instruction: Instruction) -> pl.Expr:
        column, dtype = pl.col(str(instruction.value)), number_type(instruction.magnitude)
        return column if dtype == pl.Int64() and instruction.op is Op.NUMBER else column.cast(dtype)

    def _wider(self, instruction: Instruction) -> pl.DataType:
        magnitudes = [self.program.magnitude(arg) for arg in instruction.args]
        return number_type(max([instruction.magnitude, *magnitudes]))

    def _comparison(self, instruction: Instruction) -> pl.Expr:
        dtype = self._wider(instruction)
        left, right = (self.operand(arg, dtype) for arg in instruction.args)
        test = left >= right if instruction.op is Op.GE else left != right
        if not any(self.program.nullable(arg) for arg in instruction.args):
            if instruction.op is Op.GE and self.halves[instruction.args] > 1:  # type: ignore[index]  # pairs
                self.depth.setdefault(-self._half_id(instruction), 0)
            return test
        if instruction.op is Op.GE and self.halves[instruction.args] > 1:  # type: ignore[index]  # pairs
            test = self._shared_half(instruction, test)
        return test.fill_null(value=bool(instruction.value))

    def _shared_half(self, instruction: Instruction, test: pl.Expr) -> pl.Expr:
        """A comparison with NULL left in, named so that both fillings share it."""
        half = self._half_id(instruction)
        if -half not in self.depth:
            level = max((self.depth.get(arg, 0) for arg in instruction.args), default=0)
            self._name(-half, test, level)
        return pl.col(f"{self.prefix}{-half}")

    def _truth(self, instruction: Instruction) -> pl.Expr:
        parts = [self.operand(arg) for arg in instruction.args]
        if instruction.op is Op.IS_NULL:
            return parts[0].is_null()
        if instruction.op is Op.NOT:
            return ~parts[0]
        return parts[0] & parts[1] if instruction.op is Op.AND else parts[0] | parts[1]

    def _number(self, instruction: Instruction) -> pl.Expr:
        dtype = number_type(instruction.magnitude)
        if instruction.op is Op.SELECT:
            test, yes, no = instruction.args
            return (
                pl.when(self.operand(test)).then(self.operand(yes, dtype)).otherwise(self.operand(no, dtype))
            )
        wide = self._wider(instruction)
        left, right = (self.operand(arg, wide) for arg in instruction.args)
        result = self._operation(instruction, left, right)
        return result if wide == dtype else _sized(result, dtype)

    def _operation(self, instruction: Instruction, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        match instruction.op:
            case Op.ADD:
                return left + right
            case Op.SUB:
                return left - right
            case Op.MUL:
                return left * right
            case Op.FLOOR_DIV:
                return left // right
            case Op.FILL if self.program.is_unbounded(instruction.args[1]):
                return left
            case Op.FILL:
                return left.fill_null(right)
            case Op.MAX | Op.MIN if any(self.program.nullable(arg) for arg in instruction.args):
                return self._null_if_either(instruction, left, right)
            case Op.TIGHTEN_LOW | Op.TIGHTEN_HIGH if any(
                self.program.nullable(arg) for arg in instruction.args
            ):
                return self._whichever_is_not_null(instruction, left, right)
            case Op.MAX | Op.TIGHTEN_LOW:
                return pl.max_horizontal(left, right)
            case _:
                return pl.min_horizontal(left, right)

    def _null_if_either(self, instruction: Instruction, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        """The larger or smaller of two numbers; NULL when either is."""
        if not self.program.nullable(instruction.args[0]):
            left, right = right, left
        elif self.program.nullable(instruction.args[1]):
            test = left >= right if instruction.op is Op.MAX else left <= right
            return pl.when(test).then(left).when(~test).then(right)
        beyond = left < right if instruction.op is Op.MAX else left > right
        return pl.when(beyond).then(right).otherwise(left)

    def _whichever_is_not_null(self, instruction: Instruction, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        """The larger or smaller of two numbers; the other one where one is NULL."""
        nullable = [self.program.nullable(arg) for arg in instruction.args]
        if not nullable[0]:
            left, right = right, left
        test = left >= right if instruction.op is Op.TIGHTEN_LOW else left <= right
        return pl.when(test).then(left).otherwise(pl.coalesce(right, left) if all(nullable) else right)


def _sized(number: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A worked-out number in another width: it fits because its facts did, so no row is looked at for that."""
    return number.cast(dtype, wrap_numerical=True)


def _text_in(column: str, values: Sequence[str]) -> pl.Expr:
    if len(values) > FEW:
        return pl.col(column).is_in(list(values)).fill_null(value=False)
    tests = [pl.col(column) == pl.lit(value) for value in values]
    found = tests[0]
    for test in tests[1:]:
        found |= test
    return found.fill_null(value=False)


def _added(parts: Sequence[pl.Expr], dtype: pl.DataType) -> pl.Expr:
    if not parts:
        return pl.lit(0, dtype=dtype)
    total = parts[0]
    for part in parts[1:]:
        total += part
    return total


def layers(program: Program, wanted: Iterable[str] | None = None, prefix: str = "_") -> Layers:
    """Write a program as layers of named expressions.

    Args:
        wanted: outputs asked for; default all.
        prefix: begins the names of intermediate columns, which must not meet those of the table.
    """
    names = list(program.outputs if wanted is None else wanted)
    writer = _Writer(program, names, prefix)
    writer.write()
    return Layers(writer.steps, {name: writer.operand(program.outputs[name]) for name in names})


def apply(
    frame: pl.LazyFrame, program: Program, wanted: Iterable[str] | None = None, prefix: str = "_"
) -> tuple[pl.LazyFrame, Mapping[str, pl.Expr]]:
    """Add the layers of a program to a lazy frame; return it with the expression of each output."""
    written = layers(program, wanted, prefix)
    return written.over(frame), written.outputs
