"""Problems of an intake, gathered in reading order and kept readable when a whole column is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from yumiao.model.problems import Problem, Severity
from yumiao.model.text import Text

LISTED = 100
"""Problems of one kind in one column that are listed one by one; the rest is counted in one more problem."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands."""

    file: str
    sheet: str = ""
    cell: str = ""


@dataclass
class ProblemLog:
    """Collects problems. ``group`` names what may repeat: usually a kind of problem in one column."""

    _problems: dict[tuple[str, ...], list[Problem]] = field(default_factory=dict)
    _counts: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(
        self,
        code: str,
        place: Place,
        text: Text,
        *,
        found: str = "",
        expected: Text = Text(""),
        severity: Severity = Severity.ERROR,
        group: str = "",
    ) -> None:
        """Note one problem; beyond ``LISTED`` of a group only their number is kept."""
        key = (place.file, place.sheet, code, group)
        self._counts[key] += 1
        listed = self._problems.setdefault(key, [])
        if len(listed) < LISTED:
            listed.append(
                Problem(
                    code,
                    text,
                    file=place.file,
                    sheet=place.sheet,
                    cell=place.cell,
                    found=found,
                    expected=expected,
                    severity=severity,
                )
            )

    def add_uncounted(self, code: str, place: Place, more: int, *, group: str = "") -> None:
        """Count ``more`` problems of a group of which the first ``LISTED`` were added."""
        self._counts[(place.file, place.sheet, code, group)] += more

    def problems(self) -> tuple[Problem, ...]:
        """Return the problems in the order in which their groups were met."""
        found: list[Problem] = []
        for key, listed in self._problems.items():
            found.extend(listed)
            more = self._counts[key] - len(listed)
            if more:
                found.append(_and_more(listed[-1], more))
        return tuple(found)


def _and_more(last: Problem, more: int) -> Problem:
    text = Text(f"同类问题另有{more}处，未逐一列出。", f"{more} more problems of this kind are not listed.")
    return Problem(last.code, text, file=last.file, sheet=last.sheet, severity=last.severity)
