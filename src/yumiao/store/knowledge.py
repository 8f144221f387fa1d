"""What the choice of facts rests on: the batches, who is who, and what is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.precedence import Precedence
from yumiao.store.aliases import Aliases
from yumiao.store.batches import Batch
from yumiao.store.territories import TERRITORY, read_territories


@dataclass(frozen=True)
class Knowledge:
    """What is known at a moment.

    Attributes:
        batches: every batch recorded, in order of recording.
        reverted: ids of those that no longer count.
        aliases: whom each id stands for.
    """

    batches: tuple[Batch, ...]
    reverted: frozenset[str]
    aliases: Aliases

    def counting(self) -> list[tuple[int, Batch]]:
        """The batches that count, each with its number in order of recording."""
        return [each for each in enumerate(self.batches) if each[1].manifest.id not in self.reverted]

    @cached_property
    def _territories(self) -> pl.DataFrame:
        return read_territories(self.counting(), self.aliases)

    def territories_of(self, subjects: pl.Series) -> pl.Series:
        """Return for each subject the division that it was last said to be in; NULL = unknown; see `territories`."""
        wanted = pl.DataFrame({SUBJECT: subjects})
        found = wanted.join(self._territories, on=SUBJECT, how="left", maintain_order="left")
        return found[TERRITORY]


@dataclass(frozen=True)
class Question:
    """What is asked of the facts.

    Attributes:
        metrics: what is wanted.
        precedence: who is believed.
        as_of: facts without a period observed later do not count; None: all do.
        facts: names of the facts wanted; None: all of the metrics.
    """

    metrics: Mapping[str, Metric]
    precedence: Precedence
    as_of: dt.date | None = None
    facts: frozenset[str] | None = None
    _found: dict[str, Metric | None] = field(default_factory=dict, repr=False, compare=False)

    def metric_of(self, fact: str) -> Metric | None:
        """Return the metric of a fact; a count by a filter (``ip_class1_count.hnte``) is of the plain metric.

        None for a fact that is not wanted.
        """
        if self.facts is not None and fact not in self.facts:
            return None
        if fact not in self._found:
            name = split_column(fact)[0]
            self._found[fact] = self.metrics.get(name) or self.metrics.get(name.partition(".")[0])
        return self._found[fact]

    def rank(self, fact: str, source: str) -> int:
        """Return the place of a source for a fact, from 0."""
        name = split_column(fact)[0]
        known = name if name in self.precedence.by_metric else name.partition(".")[0]
        return self.precedence.rank(known, source)

    def hears(self, metric: Metric, observed_on: dt.date) -> bool:
        """Whether an observation of a day counts: always for a metric with periods, else when it is not too late."""
        return metric.period.is_yearly or self.as_of is None or observed_on <= self.as_of
