"""What every engine in this suite reads and answers: columns, policies, conditions, tallies.

Amounts are whole fen (1 万元 = 1,000,000 fen); points and other numbers are whole 1e-4 units. NULL is unknown
and nothing else. A condition's outcome is a nullable Boolean: true met, false not met, NULL undetermined.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

AS_OF = dt.date(2026, 6, 1)
YEARS = (2023, 2024, 2025)
FEN_PER_WAN = 1_000_000
"""Fen in one 万元."""
POINT = 10_000
"""One point, in the stored unit of 1e-4."""

Kind = Literal["tech_sme", "hnte"]
Outputs = Literal["all", "scores"]
"""``all``: outcome, score, every condition, every gap. ``scores``: outcome and score only."""

_SHARED = {
    "staff_total@2025": "count",
    "tech_staff@2025": "count",
    "sales_revenue@2025": "money",
}
TECH_SME_COLUMNS: Mapping[str, str] = {
    "resident_enterprise_audited_collection": "bool",
    **_SHARED,
    "total_assets@2025": "money",
    "cost_expense_total@2025": "money",
    "rd_expense_tsme@2025": "money",
    "restricted_or_eliminated_industry": "bool",
    "super_deduction_excluded_industry": "bool",
    "serious_incident_last_or_current_year": "bool",
    "abnormal_or_dishonest_list": "bool",
    "ip_class1_count.tsme": "count",
    "ip_class2_count.tsme": "count",
    "valid_hnte_certificate": "bool",
    "national_award_top3_within_5y": "bool",
    "provincial_rd_institution": "bool",
    "led_standard_within_5y": "bool",
}
HNTE_COLUMNS: Mapping[str, str] = {
    "established_on": "date",
    "owns_core_ip": "bool",
    "in_supported_hightech_domain": "bool",
    **_SHARED,
    **{f"sales_revenue@{year}": "money" for year in YEARS},
    **{f"rd_expense_hnte@{year}": "money" for year in YEARS},
    **{f"rd_expense_hnte_domestic@{year}": "money" for year in YEARS},
    "hightech_revenue@2025": "money",
    "total_income@2025": "money",
    "ip_class1_count.hnte": "count",
    "ip_class2_count.hnte": "count",
    "ip_tech_level_grade": "category",
    "ip_core_support_grade": "category",
    "ip_acquisition_grade": "category",
    "standards_participation": "bool",
    "transformations_annual_avg": "number",
    "org_system_points": "number",
    "org_rd_body_points": "number",
    "org_incentive_points": "number",
    "org_training_points": "number",
    **{f"net_assets@{year}": "money" for year in YEARS},
    "serious_incident_within_365_days": "bool",
}
COLUMNS: Mapping[Kind, Mapping[str, str]] = {"tech_sme": TECH_SME_COLUMNS, "hnte": HNTE_COLUMNS}
"""Input columns of each policy, by kind of value, without ``subject``."""

CONDITIONS: Mapping[Kind, tuple[str, ...]] = {
    "tech_sme": (
        "C1_resident",
        "C2_staff",
        "C2_sales",
        "C2_assets",
        "C3_industry",
        "C4_conduct",
        "C5_score",
        "D1_valid_hnte",
        "D2_national_award",
        "D3_rd_institution",
        "D4_led_standard",
    ),
    "hnte": (
        "H1_age",
        "H2_core_ip",
        "H3_domain",
        "H4_tech_staff",
        "H5_rd_ratio",
        "H5_domestic",
        "H6_hightech_revenue",
        "H7_score",
        "H8_conduct",
    ),
}
GAPS: Mapping[Kind, tuple[str, ...]] = {
    "tech_sme": ("C2_staff", "C2_sales", "C2_assets", "C5_score"),
    "hnte": ("H1_age", "H4_tech_staff", "H5_rd_ratio", "H5_domestic", "H6_hightech_revenue", "H7_score"),
}
"""Conditions that have a gap, in persons, fen, days or 1e-4 points."""


class TechSmeParameters(NamedTuple):
    """The numbers of tech_sme that its variants change. Edges are in 1e-4 of one, lowest band first."""

    staff_at_most: int = 500
    sales_at_most: int = 20_000 * FEN_PER_WAN
    assets_at_most: int = 20_000 * FEN_PER_WAN
    tech_staff_edges: tuple[int, ...] = (1_000, 1_500, 2_000, 2_500, 3_000)
    rd_by_sales_edges: tuple[int, ...] = (200, 300, 400, 500, 600)
    rd_by_cost_edges: tuple[int, ...] = (1_000, 1_500, 2_000, 2_500, 3_000)
    pass_mark: int = 60


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy to judge. ``tech_sme`` may come with other numbers than the law's."""

    id: str
    kind: Kind
    tech_sme: TechSmeParameters = field(default_factory=TechSmeParameters)


TECH_SME = Policy("tech_sme", "tech_sme")
HNTE = Policy("hnte", "hnte")


def tech_sme_variants(count: int, seed: int = 7) -> list[Policy]:
    """Make ``count`` policies of the shape of tech_sme whose thresholds vary by seed."""
    rng = np.random.default_rng(seed)
    variants = []
    for number in range(count):
        shift, by_sales, by_cost = (
            int(rng.integers(low, high)) for low, high in ((-400, 401), (-90, 91), (-400, 401))
        )
        parameters = TechSmeParameters(
            staff_at_most=int(rng.integers(10, 101)) * 10,
            sales_at_most=int(rng.integers(5, 41)) * 1_000 * FEN_PER_WAN,
            assets_at_most=int(rng.integers(5, 41)) * 1_000 * FEN_PER_WAN,
            tech_staff_edges=tuple(edge + shift for edge in (1_000, 1_500, 2_000, 2_500, 3_000)),
            rd_by_sales_edges=tuple(edge + by_sales for edge in (200, 300, 400, 500, 600)),
            rd_by_cost_edges=tuple(edge + by_cost for edge in (1_000, 1_500, 2_000, 2_500, 3_000)),
            pass_mark=int(rng.integers(40, 81)),
        )
        variants.append(Policy(f"tech_sme_{number:03d}", "tech_sme", parameters))
    return variants


def input_columns(policies: Sequence[Policy]) -> dict[str, str]:
    """List the columns that the policies read, each once, by kind of value."""
    return {name: kind for policy in policies for name, kind in COLUMNS[policy.kind].items()}


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything one policy answered, added up: the proof that two engines gave the same answers.

    ``conditions`` holds (met, not met) by condition; ``gaps`` holds (known, sum) by condition. Scores are
    sums in 1e-4 points. Under outputs ``scores`` both mappings are empty.
    """

    policy: str
    rows: int
    met: int
    not_met: int
    score_low: int
    score_high: int
    conditions: Mapping[str, tuple[int, int]]
    gaps: Mapping[str, tuple[int, int]]

    @property
    def undetermined(self) -> int:
        """Rows whose outcome is open."""
        return self.rows - self.met - self.not_met


def tallies(policies: Sequence[Policy], flat: Mapping[str, int], outputs: Outputs) -> list[Tally]:
    """Read tallies from one row of aggregates.

    Args:
        policies: the policies judged, in order.
        flat: ``rows``; per policy P ``P.outcome.met``, ``P.outcome.not_met``, ``P.score_low``,
            ``P.score_high``; under outputs ``all`` also ``P.CONDITION.met``, ``P.CONDITION.not_met``,
            ``P.CONDITION.gap.known`` and ``P.CONDITION.gap.sum``. An absent sum (of no rows) may be None.
        outputs: which aggregates are there.
    """

    def read(name: str) -> int:
        return int(flat[name] or 0)

    return [
        Tally(
            policy.id,
            rows=read("rows"),
            met=read(f"{policy.id}.outcome.met"),
            not_met=read(f"{policy.id}.outcome.not_met"),
            score_low=read(f"{policy.id}.score_low"),
            score_high=read(f"{policy.id}.score_high"),
            conditions={
                name: (read(f"{policy.id}.{name}.met"), read(f"{policy.id}.{name}.not_met"))
                for name in (CONDITIONS[policy.kind] if outputs == "all" else ())
            },
            gaps={
                name: (read(f"{policy.id}.{name}.gap.known"), read(f"{policy.id}.{name}.gap.sum"))
                for name in (GAPS[policy.kind] if outputs == "all" else ())
            },
        )
        for policy in policies
    ]
