"""The pages of a large district under load; writes ``benchmarks/results/pages-DATE.json`` and the page in docs.

make bench-pages                                    # builds the district the first time, which takes long
python benchmarks/pages/run.py --cache DIR          # where the district is kept
python benchmarks/pages/run.py --firms 2000 --seconds 10 --no-page     # a small one, to see that all works
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))  # the harness of the other benchmarks

from bare import copy_rows  # noqa: E402
from district import FIRMS, District, ensure_district  # noqa: E402
from harness import busy_seconds, describe_machine, percentile  # noqa: E402
from page import render_page  # noqa: E402
from sites import OTHER_CORE, Site, pin, serving, serving_bare, working  # noqa: E402
from visiting import Visitor, measure_costs, weigh_pages  # noqa: E402

USERS, THINK_SECONDS, SECONDS = 20, 2, 60
EAGER_USERS, EAGER_SECONDS, ROUNDS = 8, 15, 2
"""Officers who do not think, to find what the site can do at most; ours and the yardstick in turns."""

RESULTS = HERE.parent / "results"
PAGE = HERE.parents[1] / "docs" / "benchmarks" / "pages.md"


def measure(district: District, seconds: int) -> dict[str, Any]:
    """Run everything once."""
    pin(OTHER_CORE)  # the client, and what it starts unless it is pinned elsewhere
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        cases = _cases(district, here)
        bare = here / "bare.sqlite3"
        copy_rows(district.folder / "yumiao.sqlite3", bare)
        with serving(district) as site, working(district):
            visitor = Visitor(site.address, district.login, district.password)
            costs = measure_costs(site, visitor, cases)
            weights = weigh_pages(visitor, cases)
            load = _load(site, district, {**cases, "only": ""}, here, USERS, seconds, THINK_SECONDS)
            rounds = [_round(site, district, bare, cases, here, seconds) for _ in range(ROUNDS)]
            rejudging = _rejudge(district, here)
            memory = round(site.memory_mb())
    return {
        "costs": {name: asdict(each) for name, each in costs.items()},
        "weights_kb": weights,
        "load": load,
        "saturation": rounds,
        "rejudging": rejudging,
        "site_memory_mb": memory,
    }


def _cases(district: District, here: Path) -> dict[str, Any]:
    place = here / "cases.json"
    command = [sys.executable, str(HERE / "cases.py"), str(place)]
    subprocess.run(command, env=district.environment(), check=True)
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return found


def _load(
    site: Site,
    district: District,
    cases: dict[str, Any],
    here: Path,
    users: int,
    seconds: int,
    think: float,
    *,
    is_known: bool = True,
) -> dict[str, Any]:
    """Let officers work, in a process of their own; returns times by task and what the server spent."""
    place = here / "now.json"
    place.write_text(json.dumps(cases), encoding="utf-8")
    who = [district.login, district.password] if is_known else ["", ""]
    command = [sys.executable, str(HERE / "users.py"), site.address, *who, str(place)]
    command += [str(users), str(seconds), str(think)]
    cpu, busy = site.cpu_seconds(), busy_seconds()
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 120)
    found = json.loads(done.stdout.splitlines()[-1])
    times = found.pop("times")
    spent = site.cpu_seconds() - cpu
    return {
        **found,
        "tasks": {name: _summary(each) for name, each in sorted(times.items())},
        "pages_per_second": round(sum(map(len, times.values())) / found["seconds"], 2),
        "server_cpu_seconds": round(spent, 1),
        "all_cpu_seconds": round(busy_seconds() - busy, 1),
    }


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "requests": len(ordered),
        "median_ms": percentile(ordered, 0.5),
        "p95_ms": percentile(ordered, 0.95),
        "max_ms": ordered[-1],
    }


def _round(
    site: Site, district: District, bare: Path, cases: dict[str, Any], here: Path, seconds: int
) -> dict[str, Any]:
    """Lists only, as fast as they come: ours, then the yardstick."""
    ask = {"seed": cases["seed"], "only": "list"}
    long = min(seconds, EAGER_SECONDS)
    ours = _load(site, district, {**ask, "lists": cases["plain"]}, here, EAGER_USERS, long, 0)
    with serving_bare(bare) as other:
        theirs = _load(
            other, district, {**ask, "lists": cases["bare"]}, here, EAGER_USERS, long, 0, is_known=False
        )
    return {"ours": ours, "bare": theirs}


def _rejudge(district: District, here: Path) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "rejudging.py"), str(here)]
    done = subprocess.run(command, env=district.environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["?"])[-1]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "yumiao-bench-pages")
    parser.add_argument("--firms", type=int, default=FIRMS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--no-page", action="store_true", help="print the results and write nothing")
    arguments = parser.parse_args()
    district = ensure_district(arguments.cache.absolute(), arguments.firms)
    before = dt.datetime.now().astimezone()
    results = {
        "date": before.date().isoformat(),
        "started": before.isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "district": {key: each for key, each in district.stated.items() if key not in ("login", "password")},
        "users": USERS,
        "think_seconds": THINK_SECONDS,
        "eager_users": EAGER_USERS,
        **measure(district, arguments.seconds),
    }
    text = json.dumps(results, ensure_ascii=False, indent=1)
    if arguments.no_page:
        print(text)
        return
    (RESULTS / f"pages-{results['date']}.json").write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(render_page(results), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
