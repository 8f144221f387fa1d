"""Eight rows at a time in vector registers: columns, whole numbers of 64 bits, outputs.

Whole numbers are divided in floating point, which is many times quicker, and the remainder puts the result right: that
is exact.
"""

from __future__ import annotations

from struct import pack

from yumiao.rules.emit_llvm import Number, Writer
from yumiao.rules.program import Instruction, Op

REAL = "<8 x double>"

ONE_STEP = 2**50
"""Below this a quotient of whole numbers in floating point is wrong by less than one."""

DIVISIBLE = 2**61
"""Numbers below this leave room for the quotients and remainders on the way."""

MOST_REAL = 2**62
"""Floating-point numbers are brought to this before they become whole, so that all of them can."""


AHEAD = 128
"""So many rows before they are read, columns are asked for: there are more of them than a processor watches itself."""


class LaneWriter(Writer):
    """Writes what needs no floating-point values for blocks of rows."""

    word = "<8 x i64>"
    bit = "<8 x i1>"

    # ── constants ─────────────────────────────────────────────────────────────────────────────────────────

    def const(self, value: int) -> str:
        return f"splat (i64 {value})"

    def flag(self, *, value: bool) -> str:
        return f"splat (i1 {'true' if value else 'false'})"

    def real(self, value: float) -> str:
        """Write a floating-point constant."""
        return f"splat (double {_double(value)})"

    def constant(self, instruction: Instruction) -> Number:
        if instruction.value is None:
            return Number(self.const(0), self.flag(value=True))
        return Number(self.const(int(str(instruction.value))))

    # ── columns ───────────────────────────────────────────────────────────────────────────────────────────

    def bits(self, name: str) -> str:
        """Write the eight bits of a bitmap that belong to the block; they may begin inside a byte."""
        place = self.put(f"and i64 %byte, {name}.stride")
        low_at = self.put(f"getelementptr i8, ptr {name}.at, i64 {place}")
        high_at = self.put(f"getelementptr i8, ptr {name}.next, i64 {place}")
        low, high = (self.put(f"load i8, ptr {at}, align 1") for at in (low_at, high_at))
        low, high = (self.put(f"zext i8 {half} to i16") for half in (low, high))
        high = self.put(f"shl i16 {high}, 8")
        whole = self.put(f"or i16 {low}, {high}")
        shifted = self.put(f"lshr i16 {whole}, {name}.shift")
        cut = self.put(f"trunc i16 {shifted} to i8")
        return self.put(f"bitcast i8 {cut} to <8 x i1>")

    def validity(self, column: str) -> str:
        if column not in self.known:
            self.known[column] = self.bits(f"%c{self.slots[column]}.known")
        return self.known[column]

    def truth_column(self, column: str, *, wanted: bool) -> str:
        key = f"{column}="
        if key not in self.known:
            self.known[key] = self.bits(f"%c{self.slots[column]}.truth")
        truth = self.known[key] if wanted else self.invert(self.known[key])
        return self.both(truth, self.validity(column))

    def loaded(self, column: str, kind: str, start: int = 0, stride: int = 1) -> str:
        row = "%row" if stride == 1 else self.put(f"mul i64 %row, {stride}")
        at = self.put(f"getelementptr {kind}, ptr %c{self.slots[column]}.data, i64 {row}")
        every = self.put(f"load <{8 * stride} x {kind}>, ptr {at}, align 1")
        if kind == "i64":
            later = self.put(f"getelementptr {kind}, ptr {at}, i64 {AHEAD * stride}")
            self.do(f"call void @llvm.prefetch.p0(ptr {later}, i32 0, i32 3, i32 1)")
        if stride == 1:
            return every
        places = ", ".join(f"i32 {place}" for place in range(start, 8 * stride, stride))
        return self.put(
            f"shufflevector <{8 * stride} x {kind}> {every}, <{8 * stride} x {kind}> poison, <8 x i32> <{places}>"
        )

    def like(self, kind: str) -> str:
        return f"<8 x {kind}>"

    def small_const(self, value: int, kind: str) -> str:
        return f"splat ({kind} {value})"

    def number_column(self, instruction: Instruction) -> Number:
        column = str(instruction.value)
        known = self.validity(column)
        if instruction.op is Op.DAY:
            value = self.put(f"sext <8 x i32> {self.loaded(column, 'i32')} to <8 x i64>")
        else:
            value = self.loaded(column, "i64")
        value = self.choose(known, value, self.const(0), self.word)
        self.check_domain(value, instruction, self.word)
        return Number(value, self.invert(known))

    # ── division ──────────────────────────────────────────────────────────────────────────────────────────

    def floor_div(self, instruction: Instruction) -> Number:
        left, right = (self.numbers[arg] for arg in instruction.args)
        is_zero = None
        divisor = right.value
        if self.may_be_zero(instruction.args[1]):
            is_zero = self.put(f"icmp slt {self.word} {divisor}, {self.const(1)}")
            divisor = self.call("smax", self.word, divisor, self.const(1))
        null = self.null_of_quotient(instruction, left, right, is_zero)
        if any(self.program.magnitude(arg) >= DIVISIBLE for arg in instruction.args):
            quotient = self.put(f"sdiv {self.word} {left.value}, {divisor}")
            return Number(self._put_right(left.value, divisor, quotient), null)
        return Number(self._quotient(instruction, left.value, divisor), null)

    def _quotient(self, instruction: Instruction, top: str, bottom: str) -> str:
        """⌊top/bottom⌋ for a divisor of at least one: in floating point, put right by the remainder."""
        over = self.put(f"sitofp {self.word} {top} to {REAL}")
        divisor = self.program.instructions[instruction.args[1]]
        if divisor.op is Op.CONST:
            reciprocal = self.real(1 / int(str(divisor.value)))
            ratio = self.put(f"fmul {REAL} {over}, {reciprocal}")
        else:
            under = self.put(f"sitofp {self.word} {bottom} to {REAL}")
            reciprocal = ""
            ratio = self.put(f"fdiv {REAL} {over}, {under}")
        if self.program.magnitude(instruction.args[0]) < ONE_STEP:
            return self._put_right(top, bottom, self._floored(ratio))
        first = self._floored(ratio)
        rest = self._remainder(top, bottom, first)
        rest_real = self.put(f"sitofp {self.word} {rest} to {REAL}")
        if reciprocal:
            more = self.put(f"fmul {REAL} {rest_real}, {reciprocal}")
        else:
            more = self.put(f"fdiv {REAL} {rest_real}, {under}")
        second = self._floored(more)
        quotient = self.put(f"add {self.word} {first}, {second}")
        return self._put_right(top, bottom, quotient)

    def larger_or_smaller(self, name: str, kind: str, left: str, right: str) -> str:
        if kind != REAL:
            return super().larger_or_smaller(name, kind, left, right)
        test = self.put(f"fcmp {'ogt' if name == 'max' else 'olt'} {kind} {left}, {right}")
        return self.choose(test, left, right, kind)

    def _floored(self, ratio: str) -> str:
        down = self.call("floor", REAL, ratio)
        return self.put(f"fptosi {REAL} {down} to {self.word}")

    def _remainder(self, top: str, bottom: str, quotient: str) -> str:
        product = self.put(f"mul {self.word} {quotient}, {bottom}")
        return self.put(f"sub {self.word} {top}, {product}")

    def _put_right(self, top: str, bottom: str, quotient: str) -> str:
        """Move a quotient that is wrong by one at most."""
        rest = self._remainder(top, bottom, quotient)
        too_small = self.put(f"icmp sge {self.word} {rest}, {bottom}")
        too_large = self.put(f"icmp slt {self.word} {rest}, {self.const(0)}")
        more = self.put(f"add {self.word} {quotient}, {self.const(1)}")
        less = self.put(f"add {self.word} {quotient}, {self.const(-1)}")
        found = self.choose(too_small, more, quotient, self.word)
        return self.choose(too_large, less, found, self.word)

    # ── outputs ───────────────────────────────────────────────────────────────────────────────────────────

    def store(self, place: int, name: str, ref: int) -> None:
        width = self.layout.widths[name]
        if width == 1:
            self._store_bits(self.truths[ref], f"%o{place}.data")
            return
        found = self.numbers[ref]
        if name in self.layout.nullable:
            known = self.flag(value=True) if found.null is None else self.invert(found.null)
            self._store_bits(known, f"%o{place}.known")
        kind = f"i{width}"
        value = found.value
        if width < 64:
            value = self.put(f"trunc {self.word} {value} to <8 x {kind}>")
        at = self.put(f"getelementptr {kind}, ptr %o{place}.data, i64 %row")
        self.do(f"store <8 x {kind}> {value}, ptr {at}, align 1")

    def _store_bits(self, truth: str, base: str) -> None:
        byte = self.put(f"bitcast <8 x i1> {truth} to i8")
        at = self.put(f"getelementptr i8, ptr {base}, i64 %byte")
        self.do(f"store i8 {byte}, ptr {at}, align 1")


def _double(value: float) -> str:
    """Write a floating-point constant as LLVM reads it, bit by bit."""
    return f"0x{pack('>d', value).hex().upper()}"
