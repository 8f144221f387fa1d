"""A program as Polars expressions: how a whole table is judged in one pass.

Each instruction becomes one named column; columns that depend on each other stand in successive layers, so that
nothing is inlined. Whole numbers take the narrowest of 32, 64 and 128 bits that their magnitude allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from yumiao.rules.program import WORD, Instruction, Op, Program

HALF_WORD = 2**31 - 1

_EACH_NULL_IGNORED = (Op.TIGHTEN_LOW, Op.TIGHTEN_HIGH)


def number_type(magnitude: int) -> pl.DataType:
    """Return the narrowest whole-number type that holds the magnitude."""
    if magnitude <= HALF_WORD:
        return pl.Int32()
    return pl.Int64() if magnitude <= WORD else pl.Int128()


class _Writer:
    """Writes the instructions of one program as expressions over columns of one frame."""

    def __init__(self, program: Program, prefix: str) -> None:
        self.program = program
        self.prefix = prefix
        self.names: dict[int, str] = {}

    def operand(self, ref: int, dtype: pl.DataType | None = None) -> pl.Expr:
        instruction = self.program.instructions[ref]
        if instruction.op is Op.CONST:
            return pl.lit(instruction.value, dtype=dtype or number_type(instruction.magnitude))
        if instruction.op is Op.TRUTH:
            return pl.lit(instruction.value, dtype=pl.Boolean)
        column = pl.col(self.names[ref])
        if dtype is not None and number_type(instruction.magnitude) != dtype:
            return column.cast(dtype)
        return column

    def expression(self, instruction: Instruction) -> pl.Expr:
        match instruction.op:
            case Op.NUMBER | Op.DAY:
                return pl.col(str(instruction.value)).cast(number_type(instruction.magnitude))
            case Op.IS_TRUE:
                return pl.col(str(instruction.value)).fill_null(value=False)
            case Op.IS_FALSE:
                return (~pl.col(str(instruction.value))).fill_null(value=False)
            case Op.IS_NULL if not instruction.args:
                return pl.col(str(instruction.value)).is_null()
            case Op.TEXT_IN:
                return self._text_in(instruction)
            case Op.CONST | Op.TRUTH:
                return self._constant(instruction)
            case Op.GE | Op.NE:
                return self._comparison(instruction)
            case Op.AND | Op.OR | Op.NOT | Op.IS_NULL:
                return self._truth(instruction)
            case Op.COUNT:
                parts = [self.operand(ref).cast(pl.Int32) for ref in instruction.args]
                return sum(parts[1:], parts[0]) if parts else pl.lit(0, dtype=pl.Int32)
            case _:
                return self._number(instruction)

    def _constant(self, instruction: Instruction) -> pl.Expr:
        if instruction.op is Op.TRUTH:
            return pl.lit(instruction.value, dtype=pl.Boolean)
        return pl.lit(instruction.value, dtype=number_type(instruction.magnitude))

    def _text_in(self, instruction: Instruction) -> pl.Expr:
        column, values = instruction.value  # type: ignore[misc]  # (column, values)
        if len(values) == 1:
            return (pl.col(column) == pl.lit(values[0])).fill_null(value=False)
        return pl.col(column).is_in(list(values)).fill_null(value=False)

    def _wider(self, instruction: Instruction) -> pl.DataType:
        magnitudes = [self.program.instructions[ref].magnitude for ref in instruction.args]
        return number_type(max([instruction.magnitude, *magnitudes]))

    def _comparison(self, instruction: Instruction) -> pl.Expr:
        dtype = self._wider(instruction)
        left, right = (self.operand(ref, dtype) for ref in instruction.args)
        test = left >= right if instruction.op is Op.GE else left != right
        if any(self.program.nullable(ref) for ref in instruction.args):
            return test.fill_null(value=bool(instruction.value))
        return test

    def _truth(self, instruction: Instruction) -> pl.Expr:
        parts = [self.operand(ref) for ref in instruction.args]
        if instruction.op is Op.IS_NULL:
            return parts[0].is_null()
        if instruction.op is Op.NOT:
            return ~parts[0]
        return parts[0] & parts[1] if instruction.op is Op.AND else parts[0] | parts[1]

    def _number(self, instruction: Instruction) -> pl.Expr:
        dtype = number_type(instruction.magnitude)
        if instruction.op is Op.SELECT:
            test, yes, no = instruction.args
            return pl.when(self.operand(test)).then(self.operand(yes, dtype)).otherwise(self.operand(no, dtype))
        left, right = (self.operand(ref, self._wider(instruction)) for ref in instruction.args)
        match instruction.op:
            case Op.ADD:
                result = left + right
            case Op.SUB:
                result = left - right
            case Op.MUL:
                result = left * right
            case Op.FLOOR_DIV:
                result = left // right
            case Op.FILL:
                result = left.fill_null(right)
            case Op.MAX | Op.MIN if any(self.program.nullable(ref) for ref in instruction.args):
                test = left >= right if instruction.op is Op.MAX else left <= right
                result = pl.when(test).then(left).when(~test).then(right)
            case Op.MAX | Op.TIGHTEN_LOW:
                result = pl.max_horizontal(left, right)
            case _:
                result = pl.min_horizontal(left, right)
        return result if self._wider(instruction) == dtype else result.cast(dtype)


def layers(program: Program, wanted: Iterable[str] | None = None, prefix: str = "_") -> tuple[list[list[pl.Expr]], Mapping[str, pl.Expr]]:
    """Write a program as layers of named expressions, and an expression for each output.

    Args:
        wanted: outputs asked for; default all.
        prefix: begins the names of intermediate columns, which must not meet those of the table.
    Returns: the layers, to be applied with ``with_columns`` one after the other, and the outputs by name.
    """
    names = list(program.outputs if wanted is None else wanted)
    writer = _Writer(program, prefix)
    depth: dict[int, int] = {}
    found: list[list[pl.Expr]] = []
    for ref in program.needed(names):
        instruction = program.instructions[ref]
        if instruction.op in (Op.CONST, Op.TRUTH):
            continue
        level = 1 + max((depth.get(arg, -1) for arg in instruction.args), default=-1)
        depth[ref] = level
        while len(found) <= level:
            found.append([])
        name = f"{prefix}{ref}"
        found[level].append(writer.expression(instruction).alias(name))
        writer.names[ref] = name
    return found, {name: writer.operand(program.outputs[name]) for name in names}


def apply(frame: pl.LazyFrame, program: Program, wanted: Iterable[str] | None = None, prefix: str = "_") -> tuple[pl.LazyFrame, Mapping[str, pl.Expr]]:
    """Add the layers of a program to a lazy frame; return it with the expression of each output."""
    found, outputs = layers(program, wanted, prefix)
    for layer in found:
        frame = frame.with_columns(layer)
    return frame, outputs
