"""A checked file with one thing in it replaced: nothing else is touched, nothing is read again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from yumiao.packs.expressions import Node
from yumiao.packs.fields import Choice

Whole = TypeVar("Whole")


def replace_at(whole: Whole, keys: Sequence[str | int], part: object) -> Whole:
    """Return ``whole`` with the value at a key path (as :func:`walk_written` yields it) replaced."""
    return _replaced(whole, keys, part)  # type: ignore[return-value]  # each container gives back its own kind


def _replaced(whole: object, keys: Sequence[str | int], part: object) -> object:
    if isinstance(whole, Choice):
        reading, rest = ("", keys) if whole.switch is None else (str(keys[0]), keys[1:])
        return dataclasses.replace(
            whole, readings={**whole.readings, reading: _replaced(whole.readings[reading], rest, part)}
        )
    if not keys:
        return part
    key, *rest = keys
    if isinstance(whole, BaseModel):
        name = next(name for name, field in type(whole).model_fields.items() if key in (field.alias, name))
        return whole.model_copy(update={name: _replaced(getattr(whole, name), rest, part)})
    if isinstance(whole, Mapping):
        return {**whole, key: _replaced(whole[key], rest, part)}
    if isinstance(whole, tuple) and isinstance(key, int):
        return (*whole[:key], _replaced(whole[key], rest, part), *whole[key + 1 :])
    raise KeyError(key)


def replace_node(tree: Node, old: Node, new: Node) -> Node:
    """Return an expression with one of its nodes (the very object) replaced."""
    if tree is old:
        return new
    changes: dict[str, object] = {}
    for field in dataclasses.fields(tree):
        value = getattr(tree, field.name)
        if isinstance(value, Node):
            changes[field.name] = replace_node(value, old, new)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(
                replace_node(child, old, new) if isinstance(child, Node) else child for child in value
            )
    return dataclasses.replace(tree, **changes)  # type: ignore[arg-type]  # the fields that it has
