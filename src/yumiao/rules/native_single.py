"""One subject against many policies: outcomes in some hundred nanoseconds for each.

The facts are put into one small table of a single row that all policies read, and one call judges it by all of them.
"""

from __future__ import annotations

import ctypes
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from yumiao.rules.compile import CompiledPolicy
from yumiao.rules.emit_outcome import OutcomeOf, make_outcome
from yumiao.rules.emit_python import Row
from yumiao.rules.native import Kernel, NativeCodeError, function_of
from yumiao.rules.native_judge import AGAIN, NativeJudge
from yumiao.rules.native_layout import COLUMN_WORDS, OUTPUT_WORDS, ColumnKind, text_words

CALL_WORDS = 6
"""Words of a call: the code of the first reading, its columns, its outputs; the same of the second, or zero."""

EACH_TEXT = """
; Calls the first reading of each policy, and the second where there is one and the first asks for it.
define void @judge(ptr %calls, i64 %count, ptr %rows, ptr %again, ptr %outside) {
entry:
  %is.empty = icmp eq i64 %count, 0
  br i1 %is.empty, label %done, label %loop
loop:
  %place = phi i64 [ 0, %entry ], [ %place.after, %next ]
  %first.word = mul i64 %place, 6
  %first.at = getelementptr ptr, ptr %calls, i64 %first.word
  %first = load ptr, ptr %first.at, align 8
  %first.columns.at = getelementptr ptr, ptr %first.at, i64 1
  %first.columns = load ptr, ptr %first.columns.at, align 8
  %first.outputs.at = getelementptr ptr, ptr %first.at, i64 2
  %first.outputs = load ptr, ptr %first.outputs.at, align 8
  call void %first(ptr %rows, i64 1, ptr %first.columns, ptr %first.outputs, ptr %outside)
  %again.at = getelementptr i8, ptr %again, i64 %place
  %marked = load i8, ptr %again.at, align 1
  %is.marked = trunc i8 %marked to i1
  br i1 %is.marked, label %look, label %next
look:
  %second.at = getelementptr ptr, ptr %first.at, i64 3
  %second = load ptr, ptr %second.at, align 8
  %is.there = icmp ne ptr %second, null
  br i1 %is.there, label %more, label %next
more:
  %second.columns.at = getelementptr ptr, ptr %first.at, i64 4
  %second.columns = load ptr, ptr %second.columns.at, align 8
  %second.outputs.at = getelementptr ptr, ptr %first.at, i64 5
  %second.outputs = load ptr, ptr %second.outputs.at, align 8
  call void %second(ptr %rows, i64 1, ptr %second.columns, ptr %second.outputs, ptr %outside)
  br label %next
next:
  %place.after = add i64 %place, 1
  %is.more = icmp ult i64 %place.after, %count
  br i1 %is.more, label %loop, label %done
done:
  ret void
}
"""

_EACH = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, *(ctypes.c_void_p for _ in range(3)))


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a column of the one row stands: two words of data, then whether it is known."""

    column: str
    place: int
    kind: ColumnKind
    codes: Mapping[str, int]


class _Facts:
    """The one row, as machine code reads it."""

    def __init__(self) -> None:
        self.words = array("q")
        self.slots: dict[tuple[str, ColumnKind, tuple[str, ...]], _Slot] = {}

    def slot(self, column: str, kind: ColumnKind, categories: tuple[str, ...]) -> _Slot:
        """Find or make room for a column; before the addresses of the row are taken."""
        key = (column, kind, categories if kind is ColumnKind.CODE else ())
        if key not in self.slots:
            codes = {category: code for code, category in enumerate(categories, 1)}
            self.slots[key] = _Slot(column, len(self.words), kind, codes)
            self.words.extend((0, 0, 0))
        return self.slots[key]

    def fill(self, row: Row) -> None:
        """Put the facts of a subject into the row.

        Raises: OverflowError for a number beyond 64 bits.
        """
        words, get = self.words, row.get
        for slot in self.slots.values():
            value, place = get(slot.column), slot.place
            words[place + 2] = value is not None
            if value is None:
                continue
            match slot.kind:
                case ColumnKind.NUMBER | ColumnKind.DAY:
                    words[place] = value
                case ColumnKind.TRUTH:
                    words[place] = value is True
                case ColumnKind.TEXT:
                    words[place], words[place + 1] = _view(value)
                case ColumnKind.CODE:
                    words[place] = slot.codes.get(value, 0)
                case _:
                    pass


@lru_cache(maxsize=4096)
def _view(value: str) -> tuple[int, int]:
    """The words of a text; a long one has a length that no short one has, and that is all that counts."""
    return text_words(value)


class Outcomes:
    """The outcomes of some policies for one subject after the other. Not for several threads at once.

    Compiling takes some hundredths of a second for each policy; the second reading of a policy is compiled when a
    subject first needs it.
    """

    def __init__(self, compiled: Sequence[CompiledPolicy]) -> None:
        """Compile the first reading of some policies.

        Raises: NativeCodeError where this computer cannot run machine code, or a policy has too many categories.
        """
        if sys.byteorder != "little":
            raise NativeCodeError("numbers are stored with the high byte first")
        self._compiled = list(compiled)
        self._judges = [NativeJudge(each, ("outcome",)) for each in compiled]
        self._each = function_of(EACH_TEXT, _EACH)
        self._facts = _Facts()
        for judge in self._judges:
            for kernel in _kernels(judge):
                for column, kind in kernel.layout.columns.items():
                    self._facts.slot(column, kind, kernel.layout.categories.get(column, ()))
        self._found = np.zeros(len(compiled), dtype=np.int8)
        self._again = np.zeros(len(compiled), dtype=np.uint8)
        self._outside = np.zeros(1, dtype=np.uint8)
        self._rows = np.zeros(1, dtype=np.int64)
        self._calls = np.zeros((len(compiled), CALL_WORDS), dtype=np.uint64)
        self._tables: list[np.ndarray] = []
        for place, judge in enumerate(self._judges):
            self._calls[place, :3] = self._call(place, judge.first)

    def __call__(self, row: Row) -> list[int]:
        """Return for each policy the place of its outcome in :data:`yumiao.rules.compile.OUTCOMES`."""
        try:
            self._facts.fill(row)
        except (OverflowError, TypeError):
            return [outcome(row) for outcome in self._others]
        self._run()
        if self._outside[0]:
            self._outside[0] = 0
            return [outcome(row) for outcome in self._others]
        if self._again.any() and self._add_second_readings():
            self._run()
        return self._found.tolist()

    @cached_property
    def _others(self) -> list[OutcomeOf]:
        """What judges a subject with a fact outside its domain."""
        return [make_outcome(each) for each in self._compiled]

    @cached_property
    def _arguments(self) -> tuple[int, ...]:
        arrays = (self._calls, self._rows, self._again, self._outside)
        calls, *others = (each.ctypes.data for each in arrays)
        return (calls, len(self._judges), *others)

    def _run(self) -> None:
        self._each(*self._arguments)

    def _add_second_readings(self) -> bool:
        """Compile the second readings asked for and not there yet; say whether there were any."""
        added = False
        for place in np.flatnonzero(self._again):
            second = self._judges[place].second
            if second is not None and not self._calls[place, 3]:
                self._calls[place, 3:] = self._call(int(place), second)
                added = True
        return added

    def _call(self, place: int, kernel: Kernel) -> tuple[int, int, int]:
        """The words of a call; the tables that they point to are kept."""
        base, layout = self._facts.words.buffer_info()[0], kernel.layout
        columns = np.zeros((len(layout.columns), COLUMN_WORDS), dtype=np.uint64)
        for number, (column, kind) in enumerate(layout.columns.items()):
            at = base + 8 * self._facts.slot(column, kind, layout.categories.get(column, ())).place
            columns[number] = (at, at + 16, 0, 2**64 - 1, 0)
        outputs = np.zeros((len(layout.outputs), OUTPUT_WORDS), dtype=np.uint64)
        for number, name in enumerate(layout.outputs):
            found = self._again if name == AGAIN else self._found
            outputs[number, 0] = found.ctypes.data + place
        self._tables += [columns, outputs]
        code = ctypes.cast(kernel.rows, ctypes.c_void_p).value or 0  # type: ignore[arg-type]  # a ctypes function
        return code, columns.ctypes.data, outputs.ctypes.data


def _kernels(judge: NativeJudge) -> list[Kernel]:
    return [kernel for kernel in (judge.first, judge.second) if kernel is not None]
