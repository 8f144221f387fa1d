"""高新技术企业 as OpenFisca variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from contract import AS_OF, CONDITIONS

from peers.openfisca_system import (
    NO,
    YES,
    YUAN_PER_WAN,
    Array,
    Letter,
    copy_fact,
    dated,
    known_ratio,
    outcome_of,
    scale,
    variable,
)

PARAMETERS = {
    "age_in_days": dated(365),
    "tech_staff_share": dated(0.1),
    "hightech_share": dated(0.6),
    "domestic_share": dated(0.6),
    "above": dated(70),
    "bracket_edges": {"low": dated(5_000 * YUAN_PER_WAN), "high": dated(20_000 * YUAN_PER_WAN)},
    "class2": scale(1, 3, 5, step=1),
    "conversions": scale(1, 2, 3, 4, 5, step=1),
    "growth": {
        "metadata": {"type": "single_amount"},
        "brackets": [
            {"threshold": {"2016-01-01": edge}, "amount": {"2016-01-01": band}}
            for edge, band in ((0.05, 2), (0.15, 3), (0.25, 4), (0.35, 5))
        ],
    },
}


def _founded(firm, period) -> Array:
    return ~np.isnat(firm("established_on", period))


def _in_years(firm, period, metric: str) -> list[Array]:
    """Amounts of the last three years, newest first; 0 before the founding year."""
    established = firm("established_on", period)
    years = [period.offset(-back) for back in (1, 2, 3)]
    return [
        np.where(established >= np.datetime64(f"{year.start.year + 1}-01-01"), 0, firm(metric, year))
        for year in years
    ]


def _sums(amounts: Sequence[Array]) -> Iterator[tuple[Array, Array]]:
    """Sums of the last one, two and three years: NaN where one is unknown, and the least they can be."""
    for years in (1, 2, 3):
        yield sum(amounts[:years]), sum(np.nan_to_num(amount) for amount in amounts[:years])


def _percent(firm, period, parameters) -> Array:
    """The R&D ratio asked for, NaN where last year's sales are unknown."""
    sales = firm("sales_revenue", period.last_year)
    first, second = (parameters(period).hnte.bracket_edges[name] for name in ("low", "high"))
    ratio = np.where(sales <= first, 0.05, np.where(sales <= second, 0.04, 0.03))
    return np.where(np.isnan(sales), np.nan, ratio).astype(np.float32)


@variable("hnte__H5_rd_ratio", int)
def _(firm, period, parameters):
    percent, founded = _percent(firm, period, parameters), _founded(firm, period)
    first, second = (parameters(period).hnte.bracket_edges[name] for name in ("low", "high"))
    rd_sums, sales_sums = (
        _sums(_in_years(firm, period, name)) for name in ("rd_expense_hnte", "sales_revenue")
    )
    possible = []
    for (rd, rd_least), (sales, sales_least) in zip(rd_sums, sales_sums, strict=True):
        lower_bracket = (rd_least >= 0.04 * (sales_least + first)) | (
            rd_least >= 0.03 * (sales_least + second)
        )
        reached = np.where(
            np.isnan(percent),
            (rd_least >= 0.05 * sales_least) | lower_bracket,
            rd_least >= percent * sales_least,
        )
        possible.append((np.isnan(sales) | (sales_least > 0)) & (np.isnan(rd) | ((rd_least > 0) & reached)))
    met = founded & (sales > 0) & (rd_least >= percent * sales)
    return outcome_of(met, possible[2] | (~founded & (possible[0] | possible[1])))


@variable("hnte__H5_rd_ratio_gap", float)
def _(firm, period, parameters):
    rd, sales = (sum(_in_years(firm, period, name)) for name in ("rd_expense_hnte", "sales_revenue"))
    known = _founded(firm, period) & (sales > 0)
    short = np.where(known, np.maximum(_percent(firm, period, parameters) * sales - rd, 0), np.nan)
    return np.where(firm("hnte__H5_rd_ratio", period) == YES, 0, short)


@variable("hnte__H5_domestic", int)
def _(firm, period, parameters):
    asked, founded = parameters(period).hnte.domestic_share, _founded(firm, period)
    names = ("rd_expense_hnte_domestic", "rd_expense_hnte")
    part_sums, rd_sums = (_sums(_in_years(firm, period, name)) for name in names)
    possible = []
    for (part, part_least), (rd, rd_least) in zip(part_sums, rd_sums, strict=True):
        reached = np.isnan(part) | ((part_least > 0) & (part_least >= asked * rd_least))
        possible.append((np.isnan(rd) | (rd_least > 0)) & reached)
    met = founded & (rd > 0) & (part_least >= asked * rd)
    return outcome_of(met, possible[2] | (~founded & (possible[0] | possible[1])))


@variable("hnte__H5_domestic_gap", float)
def _(firm, period, parameters):
    names = ("rd_expense_hnte_domestic", "rd_expense_hnte")
    part, rd = (sum(_in_years(firm, period, name)) for name in names)
    known = _founded(firm, period) & (rd > 0)
    short = np.where(known, np.maximum(parameters(period).hnte.domestic_share * rd - part, 0), np.nan)
    return np.where(firm("hnte__H5_domestic", period) == YES, 0, short)


@variable("hnte__H1_age", int)
def _(firm, period, parameters):
    days = _age_in_days(firm, period)
    return outcome_of(days >= parameters(period).hnte.age_in_days, np.isnan(days))


@variable("hnte__H1_age_gap", float)
def _(firm, period, parameters):
    return np.maximum(parameters(period).hnte.age_in_days - _age_in_days(firm, period), 0)


def _age_in_days(firm, period) -> Array:
    age = (np.datetime64(AS_OF) - firm("established_on", period)).astype(np.float32)
    return np.where(_founded(firm, period), age, np.nan)


@variable("hnte__H4_tech_staff", int)
def _(firm, period, parameters):
    share = known_ratio(firm("tech_staff", period.last_year), firm("staff_total", period.last_year))
    return outcome_of(share >= parameters(period).hnte.tech_staff_share, np.isnan(share))


@variable("hnte__H4_tech_staff_gap", float)
def _(firm, period, parameters):
    tech, staff = firm("tech_staff", period.last_year), firm("staff_total", period.last_year)
    short = np.ceil(staff * parameters(period).hnte.tech_staff_share) - tech
    return np.where(staff > 0, np.maximum(short, 0), np.nan)


@variable("hnte__H6_hightech_revenue", int)
def _(firm, period, parameters):
    share = known_ratio(firm("hightech_revenue", period.last_year), firm("total_income", period.last_year))
    return outcome_of(share >= parameters(period).hnte.hightech_share, np.isnan(share))


@variable("hnte__H6_hightech_revenue_gap", float)
def _(firm, period, parameters):
    hightech, income = firm("hightech_revenue", period.last_year), firm("total_income", period.last_year)
    short = income * parameters(period).hnte.hightech_share - hightech
    return np.where(income > 0, np.maximum(short, 0), np.nan)


copy_fact("hnte__H2_core_ip", "owns_core_ip")
copy_fact("hnte__H3_domain", "in_supported_hightech_domain")
copy_fact("hnte__H8_conduct", "serious_incident_within_365_days", negate=True)


def _growth_bands(first: Array, middle: Array, last: Array, scale: object, *, founded: Array) -> Array:
    """Bands 0 to 5. Unknown amounts stand at their worst: a first year boundless, a last year zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        later = np.nan_to_num(last) / middle
        earlier = np.where(np.isnan(first), 0, middle / first)
    one_pair = (first == 0) | (~founded & (earlier < later))
    growth = np.where(one_pair, later, (earlier + later) / 2) - 1
    return np.where(middle > 0, np.maximum(scale.calc(growth), growth > 0), 0)


@variable("hnte__sales_growth_bands", float)
def _(firm, period, parameters):
    last, middle, first = _in_years(firm, period, "sales_revenue")
    return _growth_bands(first, middle, last, parameters(period).hnte.growth, founded=_founded(firm, period))


@variable("hnte__asset_growth_bands", float)
def _(firm, period, parameters):
    last, middle, first = _in_years(firm, period, "net_assets")
    return _growth_bands(first, middle, last, parameters(period).hnte.growth, founded=_founded(firm, period))


def _unsure_assets(firm, period) -> Array:
    return np.logical_or.reduce([~(amount >= 0) for amount in _in_years(firm, period, "net_assets")])


def _first_of_band(band: Array) -> Array:
    """Bands of two points: 0 | 1-2 | 3-4 | …"""
    return np.maximum(band * 2 - 1, 0)


@variable("hnte__ip_points_low", float)
def _(firm, period, parameters):
    class1, class2 = firm("ip_class1_count_for_hnte", period), firm("ip_class2_count_for_hnte", period)
    count = np.where(class1 >= 1, 4, parameters(period).hnte.class2.calc(class2))
    grades = (
        _letter(firm, period, name, unknown=0) for name in ("ip_tech_level_grade", "ip_core_support_grade")
    )
    standards = firm("standards_participation", period) == YES
    return sum(map(_first_of_band, (count, *grades))) + 1 + standards


@variable("hnte__ip_points_high", float)
def _(firm, period, parameters):
    class1, class2 = firm("ip_class1_count_for_hnte", period), firm("ip_class2_count_for_hnte", period)
    unless_class1 = np.where(np.isnan(class2), 3, parameters(period).hnte.class2.calc(class2))
    count = np.where(class1 == 0, unless_class1, 4)
    grades = (
        _letter(firm, period, name, unknown=4) for name in ("ip_tech_level_grade", "ip_core_support_grade")
    )
    acquired = np.where(firm("ip_acquisition_grade", period) == Letter.B, 3, 6)
    standards = np.where(firm("standards_participation", period) == NO, 0, 2)
    return np.minimum(sum((count, *grades)) * 2 + acquired + standards, 30)


def _letter(firm, period, name: str, *, unknown: int) -> Array:
    """Bands 0 (E) to 4 (A)."""
    grade = np.asarray(firm(name, period)).astype(np.float32)
    return np.where(grade == 0, unknown, grade - 1)


@variable("hnte__organisation_points_low", float)
def _(firm, period, _parameters):
    return sum(np.nan_to_num(firm(name, period)) for name in _ORGANISATION)


@variable("hnte__organisation_points_high", float)
def _(firm, period, _parameters):
    return sum(np.nan_to_num(firm(name, period), nan=most) for name, most in _ORGANISATION.items())


_ORGANISATION = {
    "org_system_points": 6,
    "org_rd_body_points": 6,
    "org_incentive_points": 4,
    "org_training_points": 4,
}


@variable("hnte__score_low", float)
def _(firm, period, parameters):
    founded = _founded(firm, period)
    conversions = parameters(period).hnte.conversions.calc(firm("transformations_annual_avg", period))
    sales = np.where(founded, firm("hnte__sales_growth_bands", period), 0)
    assets = np.where(founded & ~_unsure_assets(firm, period), firm("hnte__asset_growth_bands", period), 0)
    items = firm("hnte__ip_points_low", period) + firm("hnte__organisation_points_low", period)
    return items + np.maximum(conversions * 6 - 5, 0) + _first_of_band(sales) + _first_of_band(assets)


@variable("hnte__score_high", float)
def _(firm, period, parameters):
    average = firm("transformations_annual_avg", period)
    conversions = np.where(np.isnan(average), 5, parameters(period).hnte.conversions.calc(average))
    last, middle, first = _in_years(firm, period, "sales_revenue")
    unknown = np.isnan(first) | np.isnan(middle) | np.isnan(last)
    stuck = (middle == 0) | (np.isnan(middle) & (first == 0) & (last == 0))
    sales = np.where(unknown, np.where(stuck, 0, 5), firm("hnte__sales_growth_bands", period))
    assets = np.where(_unsure_assets(firm, period), 5, firm("hnte__asset_growth_bands", period))
    items = firm("hnte__ip_points_high", period) + firm("hnte__organisation_points_high", period)
    return items + conversions * 6 + sales * 2 + assets * 2


@variable("hnte__H7_score", int)
def _(firm, period, parameters):
    mark = parameters(period).hnte.above
    return outcome_of(firm("hnte__score_low", period) > mark, firm("hnte__score_high", period) > mark)


@variable("hnte__H7_score_gap", float)
def _(firm, period, parameters):
    low, high = firm("hnte__score_low", period), firm("hnte__score_high", period)
    short = np.where(low == high, parameters(period).hnte.above + 1 - low, np.nan)
    return np.where(firm("hnte__H7_score", period) == YES, 0, short)


@variable("hnte__outcome", int)
def _(firm, period, _parameters):
    return np.minimum.reduce([firm(f"hnte__{name}", period) for name in CONDITIONS["hnte"]])
