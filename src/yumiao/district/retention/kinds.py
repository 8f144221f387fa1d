"""Which kinds of things have a term. A part that has one declares it; the application's ``ready`` imports the part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yumiao.model.text import Text

DEFAULT = Text("程序默认，单位可改", "the program's default; the office may decide otherwise")
STATED = Text("每一项登记时写明的最后一天", "the last day that was stated with each")


@dataclass(frozen=True)
class OverItem:
    """One thing that is over, as it is shown before it is destroyed: ids and a day, no content.

    Attributes:
        about: opaque id of the subject or person that it is about; empty where it is about none.
        since: the moment or day that its term counts from, or that was stated as its last.
    """

    id: str
    about: str
    since: dt.datetime | dt.date


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
        show: returns those from one place of their order to another, the oldest first; given that moment before.
    """

    name: str
    label: Text
    basis: Text
    days: int
    least: int
    count: Callable[[dt.datetime], int]
    destroy: Callable[[dt.datetime, dt.datetime], int]
    show: Callable[[dt.datetime, int, int], Sequence[OverItem]]


_KINDS: dict[str, RetainedKind] = {}


def declare_retained(kind: RetainedKind) -> RetainedKind:
    """Make a kind known. Raises: ValueError where the name is another kind's."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds are retained as {kind.name}")
    return kind


def retained_kinds() -> Mapping[str, RetainedKind]:
    """Return every kind, by name."""
    return dict(sorted(_KINDS.items()))
