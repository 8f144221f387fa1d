"""What happens to columns about persons: left out, or counted row by row; never kept."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.model.periods import Year


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on the rows that are counted.

    Attributes:
        label: the column looked at.
        words: cell texts that fulfil it. An empty cell is unknown; any other word does not fulfil it.
    """

    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonCount:
    """A metric that is the number of a subject's rows in a table with one row per person.

    Attributes:
        year: the year of the count; None: the row's year (or none, for metrics without a period).
        where: all of them have to hold; none: every row counts.
    """

    metric: str
    year: Year | None = None
    where: tuple[Where, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class PersonsRule:
    """What a mapping says of persons.

    Attributes:
        drop: labels of columns about persons; their cells are emptied before anything else looks at them.
        counts: what is counted where every row is a person; empty where rows are subjects.
        once_per: label of the column that tells persons apart; a person in several rows of a subject counts
            once. Its cells are compared and forgotten.
        missing: cell texts that mean "unknown" in the columns of conditions.
    """

    drop: tuple[str, ...] = ()
    counts: tuple[PersonCount, ...] = ()
    once_per: str | None = None
    missing: tuple[str, ...] = ()

    def labels(self) -> tuple[str, ...]:
        """Every label that counting reads, without repetition."""
        conditions = [where.label for count in self.counts for where in count.where]
        key = [] if self.once_per is None else [self.once_per]
        return tuple(dict.fromkeys([*key, *conditions]))
