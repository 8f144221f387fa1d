"""Which source is believed when several give a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yumiao.model.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """Who reports facts: a bureau, a town, the subject itself.

    Attributes:
        shown_to_subject: whether a subject may see what this source says of it.
        every_days: how many days after its latest report the next one is expected; None: nobody said.
    """

    id: str
    label: Text
    shown_to_subject: bool = True
    every_days: int | None = None


@dataclass(frozen=True)
class Precedence:
    """The declared order of sources, best first.

    Attributes:
        usual: the order for metrics that declare none.
        by_metric: metric id → its own order.
    """

    usual: tuple[str, ...] = ()
    by_metric: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rank(self, metric: str, source: str) -> int:
        """Return the place of a source for a metric, from 0; a source that is not listed comes after all that are."""
        order = self.by_metric.get(metric, self.usual)
        return order.index(source) if source in order else len(order)
