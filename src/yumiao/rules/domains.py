"""Between which values a fact lies: its domain, an interval received for it, and the facts it is part of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.rules import graph as g
from yumiao.rules.emit_python import Row

Ends = tuple[int | None, int | None]
"""Lowest and highest value, both included; None is open."""


@dataclass
class Domains:
    """The ends of the facts of one policy, for any row."""

    graph: g.PolicyGraph
    _wholes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for part, whole in self.graph.constraints:
            self._wholes[part].append(whole)
            self._parts[whole].append(part)

    def ends(self, row: Row, column: str) -> Ends:
        """Return between which values a number or date lies; both the value itself where it is known."""
        return self._low(row, column, set()), self._high(row, column, set())

    def _low(self, row: Row, column: str, seen: set[str]) -> int | None:
        value = row.get(column)
        if value is not None:
            return int(value)
        found = [self.graph.leaves[column].metric.minimum, row.get(column + LOW_SUFFIX)]
        seen.add(column)
        found += [self._low(row, part, seen) for part in self._parts[column] if part not in seen]
        return max((edge for edge in found if edge is not None), default=None)

    def _high(self, row: Row, column: str, seen: set[str]) -> int | None:
        value = row.get(column)
        if value is not None:
            return int(value)
        found = [self.graph.leaves[column].metric.maximum, row.get(column + HIGH_SUFFIX)]
        seen.add(column)
        found += [self._high(row, whole, seen) for whole in self._wholes[column] if whole not in seen]
        return min((edge for edge in found if edge is not None), default=None)

    def are_kept(self, row: Row) -> bool:
        """Whether no part is above its whole, as far as both are known."""
        return not self.broken(row)

    def broken(self, row: Row) -> frozenset[tuple[str, str]]:
        """Return the parts and wholes of which the part is known to be more."""
        return frozenset(
            (part, whole)
            for part, whole in self.graph.constraints
            if row.get(part) is not None and row.get(whole) is not None and row[part] > row[whole]
        )

    def linked(self, column: str) -> Iterator[str]:
        """Yield the facts that a fact is part of, and those that are part of it."""
        yield from self._wholes[column]
        yield from self._parts[column]


def meets(cell: g.Cell, ends: Ends) -> bool:
    """Whether some value between the ends lies in the cell."""
    low, high = ends
    above = cell.low is None or high is None or high >= cell.low
    return above and (cell.high is None or low is None or low <= cell.high)
