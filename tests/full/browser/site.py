"""The site under test: a data folder that was built, `yumiao serve` and `yumiao worker` on it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.full.browser.building import TOLD
from tests.full.browser.slowness import read_delay, slow_answers
from tests.full.postgres import free_port

from yumiao.district.commands.demo_running import demo_environment

START_SECONDS = 300
STOP_SECONDS = 120


@dataclass(frozen=True)
class Site:
    """A site that answers.

    Attributes:
        address: ``http://127.0.0.1:port``.
        data: its data folder.
        ids: what addresses need, by name: ids of the named firms.
        passwords: of one person of each role, by login.
        received: words of its pages that came in Chinese, the longest first.
    """

    address: str
    data: Path
    ids: dict[str, str]
    passwords: dict[str, str]
    received: list[str]


def build_site(data: Path) -> None:
    """Build a district in a folder that is not there yet; it is there once it is whole."""
    unfinished = data.with_name(f"{data.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    module = ("-m", "tests.full.browser.building")
    environment = site_environment(unfinished)
    subprocess.run([sys.executable, *module, str(unfinished)], env=environment, check=True)
    unfinished.rename(data)


@contextmanager
def running_site(data: Path) -> Iterator[Site]:
    """Serve a folder in which a district was built, and do its jobs, until the end of the block."""
    environment = site_environment(data)
    told = json.loads((data / TOLD).read_text(encoding="utf-8"))
    port = free_port()
    commands = (("serve", "--port", str(port), "--plain-http"), ("worker",))
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            program = [sys.executable, "-m", "yumiao", *command]
            with (data / f"{command[0]}.log").open("wb") as log:
                running.append(subprocess.Popen(program, env=environment, stdout=log, stderr=log))
        site = Site(f"http://127.0.0.1:{port}", data, told["ids"], told["passwords"], told["received"])
        wait_for(site, running[0])
        with slow_answers(site.address, read_delay()) as address:
            yield replace(site, address=address)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(STOP_SECONDS)


def site_environment(data: Path) -> dict[str, str]:
    """Return the environment of the site's processes: a demo's, of which nothing leads elsewhere."""
    return demo_environment(os.environ, data) | {"YUMIAO_PLAIN_HTTP": "1", "YUMIAO_LANG": "en"}


def wait_for(site: Site, server: subprocess.Popen[bytes]) -> None:
    """Wait until a site answers. Raises: RuntimeError with the server's words when it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with closing(http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=5)) as connection:
                connection.request("GET", "/health/")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the site does not answer: {(site.data / 'serve.log').read_text(encoding='utf-8')}")
