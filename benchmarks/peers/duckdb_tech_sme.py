"""科技型中小企业 in SQL, written by hand: literal numbers, or the columns of a joined table of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contract import POINT, TechSmeParameters

from peers.sql_text import Layer, case, outcome, quoted


def literals(law: TechSmeParameters) -> dict[str, str]:
    """The numbers of the policy by the names that its layers use."""
    named = {
        "staff": law.staff_at_most,
        "sales": law.sales_at_most,
        "assets": law.assets_at_most,
        "mark": law.pass_mark,
    }
    edges = {"tech": law.tech_staff_edges, "rd_sales": law.rd_by_sales_edges, "rd_cost": law.rd_by_cost_edges}
    named |= {
        f"{item}_{place}": edge for item, steps in edges.items() for place, edge in enumerate(steps, start=1)
    }
    return {name: str(number) for name, number in named.items()}


def tech_sme_common() -> Layer:
    """What all variants share: scaled facts, plain conditions, achievements."""
    class1, class2 = '"ip_class1_count.tsme"', '"ip_class2_count.tsme"'
    by_class2 = [(f"{class2} >= 4", 24), (f"{class2} = 3", 18), (f"{class2} = 2", 12), (f"{class2} = 1", 6)]
    return {
        "tech_scaled": '"tech_staff@2025" * 10000',
        "rd_scaled": '"rd_expense_tsme@2025" * 10000',
        "no_tech": '"tech_staff@2025" = 0 OR "staff_total@2025" = 0',
        "no_rd_by_sales": '"rd_expense_tsme@2025" = 0 OR "sales_revenue@2025" = 0',
        "no_rd_by_cost": '"rd_expense_tsme@2025" = 0 OR "cost_expense_total@2025" = 0',
        "ip_low": case((f"{class1} >= 1", 30), *by_class2, otherwise=0),
        "ip_high": case(
            (f"{class1} >= 1 OR {class1} IS NULL", 30), *by_class2, (f"{class2} IS NULL", 24), otherwise=0
        ),
        "industry": "NOT (restricted_or_eliminated_industry OR super_deduction_excluded_industry)",
        "conduct": "NOT (serious_incident_last_or_current_year OR abnormal_or_dishonest_list)",
        "direct": "valid_hnte_certificate OR national_award_top3_within_5y "
        "OR provincial_rd_institution OR led_standard_within_5y",
    }


def _share_points(scaled: str, whole: str, none: str, edges: Sequence[str], step: int) -> tuple[str, str]:
    """Least and most points of a share; ``none`` says that the part or the whole is zero for certain."""
    highest_first = list(enumerate(edges, start=1))[::-1]
    cases = [(f'{scaled} >= "{whole}" * {edge}', step * number) for number, edge in highest_first]
    unknown = f'{scaled} IS NULL OR "{whole}" IS NULL'
    return (
        case((none, 0), *cases, otherwise=0),
        case((none, 0), (unknown, step * len(edges)), *cases, otherwise=0),
    )


def tech_sme_layers(name: str, law: Mapping[str, str]) -> list[Layer]:
    """Answer one variant, or all of them where ``law`` names columns; answers are named ``name.…``."""

    def edges(item: str) -> list[str]:
        return [law[f"{item}_{place}"] for place in range(1, 6)]

    def at(part: str) -> str:
        return quoted(f"{name}.{part}")

    tech = _share_points("tech_scaled", "staff_total@2025", "no_tech", edges("tech"), 4)
    sales = _share_points("rd_scaled", "sales_revenue@2025", "no_rd_by_sales", edges("rd_sales"), 10)
    cost = _share_points("rd_scaled", "cost_expense_total@2025", "no_rd_by_cost", edges("rd_cost"), 10)
    items = {
        f"{name}.{item}_{end}": points
        for item, pair in {"tech": tech, "sales": sales, "cost": cost}.items()
        for end, points in zip(("low", "high"), pair, strict=True)
    }
    totals = {}
    for end in ("low", "high"):
        better = f"greatest({at(f'sales_{end}')}, {at(f'cost_{end}')})"
        totals[f"{name}.{end}"] = f"{at(f'tech_{end}')} + {better} + ip_{end}"
    low, high, mark = at("low"), at("high"), law["mark"]
    amounts = {
        "C2_staff": "staff_total@2025",
        "C2_sales": "sales_revenue@2025",
        "C2_assets": "total_assets@2025",
    }
    limits = {"C2_staff": law["staff"], "C2_sales": law["sales"], "C2_assets": law["assets"]}
    conditions = {
        f"{name}.C1_resident": "resident_enterprise_audited_collection",
        f"{name}.C2_staff": case(
            ('"staff_total@2025" IS NOT NULL', f'"staff_total@2025" <= {law["staff"]}'),
            (f'"tech_staff@2025" > {law["staff"]}', "false"),
        ),
        f"{name}.C2_sales": f'"sales_revenue@2025" <= {law["sales"]}',
        f"{name}.C2_assets": f'"total_assets@2025" <= {law["assets"]}',
        **{
            f"{name}.{part}.gap": case(
                (f'"{fact}" > {limits[part]}', f'"{fact}" - {limits[part]}'), (f'"{fact}" IS NOT NULL', 0)
            )
            for part, fact in amounts.items()
        },
        f"{name}.C3_industry": "industry",
        f"{name}.C4_conduct": "conduct",
        f"{name}.C5_score": outcome(
            f"{low} >= {mark} AND {at('tech_low')} > 0", f"{high} >= {mark} AND {at('tech_high')} > 0"
        ),
        f"{name}.D1_valid_hnte": "valid_hnte_certificate",
        f"{name}.D2_national_award": "national_award_top3_within_5y",
        f"{name}.D3_rd_institution": "provincial_rd_institution",
        f"{name}.D4_led_standard": "led_standard_within_5y",
        f"{name}.score_low": f"{low}::BIGINT * {POINT}",
        f"{name}.score_high": f"{high}::BIGINT * {POINT}",
    }
    necessary = ("C1_resident", "C2_staff", "C2_sales", "C2_assets", "C3_industry", "C4_conduct")
    verdict = {
        f"{name}.C5_score.gap": case(
            (at("C5_score"), 0), (f"{low} = {high} AND {low} < {mark}", f"({mark} - {low}) * {POINT}")
        ),
        f"{name}.outcome": f"{' AND '.join(map(at, necessary))} AND ({at('C5_score')} OR direct)",
    }
    return [items, totals, conditions, verdict]
