"""A program as text for LLVM: how a whole table is judged by machine code, every value in a register.

Three functions come of one program. *Blocks* (:mod:`yumiao.rules.emit_llvm_blocks`) takes eight rows at a time in
vector registers and works out wide values in floating point, with a proven bound of the error; a row whose answer that
leaves in doubt is noted. *Marked* (:mod:`yumiao.rules.emit_llvm_marked`) does so for rows that lie anywhere. *Rows*
(:mod:`yumiao.rules.emit_llvm_rows`) takes single rows in exact whole numbers of 64 and 128 bits: those in doubt, and
the last few of a table.

Both read the buffers of Arrow columns as they are and write every output where the table of verdicts will read it:
no value is copied on the way. See :mod:`yumiao.rules.native_tables` for the memory, :mod:`yumiao.rules.native` for what
runs it. The text is made from instruction numbers and constants only; nothing from a pack or a file enters it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from yumiao.rules.native_layout import ColumnKind, Layout, text_words
from yumiao.rules.program import WORD, Instruction, Op, Program, category


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: the name of its value, and of the truth that it is NULL (None: it never is)."""

    value: str
    null: str | None = None


class Writer(ABC):
    """Writes the operations that blocks and rows have in common, on ``word`` and ``bit`` of either.

    Values under a NULL are zero where they are read, so that no operation leaves its bounds because of them.
    """

    word = "i64"
    bit = "i1"

    def __init__(self, program: Program, layout: Layout) -> None:
        self.program = program
        self.layout = layout
        self.lines: list[str] = []
        self.numbers: dict[int, Number] = {}
        self.truths: dict[int, str] = {}
        self.known: dict[str, str] = {}
        self.outside: list[str] = []
        self.ref = -1
        self.slots = {name: place for place, name in enumerate(layout.columns)}

    # ── text ──────────────────────────────────────────────────────────────────────────────────────────────

    def put(self, text: str) -> str:
        """Write one line that makes a value; return its name."""
        name = f"%t{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """Write one line that makes no value."""
        self.lines.append(f"  {text}")

    def const(self, value: int) -> str:
        """Write a constant of 64 bits."""
        return str(value)

    def flag(self, *, value: bool) -> str:
        """Write a constant truth."""
        return "true" if value else "false"

    def call(self, name: str, kind: str, *operands: str) -> str:
        """Write a call of one of LLVM's own functions on operands of one type."""
        suffix = kind.replace("<8 x ", "v8").replace(">", "").replace("double", "f64")
        return self.put(
            f"call {kind} @llvm.{name}.{suffix}({', '.join(f'{kind} {each}' for each in operands)})"
        )

    def both(self, one: str, two: str) -> str:
        return self.put(f"and {self.bit} {one}, {two}")

    def either(self, *truths: str | None) -> str | None:
        """Write that one of some truths holds; None stands for one that never does."""
        found: str | None = None
        for truth in dict.fromkeys(truths):
            if truth is not None:
                found = truth if found is None else self.put(f"or {self.bit} {found}, {truth}")
        return found

    def invert(self, truth: str) -> str:
        return self.put(f"xor {self.bit} {truth}, {self.flag(value=True)}")

    def choose(self, test: str, yes: str, no: str, kind: str) -> str:
        """Write a choice between two values of one type."""
        return yes if yes == no else self.put(f"select {self.bit} {test}, {kind} {yes}, {kind} {no}")

    # ── instructions ──────────────────────────────────────────────────────────────────────────────────────

    def write(self) -> None:
        """Write every instruction that the outputs rest on, then the outputs."""
        for ref in self.program.below(self.layout.outputs.values()):
            instruction = self.program.instructions[ref]
            self.ref = ref
            if instruction.is_truth:
                self.truths[ref] = self.truth(instruction)
            else:
                self.numbers[ref] = self.number(instruction)
        for place, (name, ref) in enumerate(self.layout.outputs.items()):
            self.store(place, name, ref)

    def truth(self, instruction: Instruction) -> str:
        """Write an instruction that makes a truth."""
        match instruction.op:
            case Op.TRUTH:
                return self.flag(value=bool(instruction.value))
            case Op.IS_TRUE | Op.IS_FALSE:
                return self.truth_column(str(instruction.value), wanted=instruction.op is Op.IS_TRUE)
            case Op.IS_NULL if not instruction.args:
                return self.invert(self.validity(str(instruction.value)))
            case Op.IS_NULL:
                return self.numbers[instruction.args[0]].null or self.flag(value=False)
            case Op.TEXT_IN:
                return self.text_in(*category(instruction))
            case Op.GE | Op.NE:
                return self.comparison(instruction)
            case Op.NOT:
                return self.invert(self.truths[instruction.args[0]])
            case _:
                one, two = (self.truths[arg] for arg in instruction.args)
                return self.put(f"{instruction.op.value} {self.bit} {one}, {two}")

    def number(self, instruction: Instruction) -> Number:
        """Write an instruction that makes a number."""
        match instruction.op:
            case Op.CONST:
                return self.constant(instruction)
            case Op.NUMBER | Op.DAY:
                return self.number_column(instruction)
            case Op.COUNT:
                return Number(self.count([self.truths[arg] for arg in instruction.args]))
            case Op.SELECT:
                return self.select(instruction)
            case Op.FLOOR_DIV:
                return self.floor_div(instruction)
            case _:
                return self.operation(instruction)

    def count(self, truths: Sequence[str]) -> str:
        total = self.const(0)
        for truth in truths:
            one = self.put(f"zext {self.bit} {truth} to {self.word}")
            total = self.put(f"add {self.word} {total}, {one}")
        return total

    def joined(self, instruction: Instruction, kind: str, left: str, right: str) -> str:
        """Write the value of an operation of two numbers, neither of them NULL."""
        name = {Op.MAX: "max", Op.TIGHTEN_LOW: "max", Op.MIN: "min", Op.TIGHTEN_HIGH: "min"}.get(
            instruction.op
        )
        if name is not None:
            return self.larger_or_smaller(name, kind, left, right)
        sign = {Op.ADD: "add", Op.SUB: "sub", Op.MUL: "mul"}[instruction.op]
        return self.put(f"{'f' if 'double' in kind else ''}{sign} {kind} {left}, {right}")

    def larger_or_smaller(self, name: str, kind: str, left: str, right: str) -> str:
        return self.call(f"s{name}", kind, left, right)

    def combined(self, instruction: Instruction, kind: str, left: Number, right: Number) -> Number:
        """Write an operation of two numbers of one type, either of which may be NULL."""
        match instruction.op:
            case Op.FILL:
                if left.null is None:
                    return left
                null = self.both(left.null, right.null) if right.null is not None else None
                return Number(self.choose(left.null, right.value, left.value, kind), null)
            case Op.TIGHTEN_LOW | Op.TIGHTEN_HIGH:
                value = self.joined(instruction, kind, left.value, right.value)
                if right.null is not None:
                    value = self.choose(right.null, left.value, value, kind)
                if left.null is not None:
                    value = self.choose(left.null, right.value, value, kind)
                together = left.null is not None and right.null is not None
                return Number(value, self.both(left.null or "", right.null or "") if together else None)
            case _:
                value = self.joined(instruction, kind, left.value, right.value)
                return Number(value, self.either(left.null, right.null))

    def compared(self, instruction: Instruction, test: str, left: Number, right: Number) -> str:
        """Give a comparison its answer where a side is NULL."""
        null = self.either(left.null, right.null)
        if null is None:
            return test
        if instruction.value:
            return self.put(f"or {self.bit} {test}, {null}")
        return self.both(test, self.invert(null))

    def chosen(self, instruction: Instruction, kind: str, yes: Number, no: Number) -> Number:
        """Write a choice between two numbers of one type."""
        test = self.truths[instruction.args[0]]
        value = self.choose(test, yes.value, no.value, kind)
        if yes.null is None and no.null is None:
            return Number(value)
        nulls = (each.null or self.flag(value=False) for each in (yes, no))
        yes_null, no_null = nulls
        return Number(value, self.choose(test, yes_null, no_null, self.bit))

    # ── what blocks and rows do each in their way ─────────────────────────────────────────────────────────

    @abstractmethod
    def validity(self, column: str) -> str:
        """Write that a column is known."""

    @abstractmethod
    def truth_column(self, column: str, *, wanted: bool) -> str:
        """Write that a yes/no column is known to be yes (or no)."""

    @abstractmethod
    def number_column(self, instruction: Instruction) -> Number:
        """Write a number or date column, zero where it is NULL."""

    @abstractmethod
    def loaded(self, column: str, kind: str, start: int = 0, stride: int = 1) -> str:
        """Write the values of a column: every ``stride``-th of some type, from ``start``."""

    @abstractmethod
    def constant(self, instruction: Instruction) -> Number:
        """Write a constant; no bound is NULL."""

    @abstractmethod
    def select(self, instruction: Instruction) -> Number:
        """Write a choice."""

    @abstractmethod
    def floor_div(self, instruction: Instruction) -> Number:
        """Write a division that rounds down."""

    @abstractmethod
    def operation(self, instruction: Instruction) -> Number:
        """Write any other operation of two numbers."""

    @abstractmethod
    def comparison(self, instruction: Instruction) -> str:
        """Write ≥ or ≠."""

    @abstractmethod
    def store(self, place: int, name: str, ref: int) -> None:
        """Write where an output goes."""

    # ── parts of them ─────────────────────────────────────────────────────────────────────────────────────

    def text_in(self, column: str, values: Sequence[str]) -> str:
        """Write that a column is known to be one of some categories."""
        is_text = self.layout.columns[column] is ColumnKind.TEXT
        tests = [
            self._is_text(column, value) if is_text else self._is_code(column, value) for value in values
        ]
        return self.both(self.either(*tests) or self.flag(value=False), self.validity(column))

    def _is_code(self, column: str, value: str) -> str:
        code = self.layout.categories[column].index(value) + 1
        return self._is_equal(column, "i8", code if code < 128 else code - 256)

    def _is_text(self, column: str, value: str) -> str:
        """A view is the length, four bytes, and eight more; what a short text does not fill is zero."""
        low, high = text_words(value)
        begins = self._is_equal(column, "i64", low, 0, 2)
        if len(value.encode()) <= 4:
            return begins
        return self.both(begins, self._is_equal(column, "i64", high, 1, 2))

    def _is_equal(self, column: str, kind: str, value: int, start: int = 0, stride: int = 1) -> str:
        key = f"{column}#{start}"
        if key not in self.known:
            self.known[key] = self.loaded(column, kind, start, stride)
        return self.put(f"icmp eq {self.like(kind)} {self.known[key]}, {self.small_const(value, kind)}")

    def like(self, kind: str) -> str:
        """The type of as many values of a kind as there are rows."""
        return kind

    def small_const(self, value: int, kind: str) -> str:  # noqa: ARG002 - blocks say the type
        """Write a constant of any width."""
        return str(value)

    def check_domain(self, value: str, instruction: Instruction, kind: str) -> None:
        """Write that a value read is outside its domain, if it can be."""
        most, least = instruction.magnitude, 0 if instruction.at_least_zero else -instruction.magnitude
        if most >= WORD:
            return
        shifted = value if least == 0 else self.put(f"add {kind} {value}, {self.const(-least)}")
        self.outside.append(self.put(f"icmp ugt {kind} {shifted}, {self.const(most - least)}"))

    def may_be_zero(self, ref: int) -> bool:
        """Whether a divisor has to be looked at before it divides."""
        instruction = self.program.instructions[ref]
        return instruction.op is not Op.CONST

    def null_of_quotient(
        self, instruction: Instruction, left: Number, right: Number, is_zero: str | None
    ) -> str | None:
        """A quotient is NULL where either number is, or the divisor zero."""
        divisor = instruction.args[1]
        never = self.program.never_zero(divisor) or self.program.instructions[divisor].op is Op.CONST
        return self.either(left.null, right.null, None if never else is_zero)
