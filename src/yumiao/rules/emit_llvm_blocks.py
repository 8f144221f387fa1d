"""Eight rows at a time in vector registers: the quick form of a program for LLVM.

Values of up to 64 bits are exact whole numbers. Wide values (products of amounts in rules on growth) are worked out as
floating-point numbers with a bound of their relative error, which follows from the operations alone. They only ever
lead to a comparison or to a code on a grid. Beside a wide value its last 64 bits are kept: a remainder that the error
shows to be small is exact in them, and so says on which side of a grid point a quotient lies. Where a comparison is
closer than the error allows, or the remainder too large to tell, the row is marked as in doubt and judged by the exact
form; everywhere else the answer is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from yumiao.rules.emit_llvm import Number
from yumiao.rules.emit_llvm_lanes import MOST_REAL, REAL, LaneWriter
from yumiao.rules.native_layout import Layout, entry_lines
from yumiao.rules.program import WORD, Instruction, Op, Program

EXACT_BELOW = 2**31
"""A quotient is rounded down exactly up to here, or marked; beyond it is only known to be beyond."""

SMALL = 2**53
"""A whole number that floating point gives as less than this is exact, whatever it was made of."""

TOLD = 2**60
"""A remainder that is certainly smaller than twice this is told by its last 64 bits."""

SLACK = 1 + 2.0**-30
"""Covers the rounding errors of margins themselves."""

ULP = 2.0**-52
"""Twice the relative error of one rounding: rounding errors that meet are covered by it."""


@dataclass(frozen=True, slots=True)
class Real(Number):
    """A number in floating point.

    Attributes:
        error: how many roundings its relative error comes from; infinite when it has no such bound.
        floored: it is a quotient rounded down: exact up to ``EXACT_BELOW``, and beyond that certainly beyond.
        margin: of a difference the bound of its absolute error.
        exact: of a difference whether it is exact.
        last: its last 64 bits, exactly; None where they are not known.
    """

    error: float = 0
    floored: bool = False
    margin: str | None = None
    exact: str | None = None
    last: str | None = None

    @property
    def is_rounded(self) -> bool:
        """Whether it may be a large quotient rounded down, of which no error is known."""
        return self.floored and self.error > 0

    @property
    def is_relative(self) -> bool:
        """Whether its relative error has a bound."""
        return self.error < inf and not self.is_rounded

    @property
    def is_bounded(self) -> bool:
        """Whether its error has a bound."""
        return self.is_relative or self.margin is not None


@dataclass(frozen=True, slots=True)
class Quotient:
    """A wide quotient rounded down.

    Attributes:
        value: the quotient.
        rest: zero exactly where it leaves nothing; otherwise of no meaning.
        near: whether a whole number lies so near that neither of the two is certain.
        counts: whether the quotient may be one of which the exact value is asked.
    """

    value: str
    rest: str
    near: str = ""
    counts: str = ""


class BlockWriter(LaneWriter):
    """Writes one program for blocks of rows.

    Attributes:
        doubts: what marks a row.
        quotients: of wide divisions, by numerator and denominator, what came out.
        pending: truths in doubt, by instruction, that are only asked for together with another truth.
    """

    def __init__(self, program: Program, layout: Layout) -> None:
        super().__init__(program, layout)
        self.doubts: list[str] = []
        self.quotients: dict[tuple[int, ...], Quotient] = {}
        self.pending: dict[int, str] = {}
        self.users: dict[int, set[Op]] = {}
        for ref in program.below(layout.outputs.values()):
            instruction = program.instructions[ref]
            for arg in instruction.args:
                self.users.setdefault(arg, set()).add(instruction.op)

    # ── constants ─────────────────────────────────────────────────────────────────────────────────────────

    def constant(self, instruction: Instruction) -> Number:
        if instruction.is_wide:
            value = int(str(instruction.value))
            return Real(self.real(float(value)), error=1, last=self.const(_last_bits(value)))
        return super().constant(instruction)

    # ── floating point ────────────────────────────────────────────────────────────────────────────────────

    def as_real(self, ref: int) -> Real:
        """Write a number in floating point."""
        found = self.numbers[ref]
        if isinstance(found, Real):
            return found
        instruction = self.program.instructions[ref]
        if instruction.op is Op.CONST and instruction.value is not None:
            value = self.real(float(int(str(instruction.value))))
        else:
            value = self.put(f"sitofp {self.word} {found.value} to {REAL}")
        error = 0 if instruction.magnitude < 2**53 else 1
        return Real(value, found.null, error, floored=instruction.magnitude < EXACT_BELOW, last=found.value)

    def magnitude_of(self, value: str) -> str:
        return self.call("fabs", REAL, value)

    def is_in_doubt(self, test: str | None, null: str | None) -> None:
        """Write that rows are in doubt where a test holds (None: all), unless the number is NULL."""
        test = test or self.flag(value=True)
        self.doubts.append(test if null is None else self.both(test, self.invert(null)))

    def whole(self, found: Real, instruction: Instruction) -> Number:
        """Bring a number that fits 64 bits back to whole numbers."""
        if found.last is not None:
            return Number(found.last, found.null)
        if not (found.floored and instruction.magnitude < EXACT_BELOW):
            self.is_in_doubt(None, found.null)
        value = self.larger_or_smaller("min", REAL, found.value, self.real(float(MOST_REAL)))
        value = self.larger_or_smaller("max", REAL, value, self.real(-float(MOST_REAL)))
        return Number(self.put(f"fptosi {REAL} {value} to {self.word}"), found.null)

    def _settled(self, instruction: Instruction, found: Real) -> Number:
        return found if instruction.is_wide else self.whole(found, instruction)

    def _is_real(self, instruction: Instruction, args: Sequence[int]) -> bool:
        return instruction.is_wide or any(isinstance(self.numbers[arg], Real) for arg in args)

    def margin_of(self, found: Real) -> str:
        """Write the bound of the absolute error of a number."""
        if found.margin is not None:
            return found.margin
        return self.put(f"fmul {REAL} {self.magnitude_of(found.value)}, {self.real((found.error + 2) * ULP)}")

    def exactness_of(self, found: Real) -> str:
        """Write whether a number is certainly exact: made of sums and products, it is where it is small."""
        return found.exact or self._is_small(found.value)

    def _is_small(self, value: str) -> str:
        return self.put(f"fcmp olt {REAL} {self.magnitude_of(value)}, {self.real(float(SMALL))}")

    def _sum(self, *parts: str) -> str:
        total = parts[0]
        for part in parts[1:]:
            total = self.put(f"fadd {REAL} {total}, {part}")
        return total

    def _product(self, left: str, right: str) -> str:
        return self.put(f"fmul {REAL} {left}, {right}")

    # ── operations ────────────────────────────────────────────────────────────────────────────────────────

    def operation(self, instruction: Instruction) -> Number:
        if not self._is_real(instruction, instruction.args):
            left, right = (self.numbers[arg] for arg in instruction.args)
            return self.combined(instruction, self.word, left, right)
        one, two = (self.as_real(arg) for arg in instruction.args)
        found = self.combined(instruction, REAL, one, two)
        if instruction.op not in (Op.ADD, Op.SUB, Op.MUL):
            return self._one_of(instruction, found, one, two)
        if not (one.is_bounded and two.is_bounded):
            return self._settled(instruction, Real(found.value, found.null, inf))
        last = None
        if one.last is not None and two.last is not None:
            last = self.joined(instruction, self.word, one.last, two.last)
        adds_up = instruction.op is Op.ADD and self.program.at_least_zero(*instruction.args)
        if one.is_relative and two.is_relative and (adds_up or instruction.op is Op.MUL):
            error = max(one.error, two.error) if adds_up else one.error + two.error
            return self._settled(instruction, Real(found.value, found.null, error + 1, last=last))
        return self._settled(instruction, replace(self._with_margin(instruction, found, one, two), last=last))

    def _with_margin(self, instruction: Instruction, found: Number, one: Real, two: Real) -> Real:
        """A sum of both signs, a difference, or a product of such: its error is worked out beside it."""
        margins, sizes = [[make(each) for each in (one, two)] for make in (self.margin_of, self._size_of)]
        exact = self.both(self.exactness_of(one), self.exactness_of(two))
        own = self._product(self.magnitude_of(found.value), self.real(ULP))
        if instruction.op is Op.MUL:
            crossed = [
                self._product(margins[0], sizes[1]),
                self._product(margins[1], sizes[0]),
                self._product(*margins),
            ]
            margin = self._sum(*crossed, own)
            exact = self.both(exact, self._is_small(found.value))
        else:
            margin = self._sum(*margins, own)
            exact = self.both(exact, self._is_small(self._sum(*sizes)))
        margin = self._product(margin, self.real(SLACK))
        return Real(found.value, found.null, inf, margin=margin, exact=exact)

    def _size_of(self, found: Real) -> str:
        return self.magnitude_of(found.value)

    def _one_of(self, instruction: Instruction, found: Number, one: Real, two: Real) -> Number:
        """A choice between two numbers is as good as the worse of them."""
        floored, error = one.floored and two.floored, max(one.error, two.error)
        if floored or (one.is_relative and two.is_relative):
            return self._settled(instruction, Real(found.value, found.null, error, floored))
        if not (one.is_bounded and two.is_bounded):
            return self._settled(instruction, Real(found.value, found.null, inf))
        margin = self.larger_or_smaller("max", REAL, self.margin_of(one), self.margin_of(two))
        exact = self.both(self.exactness_of(one), self.exactness_of(two))
        return self._settled(instruction, Real(found.value, found.null, inf, margin=margin, exact=exact))

    def select(self, instruction: Instruction) -> Number:
        _, *choices = instruction.args
        if not self._is_real(instruction, choices):
            yes, no = (self.numbers[arg] for arg in choices)
            return self.chosen(instruction, self.word, yes, no)
        one, two = (self.as_real(arg) for arg in choices)
        found = self._one_of(instruction, self.chosen(instruction, REAL, one, two), one, two)
        if isinstance(found, Real) and one.last is not None and two.last is not None:
            test = self.truths[instruction.args[0]]
            return replace(found, last=self.choose(test, one.last, two.last, self.word))
        return found

    # ── division ──────────────────────────────────────────────────────────────────────────────────────────

    def floor_div(self, instruction: Instruction) -> Number:
        if self._is_real(instruction, instruction.args):
            return self._real_quotient(instruction)
        return super().floor_div(instruction)

    def _real_quotient(self, instruction: Instruction) -> Number:
        """A wide quotient rounded down, in doubt where it lies at a grid point and nothing tells on which side."""
        left, right = (self.as_real(arg) for arg in instruction.args)
        is_zero = self.put(f"fcmp olt {REAL} {right.value}, {self.real(1.0)}")
        last = None if right.last is None else self.choose(is_zero, self.const(1), right.last, self.word)
        value = self.larger_or_smaller("max", REAL, right.value, self.real(1.0))
        bottom = Real(value, None, right.error, right.floored, last=last)
        null = self.null_of_quotient(instruction, left, right, is_zero)
        ratio = self.put(f"fdiv {REAL} {left.value}, {bottom.value}")
        found = self._floored_with_rest(left.value, bottom.value, ratio)
        if left.is_bounded and bottom.is_relative:
            found = self._put_right_at_whole_numbers(left, bottom, ratio, found)
        else:
            found = replace(found, near=self.flag(value=True), counts=self.flag(value=True))
        self.quotients[instruction.args] = found
        self.is_in_doubt(self.both(found.near, found.counts), null)
        return self._settled(instruction, Real(found.value, null, inf, floored=True))

    def _floored_with_rest(self, top: str, bottom: str, ratio: str) -> Quotient:
        """Round a ratio down; where it was rounded up to a whole number before, the rest is below zero."""
        down = self.call("floor", REAL, ratio)
        minus = self.put(f"fneg {REAL} {down}")
        rest = self.call("fma", REAL, minus, bottom, top)
        too_large = self.put(f"fcmp olt {REAL} {rest}, {self.real(0.0)}")
        less = self.put(f"fadd {REAL} {down}, {self.real(-1.0)}")
        return Quotient(self.choose(too_large, less, down, REAL), rest)

    def _put_right_at_whole_numbers(self, top: Real, bottom: Real, ratio: str, found: Quotient) -> Quotient:
        """Say where a whole number lies within the error of a ratio, and decide by the last bits where they tell."""
        size = self.magnitude_of(ratio)
        if top.margin is None:
            margin = self._product(size, self.real((top.error + bottom.error + 3) * ULP))
        else:
            of_top = self._product(self.put(f"fdiv {REAL} {top.margin}, {bottom.value}"), self.real(SLACK))
            margin = self._sum(of_top, self._product(size, self.real((bottom.error + 3) * ULP)))
        nearest = self.call("rint", REAL, ratio)
        distance = self.magnitude_of(self.put(f"fsub {REAL} {ratio}, {nearest}"))
        within = self.put(f"fcmp ole {REAL} {distance}, {margin}")
        exact = self.both(self.exactness_of(top), self._is_small(bottom.value))
        near = self.both(within, self.invert(exact))
        least = size if top.margin is None else self.put(f"fsub {REAL} {size}, {margin}")
        counts = self.put(f"fcmp ole {REAL} {least}, {self.real(float(EXACT_BELOW) + 1)}")
        found = replace(found, near=near, counts=counts)
        if top.last is None or bottom.last is None:
            return found
        clear = self.put(f"fcmp ole {REAL} {margin}, {self.real(0.25)}")
        bounded = self.put(f"fcmp ole {REAL} {self._product(margin, bottom.value)}, {self.real(float(TOLD))}")
        told = self.both(near, self.both(clear, bounded))
        return self._told(found, told, nearest, self._left_over(top.last, bottom.last, nearest))

    def _left_over(self, top: str, bottom: str, nearest: str) -> str:
        """Write what a multiple leaves of a numerator, from their last bits: exact where it is small.

        Where the multiple is too large for whole numbers this is no number at all, and is not asked for.
        """
        times = self.put(f"fptosi {REAL} {nearest} to {self.word}")
        return self._remainder(top, bottom, times)

    def _told(self, found: Quotient, told: str, nearest: str, left_over: str) -> Quotient:
        """Take a quotient that is a whole number or a little beside it from what the whole number leaves.

        The whole number is within twice the margin of the true ratio. So what is left is below twice margin times
        denominator, which its last bits hold, and the quotient is that whole number or, below zero, one less.
        """
        is_below = self.put(f"icmp slt {self.word} {left_over}, {self.const(0)}")
        less = self.put(f"fadd {REAL} {nearest}, {self.real(-1.0)}")
        value = self.choose(told, self.choose(is_below, less, nearest, REAL), found.value, REAL)
        rest = self.choose(told, self.put(f"sitofp {self.word} {left_over} to {REAL}"), found.rest, REAL)
        return replace(found, value=value, rest=rest, near=self.both(found.near, self.invert(told)))

    # ── truths ────────────────────────────────────────────────────────────────────────────────────────────

    def truth(self, instruction: Instruction) -> str:
        if instruction.op is Op.AND:
            self._settle_pending(*instruction.args)
        return super().truth(instruction)

    def _settle_pending(self, one: int, two: int) -> None:
        """Where one truth fails it does not matter that the other is in doubt."""
        for ref, other in ((one, two), (two, one)):
            if ref in self.pending:
                certainly = self.truths[other] if other not in self.pending else None
                doubt = self.pending[ref]
                self.is_in_doubt(doubt if certainly is None else self.both(doubt, certainly), None)

    # ── comparisons ───────────────────────────────────────────────────────────────────────────────────────

    def comparison(self, instruction: Instruction) -> str:
        left, right = (self.numbers[arg] for arg in instruction.args)
        if instruction.op is Op.NE and (quotient := self._division_asked(instruction)) is not None:
            return self._leaves_something(instruction, quotient, left, right)
        if self._is_real(instruction, instruction.args):
            one, two = (self.as_real(arg) for arg in instruction.args)
            return self._compared_in_doubt(instruction, one, two)
        test = self.put(
            f"icmp {'sge' if instruction.op is Op.GE else 'ne'} {self.word} {left.value}, {right.value}"
        )
        return self.compared(instruction, test, left, right)

    def _division_asked(self, instruction: Instruction) -> Quotient | None:
        """The wide division of which ``⌊top/bottom⌋·bottom ≠ top`` asks whether it leaves something."""
        product, top = instruction.args
        made = self.program.instructions[product]
        if made.op is not Op.MUL:
            return None
        quotient, bottom = self.program.instructions[made.args[0]], made.args[1]
        if quotient.op is not Op.FLOOR_DIV or quotient.args != (top, bottom):
            return None
        return self.quotients.get(quotient.args)

    def _leaves_something(
        self, instruction: Instruction, quotient: Quotient, left: Number, right: Number
    ) -> str:
        near = quotient.near
        null = self.either(left.null, right.null)
        if self.users.get(self.ref) == {Op.AND} and self.ref not in self.layout.outputs.values():
            self.pending[self.ref] = near if null is None else self.both(near, self.invert(null))
        else:
            self.is_in_doubt(near, null)
        return self.compared(
            instruction, self.put(f"fcmp one {REAL} {quotient.rest}, {self.real(0.0)}"), left, right
        )

    def _compared_in_doubt(self, instruction: Instruction, one: Real, two: Real) -> str:
        test = self.put(f"fcmp {'oge' if instruction.op is Op.GE else 'one'} {REAL} {one.value}, {two.value}")
        null = self.either(one.null, two.null)
        if not (one.floored and two.floored and 0 in (one.error, two.error)):
            self.is_in_doubt(self._is_close(one, two), null)
        return self.compared(instruction, test, one, two)

    def _is_close(self, one: Real, two: Real) -> str | None:
        """Whether two numbers differ by no more than their errors; None when these have no bound."""
        if not (one.is_bounded and two.is_bounded):
            return None
        margin = self._product(self._sum(self.margin_of(one), self.margin_of(two)), self.real(SLACK))
        distance = self.magnitude_of(self.put(f"fsub {REAL} {one.value}, {two.value}"))
        close = self.put(f"fcmp ole {REAL} {distance}, {margin}")
        return self.both(close, self.invert(self.both(self.exactness_of(one), self.exactness_of(two))))

    # ── outputs ───────────────────────────────────────────────────────────────────────────────────────────

    def store(self, place: int, name: str, ref: int) -> None:
        if isinstance(self.numbers.get(ref), Real):
            self.is_in_doubt(None, None)
        else:
            super().store(place, name, ref)


def blocks_text(program: Program, layout: Layout, name: str) -> str:
    """Write the function that judges blocks of eight rows.

    Its arguments: the first row and the one after the last (multiples of eight), the tables of columns and outputs,
    a bitmap for rows in doubt, and a byte that becomes 1 when a fact is outside its domain.
    """
    return loop_text(BlockWriter(program, layout), name)


def loop_text(writer: BlockWriter, name: str, further: str = "", begin: Sequence[str] = ()) -> str:
    """Write a function that goes over blocks of rows.

    Args:
        further: arguments that it takes besides those of every such function.
        begin: lines at the begin of each block.
    """
    writer.write()
    doubt = writer.either(*writer.doubts) or writer.flag(value=False)
    outside = writer.either("%outside.before", *writer.outside)
    loop = "\n".join([*begin, *writer.lines])
    return f"""
define void @{name}(
  i64 %from, i64 %to, ptr noalias %columns, ptr noalias %outputs, ptr noalias %doubts, ptr noalias %outside{further}
) {{
entry:
{chr(10).join(entry_lines(writer.layout))}
  %is.empty = icmp uge i64 %from, %to
  br i1 %is.empty, label %done, label %loop
loop:
  %row = phi i64 [ %from, %entry ], [ %row.after, %loop ]
  %outside.before = phi <8 x i1> [ zeroinitializer, %entry ], [ {outside}, %loop ]
  %byte = lshr i64 %row, 3
{loop}
  %doubt.byte = bitcast <8 x i1> {doubt} to i8
  %doubt.at = getelementptr i8, ptr %doubts, i64 %byte
  store i8 %doubt.byte, ptr %doubt.at, align 1
  %row.after = add i64 %row, 8
  %is.more = icmp ult i64 %row.after, %to
  br i1 %is.more, label %loop, label %end
end:
  %outside.bits = bitcast <8 x i1> {outside} to i8
  %is.outside = icmp ne i8 %outside.bits, 0
  br i1 %is.outside, label %tell, label %done
tell:
  store i8 1, ptr %outside, align 1
  br label %done
done:
  ret void
}}
"""


def _last_bits(value: int) -> int:
    """Return the last 64 bits of a whole number, as a signed one."""
    return (value + WORD + 1) % (2 * (WORD + 1)) - WORD - 1
