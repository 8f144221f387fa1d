"""The outcome alone, as one Python function that stops at the first condition that certainly fails.

Most subjects fail a policy by something plain: too large, too young, on a list. The function looks at such conditions
first and goes on to sums and scores only where they leave the outcome open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from yumiao.rules.compile import OUTCOMES, CompiledPolicy
from yumiao.rules.emit_python import Row, compile_text, make_function, write_lines
from yumiao.rules.program import Op, Program

PLAIN = 12
"""A truth that rests on at most so many values is plain."""

OutcomeOf = Callable[[Row], int]
"""The facts of one subject in, the code of its outcome out (a place in :data:`yumiao.rules.compile.OUTCOMES`)."""

_NOT_MET, _OPEN, _MET = range(len(OUTCOMES))


@dataclass(frozen=True, slots=True)
class _Plain:
    """Truths that are quick to tell: all of ``allowing`` are needed to be met, each of ``failing`` is a failure."""

    allowing: tuple[int, ...]
    failing: tuple[int, ...]


def make_outcome(compiled: CompiledPolicy) -> OutcomeOf:
    """Compile a policy into a function from the facts of one subject to the code of its outcome."""
    program = compiled.program
    first: OutcomeOf = compile_text(outcome_source(program), "outcome")
    if not compiled.tangled:
        return first
    again = make_function(program, ["again"])
    second = make_function(program, ["outcome"])

    def outcome(row: Row) -> int:
        found = first(row)
        if found == _OPEN and again(row)["again"]:
            found = second(row)["outcome"]
        return found

    return outcome


def outcome_source(program: Program) -> str:
    """Write the text of the first reading's outcome."""
    result = program.outputs["first.outcome"]
    needed = program.needed(["first.outcome"])
    plain = _plain_truths(program, result)
    early = (
        sorted({ref for truth in (*plain.allowing, *plain.failing) for ref in _below(program, truth)})
        if plain
        else []
    )
    lines, writer = write_lines(program, needed, [result], early)
    text = ["def outcome(row):", "    get = row.get", *lines[0]]
    if plain:
        allowing = " and ".join(writer.name(ref) for ref in plain.allowing)
        failing = " or ".join(writer.name(ref) for ref in plain.failing)
        text += [f"    if not ({allowing}) and ({failing}):", f"        return {_NOT_MET}"]
    return "\n".join([*text, *lines[1], f"    return {writer.name(result)}"])


def _plain_truths(program: Program, result: int) -> _Plain | None:
    """Take the outcome apart: (may be met) ? (may fail ? open : met) : (may fail ? not met : open)."""
    outer = _select(program, result)
    inner = [_select(program, ref) for ref in outer[1:]] if outer else []
    if outer is None or None in inner:
        return None
    met, failed = inner
    if met is None or failed is None or met[0] != failed[0]:
        return None
    codes = [_constant(program, ref) for ref in (*met[1:], *failed[1:])]
    if codes != [_OPEN, _MET, _NOT_MET, _OPEN]:
        return None
    allowing = tuple(ref for ref in _operands(program, outer[0], Op.AND) if _is_plain(program, ref))
    failing = tuple(ref for ref in _operands(program, met[0], Op.OR) if _is_plain(program, ref))
    return _Plain(allowing, failing) if allowing and failing else None


def _select(program: Program, ref: int) -> tuple[int, ...] | None:
    instruction = program.instructions[ref]
    return instruction.args if instruction.op is Op.SELECT else None


def _constant(program: Program, ref: int) -> Any:
    instruction = program.instructions[ref]
    return instruction.value if instruction.op is Op.CONST else None


def _operands(program: Program, ref: int, op: Op) -> Iterator[int]:
    instruction = program.instructions[ref]
    if instruction.op is not op:
        yield ref
        return
    for arg in instruction.args:
        yield from _operands(program, arg, op)


def _is_plain(program: Program, ref: int) -> bool:
    return len(_below(program, ref)) <= PLAIN


def _below(program: Program, ref: int) -> set[int]:
    """The values that a value rests on, itself included."""
    seen: set[int] = set()
    waiting = [ref]
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            waiting.extend(program.instructions[found].args)
    return seen
