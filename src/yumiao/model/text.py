"""A sentence or label in the two languages every reader may choose between."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Simplified Chinese and in English."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.zh or self.en

    def words(self, language: Language) -> str:
        """Return the words in ``language``; Chinese where no English is given, and the reverse."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


def plural(count: float | Decimal | Fraction, one: str, many: str) -> str:
    """Return the English word for what is counted: ``one`` of exactly 1, ``many`` of every other number."""
    return one if count == 1 else many
