"""What an officer does about problems of rows: values kept as they stand, or left to what the library knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from yumiao.district.intakes.models import (
    Choice,
    Correction,
    Intake,
    IntakeProblem,
    State,
)
from yumiao.district.intakes.offers import KEEPABLE
from yumiao.district.intakes.services import correct_cells, leave_out_rows, note_intake, opened_intake
from yumiao.model.facts import CODE
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

MOST_WHY = 300
"""The longest reason for keeping a value."""


@dataclass(frozen=True)
class Answers:
    """What was said of problems of one intake; the numbers are ids of its problems.

    Attributes:
        cells: file → sheet and address → the text to read instead.
        rows: file → sheet and number of the row → whether it is left out.
        kept: problem → why its value is right as it stands.
        known: problems of which what the library knows goes on counting.
        back: problems of which what was chosen before holds no more.
    """

    cells: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    rows: Mapping[str, Mapping[tuple[str, int], bool]] = field(default_factory=dict)
    kept: Mapping[int, str] = field(default_factory=dict)
    known: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()


@transaction.atomic
def put_right(intake: str, answers: Answers, *, by: str, now: dt.datetime) -> None:
    """Do what was said of the problems of a checked intake: all of it, or nothing where anything is refused.

    Raises: YumiaoError (``correction.refused``) naming each place of which two things were said, that cannot be kept,
        has no reason, or is not known to the library.
    """
    row = opened_intake(intake, State.CHECKED)
    problems = {each.id: each for each in IntakeProblem.objects.filter(file__intake=row)}
    asked = {*answers.kept, *answers.known, *answers.back}
    if not asked <= problems.keys():
        raise YumiaoError(
            "correction.gone",
            Text(
                "核对结果已更新，请刷新后再处理。", "The check was done anew; reload the page and try again."
            ),
        )
    refused = tuple(_refusals(answers, problems))
    if refused:
        raise YumiaoError(
            "correction.refused",
            Text(
                "有几处没有保存，请按下面的说明再填。", "Nothing was saved; please see what is wrong below."
            ),
            refused,
        )
    _take_back(row, [problems[each] for each in answers.back], by, now)
    for file, cells in answers.cells.items():
        correct_cells(file, cells, by=by, now=now)
    for file, rows in answers.rows.items():
        leave_out_rows(file, rows, by=by, now=now)
    _choose(row, [(problems[each], why) for each, why in answers.kept.items()], Choice.KEEP, by, now)
    _choose(row, [(problems[each], "") for each in sorted(answers.known)], Choice.KNOWN, by, now)


def take_back(intake: str, correction: int, *, by: str, now: dt.datetime) -> None:
    """Let a place of a file be read as it stands again, and ask about it as if nothing had been said.

    Raises: YumiaoError (``correction.gone``) where nothing was said of it any more.
    """
    with transaction.atomic():
        row = opened_intake(intake, State.CHECKED)
        held = Correction.objects.filter(id=correction, file__intake=row)
        if not held.exists():
            raise YumiaoError(
                "correction.gone",
                Text("这一处的处理已经撤回。", "What was done about this place is taken back already."),
            )
        files = list(held.values_list("file", flat=True))
        held.delete()
        note_intake(row, "intake.correction_taken_back", by, now, file=files[0], places=1)


def _refusals(answers: Answers, problems: Mapping[int, IntakeProblem]) -> Iterable[Problem]:
    for number in sorted({*answers.kept, *answers.known}):
        found = problems[number]
        at = f"{found.sheet} {found.cell}"
        is_changed = (found.sheet, found.cell) in answers.cells.get(found.file_id, {})
        if is_changed + (number in answers.kept) + (number in answers.known) > 1:
            text = Text(
                f"{at}：改写、保留、用库里的，只能选一样。",
                f"{at}: change it, keep it or take the library's value; only one of them.",
            )
        elif number in answers.kept and found.code not in KEEPABLE:
            text = Text(f"{at}：这里的值不能保留。", f"{at}: the value here cannot be kept.")
        elif number in answers.kept and not answers.kept[number].strip():
            text = Text(f"{at}：请写明为什么属实。", f"{at}: say why it is true.")
        elif number in answers.kept and len(answers.kept[number]) > MOST_WHY:
            text = Text(
                f"{at}：理由最多 {MOST_WHY} 个字。", f"{at}: a reason has at most {MOST_WHY} characters."
            )
        elif number in answers.known and not found.known:
            text = Text(f"{at}：库里没有这一项。", f"{at}: the library does not know this.")
        else:
            continue
        yield Problem("correction.choice", text, sheet=found.sheet, cell=found.cell)


def _choose(
    intake: Intake, chosen: list[tuple[IntakeProblem, str]], choice: Choice, by: str, now: dt.datetime
) -> None:
    """Keep one choice for the cell of each problem, in place of what was chosen before."""
    counts: dict[str, int] = {}
    for found, why in chosen:
        value = found.found
        if choice is Choice.KNOWN:
            # A code says who is meant and has to stand there; of a fact the file says nothing, and so what the
            # library knows goes on counting under the source that said it.
            value = found.known if found.fact == CODE else ""
        fields = {
            "choice": choice,
            "stood": found.found,
            "value": value,
            "why": why.strip(),
            "by": by,
            "at": now,
        }
        Correction.objects.update_or_create(
            file=found.file, sheet=found.sheet, row=found.row, cell=found.cell, defaults=fields
        )
        counts[found.file_id] = counts.get(found.file_id, 0) + 1
    act = "intake.kept" if choice is Choice.KEEP else "intake.known_taken"
    for file, count in counts.items():
        note_intake(intake, act, by, now, file=file, cells=count)


def _take_back(intake: Intake, problems: list[IntakeProblem], by: str, now: dt.datetime) -> None:
    counts: dict[str, int] = {}
    for found in problems:
        held = Correction.objects.filter(
            file=found.file, sheet=found.sheet, row=found.row, cell=found.cell
        ).exclude(cell="")
        counts[found.file_id] = counts.get(found.file_id, 0) + held.delete()[0]
    for file, count in counts.items():
        note_intake(intake, "intake.correction_taken_back", by, now, file=file, places=count)
