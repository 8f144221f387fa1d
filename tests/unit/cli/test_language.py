"""The language of the command line, and what it says of wrong calls."""

import re

import pytest

from yumiao.cli.app import app, run
from yumiao.cli.language import chosen_language, localised, without_language
from yumiao.cli.usage import usage_text

CHINESE = re.compile("[\u4e00-\u9fff]")


def commands_of(command, path=()):
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands_of(below, (*path, name))


PATHS = [path for path, _ in commands_of(localised(app, "en"))]


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "zh"),
        ([], {"YUMIAO_LANG": "en"}, "en"),
        ([], {"YUMIAO_LANG": "en_GB.UTF-8"}, "en"),
        ([], {"YUMIAO_LANG": "fr"}, "zh"),
        ([], {"LANG": "en_US.UTF-8"}, "zh"),
        (["packs", "list", "--lang", "en"], {}, "en"),
        (["--lang=en", "packs", "list"], {}, "en"),
        (["--lang", "zh"], {"YUMIAO_LANG": "en"}, "zh"),
        (["--lang"], {}, "zh"),
    ],
)
def test_language_is_the_option_else_the_environment_else_chinese(arguments, environment, language):
    assert chosen_language(arguments, environment) == language


def test_language_may_stand_anywhere_among_the_arguments():
    arguments = ["--lang", "en", "codes", "--lang=zh", "check", "X", "--lang", "en"]

    assert without_language(arguments) == ["codes", "check", "X"]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_english_help_is_all_english(path, capsys):
    assert run([*path, "--help", "--lang", "en"], {}) == 0
    assert not CHINESE.search(capsys.readouterr().out)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_chinese_help_explains_every_option_in_chinese(path, capsys):
    assert run([*path, "--help"], {}) == 0

    for parameter in dict(commands_of(localised(app, "zh")))[path].params:
        assert parameter.help is None or CHINESE.search(parameter.help), parameter.name
    assert "Show this message" not in capsys.readouterr().out


def test_commands_are_those_that_the_documentation_names():
    names = {" ".join(path) for path in PATHS if path}

    assert names == {
        "evaluate", "explain", "plan", "questions", "demo",
        "read", "map", "match", "import", "facts", "batches", "revert", "unrevert", "conflicts", "count", "ladder",
        "queue", "decide", "split", "decisions", "undo",
        "store", "store create", "store verify", "store compact", "store originals", "store original",
        "store destroy-expired",
        "backup", "restore", "upgrade", "district units", "demo-district",
        "serve", "worker", "district", "district prepare", "district create-person", "district disable-person",
        "district rebuild", "district check", "district targets", "district brief", "district seal-journal",
        "district deliver", "district flush", "district rotate-vault",
        "district create-token", "district list-tokens", "district revoke-token", "journal", "journal verify",
        "packs", "packs check", "packs test", "packs show", "packs list", "packs schema",
        "codes", "codes check",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["evaluate", "x.xlsx"], "缺少参数 '--as-of'。", "Missing option '--as-of'."),
        (["evaluat"], "没有命令 'evaluat'。", "No such command 'evaluat'."),
        (["codes", "check", "--nothing"], "没有选项 --nothing。", "No such option: --nothing"),
    ],
)
def test_wrong_call_is_told_in_the_language_and_leaves_with_2(arguments, zh, en, capsys):
    assert run(arguments, {}) == 2
    assert zh in capsys.readouterr().err
    assert run(arguments, {"YUMIAO_LANG": "en"}) == 2
    assert en.split("'")[0] in capsys.readouterr().err


def test_wrong_call_without_a_chinese_wording_stays_readable():
    class OddError(Exception):
        def format_message(self):
            return "Something odd."

    assert usage_text(OddError(), "zh") == "Something odd."
