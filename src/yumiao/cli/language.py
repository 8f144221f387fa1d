"""The language of the command line: an option, else the environment, else Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer.rich_utils
from typer.main import get_command

from yumiao.model.text import Language, Text

VARIABLE = "YUMIAO_LANG"
OPTION = "--lang"
_SEPARATOR = "\x1f"

PANELS = {
    "ARGUMENTS_PANEL_TITLE": Text("参数", "Arguments"),
    "OPTIONS_PANEL_TITLE": Text("选项", "Options"),
    "COMMANDS_PANEL_TITLE": Text("命令", "Commands"),
    "ERRORS_PANEL_TITLE": Text("错误", "Error"),
    "REQUIRED_LONG_STRING": Text("[必填]", "[required]"),
    "DEFAULT_STRING": Text("[默认：{}]", "[default: {}]"),
}
HELP = Text("显示说明", "Show this message and exit.")


def both(zh: str, en: str) -> str:
    """Write a help text in both languages; :func:`localised` keeps one of them."""
    return f"{zh}{_SEPARATOR}{en}"


def chosen_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Read the language from the arguments, else from the environment; anything unknown is Chinese."""
    found = environment.get(VARIABLE, "zh")
    for number, argument in enumerate(arguments):
        if argument == OPTION and number + 1 < len(arguments):
            found = arguments[number + 1]
        elif argument.startswith(f"{OPTION}="):
            found = argument.partition("=")[2]
    return "en" if found.lower().startswith("en") else "zh"


def without_language(arguments: Sequence[str]) -> list[str]:
    """Take the language out of the arguments, so that it may stand anywhere among them."""
    kept: list[str] = []
    is_value = False
    for argument in arguments:
        if is_value or argument == OPTION or argument.startswith(f"{OPTION}="):
            is_value = argument == OPTION and not is_value
            continue
        kept.append(argument)
    return kept


def localised(app: typer.Typer, language: Language) -> Any:
    """Return the command line of an app with every help text in one language."""
    for name, words in PANELS.items():
        setattr(typer.rich_utils, name, words.words(language))
    command = get_command(app)
    _localise(command, language)
    return command


def _localise(command: Any, language: Language) -> None:
    for attribute in ("help", "short_help", "epilog"):
        setattr(command, attribute, _picked(getattr(command, attribute, None), language))
    for parameter in command.params:
        parameter.help = _picked(getattr(parameter, "help", None), language)
    _localise_help_option(command, language)
    for below in getattr(command, "commands", {}).values():
        _localise(below, language)


def _localise_help_option(command: Any, language: Language) -> None:
    original = command.get_help_option

    def get_help_option(context: object) -> Any:
        option = original(context)
        if option is not None:
            option.help = HELP.words(language)
        return option

    command.get_help_option = get_help_option


def _picked(words: str | None, language: Language) -> str | None:
    if words is None or _SEPARATOR not in words:
        return words
    zh, _, en = words.partition(_SEPARATOR)
    return zh if language == "zh" else en
