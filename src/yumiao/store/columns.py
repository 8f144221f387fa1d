"""Which columns of a wide table speak of one fact: the value, or the two ends of an interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from yumiao.model.facts import HIGH_SUFFIX, IDENTITY_COLUMNS, LOW_SUFFIX

_SUFFIXES = (LOW_SUFFIX, HIGH_SUFFIX)


@dataclass(frozen=True)
class FactColumn:
    """The columns of one fact (metric and year) in a table.

    Attributes:
        name: the column of the exact value, whether or not the table has it.
        has_value, has_low, has_high: which of the three the table has.
    """

    name: str
    has_value: bool
    has_low: bool
    has_high: bool

    @cached_property
    def names(self) -> tuple[str, str, str]:
        """The columns of value, low end and high end."""
        return (self.name, self.name + LOW_SUFFIX, self.name + HIGH_SUFFIX)

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The columns that the table has."""
        has = (self.has_value, self.has_low, self.has_high)
        return tuple(name for name, is_there in zip(self.names, has, strict=True) if is_there)

    @property
    def is_interval(self) -> bool:
        """Whether the table may hold intervals of this fact."""
        return self.has_low or self.has_high


def fact_name(column: str) -> str:
    """Return the name of the fact that a column speaks of: ``x`` for ``x``, ``x#low`` and ``x#high``."""
    for suffix in _SUFFIXES:
        if column.endswith(suffix):
            return column.removesuffix(suffix)
    return column


def fact_columns(columns: Iterable[str]) -> tuple[FactColumn, ...]:
    """Return the facts that some columns speak of, in order of first appearance."""
    return _taken_apart(tuple(columns))


@lru_cache(maxsize=4096)
def _taken_apart(columns: tuple[str, ...]) -> tuple[FactColumn, ...]:
    """Batches of one kind have the same columns, and each is asked about for every subject."""
    names = [column for column in columns if column not in IDENTITY_COLUMNS]
    there = set(names)
    return tuple(
        FactColumn(name, name in there, name + LOW_SUFFIX in there, name + HIGH_SUFFIX in there)
        for name in dict.fromkeys(map(fact_name, names))
    )
