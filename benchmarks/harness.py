"""Run engines in fresh processes, in random order, and measure what each call costs.

The parent starts one worker process per engine and round. The worker's first call is cold (it pays for
starting the interpreter, imports and preparation), the later ones are warm. Measured are CPU seconds of the
process, all threads included, which neighbours on the machine disturb least; wall seconds; and the peak of
resident memory.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, Literal

from contract import HNTE, TECH_SME, Outputs, Policy, tech_sme_variants

Mode = Literal["batch", "write", "single"]
PACKAGES = ("yumiao", "polars", "duckdb", "pyarrow", "numpy", "OpenFisca-Core", "zen-engine")
SINGLE_CALLS = 300
"""Calls for one enterprise in each process: enough for a 99th percentile of three calls."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A module of the protocol in README.md, by the names of its functions."""

    module: str
    prepare: str = "prepare"
    batch: str = "run_batch"
    write: str = "run_write"
    single: str = "run_single"


@dataclass(frozen=True, slots=True)
class Job:
    """What one worker does."""

    engine: Engine
    policies: str
    parquet: str
    outputs: Outputs = "all"
    mode: Mode = "batch"
    warm: int = 3
    written: str = ""


@dataclass(slots=True)
class Measured:
    """What the processes of one engine in one case have cost: one entry per call, or per process."""

    cold: list[dict[str, float]] = field(default_factory=list)
    warm: list[dict[str, float]] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    neighbours_cpu: list[float] = field(default_factory=list)
    tallies: list[dict[str, Any]] = field(default_factory=list)
    bytes_written: int = 0
    failure: str = ""


def policies_of(spec: str) -> list[Policy]:
    """Read what to judge: ``tech_sme``, ``both``, or ``variants-N``."""
    named = {"tech_sme": [TECH_SME], "hnte": [HNTE], "both": [TECH_SME, HNTE]}
    return named[spec] if spec in named else tech_sme_variants(int(spec.removeprefix("variants-")))


# --- in the worker ------------------------------------------------------------


def work(job: Job, started_at: float) -> dict[str, Any]:
    """Do the job in this process and report what it cost.

    Args:
        job: what to do.
        started_at: when the parent started this process, so that the cold call pays for the start too.
    """
    module = importlib.import_module(job.engine.module)
    program = getattr(module, job.engine.prepare)(policies_of(job.policies))
    call = _call(module, program, job)
    result = call()
    cold = {"cpu": _cpu_seconds(), "wall": time.time() - started_at}
    repeat = SINGLE_CALLS if job.mode == "single" else job.warm
    warm = [_measure(call) for _ in range(repeat)]
    tallies = [asdict(tally) for tally in result] if job.mode == "batch" else []
    written = Path(job.written).stat().st_size if job.written else 0
    return {"cold": cold, "warm": warm, "peak_mb": _peak_mb(), "tallies": tallies, "bytes_written": written}


def _call(module: Any, program: Any, job: Job) -> Callable[[], Any]:
    function = getattr(module, getattr(job.engine, job.mode))
    if job.mode == "write":
        return lambda: function(program, Path(job.parquet), Path(job.written))
    if job.mode == "batch":
        return lambda: function(program, Path(job.parquet), job.outputs)
    import polars as pl  # only this mode needs it here: the other engines must not pay for it

    facts = pl.scan_parquet(job.parquet).slice(3, 1).collect().row(0, named=True)
    return lambda: function(program, facts)


def _measure(call: Callable[[], Any]) -> dict[str, float]:
    cpu, wall = _cpu_seconds(), time.perf_counter()
    call()
    return {"cpu": round(_cpu_seconds() - cpu, 6), "wall": round(time.perf_counter() - wall, 6)}


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak_mb() -> float:
    """Peak resident memory of this program alone: ``ru_maxrss`` would start at the size of the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


# --- in the parent ------------------------------------------------------------


def run(jobs: dict[str, Job], rounds: int, seed: str, timeout: float = 3_600) -> dict[str, Measured]:
    """Run every job once per round, each in a fresh process, in an order drawn anew for each round.

    An engine that fails is reported once, with its last line of error, and left out of the following rounds.
    """
    measured = {name: Measured() for name in jobs}
    for number in range(rounds):
        order = [name for name in jobs if not measured[name].failure]
        random.Random(f"{seed}-{number}").shuffle(order)
        for name in order:
            _run_once(jobs[name], measured[name], timeout)
    return measured


def _run_once(job: Job, into: Measured, timeout: float) -> None:
    busy = busy_seconds()
    command = [sys.executable, __file__, json.dumps(asdict(job)), repr(time.time())]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        into.failure = f"no answer within {timeout:.0f} s"
        return
    if done.returncode:
        into.failure = (done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"])[-1]
        return
    report = json.loads(done.stdout.splitlines()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    into.cold.append(report["cold"])
    into.warm += report["warm"]
    into.peak_mb.append(report["peak_mb"])
    into.neighbours_cpu.append(max(0.0, busy_seconds() - busy - own))
    into.tallies, into.bytes_written = report["tallies"], report["bytes_written"]


def busy_seconds() -> float:
    """CPU seconds that the machine has worked since it started, for anyone."""
    user, nice, system, _idle, _wait, *interrupts = (
        Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:]
    )
    return sum(map(int, (user, nice, system, *interrupts[:2]))) / os.sysconf("SC_CLK_TCK")


def describe_machine() -> dict[str, Any]:
    """Say what the numbers were measured on."""
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next(
        (line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name")),
        "?",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


# --- what was measured, in one number ------------------------------------------------------------


def typical(calls: Iterable[dict[str, float]], of: str) -> float | None:
    """Median over the calls, or None without calls."""
    values = [call[of] for call in calls]
    return median(values) if values else None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(work(Job(**{**given, "engine": Engine(**given["engine"])}), float(sys.argv[2]))))
