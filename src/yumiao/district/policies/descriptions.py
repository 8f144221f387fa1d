"""What a policy version says, as values: sections of entries in the words of one language."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.model.text import Text


@dataclass(frozen=True)
class Note:
    """A remark, and whether it is written in Chinese although the page is not."""

    text: str
    is_foreign: bool = False


_PAIR, _MOST_ACROSS, _WIDEST_ACROSS = 2, 7, 42
"""A lying table: columns of one standing up, most bands, most characters beside each other."""


@dataclass(frozen=True)
class Table:
    """A table of texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def lies_across(self) -> bool:
        """Whether it is read more easily lying: few short bands, each with one value."""
        is_pairs = len(self.head) == _PAIR and 1 < len(self.rows) <= _MOST_ACROSS
        return is_pairs and sum(max(len(edge), len(value)) for edge, value in self.rows) <= _WIDEST_ACROSS


@dataclass(frozen=True)
class Entry:
    """One thing that a policy says.

    Attributes:
        label: the clause or the name of the thing; ``said`` the rule or the value, in words.
        cite: the clause of the official text; empty where there is none.
        confidence: how sure the pack's author was; None where it is not said.
        switch: label of the switch that the value rests on; empty: none.
        table: bands, brackets or bounds.
        level: how deep in a score it stands, from 0.
    """

    label: str
    said: str = ""
    id: str = ""
    cite: str = ""
    confidence: Text | None = None
    is_unsure: bool = False
    note: Note | None = None
    switch: str = ""
    table: Table | None = None
    level: int = 0


@dataclass(frozen=True)
class Reading:
    """One way to read a text that is silent, and whether it is the one taken."""

    id: str
    text: Note
    is_taken: bool


@dataclass(frozen=True)
class Silence:
    """A place where the text is silent."""

    entry: Entry
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Description:
    """What a policy version says, section by section; a section without content is empty."""

    documents: tuple[Entry, ...]
    applies: tuple[str, ...]
    windows: tuple[str, ...]
    grants: str
    note: Note | None
    conditions: tuple[Entry, ...]
    parameters: tuple[Entry, ...]
    scores: tuple[Entry, ...]
    routes: tuple[Entry, ...]
    met_when: tuple[str, ...]
    classes: tuple[Entry, ...]
    class_table: Entry | None
    near_miss: str
    silences: tuple[Silence, ...]
    open: tuple[Entry, ...]
    doubts: tuple[Entry, ...]
