"""What is wrong with an input, said so that its owner can put it right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yumiao.model.text import Text


class Severity(StrEnum):
    """Whether the value was left out, or only deserves a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place.

    Attributes:
        code: stable identifier of the kind of problem.
        file, sheet, cell: where; ``cell`` as officers read it (D37), or a key path in a pack (``line 31``).
        found: the offending value, as received.
        expected: what would have been accepted.
        text: the whole sentence: what happened and what to do.
    """

    code: str
    text: Text
    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int | None = None
    path: str = ""
    found: str = ""
    expected: Text = Text("")
    severity: Severity = Severity.ERROR

    @property
    def place(self) -> str:
        """Where it is, in one string."""
        parts = [
            self.file if self.line is None else f"{self.file}:{self.line}",
            self.sheet,
            self.cell,
            self.path,
        ]
        return " ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else str(self.text)


class YumiaoError(Exception):
    """An error to show to the person who asked: a stable code, a sentence in both languages, the problems behind it."""

    def __init__(self, code: str, text: Text, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(str(text))
        self.code = code
        self.text = text
        self.problems = problems
