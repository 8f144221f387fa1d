"""tech_sme as a GoRules decision graph (JDM), one graph for each variant, run by ``evaluate_batch``.

Two expression nodes, points and then conditions, were the fastest shape found (one node with all steps took
a tenth more). Numbers are decimals, so thresholds are exact. Comparing null is an error, so every
expression guards it; keys whose value is null are left out of the result, which is how an undetermined
condition comes back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import zen
from contract import CONDITIONS, GAPS, POINT, TECH_SME_COLUMNS, Outputs, Policy, Tally, TechSmeParameters

REQUESTS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Program:
    """The policies to judge, and the engine that holds a graph for each."""

    policies: tuple[Policy, ...]
    engine: zen.ZenEngine


def prepare(policies: Sequence[Policy]) -> Program:
    """Compile one graph for each policy."""
    if {policy.kind for policy in policies} != {"tech_sme"}:
        raise ValueError("The zen peer knows tech_sme only.")
    compiled = {policy.id: zen.ZenDecisionContent(json.dumps(_graph(policy.tech_sme))) for policy in policies}
    return Program(tuple(policies), zen.ZenEngine({"loader": compiled.__getitem__}))


def run_batch(program: Program, parquet_in: Path, outputs: Outputs) -> list[Tally]:
    """Judge every enterprise of the file and add up every answer."""
    results = {policy.id: Counter() for policy in program.policies}
    enterprises = pl.read_parquet(parquet_in, columns=list(TECH_SME_COLUMNS)).rename(_plain)
    for batch in enterprises.iter_slices(REQUESTS_AT_ONCE):
        subjects = batch.to_dicts()
        for policy in program.policies:
            requests = [{"key": policy.id, "context": subject} for subject in subjects]
            results[policy.id].update(_count(program.engine.evaluate_batch(requests), outputs))
    return [_tally(policy.id, enterprises.height, results[policy.id], outputs) for policy in program.policies]


def run_single(program: Program, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Judge one enterprise by every policy, in one call: one result for each policy, in order."""
    context = {_plain(name): facts[name] for name in TECH_SME_COLUMNS}
    requests = [{"key": policy.id, "context": context} for policy in program.policies]
    return [_result(response) for response in program.engine.evaluate_batch(requests)]


def _plain(name: str) -> str:
    return name.removesuffix("@2025").replace(".", "_for_")


def _result(response: Mapping[str, Any]) -> dict[str, Any]:
    if not response["success"]:
        raise RuntimeError(response["error"])
    return response["data"]["result"]


def _count(responses: Sequence[Mapping[str, Any]], outputs: Outputs) -> Counter:
    rows = [_result(response) for response in responses]
    counts: Counter = Counter()
    for part in ("outcome", *(CONDITIONS["tech_sme"] if outputs == "all" else ())):
        found = [row.get(part) for row in rows]
        counts[part, True], counts[part, False] = found.count(True), found.count(False)
    for part in ("score_low", "score_high"):
        counts[part] = sum(row[part] for row in rows)
    for part in GAPS["tech_sme"] if outputs == "all" else ():
        known = [gap for row in rows if (gap := row.get(f"{part}_gap")) is not None]
        counts[part, "known"], counts[part, "sum"] = len(known), sum(known)
    return counts


def _tally(policy: str, rows: int, counts: Counter, outputs: Outputs) -> Tally:
    everything = outputs == "all"
    return Tally(
        policy,
        rows,
        counts["outcome", True],
        counts["outcome", False],
        counts["score_low"],
        counts["score_high"],
        {part: (counts[part, True], counts[part, False]) for part in CONDITIONS["tech_sme"]}
        if everything
        else {},
        {part: (counts[part, "known"], counts[part, "sum"]) for part in GAPS["tech_sme"]}
        if everything
        else {},
    )


# --- the graph ------------------------------------------------------------


def _graph(law: TechSmeParameters) -> dict[str, Any]:
    names = ("input", "points", "conditions", "output")
    kinds = ("inputNode", "expressionNode", "expressionNode", "outputNode")
    nodes = [
        {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
        for name, kind in zip(names, kinds, strict=True)
    ]
    for node, steps in zip(nodes[1:3], (_points(law), _conditions(law)), strict=True):
        expressions = [{"id": key, "key": key, "value": value} for key, value in steps]
        node["content"] = {"expressions": expressions, "passThrough": node["id"] == "points"}
    edges = [
        {"id": end, "sourceId": start, "targetId": end, "type": "edge"} for start, end in pairwise(names)
    ]
    return {"nodes": nodes, "edges": edges}


def _band(part: str, whole: str, edges: Sequence[int], step: int, unknown: int) -> str:
    """Points of a share in one nested choice; ``unknown`` are the points where a fact is missing."""
    highest_first = list(enumerate(edges, start=1))[::-1]
    reached = " : ".join(
        f"{part} * 10000 >= {whole} * {edge} ? {step * number}" for number, edge in highest_first
    )
    return (
        f"{part} == 0 or {whole} == 0 ? 0 : ({part} == null or {whole} == null ? {unknown} : ({reached} : 0))"
    )


def _points(law: TechSmeParameters) -> Iterator[tuple[str, str]]:
    shares = {
        "tech": ("tech_staff", "staff_total", law.tech_staff_edges, 4),
        "sales": ("rd_expense_tsme", "sales_revenue", law.rd_by_sales_edges, 10),
        "cost": ("rd_expense_tsme", "cost_expense_total", law.rd_by_cost_edges, 10),
    }
    for name, (part, whole, edges, step) in shares.items():
        yield f"{name}_low", _band(part, whole, edges, step, 0)
        zero = f"{part} == 0 or {whole} == 0"
        yield f"{name}_high", f"{part} != null and {whole} != null ? $.{name}_low : ({zero} ? 0 : {step * 5})"
    class1, class2 = "ip_class1_count_for_tsme", "ip_class2_count_for_tsme"
    yield "class2_low", f"{class2} == null ? 0 : ({class2} >= 4 ? 24 : {class2} * 6)"
    yield "ip_low", f"{class1} != null and {class1} >= 1 ? 30 : $.class2_low"
    yield "ip_high", f"{class1} == null or {class1} >= 1 ? 30 : ({class2} == null ? 24 : $.class2_low)"
    for end in ("low", "high"):
        total = f"$.tech_{end} + ($.sales_{end} >= $.cost_{end} ? $.sales_{end} : $.cost_{end}) + $.ip_{end}"
        yield f"total_{end}", f"({total}) * {POINT}"


def _conditions(law: TechSmeParameters) -> Iterator[tuple[str, str]]:
    yield "C1_resident", "resident_enterprise_audited_collection"
    most = law.staff_at_most
    over = f"tech_staff != null and tech_staff > {most} ? false : null"
    yield "C2_staff", f"staff_total == null ? ({over}) : staff_total <= {most}"
    yield "C2_sales", f"sales_revenue == null ? null : sales_revenue <= {law.sales_at_most}"
    yield "C2_assets", f"total_assets == null ? null : total_assets <= {law.assets_at_most}"
    limits = {"staff_total": most, "sales_revenue": law.sales_at_most, "total_assets": law.assets_at_most}
    for condition, (fact, limit) in zip(("C2_staff", "C2_sales", "C2_assets"), limits.items(), strict=True):
        yield f"{condition}_gap", f"{fact} == null ? null : ({fact} > {limit} ? {fact} - {limit} : 0)"
    yield "C3_industry", _none(["restricted_or_eliminated_industry", "super_deduction_excluded_industry"])
    yield "C4_conduct", _none(["serious_incident_last_or_current_year", "abnormal_or_dishonest_list"])
    mark = law.pass_mark * POINT
    met, possible = (f"total_{end} >= {mark} and tech_{end} > 0" for end in ("low", "high"))
    short = f"total_low == total_high and total_low < {mark} ? {mark} - total_low : null"
    yield "score_low", "total_low"
    yield "score_high", "total_high"
    yield "C5_score", f"{met} ? true : ({possible} ? null : false)"
    yield "C5_score_gap", f"$.C5_score == true ? 0 : ({short})"
    yield "D1_valid_hnte", "valid_hnte_certificate"
    yield "D2_national_award", "national_award_top3_within_5y"
    yield "D3_rd_institution", "provincial_rd_institution"
    yield "D4_led_standard", "led_standard_within_5y"
    parts = [f"$.{name}" for name in CONDITIONS["tech_sme"]]
    yield "route", _any(parts[6:])
    yield "outcome", _all([*parts[:6], "$.route"])


def _all(values: Sequence[str]) -> str:
    no, unknown = (" or ".join(f"{value} == {word}" for value in values) for word in ("false", "null"))
    return f"{no} ? false : ({unknown} ? null : true)"


def _any(values: Sequence[str]) -> str:
    yes, unknown = (" or ".join(f"{value} == {word}" for value in values) for word in ("true", "null"))
    return f"{yes} ? true : ({unknown} ? null : false)"


def _none(values: Sequence[str]) -> str:
    yes, unknown = (" or ".join(f"{value} == {word}" for value in values) for word in ("true", "null"))
    return f"{yes} ? false : ({unknown} ? null : true)"
