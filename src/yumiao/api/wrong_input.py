"""What the checking of a request found, as problems with words in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yumiao.model.problems import Problem
from yumiao.model.text import Text

_PLACES = ("query", "path", "body", "header")
_MOST_FOUND = 80

_TEXTS = {
    "missing": ("缺少这一项", "this is missing"),
    "extra_forbidden": ("没有这一项，请检查拼写", "there is no such field; check the spelling"),
    "enum": ("不在可选值之中：应为 {expected}", "not one of the possible values: expected {expected}"),
    "literal_error": (
        "不在可选值之中：应为 {expected}",
        "not one of the possible values: expected {expected}",
    ),
    "string_too_long": ("太长，最多 {max_length} 字", "too long: at most {max_length} characters"),
    "string_too_short": ("太短，至少 {min_length} 字", "too short: at least {min_length} characters"),
    "string_pattern_mismatch": ("写法不对", "not written as expected"),
    "greater_than_equal": ("太小，至少 {ge}", "too small: at least {ge}"),
    "less_than_equal": ("太大，最多 {le}", "too large: at most {le}"),
    "too_long": ("太多，最多 {max_length} 项", "too many: at most {max_length}"),
    "too_short": ("太少，至少 {min_length} 项", "too few: at least {min_length}"),
    "timezone_aware": ("时刻须带时区，如 +08:00", "the moment needs a zone such as +08:00"),
}
_KINDS = {
    "int": ("应为整数", "expected a whole number"),
    "bool": ("应为 true 或 false", "expected true or false"),
    "date": ("应为日期，如 2026-07-15", "expected a date such as 2026-07-15"),
    "datetime": (
        "应为时刻，如 2026-07-15T09:00:00+08:00",
        "expected a moment such as 2026-07-15T09:00:00+08:00",
    ),
    "string": ("应为文字", "expected a text"),
    "list": ("应为列表", "expected a list"),
    "dict": ("应为对象", "expected an object"),
    "model": ("应为对象", "expected an object"),
}


def problems_of(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Turn the errors of checking a request into problems: where, what was found, what was expected."""
    return [_problem(error) for error in errors]


def _problem(error: Mapping[str, Any]) -> Problem:
    kind, context = str(error["type"]), error.get("ctx", {})
    known = _TEXTS.get(kind) or _KINDS.get(kind.partition("_")[0])
    zh, en = known or ("内容不对", str(error["msg"]))
    path = path_of(error["loc"])
    return Problem(
        f"request.{kind}",
        Text(f"{path}：{zh.format_map(_Lenient(context))}", f"{path}: {en.format_map(_Lenient(context))}"),
        path=path,
        found=_found(error.get("input")),
    )


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return key


def path_of(location: Iterable[str | int]) -> str:
    """Write where in a request something stands: ``facts[2].value``."""
    parts = list(location)
    if parts and parts[0] in _PLACES:
        is_wrapped = parts[0] == "body" or len(parts) > 2
        parts = parts[2:] if is_wrapped and len(parts) > 1 else parts[1:]
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "request"


def _found(value: Any) -> str:
    """What was sent, short, and only where it is one plain value."""
    if not isinstance(value, str | int | float | bool):
        return ""
    return str(value).encode("utf-8", "replace").decode()[:_MOST_FOUND]
