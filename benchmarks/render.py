"""Results as Markdown tables and a small chart: pure functions, nothing is measured or read here."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from harness import percentile, typical

Results = Mapping[str, Any]
OURS = "ours"
YARDSTICKS = {"cpu": "CPU time", "wall": "wall time", "memory": "peak memory"}
COLORS = ("#0b7a4b", "#7a7a7a", "#3366cc", "#d97706", "#b91c1c", "#7c3aed")


METHOD = """Made-up enterprises, a tenth of every column unknown, in LZ4 Parquet, as Yumiao keeps facts
that are read again ([decision 13](../decisions/0013-facts-kept-for-reading.md)). Every engine starts from that
file, reads the columns that it needs (Yumiao, the scan and Polars with the reader of Polars, DuckDB with
its own, OpenFisca with that of Arrow, a column at a time for the arrays that it works on, which costs it
no more than the reader of Polars would), and ends with the sums of its answers. Two policies,
科技型中小企业 and 高新技术企业, or variants of the first with other numbers. Each engine answers everything:
outcome, lowest and highest score, each condition, each gap; the answers are added up inside the engine so that none
can be skipped, and the sums are compared. Every engine and round is a fresh process, in an order
drawn anew; the first call is cold (start, imports, reading the packs), the later ones are warm. CPU
seconds are those of the process with all its threads; memory is its peak. Yumiao is timed with its
second reading, in which clauses are read together where that can decide more; no peer does that."""


BOUND_BY_READING = """What is asked of a comparison is asked of reading and judging together. The last column says
what could be reached by a program that judged in no time and only read: where it is near what is asked,
it is the reading that decides."""


READING = """A ratio says how many times less Yumiao needed than the peer; where the bound is *at most*, how many
times more. The yardstick of each promise is in bold."""


def render(results: Results) -> str:
    """Write the whole page."""
    parts = [
        "# Speed",
        f"Measured on {results['date']} by `benchmarks/run.py`; every detail is in `benchmarks/README.md`.",
        METHOD,
        _machine(results["machine"]),
        _disturbance(results),
        "## Held to",
        verdict_table(results),
        READING,
        *_reading(results),
        "## Growth",
        growth_chart(results),
        "CPU seconds of a warm call by number of enterprises (two policies, all outputs); logarithmic axes.",
        "## Every case",
        *(f"### {case['title']}\n\n{case_table(case)}" for case in results["cases"].values()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _reading(results: Results) -> list[str]:
    table = reading_table(results)
    return ["## What is reading, and what is judging", BOUND_BY_READING, table] if table else []


def reading_table(results: Results) -> str:
    """One row per case in which the scan ran beside us: the CPU time of reading alone, and of judging beside it."""
    rows = []
    for case in results["cases"].values():
        read, ours, peer = (_cost(case["engines"].get(name), "cpu") for name in ("scan", OURS, "openfisca"))
        if read is None or ours is None:
            continue
        most = _times(None if peer is None else peer / read)
        rows.append((case["title"], _time(read), _time(max(0.0, ours - read)), _time(ours), most))
    header = ("Case", "Reading alone", "Judging", "Both", "OpenFisca ÷ reading alone")
    return _table(header, rows) if rows else ""


def _machine(machine: Mapping[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}; {packages}."
    )


def _disturbance(results: Results) -> str:
    """Say how much others worked on the machine."""
    shares = [
        worked
        / max(sum(call["wall"] for call in (*engine["cold"], *engine["warm"])) / len(engine["cold"]), 0.1)
        for case in results["cases"].values()
        for engine in case["engines"].values()
        if engine["cold"]
        for worked in [typical([{"cpu": used} for used in engine["neighbours_cpu"]], "cpu") or 0.0]
    ]
    if not shares:
        return ""
    return (
        f"Other programs kept {sorted(shares)[len(shares) // 2]:.1f} of the {results['machine']['cores']} cores busy "
        "meanwhile (median over all measurements): read CPU time first, and wall time with that in mind."
    )


def verdict_table(results: Results) -> str:
    """One row per promise: what is asked, what this run measured by every yardstick, whether it holds."""
    rows = []
    for promise in results["promises"]:
        measured = {of: measure_promise(results, {**promise, "of": of}) for of in YARDSTICKS}
        texts = [
            f"**{text}**" if of == promise["of"] else text
            for of, value in measured.items()
            for text in [_times(value) if promise["peers"] else _absolute(value, of)]
        ]
        rows.append((promise["text"], _bound(promise), *texts, _holds(promise, measured[promise["of"]])))
    return _table(("Compared with", "Asked", *YARDSTICKS.values(), "Holds"), rows)


def _absolute(value: float | None, of: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} MB" if of == "memory" else _time(value)


def measure_promise(results: Results, promise: Mapping[str, Any]) -> float | None:
    """Divide what the peer cost by what we cost (``at_least``), or the other way round (``at_most``).

    Without a peer it is what we cost. None when one of the two did not run. Of several peers the cheapest counts.
    """
    case = results["cases"].get(promise["case"])
    if case is None:
        return None
    ours = _cost(case["engines"].get(promise.get("ours", OURS)), promise["of"])
    if not promise["peers"]:
        return ours
    peers = [
        cost
        for peer in promise["peers"]
        if (cost := _cost(case["engines"].get(peer), promise["of"])) is not None
    ]
    if not peers or ours is None:
        return None
    return ours / min(peers) if "at_most" in promise else min(peers) / ours


def _cost(engine: Mapping[str, Any] | None, of: str) -> float | None:
    if not engine or engine["failure"]:
        return None
    return max(engine["peak_mb"], default=None) if of == "memory" else typical(engine["warm"], of)


def _bound(promise: Mapping[str, Any]) -> str:
    if not promise["peers"]:
        return f"at most {_absolute(promise['at_most'], promise['of'])}"
    if "at_most" in promise:
        return f"at most {promise['at_most']:g} × its {YARDSTICKS[promise['of']]}"
    return f"at least {promise['at_least']:g} × less {YARDSTICKS[promise['of']]}"


def _holds(promise: Mapping[str, Any], ratio: float | None) -> str:
    if ratio is None:
        return "not measured"
    return (
        "yes"
        if (ratio <= promise["at_most"] if "at_most" in promise else ratio >= promise["at_least"])
        else "**no**"
    )


def case_table(case: Mapping[str, Any]) -> str:
    """One row per engine: cold and warm cost, memory, and the multiple of our CPU time."""
    ours = next((cost for engine in case["engines"].values() if (cost := _cost(engine, "cpu"))), None)
    header = (
        "Engine",
        "Cold CPU s (wall)",
        "Warm CPU median [min–max]",
        "Warm wall best / median / 99 %",
        "Peak MB",
    )
    rows = []
    for engine in case["engines"].values():
        if engine["failure"]:
            rows.append((engine["label"], engine["failure"], *[""] * 4))
            continue
        cpu, wall = ([call[of] for call in engine["warm"]] for of in ("cpu", "wall"))
        cold = f"{typical(engine['cold'], 'cpu'):.2f} ({typical(engine['cold'], 'wall'):.2f})"
        warm = f"{_time(typical(engine['warm'], 'cpu'))} [{_time(min(cpu))}–{_time(max(cpu))}]"
        rare = _time(percentile(wall, 0.99)) if case["mode"] == "single" else "–"
        walls = f"{_time(min(wall))} / {_time(typical(engine['warm'], 'wall'))} / {rare}"
        multiple = _times(typical(engine["warm"], "cpu") / ours) if ours else ""
        rows.append((engine["label"], cold, warm, walls, f"{max(engine['peak_mb']):.0f}", multiple))
    table = _table((*header, "× ours"), rows)
    notes = [
        f"{engine['label']}: {note}" for engine in case["engines"].values() if (note := engine["differs"])
    ]
    return table + "".join(f"\n\n{note}" for note in notes)


def _time(seconds: float) -> str:
    unit, per_second = ("s", 1) if seconds >= 1 else ("ms", 1e3) if seconds >= 1e-3 else ("µs", 1e6)
    return f"{seconds * per_second:.3g} {unit}"


def _times(ratio: float | None) -> str:
    if ratio is None:
        return "–"
    return f"{ratio:.0f} ×" if ratio >= 10 else f"{ratio:.2f} ×"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def growth_chart(results: Results) -> str:
    """Draw warm CPU seconds by rows as an inline SVG, both axes logarithmic; empty without two sizes."""
    series = growth_series(results)
    points = [point for line in series.values() for point in line]
    if len({rows for rows, _ in points}) < 2:
        return ""
    width, height, left, right, top, bottom = 640, 330, 60, 130, 15, 40
    x_low, x_high = (math.log10(edge(rows for rows, _ in points)) for edge in (min, max))
    y_low = math.floor(math.log10(min(cost for _, cost in points)))
    y_high = math.ceil(math.log10(max(cost for _, cost in points)))

    def x(rows: float) -> float:
        return left + (math.log10(rows) - x_low) / (x_high - x_low) * (width - left - right)

    def y(cost: float) -> float:
        return height - bottom - (math.log10(cost) - y_low) / (y_high - y_low) * (height - top - bottom)

    marks = [
        _rule(left, y(10.0**power), width - right, _decimal(power)) for power in range(y_low, y_high + 1)
    ]
    marks += [
        _label(x(rows), height - bottom + 18, f"{rows:,}", "middle")
        for rows in sorted({rows for rows, _ in points})
    ]
    labels = dict.fromkeys(
        engine["label"] for case in results["cases"].values() for engine in case["engines"].values()
    )
    colors = dict(zip(labels, itertools.cycle(COLORS), strict=False))
    ends = _spread([y(line[-1][1]) for line in series.values()], least=14)
    for (label, line), end in zip(series.items(), ends, strict=True):
        color = colors[label]
        path = " ".join(f"{x(rows):.1f},{y(cost):.1f}" for rows, cost in line)
        dots = "".join(f'<circle cx="{x(rows):.1f}" cy="{y(cost):.1f}" r="3"/>' for rows, cost in line)
        marks.append(
            f'<g fill="{color}" stroke="{color}">'
            f'<polyline points="{path}" fill="none" stroke-width="2"/>{dots}</g>'
        )
        marks.append(_label(x(line[-1][0]) + 8, end + 4, label, "start", color))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    style = 'font-family="sans-serif" font-size="12" role="img"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>'
    return f"{opening}<title>CPU seconds by enterprises</title>{''.join(marks)}</svg>"


def growth_series(results: Results) -> dict[str, list[tuple[int, float]]]:
    """Collect (rows, warm CPU seconds) of each engine over the cases that differ in size only."""
    series: dict[str, list[tuple[int, float]]] = {}
    for case in sorted(
        (case for case in results["cases"].values() if case["growth"]), key=lambda case: case["rows"]
    ):
        for engine in case["engines"].values():
            if (cost := _cost(engine, "cpu")) is not None:
                series.setdefault(engine["label"], []).append((case["rows"], cost))
    return series


def _spread(heights: Sequence[float], least: float) -> list[float]:
    """Move labels down just enough that none covers another."""
    placed: dict[int, float] = {}
    for place in sorted(range(len(heights)), key=heights.__getitem__):
        placed[place] = max([heights[place], *(other + least for other in placed.values())])
    return [placed[place] for place in range(len(heights))]


def _decimal(power: int) -> str:
    return f"{10.0**power:,.0f} s" if power >= 0 else f"{10.0**power:.{-power}f} s"


def _rule(left: float, y: float, right: float, label: str) -> str:
    ends = f'x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"'
    return f'<line {ends} stroke="currentColor" stroke-opacity="0.2"/>' + _label(
        left - 6, y + 4, label, "end"
    )


def _label(x: float, y: float, text: str, anchor: str, color: str = "currentColor") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'
