"""Single rows in whole numbers of 64 and 128 bits: the exact form of a program for LLVM."""

from __future__ import annotations

from yumiao.rules.emit_llvm import Number, Writer
from yumiao.rules.native_layout import Layout, entry_lines
from yumiao.rules.program import Instruction, Op, Program

WIDE = "i128"

FLOOR_DIV_TEXT = """
; The nearest floating-point number, or one beside it.
define internal double @as_real(i128 %value) alwaysinline {
  %high.wide = lshr i128 %value, 64
  %high = trunc i128 %high.wide to i64
  %low = trunc i128 %value to i64
  %high.real = uitofp i64 %high to double
  %low.real = uitofp i64 %low to double
  %high.scaled = fmul double %high.real, 0x43F0000000000000
  %sum = fadd double %high.scaled, %low.real
  ret double %sum
}

; floor(top/bottom) for a divisor of at least one. Each round takes away a little less than floating point says fits,
; so that nothing is taken away too much, and leaves the rest to the next: two or three rounds, exact at the end.
define internal i128 @floor_div_wide(i128 %top, i128 %bottom) {
entry:
  %is.below = icmp slt i128 %top, 0
  %minus = sub i128 0, %top
  %size = select i1 %is.below, i128 %minus, i128 %top
  %bits = or i128 %size, %bottom
  %bits.high = lshr i128 %bits, 64
  %is.short = icmp eq i128 %bits.high, 0
  br i1 %is.short, label %short, label %long
short:
  %size.short = trunc i128 %size to i64
  %bottom.short = trunc i128 %bottom to i64
  %quotient.of.short = udiv i64 %size.short, %bottom.short
  %rest.of.short = urem i64 %size.short, %bottom.short
  %quotient.short = zext i64 %quotient.of.short to i128
  %rest.short = zext i64 %rest.of.short to i128
  br label %done
long:
  %under = call double @as_real(i128 %bottom)
  br label %test
test:
  %rest.long = phi i128 [ %size, %long ], [ %rest.after, %round ]
  %quotient.long = phi i128 [ 0, %long ], [ %quotient.after, %round ]
  %fits = icmp uge i128 %rest.long, %bottom
  br i1 %fits, label %round, label %done
round:
  %over = call double @as_real(i128 %rest.long)
  %ratio = fdiv double %over, %under
  %less = fmul double %ratio, 0x3FEFFFFFFFFFFFF0
  %is.large = fcmp ogt double %less, 0x43D0000000000000
  %down = fmul double %less, 0x3C10000000000000
  %scaled = select i1 %is.large, double %down, double %less
  %is.small = fcmp olt double %scaled, 1.0
  %part.real = select i1 %is.small, double 1.0, double %scaled
  %part.short = fptosi double %part.real to i64
  %part.wide = sext i64 %part.short to i128
  %up = select i1 %is.large, i128 62, i128 0
  %part = shl i128 %part.wide, %up
  %taken = mul i128 %part, %bottom
  %rest.after = sub i128 %rest.long, %taken
  %quotient.after = add i128 %quotient.long, %part
  br label %test
done:
  %rest = phi i128 [ %rest.short, %short ], [ %rest.long, %test ]
  %quotient = phi i128 [ %quotient.short, %short ], [ %quotient.long, %test ]
  %quotient.minus = sub i128 0, %quotient
  %something = icmp ne i128 %rest, 0
  %more = zext i1 %something to i128
  %quotient.below = sub i128 %quotient.minus, %more
  %answer = select i1 %is.below, i128 %quotient.below, i128 %quotient
  ret i128 %answer
}
"""
"""0x3FEF…F0 is 1 - 2^-49, 0x43D0… is 2^62, 0x3C10… is 2^-62, 0x43F0… is 2^64."""


class RowWriter(Writer):
    """Writes one program for single rows."""

    # ── columns ───────────────────────────────────────────────────────────────────────────────────────────

    def bit_of(self, name: str) -> str:
        """Write the bit of a bitmap that belongs to the row."""
        at = self.put(f"add i64 {name}.first, %row")
        byte = self.put(f"lshr i64 {at}, 3")
        place = self.put(f"and i64 {byte}, {name}.stride")
        pointer = self.put(f"getelementptr i8, ptr {name}.at, i64 {place}")
        loaded = self.put(f"load i8, ptr {pointer}, align 1")
        short = self.put(f"trunc i64 {at} to i8")
        shift = self.put(f"and i8 {short}, 7")
        shifted = self.put(f"lshr i8 {loaded}, {shift}")
        return self.put(f"trunc i8 {shifted} to i1")

    def validity(self, column: str) -> str:
        if column not in self.known:
            self.known[column] = self.bit_of(f"%c{self.slots[column]}.known")
        return self.known[column]

    def truth_column(self, column: str, *, wanted: bool) -> str:
        key = f"{column}="
        if key not in self.known:
            self.known[key] = self.bit_of(f"%c{self.slots[column]}.truth")
        truth = self.known[key] if wanted else self.invert(self.known[key])
        return self.both(truth, self.validity(column))

    def loaded(self, column: str, kind: str, start: int = 0, stride: int = 1) -> str:
        row = "%row"
        if stride != 1:
            row = self.put(f"add i64 {self.put(f'mul i64 %row, {stride}')}, {start}")
        at = self.put(f"getelementptr {kind}, ptr %c{self.slots[column]}.data, i64 {row}")
        return self.put(f"load {kind}, ptr {at}, align 1")

    def number_column(self, instruction: Instruction) -> Number:
        column = str(instruction.value)
        known = self.validity(column)
        if instruction.op is Op.DAY:
            value = self.put(f"sext i32 {self.loaded(column, 'i32')} to i64")
        else:
            value = self.loaded(column, "i64")
        value = self.choose(known, value, "0", "i64")
        self.check_domain(value, instruction, "i64")
        if instruction.is_wide:
            value = self.put(f"sext i64 {value} to {WIDE}")
        return Number(value, self.invert(known))

    # ── numbers ───────────────────────────────────────────────────────────────────────────────────────────

    def constant(self, instruction: Instruction) -> Number:
        return Number("0", "true") if instruction.value is None else Number(str(instruction.value))

    def kind_of(self, *refs: int) -> str:
        """The width in which numbers meet."""
        return WIDE if any(self.program.instructions[ref].is_wide for ref in refs) else "i64"

    def sized(self, ref: int, kind: str) -> Number:
        """Write a number in the width asked for."""
        found, instruction = self.numbers[ref], self.program.instructions[ref]
        if kind == "i64" or instruction.is_wide or instruction.op is Op.CONST:
            return found
        return Number(self.put(f"sext i64 {found.value} to {kind}"), found.null)

    def cut(self, instruction: Instruction, found: Number, kind: str) -> Number:
        """Bring a result worked out in 128 bits to its own width; it fits because its facts did."""
        if kind == "i64" or instruction.is_wide:
            return found
        return Number(self.put(f"trunc {WIDE} {found.value} to i64"), found.null)

    def _kind(self, instruction: Instruction, *refs: int) -> str:
        return WIDE if instruction.is_wide else self.kind_of(*refs)

    def operation(self, instruction: Instruction) -> Number:
        kind = self._kind(instruction, *instruction.args)
        left, right = (self.sized(arg, kind) for arg in instruction.args)
        return self.cut(instruction, self.combined(instruction, kind, left, right), kind)

    def select(self, instruction: Instruction) -> Number:
        _, *choices = instruction.args
        kind = self._kind(instruction, *choices)
        yes, no = (self.sized(arg, kind) for arg in choices)
        return self.cut(instruction, self.chosen(instruction, kind, yes, no), kind)

    def floor_div(self, instruction: Instruction) -> Number:
        kind = self._kind(instruction, *instruction.args)
        left, right = (self.sized(arg, kind) for arg in instruction.args)
        divisor, is_zero = right.value, None
        if self.may_be_zero(instruction.args[1]):
            is_zero = self.put(f"icmp slt {kind} {divisor}, 1")
            divisor = self.call("smax", kind, divisor, "1")
        null = self.null_of_quotient(instruction, left, right, is_zero)
        if kind == WIDE:
            value = self.put(f"call {WIDE} @floor_div_wide({WIDE} {left.value}, {WIDE} {divisor})")
        else:
            cut = self.put(f"sdiv i64 {left.value}, {divisor}")
            rest = self.put(f"srem i64 {left.value}, {divisor}")
            below = self.put(f"icmp slt i64 {rest}, 0")
            one_less = self.put(f"sext i1 {below} to i64")
            value = self.put(f"add i64 {cut}, {one_less}")
        return self.cut(instruction, Number(value, null), kind)

    def comparison(self, instruction: Instruction) -> str:
        kind = self.kind_of(*instruction.args)
        left, right = (self.sized(arg, kind) for arg in instruction.args)
        sign = "sge" if instruction.op is Op.GE else "ne"
        test = self.put(f"icmp {sign} {kind} {left.value}, {right.value}")
        return self.compared(instruction, test, left, right)

    # ── outputs ───────────────────────────────────────────────────────────────────────────────────────────

    def store(self, place: int, name: str, ref: int) -> None:
        width = self.layout.widths[name]
        if width == 1:
            self._store_bit(self.truths[ref], f"%o{place}.data")
            return
        found = self.numbers[ref]
        if name in self.layout.nullable:
            known = "true" if found.null is None else self.invert(found.null)
            self._store_bit(known, f"%o{place}.known")
        kind, value = f"i{width}", found.value
        if width < 64:
            value = self.put(f"trunc i64 {value} to {kind}")
        at = self.put(f"getelementptr {kind}, ptr %o{place}.data, i64 %row")
        self.do(f"store {kind} {value}, ptr {at}, align 1")

    def _store_bit(self, truth: str, base: str) -> None:
        """Set or clear one bit; the others of its byte belong to rows of the same call."""
        at = self.put(f"getelementptr i8, ptr {base}, i64 %byte")
        before = self.put(f"load i8, ptr {at}, align 1")
        kept = self.put(f"and i8 {before}, %bit.others")
        wanted = self.put(f"select i1 {truth}, i8 %bit.own, i8 0")
        after = self.put(f"or i8 {kept}, {wanted}")
        self.do(f"store i8 {after}, ptr {at}, align 1")


def rows_text(program: Program, layout: Layout, name: str) -> str:
    """Write the function that judges single rows.

    Its arguments: the numbers of the rows and how many they are, the tables of columns and outputs, and a byte that
    becomes 1 when a fact is outside its domain.
    """
    writer = RowWriter(program, layout)
    writer.write()
    outside = writer.either("%outside.before", *writer.outside)
    loop = "\n".join(writer.lines)
    return f"""
define void @{name}(ptr noalias %rows, i64 %count, ptr noalias %columns, ptr noalias %outputs, ptr noalias %outside) {{
entry:
{chr(10).join(entry_lines(layout))}
  %is.empty = icmp eq i64 %count, 0
  br i1 %is.empty, label %done, label %loop
loop:
  %place = phi i64 [ 0, %entry ], [ %place.after, %loop ]
  %outside.before = phi i1 [ false, %entry ], [ {outside}, %loop ]
  %row.at = getelementptr i64, ptr %rows, i64 %place
  %row = load i64, ptr %row.at, align 8
  %byte = lshr i64 %row, 3
  %row.short = trunc i64 %row to i8
  %bit.place = and i8 %row.short, 7
  %bit.own = shl i8 1, %bit.place
  %bit.others = xor i8 %bit.own, -1
{loop}
  %place.after = add i64 %place, 1
  %is.more = icmp ult i64 %place.after, %count
  br i1 %is.more, label %loop, label %end
end:
  br i1 {outside}, label %tell, label %done
tell:
  store i8 1, ptr %outside, align 1
  br label %done
done:
  ret void
}}
"""
