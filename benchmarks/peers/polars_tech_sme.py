"""科技型中小企业 in Polars, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from contract import POINT, TechSmeParameters
from polars import col

from peers.polars_parts import first_true, named, outcome, small


def with_tech_sme_common(frame: pl.LazyFrame) -> pl.LazyFrame:
    """What all variants share: unscaled facts, plain conditions, achievements."""
    tech, staff = col("tech_staff@2025"), col("staff_total@2025")
    rd, sales, cost = (
        col(f"{name}@2025") for name in ("rd_expense_tsme", "sales_revenue", "cost_expense_total")
    )
    class1, class2 = col("ip_class1_count.tsme"), col("ip_class2_count.tsme")
    by_class2 = [(class2 >= 4, 24), (class2 == 3, 18), (class2 == 2, 12), (class2 == 1, 6)]
    return frame.with_columns(
        named(
            tech_scaled=tech * 10_000,
            rd_scaled=rd * 10_000,
            no_tech=((tech == 0) | (staff == 0)).fill_null(value=False),
            no_rd_by_sales=((rd == 0) | (sales == 0)).fill_null(value=False),
            no_rd_by_cost=((rd == 0) | (cost == 0)).fill_null(value=False),
            ip_low=first_true([(class1 >= 1, 30), *by_class2], small(0)),
            ip_high=pl.when(class1 == 0)
            .then(first_true([*by_class2, (class2.is_null(), 24)], small(0)))
            .otherwise(small(30)),
            industry=~(col("restricted_or_eliminated_industry") | col("super_deduction_excluded_industry")),
            conduct=~(col("serious_incident_last_or_current_year") | col("abnormal_or_dishonest_list")),
            direct=col("valid_hnte_certificate")
            | col("national_award_top3_within_5y")
            | col("provincial_rd_institution")
            | col("led_standard_within_5y"),
        )
    )


def _share_points(
    scaled: str, whole: str, none: str, edges: Sequence[int], step: int
) -> tuple[pl.Expr, pl.Expr]:
    """Least and most points of a share; ``none`` says that the part or the whole is zero for certain."""
    highest_first = list(enumerate(edges, start=1))[::-1]
    cases = [(col(scaled) >= col(whole) * edge, step * number) for number, edge in highest_first]
    low = first_true([(col(none), 0), *cases], small(0))
    unknown = col(scaled).is_null() | col(whole).is_null()
    high = first_true([(col(none), 0), (unknown, step * len(edges)), *cases], small(0))
    return low, high


def with_tech_sme(frame: pl.LazyFrame, name: str, law: TechSmeParameters) -> pl.LazyFrame:
    """Add the answers of one variant, named ``name.…``."""

    def at(part: str) -> str:
        return f"{name}.{part}"

    staff, tech = col("staff_total@2025"), col("tech_staff@2025")
    tech_low, tech_high = _share_points("tech_scaled", "staff_total@2025", "no_tech", law.tech_staff_edges, 4)
    sales_low, sales_high = _share_points(
        "rd_scaled", "sales_revenue@2025", "no_rd_by_sales", law.rd_by_sales_edges, 10
    )
    cost_low, cost_high = _share_points(
        "rd_scaled", "cost_expense_total@2025", "no_rd_by_cost", law.rd_by_cost_edges, 10
    )
    items = frame.with_columns(
        tech_low.alias(at("tech_low")),
        tech_high.alias(at("tech_high")),
        sales_low.alias(at("sales_low")),
        sales_high.alias(at("sales_high")),
        cost_low.alias(at("cost_low")),
        cost_high.alias(at("cost_high")),
    )
    totals = items.with_columns(
        (
            col(at(f"tech_{end}"))
            + pl.when(col(at(f"sales_{end}")) >= col(at(f"cost_{end}")))
            .then(at(f"sales_{end}"))
            .otherwise(at(f"cost_{end}"))
            + col(f"ip_{end}")
        ).alias(at(end))
        for end in ("low", "high")
    )
    low, high = col(at("low")), col(at("high"))
    over = pl.when(tech > law.staff_at_most).then(statement=False)
    met = (low >= law.pass_mark) & (col(at("tech_low")) > 0)
    possible = (high >= law.pass_mark) & (col(at("tech_high")) > 0)
    conditions = totals.with_columns(
        col("resident_enterprise_audited_collection").alias(at("C1_resident")),
        (staff <= law.staff_at_most).fill_null(over).alias(at("C2_staff")),
        (col("sales_revenue@2025") <= law.sales_at_most).alias(at("C2_sales")),
        (col("total_assets@2025") <= law.assets_at_most).alias(at("C2_assets")),
        (staff - law.staff_at_most).clip(0).alias(at("C2_staff.gap")),
        (col("sales_revenue@2025") - law.sales_at_most).clip(0).alias(at("C2_sales.gap")),
        (col("total_assets@2025") - law.assets_at_most).clip(0).alias(at("C2_assets.gap")),
        col("industry").alias(at("C3_industry")),
        col("conduct").alias(at("C4_conduct")),
        outcome(met, possible).alias(at("C5_score")),
        col("valid_hnte_certificate").alias(at("D1_valid_hnte")),
        col("national_award_top3_within_5y").alias(at("D2_national_award")),
        col("provincial_rd_institution").alias(at("D3_rd_institution")),
        col("led_standard_within_5y").alias(at("D4_led_standard")),
        (low.cast(pl.Int64) * POINT).alias(at("score_low")),
        (high.cast(pl.Int64) * POINT).alias(at("score_high")),
    )
    short = (low == high) & (low < law.pass_mark)
    return conditions.with_columns(
        pl.when(at("C5_score"))
        .then(0)
        .when(short)
        .then(law.pass_mark * POINT - col(at("score_low")))
        .alias(at("C5_score.gap")),
        (
            col(at("C1_resident"))
            & col(at("C2_staff"))
            & col(at("C2_sales"))
            & col(at("C2_assets"))
            & col("industry")
            & col("conduct")
            & (col(at("C5_score")) | col("direct"))
        ).alias(at("outcome")),
    )
