"""The site and the worker as two processes of one group: they start together and end together.

The group is not the terminal's: Ctrl-C reaches this process alone, which then ends each of the two in its own way. A
server whose workers are interrupted behind its back may wait for them for ever.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from yumiao.district.commands.preparing import SETTINGS
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

HOST = "127.0.0.1"
FIRST_PORT, PORTS_TRIED = 8000, 20
START_SECONDS, STOP_SECONDS = 90.0, 20.0
_BEAT = 0.2
_TOLD_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Ended:
    """A process that ended though nobody asked it to: which, and what it left with."""

    name: str
    code: int


class Stopped(Exception):  # noqa: N818 - it is no error to be told to stop
    """The process was told to stop."""


def free_port(wanted: int | None) -> int:
    """Return the port to listen on: the one wanted, or the first free one.

    Raises: YumiaoError (``demo.port``) when the one wanted is taken, or all are.
    """
    ports = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for port in ports:
        if _is_free(port):
            return port
    last = ports[-1]
    raise YumiaoError(
        "demo.port",
        Text(
            f"端口 {ports[0]}{'' if last == ports[0] else f'–{last}'} 已被占用，请用 --port 另选。",
            f"Port {ports[0]}{'' if last == ports[0] else f' to {last}'} is taken; choose another with --port.",
        ),
    )


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            return False
    return True


def demo_environment(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the environment of a demo: its own folder, its own database, nothing that leaves this machine.

    What the machine is told for a district in service (database, mail, names) does not hold for the demo.
    """
    kept = {name: value for name, value in variables.items() if not name.startswith("YUMIAO_")}
    return {
        **kept,
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "YUMIAO_DATA": str(folder.absolute()),
        "YUMIAO_STORE": str((folder / "store").absolute()),
        "YUMIAO_ORG": "科学技术局（演示）",
        "YUMIAO_LANG": variables.get("YUMIAO_LANG", ""),
        "YUMIAO_PLAIN_HTTP": "1",
        "YUMIAO_MFA": "off",
        "YUMIAO_CONSOLE_MESSAGES": "1",
    }


@contextmanager
def running(folder: Path, port: int) -> Iterator[Running]:
    """Run the site and the worker on a data folder; whatever happens, both have ended afterwards."""
    environment = demo_environment(os.environ, folder)
    program = [sys.executable, "-m", "yumiao"]
    calls = {
        "serve": [*program, "serve", "--host", HOST, "--port", str(port)],
        "worker": [*program, "worker"],
    }
    processes: dict[str, subprocess.Popen[bytes]] = {}
    former = {number: signal.signal(number, _stop) for number in _TOLD_TO_STOP}
    try:
        for name, call in calls.items():
            group = processes["serve"].pid if processes else 0
            processes[name] = subprocess.Popen(  # noqa: S603 - our own program
                call,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                process_group=group,
            )
        yield Running(processes, f"http://{HOST}:{port}")
    finally:
        for number in former:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave one of them behind
        _end(processes)
        for number, handler in former.items():
            signal.signal(number, handler)


@dataclass(frozen=True)
class Running:
    """The two processes, and the address of the site."""

    processes: dict[str, subprocess.Popen[bytes]]
    address: str

    def ended(self) -> Ended | None:
        """Return the first process that has ended by itself."""
        for name, process in self.processes.items():
            code = process.poll()
            if code is not None:
                return Ended(name, code)
        return None

    def wait_until_up(self) -> None:
        """Wait until the site answers.

        Raises: YumiaoError (``demo.not_up``) when it does not, or one of the two ended.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.ended() is not None:
                break
            if self._answers():
                return
            time.sleep(_BEAT)
        raise YumiaoError(
            "demo.not_up",
            Text(
                f"网站没有在 {START_SECONDS:.0f} 秒内启动；原因见上面的输出。",
                f"The site did not start within {START_SECONDS:.0f} seconds; the output above says why.",
            ),
        )

    def wait_until_ended(self) -> Ended:
        """Wait until one of the two ends by itself. Raises: `Stopped` when this process is told to stop."""
        while (ended := self.ended()) is None:
            time.sleep(_BEAT)
        return ended

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/", timeout=5) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _end(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if processes:
        with suppress(ProcessLookupError):  # nobody of the group is left, as it should be
            os.killpg(processes["serve"].pid, signal.SIGKILL)
