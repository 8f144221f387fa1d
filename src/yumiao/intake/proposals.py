"""What is proposed for the columns of a file: which metric, how sure that is and why, and what is left to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from yumiao.intake.evidence import Question
from yumiao.intake.label_matches import Match
from yumiao.intake.mapping import SubjectColumns
from yumiao.intake.profiles import Profile
from yumiao.intake.records_mapping import RecordsRule
from yumiao.intake.shapes import Shape
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.text import Text
from yumiao.model.units import Unit

PROPOSED_BAR = 0.9
"""From this confidence on a metric is proposed. Likeness of words alone never reaches it."""

ASKED_BAR = 0.55
"""From this confidence on a metric is asked about; below, the column is left unused."""


class Standing(StrEnum):
    """What is proposed for a column."""

    SUBJECT = "subject"
    YEAR = "year"
    TERRITORY = "territory"
    PERSON = "person"
    FIELD = "field"
    PROPOSED = "proposed"
    ASKED = "asked"
    UNUSED = "unused"


@dataclass(frozen=True)
class SeenColumn:
    """A column as a file shows it.

    Attributes:
        label: its label; of a header of several rows the path, joined by `` / ``.
        texts: its cells as text, NULL = empty.
        unit: a unit that stands outside the label (in a line of units, above the table), or None.
    """

    label: str
    texts: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    unit: Unit | None = None


@dataclass(frozen=True)
class ColumnProposal:
    """What is proposed for one column.

    Attributes:
        metric: the metric proposed or asked about; None where there is none.
        confidence: from 0.0 to 1.0.
        unit, year: as far as the file states them, or a person said; None where unknown or not needed.
        others: further metrics that the label may mean.
        questions: what only a person can say; a blocking one keeps the column out of the mapping.
        examples: some of its cells; none of a column about persons.
        missing, yes, no, values: what a person said of its cells.
        table: gives the categories of its codes.
        profile: what its cells are like.
    """

    label: str
    standing: Standing
    reason: Text
    metric: str | None = None
    confidence: float = 0.0
    unit: Unit | None = None
    year: Year | None = None
    others: tuple[Match, ...] = ()
    questions: tuple[Question, ...] = ()
    examples: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    table: PrefixTable | None = None
    values: tuple[tuple[str, str], ...] = ()
    profile: Profile = field(default_factory=Profile, repr=False)

    @property
    def is_settled(self) -> bool:
        """Whether the column can be read as it is proposed."""
        return self.standing is Standing.PROPOSED and not any(q.is_blocking for q in self.questions)

    @property
    def is_open(self) -> bool:
        """Whether something has to be asked."""
        return self.standing is Standing.ASKED or bool(self.questions)


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a file.

    Attributes:
        columns: one entry per label, from left to right.
        questions: what has to be asked about the file as a whole.
        shape: what the table looks like now.
        records: how its rows are rows of a register, where that is settled; else None.
    """

    subject: SubjectColumns
    columns: tuple[ColumnProposal, ...]
    year_column: str | None = None
    questions: tuple[Question, ...] = ()
    shape: Shape = field(default_factory=Shape)
    records: RecordsRule | None = None

    def column(self, label: str) -> ColumnProposal:
        """Return the proposal for a label."""
        return next(column for column in self.columns if column.label == label)

    def open_questions(self) -> int:
        """How many questions are open, one for every asked column and every question."""
        asked = sum(len(column.questions) or 1 for column in self.columns if column.is_open)
        return asked + len(self.questions)
