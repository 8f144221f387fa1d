"""高新技术企业 in SQL, written by hand."""

from __future__ import annotations

from contract import AS_OF, CONDITIONS, FEN_PER_WAN, POINT, YEARS

from peers.sql_text import Layer, case, outcome, quoted

YEAR_AGO = AS_OF.replace(year=AS_OF.year - 1)
EDGE_5_PERCENT, EDGE_4_PERCENT = 5_000 * FEN_PER_WAN, 20_000 * FEN_PER_WAN


_SERIES = {
    "sales_revenue": "s",
    "rd_expense_hnte": "r",
    "rd_expense_hnte_domestic": "d",
    "net_assets": "n",
}


def hnte_layers(name: str) -> list[Layer]:
    """Answer the policy; answers are named ``name.…``."""

    def at(part: str) -> str:
        return quoted(f"{name}.{part}")

    def share(part: str, whole: str, times: int, over: int) -> str:
        return case(
            (f'"{part}" = 0 OR "{whole}" = 0', "false"), otherwise=f'"{part}" * {times} >= "{whole}" * {over}'
        )

    def share_gap(part: str, whole: str, times: int, over: int) -> str:
        lacking = f'("{whole}" * {over} + {times - 1}) // {times} - "{part}"'
        return case((f'"{whole}" > 0', f"CASE WHEN {lacking} < 0 THEN 0 ELSE {lacking} END"))

    days = f"established_on - DATE '{YEAR_AGO}'"
    conditions = {
        f"{name}.H1_age": f"established_on <= DATE '{YEAR_AGO}'",
        f"{name}.H1_age.gap": case((f"{days} > 0", days), ("established_on IS NOT NULL", 0)),
        f"{name}.H2_core_ip": "owns_core_ip",
        f"{name}.H3_domain": "in_supported_hightech_domain",
        f"{name}.H4_tech_staff": share("tech_staff@2025", "staff_total@2025", 10, 1),
        f"{name}.H4_tech_staff.gap": share_gap("tech_staff@2025", "staff_total@2025", 10, 1),
        f"{name}.H5_rd_ratio": outcome(
            "founded AND s_3 > 0 AND r_3_least * 100 >= percent * s_3",
            "rd_possible_3 OR (NOT founded AND (rd_possible_2 OR rd_possible_1))",
        ),
        f"{name}.H5_domestic": outcome(
            "founded AND r_3 > 0 AND d_3_least * 5 >= r_3 * 3",
            "domestic_possible_3 OR (NOT founded AND (domestic_possible_2 OR domestic_possible_1))",
        ),
        f"{name}.H6_hightech_revenue": share("hightech_revenue@2025", "total_income@2025", 5, 3),
        f"{name}.H6_hightech_revenue.gap": share_gap("hightech_revenue@2025", "total_income@2025", 5, 3),
        f"{name}.H7_score": outcome(f"h_low > {70 * POINT}", f"h_high > {70 * POINT}"),
        f"{name}.H8_conduct": "NOT serious_incident_within_365_days",
        f"{name}.score_low": "h_low",
        f"{name}.score_high": "h_high",
    }
    verdict = {
        f"{name}.H5_rd_ratio.gap": case(
            (at("H5_rd_ratio"), 0), ("founded AND s_3 > 0", "(s_3 * percent + 99) // 100 - r_3")
        ),
        f"{name}.H5_domestic.gap": case(
            (at("H5_domestic"), 0), ("founded AND r_3 > 0", "(r_3 * 3 + 4) // 5 - d_3")
        ),
        f"{name}.H7_score.gap": case((at("H7_score"), 0), ("h_low = h_high", f"{71 * POINT} - h_low")),
        f"{name}.outcome": " AND ".join(map(at, CONDITIONS["hnte"])),
    }
    return [_years(), _sums(), _bands(), _items(), _totals(), conditions, verdict]


def _years() -> Layer:
    """Amounts of the years there are: 0 before the founding year."""
    return {
        f"{short}{year}": case(
            (f"established_on >= DATE '{year + 1}-01-01'", 0), otherwise=f'"{metric}@{year}"'
        )
        for metric, short in _SERIES.items()
        for year in YEARS
    }


def _sums() -> Layer:
    """Sums over the last one, two and three years, and the two sides of growth."""
    last = "s2025"
    layer = {
        "founded": "established_on IS NOT NULL",
        "percent": case(
            (f"{last} <= {EDGE_5_PERCENT}", 5), (f"{last} <= {EDGE_4_PERCENT}", 4), (f"{last} IS NOT NULL", 3)
        ),
    }
    for short in "srd":
        for years in (1, 2, 3):
            terms = [f"{short}{year}" for year in YEARS[-years:]]
            layer[f"{short}_{years}"] = " + ".join(terms)
            layer[f"{short}_{years}_least"] = " + ".join(f"coalesce({term}, 0)" for term in terms)
    for short in "sn":
        first, middle, last = (f"{short}{year}::HUGEINT" for year in YEARS)
        layer |= {
            f"{short}_first": first,
            f"{short}_middle": f"coalesce({middle}, 0)",
            f"{short}_square": f"coalesce({middle} * {middle}, 0)",
            f"{short}_cross": f"{first} * coalesce({last}, 0)",
            f"{short}_last": f"coalesce({last}, 0)",
        }
    return layer


def _bands() -> Layer:
    """What the sums can reach, and growth as a fraction.

    Unknown R&D can be any amount; unknown sales are best at nothing or just beyond the edge of a lower
    bracket. With the founding day unknown, growth is the best of two and three years; an unknown first year
    is boundless.
    """
    layer = {}
    for years in (1, 2, 3):
        rd, sales, domestic = f"r_{years}_least", f"s_{years}_least", f"d_{years}_least"
        reached = case(
            ("percent IS NOT NULL", f"{rd} * 100 >= {sales} * percent"),
            otherwise=f"({rd} * 100 >= {sales} * 5 OR {rd} * 100 >= ({sales} + {EDGE_5_PERCENT + 1}) * 4 "
            f"OR {rd} * 100 >= ({sales} + {EDGE_4_PERCENT + 1}) * 3)",
        )
        layer[f"rd_possible_{years}"] = (
            f"(s_{years} IS NULL OR {sales} > 0) AND (r_{years} IS NULL OR ({rd} > 0 AND {reached}))"
        )
        layer[f"domestic_possible_{years}"] = (
            f"(r_{years} IS NULL OR {rd} > 0) "
            f"AND (d_{years} IS NULL OR ({domestic} > 0 AND {domestic} * 5 >= {rd} * 3))"
        )
    for short in "sn":
        first, middle, last = (f"{short}_{part}" for part in ("first", "middle", "last"))
        pair = f"{first} > 0 AND (founded OR {short}_square >= {short}_cross)"
        layer[f"{short}_over"] = case(
            (pair, f"({short}_square + {short}_cross) * 10"),
            (f"{first} >= 0", f"{last} * 20"),
            otherwise=f"{last} * 10",
        )
        layer[f"{short}_under"] = case((pair, f"{first} * {middle}"), otherwise=middle)
    return layer


def _items() -> Layer:
    """Bands of every scored item: the least and the most that its facts allow."""
    class1, class2 = '"ip_class1_count.hnte"', '"ip_class2_count.hnte"'
    by_class2 = [(f"{class2} >= 5", 3), (f"{class2} >= 3", 2), (f"{class2} >= 1", 1)]
    conversions = "transformations_annual_avg"
    by_conversions = [(f"{conversions} >= {number * POINT}", number) for number in (5, 4, 3, 2, 1)]
    layer = {}
    for item, letter in {"level": "ip_tech_level_grade", "support": "ip_core_support_grade"}.items():
        by_letter = [(f"{letter} = '{mark}'", band) for mark, band in zip("ABCD", (4, 3, 2, 1), strict=True)]
        layer[f"{item}_least"] = case(*by_letter, otherwise=0)
        layer[f"{item}_most"] = case(*by_letter, (f"{letter} IS NULL", 4), otherwise=0)
    for short in "sn":
        over, under = f"{short}_over", f"{short}_under"
        by_growth = [
            (f"{over} >= {under} * {tenths}", band) for tenths, band in ((27, 5), (25, 4), (23, 3), (21, 2))
        ]
        layer[f"{short}_bands"] = case(
            (f"{short}_middle = 0", 0), *by_growth, (f"{over} > {under} * 20", 1), otherwise=0
        )
    points = {
        "org_system_points": 6,
        "org_rd_body_points": 6,
        "org_incentive_points": 4,
        "org_training_points": 4,
    }
    return layer | {
        "count_least": case((f"{class1} >= 1", 4), *by_class2, otherwise=0),
        "count_most": case(
            (f"{class1} >= 1 OR {class1} IS NULL", 4), *by_class2, (f"{class2} IS NULL", 3), otherwise=0
        ),
        "conversions_least": case(*by_conversions, otherwise=0),
        "conversions_most": case(*by_conversions, (f"{conversions} IS NULL", 5), otherwise=0),
        "unsure": " OR ".join(f"n{year} IS NULL OR n{year} < 0" for year in YEARS),
        "open_sales": " OR ".join(f"s{year} IS NULL" for year in YEARS),
        "stuck": "coalesce(s2024 = 0, s2023 = 0 AND s2025 = 0)",
        "acquired_most": case(("ip_acquisition_grade = 'B'", 3), otherwise=6),
        "standards_least": case(("standards_participation", 1), otherwise=0),
        "standards_most": case(("NOT standards_participation", 0), otherwise=2),
        "organisation_least": " + ".join(f"coalesce({name}, 0)" for name in points),
        "organisation_most": " + ".join(f"coalesce({name}, {most * POINT})" for name, most in points.items()),
    }


def _totals() -> Layer:
    """The score, in 1e-4 points. Bands of two points are 0 | 1-2 | 3-4 | …"""

    def first_of_band(band: str) -> str:
        return f"greatest({band} * 2 - 1, 0)"

    sales_least = case(("founded", first_of_band("s_bands")), otherwise=0)
    assets_least = case(("founded AND NOT unsure", first_of_band("n_bands")), otherwise=0)
    sales_most = case(("NOT open_sales", "s_bands * 2"), ("stuck", 0), otherwise=10)
    assets_most = case(("unsure", 10), otherwise="n_bands * 2")
    ip_least = " + ".join(first_of_band(f"{item}_least") for item in ("level", "support", "count"))
    ip_most = "least(30, (level_most + support_most + count_most) * 2 + acquired_most + standards_most)"
    conversions_least = "greatest(conversions_least * 6 - 5, 0)"
    low = f"{ip_least} + 1 + standards_least + {conversions_least} + {sales_least} + {assets_least}"
    high = f"{ip_most} + conversions_most * 6 + {sales_most} + {assets_most}"
    return {
        "h_low": f"({low})::BIGINT * {POINT} + organisation_least",
        "h_high": f"({high})::BIGINT * {POINT} + organisation_most",
    }
