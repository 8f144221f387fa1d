"""The jobs of intakes: comparing files with what is known, and importing them once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yumiao.district.intakes.decided import list_decisions
from yumiao.district.intakes.desk import ask_for_desk, list_batches
from yumiao.district.intakes.files import opened
from yumiao.district.intakes.findings import keep_findings
from yumiao.district.intakes.following import follow_store, next_moment, the_store
from yumiao.district.intakes.models import Choice, Correction, Intake, IntakeFile, IntakePair, State
from yumiao.district.intakes.services import CHECK, COMMIT, drop_files, mapping_hashes
from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.registry.keeping import ask_for_refresh
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import projection
from yumiao.importing.corrections import Corrections
from yumiao.importing.imports import ImportReport, Incoming, commit_import, preview_import
from yumiao.importing.marks import CommittedIntake, Mark, PairChoice, committed_batches, decided_on_paper
from yumiao.importing.reading import read_incoming
from yumiao.model.originals import kept_until
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store import Store

_STEPS = 3


def _tell(work: Work) -> Any:
    def tell(step: Text, done: int, total: int) -> None:
        work.tell(done + 1, max(total, 1) + _STEPS, step)

    return tell


def run_check(work: Work) -> Mapping[str, Any]:
    """Compare the files of an intake with what is known; keeps what was found, and stores nothing."""
    intake = Intake.objects.get(id=work.arguments["intake"])
    if intake.state != State.CHECKING:
        return {}
    today = timezone.localdate(work.now)
    try:
        with opened(list(intake.files.all()), Path(settings.YUMIAO_DATA)) as files:
            report = _preview(intake, _read(intake, files, today, work), today, work)
            work.tell(_STEPS, _STEPS + 1, Text("记下结果", "noting what was found"))
            with transaction.atomic():
                row = Intake.objects.select_for_update().get(id=intake.id)
                if row.state == State.CHECKING:
                    keep_findings(row, report, the_store().state(), _day(today))
    except YumiaoError:
        Intake.objects.filter(id=intake.id, state=State.CHECKING).update(state=State.MAPPING)
        raise
    return {"files": len(report.files)}


def run_commit(work: Work) -> Mapping[str, Any]:
    """Import the files of an intake: all of it or nothing, and once, however often the job begins."""
    intake = Intake.objects.get(id=work.arguments["intake"])
    if intake.state == State.COMMITTED:
        return {"batches": intake.batches}
    store = the_store()
    try:
        done = committed_batches(store.state(), intake.id) or _commit(store, intake, work)
    except YumiaoError:
        Intake.objects.filter(id=intake.id, state=State.COMMITTING).update(state=State.CHECKED)
        raise
    _finish(intake.id, done, work)
    return {"batches": list(done.batches)}


def _commit(store: Store, intake: Intake, work: Work) -> CommittedIntake:
    today = timezone.localdate(work.now)
    data = Path(settings.YUMIAO_DATA)
    mark = Mark(intake.id, _told_corrections(intake), _choices(intake))
    with opened(list(intake.files.all()), data) as files:
        incoming = _read(intake, files, today, work)
        try:
            commit_import(
                store,
                incoming,
                library(),
                at=next_moment(store, work.now),
                who=work.actor or CONSOLE,
                keep_originals_until=kept_until(today),
                finish=mark.put,
                tell=_tell(work),
            )
        except YumiaoError as error:
            if error.code != "import.committed":  # a worker that was thought dead came first
                raise
    done = committed_batches(store.state(), intake.id)
    assert done is not None  # noqa: S101 - the mark is in the commit
    return done


def _finish(intake: str, done: CommittedIntake, work: Work) -> None:
    """Let the tables follow the store: in one transaction, and once."""
    with transaction.atomic():
        row = Intake.objects.select_for_update().get(id=intake)
        if row.state == State.COMMITTED:
            return
        row.state, row.ended_at, row.batches = State.COMMITTED, work.now, list(done.batches)
        row.save(update_fields=["state", "ended_at", "batches"])
        manifests = {each.manifest.id: each.manifest for each in the_store().state().all_batches}
        for file in row.files.all():
            held = [name for name in done.batches if file.sha256 in _hashes(manifests[name])]
            IntakeFile.objects.filter(id=file.id).update(batch=held[0] if held else "")
        record(
            stream=Stream("intake", intake),
            act="intake.committed",
            actor=work.actor or CONSOLE,
            at=work.now,
            payload={
                "batches": list(done.batches),
                "new": len(done.new),
                "mappings": [mapping_hashes(file) for file in row.files.all()],
            },
        )
        follow_store(work.now)
        list_batches(the_store().state())
        list_decisions(the_store().state())
        ask_for_refresh(actor=work.actor, now=work.now)
        ask_for_desk(actor=work.actor, now=work.now)
    drop_files(row)


def _hashes(manifest: Any) -> set[str]:
    return {file.sha256 for file in manifest.files}


def _read(
    intake: Intake, files: list[tuple[Path, str | None]], today: dt.date, work: Work
) -> tuple[Incoming, ...]:
    rows = list(intake.files.all())
    mappings, passwords, corrections = [], {}, {}
    for number, (row, (path, password)) in enumerate(zip(rows, files, strict=True)):
        place = path.parent / f".{number}.yaml"
        place.write_text(row.mapping, encoding="utf-8")
        mappings.append(place)
        corrections[path] = corrections_of(row)
        if password is not None:
            passwords[path] = password
    return read_incoming(
        [path for path, _ in files],
        mappings,
        library(),
        the_store(),
        today=today,
        source=intake.source or None,
        on=intake.observed_on,
        passwords=passwords,
        corrections=corrections,
        tell=_tell(work),
    )


def corrections_of(file: IntakeFile) -> Corrections:
    """Return what is read otherwise than it stands in a file; what is kept is read as it stands."""
    held = list(file.corrections.exclude(choice=Choice.KEEP))
    return Corrections(
        {(each.sheet, each.cell): each.value for each in held if each.cell},
        frozenset((each.sheet, each.row) for each in held if not each.cell),
    )


def _told_corrections(intake: Intake) -> list[dict[str, Any]]:
    """What the store remembers of corrections: where, what is read, and who said so."""
    held = Correction.objects.filter(file__intake=intake).select_related("file").order_by("id")
    return [
        {
            "file": each.file.sha256,
            "sheet": each.sheet,
            "cell": each.cell or f"{each.row}:{each.row}",
            "read_as": each.value,
            "who": each.by,
            **({"choice": each.choice} if each.choice in (Choice.KEEP, Choice.KNOWN) else {}),
            **({"why": each.why} if each.why else {}),
        }
        for each in held
    ]


def _choices(intake: Intake) -> tuple[PairChoice, ...]:
    held = IntakePair.objects.filter(file__intake=intake).exclude(decision="").select_related("file")
    return tuple(
        PairChoice(each.file.name, each.key, each.other, each.decision == "same", each.decided_by)
        for each in held
    )


def _preview(intake: Intake, incoming: tuple[Incoming, ...], today: dt.date, work: Work) -> ImportReport:
    store = the_store()
    at, choices = next_moment(store, work.now), _choices(intake)
    return preview_import(
        store,
        incoming,
        library(),
        at=at,
        who=work.actor or CONSOLE,
        as_of=_day(today),
        decided=lambda state, files: decided_on_paper(state, files, choices, at=at),
        tell=_tell(work),
    )


def _day(today: dt.date) -> dt.date:
    """The day for which verdicts are compared: that of the register, today where there is none yet."""
    built = projection()
    return built.as_of if built is not None else today


CHECKING = declare_kind(Kind(CHECK, Text("核对报送", "Check an intake"), run_check, ("import", "intake")))
COMMITTING = declare_kind(
    Kind(COMMIT, Text("导入报送", "Import an intake"), run_commit, ("import", "intake"))
)
