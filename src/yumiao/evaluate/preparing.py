"""Policies ready to judge tables with, kept: a process that judges a district again and again compiles them once."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from yumiao.evaluate.batch import Judged, prepare
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.packs.library import Library, Policy
from yumiao.rules.derivation import derivations
from yumiao.rules.graph import PolicyGraph
from yumiao.rules.lowering import lower
from yumiao.rules.native import NativeCodeError
from yumiao.rules.near_miss import NearMissEdge

MOST = 200
"""So many graphs, and so many programs, are kept; those not asked for longest go."""

Made = TypeVar("Made")


class _Kept:
    """What was made last, by what it was made from."""

    def __init__(self) -> None:
        self._made: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                found: Made = self._made[key]  # type: ignore[assignment] # a key begins with what it names
                return found
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > MOST:
                self._made.popitem(last=False)
        return made


_graphs, _programs = _Kept(), _Kept()


def lowered(library: Library, policy: Policy, as_of: dt.date, settings: Mapping[str, str]) -> PolicyGraph:
    """Return the graph of a policy version for applications on a date; its hash covers all it refers to."""
    key = (policy.id, policy.hash, as_of, tuple(sorted(settings.items())))
    return _graphs.get(key, lambda: lower(library, policy, as_of, settings))


def compile_in_force(library: Library, as_of: dt.date, columns: Iterable[str]) -> int:
    """Make machine code for every policy in force, for tables of facts with these columns; returns for how many.

    Small tables are judged by it where it is there; for one table alone it would not be worth making. Takes seconds.
    """
    found = (library.in_force(family, as_of) for family in library.families())
    policies = [policy for policy in found if policy is not None]
    graphs = [lowered(library, policy, as_of, {}) for policy in policies]
    derived = (each.column for each in derivations(library, graphs, as_of))
    present, made = tuple(dict.fromkeys((*columns, *derived))), 0
    for policy, graph in zip(policies, graphs, strict=True):
        native = prepared(policy, graph, present, as_of).native
        if not native.is_compiled:
            with suppress(NativeCodeError):
                native.compile()
                made += 1
    return made


def prepared(policy: Policy, graph: PolicyGraph, columns: Sequence[str], as_of: dt.date) -> Judged:
    """Return a policy compiled for a table with these columns; of others than its own nothing depends."""
    own = [
        column for name in sorted(graph.leaves) for column in (name, name + LOW_SUFFIX, name + HIGH_SUFFIX)
    ]
    present = frozenset(columns)
    there = tuple(column for column in own if column in present)
    settings = tuple(sorted(graph.settings.items()))
    key = (policy.id, policy.hash, as_of, settings, there)
    near = NearMissEdge(*policy.body.near_miss_edge())
    return _programs.get(key, lambda: prepare(policy, graph, there, near))
