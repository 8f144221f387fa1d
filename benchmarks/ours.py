"""Yumiao as an engine of this suite: the shipped texts of both policies, compiled for the columns of the file.

Nothing is decided here. As in :mod:`yumiao.evaluate.batch` the file is judged piece by piece, and rows that the first
reading marks ``again`` are read a second time, clauses together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from contract import AS_OF, CONDITIONS, FEN_PER_WAN, GAPS, Outputs, Policy, Tally, input_columns, tallies
from ruamel.yaml import YAML

from yumiao.evaluate import batch
from yumiao.evaluate.batch import TOGETHER
from yumiao.packs.library import Library, load_packs
from yumiao.packs.library import Policy as PackPolicy
from yumiao.packs.policies import PolicyVersion
from yumiao.packs.yaml_reading import check_model
from yumiao.rules import graph as g
from yumiao.rules.compile import OUTCOMES, CompiledPolicy
from yumiao.rules.emit_python import Judge, make_function
from yumiao.rules.lowering import lower
from yumiao.rules.native_single import Outcomes

SCORE = {"tech_sme": "total", "hnte": "innovation"}
NOT_MET, OPEN, MET = (OUTCOMES.index(outcome) for outcome in ("not_met", "undetermined", "met"))


@dataclass(frozen=True)
class Judged:
    """One policy of the suite, compiled."""

    policy: Policy
    both: batch.Judged
    _wanted: dict[Outputs, batch.Judged] = field(default_factory=dict)
    _sums: dict[Outputs, list[pl.Expr]] = field(default_factory=dict)

    @property
    def compiled(self) -> CompiledPolicy:
        return self.both.compiled

    def reading(self, wanted: Outputs) -> batch.Judged:
        """Both readings, for the answers wanted, as :mod:`yumiao.evaluate.batch` runs them."""
        if wanted not in self._wanted:
            names = tuple(name.removeprefix("first.") for name in self.outputs(wanted).values())
            self._wanted[wanted] = replace(self.both, wanted=names)
        return self._wanted[wanted]

    def sums(self, wanted: Outputs) -> list[pl.Expr]:
        """Expressions that add up every answer."""
        if wanted not in self._sums:
            self._sums[wanted] = [
                total
                for name, ours in self.outputs(wanted).items()
                for total in _sums(f"{self.policy.id}.{name}", pl.col(ours.removeprefix("first.")))
            ]
        return self._sums[wanted]

    def outputs(self, wanted: Outputs) -> dict[str, str]:
        """Our name of each answer, by the suite's; the outcome is that of the first reading."""
        score = f"score.{SCORE[self.policy.kind]}"
        names = {"outcome": "first.outcome", "score_low": f"{score}.low", "score_high": f"{score}.high"}
        if wanted == "all":
            names |= {name: f"condition.{name}" for name in CONDITIONS[self.policy.kind]}
            names |= {f"{name}.gap": f"gap.{name}" for name in GAPS[self.policy.kind]}
        return names


@dataclass(frozen=True)
class Program:
    """The policies to judge, with what judges a single subject: outcomes alone, or functions for each reading."""

    judged: tuple[Judged, ...]
    functions: tuple[tuple[Judge, Judge | None], ...] = ()
    outcomes: Outcomes | None = None

    @property
    def policies(self) -> list[Policy]:
        return [each.policy for each in self.judged]


def prepare(policies: Sequence[Policy]) -> Program:
    """Read the shipped packs and compile each policy for the columns of the suite."""
    library = load_packs()
    columns = ["subject", *input_columns(policies)]
    judged = []
    for policy in policies:
        text = _pack_policy(library, policy)
        judged.append(Judged(policy, batch.prepare(text, lower(library, text, AS_OF), columns)))
    return Program(tuple(judged))


def prepare_single(policies: Sequence[Policy]) -> Program:
    """Like ``prepare``, with machine code that gives the outcomes only."""
    program = prepare(policies)
    return replace(program, outcomes=Outcomes([each.compiled for each in program.judged]))


def prepare_single_full(policies: Sequence[Policy]) -> Program:
    """Like ``prepare``, with functions that give every output there is, near misses and reasons included."""
    program = prepare(policies)
    functions = []
    for each in program.judged:
        compiled = each.compiled
        second = make_function(compiled.program, compiled.second_outputs()) if compiled.tangled else None
        functions.append((make_function(compiled.program, compiled.first_outputs()), second))
    return replace(program, functions=tuple(functions))


def _pack_policy(library: Library, policy: Policy) -> PackPolicy:
    """The shipped text, with a variant's own numbers written into it."""
    [found] = library.versions(policy.kind)
    if policy.id == policy.kind:
        return found
    text = found.source.text
    for old, new in _changes(policy):
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the text of {found.id}")
        text = text.replace(old, new)
    source = replace(found.source, text=text, data=YAML(typ="rt").load(StringIO(text)))
    body, problems = check_model(source, PolicyVersion)
    if body is None or problems:
        raise ValueError(f"{policy.id}: {problems}")
    return replace(found, version=policy.id, body=body, source=source)


def _changes(policy: Policy) -> Iterator[tuple[str, str]]:
    law = policy.tech_sme
    yield "need: staff_total <= 500 人", f"need: staff_total <= {law.staff_at_most} 人"
    for metric, most in (("sales_revenue", law.sales_at_most), ("total_assets", law.assets_at_most)):
        yield f"need: {metric} <= 20000 万元", f"need: {metric} <= {most // FEN_PER_WAN} 万元"
    yield "need: total >= 60 分", f"need: total >= {law.pass_mark} 分"
    bands = (
        ((10, 15, 20, 25, 30), law.tech_staff_edges, 4),
        ((2, 3, 4, 5, 6), law.rd_by_sales_edges, 10),
        ((10, 15, 20, 25, 30), law.rd_by_cost_edges, 10),
    )
    for percents, edges, step in bands:
        for number, (percent, edge) in enumerate(zip(percents, edges, strict=True), start=1):
            points = f"points: {number * step}}}"
            yield f"from: {percent}%, {points}", f"from: {edge / 100:.2f}%, {points}"


# --- many subjects ------------------------------------------------------------


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file and add up every answer, second reading included."""
    flat: Counter[str] = Counter()
    for piece in _pieces(program, parquet_in):
        flat["rows"] += piece.height
        for first in range(0, len(program.judged), TOGETHER):
            group = program.judged[first : first + TOGETHER]
            found = batch.judge_codes(piece, [each.reading(outputs) for each in group])
            for each, codes in zip(group, found, strict=True):
                flat.update(codes.select(each.sums(outputs)).row(0, named=True))
    return tallies(program.policies, flat, outputs)


def _sums(name: str, value: pl.Expr) -> list[pl.Expr]:
    if name.endswith(".gap"):
        return [value.count().alias(f"{name}.known"), value.cast(pl.Int64).sum().alias(f"{name}.sum")]
    if name.endswith(("score_low", "score_high")):
        return [value.cast(pl.Int64).sum().alias(name)]
    return [(value == MET).sum().alias(f"{name}.met"), (value == NOT_MET).sum().alias(f"{name}.not_met")]


def run_write(program: Program, parquet_in: Path, parquet_out: Path) -> None:
    """Judge every enterprise of the file and write every answer, piece by piece."""
    writer = None
    try:
        for piece in _pieces(program, parquet_in, "subject"):
            answers = _answers(program.judged, piece, "all")
            table = answers.select(piece["subject"], *_as_truths(program)).to_arrow()
            writer = writer or pq.ParquetWriter(
                parquet_out, table.schema, compression="zstd", compression_level=3
            )
            writer.write_table(table, row_group_size=125_000)
    finally:
        if writer is not None:
            writer.close()


def _as_truths(program: Program) -> Iterator[pl.Expr]:
    """The answers as the suite writes them: outcomes as truths, everything else as it is."""
    for each in program.judged:
        for part in each.outputs("all"):
            name = f"{each.policy.id}.{part}"
            code = pl.col(name)
            is_outcome = part == "outcome" or part in CONDITIONS[each.policy.kind]
            truth = pl.when(code != OPEN).then(code == MET)
            yield truth.alias(name) if is_outcome else code


ROWS_OF_PIECE = 62_500
"""Half a row group of the file: what is held at once, facts and answers, is then small beside the process itself."""


def _pieces(program: Program, parquet_in: Path, *also: str) -> Iterator[pl.DataFrame]:
    columns = [*also, *input_columns(program.policies)]
    rows = pl.scan_parquet(parquet_in).select(columns)
    yield from rows.collect_batches(chunk_size=ROWS_OF_PIECE, maintain_order=True)


def _answers(group: Sequence[Judged], piece: pl.DataFrame, outputs: Outputs) -> pl.DataFrame:
    """One row per subject and one column per answer."""
    found = batch.judge_codes(piece, [each.reading(outputs) for each in group])
    return pl.concat(
        [codes.select(_named(each, outputs)) for each, codes in zip(group, found, strict=True)],
        how="horizontal",
    )


def _named(each: Judged, outputs: Outputs) -> list[pl.Expr]:
    names = each.outputs(outputs).items()
    return [pl.col(ours.removeprefix("first.")).alias(f"{each.policy.id}.{name}") for name, ours in names]


# --- one subject ------------------------------------------------------------


def run_single(program: Program, facts: Mapping[str, Any]) -> list[int] | list[dict[str, Any]]:
    """Judge one enterprise by every policy: what ``prepare_single`` or ``prepare_single_full`` asked for."""
    row = {
        name: g.day_number(value) if hasattr(value, "toordinal") else value for name, value in facts.items()
    }
    if program.outcomes is not None:
        return program.outcomes(row)
    return [_read(first, second, row) for first, second in program.functions]


def _read(first: Judge, second: Judge | None, row: Mapping[str, Any]) -> dict[str, Any]:
    found = first(row)
    if second is not None and found["again"]:
        found |= second(row)
    elif "first.outcome" in found:
        found["outcome"] = found["first.outcome"]
    return found
