"""What is right, in the slowest and plainest way: try every completion of the unknown facts.

``judge`` evaluates the policies on complete facts as the documents word them. ``answer`` fills each unknown
fact with every critical value of its domain (amounts below, on and above each threshold, and far beyond it)
and keeps the extremes. Nothing here knows interval arithmetic, so it can find mistakes in engines that do.

Each condition and each scored item is completed on its own, and the score interval is the sum of its items'
intervals: that is the contract of this suite (see README.md).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from contract import AS_OF, FEN_PER_WAN, HNTE_COLUMNS, POINT, YEARS, Policy, TechSmeParameters

Facts = Mapping[str, Any]
Answer = dict[str, Any]
"""``outcome``, ``score_low``, ``score_high``, each condition, and each gap as ``CONDITION.gap``."""

SMALL, LARGE, VAST = 1, 10**15, 10**30
"""Unknown amounts are any real amount, so one fen and two sizes no firm has stand for "tiny" and
"boundless"."""

FOUNDING_DAYS = [dt.date(year, 1, 1) for year in (2000, 2024, 2025, 2026)]
BRACKETS = ((5_000 * FEN_PER_WAN, 5), (20_000 * FEN_PER_WAN, 4), (None, 3))


def answer(policy: Policy, facts: Facts) -> Answer:
    """Judge one enterprise, holes allowed."""
    return _answer_tech_sme(policy.tech_sme, facts) if policy.kind == "tech_sme" else _answer_hnte(facts)


def extremes(rule: Callable[..., Any], *facts: Any, candidates: tuple[Any, ...]) -> list[Any]:
    """List what ``rule`` says over all completions: unknown facts take the candidates given for their
    position."""
    choices = [given if fact is None else (fact,) for fact, given in zip(facts, candidates, strict=True)]
    return [rule(*values) for values in itertools.product(*choices)]


def _settle(results: list[Any]) -> bool | None:
    """Give the one answer that all completions share, or None."""
    found = {bool(result) for result in results if result is not None}
    return found.pop() if len(found) == 1 else None


def _band(value: Fraction | int, edges: Mapping[Any, Any], below: Any) -> Any:
    """Take the band of the highest edge reached."""
    return next((points for edge, points in edges.items() if value >= edge), below)


def _all(conditions: list[bool | None]) -> bool | None:
    if False in conditions:
        return False
    return None if None in conditions else True


def _any(conditions: list[bool | None]) -> bool | None:
    if True in conditions:
        return True
    return None if None in conditions else False


def _gap(outcome: bool | None, known: tuple[Any, ...], shortfall: Callable[[], int | None]) -> int | None:
    """Give 0 for a met condition, the shortfall where all its facts are known, else None."""
    if outcome is True:
        return 0
    return None if any(value is None for value in known) else shortfall()


# --- 科技型中小企业 ------------------------------------------------------------


def _share_points(part: int, whole: int, edges: tuple[int, ...], step: int) -> int:
    """Points of a share: ``step`` for each edge (in 1e-4) that it reaches; none over a zero whole."""
    return 0 if whole == 0 else step * sum(Fraction(part, whole) >= Fraction(edge, 10_000) for edge in edges)


def _achievement_points(class1: int, class2: int) -> int:
    return 30 if class1 >= 1 else _band(class2, {4: 24, 3: 18, 2: 12, 1: 6}, 0)


def _answer_tech_sme(law: TechSmeParameters, facts: Facts) -> Answer:
    staff, tech = facts["staff_total@2025"], facts["tech_staff@2025"]
    sales, cost, rd = (
        facts[f"{name}@2025"] for name in ("sales_revenue", "cost_expense_total", "rd_expense_tsme")
    )
    staff_choices = sorted(
        {count for count in (0, 1, tech or 0, law.staff_at_most + 1, VAST) if count >= (tech or 0)}
    )
    tech_choices = (0, *(() if staff is None else (staff,)), 1, VAST)

    def tech_points(tech_staff: int, staff_total: int) -> int | None:
        if tech_staff > staff_total:
            return None
        return _share_points(tech_staff, staff_total, law.tech_staff_edges, 4)

    def rd_points(spent: int, sold: int, cost_total: int) -> int:
        by_sales = _share_points(spent, sold, law.rd_by_sales_edges, 10)
        return max(by_sales, _share_points(spent, cost_total, law.rd_by_cost_edges, 10))

    amounts = (0, SMALL, LARGE, VAST)
    items = [
        [
            p
            for p in extremes(tech_points, tech, staff, candidates=(tech_choices, tuple(staff_choices)))
            if p is not None
        ],
        extremes(rd_points, rd, sales, cost, candidates=(amounts, amounts, amounts)),
        extremes(
            _achievement_points,
            facts["ip_class1_count.tsme"],
            facts["ip_class2_count.tsme"],
            candidates=((0, 1), (0, 4)),
        ),
    ]
    low, high = sum(map(min, items)), sum(map(max, items))
    score_met = None
    if low >= law.pass_mark and min(items[0]) > 0:
        score_met = True
    elif high < law.pass_mark or max(items[0]) == 0:
        score_met = False

    def no(name: str) -> bool | None:
        return None if facts[name] is None else not facts[name]

    limits = {
        "C2_staff": (staff, law.staff_at_most, tuple(staff_choices)),
        "C2_sales": (sales, law.sales_at_most, (0, VAST)),
        "C2_assets": (facts["total_assets@2025"], law.assets_at_most, (0, VAST)),
    }
    result: Answer = {"C1_resident": facts["resident_enterprise_audited_collection"]}
    for name, (amount, limit, choices) in limits.items():
        result[name] = _settle(
            extremes(lambda value, most=limit: value <= most, amount, candidates=(choices,))
        )
        result[f"{name}.gap"] = _gap(result[name], (amount,), lambda value=amount, most=limit: value - most)
    result |= {
        "C3_industry": _all(
            [no("restricted_or_eliminated_industry"), no("super_deduction_excluded_industry")]
        ),
        "C4_conduct": _all([no("serious_incident_last_or_current_year"), no("abnormal_or_dishonest_list")]),
        "C5_score": score_met,
        "C5_score.gap": _gap(
            score_met,
            () if low == high else (None,),
            lambda: (law.pass_mark - low) * POINT if low < law.pass_mark else None,
        ),
        "D1_valid_hnte": facts["valid_hnte_certificate"],
        "D2_national_award": facts["national_award_top3_within_5y"],
        "D3_rd_institution": facts["provincial_rd_institution"],
        "D4_led_standard": facts["led_standard_within_5y"],
        "score_low": low * POINT,
        "score_high": high * POINT,
    }
    route = _any(
        [
            result[name]
            for name in (
                "C5_score",
                "D1_valid_hnte",
                "D2_national_award",
                "D3_rd_institution",
                "D4_led_standard",
            )
        ]
    )
    necessary = ("C1_resident", "C2_staff", "C2_sales", "C2_assets", "C3_industry", "C4_conduct")
    return result | {"outcome": _all([*(result[name] for name in necessary), route])}


# --- 高新技术企业 ------------------------------------------------------------

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
    return _band(growth, _GROWTH, (1, 2) if growth > 0 else (0, 0))


def _count_points(class1: int, class2: int) -> tuple[int, int]:
    return (7, 8) if class1 >= 1 else _band(class2, {5: (5, 6), 3: (3, 4), 1: (1, 2)}, (0, 0))


def _rd_met(founded: dt.date, *yearly: int) -> bool:
    rd, sales = (
        sum(v for year, v in zip(YEARS, part, strict=True) if year in _years(founded))
        for part in (yearly[:3], yearly[3:])
    )
    percent = next(percent for edge, percent in BRACKETS if edge is None or yearly[5] <= edge)
    return sales > 0 and rd * 100 >= percent * sales


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
        (0, 30) if conversions is None else _band(conversions, _CONVERSIONS, (0, 0)),
        growth("net_assets", -1),
        growth("sales_revenue", 0),
    ]
    low, high = (sum(item[end] for item in items) * POINT for end in (0, 1))
    for name, most in _ORGANISATION.items():
        low += facts[name] or 0
        high += most * POINT if facts[name] is None else facts[name]
    return low, high


def _answer_hnte(facts: Facts) -> Answer:
    established = facts["established_on"]
    founded = tuple(FOUNDING_DAYS) if established is None else (established,)
    years = None if established is None else _years(established)
    sales, rd, domestic = (
        [facts[f"{name}@{year}"] for year in YEARS]
        for name in ("sales_revenue", "rd_expense_hnte", "rd_expense_hnte_domestic")
    )
    amounts = (0, SMALL, LARGE, VAST)
    last_sales = (0, SMALL, *(edge + more for edge, _ in BRACKETS[:2] for more in (0, 1)), VAST)
    choices = (founded, *[(0, LARGE)] * 3, (0, SMALL, VAST), (0, SMALL, VAST), last_sales)
    part_choices = (founded, *[(0, SMALL, LARGE)] * 3, *[(0, SMALL, VAST)] * 3)
    shares = {
        "H4_tech_staff": ("tech_staff@2025", "staff_total@2025", 10),
        "H6_hightech_revenue": ("hightech_revenue@2025", "total_income@2025", 60),
    }
    result: Answer = {
        "H1_age": None if established is None else (AS_OF - established).days >= 365,
        "H2_core_ip": facts["owns_core_ip"],
        "H3_domain": facts["in_supported_hightech_domain"],
        "H5_rd_ratio": _settle(extremes(_rd_met, None, *rd, *sales, candidates=choices)),
        "H5_domestic": _settle(extremes(_domestic_met, None, *domestic, *rd, candidates=part_choices)),
        "H8_conduct": None
        if facts["serious_incident_within_365_days"] is None
        else not facts["serious_incident_within_365_days"],
    }
    for name, (part, whole, percent) in shares.items():
        pair = facts[part], facts[whole]
        within = (0, SMALL) if pair[1] is None else (0, pair[1])
        rest = (pair[0] or 0, VAST) if name == "H4_tech_staff" else amounts
        result[name] = _settle(extremes(_share_met(percent), *pair, candidates=(within, (*rest, 1))))
        result[f"{name}.gap"] = _gap(
            result[name], pair, lambda pair=pair, percent=percent: _shortfall(*pair, percent)
        )
    used = [slice(None)] if years is None else [slice(3 - len(years), 3)]
    in_years = [series[used[0]] for series in (sales, rd, domestic)]
    percent = (
        None if sales[2] is None else next(p for edge, p in BRACKETS if edge is None or sales[2] <= edge)
    )
    result["H5_rd_ratio.gap"] = _gap(
        result["H5_rd_ratio"],
        (years, *in_years[0], *in_years[1]),
        lambda: _shortfall(sum(in_years[1]), sum(in_years[0]), percent),
    )
    result["H5_domestic.gap"] = _gap(
        result["H5_domestic"],
        (years, *in_years[1], *in_years[2]),
        lambda: _shortfall(sum(in_years[2]), sum(in_years[1]), 60),
    )
    result["H1_age.gap"] = _gap(result["H1_age"], (established,), lambda: 365 - (AS_OF - established).days)
    low, high = _score(facts, founded)
    result["H7_score"] = True if low > 70 * POINT else False if high <= 70 * POINT else None
    result["H7_score.gap"] = _gap(
        result["H7_score"], () if low == high else (None,), lambda: 71 * POINT - low
    )
    conditions = [result[name] for name in result if not name.endswith(".gap")]
    return result | {"score_low": low, "score_high": high, "outcome": _all(conditions)}


assert set(HNTE_COLUMNS) >= set(_ORGANISATION)
