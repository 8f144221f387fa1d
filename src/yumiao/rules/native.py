"""Machine code for programs: made by LLVM in this process, kept, and run over tables.

Making it takes some tenths of a second for a large policy; running it takes some tens of nanoseconds for a row.
"""

from __future__ import annotations

import ctypes
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import Any

import numpy as np

from yumiao.rules.emit_llvm_blocks import blocks_text
from yumiao.rules.emit_llvm_marked import LATER, marked_text
from yumiao.rules.emit_llvm_rows import FLOOR_DIV_TEXT, rows_text
from yumiao.rules.native_layout import MOST_CODES, Layout, layout_of
from yumiao.rules.native_tables import Columns, Outputs
from yumiao.rules.program import Program

KEPT = 1024
"""So many functions are kept; the one not used for the longest time goes first."""

_BLOCKS = ctypes.CFUNCTYPE(
    None, ctypes.c_int64, ctypes.c_int64, *(ctypes.c_void_p for _ in range(4)), use_errno=False
)
_MARKED = ctypes.CFUNCTYPE(
    None, ctypes.c_int64, ctypes.c_int64, *(ctypes.c_void_p for _ in range(5)), use_errno=False
)
_ROWS = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_int64, *(ctypes.c_void_p for _ in range(3)), use_errno=False
)


LANES = 8
"""Rows of a block."""


class NativeCodeError(Exception):
    """Machine code cannot judge this table, and another form has to; the reason is in the message."""


class OutsideDomainError(NativeCodeError):
    """A fact is outside the domain of its metric, for which alone the widths of the machine code are proved."""


# ── making it ───────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _llvm() -> Any:
    """LLVM, loaded when it is first needed: small tables do without."""
    return import_module("llvmlite.binding")


@cache
def _machine() -> Any:
    """This computer's processor with all that it can do."""
    llvm = _llvm()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    target = llvm.Target.from_default_triple()
    if "x86" in target.name and not features.get("fma"):
        raise NativeCodeError("the processor multiplies and adds in two roundings")
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=2)


_lock = threading.Lock()
_made: OrderedDict[bytes, Callable[..., None]] = OrderedDict()


def function_of(text: str, prototype: Any) -> Callable[..., None]:
    """Compile the function ``judge`` of a text, or find it.

    Raises: NativeCodeError when LLVM does not know this computer.
    """
    key = hashlib.sha256(text.encode()).digest()
    with _lock:
        if key in _made:
            _made.move_to_end(key)
            return _made[key]
        try:
            engine = _engine(text)
        except RuntimeError as error:
            raise NativeCodeError(f"LLVM: {error}") from error
        function: Callable[..., None] = prototype(engine.get_function_address("judge"))
        function.engine = engine  # type: ignore[attr-defined]  # the code lives as long as who may call it
        _made[key] = function
        while len(_made) > KEPT:
            _made.popitem(last=False)
        return function


def _engine(text: str) -> Any:
    llvm, machine = _llvm(), _machine()
    module = llvm.parse_assembly(text)
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine


@dataclass(frozen=True)
class Kernel:
    """The machine code of some outputs of a program; each of its functions is made when it is first needed."""

    program: Program
    layout: Layout

    @property
    def is_compiled(self) -> bool:
        """Whether blocks of rows can be judged at once."""
        return "blocks" in self.__dict__

    @cached_property
    def blocks(self) -> Callable[..., None]:
        """Judges eight rows at a time and marks those in doubt."""
        return function_of(blocks_text(self.program, self.layout, "judge"), _BLOCKS)

    @cached_property
    def marked(self) -> Callable[..., None]:
        """Judges eight rows at a time that lie anywhere, and marks those in doubt."""
        return function_of(marked_text(self.program, self.layout, "judge"), _MARKED)

    @cached_property
    def rows(self) -> Callable[..., None]:
        """Judges single rows exactly."""
        text = FLOOR_DIV_TEXT + rows_text(self.program, self.layout, "judge")
        return function_of(text, _ROWS)


def make_kernel(
    program: Program, outputs: Mapping[str, int], beside: Mapping[str, int] | None = None
) -> Kernel:
    """Prepare the machine code of some outputs.

    Args:
        outputs: by the name under which it is stored the instruction of each.
        beside: those of another kernel that writes into the same buffers.
    Raises: NativeCodeError when a column has more categories than the code can tell apart.
    """
    layout = layout_of(program, outputs, beside)
    if any(len(found) > MOST_CODES for found in layout.categories.values()):
        raise NativeCodeError(f"a column with more than {MOST_CODES} categories")
    return Kernel(program, layout)


# ── running it ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Run:
    """One kernel over one table.

    Attributes:
        kernel: what is run.
        columns: the table.
        outputs: where the answers go.
    """

    kernel: Kernel
    columns: Columns
    outputs: Outputs
    doubts: int = 0
    _columns: np.ndarray = field(init=False)
    _outputs: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._columns = self.columns.words(self.kernel.layout)
        self._outputs = self.outputs.words(self.kernel.layout)

    def judge(self, start: int, end: int) -> None:
        """Judge the rows from ``start``, a multiple of eight, to before ``end``.

        Raises: OutsideDomainError; the outputs then mean nothing.
        """
        whole = start + (end - start) // LANES * LANES
        doubts = np.zeros(-(-(end - start) // LANES), dtype=np.uint8)
        outside = np.zeros(1, dtype=np.uint8)
        if whole > start:
            self.kernel.blocks(
                start,
                whole,
                self._columns.ctypes.data,
                self._outputs.ctypes.data,
                doubts.ctypes.data - start // LANES,
                outside.ctypes.data,
            )
        _check(outside)
        doubtful = start + set_bits(doubts)
        self.doubts += len(doubtful)
        self.judge_rows(np.concatenate([doubtful, np.arange(whole, end)]))

    def judge_marked(self, rows: np.ndarray) -> None:
        """Judge rows that lie anywhere, by number, in order; no byte of the outputs before or after them is touched.

        Raises: OutsideDomainError; the outputs then mean nothing.
        """
        if not len(rows):
            return
        blocks = -(-len(rows) // LANES)
        whole = np.concatenate([rows, np.repeat(rows[-1:], blocks * LANES - len(rows) + LATER)])
        found = Outputs([self.kernel.layout], blocks * LANES)
        addresses = found.words(self.kernel.layout)
        doubts = np.zeros(blocks, dtype=np.uint8)
        outside = np.zeros(1, dtype=np.uint8)
        self.kernel.marked(
            0,
            blocks * LANES,
            self._columns.ctypes.data,
            addresses.ctypes.data,
            doubts.ctypes.data,
            outside.ctypes.data,
            whole.ctypes.data,
        )
        _check(outside)
        self.outputs.put(rows, found)
        doubtful = np.unique(whole[set_bits(doubts)])
        self.doubts += len(doubtful)
        self.judge_rows(doubtful)

    def judge_rows(self, rows: np.ndarray) -> None:
        """Judge single rows, by number, exactly.

        Raises: OutsideDomainError; the outputs then mean nothing.
        """
        if not len(rows):
            return
        outside = np.zeros(1, dtype=np.uint8)
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        self.kernel.rows(
            rows.ctypes.data,
            len(rows),
            self._columns.ctypes.data,
            self._outputs.ctypes.data,
            outside.ctypes.data,
        )
        _check(outside)


def _check(outside: np.ndarray) -> None:
    if outside[0]:
        raise OutsideDomainError("a fact is outside the domain of its metric")


def set_bits(bitmap: np.ndarray) -> np.ndarray:
    """Return the places of the ones of a bitmap."""
    if not bitmap.any():
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.unpackbits(bitmap, bitorder="little"))
