"""The page of commands and the command line say the same."""

import re
from pathlib import Path

import pytest

from yumiao.cli.app import app
from yumiao.cli.language import localised

PAGE = Path(__file__).parents[3] / "docs" / "officers" / "commands.md"


def leaves(command, path=()):
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(path), command
    for name, each in (below or {}).items():
        yield from leaves(each, (*path, name))


COMMANDS = dict(leaves(localised(app, "en")))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    assert re.search(rf"[`# $]{name}\b", PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name):
    text = PAGE.read_text(encoding="utf-8")

    options = {
        option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")
    }
    assert {option for option in options if f"`{option}" not in text} == set()


def test_every_documented_option_exists():
    known = {
        option for command in COMMANDS.values() for parameter in command.params for option in parameter.opts
    }

    named = set(re.findall(r"`(--[a-z-]+)", PAGE.read_text(encoding="utf-8")))
    assert named - known - {"--help", "--lang"} == set()
