"""Run the benchmarks: every engine in every case, then the results as JSON and as a page of the
documentation.

python benchmarks/run.py                  everything, up to ten million enterprises (about an hour)
python benchmarks/run.py --quick          small sizes only, to see that all works
python benchmarks/run.py --only two-1e6   some cases, by the start of their names
python benchmarks/run.py --render         write the page anew from the results of --date
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import data
from check import DEFAULT_FOLDER, TOLERATED, differences, fewer_decided, more_decided
from contract import Tally
from harness import Engine, Job, Measured, Mode, describe_machine, run
from render import OURS, measure_promise, render

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "benchmarks" / "speed.md"

ENGINES: Mapping[str, tuple[str, Engine]] = {
    OURS: ("Yumiao", Engine("ours")),
    "ours-outcomes": ("Yumiao, outcomes", Engine("ours", prepare="prepare_single")),
    "ours-full": ("Yumiao, every output", Engine("ours", prepare="prepare_single_full")),
    "scan": ("scan (the limit)", Engine("scan")),
    "polars": ("Polars by hand", Engine("peers.polars_hand")),
    "duckdb": ("DuckDB by hand", Engine("peers.duckdb_hand")),
    "duckdb-joined": (
        "DuckDB by hand, joined parameters",
        Engine("peers.duckdb_hand", prepare="prepare_joined", batch="run_batch_joined"),
    ),
    "openfisca": ("OpenFisca", Engine("peers.openfisca_peer")),
    "zen": ("zen-engine", Engine("peers.zen_peer")),
}


@dataclass(frozen=True, slots=True)
class Case:
    """Engines that answer the same question on the same file."""

    title: str
    rows: int
    policies: str
    engines: tuple[str, ...]
    mode: Mode = "batch"
    growth: bool = False
    rounds: int = 2
    warm: int = 3


_TWO = (OURS, "scan", "polars", "duckdb", "openfisca")
_MANY = (OURS, "polars", "duckdb", "duckdb-joined")
CASES: Mapping[str, Case] = {
    "two-1e4": Case("10,000 enterprises × 2 policies", 10_000, "both", _TWO, growth=True),
    "two-1e5": Case("100,000 enterprises × 2 policies", 100_000, "both", _TWO, growth=True),
    "two-1e6": Case("1,000,000 enterprises × 2 policies", 1_000_000, "both", _TWO, growth=True),
    "two-1e7": Case(
        "10,000,000 enterprises × 2 policies",
        10_000_000,
        "both",
        (OURS, "scan", "polars", "openfisca"),
        growth=True,
        rounds=1,
        warm=1,
    ),
    "one-1e5": Case("100,000 enterprises × 1 policy", 100_000, "tech_sme", (OURS, "zen"), rounds=1, warm=3),
    "many-50-1e6": Case(
        "1,000,000 enterprises × 50 policies", 1_000_000, "variants-50", _MANY, rounds=1, warm=1
    ),
    "many-200-1e5": Case(
        "100,000 enterprises × 200 policies", 100_000, "variants-200", (OURS, "polars"), rounds=1, warm=2
    ),
    "single-200": Case(
        "1 enterprise × 200 policies",
        10_000,
        "variants-200",
        ("ours-outcomes", "ours-full", "zen"),
        mode="single",
        rounds=1,
    ),
    "write-1e6": Case(
        "1,000,000 enterprises × 2 policies, written",
        1_000_000,
        "both",
        (OURS, "polars", "duckdb"),
        mode="write",
        rounds=2,
        warm=2,
    ),
    "write-1e7": Case(
        "10,000,000 enterprises × 2 policies, written",
        10_000_000,
        "both",
        (OURS, "polars"),
        mode="write",
        rounds=1,
        warm=1,
    ),
}
QUICK = ("two-1e4", "two-1e5", "one-1e5", "single-200")


def _promise(text: str, case: str, *peers: str, of: str = "cpu", **bound: Any) -> dict[str, Any]:
    return {"text": text, "case": case, "peers": list(peers), "of": of, **bound}


# CPU time is the yardstick: neighbours on the machine disturb it least. Wall time is what is asked of the large files
# that a person waits for. Without a peer the bound is in seconds or megabytes.
PROMISES = (
    _promise("reading the same columns, 1e6 × 2", "two-1e6", "scan", at_most=2.0),
    _promise("reading the same columns, 1e7 × 2", "two-1e7", "scan", at_most=2.0),
    _promise("OpenFisca, 1e5 × 2", "two-1e5", "openfisca", at_least=1.5),
    _promise("OpenFisca, 1e6 × 2", "two-1e6", "openfisca", at_least=3.0),
    _promise("OpenFisca, 1e7 × 2", "two-1e7", "openfisca", at_least=6.0),
    _promise("OpenFisca, 1e7 × 2", "two-1e7", "openfisca", of="memory", at_least=10.0),
    _promise("zen-engine, 1e5 × 1", "one-1e5", "zen", at_least=100.0),
    _promise("zen-engine, 1 enterprise × 200", "single-200", "zen", ours="ours-outcomes", at_least=50.0),
    _promise("DuckDB SQL by hand, 1e6 × 2", "two-1e6", "duckdb", at_least=2.0),
    _promise("DuckDB SQL by hand, 1e6 × 50", "many-50-1e6", "duckdb", "duckdb-joined", at_least=4.0),
    _promise("Polars by hand, 1e6 × 2", "two-1e6", "polars", at_most=1.15),
    _promise("1e7 × 2, written: time", "write-1e7", of="wall", at_most=30.0),
    _promise("1e7 × 2, written: memory", "write-1e7", of="memory", at_most=1000.0),
    _promise("1e5 × 200, warm", "many-200-1e5", of="wall", at_most=1.0),
    _promise("1 enterprise × 200, outcomes", "single-200", ours="ours-outcomes", at_most=0.001),
    _promise("1 enterprise × 200, every output", "single-200", ours="ours-full", at_most=0.025),
)


def run_case(case: Case, folder: Path, seed: str, *, quick: bool) -> dict[str, Any]:
    """Run every engine of a case and compare its tallies with those of Polars, or of the first with any."""
    parquet = data.ensure(folder, case.rows)
    _warm_page_cache(parquet)
    with tempfile.TemporaryDirectory(dir=folder) as written:
        jobs = {
            name: Job(
                ENGINES[name][1],
                case.policies,
                str(parquet),
                mode=case.mode,
                warm=min(case.warm, 2) if quick else case.warm,
                written=str(Path(written) / f"{name}.parquet") if case.mode == "write" else "",
            )
            for name in case.engines
        }
        measured = run(jobs, rounds=1 if quick else case.rounds, seed=seed)
    return _report(case, {name: measured[name] for name in case.engines})


def _report(case: Case, measured: Mapping[str, Measured]) -> dict[str, Any]:
    tallies = {
        name: [Tally(**tally) for tally in engine.tallies]
        for name, engine in measured.items()
        if engine.tallies
    }
    by_peers = [found for name, found in tallies.items() if not name.startswith(OURS)]
    expected = tallies.get("polars") or next(iter([*by_peers, *tallies.values()]), [])
    engines = {}
    for name, engine in measured.items():
        compare = fewer_decided if name.startswith(OURS) else differences
        differs = list(compare(expected, tallies[name])) if name in tallies else []
        largest = max((size for _, size in differs), default=0.0)
        note = f"{len(differs)} of the compared numbers differ, by at most {largest:.2%}." if differs else ""
        if name.startswith(OURS) and name in tallies:
            note = (note + " " + more_decided(expected, tallies[name])).strip()
        engines[name] = {"label": ENGINES[name][0], **asdict(engine), "differs": note}
        del engines[name]["tallies"]
        engines[name]["agrees"] = largest <= TOLERATED.get(name, 0.0)
    kept = ("title", "rows", "policies", "mode", "growth")
    outcomes = {tally.policy: [tally.met, tally.not_met, tally.undetermined] for tally in expected}
    return {name: value for name, value in asdict(case).items() if name in kept} | {
        "outcomes": outcomes,
        "engines": engines,
    }


def _warm_page_cache(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def _show(name: str, case: Mapping[str, Any]) -> None:
    print(f"{name}: {case['title']}")
    for engine in case["engines"].values():
        if engine["failure"]:
            print(f"  {engine['label']}: {engine['failure']}")
            continue
        warm = sorted(call["cpu"] for call in engine["warm"])
        disturbed = max(engine["neighbours_cpu"])
        disagrees = "" if engine["agrees"] else f"  DISAGREES: {engine['differs']}"
        print(
            f"  {engine['label']}: warm CPU {warm[len(warm) // 2]:.6g} s [{warm[0]:.6g}-{warm[-1]:.6g}], "
            f"{max(engine['peak_mb']):.0f} MB, neighbours used {disturbed:.1f} CPU s{disagrees}"
        )


def _chosen(only: Sequence[str], *, quick: bool) -> list[str]:
    names = [name for name in CASES if not only or name.startswith(tuple(only))]
    return [name for name in names if name in QUICK] if quick else names


def main() -> int:
    """Run what the command line asks for; return 1 when a promise was broken or engines disagree."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one round of the small cases")
    parser.add_argument(
        "--date", default=dt.datetime.now(tz=dt.UTC).date().isoformat(), help="YYYY-MM-DD: names the results"
    )
    parser.add_argument("--only", nargs="*", default=[], metavar="CASE", help=f"some of: {', '.join(CASES)}")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_FOLDER, help="where the generated files are kept"
    )
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page is written")
    parser.add_argument(
        "--render", action="store_true", help="measure nothing: write the page from the results"
    )
    arguments = parser.parse_args()
    kept = RESULTS / f"{arguments.date}{'-quick' if arguments.quick else ''}.json"
    if arguments.render:
        results = json.loads(kept.read_text(encoding="utf-8"))
        arguments.page.write_text(render(results), encoding="utf-8")
        return 0
    arguments.data.mkdir(parents=True, exist_ok=True)
    before = json.loads(kept.read_text(encoding="utf-8"))["cases"] if arguments.only and kept.exists() else {}
    results = {
        "date": arguments.date,
        "machine": describe_machine(),
        "promises": PROMISES,
        "cases": dict(before),
    }
    RESULTS.mkdir(exist_ok=True)
    for name in _chosen(arguments.only, quick=arguments.quick):
        results["cases"][name] = run_case(
            CASES[name], arguments.data, f"{arguments.date}-{name}", quick=arguments.quick
        )
        _show(name, results["cases"][name])
        kept.write_text(json.dumps(results, ensure_ascii=False) + "\n", encoding="utf-8")
    if not arguments.quick:
        arguments.page.parent.mkdir(parents=True, exist_ok=True)
        arguments.page.write_text(render(results), encoding="utf-8")
    return _verdict(results)


def _verdict(results: Mapping[str, Any]) -> int:
    broken = [
        promise["text"]
        for promise in PROMISES
        if (ratio := measure_promise(results, promise)) is not None
        and (ratio > promise["at_most"] if "at_most" in promise else ratio < promise["at_least"])
    ]
    disagreeing = [
        f"{engine['label']} in {name}"
        for name, case in results["cases"].items()
        for engine in case["engines"].values()
        if not engine["agrees"]
    ]
    for text, found in (("Promises broken", broken), ("Engines that disagree", disagreeing)):
        if found:
            print(f"{text}: {'; '.join(found)}", file=sys.stderr)
    return 1 if broken or disagreeing else 0


if __name__ == "__main__":
    raise SystemExit(main())
