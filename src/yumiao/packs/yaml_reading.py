"""YAML with line numbers: read a file into a checked model, or into the list of everything wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from yumiao.model.problems import Problem
from yumiao.model.text import Text

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Source:
    """A YAML file as read: its text, its data, and where each key stands."""

    path: Path
    shown: str
    text: str
    data: Any

    def line(self, keys: Sequence[str | int]) -> int:
        """Return the line (from 1) of the deepest key of ``keys`` that stands in the file."""
        node, line = self.data, 1
        for key in keys:
            position = _position(node, key)
            if position is None:
                break
            line = position + 1
            node = node[key]
        return line


def _position(node: Any, key: str | int) -> int | None:
    try:
        if isinstance(node, Mapping) and key in node:
            return int(node.lc.key(key)[0])  # type: ignore[attr-defined]  # ruamel's mappings know their lines
        if isinstance(node, list) and isinstance(key, int) and key < len(node):
            return int(node.lc.item(key)[0])  # type: ignore[attr-defined]
    except (AttributeError, KeyError, TypeError):
        return None
    return None


def read_yaml(path: Path, shown: str) -> tuple[Source | None, list[Problem]]:
    """Read one file; ``shown`` is the name used in messages."""
    try:
        text = path.read_text(encoding="utf-8")
        data = YAML(typ="rt").load(StringIO(text))
    except UnicodeDecodeError:
        message = Text("文件不是 UTF-8 编码，请另存为 UTF-8", "the file is not UTF-8; save it as UTF-8")
        return None, [Problem("yaml.encoding", message, file=shown)]
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        message = Text(f"YAML 格式错误：{error.problem}", f"not valid YAML: {error.problem}")
        return None, [Problem("yaml.syntax", message, file=shown, line=line)]
    except (OSError, YAMLError) as error:
        return None, [
            Problem("yaml.unreadable", Text(f"读不出文件：{error}", f"cannot read: {error}"), file=shown)
        ]
    if not isinstance(data, Mapping):
        message = Text("文件应为键值结构", "expected a mapping of keys at the top")
        return None, [Problem("yaml.shape", message, file=shown, line=1)]
    return Source(path, shown, text, data), []


def plain(value: Any) -> Any:
    """Copy ruamel's containers and scalars into plain ones, so that the model sees only data."""
    if isinstance(value, Mapping):
        return {str(key) if not isinstance(key, str) else key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return repr(float(value))
    return value


def check_model(source: Source, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Check a file against its model; every problem of the file at once."""
    try:
        return model.model_validate(plain(source.data)), []
    except ValidationError as error:
        return None, [_problem(source, model, detail) for detail in error.errors()]


def _problem(source: Source, model: type[BaseModel], detail: Any) -> Problem:
    keys = [key for key in detail["loc"] if isinstance(key, str | int)]
    path = _known_path(source.data, keys)
    context = detail.get("ctx", {})
    text = _words(detail, keys, model, context)
    return Problem(
        f"pack.{detail['type']}",
        text,
        file=source.shown,
        line=source.line(path),
        path=key_path(path),
        found=_found(detail),
    )


def _known_path(data: Any, keys: Sequence[str | int]) -> list[str | int]:
    """Drop what pydantic adds to a place (union members), keeping what stands in the file."""
    path: list[str | int] = []
    node: Any = data
    for key in keys:
        if (isinstance(node, Mapping) and key in node) or (
            isinstance(node, list) and isinstance(key, int) and key < len(node)
        ):
            path.append(key)
            node = cast("Any", node)[key]
    return path


def key_path(keys: Iterable[str | int]) -> str:
    """Write a place in a file as ``conditions.H5_rd_ratio.need`` or ``bands[1]``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def _found(detail: Any) -> str:
    value = detail.get("input")
    return "" if isinstance(value, dict | list) else str(value)


def pointer(text: str, column: int, width: int) -> str:
    """Show an expression with the wrong word marked below it."""
    return f"\n    {text}\n    {' ' * column}{'^' * max(1, width)}"


def _words(detail: Any, keys: list[str | int], model: type[BaseModel], context: Mapping[str, Any]) -> Text:
    kind = detail["type"]
    if kind == "expression" and "text" in context:
        mark = pointer(context["text"], context["column"], context["width"])
        return Text(f"{context['zh']}{mark}", f"{context['en']}{mark}")
    if kind == "extra_forbidden":
        near = nearest(str(keys[-1]), _known_keys(model))
        hint_zh, hint_en = (f"；最接近的是 {near}", f"; nearest: {near}") if near else ("", "")
        return Text(f"没有这个键：{keys[-1]}{hint_zh}", f"no such key: {keys[-1]}{hint_en}")
    if kind == "missing":
        return Text(f"缺少 {keys[-1]}", f"{keys[-1]} is missing")
    return Text(f"格式不对：{detail['msg']}", detail["msg"])


def _known_keys(model: type[BaseModel]) -> set[str]:
    """All keys of a model and of the models inside it."""
    schema = model.model_json_schema()
    keys = set(schema.get("properties", {}))
    for definition in schema.get("$defs", {}).values():
        keys |= set(definition.get("properties", {}))
    return keys


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, or None."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None
