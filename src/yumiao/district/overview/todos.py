"""What is left to do. Each part of the platform declares what it counts, and the page that lists exactly those.

A part declares its to-do once, in the ``ready`` of its application::

    declare_todo("proposals", count_waiting_proposals)

The function gets who asks and the moment, and returns None for whoever may not act on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from yumiao.district.accounts.selectors import Actor
from yumiao.model.text import Text, plural


@dataclass(frozen=True)
class Unit:
    """What is counted: the word after the number, in English one for a single thing and one for several."""

    zh: str
    one: str
    many: str

    def of(self, count: int) -> Text:
        """Return the word that follows ``count``."""
        return Text(self.zh, plural(count, self.one, self.many))


HOUSEHOLDS = Unit("家", "firm", "firms")


@dataclass(frozen=True)
class Todo:
    """Something that waits for whoever reads it.

    Attributes:
        count: how many; a to-do of none is not shown.
        unit: what is counted: firms, pairs, sources.
        label: what is to be done; ``note`` says more, or is empty.
        page: name of the page that lists exactly those, and ``query`` its query; an empty page is no link.
        is_hot: whether it is late or soon will be.
    """

    count: int
    unit: Unit
    label: Text
    note: Text = Text("")
    page: str = ""
    query: str = ""
    is_hot: bool = False

    @property
    def counted(self) -> Text:
        """Return the word that follows the number."""
        return self.unit.of(self.count)


CountTodo = Callable[[Actor, dt.datetime], Todo | None]

_COUNTED: dict[str, CountTodo] = {}


def declare_todo(name: str, count: CountTodo) -> None:
    """Make a to-do known. Raises: ValueError where the name is another one's."""
    if _COUNTED.setdefault(name, count) is not count:
        raise ValueError(f"two to-dos have the name {name}")


def todos_of(actor: Actor, now: dt.datetime) -> tuple[Todo, ...]:
    """Return what waits for an actor, what is hot first, in the order in which parts declared it."""
    found = [todo for count in _COUNTED.values() if (todo := count(actor, now)) is not None and todo.count]
    return tuple(sorted(found, key=lambda todo: not todo.is_hot))
