"""What changes intakes: receiving files, saying what columns mean, correcting cells, asking for check and import."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yumiao.district.intakes.files import ANEW, Upload, check_uploads, look_at, opened
from yumiao.district.intakes.keeping import drop_upload, keep_upload
from yumiao.district.intakes.mapping import answer_columns, check_text, mapping_text
from yumiao.district.intakes.models import (
    Choice,
    Correction,
    Intake,
    IntakeChange,
    IntakeFile,
    IntakePair,
    IntakeProblem,
    State,
    new_id,
)
from yumiao.district.jobs.kinds import kind_named
from yumiao.district.jobs.selectors import job_of
from yumiao.district.jobs.services import ask_for
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value, canonical_json
from yumiao.district.registry.packs import library
from yumiao.importing.corrections import cell_place, original_text
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

CHECK, COMMIT = "intakes.check", "intakes.commit"
MOST_CORRECTION = 200
"""The longest text that a cell may be corrected to."""


def receive(
    uploads: Sequence[Upload],
    *,
    source: str,
    on: dt.date | None,
    password: str | None,
    by: str,
    now: dt.datetime,
) -> str:
    """Take files in; returns the id of the intake.

    Every file is read once to see that it can be; a password is kept encrypted until the intake ends.

    Args:
        source: id of who reports; empty: as the mapping says, or to be said later.
        by: opaque id of the person.
    Raises: YumiaoError (``intake.refused``) naming each file that cannot be taken; then nothing is kept.
    """
    data = Path(settings.YUMIAO_DATA)
    check_uploads(uploads, password, data)
    kept = [(new_id(), upload) for upload in uploads]
    for file, upload in kept:
        keep_upload(data, file, upload.content, upload.sha256, password)
    with transaction.atomic():
        intake = Intake.objects.create(created_at=now, created_by=by, source=source, observed_on=on)
        for position, (file, upload) in enumerate(kept):
            IntakeFile.objects.create(
                id=file,
                intake=intake,
                position=position,
                name=upload.name,
                sha256=upload.sha256,
                size=len(upload.content),
            )
        note_intake(intake, "intake.received", by, now, files=[upload.sha256 for upload in uploads])
    for row in intake.files.all():
        propose(row, by=by, now=now)
    return intake.id


@transaction.atomic
def propose(file: IntakeFile, *, by: str, now: dt.datetime) -> None:
    """Settle what a file's labels and cells leave no doubt about, or take the mapping remembered for its kind.

    A file of which nothing can be told keeps an empty mapping; its page says why.
    """
    try:
        seen = look_at(file, Path(settings.YUMIAO_DATA), Path(settings.YUMIAO_STORE))
        answered = answer_columns(seen.proposal, file.answers, library())
        text = mapping_text(seen, answered, file.answers, file.name, library())
    except YumiaoError:
        return
    remembered = seen.remembered[0] if seen.remembered is not None else None
    IntakeFile.objects.filter(id=file.id).update(
        mapping=text, is_remembered=remembered is not None, open_questions=answered.open_columns
    )
    if remembered is not None and remembered.source:
        Intake.objects.filter(id=file.intake_id, source="").update(source=remembered.source)
    _note_mapping(file.id, "intake.mapping_proposed", by, now)


def say_where_from(intake: str, *, source: str, on: dt.date | None, by: str, now: dt.datetime) -> None:
    """Say who reports the files of an intake, and as of which day."""
    with transaction.atomic():
        row = opened_intake(intake, State.MAPPING, State.CHECKED)
        row.source, row.observed_on, row.state = source, on, State.MAPPING
        row.save(update_fields=["source", "observed_on", "state"])
        day = on.isoformat() if on is not None else None
        note_intake(row, "intake.source_said", by, now, source=source, on=day)


def answer(
    file: str, answers: Mapping[str, Mapping[str, str]], *, by: str, now: dt.datetime
) -> tuple[Problem, ...]:
    """Keep what was answered of a file's columns, and its mapping as it follows; returns what was not understood.

    Raises: YumiaoError where the answers do not fit together; what was typed is kept.
    """
    row = IntakeFile.objects.select_related("intake").get(id=file)
    opened_intake(row.intake_id, State.MAPPING, State.CHECKED)
    anew = {ANEW: "y"} if row.answers.get("", {}).get(ANEW) == "y" else {}
    row.answers = {label: dict(given) for label, given in answers.items()}
    row.answers[""] = {**row.answers.get("", {}), **anew}
    try:
        seen = look_at(row, Path(settings.YUMIAO_DATA), Path(settings.YUMIAO_STORE))
        answered = answer_columns(seen.proposal, row.answers, library())
        row.mapping = mapping_text(seen, answered, row.answers, row.name, library())
        row.open_questions = answered.open_columns
    except YumiaoError:
        _keep_answers(row, by, now)
        raise
    problems = check_text(row.mapping, library()) if row.mapping else ()
    with transaction.atomic():
        Intake.objects.filter(id=row.intake_id).update(state=State.MAPPING)
        _keep_answers(row, by, now)
    return (*answered.problems, *problems)


@transaction.atomic
def _keep_answers(row: IntakeFile, by: str, now: dt.datetime) -> None:
    row.save(update_fields=["answers", "mapping", "open_questions"])
    _note_mapping(row.id, "intake.answered", by, now)


def write_mapping_by_hand(file: str, text: str, *, by: str, now: dt.datetime) -> tuple[Problem, ...]:
    """Keep a mapping file that an officer wrote; returns what is wrong with it, and then keeps nothing."""
    row = IntakeFile.objects.get(id=file)
    opened_intake(row.intake_id, State.MAPPING, State.CHECKED)
    problems = check_text(text, library())
    if not problems:
        with transaction.atomic():
            IntakeFile.objects.filter(id=file).update(mapping=text, open_questions=0)
            Intake.objects.filter(id=row.intake_id).update(state=State.MAPPING)
            _note_mapping(file, "intake.mapping_written", by, now)
    return problems


def forget_mapping(file: str, *, by: str, now: dt.datetime) -> None:
    """Begin anew with a file: as if no mapping were remembered and nothing had been answered."""
    row = IntakeFile.objects.get(id=file)
    opened_intake(row.intake_id, State.MAPPING, State.CHECKED)
    row.mapping, row.answers, row.is_remembered = "", {"": {ANEW: "y"}}, False
    with transaction.atomic():
        row.save(update_fields=["mapping", "answers", "is_remembered"])
        Intake.objects.filter(id=row.intake_id).update(state=State.MAPPING)
        _note_mapping(file, "intake.mapping_forgotten", by, now)
    propose(row, by=by, now=now)


# ── checking and committing ───────────────────────────────────────────────────────────────────────────────────


def ask_for_check(intake: str, *, by: str, now: dt.datetime) -> str:
    """Ask for the files to be compared with what is known; returns the job. Nothing is stored by it.

    Raises: YumiaoError where a column's meaning or the source has still to be said.
    """
    with transaction.atomic():
        row = opened_intake(intake, State.MAPPING, State.CHECKED, State.CHECKING)
        _require_ready(row)
        job = _job(CHECK, intake, by, now)
        row.state, row.check_job = State.CHECKING, job
        row.save(update_fields=["state", "check_job"])
    return job


def ask_for_commit(intake: str, *, by: str, now: dt.datetime) -> str:
    """Ask for a checked intake to be imported; returns the job. Asking twice is one import."""
    with transaction.atomic():
        row = opened_intake(intake, State.CHECKED, State.COMMITTING)
        job = _job(COMMIT, intake, by, now)
        row.state, row.commit_job = State.COMMITTING, job
        row.save(update_fields=["state", "commit_job"])
    return job


def cancel(intake: str, *, by: str, now: dt.datetime) -> None:
    """Give an intake up before it is imported: its files and what was found in them are removed."""
    with transaction.atomic():
        row = opened_intake(intake, State.MAPPING, State.CHECKING, State.CHECKED)
        row.state, row.ended_at = State.CANCELLED, now
        row.save(update_fields=["state", "ended_at"])
        forget_findings(row)
        note_intake(row, "intake.cancelled", by, now)
    drop_files(row)


def forget_findings(intake: Intake) -> None:
    """Remove what the last check found."""
    IntakeProblem.objects.filter(file__intake=intake).delete()
    IntakePair.objects.filter(file__intake=intake).delete()
    IntakeChange.objects.filter(intake=intake).delete()


def drop_files(intake: Intake) -> None:
    """Remove the kept bytes of an intake that ended, and the passwords."""
    for file in intake.files.values_list("id", flat=True):
        drop_upload(Path(settings.YUMIAO_DATA), file)


def _job(kind: str, intake: str, by: str, now: dt.datetime) -> str:
    """Ask for a job of an intake, or return the one that is not over yet."""
    row = Intake.objects.get(id=intake)
    held = row.check_job if kind == CHECK else row.commit_job
    known = job_of(held) if held else None
    is_running = row.state in (State.CHECKING, State.COMMITTING)
    if known is not None and not known.is_over and is_running:
        return known.id
    declared = kind_named(kind)
    assert declared is not None  # noqa: S101 - the application declares both
    return ask_for(declared, actor=by, arguments={"intake": intake}, now=now, about=intake)


def _require_ready(intake: Intake) -> None:
    files = list(intake.files.all())
    unsaid = [file.name for file in files if not file.mapping]
    if unsaid:
        names = "、".join(unsaid)
        raise YumiaoError(
            "intake.unmapped",
            Text(
                f"{names}：还没有一列说明了含义。请打开“对列”，至少为一列选定口径，按年的口径还要写明年份。",
                f"{', '.join(unsaid)}: no column has a meaning yet. Open “Columns” and choose a metric for one column "
                "at least, and the year of a metric by year.",
            ),
        )
    if not intake.source and not all("\nsource:" in f"\n{file.mapping}" for file in files):
        raise YumiaoError("intake.source", Text("请选择是谁报送的。", "Say who reports these files."))


# ── corrections and pairs ─────────────────────────────────────────────────────────────────────────────────────


def correct_cells(
    file: str, cells: Mapping[tuple[str, str], str], *, by: str, now: dt.datetime
) -> tuple[Problem, ...]:
    """Let cells be read as an officer says; the file stays as it is, and an equal text takes a correction back.

    Args:
        cells: sheet and address → the text to read.
    Returns: texts that are too long; the others are kept.
    """
    row = IntakeFile.objects.select_related("intake").get(id=file)
    problems = []
    with transaction.atomic():
        intake = opened_intake(row.intake_id, State.CHECKED, State.MAPPING)
        with opened([row], Path(settings.YUMIAO_DATA)) as [(path, password)]:
            workbook = read_workbook(path, password)
        count = 0
        for (sheet, cell), value in cells.items():
            if len(value) > MOST_CORRECTION:
                problems.append(_too_long(cell))
                continue
            stood, number = original_text(workbook, sheet, cell), cell_place(cell)[0] + 1
            held = Correction.objects.filter(file=row, sheet=sheet, row=number, cell=cell)
            if value == stood:
                held.delete()
                continue
            fields = {"choice": Choice.READ, "stood": stood, "value": value, "why": "", "by": by, "at": now}
            Correction.objects.update_or_create(file=row, sheet=sheet, row=number, cell=cell, defaults=fields)
            count += 1
        note_intake(intake, "intake.corrected", by, now, file=file, cells=count)
    return tuple(problems)


def leave_out_rows(file: str, rows: Mapping[tuple[str, int], bool], *, by: str, now: dt.datetime) -> None:
    """Leave rows of a file out, or take them back in.

    Args:
        rows: sheet and number of the row → whether it is left out.
    """
    row = IntakeFile.objects.select_related("intake").get(id=file)
    with transaction.atomic():
        intake = opened_intake(row.intake_id, State.CHECKED, State.MAPPING)
        for (sheet, number), is_out in rows.items():
            held = Correction.objects.filter(file=row, sheet=sheet, row=number, cell="")
            if not is_out:
                held.delete()
            elif not held.exists():
                Correction.objects.create(
                    file=row,
                    sheet=sheet,
                    row=number,
                    cell="",
                    choice=Choice.OUT,
                    stood="",
                    value="",
                    by=by,
                    at=now,
                )
        note_intake(intake, "intake.rows_left_out", by, now, file=file, rows=sum(rows.values()))


def choose_pair(pair: int, decision: str, *, by: str, now: dt.datetime) -> None:
    """Say before the import whether a subject of a file is a known one; empty: it stays open."""
    row = IntakePair.objects.select_related("file").get(id=pair)
    with transaction.atomic():
        intake = opened_intake(row.file.intake_id, State.CHECKED)
        row.decision, row.decided_by = decision, by if decision else ""
        row.save(update_fields=["decision", "decided_by"])
        note_intake(intake, "intake.pair_chosen", by, now, pair=pair, decision=decision)


def _too_long(cell: str) -> Problem:
    return Problem(
        "correction.long",
        Text(f"{cell}：最多 {MOST_CORRECTION} 个字。", f"{cell}: at most {MOST_CORRECTION} characters."),
        cell=cell,
    )


def opened_intake(intake: str, *states: State) -> Intake:
    """Lock an intake that is in one of some states. Raises: YumiaoError (``intake.state``) where it is in another."""
    with transaction.atomic():
        row = Intake.objects.select_for_update().get(id=intake)
    if row.state not in states:
        raise YumiaoError(
            "intake.state",
            Text(
                "这次报送已进入下一步或已结束，不能再改；请刷新页面。",
                "This intake has moved on or ended and cannot be changed any more; reload the page.",
            ),
        )
    return row


def mapping_hashes(file: IntakeFile) -> dict[str, Value]:
    """Return what a file's mapping and its answers were, as hashes: SHA-256 of the text, of canonical JSON.

    ``mapping`` is None where nothing is settled, ``answers`` where nothing was answered.
    """
    given = {label: answers for label, answers in file.answers.items() if answers}
    return {
        "file": file.id,
        "mapping": _hash(file.mapping) if file.mapping else None,
        "answers": _hash(canonical_json(given)) if given else None,
        "open": file.open_questions,
        "remembered": file.is_remembered,
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _note_mapping(file: str, act: str, by: str, now: dt.datetime) -> None:
    row = IntakeFile.objects.select_related("intake").get(id=file)
    note_intake(row.intake, act, by, now, **mapping_hashes(row))


def note_intake(intake: Intake, act: str, by: str, now: dt.datetime, **payload: Value) -> None:
    """Journal what was done to an intake, in the transaction of the change."""
    record(stream=Stream("intake", intake.id), act=act, actor=by, at=now, payload=payload)
