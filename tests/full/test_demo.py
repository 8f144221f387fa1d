"""The demo district of full size: built, served, checked; its figures equal the lists behind them; Ctrl-C ends it."""

import html
import json
import os
import pty
import re
import resource
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.full.postgres import free_port

from yumiao.district.commands.demo_checking import Visitor
from yumiao.district.commands.demo_running import free_port as port_if_free
from yumiao.district.commands.demo_running import running
from yumiao.district.demo.stated import DEMO_FILE, read_demo

YUMIAO = Path(sys.executable).with_name("yumiao")
CPU_SECONDS = 150
FIGURE = re.compile(r'<a class="count" href="(/enterprises/[^"]*)">([\d,]+)</a>')
LISTED = re.compile(r'<span class="meta">([\d,]+) 家')
WAIT_SECONDS = 300


def number_of(text):
    return int(text.replace(",", ""))


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """The folder of the district, what the check printed, and its seconds of CPU."""
    folder = tmp_path_factory.mktemp("demo") / "district"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [YUMIAO, "demo-district", "--folder", folder, "--check", "--port", str(free_port()), "--lang", "en"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return folder, done.stdout, spent


@pytest.fixture(scope="module")
def stated(checked):
    return json.loads((checked[0] / DEMO_FILE).read_text(encoding="utf-8"))


def test_demo_is_built_served_and_checked_within_the_promised_time(checked):
    _, printed, seconds = checked

    pages = re.findall(r"^  200 (/\S*)$", printed, re.MULTILINE)
    assert {"/overview/", "/enterprises/", "/policies/"} < set(pages)
    assert len(pages) >= 6
    assert f"All {len(pages)} pages are well." in printed
    assert seconds < CPU_SECONDS


def test_demo_holds_what_the_district_promises(stated):
    hnte = stated["titles"]["hnte"]

    assert stated["subjects"] >= 5000
    assert set(stated["rungs"]) == {"1", "2", "3", "4", "5"}
    assert hnte["start"] == 1312
    assert hnte["ending"] > 20
    assert 20 <= stated["pairs_to_tell_apart"] <= 500
    assert stated["facts_in_conflict"] >= 300
    assert len({each["source"] for each in stated["files"]}) >= 6
    for policy, counts in stated["outcomes"].items():
        if policy.startswith(("hnte@", "tech_sme@", "srdi_sme@", "little_giant@", "innovative_sme@")):
            assert min(counts["met"], counts["not_met"], counts["undetermined"]) > 0, policy


def test_every_figure_of_the_overview_is_the_count_of_its_list(checked):
    folder = checked[0]
    demo = read_demo(folder)
    with running(folder, free_port()) as site:
        site.wait_until_up()
        visitor = Visitor(site.address)
        visitor.sign_in(demo.accounts[0])
        _, overview = visitor.read("/overview/")
        figures = {html.unescape(path): number_of(count) for path, count in FIGURE.findall(overview)}
        listed = {}
        for path in figures:
            found = LISTED.search(visitor.read(path)[1])
            listed[path] = number_of(found[1]) if found else None

    assert len(figures) > 40
    assert listed == figures


def test_ctrl_c_at_a_terminal_ends_site_and_worker_and_leaves_with_0(checked):
    port = free_port()
    command = [str(YUMIAO), "demo-district", "--folder", str(checked[0]), "--port", str(port), "--lang", "en"]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)  # noqa: S606 - the program, as a person calls it
    printed, deadline, is_told = "", time.monotonic() + WAIT_SECONDS, False
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                printed += os.read(terminal, 4096).decode(errors="replace")
            except OSError:
                break
        if "Ctrl-C stops" in printed and not is_told:
            os.write(terminal, b"\x03")
            is_told = True

    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert "The site and the worker have stopped." in printed
    assert f"http://127.0.0.1:{port}/" in printed
    assert port_if_free(port) == port
