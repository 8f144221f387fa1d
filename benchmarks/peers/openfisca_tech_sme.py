"""科技型中小企业 as OpenFisca variables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from contract import CONDITIONS

from peers.openfisca_system import (
    YES,
    YUAN_PER_WAN,
    Array,
    copy_fact,
    dated,
    known_ratio,
    outcome_of,
    scale,
    variable,
)

PARAMETERS = {
    "staff_at_most": dated(500),
    "sales_at_most": dated(20_000 * YUAN_PER_WAN),
    "assets_at_most": dated(20_000 * YUAN_PER_WAN),
    "pass_mark": dated(60),
    "tech_staff": scale(0.10, 0.15, 0.20, 0.25, 0.30, step=4),
    "rd_by_sales": scale(0.02, 0.03, 0.04, 0.05, 0.06, step=10),
    "rd_by_cost": scale(0.10, 0.15, 0.20, 0.25, 0.30, step=10),
    "class2": scale(1, 2, 3, 4, step=6),
}


@variable("tech_sme__tech_points_low", float)
def _(firm, period, parameters):
    year = period.last_year
    share = known_ratio(firm("tech_staff", year), firm("staff_total", year))
    return parameters(period).tech_sme.tech_staff.calc(share)


@variable("tech_sme__tech_points_high", float)
def _(firm, period, _parameters):
    year = period.last_year
    unknown = np.isnan(known_ratio(firm("tech_staff", year), firm("staff_total", year)))
    return np.where(unknown, 20, firm("tech_sme__tech_points_low", period))


def _rd_shares(firm, period) -> Iterator[Array]:
    year = period.last_year
    for whole in ("sales_revenue", "cost_expense_total"):
        yield known_ratio(firm("rd_expense_tsme", year), firm(whole, year))


@variable("tech_sme__rd_points_low", float)
def _(firm, period, parameters):
    by_sales, by_cost = _rd_shares(firm, period)
    scales = parameters(period).tech_sme
    return np.maximum(scales.rd_by_sales.calc(by_sales), scales.rd_by_cost.calc(by_cost))


@variable("tech_sme__rd_points_high", float)
def _(firm, period, _parameters):
    by_sales, by_cost = _rd_shares(firm, period)
    return np.where(np.isnan(by_sales) | np.isnan(by_cost), 50, firm("tech_sme__rd_points_low", period))


@variable("tech_sme__ip_points_low", float)
def _(firm, period, parameters):
    by_class2 = parameters(period).tech_sme.class2.calc(firm("ip_class2_count_for_tsme", period))
    return np.where(firm("ip_class1_count_for_tsme", period) >= 1, 30, by_class2)


@variable("tech_sme__ip_points_high", float)
def _(firm, period, _parameters):
    class1, class2 = firm("ip_class1_count_for_tsme", period), firm("ip_class2_count_for_tsme", period)
    unless_class1 = np.where(np.isnan(class2), 24, firm("tech_sme__ip_points_low", period))
    return np.where(np.isnan(class1), 30, np.where(class1 >= 1, 30, unless_class1))


@variable("tech_sme__score_low", float)
def _(firm, period, _parameters):
    return sum(firm(f"tech_sme__{item}_points_low", period) for item in ("tech", "rd", "ip"))


@variable("tech_sme__score_high", float)
def _(firm, period, _parameters):
    return sum(firm(f"tech_sme__{item}_points_high", period) for item in ("tech", "rd", "ip"))


copy_fact("tech_sme__C1_resident", "resident_enterprise_audited_collection")
copy_fact("tech_sme__D1_valid_hnte", "valid_hnte_certificate")
copy_fact("tech_sme__D2_national_award", "national_award_top3_within_5y")
copy_fact("tech_sme__D3_rd_institution", "provincial_rd_institution")
copy_fact("tech_sme__D4_led_standard", "led_standard_within_5y")


@variable("tech_sme__C2_staff", int)
def _(firm, period, parameters):
    most = parameters(period).tech_sme.staff_at_most
    staff, tech = firm("staff_total", period.last_year), firm("tech_staff", period.last_year)
    return outcome_of(staff <= most, np.isnan(staff) & ~(tech > most))


@variable("tech_sme__C2_sales", int)
def _(firm, period, parameters):
    sales = firm("sales_revenue", period.last_year)
    return outcome_of(sales <= parameters(period).tech_sme.sales_at_most, np.isnan(sales))


@variable("tech_sme__C2_assets", int)
def _(firm, period, parameters):
    assets = firm("total_assets", period.last_year)
    return outcome_of(assets <= parameters(period).tech_sme.assets_at_most, np.isnan(assets))


@variable("tech_sme__C2_staff_gap", float)
def _(firm, period, parameters):
    return np.maximum(firm("staff_total", period.last_year) - parameters(period).tech_sme.staff_at_most, 0)


@variable("tech_sme__C2_sales_gap", float)
def _(firm, period, parameters):
    return np.maximum(firm("sales_revenue", period.last_year) - parameters(period).tech_sme.sales_at_most, 0)


@variable("tech_sme__C2_assets_gap", float)
def _(firm, period, parameters):
    return np.maximum(firm("total_assets", period.last_year) - parameters(period).tech_sme.assets_at_most, 0)


@variable("tech_sme__C3_industry", int)
def _(firm, period, _parameters):
    facts = ("restricted_or_eliminated_industry", "super_deduction_excluded_industry")
    return YES - np.maximum(*(firm(fact, period) for fact in facts))


@variable("tech_sme__C4_conduct", int)
def _(firm, period, _parameters):
    facts = ("serious_incident_last_or_current_year", "abnormal_or_dishonest_list")
    return YES - np.maximum(*(firm(fact, period) for fact in facts))


@variable("tech_sme__C5_score", int)
def _(firm, period, parameters):
    mark = parameters(period).tech_sme.pass_mark
    low, high = (
        (firm(f"tech_sme__score_{end}", period) >= mark) & (firm(f"tech_sme__tech_points_{end}", period) > 0)
        for end in ("low", "high")
    )
    return outcome_of(low, high)


@variable("tech_sme__C5_score_gap", float)
def _(firm, period, parameters):
    mark = parameters(period).tech_sme.pass_mark
    low, high = firm("tech_sme__score_low", period), firm("tech_sme__score_high", period)
    short = np.where((low == high) & (low < mark), mark - low, np.nan)
    return np.where(firm("tech_sme__C5_score", period) == YES, 0, short)


@variable("tech_sme__outcome", int)
def _(firm, period, _parameters):
    conditions = [firm(f"tech_sme__{name}", period) for name in CONDITIONS["tech_sme"]]
    return np.minimum.reduce([*conditions[:6], np.maximum.reduce(conditions[6:])])
