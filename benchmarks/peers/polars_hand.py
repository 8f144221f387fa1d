"""Both policies as a Polars program written by hand: lazy, streaming, whole numbers only.

This is what an expert writes who knows the two documents, the file and the engine, and nothing else: no
generality to pay for. Shares and growth are compared by cross-multiplication, growth in 128 bits because
its products need them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from contract import CONDITIONS, GAPS, Outputs, Policy, Tally, tallies

from peers.polars_hnte import with_hnte
from peers.polars_tech_sme import with_tech_sme, with_tech_sme_common

col = pl.col


@dataclass(frozen=True, slots=True)
class Program:
    """The policies to judge in one pass."""

    policies: tuple[Policy, ...]

    def judge(self, parquet_in: Path) -> pl.LazyFrame:
        """One row per subject: ``subject`` and, per policy P, ``P.outcome``, ``P.score_low`` …"""
        frame = pl.scan_parquet(parquet_in)
        kinds = {policy.kind for policy in self.policies}
        if "tech_sme" in kinds:
            frame = with_tech_sme_common(frame)
        for policy in self.policies:
            frame = (
                with_tech_sme(frame, policy.id, policy.tech_sme)
                if policy.kind == "tech_sme"
                else with_hnte(frame, policy.id)
            )
        return frame


def prepare(policies: Sequence[Policy]) -> Program:
    """Get ready to judge the policies."""
    return Program(tuple(policies))


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file and add up every answer."""
    totals = [pl.len().alias("rows")]
    for policy in program.policies:
        name = policy.id
        totals += _count(f"{name}.outcome")
        totals += [col(f"{name}.score_low").sum(), col(f"{name}.score_high").sum()]
        if outputs == "all":
            totals += [total for part in CONDITIONS[policy.kind] for total in _count(f"{name}.{part}")]
            for part in GAPS[policy.kind]:
                gap = col(f"{name}.{part}.gap")
                totals += [
                    gap.count().alias(f"{name}.{part}.gap.known"),
                    gap.sum().alias(f"{name}.{part}.gap.sum"),
                ]
    flat = program.judge(parquet_in).select(totals).collect(engine="streaming").row(0, named=True)
    return tallies(program.policies, flat, outputs)


def run_write(program: Program, parquet_in: Path, parquet_out: Path) -> None:
    """Judge every enterprise of the file and write every answer."""
    answers = [
        f"{policy.id}.{part}"
        for policy in program.policies
        for part in (
            "outcome",
            "score_low",
            "score_high",
            *CONDITIONS[policy.kind],
            *(f"{part}.gap" for part in GAPS[policy.kind]),
        )
    ]
    frame = program.judge(parquet_in).select("subject", *answers)
    frame.sink_parquet(parquet_out, compression="zstd", compression_level=3, row_group_size=125_000)


def _count(name: str) -> list[pl.Expr]:
    met = col(name).sum()
    return [met.alias(f"{name}.met"), (col(name).count() - met).alias(f"{name}.not_met")]
