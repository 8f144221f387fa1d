"""A program as SQL text in layers: how a whole table is judged inside a database (DuckDB first).

Each instruction becomes one named column of a common table expression; nothing is inlined, so that planning stays
linear. NULL means unbounded for numbers; truths are never NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yumiao.rules.compile import CompiledPolicy
from yumiao.rules.program import WORD, Instruction, Op, Program, category

INDENT = ",\n         "

HALF_WORD = 2**31 - 1


def quoted(name: str) -> str:
    """Write a name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    """Write a text as a literal."""
    return "'" + value.replace("'", "''") + "'"


def number_type(magnitude: int) -> str:
    """Return the narrowest whole-number type that holds the magnitude."""
    if magnitude <= HALF_WORD:
        return "INTEGER"
    return "BIGINT" if magnitude <= WORD else "HUGEINT"


class _Writer:
    """Writes the instructions of one program over the columns of one relation."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def operand(self, ref: int, kind: str | None = None) -> str:
        instruction = self.program.instructions[ref]
        if instruction.op is Op.TRUTH:
            return "TRUE" if instruction.value else "FALSE"
        own = number_type(instruction.magnitude)
        if instruction.op is Op.CONST:
            literal = "NULL" if instruction.value is None else str(instruction.value)
            return f"CAST({literal} AS {kind or own})"
        return f"CAST(v{ref} AS {kind})" if kind is not None and kind != own else f"v{ref}"

    def expression(self, instruction: Instruction) -> str:
        column = quoted(str(instruction.value))
        match instruction.op:
            case Op.NUMBER:
                return f"CAST({column} AS {number_type(instruction.magnitude)})"
            case Op.DAY:
                return f"CAST(date_diff('day', DATE '1970-01-01', {column}) AS {number_type(instruction.magnitude)})"
            case Op.IS_TRUE:
                return f"coalesce({column}, FALSE)"
            case Op.IS_FALSE:
                return f"coalesce(NOT {column}, FALSE)"
            case Op.IS_NULL if not instruction.args:
                return f"{column} IS NULL"
            case Op.TEXT_IN:
                name, values = category(instruction)
                return f"coalesce({quoted(name)} IN ({', '.join(text_literal(value) for value in values)}), FALSE)"
            case Op.AND | Op.OR | Op.NOT | Op.IS_NULL:
                return self._truth(instruction)
            case Op.GE | Op.NE:
                return self._comparison(instruction)
            case Op.COUNT:
                return " + ".join(f"CAST({self.operand(ref)} AS INTEGER)" for ref in instruction.args) or "0"
            case _:
                return self._number(instruction)

    def _truth(self, instruction: Instruction) -> str:
        parts = [self.operand(ref) for ref in instruction.args]
        if instruction.op is Op.IS_NULL:
            return f"{parts[0]} IS NULL"
        if instruction.op is Op.NOT:
            return f"NOT {parts[0]}"
        return f" {instruction.op.value.upper()} ".join(parts)

    def _wider(self, instruction: Instruction) -> str:
        magnitudes = [self.program.instructions[ref].magnitude for ref in instruction.args]
        return number_type(max([instruction.magnitude, *magnitudes]))

    def _comparison(self, instruction: Instruction) -> str:
        kind = self._wider(instruction)
        left, right = (self.operand(ref, kind) for ref in instruction.args)
        test = f"{left} >= {right}" if instruction.op is Op.GE else f"{left} <> {right}"
        if any(self.program.nullable(ref) for ref in instruction.args):
            return f"coalesce({test}, {'TRUE' if instruction.value else 'FALSE'})"
        return test

    def _number(self, instruction: Instruction) -> str:
        own = number_type(instruction.magnitude)
        if instruction.op is Op.SELECT:
            test, yes, no = instruction.args
            return f"CASE WHEN {self.operand(test)} THEN {self.operand(yes, own)} ELSE {self.operand(no, own)} END"
        wide = self._wider(instruction)
        left, right = (self.operand(ref, wide) for ref in instruction.args)
        text = self._operation(instruction, left, right)
        return text if wide == own else f"CAST({text} AS {own})"

    def _operation(self, instruction: Instruction, left: str, right: str) -> str:
        match instruction.op:
            case Op.ADD | Op.SUB | Op.MUL:
                sign = {Op.ADD: "+", Op.SUB: "-", Op.MUL: "*"}[instruction.op]
                return f"{left} {sign} {right}"
            case Op.FLOOR_DIV:
                return self._floor_div(instruction, left, right)
            case Op.FILL:
                return f"coalesce({left}, {right})"
            case Op.MAX | Op.MIN:
                name = "greatest" if instruction.op is Op.MAX else "least"
                if any(self.program.nullable(ref) for ref in instruction.args):
                    return f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL ELSE {name}({left}, {right}) END"
                return f"{name}({left}, {right})"
            case Op.TIGHTEN_LOW:
                return f"greatest({left}, {right})"
            case _:
                return f"least({left}, {right})"

    def _floor_div(self, instruction: Instruction, left: str, right: str) -> str:
        """SQL cuts towards zero: below zero it is one less where something is left over. Division by zero is NULL."""
        constant = self.program.instructions[instruction.args[1]].op is Op.CONST
        divisor = right if constant or self.program.never_zero(instruction.args[1]) else f"nullif({right}, 0)"
        quotient = f"{left} // {divisor}"
        if self.program.at_least_zero(instruction.args[0]):
            return quotient
        return f"{quotient} - CASE WHEN {left} % {divisor} < 0 THEN 1 ELSE 0 END"


def _levels(program: Program, refs: Iterable[int]) -> list[list[int]]:
    depth: dict[int, int] = {}
    levels: list[list[int]] = []
    for ref in refs:
        instruction = program.instructions[ref]
        if instruction.op in (Op.CONST, Op.TRUTH):
            continue
        depth[ref] = 1 + max((depth.get(arg, -1) for arg in instruction.args), default=-1)
        while len(levels) <= depth[ref]:
            levels.append([])
        levels[depth[ref]].append(ref)
    return levels


def _live(program: Program, levels: Sequence[Sequence[int]], wanted: set[int]) -> list[set[int]]:
    """For each level the earlier values that a later level still needs."""
    live = [set[int]() for _ in levels]
    needed = set(wanted)
    for index in range(len(levels) - 1, -1, -1):
        live[index] = set(needed)
        needed -= set(levels[index])
        needed |= {arg for ref in levels[index] for arg in program.instructions[ref].args}
    return live


def _sources(program: Program, levels: Sequence[Sequence[int]]) -> list[list[str]]:
    """For each level the table's own columns that a later level still reads."""
    later: dict[str, None] = {}
    found: list[list[str]] = []
    for level in reversed(levels):
        found.append(list(later))
        later |= dict.fromkeys(program.columns(level))
    return found[::-1]


def layers(
    program: Program, outputs: Sequence[str], relation: str, keep: Sequence[str], prefix: str
) -> tuple[list[str], str]:
    """Write a program as common table expressions over a relation.

    Args:
        keep: columns of the relation carried to the end.
        prefix: begins the names of the expressions.
    Returns: the expressions, and the name of the last, which holds ``keep`` and the outputs.
    """
    writer = _Writer(program)
    refs = program.needed(outputs)
    levels = _levels(program, refs)
    live = _live(program, levels, {program.outputs[name] for name in outputs})
    sources = _sources(program, levels)
    tables: list[str] = []
    carried: set[int] = set()
    for index, level in enumerate(levels):
        name = f"{prefix}{index}"
        passed = [quoted(column) for column in dict.fromkeys((*keep, *sources[index]))]
        passed += [f"v{ref}" for ref in sorted(carried & live[index])]
        made = [f"{writer.expression(program.instructions[ref])} AS v{ref}" for ref in level]
        tables.append(f"{name} AS (\n  SELECT {INDENT.join([*passed, *made])}\n  FROM {relation})")
        carried = (carried & live[index]) | set(level)
        relation = name
    final = [quoted(column) for column in keep] + [
        f"{writer.operand(program.outputs[name])} AS {quoted(name)}" for name in outputs
    ]
    tables.append(f"{prefix}end AS (\n  SELECT {INDENT.join(final)}\n  FROM {relation})")
    return tables, f"{prefix}end"


def policy_sql(compiled: CompiledPolicy, relation: str, key: str = "subject") -> str:
    """Write the SELECT that judges every row of a relation against one policy.

    Args:
        relation: a table, view or table function with one row per subject in the columns of a table of facts.
        key: the column that names the subject, unique.
    Returns: one row per subject: ``key``, then every output of the program, as in :mod:`yumiao.rules.compile`.
    """
    program = compiled.program
    first_names, second_names = compiled.first_outputs(), compiled.second_outputs()
    tables, first = layers(program, first_names, relation, [key], "first_")
    others = [name for name in first_names if not name.startswith("first.")]
    columns = [f"{first}.{quoted(name)} AS {quoted(name)}" for name in (key, *others)]
    if not compiled.tangled:
        columns += [f"{first}.{quoted('first.' + name)} AS {quoted(name)}" for name in second_names]
        return _statement(tables, columns, first)
    marked = f"SELECT {quoted(key)} FROM {first} WHERE again"
    tables.append(f"marked AS (\n  SELECT * FROM {relation} WHERE {quoted(key)} IN ({marked}))")
    more, second = layers(program, second_names, "marked", [key], "second_")
    for name in second_names:
        again, otherwise = f"{second}.{quoted(name)}", f"{first}.{quoted('first.' + name)}"
        columns.append(f"CASE WHEN {first}.again THEN {again} ELSE {otherwise} END AS {quoted(name)}")
    join = f"{first} LEFT JOIN {second} ON {first}.{quoted(key)} = {second}.{quoted(key)}"
    return _statement([*tables, *more], columns, join)


def _statement(tables: Sequence[str], columns: Sequence[str], source: str) -> str:
    return "WITH " + ",\n".join(tables) + f"\nSELECT {INDENT.join(columns)}\nFROM {source}"
