"""Both policies as SQL written by hand for DuckDB: layers of sub-selects, every intermediate value named
once.

Amounts are BIGINT fen and compared by cross-multiplication; the products of growth need HUGEINT. Many
variants of one policy run in one of two shapes: a wide SELECT with columns per policy, or a table of
parameters joined to every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from contract import CONDITIONS, GAPS, Outputs, Policy, Tally, input_columns, tallies

from peers.duckdb_hnte import hnte_layers
from peers.duckdb_tech_sme import literals, tech_sme_common, tech_sme_layers
from peers.sql_text import Layer, add_layer, quoted


@dataclass(frozen=True, slots=True)
class Program:
    """The policies to judge in one pass, and the layers that do it."""

    policies: tuple[Policy, ...]
    layers: tuple[Layer, ...]

    def judge(self, parquet_in: Path) -> str:
        """One row per subject: ``subject`` and, per policy P, ``P.outcome``, ``P.score_low`` …"""
        facts = ", ".join(map(quoted, ("subject", *input_columns(self.policies))))
        query = f"SELECT {facts} FROM read_parquet('{parquet_in}')"
        for layer in self.layers:
            query = add_layer(query, layer)
        return query


def prepare(policies: Sequence[Policy]) -> Program:
    """Write the layers for the policies, side by side."""
    parts = []
    if any(policy.kind == "tech_sme" for policy in policies):
        parts.append([tech_sme_common()])
    for policy in policies:
        if policy.kind == "tech_sme":
            parts.append([{}, *tech_sme_layers(policy.id, literals(policy.tech_sme))])
        else:
            parts.append(hnte_layers(policy.id))
    depth = max(map(len, parts))
    layers = [{} for _ in range(depth)]
    for part in parts:
        for layer, more in zip(layers, part, strict=False):
            layer.update(more)
    return Program(tuple(policies), tuple(layers))


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file and add up every answer."""
    totals = ["count(*) AS rows"]
    for policy in program.policies:
        totals += _totals(policy.id, policy.kind, outputs)
    return tallies(
        program.policies, _one_row(f"SELECT {', '.join(totals)} FROM ({program.judge(parquet_in)})"), outputs
    )


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
    selected = ", ".join(map(quoted, ("subject", *answers)))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {selected} FROM ({program.judge(parquet_in)})) TO '{parquet_out}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 125000)"
        )


def prepare_joined(policies: Sequence[Policy]) -> Program:
    """Write the layers once for all variants of tech_sme; their numbers come from a joined table."""
    number_of = {name: f"law_{name}" for name in literals(policies[0].tech_sme)}
    return Program(tuple(policies), (tech_sme_common(), *tech_sme_layers("p", number_of)))


def run_batch_joined(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise by every variant through the joined table of parameters."""
    numbers = [literals(policy.tech_sme) for policy in program.policies]
    rows = ", ".join(f"({place}, {', '.join(law.values())})" for place, law in enumerate(numbers))
    names = ", ".join(["place", *(f"law_{name}" for name in numbers[0])])
    common, *layers = program.layers
    query = Program(program.policies, (common,)).judge(parquet_in)
    query = f"SELECT * FROM ({query}) CROSS JOIN (VALUES {rows}) AS law({names})"
    for layer in layers:
        query = add_layer(query, layer)
    totals = ", ".join(["count(*) AS rows", *_totals("p", "tech_sme", outputs)])
    query = f"SELECT place, {totals} FROM ({query}) GROUP BY place ORDER BY place"
    with duckdb.connect() as connection:
        cursor = connection.execute(query)
        header = [column[0] for column in cursor.description]
        flats = [dict(zip(header, row, strict=True)) for row in cursor.fetchall()]
    renamed = (
        {f"{policy.id}{name[1:]}" if name.startswith("p.") else name: value for name, value in flat.items()}
        for policy, flat in zip(program.policies, flats, strict=True)
    )
    pairs = zip(program.policies, renamed, strict=True)
    return [tally for policy, flat in pairs for tally in tallies([policy], flat, outputs)]


def _one_row(query: str) -> dict[str, int]:
    with duckdb.connect() as connection:
        cursor = connection.execute(query)
        return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _totals(name: str, kind: str, outputs: Outputs) -> list[str]:
    """Aggregates of one policy's answers, named as the contract reads them."""

    def count(part: str) -> list[str]:
        outcome = quoted(f"{name}.{part}")
        return [
            f"count_if({outcome}) AS {quoted(f'{name}.{part}.met')}",
            f"count_if(NOT {outcome}) AS {quoted(f'{name}.{part}.not_met')}",
        ]

    totals = count("outcome")
    totals += [
        f"sum({quoted(f'{name}.{end}')}) AS {quoted(f'{name}.{end}')}" for end in ("score_low", "score_high")
    ]
    if outputs == "all":
        totals += [total for part in CONDITIONS[kind] for total in count(part)]
        for part in GAPS[kind]:
            gap = f"{name}.{part}.gap"
            totals += [
                f"count({quoted(gap)}) AS {quoted(gap + '.known')}",
                f"sum({quoted(gap)}) AS {quoted(gap + '.sum')}",
            ]
    return totals
