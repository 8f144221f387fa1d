"""A program as one generated Python function: how a single subject is judged in microseconds.

The text is made from instruction numbers, operators and ``repr`` of constants only; nothing from a pack or a file
enters it except column names and category codes, each as a ``repr`` string.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yumiao.rules.compile import CompiledPolicy
from yumiao.rules.program import Instruction, Op, Program, category

Row = Mapping[str, Any]
"""The facts of one subject by column: whole numbers in steps, day numbers, truth values, category codes."""

Judge = Callable[[Row], dict[str, Any]]

DEEPEST = 30
"""How deep values are written inside each other; Python's parser has a limit of its own."""

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


@dataclass(frozen=True)
class Writer:
    """Writes the values that some outputs rest on, each once: as a line, or inside the one expression that uses it.

    A value inside an expression is worked out only where the expression comes to it: ``and`` and ``or`` stop at the
    first operand that decides, a chain of bands at the first that holds.

    Attributes:
        inside: the values written inside the expression that uses them.
    """

    program: Program
    inside: frozenset[int]

    def name(self, ref: int) -> str:
        """Write a value where it is used."""
        instruction = self.program.instructions[ref]
        if instruction.op in (Op.CONST, Op.TRUTH):
            return f"({instruction.value!r})" if _is_negative(instruction.value) else repr(instruction.value)
        return f"({self.text(ref)})" if ref in self.inside else f"v{ref}"

    def text(self, ref: int) -> str:
        """Write the right-hand side of one instruction."""
        program, instruction = self.program, self.program.instructions[ref]
        names = [self.name(arg) for arg in instruction.args]
        value = instruction.value
        match instruction.op:
            case Op.NUMBER | Op.DAY:
                return f"get({value!r})"
            case Op.IS_TRUE:
                return f"get({value!r}) is True"
            case Op.IS_FALSE:
                return f"get({value!r}) is False"
            case Op.IS_NULL:
                return f"{names[0]} is None" if names else f"get({value!r}) is None"
            case Op.TEXT_IN:
                column, values = category(instruction)
                return f"get({column!r}) in {values!r}"
            case Op.CONST | Op.TRUTH:
                return repr(value)
            case Op.ADD | Op.SUB | Op.MUL:
                sign = {Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}[instruction.op]
                return _guarded(program, instruction, names, f"{names[0]} {sign} {names[1]}")
            case Op.FLOOR_DIV:
                checks = [*_null_checks(program, instruction, names), f"not {names[1]}"]
                return f"None if {' or '.join(checks)} else {names[0]} // {names[1]}"
            case Op.FILL:
                return f"{names[1]} if {names[0]} is None else {names[0]}"
            case Op.MAX | Op.MIN | Op.TIGHTEN_LOW | Op.TIGHTEN_HIGH:
                return _choice(program, instruction, names)
            case Op.GE:
                return _comparison(program, instruction, names)
            case Op.NE:
                checks = _null_checks(program, instruction, names)
                text = f"{names[0]} != {names[1]}"
                return f"not ({' or '.join(checks)}) and {text}" if checks else text
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


def _is_negative(value: object) -> bool:
    return isinstance(value, int) and value < 0


def _null_checks(program: Program, instruction: Instruction, names: Sequence[str]) -> list[str]:
    pairs = zip(instruction.args, names, strict=True)
    return [f"{name} is None" for ref, name in pairs if program.nullable(ref)]


def _guarded(program: Program, instruction: Instruction, names: Sequence[str], text: str) -> str:
    checks = _null_checks(program, instruction, names)
    return f"None if {' or '.join(checks)} else {text}" if checks else text


def _choice(program: Program, instruction: Instruction, names: list[str]) -> str:
    helper = {Op.MAX: "_max", Op.MIN: "_min", Op.TIGHTEN_LOW: "_low", Op.TIGHTEN_HIGH: "_high"}[
        instruction.op
    ]
    if any(program.nullable(ref) for ref in instruction.args):
        return f"{helper}({names[0]}, {names[1]})"
    sign = ">=" if instruction.op in (Op.MAX, Op.TIGHTEN_LOW) else "<="
    return f"{names[0]} if {names[0]} {sign} {names[1]} else {names[1]}"


def _comparison(program: Program, instruction: Instruction, names: list[str]) -> str:
    guard = " or ".join(_null_checks(program, instruction, names))
    text = f"{names[0]} >= {names[1]}"
    if not guard:
        return text
    return f"{guard} or {text}" if instruction.value else f"not ({guard}) and {text}"


def _written_inside(program: Program, refs: Iterable[int], outputs: Iterable[int]) -> frozenset[int]:
    """The values that are used once, by an operation that writes its operands once."""
    uses = Counter(outputs)
    depth: dict[int, int] = {}
    once: set[int] = set()
    refs = list(refs)
    for ref in refs:
        uses.update(program.instructions[ref].args)
    for ref in refs:
        instruction = program.instructions[ref]
        mine = [arg for arg in instruction.args if uses[arg] == 1 and _writes_once(program, instruction, arg)]
        kept = [arg for arg in mine if depth.get(arg, 0) < DEEPEST]
        once.update(kept)
        depth[ref] = 1 + max((depth.get(arg, 0) for arg in kept), default=0)
    return frozenset(once)


def _writes_once(program: Program, instruction: Instruction, arg: int) -> bool:
    match instruction.op:
        case Op.AND | Op.OR | Op.NOT | Op.SELECT | Op.COUNT | Op.IS_NULL:
            return True
        case Op.ADD | Op.SUB | Op.MUL | Op.GE | Op.NE:
            return not program.nullable(arg)
        case Op.MAX | Op.MIN | Op.TIGHTEN_LOW | Op.TIGHTEN_HIGH:
            return any(program.nullable(ref) for ref in instruction.args)
        case Op.FLOOR_DIV:
            return arg == instruction.args[0] and not program.nullable(arg)
        case Op.FILL:
            return arg == instruction.args[1]
        case _:
            return False


def write_lines(
    program: Program, refs: Sequence[int], outputs: Iterable[int], early: Collection[int] = ()
) -> tuple[tuple[list[str], list[str]], Writer]:
    """Write the lines of some values, in order, those of ``early`` apart.

    Args:
        refs: every value needed, in order; what an early one rests on is early too.
        outputs: values used outside the lines.
    Returns: the early lines and the others, and what writes a value where it is used.
    """
    writer = Writer(program, _written_inside(program, refs, [*outputs, *early]))
    lines: tuple[list[str], list[str]] = ([], [])
    for ref in refs:
        if ref not in writer.inside and program.instructions[ref].op not in (Op.CONST, Op.TRUTH):
            lines[0 if ref in early else 1].append(f"    v{ref} = {writer.text(ref)}")
    return lines, writer


def source(program: Program, outputs: Iterable[str] | None = None, name: str = "judge") -> str:
    """Write the function's text; it maps a row to a dict of the outputs (default: all)."""
    wanted = list(program.outputs if outputs is None else outputs)
    results = [program.outputs[output] for output in wanted]
    (_, lines), writer = write_lines(program, program.needed(wanted), results)
    shown = ", ".join(f"{output!r}: {writer.name(ref)}" for output, ref in zip(wanted, results, strict=True))
    return "\n".join([f"def {name}(row):", "    get = row.get", *lines, f"    return {{{shown}}}"])


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
    judge: Judge = compile_text(source(program, outputs), "judge")
    return judge


def compile_text(text: str, name: str) -> Any:
    """Compile the text of a function written here and return the function."""
    namespace: dict[str, Any] = {}
    exec(compile(_PRELUDE + text, "<yumiao judge>", "exec"), namespace)  # noqa: S102 - see above
    return namespace[name]
