"""Which kinds of things have a term. A part that has one declares it; the application's ``ready`` imports the part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yumiao.model.text import Text


@dataclass(frozen=True)
class RetainedKind:
    """One kind.

    Attributes:
        name: token.
        label: what people read.
        basis: why so long; DEFAULT where nobody prescribed it.
        days: term unless the office decides otherwise; 0 where each thing has a date of its own.
        least: a shorter term is refused.
        count: how many things are over, given the moment before which they are.
        destroy: destroys those, in a transaction, and returns how many; given that moment and the present one.
    """

    name: str
    label: Text
    basis: Text
    days: int
    least: int
    count: Callable[[dt.datetime], int]
    destroy: Callable[[dt.datetime, dt.datetime], int]


_KINDS: dict[str, RetainedKind] = {}


def declare_retained(kind: RetainedKind) -> RetainedKind:
    """Make a kind known. Raises: ValueError where the name is another kind's."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds are retained as {kind.name}")
    return kind


def retained_kinds() -> Mapping[str, RetainedKind]:
    """Return every kind, by name."""
    return dict(sorted(_KINDS.items()))
