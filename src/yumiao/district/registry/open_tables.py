"""The facts that pages read of one subject, out of tables that stay open.

To open a table of a hundred thousand subjects again takes several times as long as to read the rows of one, as it says
of each of its groups whom it holds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import polars as pl

from yumiao.district.registry.judged import Judged, Known
from yumiao.district.registry.judged_facts import facts_about
from yumiao.model.facts import Facts


class OpenJudged(Judged):
    """A run as pages read it, its tables kept open."""

    def known_of(self, subject: str) -> Known | None:
        """Return what is known of one subject; the parts of a page ask for the same."""
        return _known_of(_Run(self), subject)

    def facts_of(self, subject: str) -> Facts:
        """Return the facts of one subject; no row where it has none."""
        return _facts_of(self.folder, subject)


def keep_open(judged: Judged) -> Judged:
    """Return the same run, its tables kept open from one reading to the next."""
    return OpenJudged(**{each.name: getattr(judged, each.name) for each in fields(judged)})


@dataclass(frozen=True, eq=False)
class _Run:
    """A run that a cache may be keyed by: of the same folder and the same judges."""

    judged: OpenJudged

    def __hash__(self) -> int:
        return hash((self.judged.folder, id(self.judged.judges)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Run):
            return NotImplemented
        one, two = self.judged, other.judged
        return one.folder == two.folder and one.judges is two.judges


@lru_cache(maxsize=64)
def _known_of(run: _Run, subject: str) -> Known | None:
    return Judged.known_of(run.judged, subject)


@lru_cache(maxsize=64)
def _facts_of(folder: Path, subject: str) -> Facts:
    """Read the facts of one subject; a page and what it fetches ask for the same again, and a folder never changes."""
    return facts_about(folder, subject, _opened)


@lru_cache(maxsize=16)
def _opened(place: Path) -> pl.LazyFrame:
    """Return a table as it is read in part: what it says of its groups is read once."""
    return pl.scan_parquet(place)
