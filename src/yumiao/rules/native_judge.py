"""A compiled policy as machine code over tables: both readings, the second only where the first marks a row."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from yumiao.rules.compile import CompiledPolicy
from yumiao.rules.native import Kernel, Run, make_kernel
from yumiao.rules.native_tables import Columns, Outputs

ROWS_AT_ONCE = 1 << 15
"""Rows that one thread judges before it looks for more: their outputs stay near the processor."""

AGAIN = "again"


@dataclass(frozen=True)
class NativeJudge:
    """Judges tables against one policy.

    Attributes:
        compiled: the policy.
        wanted: the outputs asked for, named as in the second reading; default all.
    """

    compiled: CompiledPolicy
    wanted: tuple[str, ...] | None = None

    @cached_property
    def first(self) -> Kernel:
        """The reading of every row, stored under the names of the second one."""
        return make_kernel(self.compiled.program, self._first_refs, self._second_refs)

    @cached_property
    def second(self) -> Kernel | None:
        """The reading of the rows marked; None where nothing hangs together."""
        if not self.compiled.tangled or not self._second_refs:
            return None
        return make_kernel(self.compiled.program, self._second_refs, self._first_refs)

    @cached_property
    def _first_refs(self) -> dict[str, int]:
        outputs = self.compiled.program.outputs
        names = {name: name.removeprefix("first.") for name in self.compiled.first_outputs()}
        return {stored: outputs[name] for name, stored in names.items() if self._is_wanted(stored)}

    @cached_property
    def _second_refs(self) -> dict[str, int]:
        outputs = self.compiled.program.outputs
        return {name: outputs[name] for name in self.compiled.second_outputs() if self._is_wanted(name)}

    def _is_wanted(self, name: str) -> bool:
        return self.wanted is None or name in self.wanted or name == AGAIN

    @property
    def is_compiled(self) -> bool:
        """Whether the machine code of the first reading is there."""
        return "first" in self.__dict__ and self.first.is_compiled

    @property
    def columns(self) -> frozenset[str]:
        """The columns of facts that both readings need."""
        kernels = [kernel for kernel in (self.first, self.second) if kernel is not None]
        return frozenset(column for kernel in kernels for column in kernel.layout.columns)

    def begin(self, columns: Columns) -> Judging:
        """Make room for the verdicts on a table, and compile what is not compiled yet."""
        layouts = [kernel.layout for kernel in (self.first, self.second) if kernel is not None]
        outputs = Outputs(layouts, columns.height)
        return Judging(Run(self.first, columns, outputs), self.second, outputs)


@dataclass
class Judging:
    """One policy over one table."""

    first: Run
    second: Kernel | None
    outputs: Outputs

    def read_again(self) -> None:
        """Read the marked rows a second time, side by side, and put their outputs in place.

        Raises: OutsideDomainError.
        """
        if self.second is None:
            return
        marked = self.outputs.series(AGAIN)
        columns = self.first.columns.rows(self.second.layout.columns, marked)
        if not columns.height:
            return
        outputs = Outputs([self.second.layout], columns.height)
        Run(self.second, columns, outputs).judge(0, columns.height)
        self.outputs.put(marked.arg_true().to_numpy(), outputs)

    def frame(self) -> pl.DataFrame:
        """Return the outputs, one column each."""
        return pl.DataFrame([self.outputs.series(name) for name in self.outputs.widths])


def judge_natively(frame: pl.DataFrame, judges: Iterable[NativeJudge]) -> list[pl.DataFrame]:
    """Judge a table against some policies on all processors; one frame of codes for each.

    Args:
        frame: one row per subject, with every column that the policies read.
    Raises: NativeCodeError where another form has to judge.
    """
    columns = Columns(frame, frame.height)
    judgings = [judge.begin(columns) for judge in judges]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        parts = [
            pool.submit(judging.first.judge, start, min(start + ROWS_AT_ONCE, frame.height))
            for judging in judgings
            for start in range(0, frame.height, ROWS_AT_ONCE)
        ]
        for part in parts:
            part.result()
        for part in [pool.submit(judging.read_again) for judging in judgings]:
            part.result()
    return [judging.frame() for judging in judgings]
