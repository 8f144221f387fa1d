"""A wrong call of the command line, said in the reader's language."""

from __future__ import annotations

import re

import typer

from yumiao.model.text import Language

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"Missing (?:argument|option|parameter) (.+?)\.(.*)", r"缺少参数 \1。"),
    (r"No such option: (\S+)\s*(?:\(Possible options: (.+)\))?.*", r"没有选项 \1。"),
    (r"No such command (.+?)\.(.*)", r"没有命令 \1。"),
    (r"Invalid value for (.+?): (.+)", r"\1 的值不对：\2"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多出的参数：\1"),
    (r"Option (.+) requires an argument\.?", r"选项 \1 需要一个值。"),
)


def usage_text(error: typer.TyperException, language: Language) -> str:
    """Return the message of a wrong call; what has no Chinese wording stays as it is."""
    message = error.format_message()
    if language == "en":
        return message
    for pattern, words in _PATTERNS:
        found = re.fullmatch(pattern, message, flags=re.DOTALL)
        if found:
            return found.expand(words)
    return message
