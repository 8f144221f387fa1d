"""Many subjects against many policies: a table of facts in, a table of verdicts per policy out.

The table is read in pieces of bounded size. Each piece is judged twice at most: clause by clause for every row, and
once more, clauses read together, for the rows that the first reading marks (see :mod:`yumiao.rules.refine`). Firms
old enough to have every fiscal year that a policy looks at are read by a shorter program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from yumiao.model.facts import CODE, HIGH_SUFFIX, IDENTITY_COLUMNS, LOW_SUFFIX, NAME, SUBJECT
from yumiao.model.outcomes import Outcome
from yumiao.packs.library import Policy
from yumiao.rules import graph as g
from yumiao.rules.bounds import NOT_MET
from yumiao.rules.compile import REASON_BITS, CompiledPolicy, compile_policy, usual_cells
from yumiao.rules.derivation import Derivation
from yumiao.rules.emit_polars import Layers, apply, layers
from yumiao.rules.native import NativeCodeError
from yumiao.rules.native_judge import NativeJudge, TableJudge
from yumiao.rules.near_miss import NearMissEdge

PIECE = 1_000_000
"""Rows judged at a time: large enough that planning costs nothing, small enough for a laptop's memory."""

TOGETHER = 20
"""Policies judged in one pass over a piece."""

NATIVE_FROM = 50_000
"""From so many rows on it is worth to make machine code for a policy; what is made is used for any table."""

OUTCOME_TYPE = pl.Enum([Outcome.NOT_MET.value, Outcome.UNDETERMINED.value, Outcome.MET.value])
"""The type of every outcome column; its physical codes are those of :mod:`yumiao.rules.compile`."""

_UNUSUAL = "unusual"


@dataclass(frozen=True)
class Judged:
    """A compiled policy with what names it in a run. Its Polars forms are written once and kept.

    Attributes:
        compiled: judges every row.
        columns: those of the table.
        near: how close a near miss is.
        cells: of some columns the values of usual rows (firms old enough to have all years).
        wanted: the outputs asked for; default all.
    """

    policy: Policy
    compiled: CompiledPolicy
    columns: tuple[str, ...] = ()
    near: NearMissEdge | None = None
    cells: Mapping[str, g.Cell] = field(default_factory=dict)
    wanted: tuple[str, ...] | None = None

    @cached_property
    def native(self) -> NativeJudge:
        """The machine code."""
        return NativeJudge(self.compiled, self.wanted)

    @cached_property
    def usual(self) -> CompiledPolicy | None:
        """The shorter program for usual rows, which the Polars form runs over all."""
        return compile_for(self.graph, self.columns, self.near, self.cells) if self.cells else None

    @property
    def graph(self) -> g.PolicyGraph:
        return self.compiled.graph

    @property
    def prefix(self) -> str:
        """Begins the names of this policy's intermediate columns and outputs."""
        return f"{self.policy.id}:"

    def _names(self, names: Iterable[str]) -> list[str]:
        marks = ("again", *(f"first.{name}" for name in self.wanted or ()))
        return [name for name in names if self.wanted is None or name in self.wanted or name in marks]

    @cached_property
    def second_names(self) -> list[str]:
        """The outputs that a second reading may change."""
        return self._names(self.compiled.second_outputs())

    @cached_property
    def first(self) -> Layers:
        """The program that is run over all rows."""
        program = (self.usual or self.compiled).program
        return layers(program, self._names(self.compiled.first_outputs()), f"{self.prefix}v")

    @cached_property
    def whole(self) -> Layers:
        """The program for the rows outside the cells."""
        return layers(self.compiled.program, self._names(self.compiled.first_outputs()), "w")

    @cached_property
    def second(self) -> Layers:
        """The second reading of the rows inside the cells."""
        return layers((self.usual or self.compiled).program, self.second_names, "s")

    @cached_property
    def whole_second(self) -> Layers:
        """The second reading of the rows outside the cells."""
        return layers(self.compiled.program, self.second_names, "s")

    @cached_property
    def is_unusual(self) -> pl.Expr:
        """Whether a row is outside the cells for which the shorter program is made."""
        inside = [
            pl.col(column)
            .cast(pl.Int32)
            .is_between(
                pl.lit(-(2**31) if cell.low is None else cell.low, pl.Int32),
                pl.lit(2**31 - 1 if cell.high is None else cell.high, pl.Int32),
            )
            for column, cell in self.cells.items()
        ]
        return ~pl.all_horizontal(inside).fill_null(value=False) if inside else pl.lit(value=False)


def prepare(
    policy: Policy, graph: g.PolicyGraph, columns: Sequence[str], near: NearMissEdge | None = None
) -> Judged:
    """Compile a policy for a table with these columns."""
    cells = {column: cell for column, cell in usual_cells(graph).items() if column in columns}
    return Judged(policy, compile_for(graph, columns, near), tuple(columns), near, cells)


def compile_for(
    graph: g.PolicyGraph,
    columns: Sequence[str],
    near: NearMissEdge | None = None,
    cells: Mapping[str, g.Cell] | None = None,
) -> CompiledPolicy:
    """Compile a graph for a table with these columns: what is not there is unknown for everybody."""
    present = frozenset(columns)
    ranged = frozenset(
        column for column in graph.leaves if {column + LOW_SUFFIX, column + HIGH_SUFFIX} <= present
    )
    absent = frozenset(column for column in graph.leaves if column not in present)
    return compile_policy(graph, ranged, absent, near, cells)


def add_derived(table: pl.LazyFrame, found: Sequence[Derivation]) -> pl.LazyFrame:
    """Fill in derived yes/no facts where none was received."""
    for derivation in found:
        columns = table.collect_schema().names()
        compiled = compile_for(derivation.graph, columns)
        frame, outputs = apply(table, compiled.program, ["first.outcome"], prefix="__d")
        code = outputs["first.outcome"]
        derived = pl.when(code == 2).then(True).when(code == 0).then(False)
        received = [pl.col(derivation.column)] if derivation.column in columns else []
        keep = [column for column in columns if column != derivation.column]
        table = frame.select(*keep, pl.coalesce(*received, derived).alias(derivation.column))
    return table


def judge_table(table: pl.DataFrame, judged: Sequence[Judged]) -> Iterator[list[pl.DataFrame]]:
    """Judge a table piece by piece.

    Args:
        table: one row per subject in the columns of :class:`yumiao.model.facts.Facts`.
    Returns: for each piece one frame of verdicts per policy, rows in the table's order.
    """
    for start in range(0, max(table.height, 1), PIECE):
        piece = table.slice(start, PIECE)
        verdicts: list[pl.DataFrame] = []
        for first in range(0, len(judged), TOGETHER):
            verdicts += judge_piece(piece, judged[first : first + TOGETHER])
        yield verdicts


def judge_piece(piece: pl.DataFrame, judged: Sequence[Judged]) -> list[pl.DataFrame]:
    """Judge one piece against some policies in one pass; one frame of verdicts for each."""
    return [present(raw, each.graph) for raw, each in zip(judge_codes(piece, judged), judged, strict=True)]


def judge_codes(piece: pl.DataFrame, judged: Sequence[Judged]) -> Iterator[pl.DataFrame]:
    """Judge one piece: for each policy the identity columns and the outputs of its program, as codes.

    Machine code does it where it is there or worth making, and Polars where it is not or cannot; both say the same.
    """
    if piece.height >= NATIVE_FROM or all(each.native.is_compiled for each in judged):
        return judge_with_machine_code(piece, judged)
    return iter(judge_with_polars(piece, judged))


def judge_with_machine_code(piece: pl.DataFrame, judged: Sequence[Judged]) -> Iterator[pl.DataFrame]:
    """Judge one piece by machine code, and by Polars what that cannot: the same as :func:`judge_codes`."""
    names = piece.select(column for column in IDENTITY_COLUMNS if column in piece.columns)
    with TableJudge(piece) as table:
        for each in judged:
            try:
                codes = table.codes(each.native)
            except NativeCodeError:
                yield from judge_with_polars(piece, [each])
            else:
                yield names.hstack(codes) if names.width else codes


def judge_with_polars(piece: pl.DataFrame, judged: Sequence[Judged]) -> list[pl.DataFrame]:
    """Judge one piece by Polars expressions: the same as :func:`judge_codes`."""
    identity = [column for column in IDENTITY_COLUMNS if column in piece.columns]
    frame, chosen = piece.lazy(), [pl.col(column) for column in identity]
    for each in judged:
        frame = each.first.over(frame)
        chosen += [expression.alias(each.prefix + name) for name, expression in each.first.outputs.items()]
        chosen.append(each.is_unusual.alias(each.prefix + _UNUSUAL))
    found = _collect(frame.select(chosen))
    return [_codes(piece, found, identity, each) for each in judged]


def _collect(frame: pl.LazyFrame) -> pl.DataFrame:
    """Run a program: it shares what is shared already, so that no search for common parts is needed."""
    return frame.collect(engine="streaming", optimizations=pl.QueryOptFlags(comm_subexpr_elim=False))


def _codes(piece: pl.DataFrame, found: pl.DataFrame, identity: Sequence[str], each: Judged) -> pl.DataFrame:
    names = [*each.first.outputs, _UNUSUAL]
    own = found.select(*identity, *(pl.col(each.prefix + name).alias(name) for name in names))
    own = _judged_otherwise(piece, own, own[_UNUSUAL], each, each.whole)
    return _read_again(piece, own, each)


def _read_again(piece: pl.DataFrame, own: pl.DataFrame, each: Judged) -> pl.DataFrame:
    """Read the marked rows a second time, each by the program that fits it."""
    final = own.rename({f"first.{name}": name for name in each.second_names})
    again, unusual = own["again"], own[_UNUSUAL]
    if not again.any():
        return final
    final = _judged_otherwise(piece, final, again & ~unusual, each, each.second)
    if unusual.any():
        final = _judged_otherwise(piece, final, again & unusual, each, each.whole_second)
    return final


def _judged_otherwise(
    piece: pl.DataFrame, found: pl.DataFrame, marked: pl.Series, each: Judged, written: Layers
) -> pl.DataFrame:
    """Judge the marked rows by another program and put its outputs in place."""
    if not marked.any():
        return found
    needed = [column for column in piece.columns if column.partition("#")[0] in each.graph.leaves]
    every_row = pl.lit(value=True).alias(_UNUSUAL)  # keeps the height where a policy reads no column at all
    rows = piece.with_columns(every_row).select(_UNUSUAL, *needed).filter(marked).lazy()
    other = _collect(written.over(rows).select(value.alias(name) for name, value in written.outputs.items()))
    places = marked.arg_true()
    return found.with_columns(_put(found[name], places, other[name]) for name in written.outputs)


def _put(series: pl.Series, places: pl.Series, values: pl.Series) -> pl.Series:
    """Replace the values at some places; whole numbers of different widths meet in the wider."""
    if series.dtype != values.dtype:
        wide = pl.Int128() if pl.Int128 in (series.dtype, values.dtype) else pl.Int64()
        series, values = series.cast(wide), values.cast(wide)
    return series.scatter(places, values)


def present(raw: pl.DataFrame, graph: g.PolicyGraph) -> pl.DataFrame:
    """Turn the codes of a program into the columns of the public verdict file (schema version 1)."""
    conditions = [condition.id for condition in graph.conditions]
    codes = [pl.col(f"condition.{name}") for name in conditions]
    identity = [pl.col(column) for column in (SUBJECT, NAME, CODE) if column in raw.columns]
    return raw.select(
        *identity,
        _outcome(pl.col("outcome")).alias("outcome"),
        *_classes(raw, graph),
        _route(graph).alias("route"),
        _reasons().alias("reasons"),
        _count(codes, 0).alias("failing"),
        _count(codes, 1).alias("open"),
        pl.col("near").alias("near_miss"),
        (pl.col("distance") / 1000).alias("distance"),
        *(_outcome(pl.col(f"condition.{name}")).alias(f"condition.{name}") for name in conditions),
        *(pl.col(f"gap.{name}").cast(pl.Int64).alias(f"gap.{name}") for name in conditions),
        *(
            pl.col(f"score.{score.id}.{end}").cast(pl.Int64).alias(f"score.{score.id}.{end}")
            for score in graph.scores
            for end in ("low", "high")
        ),
    )


def _outcome(code: pl.Expr) -> pl.Expr:
    return code.cast(pl.UInt8).cat.to(OUTCOME_TYPE)


def _count(codes: Sequence[pl.Expr], wanted: int) -> pl.Expr:
    if not codes:
        return pl.lit(0, dtype=pl.UInt8)
    return pl.sum_horizontal([(code == wanted).cast(pl.UInt8) for code in codes]).cast(pl.UInt8)


def _route(graph: g.PolicyGraph) -> pl.Expr:
    names = {number: route.id for number, route in enumerate(graph.routes, 1)}
    if not names:
        return pl.lit(None, dtype=pl.String)
    return pl.col("route").replace_strict(names, default=None, return_dtype=pl.String)


def _reasons() -> pl.Expr:
    every: Mapping[int, list[str]] = {
        total: [reason.value for reason, bit in REASON_BITS.items() if total & bit]
        for total in range(2 * max(REASON_BITS.values()))
    }
    table = pl.Series(list(every.values()), dtype=pl.List(pl.String))
    return pl.lit(table, allow_object=False).gather(pl.col("reasons").cast(pl.UInt32))


def _classes(raw: pl.DataFrame, graph: g.PolicyGraph) -> list[pl.Expr]:
    """``class`` where one is certain, and every class that some completion reaches."""
    if graph.classes is None:
        empty = pl.lit(None, dtype=pl.List(pl.String))
        return [pl.lit(None, dtype=pl.String).alias("class"), empty.alias("possible")]
    names = [name for name in (*graph.class_ids(), NOT_MET) if f"class.{name}" in raw.columns]
    reached = [pl.when(pl.col(f"class.{name}")).then(pl.lit(name)) for name in names]
    possible = pl.concat_list(reached).list.drop_nulls()
    certain = pl.when((possible.list.len() == 1) & (possible.list.first() != NOT_MET)).then(
        possible.list.first()
    )
    return [certain.alias("class"), possible.alias("possible")]
