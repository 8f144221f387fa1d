"""What machine code reads and writes, and where each column and output stands in its tables of addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yumiao.rules.program import Instruction, Op, Program, category


class ColumnKind(StrEnum):
    """How a column lies in memory."""

    NUMBER = "number"  # 64-bit whole numbers
    DAY = "day"  # 32-bit days since 1970-01-01
    TRUTH = "truth"  # bits
    TEXT = "text"  # views of 16 bytes that hold short texts whole
    CODE = "code"  # 8-bit places of categories: 0 is any other than those asked for
    KNOWN = "known"  # only whether it is NULL


COLUMN_WORDS = 5
"""Words that describe a column: the data; its validity as address, first bit, stride; the first bit of truths."""

OUTPUT_WORDS = 2
"""Words that describe an output: the data and its validity."""

MOST_CODES = 255
"""A column with more categories than fit a byte is left to the other forms."""

SHORT = 12
"""Bytes of UTF-8 that a view of a text holds; longer texts lie elsewhere, and are numbered before."""


@dataclass(frozen=True)
class Layout:
    """Which columns a program reads, which outputs it writes, and where each stands in the tables of addresses.

    Attributes:
        columns: by name how each lies in memory, in order.
        categories: by name the categories asked for; the first has code 1.
        outputs: by name the instruction of each, in order.
        widths: by name the bits of each output; 1 for truths.
        nullable: the outputs that have a bitmap of what is known.
    """

    columns: Mapping[str, ColumnKind]
    categories: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, int]
    widths: Mapping[str, int]
    nullable: frozenset[str]


def layout_of(
    program: Program, outputs: Mapping[str, int], beside: Mapping[str, int] | None = None
) -> Layout:
    """Lay out what a program reads and writes.

    Args:
        outputs: by the name under which it is stored the instruction of each output asked for.
        beside: those of another kernel that writes into the same buffers: both give an output the same room.
    """
    kinds: dict[str, ColumnKind] = {}
    values: dict[str, set[str]] = {}
    for ref in program.below(outputs.values()):
        instruction = program.instructions[ref]
        match instruction.op:
            case Op.NUMBER | Op.DAY:
                kinds[str(instruction.value)] = ColumnKind(instruction.op.value)
            case Op.IS_TRUE | Op.IS_FALSE:
                kinds[str(instruction.value)] = ColumnKind.TRUTH
            case Op.TEXT_IN:
                column, found = category(instruction)
                values.setdefault(column, set()).update(found)
                is_short = all(len(value.encode()) <= SHORT for value in values[column])
                kinds[column] = ColumnKind.TEXT if is_short else ColumnKind.CODE
            case Op.IS_NULL if not instruction.args:
                kinds.setdefault(str(instruction.value), ColumnKind.KNOWN)
            case _:
                pass
    pairs = [*outputs.items(), *((name, ref) for name, ref in (beside or {}).items() if name in outputs)]
    widths: dict[str, int] = {}
    for name, ref in pairs:
        widths[name] = max(widths.get(name, 0), width_of(program.instructions[ref]))
    categories = {column: tuple(sorted(found)) for column, found in values.items()}
    nullable = frozenset(name for name, ref in pairs if program.nullable(ref))
    return Layout(kinds, categories, dict(outputs), widths, nullable)


def text_words(value: str) -> tuple[int, int]:
    """Return the view of a short text as two 64-bit numbers."""
    content = value.encode()
    view = len(content).to_bytes(4, "little") + content[:SHORT].ljust(SHORT, b"\0")
    low, high = (int.from_bytes(half, "little", signed=True) for half in (view[:8], view[8:]))
    return low, high


def width_of(instruction: Instruction) -> int:
    """Return the narrowest width that holds an output; 1 for truths."""
    if instruction.is_truth:
        return 1
    return next((bits for bits in (8, 16, 32, 64) if instruction.magnitude < 2 ** (bits - 1)), 128)


def entry_lines(layout: Layout) -> list[str]:
    """Write how a function finds its columns and outputs before its loop."""
    lines: list[str] = []

    def word(base: str, place: int, name: str, kind: str) -> None:
        lines.append(f"  {name}.p = getelementptr i64, ptr {base}, i64 {place}")
        lines.append(f"  {name} = load {kind}, ptr {name}.p, align 8")

    for place, kind in enumerate(layout.columns.values()):
        first = place * COLUMN_WORDS
        if kind is not ColumnKind.KNOWN:
            word("%columns", first, f"%c{place}.data", "ptr")
        maps = [("known", first + 1, f"%c{place}.known.at")]
        if kind is ColumnKind.TRUTH:
            maps.append(("truth", first, f"%c{place}.truth.at"))
        for name, at, pointer in maps:
            base = f"%c{place}.{name}"
            word("%columns", at, pointer, "ptr")
            word("%columns", first + 2 if name == "known" else first + 4, f"{base}.first", "i64")
            lines.append(f"  {base}.ahead.bits = add i64 {base}.first, 7")
            lines.append(f"  {base}.ahead = lshr i64 {base}.ahead.bits, 3")
            lines.append(f"  {base}.next = getelementptr i8, ptr {base}.at, i64 {base}.ahead")
            lines.append(f"  {base}.shift = trunc i64 {base}.first to i16")
            if name == "known":
                word("%columns", first + 3, f"{base}.stride", "i64")
            else:
                lines.append(f"  {base}.stride = add i64 0, -1")
    for place, name in enumerate(layout.outputs):
        word("%outputs", place * OUTPUT_WORDS, f"%o{place}.data", "ptr")
        if name in layout.nullable:
            word("%outputs", place * OUTPUT_WORDS + 1, f"%o{place}.known", "ptr")
    return lines
