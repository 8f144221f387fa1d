"""Both policies as an OpenFisca tax and benefit system: variables with formulas, parameters with dated
values.

OpenFisca has no missing values (an input not given is zero), so they are emulated, in the cheapest way
found:

- amounts, counts and points are ``float`` variables in yuan, persons and points; NaN is unknown,
- yes/no facts and every condition are ``int`` variables: 0 no, 1 unknown, 2 yes; "and" is the minimum, "or"
  the maximum,
- every scored item is two variables, its least and its most points.

OpenFisca stores floats in 32 bits: thresholds hit exactly may be judged wrongly and large amounts are
rounded, so its tallies differ slightly from the others. ``check.py`` says by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from contract import AS_OF, CONDITIONS, GAPS, POINT, Outputs, Policy, Tally, input_columns
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from peers import openfisca_hnte, openfisca_tech_sme
from peers.openfisca_system import (
    FEN_PER_YUAN,
    FORMULAS,
    NO,
    UNKNOWN,
    YES,
    Array,
    Firm,
    Letter,
    make_fact,
    plain_name,
)

PERIOD = str(AS_OF.year)
"""Policies are judged for the application year and look back at earlier years."""


@dataclass(frozen=True, slots=True)
class Program:
    """The policies to judge and the system that knows them."""

    policies: tuple[Policy, ...]
    system: TaxBenefitSystem


def prepare(policies: Sequence[Policy]) -> Program:
    """Build the system: the facts to read, the formulas and the parameters of both policies."""
    system = TaxBenefitSystem([Firm])
    for name, kind in input_columns(policies).items():
        metric, yearly, _ = name.partition("@")
        if system.get_variable(plain_name(metric)) is None:
            system.add_variable(make_fact(plain_name(metric), kind, yearly=bool(yearly)))
    for variable in FORMULAS:
        system.add_variable(variable)
    system.parameters = ParameterNode(
        "", data={"tech_sme": openfisca_tech_sme.PARAMETERS, "hnte": openfisca_hnte.PARAMETERS}
    )
    return Program(tuple(policies), system)


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file, all in one simulation, and add up every answer."""
    simulation = _simulate(program, parquet_in)
    return [_tally(simulation, policy, outputs) for policy in program.policies]


def _simulate(program: Program, parquet_in: Path) -> Simulation:
    """Fill a simulation with the facts, one column in memory at a time."""
    file = pq.ParquetFile(parquet_in)
    simulation = SimulationBuilder().build_default_simulation(program.system, file.metadata.num_rows)
    for name, kind in input_columns(program.policies).items():
        metric, _, year = name.partition("@")
        values = _to_numpy(file.read([name]).column(0).combine_chunks(), kind)
        simulation.set_input(plain_name(metric), year or "ETERNITY", values)
    return simulation


def _to_numpy(column: object, kind: str) -> Array:
    if kind == "bool":
        return pc.fill_null(pc.multiply(column.cast("int32"), YES), UNKNOWN).to_numpy(zero_copy_only=False)
    if kind == "category":
        letters = pc.index_in(column, value_set=_LETTERS)
        return EnumArray(
            pc.fill_null(pc.add(letters, 1), 0).cast("uint8").to_numpy(zero_copy_only=False), Letter
        )
    if kind == "date":
        return column.to_numpy(zero_copy_only=False)
    scale = {"count": 1, "money": FEN_PER_YUAN, "number": POINT}[kind]
    return (column.to_numpy(zero_copy_only=False) / scale).astype(np.float32)


_LETTERS = pc.cast([letter.name for letter in list(Letter)[1:]], "large_string")


def _tally(simulation: Simulation, policy: Policy, outputs: Outputs) -> Tally:
    def value(part: str) -> Array:
        return simulation.calculate(f"{policy.kind}__{part}", PERIOD)

    def counts(part: str) -> tuple[int, int]:
        outcome = value(part)
        return int(np.count_nonzero(outcome == YES)), int(np.count_nonzero(outcome == NO))

    def gap(part: str) -> tuple[int, int]:
        amounts, unit = value(f"{part}_gap"), _GAP_UNITS.get(part, FEN_PER_YUAN)
        known = ~np.isnan(amounts)
        return int(np.count_nonzero(known)), round(float(amounts[known].sum(dtype=np.float64)) * unit)

    outcome = counts("outcome")
    low, high = (
        round(float(value(part).sum(dtype=np.float64)) * POINT) for part in ("score_low", "score_high")
    )
    everything = outputs == "all"
    return Tally(
        policy.id,
        len(value("outcome")),
        *outcome,
        low,
        high,
        {part: counts(part) for part in CONDITIONS[policy.kind]} if everything else {},
        {part: gap(part) for part in GAPS[policy.kind]} if everything else {},
    )


_GAP_UNITS = {"C2_staff": 1, "H4_tech_staff": 1, "H1_age": 1, "C5_score": POINT, "H7_score": POINT}
