"""A name while it is being taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from yumiao.identity.divisions import Region
from yumiao.identity.names.forms import Form
from yumiao.identity.names.parts import PartKind
from yumiao.model.text import Text


@dataclass
class Draft:
    """A name while it is being taken apart: each character gets its kind.

    ``outer``: the places of the characters outside brackets that have no kind yet.
    """

    text: str
    kinds: list[PartKind | None]
    outer: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    region: Region | None = None
    place: str = ""
    form: Form | None = None
    is_group: bool = False
    branch: str = ""
    former: list[str] = field(default_factory=list)
    doubts: list[Text] = field(default_factory=list)

    def words(self) -> str:
        return "".join(self.text[place] for place in self.outer)

    def mark(self, places: list[int], kind: PartKind) -> None:
        for place in places:
            self.kinds[place] = kind

    def take_end(self, count: int, kind: PartKind) -> None:
        """Give the last ``count`` outer characters their kind."""
        cut = len(self.outer) - count
        self.mark(self.outer[cut:], kind)
        del self.outer[cut:]

    def take_start(self, count: int, kind: PartKind) -> None:
        self.mark(self.outer[:count], kind)
        del self.outer[:count]

    def doubt(self, zh: str, en: str) -> None:
        self.doubts.append(Text(zh, en))
