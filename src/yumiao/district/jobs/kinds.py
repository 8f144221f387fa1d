"""Which kinds of job there are. A module that has one declares it; the application's ``ready`` imports the module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from yumiao.model.text import Text


class Tell(Protocol):
    """How a job says how far it is; writing it down costs a statement, so that is done at most twice a second."""

    def __call__(self, done: int, total: int = 0, step: Text = Text("")) -> None: ...


def stay() -> None:
    """Give way to nobody: what work does that is called outside of a worker."""


@dataclass(frozen=True)
class Work:
    """What a job works on.

    Attributes:
        job: its id; work that may begin twice keys what it writes by it.
        actor: opaque id of who asked; empty for the platform itself.
        arguments: as they were given when the job was asked for.
        now: the moment at which the worker began.
        tell: how to say how far it is.
        give_way: does every waiting job that is more urgent, and returns; long work that nobody waits for calls it
            between its steps, never inside a transaction. What it read before may be behind afterwards.
    """

    job: str
    actor: str
    arguments: Mapping[str, Any]
    now: dt.datetime
    tell: Tell
    give_way: Callable[[], None] = stay


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Attributes:
        name: token; part of what is kept in the database.
        label: what people read.
        run: does it and returns ids and numbers as JSON. A worker that was killed leaves a job that another one
            begins again: what ``run`` does must end the same when done twice.
        address: name of the page that shows the result, and the key of ``arguments`` that it takes; empty for none.
        priority: of the jobs that wait the one with the highest is done first, −100 to 100.
    """

    name: str
    label: Text
    run: Callable[[Work], Mapping[str, Any]]
    address: tuple[str, str] = ("", "")
    priority: int = 0


_KINDS: dict[str, Kind] = {}


def declare_kind(kind: Kind) -> Kind:
    """Make a kind known. Raises: ValueError where the name is another kind's."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds of job have the name {kind.name}")
    return kind


def kind_named(name: str) -> Kind | None:
    """Return the kind of a name; None where the program no longer has it."""
    return _KINDS.get(name)
