"""科技型中小企业 as the documents word it, on every completion of the facts."""

from __future__ import annotations

from fractions import Fraction

from contract import CONDITIONS, POINT, TechSmeParameters

from peers.completions import LARGE, SMALL, VAST, Answer, Facts, all_of, any_of, band, extremes, gap, settle


def _share_points(part: int, whole: int, edges: tuple[int, ...], step: int) -> int:
    """Points of a share: ``step`` for each edge (in 1e-4) that it reaches; none over a zero whole."""
    return 0 if whole == 0 else step * sum(Fraction(part, whole) >= Fraction(edge, 10_000) for edge in edges)


def _achievement_points(class1: int, class2: int) -> int:
    return 30 if class1 >= 1 else band(class2, {4: 24, 3: 18, 2: 12, 1: 6}, 0)


def _items(law: TechSmeParameters, facts: Facts) -> list[list[int]]:
    """List the points that each scored item can get: technical staff, R&D, intellectual property."""
    tech, staff, sales, cost, rd = (
        facts[f"{name}@2025"]
        for name in ("tech_staff", "staff_total", "sales_revenue", "cost_expense_total", "rd_expense_tsme")
    )

    def rd_points(spent: int, sold: int, cost_total: int) -> int:
        by_sales = _share_points(spent, sold, law.rd_by_sales_edges, 10)
        return max(by_sales, _share_points(spent, cost_total, law.rd_by_cost_edges, 10))

    def tech_points(part: int, whole: int) -> int:
        return _share_points(part, whole, law.tech_staff_edges, 4)

    tech_choices = (0, VAST if staff is None else staff)
    amounts = (0, SMALL, LARGE, VAST)
    return [
        extremes(tech_points, tech, staff, candidates=(tech_choices, (tech or 0, VAST, VAST * VAST))),
        extremes(rd_points, rd, sales, cost, candidates=(amounts, amounts, amounts)),
        extremes(
            _achievement_points,
            facts["ip_class1_count.tsme"],
            facts["ip_class2_count.tsme"],
            candidates=((0, 1), (0, 4)),
        ),
    ]


def _limits(law: TechSmeParameters, facts: Facts) -> Answer:
    """Answer the three conditions on size. The staff are at least the technical staff."""
    least_staff = facts["tech_staff@2025"] or 0
    result: Answer = {}
    for name, fact, limit, least in (
        ("C2_staff", "staff_total@2025", law.staff_at_most, least_staff),
        ("C2_sales", "sales_revenue@2025", law.sales_at_most, 0),
        ("C2_assets", "total_assets@2025", law.assets_at_most, 0),
    ):
        amount = facts[fact]
        result[name] = settle(
            extremes(lambda value, most=limit: value <= most, amount, candidates=((least, VAST),))
        )
        result[f"{name}.gap"] = gap(result[name], (amount,), lambda value=amount, most=limit: value - most)
    return result


def _score(law: TechSmeParameters, facts: Facts) -> Answer:
    """Answer the condition on the score, which also asks for points of the technical staff."""
    items = _items(law, facts)
    low, high = sum(map(min, items)), sum(map(max, items))
    met = None
    if low >= law.pass_mark and min(items[0]) > 0:
        met = True
    elif high < law.pass_mark or max(items[0]) == 0:
        met = False
    short = (law.pass_mark - low) * POINT if low == high and low < law.pass_mark else None
    return {
        "C5_score": met,
        "C5_score.gap": 0 if met else short,
        "score_low": low * POINT,
        "score_high": high * POINT,
    }


def answer_tech_sme(law: TechSmeParameters, facts: Facts) -> Answer:
    """Judge one enterprise, holes allowed."""

    def neither(*names: str) -> bool | None:
        return all_of([None if facts[name] is None else not facts[name] for name in names])

    result: Answer = {
        "C1_resident": facts["resident_enterprise_audited_collection"],
        **_limits(law, facts),
        "C3_industry": neither("restricted_or_eliminated_industry", "super_deduction_excluded_industry"),
        "C4_conduct": neither("serious_incident_last_or_current_year", "abnormal_or_dishonest_list"),
        **_score(law, facts),
        "D1_valid_hnte": facts["valid_hnte_certificate"],
        "D2_national_award": facts["national_award_top3_within_5y"],
        "D3_rd_institution": facts["provincial_rd_institution"],
        "D4_led_standard": facts["led_standard_within_5y"],
    }
    conditions = [result[name] for name in CONDITIONS["tech_sme"]]
    return result | {"outcome": all_of([*conditions[:6], any_of(conditions[6:])])}
