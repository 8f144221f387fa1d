"""What must never stand in a journal, a file name or a message: words about persons. Ids and hashes may."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"
"""What a payload holds: tokens, whole numbers, yes or no, nothing; lists and groups of them. No binary floats."""

MOST_TOKEN = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TOKEN = re.compile(r"[A-Za-z0-9_.:@/+=-]*")
_ALONE = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_PERSONAL = (
    re.compile(_ALONE.format(r"(?:\+?86)?1[3-9]\d{9}")),
    re.compile(_ALONE.format(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]")),
    re.compile(r"[^@/\s]+@[^@/\s]+\.[A-Za-z]{2,}"),
)


def is_token(text: str) -> bool:
    """Say whether a text is an id, a hash, a code or a date: no sentence, no name, no telephone, no address."""
    return (
        len(text) <= MOST_TOKEN
        and _TOKEN.fullmatch(text) is not None
        and not any(pattern.search(text) for pattern in _PERSONAL)
    )


def canonical_payload(payload: Mapping[str, Value]) -> str:
    """Return a payload as canonical JSON: keys in order, no spaces, characters as they are.

    Raises: YumiaoError (``payload.refused``) naming every key that holds more than ids, hashes and numbers.
    """
    problems = tuple(_problems(payload, ""))
    if problems:
        raise YumiaoError(
            "payload.refused",
            Text(
                "留痕与消息只存编号、哈希和整数，以下各项不行。",
                "Journals and messages hold ids, hashes and whole numbers only; these cannot stand there:",
            ),
            problems,
        )
    return canonical_json(payload)


def canonical_json(value: object) -> str:
    """Return the one way to write a value as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _problems(value: object, path: str) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                yield _problem(path or ".", "键应为小写英文", "a key has to be lower case English")
            else:
                yield from _problems(each, f"{path}.{key}" if path else key)
    elif isinstance(value, str):
        if not is_token(value):
            yield _problem(path, "不是编号、哈希或代码", "is no id, hash or code")
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from _problems(each, f"{path}[{at}]")
    elif value is not None and not isinstance(value, int):
        yield _problem(path, "只能是整数、是否或空", "has to be a whole number, yes or no, or nothing")


def _problem(path: str, zh: str, en: str) -> Problem:
    """The value itself is not repeated: it may be what must not be kept."""
    return Problem("payload.value", Text(f"{path}：{zh}。", f"{path} {en}."), path=path)
