"""A compiled policy as machine code over tables: both readings, the second only where the first marks a row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import polars as pl

from yumiao.rules.compile import CompiledPolicy
from yumiao.rules.native import LANES, Kernel, Run, make_kernel, set_bits
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

    def compile(self) -> None:
        """Make all machine code that judging may need.

        Raises: NativeCodeError where there can be none.
        """
        _ = self.first.blocks, self.first.rows
        if self.second is not None:
            _ = self.second.marked, self.second.rows

    def begin(self, columns: Columns) -> Judging:
        """Make room for the verdicts on a table, and compile what is not compiled yet."""
        layouts = [kernel.layout for kernel in (self.first, self.second) if kernel is not None]
        outputs = Outputs(layouts, columns.height)
        second = None if self.second is None else Run(self.second, columns, outputs)
        return Judging(Run(self.first, columns, outputs), second, outputs)


@dataclass
class Judging:
    """One policy over one table."""

    first: Run
    second: Run | None
    outputs: Outputs

    def judge(self, start: int, end: int) -> None:
        """Judge the rows from ``start``, a multiple of eight, to before ``end``, those marked twice.

        Raises: OutsideDomainError; the outputs then mean nothing.
        """
        self.first.judge(start, end)
        if self.second is not None:
            marked = self.outputs.data[AGAIN][start // LANES : -(-end // LANES)]
            self.second.judge_marked(start + set_bits(marked))


class TableJudge:
    """Judges one table against one policy after the other on all processors; used in a ``with`` block.

    One after the other, because the memory of one policy's verdicts is then still near when the next one needs some.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        """Take a table with one row per subject and every column that the policies read."""
        self._columns = Columns(frame, frame.height)
        self._pool = ThreadPoolExecutor(pl.thread_pool_size())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def codes(self, judge: NativeJudge) -> pl.DataFrame:
        """Return the outputs of a policy, one column each.

        Raises: NativeCodeError where another form has to judge.
        """
        judging, height = judge.begin(self._columns), self._columns.height
        parts = [
            self._pool.submit(judging.judge, start, min(start + ROWS_AT_ONCE, height))
            for start in range(0, height, ROWS_AT_ONCE)
        ]
        for part in parts:
            part.result()
        return judging.outputs.frame()
