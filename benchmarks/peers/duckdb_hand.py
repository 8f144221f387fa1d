"""Both policies as SQL written by hand for DuckDB: layers of sub-selects, every intermediate value named
once.

Amounts are BIGINT fen and compared by cross-multiplication; the products of growth need HUGEINT. Many
variants of one policy run in one of two shapes: a wide SELECT with columns per policy, or a table of
parameters joined to every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from contract import (
    AS_OF,
    CONDITIONS,
    FEN_PER_WAN,
    GAPS,
    POINT,
    YEARS,
    Outputs,
    Policy,
    Tally,
    TechSmeParameters,
    input_columns,
    tallies,
)

YEAR_AGO = AS_OF.replace(year=AS_OF.year - 1)
EDGE_5_PERCENT, EDGE_4_PERCENT = 5_000 * FEN_PER_WAN, 20_000 * FEN_PER_WAN
Layer = Mapping[str, str]
"""New columns by name. A layer may use what the layers under it made, not its own."""


@dataclass(frozen=True, slots=True)
class Program:
    """The policies to judge in one pass, and the layers that do it."""

    policies: tuple[Policy, ...]
    layers: tuple[Layer, ...]

    def judge(self, parquet_in: Path) -> str:
        """One row per subject: ``subject`` and, per policy P, ``P.outcome``, ``P.score_low`` …"""
        facts = ", ".join(map(_quoted, ("subject", *input_columns(self.policies))))
        query = f"SELECT {facts} FROM read_parquet('{parquet_in}')"
        for layer in self.layers:
            query = f"SELECT *, {', '.join(f'{value} AS {_quoted(name)}' for name, value in layer.items())} FROM ({query})"
        return query


def prepare(policies: Sequence[Policy]) -> Program:
    """Write the layers for the policies, side by side."""
    parts = []
    if any(policy.kind == "tech_sme" for policy in policies):
        parts.append([_tech_sme_common()])
    for policy in policies:
        if policy.kind == "tech_sme":
            parts.append([{}, *_tech_sme(policy.id, _literals(policy.tech_sme))])
        else:
            parts.append(_hnte(policy.id))
    depth = max(map(len, parts))
    layers = [{} for _ in range(depth)]
    for part in parts:
        for layer, more in zip(layers, part, strict=False):
            layer.update(more)
    return Program(tuple(policies), tuple(layers))


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file and add up every answer."""
    totals = ["count(*) AS rows"]
    for policy in program.policies:
        totals += _totals(policy.id, policy.kind, outputs)
    return tallies(
        program.policies, _one_row(f"SELECT {', '.join(totals)} FROM ({program.judge(parquet_in)})"), outputs
    )


def run_write(program: Program, parquet_in: Path, parquet_out: Path) -> None:
    """Judge every enterprise of the file and write every answer."""
    answers = [
        f"{policy.id}.{part}"
        for policy in program.policies
        for part in (
            "outcome",
            "score_low",
            "score_high",
            *CONDITIONS[policy.kind],
            *(f"{part}.gap" for part in GAPS[policy.kind]),
        )
    ]
    selected = ", ".join(map(_quoted, ("subject", *answers)))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {selected} FROM ({program.judge(parquet_in)})) TO '{parquet_out}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 125000)"
        )


def prepare_joined(policies: Sequence[Policy]) -> Program:
    """Write the layers once for all variants of tech_sme; their numbers come from a joined table."""
    number_of = {name: f"law_{name}" for name in _literals(policies[0].tech_sme)}
    return Program(tuple(policies), (_tech_sme_common(), *_tech_sme("p", number_of)))


def run_batch_joined(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise by every variant through the joined table of parameters."""
    numbers = [_literals(policy.tech_sme) for policy in program.policies]
    rows = ", ".join(f"({place}, {', '.join(law.values())})" for place, law in enumerate(numbers))
    names = ", ".join(["place", *(f"law_{name}" for name in numbers[0])])
    common, *layers = program.layers
    query = Program(program.policies, (common,)).judge(parquet_in)
    query = f"SELECT * FROM ({query}) CROSS JOIN (VALUES {rows}) AS law({names})"
    for layer in layers:
        query = f"SELECT *, {', '.join(f'{value} AS {_quoted(name)}' for name, value in layer.items())} FROM ({query})"
    totals = ", ".join(["count(*) AS rows", *_totals("p", "tech_sme", outputs)])
    query = f"SELECT place, {totals} FROM ({query}) GROUP BY place ORDER BY place"
    with duckdb.connect() as connection:
        cursor = connection.execute(query)
        header = [column[0] for column in cursor.description]
        flats = [dict(zip(header, row, strict=True)) for row in cursor.fetchall()]
    renamed = (
        {f"{policy.id}{name[1:]}" if name.startswith("p.") else name: value for name, value in flat.items()}
        for policy, flat in zip(program.policies, flats, strict=True)
    )
    pairs = zip(program.policies, renamed, strict=True)
    return [tally for policy, flat in pairs for tally in tallies([policy], flat, outputs)]


def _one_row(query: str) -> dict[str, int]:
    with duckdb.connect() as connection:
        cursor = connection.execute(query)
        return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _totals(name: str, kind: str, outputs: Outputs) -> list[str]:
    """Aggregates of one policy's answers, named as the contract reads them."""

    def count(part: str) -> list[str]:
        outcome = _quoted(f"{name}.{part}")
        return [
            f"count_if({outcome}) AS {_quoted(f'{name}.{part}.met')}",
            f"count_if(NOT {outcome}) AS {_quoted(f'{name}.{part}.not_met')}",
        ]

    totals = count("outcome")
    totals += [
        f"sum({_quoted(f'{name}.{end}')}) AS {_quoted(f'{name}.{end}')}"
        for end in ("score_low", "score_high")
    ]
    if outputs == "all":
        totals += [total for part in CONDITIONS[kind] for total in count(part)]
        for part in GAPS[kind]:
            gap = f"{name}.{part}.gap"
            totals += [
                f"count({_quoted(gap)}) AS {_quoted(gap + '.known')}",
                f"sum({_quoted(gap)}) AS {_quoted(gap + '.sum')}",
            ]
    return totals


def _quoted(name: str) -> str:
    return f'"{name}"'


def _case(*cases: tuple[str, object], otherwise: object = "NULL") -> str:
    return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in cases)} ELSE {otherwise} END"


def _outcome(met: str, possible: str) -> str:
    return _case((met, "true"), (f"NOT ({possible})", "false"))


# --- 科技型中小企业 ------------------------------------------------------------


def _literals(law: TechSmeParameters) -> dict[str, str]:
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


def _tech_sme_common() -> Layer:
    """What all variants share: scaled facts, plain conditions, achievements."""
    class1, class2 = '"ip_class1_count.tsme"', '"ip_class2_count.tsme"'
    by_class2 = [(f"{class2} >= 4", 24), (f"{class2} = 3", 18), (f"{class2} = 2", 12), (f"{class2} = 1", 6)]
    return {
        "tech_scaled": '"tech_staff@2025" * 10000',
        "rd_scaled": '"rd_expense_tsme@2025" * 10000',
        "no_tech": '"tech_staff@2025" = 0 OR "staff_total@2025" = 0',
        "no_rd_by_sales": '"rd_expense_tsme@2025" = 0 OR "sales_revenue@2025" = 0',
        "no_rd_by_cost": '"rd_expense_tsme@2025" = 0 OR "cost_expense_total@2025" = 0',
        "ip_low": _case((f"{class1} >= 1", 30), *by_class2, otherwise=0),
        "ip_high": _case(
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
        _case((none, 0), *cases, otherwise=0),
        _case((none, 0), (unknown, step * len(edges)), *cases, otherwise=0),
    )


def _tech_sme(name: str, law: Mapping[str, str]) -> list[Layer]:
    def edges(item: str) -> list[str]:
        return [law[f"{item}_{place}"] for place in range(1, 6)]

    def at(part: str) -> str:
        return _quoted(f"{name}.{part}")

    tech = _share_points("tech_scaled", "staff_total@2025", "no_tech", edges("tech"), 4)
    sales = _share_points("rd_scaled", "sales_revenue@2025", "no_rd_by_sales", edges("rd_sales"), 10)
    cost = _share_points("rd_scaled", "cost_expense_total@2025", "no_rd_by_cost", edges("rd_cost"), 10)
    items = {
        f"{name}.{item}_{end}": points
        for item, pair in {"tech": tech, "sales": sales, "cost": cost}.items()
        for end, points in zip(("low", "high"), pair, strict=True)
    }
    totals = {
        f"{name}.{end}": f"{at(f'tech_{end}')} + greatest({at(f'sales_{end}')}, {at(f'cost_{end}')}) + ip_{end}"
        for end in ("low", "high")
    }
    low, high, mark = at("low"), at("high"), law["mark"]
    amounts = {
        "C2_staff": "staff_total@2025",
        "C2_sales": "sales_revenue@2025",
        "C2_assets": "total_assets@2025",
    }
    limits = {"C2_staff": law["staff"], "C2_sales": law["sales"], "C2_assets": law["assets"]}
    conditions = {
        f"{name}.C1_resident": "resident_enterprise_audited_collection",
        f"{name}.C2_staff": _case(
            ('"staff_total@2025" IS NOT NULL', f'"staff_total@2025" <= {law["staff"]}'),
            (f'"tech_staff@2025" > {law["staff"]}', "false"),
        ),
        f"{name}.C2_sales": f'"sales_revenue@2025" <= {law["sales"]}',
        f"{name}.C2_assets": f'"total_assets@2025" <= {law["assets"]}',
        **{
            f"{name}.{part}.gap": _case(
                (f'"{fact}" > {limits[part]}', f'"{fact}" - {limits[part]}'), (f'"{fact}" IS NOT NULL', 0)
            )
            for part, fact in amounts.items()
        },
        f"{name}.C3_industry": "industry",
        f"{name}.C4_conduct": "conduct",
        f"{name}.C5_score": _outcome(
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
    outcome = {
        f"{name}.C5_score.gap": _case(
            (at("C5_score"), 0), (f"{low} = {high} AND {low} < {mark}", f"({mark} - {low}) * {POINT}")
        ),
        f"{name}.outcome": f"{' AND '.join(map(at, necessary))} AND ({at('C5_score')} OR direct)",
    }
    return [items, totals, conditions, outcome]


# --- 高新技术企业 ------------------------------------------------------------

_SERIES = {
    "sales_revenue": "s",
    "rd_expense_hnte": "r",
    "rd_expense_hnte_domestic": "d",
    "net_assets": "n",
}


def _hnte(name: str) -> list[Layer]:
    def at(part: str) -> str:
        return _quoted(f"{name}.{part}")

    def share(part: str, whole: str, times: int, over: int) -> str:
        return _case(
            (f'"{part}" = 0 OR "{whole}" = 0', "false"), otherwise=f'"{part}" * {times} >= "{whole}" * {over}'
        )

    def share_gap(part: str, whole: str, times: int, over: int) -> str:
        lacking = f'("{whole}" * {over} + {times - 1}) // {times} - "{part}"'
        return _case((f'"{whole}" > 0', f"CASE WHEN {lacking} < 0 THEN 0 ELSE {lacking} END"))

    days = f"established_on - DATE '{YEAR_AGO}'"
    conditions = {
        f"{name}.H1_age": f"established_on <= DATE '{YEAR_AGO}'",
        f"{name}.H1_age.gap": _case((f"{days} > 0", days), ("established_on IS NOT NULL", 0)),
        f"{name}.H2_core_ip": "owns_core_ip",
        f"{name}.H3_domain": "in_supported_hightech_domain",
        f"{name}.H4_tech_staff": share("tech_staff@2025", "staff_total@2025", 10, 1),
        f"{name}.H4_tech_staff.gap": share_gap("tech_staff@2025", "staff_total@2025", 10, 1),
        f"{name}.H5_rd_ratio": _outcome(
            "founded AND s_3 > 0 AND r_3_least * 100 >= percent * s_3",
            "rd_possible_3 OR (NOT founded AND (rd_possible_2 OR rd_possible_1))",
        ),
        f"{name}.H5_domestic": _outcome(
            "founded AND r_3 > 0 AND d_3_least * 5 >= r_3 * 3",
            "domestic_possible_3 OR (NOT founded AND (domestic_possible_2 OR domestic_possible_1))",
        ),
        f"{name}.H6_hightech_revenue": share("hightech_revenue@2025", "total_income@2025", 5, 3),
        f"{name}.H6_hightech_revenue.gap": share_gap("hightech_revenue@2025", "total_income@2025", 5, 3),
        f"{name}.H7_score": _outcome(f"h_low > {70 * POINT}", f"h_high > {70 * POINT}"),
        f"{name}.H8_conduct": "NOT serious_incident_within_365_days",
        f"{name}.score_low": "h_low",
        f"{name}.score_high": "h_high",
    }
    outcome = {
        f"{name}.H5_rd_ratio.gap": _case(
            (at("H5_rd_ratio"), 0), ("founded AND s_3 > 0", "(s_3 * percent + 99) // 100 - r_3")
        ),
        f"{name}.H5_domestic.gap": _case(
            (at("H5_domestic"), 0), ("founded AND r_3 > 0", "(r_3 * 3 + 4) // 5 - d_3")
        ),
        f"{name}.H7_score.gap": _case((at("H7_score"), 0), ("h_low = h_high", f"{71 * POINT} - h_low")),
        f"{name}.outcome": " AND ".join(map(at, CONDITIONS["hnte"])),
    }
    return [_hnte_years(), _hnte_sums(), _hnte_bands(), _hnte_items(), _hnte_totals(), conditions, outcome]


def _hnte_years() -> Layer:
    """Amounts of the years there are: 0 before the founding year."""
    return {
        f"{short}{year}": _case(
            (f"established_on >= DATE '{year + 1}-01-01'", 0), otherwise=f'"{metric}@{year}"'
        )
        for metric, short in _SERIES.items()
        for year in YEARS
    }


def _hnte_sums() -> Layer:
    """Sums over the last one, two and three years, and the two sides of growth."""
    last = "s2025"
    layer = {
        "founded": "established_on IS NOT NULL",
        "percent": _case(
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


def _hnte_bands() -> Layer:
    """What the sums can reach, and growth as a fraction.

    Unknown R&D can be any amount; unknown sales are best at nothing or just beyond the edge of a lower
    bracket. With the founding day unknown, growth is the best of two and three years; an unknown first year
    is boundless.
    """
    layer = {}
    for years in (1, 2, 3):
        rd, sales, domestic = f"r_{years}_least", f"s_{years}_least", f"d_{years}_least"
        reached = _case(
            ("percent IS NOT NULL", f"{rd} * 100 >= {sales} * percent"),
            otherwise=f"({rd} * 100 >= {sales} * 5 OR {rd} * 100 >= ({sales} + {EDGE_5_PERCENT + 1}) * 4 "
            f"OR {rd} * 100 >= ({sales} + {EDGE_4_PERCENT + 1}) * 3)",
        )
        layer[f"rd_possible_{years}"] = (
            f"(s_{years} IS NULL OR {sales} > 0) AND (r_{years} IS NULL OR ({rd} > 0 AND {reached}))"
        )
        layer[f"domestic_possible_{years}"] = (
            f"(r_{years} IS NULL OR {rd} > 0) AND (d_{years} IS NULL OR ({domestic} > 0 AND {domestic} * 5 >= {rd} * 3))"
        )
    for short in "sn":
        first, middle, last = (f"{short}_{part}" for part in ("first", "middle", "last"))
        pair = f"{first} > 0 AND (founded OR {short}_square >= {short}_cross)"
        layer[f"{short}_over"] = _case(
            (pair, f"({short}_square + {short}_cross) * 10"),
            (f"{first} >= 0", f"{last} * 20"),
            otherwise=f"{last} * 10",
        )
        layer[f"{short}_under"] = _case((pair, f"{first} * {middle}"), otherwise=middle)
    return layer


def _hnte_items() -> Layer:
    """Bands of every scored item: the least and the most that its facts allow."""
    class1, class2 = '"ip_class1_count.hnte"', '"ip_class2_count.hnte"'
    by_class2 = [(f"{class2} >= 5", 3), (f"{class2} >= 3", 2), (f"{class2} >= 1", 1)]
    conversions = "transformations_annual_avg"
    by_conversions = [(f"{conversions} >= {number * POINT}", number) for number in (5, 4, 3, 2, 1)]
    layer = {}
    for item, letter in {"level": "ip_tech_level_grade", "support": "ip_core_support_grade"}.items():
        by_letter = [(f"{letter} = '{mark}'", band) for mark, band in zip("ABCD", (4, 3, 2, 1), strict=True)]
        layer[f"{item}_least"] = _case(*by_letter, otherwise=0)
        layer[f"{item}_most"] = _case(*by_letter, (f"{letter} IS NULL", 4), otherwise=0)
    for short in "sn":
        over, under = f"{short}_over", f"{short}_under"
        by_growth = [
            (f"{over} >= {under} * {tenths}", band) for tenths, band in ((27, 5), (25, 4), (23, 3), (21, 2))
        ]
        layer[f"{short}_bands"] = _case(
            (f"{short}_middle = 0", 0), *by_growth, (f"{over} > {under} * 20", 1), otherwise=0
        )
    points = {
        "org_system_points": 6,
        "org_rd_body_points": 6,
        "org_incentive_points": 4,
        "org_training_points": 4,
    }
    return layer | {
        "count_least": _case((f"{class1} >= 1", 4), *by_class2, otherwise=0),
        "count_most": _case(
            (f"{class1} >= 1 OR {class1} IS NULL", 4), *by_class2, (f"{class2} IS NULL", 3), otherwise=0
        ),
        "conversions_least": _case(*by_conversions, otherwise=0),
        "conversions_most": _case(*by_conversions, (f"{conversions} IS NULL", 5), otherwise=0),
        "unsure": " OR ".join(f"n{year} IS NULL OR n{year} < 0" for year in YEARS),
        "open_sales": " OR ".join(f"s{year} IS NULL" for year in YEARS),
        "stuck": "coalesce(s2024 = 0, s2023 = 0 AND s2025 = 0)",
        "acquired_most": _case(("ip_acquisition_grade = 'B'", 3), otherwise=6),
        "standards_least": _case(("standards_participation", 1), otherwise=0),
        "standards_most": _case(("NOT standards_participation", 0), otherwise=2),
        "organisation_least": " + ".join(f"coalesce({name}, 0)" for name in points),
        "organisation_most": " + ".join(f"coalesce({name}, {most * POINT})" for name, most in points.items()),
    }


def _hnte_totals() -> Layer:
    """The score, in 1e-4 points. Bands of two points are 0 | 1-2 | 3-4 | …"""

    def first_of_band(band: str) -> str:
        return f"greatest({band} * 2 - 1, 0)"

    sales_least = _case(("founded", first_of_band("s_bands")), otherwise=0)
    assets_least = _case(("founded AND NOT unsure", first_of_band("n_bands")), otherwise=0)
    sales_most = _case(("NOT open_sales", "s_bands * 2"), ("stuck", 0), otherwise=10)
    assets_most = _case(("unsure", 10), otherwise="n_bands * 2")
    ip_least = " + ".join(first_of_band(f"{item}_least") for item in ("level", "support", "count"))
    ip_most = "least(30, (level_most + support_most + count_most) * 2 + acquired_most + standards_most)"
    low = f"{ip_least} + 1 + standards_least + greatest(conversions_least * 6 - 5, 0) + {sales_least} + {assets_least}"
    high = f"{ip_most} + conversions_most * 6 + {sales_most} + {assets_most}"
    return {
        "h_low": f"({low})::BIGINT * {POINT} + organisation_least",
        "h_high": f"({high})::BIGINT * {POINT} + organisation_most",
    }
