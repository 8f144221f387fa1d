"""The results as a page: what was asked for, what came out, whether it holds. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Results = Mapping[str, Any]

P95_MS = {"overview": 200, "list": 200, "profile": 200, "what-if": 150, "search": 100}
LEAST_SHARE = 0.5
SHOWN_SECONDS = 5.0
PAGE_KB, CHART_KB = 300, 500

_METHOD = """An invented district of {firms:,} enterprises (seed {seed}; {subjects:,} subjects, as files also name some
that nobody knows), built by importing the files of its bureaus, and {policies} policies in force: those that
ship, and variants of them with other thresholds; {outcomes:,} verdicts in SQLite. Everything runs on one
machine and talks over loopback. `yumiao serve` with one process has core 0 for itself; `yumiao worker` and
the client share core 1, as the machine has two: the worker does nothing while pages are measured.

Twenty officers ({users} sessions, signed in by the form) each open a page, think {think} ± 1 s, and open the
next: lists with filters, orders and pages (3 of 10), anybody's profile (3), searches by parts of names,
pinyin, initials and codes (2), the overview (1), a what-if (1). The first 15 seconds, in which they sign in,
do not count. What a browser fetches by itself after a profile (questions, time line) is not in the mix and
stands apart below."""

_LIMITS = """Others worked on the machine meanwhile as far as the last line of the first table says; response times then
wait for them too, CPU milliseconds do not. A page that is the first of its kind after a refresh counts what
is then remembered, and takes longer: the maximum shows it. One run, one machine, two cores: no statement
about networks, about PostgreSQL, or about more than one process."""


def render_page(results: Results) -> str:
    """Write the whole page."""
    return "\n\n".join(_parts(results)) + "\n"


def _parts(results: Results) -> Iterator[str]:
    district, machine = results["district"], results["machine"]
    yield "# Pages"
    yield f"Measured on {results['date']} with `make bench-pages`; written by `benchmarks/pages/run.py`."
    yield _METHOD.format(**district, users=results["users"], think=results["think_seconds"])
    yield f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}."
    yield "## Response times"
    yield _times(results)
    yield "## At most"
    yield _saturation(results)
    yield "## A thousand rows imported"
    yield _rejudging(results["rejudging"])
    yield "## Weight"
    yield _weights(results["weights_kb"])
    yield "## Limits"
    yield _LIMITS
    missed = list(_missed(results))
    yield "## What does not hold"
    yield "\n".join(f"- {each}" for each in missed) if missed else "Every bound held in this run."


def _task(results: Results, name: str) -> Mapping[str, float]:
    tasks = results["load"]["tasks"]
    found: Mapping[str, float] = tasks.get(name) or tasks[name.replace("-", "_")]
    return found


def _times(results: Results) -> str:
    load, costs = results["load"], results["costs"]
    rows = ["| page | p95 asked | p95 | median | max | requests | server CPU alone |"]
    rows.append("| --- |" + " --- |" * 6)
    for name, bound in P95_MS.items():
        task, cpu = _task(results, name), costs[name]["cpu_ms"]
        times = f"**{task['p95_ms']:.0f} ms** | {task['median_ms']:.0f} ms | {task['max_ms']:.0f} ms"
        rows.append(f"| {name} | ≤ {bound} ms | {times} | {task['requests']:,} | {cpu:.0f} ms |")
    apart = [name for name in costs if name not in P95_MS]
    rows += [f"| {name} | | | | | | {costs[name]['cpu_ms']:.0f} ms |" for name in apart]
    rest = load["all_cpu_seconds"] - load["server_cpu_seconds"]
    failed = sum(load["failures"].values())
    rows.append("")
    rows.append(f"{load['pages_per_second']:.1f} pages a second; {failed} requests failed.")
    rows.append(f"The server spent {load['server_cpu_seconds']:.0f} CPU seconds in all,")
    rows.append(f"everything else on the machine (client, worker, neighbours) {rest:.0f}.")
    rows.append(f"Memory of the site, beside the database that it maps: {results['site_memory_mb']:,} MB.")
    return "\n".join(rows)


_YARDSTICK = """{users} officers who do not think open random pages of the list, then as many visitors open pages of a
bare Django list: the middleware of `startproject`, `ListView`, the same rows and columns flat in one table, the same
server, nobody signed in."""


def _saturation(results: Results) -> str:
    rows = [
        _YARDSTICK.format(users=results["eager_users"]),
        "",
        "| round | ours, pages/s | bare, pages/s | share asked | share | ours, CPU ms a page | bare |",
        "| --- |" + " --- |" * 6,
    ]
    for number, each in enumerate(results["saturation"], start=1):
        speeds = " | ".join(f"{each[who]['pages_per_second']:.1f}" for who in ("ours", "bare"))
        spent = " | ".join(f"{_cpu_ms(each[who]):.1f}" for who in ("ours", "bare"))
        rows.append(f"| {number} | {speeds} | ≥ {LEAST_SHARE} | **{_share(each):.2f}** | {spent} |")
    return "\n".join(rows)


def _share(each: Results) -> float:
    return float(each["ours"]["pages_per_second"] / each["bare"]["pages_per_second"])


def _cpu_ms(load: Results) -> float:
    """CPU milliseconds of the server for a page, its settling included."""
    pages = load["pages_per_second"] * (load["seconds"] + 15)
    return float(1000 * load["server_cpu_seconds"] / pages)


def _rejudging(found: Results) -> str:
    if "failed" in found:
        return f"Not measured: {found['failed']}"
    return _REJUDGED.format(**found, asked=SHOWN_SECONDS)


_REJUDGED = """{rows:,} rows read, linked and committed in {import_seconds:.1f} s ({import_cpu:.1f} CPU s). From then on
the new verdicts stood in the list after **{shown_seconds:.1f} s** (asked ≤ {asked:.0f} s), by the worker as it runs in
service; {subjects_changed:,} enterprises changed. Taken back, they were gone after {taken_back_seconds:.1f} s."""


def _weights(weights: Mapping[str, float]) -> str:
    rows = [
        "Compressed, with every style sheet, script, font and fetched part, nothing cached.",
        "",
        "| page | kB |",
        "| --- | --- |",
    ]
    return "\n".join([*rows, *(f"| {name} | {size:,.0f} |" for name, size in weights.items())])


def _missed(results: Results) -> Iterator[str]:
    for name, bound in P95_MS.items():
        p95 = _task(results, name)["p95_ms"]
        if p95 > bound:
            yield f"{name}: p95 {p95:.0f} ms, asked {bound} ms."
    share = min(_share(each) for each in results["saturation"])
    if share < LEAST_SHARE:
        yield f"At saturation the list reaches {share:.2f} of the bare list, asked {LEAST_SHARE}."
    shown = results["rejudging"].get("shown_seconds")
    if shown is None or shown > SHOWN_SECONDS:
        found = "not measured" if shown is None else f"{shown:.1f} s"
        yield f"A thousand rows: {found}, asked {SHOWN_SECONDS:.0f} s."
    for name, size in results["weights_kb"].items():
        if size > (CHART_KB if "charts" in name else PAGE_KB):
            yield f"{name} weighs {size:.0f} kB."
