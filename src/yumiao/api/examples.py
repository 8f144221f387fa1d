"""Examples in the OpenAPI document: of every request and answer one that was really sent, and of every error one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from yumiao.api.errors import FAILED, INVALID, NO_TOKEN, WORDS, error_body
from yumiao.model.problems import Problem
from yumiao.model.text import Text

Json = dict[str, Any]
_METHODS = frozenset({"get", "post"})
_WRONG = Problem(
    "request.unknown_parameter",
    Text("没有参数 stat；是否指 state？", "there is no parameter stat; did you mean state?"),
    path="stat",
)
_ERRORS: Mapping[str, tuple[str, Text, tuple[Problem, ...]]] = {
    "400": (*WORDS[400], ()),
    "401": ("token.missing", NO_TOKEN, ()),
    "403": (
        "token.scope",
        Text("令牌没有这个权限范围：read:facts。", "The token lacks the scope read:facts."),
        (),
    ),
    "404": (
        "subject.unknown",
        Text(
            "没有这个编号的企业。编号取自 GET /api/v1/subjects。",
            "There is no enterprise with this id. Ids come from GET /api/v1/subjects.",
        ),
        (),
    ),
    "409": (
        "proposal.decided",
        Text("这条填报现在是“已采纳”，不能这样处理。", "This proposal is accepted; that cannot be done now."),
        (),
    ),
    "413": (*WORDS[413], ()),
    "422": ("request.invalid", INVALID, (_WRONG,)),
    "429": (
        "token.throttled",
        Text("请求过多，请 30 秒后再试。", "Too many requests; try again in 30 seconds."),
        (),
    ),
    "503": ("request.failed", FAILED, ()),
}


@cache
def recorded_examples() -> Mapping[str, Mapping[str, Any]]:
    """Return by operation the ``request`` where it has a body and the ``response`` that was sent."""
    text = resources.files("yumiao.api").joinpath("examples.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return found


def add_examples(document: Json) -> None:
    """Put an example beside the shape of every body of a document."""
    for operation in _operations(document):
        kept = recorded_examples().get(operation["operationId"], {})
        if "request" in kept:
            _put(operation.get("requestBody", {}), kept["request"])
        for status, response in operation["responses"].items():
            if str(status) == "200" and "response" in kept:
                _put(response, kept["response"])
            elif str(status) in _ERRORS:
                _put(response, error_body(*_ERRORS[str(status)]))


def _operations(document: Json) -> Iterator[Json]:
    for path in document["paths"].values():
        yield from (operation for method, operation in path.items() if method in _METHODS)


def _put(holder: Json, example: Any) -> None:
    for content in holder.get("content", {}).values():
        content["example"] = example
