"""A program as one generated Python function: how a single subject is judged in microseconds.

The text is made from instruction numbers, operators and ``repr`` of constants only; nothing from a pack or a file
enters it except column names and category codes, each as a ``repr`` string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yumiao.rules.compile import CompiledPolicy
from yumiao.rules.program import Instruction, Op, Program, category

Row = Mapping[str, Any]
"""The facts of one subject by column: whole numbers in steps, day numbers, truth values, category codes."""

Judge = Callable[[Row], dict[str, Any]]

_PRELUDE = """
def _max(a, b):
    return None if a is None or b is None else a if a >= b else b
def _min(a, b):
    return None if a is None or b is None else a if a <= b else b
def _low(a, b):
    return b if a is None else a if b is None or a >= b else b
def _high(a, b):
    return b if a is None else a if b is None or a <= b else b
"""


def _name(ref: int) -> str:
    return f"v{ref}"


def _either_null(program: Program, instruction: Instruction) -> str:
    names = [f"{_name(ref)} is None" for ref in instruction.args if program.nullable(ref)]
    return " or ".join(names)


def _guarded(program: Program, instruction: Instruction, text: str) -> str:
    guard = _either_null(program, instruction)
    return f"None if {guard} else {text}" if guard else text


def expression(program: Program, instruction: Instruction) -> str:
    """Write the right-hand side of one instruction."""
    names = [_name(ref) for ref in instruction.args]
    value = instruction.value
    match instruction.op:
        case Op.NUMBER | Op.DAY:
            return f"row.get({value!r})"
        case Op.IS_TRUE:
            return f"row.get({value!r}) is True"
        case Op.IS_FALSE:
            return f"row.get({value!r}) is False"
        case Op.IS_NULL:
            return f"{names[0]} is None" if names else f"row.get({value!r}) is None"
        case Op.TEXT_IN:
            column, values = category(instruction)
            return f"row.get({column!r}) in {values!r}"
        case Op.CONST | Op.TRUTH:
            return repr(value)
        case Op.ADD | Op.SUB | Op.MUL:
            sign = {Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}[instruction.op]
            return _guarded(program, instruction, f"{names[0]} {sign} {names[1]}")
        case Op.FLOOR_DIV:
            guard = " or ".join(filter(None, [_either_null(program, instruction), f"not {names[1]}"]))
            return f"None if {guard} else {names[0]} // {names[1]}"
        case Op.FILL:
            return f"{names[1]} if {names[0]} is None else {names[0]}"
        case Op.MAX | Op.MIN | Op.TIGHTEN_LOW | Op.TIGHTEN_HIGH:
            return _choice(program, instruction, names)
        case Op.GE:
            return _comparison(program, instruction, names)
        case Op.NE:
            guard = _either_null(program, instruction)
            return f"not ({guard}) and {names[0]} != {names[1]}" if guard else f"{names[0]} != {names[1]}"
        case Op.AND:
            return " and ".join(names)
        case Op.OR:
            return " or ".join(names)
        case Op.NOT:
            return f"not {names[0]}"
        case Op.SELECT:
            return f"{names[1]} if {names[0]} else {names[2]}"
        case Op.COUNT:
            return " + ".join(names) if names else "0"


def _choice(program: Program, instruction: Instruction, names: list[str]) -> str:
    helper = {Op.MAX: "_max", Op.MIN: "_min", Op.TIGHTEN_LOW: "_low", Op.TIGHTEN_HIGH: "_high"}[
        instruction.op
    ]
    if any(program.nullable(ref) for ref in instruction.args):
        return f"{helper}({names[0]}, {names[1]})"
    sign = ">=" if instruction.op in (Op.MAX, Op.TIGHTEN_LOW) else "<="
    return f"{names[0]} if {names[0]} {sign} {names[1]} else {names[1]}"


def _comparison(program: Program, instruction: Instruction, names: list[str]) -> str:
    guard = _either_null(program, instruction)
    text = f"{names[0]} >= {names[1]}"
    if not guard:
        return text
    return f"{guard} or {text}" if instruction.value else f"not ({guard}) and {text}"


def source(program: Program, outputs: Iterable[str] | None = None, name: str = "judge") -> str:
    """Write the function's text; it maps a row to a dict of the outputs (default: all)."""
    wanted = list(program.outputs if outputs is None else outputs)
    lines = [f"def {name}(row):"]
    lines += [
        f"    {_name(ref)} = {expression(program, program.instructions[ref])}"
        for ref in program.needed(wanted)
    ]
    results = ", ".join(f"{output!r}: {_name(program.outputs[output])}" for output in wanted)
    lines.append(f"    return {{{results}}}")
    return "\n".join(lines)


def make_judge(compiled: CompiledPolicy) -> Judge:
    """Compile a policy into a function from the facts of one subject to all outputs of its program."""
    first = make_function(compiled.program, compiled.first_outputs())
    second_names = compiled.second_outputs()
    second = make_function(compiled.program, second_names) if compiled.tangled else None

    def judge(row: Row) -> dict[str, Any]:
        found = first(row)
        if second is not None and found["again"]:
            found |= second(row)
        else:
            found |= {name: found[f"first.{name}"] for name in second_names}
        return found

    return judge


def make_function(program: Program, outputs: Iterable[str] | None = None) -> Judge:
    """Compile a program into a function of one row that returns the named outputs (default: all)."""
    namespace: dict[str, Any] = {}
    exec(compile(_PRELUDE + source(program, outputs), "<yumiao judge>", "exec"), namespace)  # noqa: S102 - see above
    judge: Judge = namespace["judge"]
    return judge
