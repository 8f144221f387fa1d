"""Eight rows that lie anywhere in a table, in vector registers: how the rows that a first reading marks are read again.

Columns are gathered from where the rows lie; the outputs stand side by side, in the order of the rows.
"""

from __future__ import annotations

from yumiao.rules.emit_llvm_blocks import BlockWriter, loop_text
from yumiao.rules.native_layout import Layout
from yumiao.rules.program import Program

ROWS = "%rows"
LATER = 16
"""So many rows before they are read, their values are asked for; so many more row numbers follow the last."""

POINTERS = "<8 x ptr>"


class MarkedWriter(BlockWriter):
    """Writes one program for rows whose numbers stand in ``%rows``."""

    def bits(self, name: str) -> str:
        """Write the bit of a bitmap that belongs to each row."""
        at = self.put(f"add {self.word} {ROWS}, {self._everywhere(f'{name}.first', 'i64')}")
        byte = self.put(f"lshr {self.word} {at}, {self.const(3)}")
        place = self.put(f"and {self.word} {byte}, {self._everywhere(f'{name}.stride', 'i64')}")
        found = self._gathered(f"{name}.at", "i8", place)
        wide = self.put(f"zext <8 x i8> {found} to {self.word}")
        shift = self.put(f"and {self.word} {at}, {self.const(7)}")
        shifted = self.put(f"lshr {self.word} {wide}, {shift}")
        return self.put(f"trunc {self.word} {shifted} to {self.bit}")

    def loaded(self, column: str, kind: str, start: int = 0, stride: int = 1) -> str:
        place = ROWS
        if stride != 1:
            place = self.put(f"mul {self.word} {ROWS}, {self.const(stride)}")
            place = self.put(f"add {self.word} {place}, {self.const(start)}")
        self._ask_for_later_ones(column, kind, stride)
        return self._gathered(f"%c{self.slots[column]}.data", kind, place)

    def _ask_for_later_ones(self, column: str, kind: str, stride: int) -> None:
        """Ask for the values of rows to come: they lie anywhere, and the processor cannot guess where."""
        base = f"%c{self.slots[column]}.data"
        for lane in range(8):
            row = f"%later{lane}"
            place = row if stride == 1 else self.put(f"mul i64 {row}, {stride}")
            at = self.put(f"getelementptr {kind}, ptr {base}, i64 {place}")
            self.do(f"call void @llvm.prefetch.p0(ptr {at}, i32 0, i32 3, i32 1)")

    def _everywhere(self, value: str, kind: str) -> str:
        """Write eight times the same value."""
        one = self.put(f"insertelement <8 x {kind}> poison, {kind} {value}, i64 0")
        return self.put(f"shufflevector <8 x {kind}> {one}, <8 x {kind}> poison, <8 x i32> zeroinitializer")

    def _gathered(self, base: str, kind: str, places: str) -> str:
        at = self.put(f"getelementptr {kind}, ptr {base}, {self.word} {places}")
        every = self.flag(value=True)
        return self.put(
            f"call <8 x {kind}> @llvm.masked.gather.v8{kind}.v8p0"
            f"({POINTERS} {at}, i32 1, {self.bit} {every}, <8 x {kind}> poison)"
        )


def marked_text(program: Program, layout: Layout, name: str) -> str:
    """Write the function that judges rows by their numbers, eight at a time.

    Its arguments: those of :func:`yumiao.rules.emit_llvm_blocks.blocks_text` for the places of the answers, then the
    numbers of the rows, one for each place.
    """
    first = [
        "  %rows.at = getelementptr i64, ptr %marked, i64 %row",
        f"  {ROWS} = load <8 x i64>, ptr %rows.at, align 8",
    ]
    for lane in range(8):
        first += [
            f"  %later{lane}.at = getelementptr i64, ptr %rows.at, i64 {LATER + lane}",
            f"  %later{lane} = load i64, ptr %later{lane}.at, align 8",
        ]
    return loop_text(MarkedWriter(program, layout), name, ", ptr noalias %marked", first)
