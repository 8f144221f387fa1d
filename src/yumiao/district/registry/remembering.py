"""What was counted once in a register and holds until it is built or refreshed again, kept in this process.

A count over a hundred thousand subjects takes longer than the page that shows it, and between two refreshes it is
always the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from yumiao.district.accounts.selectors import Actor
from yumiao.district.registry.models import Projection
from yumiao.district.registry.ordering import Order

MOST = 2_000
"""So many answers are kept; of more, those not asked for longest go."""

MOST_IN_ORDER = 4_000_000
"""So many ids of subjects are kept in the orders of lists; of more, the lists not asked for longest go."""

Answer = TypeVar("Answer")


class Memory:
    """Answers about registers, those asked for last kept, as far as they weigh no more than a limit together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def answer(
        self, key: Hashable, find: Callable[[], Answer], weigh: Callable[[Answer], int] = lambda _: 1
    ) -> Answer:
        """Return what is kept under a key, else what is found now; one that outweighs the limit is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: Answer = self._kept[key][0]
                return kept
        found = find()
        with self._lock:
            self._keep(key, found, weigh(found))
        return found

    def _keep(self, key: Hashable, found: object, weight: int) -> None:
        self._weight += weight - self._kept.pop(key, (None, 0))[1]
        self._kept[key] = found, weight
        while self._weight > self._most:
            self._weight -= self._kept.popitem(last=False)[1][1]

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._weight = 0


_answers, _orders = Memory(MOST), Memory(MOST_IN_ORDER)


def sight_of(actor: Actor) -> Hashable:
    """Return what decides which subjects an actor sees: actors of one sight see the same."""
    return actor.role, tuple(sorted(actor.territories)), tuple(sorted(actor.subjects))


def remembered(built: Projection, question: Hashable, find: Callable[[], Answer]) -> Answer:
    """Return the answer to a question about a register, found now or before.

    An answer that was found while the register changed is kept under the former one, which nobody asks for any more.

    Args:
        built: what the register was made from, read before anything is counted.
        question: everything that the answer depends on beside the register, such as `sight_of` the reader.
    """
    return _answers.answer((*_state_of(built), question), find)


def remembered_order(built: Projection, question: Hashable, find: Callable[[], Order]) -> Order:
    """Return all of a list in its order, found now or before; as `remembered`, but kept by its length."""
    return _orders.answer((*_state_of(built), question), find, lambda order: order.held + 1)


def _state_of(built: Projection) -> tuple[Hashable, ...]:
    return built.store_root, built.as_of, built.built_at


def forget() -> None:
    """Forget everything; for tests, which change registers behind their back."""
    _answers.forget()
    _orders.forget()
