"""Everything written inside a checked file, each with its key path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from yumiao.packs.fields import Choice, Expression, Points

Keys = tuple[str | int, ...]
Written = Expression | Choice | Points
"""The leaves that carry rules: expressions, points, and choices between readings of a switch."""


def walk_written(part: object, keys: Keys = ()) -> Iterator[tuple[Keys, Written]]:
    """Yield the expressions, points and choices below ``part``; a choice before its values."""
    if isinstance(part, Expression | Points):
        yield keys, part
    elif isinstance(part, Choice):
        yield keys, part
        for reading, value in part.readings.items():
            yield from walk_written(value, keys if part.switch is None else (*keys, reading))
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from walk_written(getattr(part, name), (*keys, field.alias or name))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from walk_written(value, (*keys, key))
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            yield from walk_written(value, (*keys, index))
