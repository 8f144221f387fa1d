"""The guide for pack authors, followed to the letter: files written, commands run, output as printed."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "pack-authors" / "twenty-minutes.md"
YUMIAO = Path(sys.executable).parent / "yumiao"
SKIPPED = "…"
"""Stands for any number of lines of output."""


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: its language, the file it is about, its text."""

    language: str
    title: str
    text: str


def read_blocks():
    found = re.findall(
        r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$',
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return [Block(*parts) for parts in found]


def write(folder, block):
    path = folder / block.title
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def correct(folder, block):
    """Replace the lines that are removed by those that are added; they stand in the file once."""
    sides = {sign: [line[1:] for line in block.text.splitlines() if line[0] == sign] for sign in "-+"}
    removed, added = ("\n".join(sides[sign]) for sign in "-+")
    path = folder / block.title
    text = path.read_text(encoding="utf-8")
    assert text.count(removed) == 1, f"{block.title} should hold once: {removed}"
    path.write_text(text.replace(removed, added), encoding="utf-8")


def run(folder, block):
    """Run the command of a block; return what it printed and what the page says."""
    command, *printed = block.text.splitlines()
    assert command.startswith("$ yumiao ")
    done = subprocess.run(
        [YUMIAO, *command.split()[2:]],
        cwd=folder,
        env={**os.environ, "YUMIAO_LANG": "en"},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return [line.rstrip() for line in (done.stdout + done.stderr).splitlines()], printed


def as_printed(shown, printed):
    """Whether output is as the page prints it."""
    pattern = "".join(r"(?:.*\n)*" if line == SKIPPED else re.escape(line) + r"\n" for line in printed)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in shown)) is not None


STEPS = {"yaml": write, "text": write, "diff": correct}


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Follow the guide in an empty folder; return each command with its output and what the page says."""
    folder = tmp_path_factory.mktemp("guide")
    commands = []
    for block in read_blocks():
        if block.language == "console":
            commands.append((block.text.splitlines()[0], *run(folder, block)))
        else:
            STEPS[block.language](folder, block)
    return commands


def test_guide_prints_what_each_command_shows(followed):
    different = [(command, shown) for command, shown, printed in followed if not as_printed(shown, printed)]

    assert different == []


def test_guide_checks_tests_judges_explains_and_shows(followed):
    asked = [" ".join(command.split()[2:4]) for command, _, _ in followed]

    assert asked == [
        "packs check",
        "packs test",
        "packs test",
        "packs check",
        "evaluate firms.csv",
        "explain 蜗牛轴承",
        "questions 乌龟五金",
        "packs show",
    ]


def test_programme_of_the_guide_says_that_it_is_invented():
    text = PAGE.read_text(encoding="utf-8")
    policy = next(block.text for block in read_blocks() if block.title.endswith("invented-2030-1.yaml"))

    assert "**invented**" in text
    assert policy.count("（虚构）") >= 2
