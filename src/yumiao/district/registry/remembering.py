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

MOST = 2_000
"""So many answers are kept; of more, those not asked for longest go."""

Answer = TypeVar("Answer")

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


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
    key = (built.store_root, built.as_of, built.built_at, question)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: Answer = _kept[key]
            return found
    answer = find()
    with _lock:
        _kept[key] = answer
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return answer


def forget() -> None:
    """Forget everything; for tests, which change registers behind their back."""
    with _lock:
        _kept.clear()
