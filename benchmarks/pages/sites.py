"""The processes that are measured: the site, its worker, the yardstick; each on a core of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from district import District

SITE_CORE, OTHER_CORE = 0, 1
"""The site has the first core for itself; worker and client share the second."""

_START_SECONDS, _STOP_SECONDS = 120.0, 15.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Site:
    """A running server."""

    address: str
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """CPU seconds of the server and its children until now."""
        return sum(_cpu_of(pid) for pid in _tree(self.process.pid))

    def memory_mb(self) -> float:
        """Memory of the server and its children; the database that they map is the system's own."""
        return sum(_memory_of(pid) for pid in _tree(self.process.pid))


@contextmanager
def serving(district: District) -> Iterator[Site]:
    """``yumiao serve`` with one worker process on the first core."""
    port = _free_port()
    command = [sys.executable, "-m", "yumiao", "serve", "--port", str(port)]
    environment = {**district.environment(), "POLARS_MAX_THREADS": "1"}
    with _running(command, environment, SITE_CORE) as process:
        site = Site(f"http://127.0.0.1:{port}", process)
        _wait(f"{site.address}/health/", process)
        yield site


@contextmanager
def working(district: District) -> Iterator[subprocess.Popen[bytes]]:
    """``yumiao worker`` on the second core."""
    command = [sys.executable, "-m", "yumiao", "worker"]
    with _running(command, district.environment(), OTHER_CORE) as process:
        yield process


@contextmanager
def serving_bare(database: Path) -> Iterator[Site]:
    """The bare list, by the same server with as many processes and threads, on the first core."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--blocking-threads", "4", "--no-access-log", "bare:application"]
    environment = {**os.environ, "BARE_DATABASE": str(database), "PYTHONPATH": str(Path(__file__).parent)}
    with _running(command, environment, SITE_CORE) as process:
        site = Site(f"http://127.0.0.1:{port}", process)
        _wait(f"{site.address}/rows/", process)
        yield site


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], core: int
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: pin(core),  # noqa: PLW1509 - this process has no threads yet
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def pin(core: int) -> None:
    """Keep this process, and those it starts, on one core."""
    os.sched_setaffinity(0, {core})


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server of {address} ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"{address} did not answer within {_START_SECONDS:.0f} s")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _tree(root: int) -> list[int]:
    """Return a process and all that it started."""
    found, parents = [root], {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except (OSError, IndexError):
                continue
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return text.rpartition(")")[2].split()


def _cpu_of(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory_of(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024 if "RssAnon:" in status else 0.0
