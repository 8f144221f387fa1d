"""高新技术企业 as the documents word it, on every completion of the facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from contract import AS_OF, CONDITIONS, FEN_PER_WAN, POINT, YEARS

from peers.completions import LARGE, SMALL, VAST, Answer, Facts, all_of, band, extremes, gap, settle

FOUNDING_DAYS = [dt.date(year, 1, 1) for year in (2000, 2024, 2025, 2026)]
BRACKETS = ((5_000 * FEN_PER_WAN, 5), (20_000 * FEN_PER_WAN, 4), (None, 3))

_LETTERS = {"A": (7, 8), "B": (5, 6), "C": (3, 4), "D": (1, 2), "E": (0, 0)}
_GROWTH = {
    Fraction(35, 100): (9, 10),
    Fraction(25, 100): (7, 8),
    Fraction(15, 100): (5, 6),
    Fraction(5, 100): (3, 4),
}
_CONVERSIONS = {
    5 * POINT: (25, 30),
    4 * POINT: (19, 24),
    3 * POINT: (13, 18),
    2 * POINT: (7, 12),
    POINT: (1, 6),
}
_ORGANISATION = {
    "org_system_points": 6,
    "org_rd_body_points": 6,
    "org_incentive_points": 4,
    "org_training_points": 4,
}


def _years(founded: dt.date) -> list[int]:
    """The fiscal years there are: the founding calendar year counts."""
    return [year for year in YEARS if year >= founded.year]


def _growth_points(founded: dt.date, *yearly: int) -> tuple[int, int]:
    values = [value for year, value in zip(YEARS, yearly, strict=True) if year in _years(founded)]
    if any(value < 0 for value in values):
        return 0, 10
    if len(values) < 2 or values[-2] == 0:
        return 0, 0
    growth = Fraction(values[-1], values[-2]) - 1
    if len(values) == 3 and values[0] != 0:
        growth = (Fraction(values[1], values[0]) + Fraction(values[2], values[1])) / 2 - 1
    return band(growth, _GROWTH, (1, 2) if growth > 0 else (0, 0))


def _count_points(class1: int, class2: int) -> tuple[int, int]:
    return (7, 8) if class1 >= 1 else band(class2, {5: (5, 6), 3: (3, 4), 1: (1, 2)}, (0, 0))


def _percent(last_sales: int) -> int:
    """The R&D ratio asked for, by the sales of the last year."""
    return next(percent for edge, percent in BRACKETS if edge is None or last_sales <= edge)


def _rd_met(founded: dt.date, *yearly: int) -> bool:
    rd, sales = (
        sum(v for year, v in zip(YEARS, part, strict=True) if year in _years(founded))
        for part in (yearly[:3], yearly[3:])
    )
    return sales > 0 and rd * 100 >= _percent(yearly[5]) * sales


def _domestic_met(founded: dt.date, *yearly: int) -> bool:
    part, whole = (
        sum(v for year, v in zip(YEARS, half, strict=True) if year in _years(founded))
        for half in (yearly[:3], yearly[3:])
    )
    return whole > 0 and part * 100 >= whole * 60


def _share_met(percent: int) -> Callable[[int, int], bool]:
    return lambda part, whole: whole > 0 and part * 100 >= whole * percent


def _shortfall(part: int, whole: int, percent: int) -> int | None:
    """How much the part lacks, the whole fixed; nothing can be said over a zero whole."""
    return None if whole == 0 else -(-whole * percent // 100) - part


def _score(facts: Facts, founded: tuple[dt.date, ...]) -> tuple[int, int]:
    """Add up the intervals of the scored items, in 1e-4 points."""

    def interval(results: list[tuple[int, int]]) -> tuple[int, int]:
        return min(low for low, _ in results), max(high for _, high in results)

    def letter(name: str) -> tuple[int, int]:
        return interval(extremes(_LETTERS.get, facts[name], candidates=(tuple(_LETTERS),)))

    def growth(name: str, least: int) -> tuple[int, int]:
        values = [facts[f"{name}@{year}"] for year in YEARS]
        choices = (least, 0, SMALL, LARGE, VAST)
        return interval(
            extremes(_growth_points, None, *values, candidates=(founded, choices, choices, choices))
        )

    ip = [
        letter("ip_tech_level_grade"),
        letter("ip_core_support_grade"),
        interval(
            extremes(
                _count_points,
                facts["ip_class1_count.hnte"],
                facts["ip_class2_count.hnte"],
                candidates=((0, 1), (0, 5)),
            )
        ),
        {"A": (1, 6), "B": (1, 3), None: (1, 6)}[facts["ip_acquisition_grade"]],
        {True: (1, 2), False: (0, 0), None: (0, 2)}[facts["standards_participation"]],
    ]
    conversions = facts["transformations_annual_avg"]
    items = [
        (min(30, sum(low for low, _ in ip)), min(30, sum(high for _, high in ip))),
        (0, 30) if conversions is None else band(conversions, _CONVERSIONS, (0, 0)),
        growth("net_assets", -1),
        growth("sales_revenue", 0),
    ]
    low, high = (sum(item[end] for item in items) * POINT for end in (0, 1))
    for name, most in _ORGANISATION.items():
        low += facts[name] or 0
        high += most * POINT if facts[name] is None else facts[name]
    return low, high


def _sums_over(years: list[int], *series: list[int | None]) -> list[int] | None:
    """Sum each series over the years there are, or give None where an amount is unknown."""
    if any(amounts[YEARS.index(year)] is None for year in years for amounts in series):
        return None
    return [sum(amounts[YEARS.index(year)] for year in years) for amounts in series]


def _shares(facts: Facts) -> Answer:
    """Answer the two conditions that compare a part with its whole. Technical staff are part of the staff."""
    tech, staff = facts["tech_staff@2025"], facts["staff_total@2025"]
    hightech, income = facts["hightech_revenue@2025"], facts["total_income@2025"]
    staff_choices = (tech or 0, (tech or 0) + 1, VAST)
    result: Answer = {
        "H4_tech_staff": settle(
            extremes(
                _share_met(10), tech, staff, candidates=((0, 1 if staff is None else staff), staff_choices)
            )
        ),
        "H6_hightech_revenue": settle(
            extremes(_share_met(60), hightech, income, candidates=((0, LARGE), (0, SMALL, VAST)))
        ),
    }
    for name, part, whole, percent in (
        ("H4_tech_staff", tech, staff, 10),
        ("H6_hightech_revenue", hightech, income, 60),
    ):
        result[f"{name}.gap"] = gap(result[name], (part, whole), partial(_shortfall, part, whole, percent))
    return result


def _spending(facts: Facts) -> Answer:
    """Answer the two conditions on sums over the years there are."""
    established = facts["established_on"]
    founded = tuple(FOUNDING_DAYS) if established is None else (established,)
    sales, rd, domestic = (
        [facts[f"{name}@{year}"] for year in YEARS]
        for name in ("sales_revenue", "rd_expense_hnte", "rd_expense_hnte_domestic")
    )
    last_sales = (0, SMALL, *(edge + more for edge, _ in BRACKETS[:2] for more in (0, 1)), VAST)
    wholes = (0, SMALL, VAST)
    ratio_choices = (founded, *[(0, LARGE)] * 3, wholes, wholes, last_sales)
    part_choices = (founded, *[(0, SMALL, LARGE)] * 3, wholes, wholes, wholes)
    result: Answer = {
        "H5_rd_ratio": settle(extremes(_rd_met, None, *rd, *sales, candidates=ratio_choices)),
        "H5_domestic": settle(extremes(_domestic_met, None, *domestic, *rd, candidates=part_choices)),
    }
    years = None if established is None else _years(established)
    ratio_sums = None if years is None else _sums_over(years, rd, sales)
    domestic_sums = None if years is None else _sums_over(years, domestic, rd)
    result["H5_rd_ratio.gap"] = gap(
        result["H5_rd_ratio"], (ratio_sums,), lambda: _shortfall(*ratio_sums, _percent(sales[2]))
    )
    result["H5_domestic.gap"] = gap(
        result["H5_domestic"], (domestic_sums,), lambda: _shortfall(*domestic_sums, 60)
    )
    return result


def answer_hnte(facts: Facts) -> Answer:
    """Judge one enterprise, holes allowed."""
    established, incident = facts["established_on"], facts["serious_incident_within_365_days"]
    founded = tuple(FOUNDING_DAYS) if established is None else (established,)
    age = None if established is None else (AS_OF - established).days
    low, high = _score(facts, founded)
    result: Answer = {
        "H1_age": None if age is None else age >= 365,
        "H2_core_ip": facts["owns_core_ip"],
        "H3_domain": facts["in_supported_hightech_domain"],
        **_shares(facts),
        **_spending(facts),
        "H7_score": True if low > 70 * POINT else False if high <= 70 * POINT else None,
        "H8_conduct": None if incident is None else not incident,
    }
    outcome = all_of([result[name] for name in CONDITIONS["hnte"]])
    result["H1_age.gap"] = gap(result["H1_age"], (age,), lambda: 365 - age)
    result["H7_score.gap"] = gap(result["H7_score"], () if low == high else (None,), lambda: 71 * POINT - low)
    return result | {"score_low": low, "score_high": high, "outcome": outcome}
