"""The rows of problems on the pages of an intake: what stands there, what was done about it, what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yumiao.district.intakes import selectors
from yumiao.district.intakes.offers import Offer, offer_for
from yumiao.district.intakes.row_choices import MOST_WHY, Answers
from yumiao.model.text import Text


@dataclass(frozen=True)
class ProblemRow:
    """One problem as its row shows it.

    Attributes:
        problem: as the last check found it.
        state: what was done about it: ``open``, ``corrected``, ``left_out`` or ``kept``.
        stood: the text that the form was drawn with; ``value`` the one it shows, which may have been typed.
        known_source: who says what the library knows; None where it knows nothing, or of a code.
        why: the reason for keeping the value.
    """

    problem: Any
    offer: Offer
    state: str
    stood: str
    value: str
    known_source: Text | None
    why: str
    is_kept: bool
    is_known: bool
    is_out: bool


def problem_rows(
    intake: str, found: Iterable[Any], typed: Mapping[str, str] | None = None
) -> list[ProblemRow]:
    """Return problems as rows of a form.

    Args:
        typed: what a form that was refused held; None: the rows show what is kept.
    """
    held = selectors.corrections_of_intake(intake)
    rows = []
    for each in found:
        at = held.get((each.file_id, each.sheet, each.row, each.cell)) if each.row else None
        out = held.get((each.file_id, each.sheet, each.row, "")) if each.row else None
        rows.append(_row(each, at, out, typed))
    return rows


def _row(each: Any, at: Any, out: Any, typed: Mapping[str, str] | None) -> ProblemRow:
    is_kept = at is not None and at.choice == "keep"
    is_known = at is not None and at.choice == "known"
    stood = each.found if at is None or is_kept else at.value
    state = "left_out" if out else "kept" if is_kept else "corrected" if at else "open"
    row = ProblemRow(
        each,
        offer_for(each),
        state,
        stood,
        stood,
        selectors.source_label(each.known_source) if each.known_source else None,
        at.why if is_kept else "",
        is_kept,
        is_known,
        out is not None,
    )
    return row if typed is None or f"seen-{each.id}" not in typed else _as_typed(row, typed)


def _as_typed(row: ProblemRow, typed: Mapping[str, str]) -> ProblemRow:
    number = row.problem.id
    return ProblemRow(
        row.problem,
        row.offer,
        row.state,
        row.stood,
        typed.get(f"fix-{number}", row.stood),
        row.known_source,
        typed.get(f"why-{number}", "")[:MOST_WHY],
        f"keep-{number}" in typed,
        f"known-{number}" in typed,
        f"skip-{number}" in typed,
    )


def seen_problems(typed: Mapping[str, str]) -> list[int]:
    """Return the ids of the problems whose rows a form held."""
    numbers = (name.removeprefix("seen-") for name in typed if name.startswith("seen-"))
    return [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 15]


def read_answers(intake: str, typed: Mapping[str, str]) -> Answers:
    """Read a form of problems: what is other than it was when the page was drawn."""
    cells: dict[str, dict[tuple[str, str], str]] = {}
    rows: dict[str, dict[tuple[str, int], bool]] = {}
    kept, known, back = {}, set(), set()
    for row in problem_rows(intake, selectors.problems_by_id(intake, seen_problems(typed))):
        each, number = row.problem, row.problem.id
        if not each.row:
            continue
        text = typed.get(f"fix-{number}")
        if text is not None and text != typed.get(f"was-{number}", ""):
            cells.setdefault(each.file_id, {})[each.sheet, each.cell] = text.strip()
        left = rows.setdefault(each.file_id, {})
        left[each.sheet, each.row] = left.get((each.sheet, each.row), False) or f"skip-{number}" in typed
        why = typed.get(f"why-{number}", "").strip()
        if f"keep-{number}" in typed:
            if not row.is_kept or why != row.why:
                kept[number] = why
        elif row.is_kept:
            back.add(number)
        if f"known-{number}" in typed:
            if not row.is_known:
                known.add(number)
        elif row.is_known:
            back.add(number)
    return Answers(cells, rows, kept, frozenset(known), frozenset(back))
