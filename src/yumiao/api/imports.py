"""``/imports``: files taken in, checked against what is known, and imported once; the district's pages over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from yumiao.api.acting import caller_of
from yumiao.api.import_acting import (
    MOVED_ON,
    STATE,
    check_source,
    importer,
    intake_named,
    require_store,
    told,
)
from yumiao.api.import_shapes import (
    PLAIN,
    IntakeInFull,
    IntakeInShort,
    Line,
    StateOfIntake,
    Strict,
    in_full,
    in_short,
)
from yumiao.api.jobs import JobState, job_state
from yumiao.api.operations import act, check_form, check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging
from yumiao.district.intakes import selectors, services
from yumiao.district.intakes.files import REFUSED, TOO_LARGE, Upload, plain_name, too_large
from yumiao.district.jobs.selectors import job_of
from yumiao.district.tokens.scopes import Scope
from yumiao.model.problems import YumiaoError

router = Router()
FILES = "files"


class ImportsQuery(Paging):
    """What the list is asked for; filters are combined by "and"."""

    source: str = Field("", max_length=80, pattern=PLAIN)
    state: StateOfIntake | None = None
    q: str = Field("", max_length=100, pattern=PLAIN, description="Part of a file's name.")
    sort: Literal["latest", "oldest", "rows"] = "latest"


class UploadFields(Schema):
    """What is told of the files of one upload."""

    source: Line = Field("", description="Who reports; empty: as a remembered mapping says, or said later.")
    on: dt.date | None = Field(None, description="The day that the files speak of.")
    password: Line = Field(
        "", description="Opens every file that is encrypted; kept encrypted, until the end."
    )


class SourceSaid(Strict):
    """Who reports the files of an intake, and as of which day."""

    source: Line
    on: dt.date | None = None


@read(
    router,
    "/imports",
    Scope.READ_IMPORTS,
    Page[IntakeInShort],
    summary="Uploads, with how far each is",
    operation_id="list_imports",
)
def list_imports(request: HttpRequest, query: Annotated[ImportsQuery, Query()]) -> dict[str, Any]:
    """List what was uploaded, the latest first."""
    check_query(request, ImportsQuery)
    importer(request)
    check_source(query.source)
    wanted = selectors.WantedIntakes(
        source=query.source, state=query.state or "", text=query.q.strip(), sort=query.sort
    )
    found = selectors.intakes_wanted(wanted)

    def show(rows: Any) -> list[Any]:
        held = list(rows)
        people = selectors.labels_of({row.created_by for row in held})
        return [in_short(row, people) for row in held]

    return page_of(request, query, found.count(), found, show)


@act(
    router,
    "/imports",
    Scope.WRITE_IMPORTS,
    IntakeInFull,
    summary="Upload files",
    operation_id="upload_files",
)
def upload_files(
    request: HttpRequest,
    fields: Annotated[UploadFields, Form()],
    files: Annotated[list[UploadedFile] | None, File()] = None,
) -> dict[str, Any]:
    """Take files in, all or none; nothing counts before the import. 20 files at most, each of 64 MB at most."""
    check_query(request)
    actor = importer(request)
    check_form(request, UploadFields, FILES)
    require_store()
    check_source(fields.source)
    with told():
        received = services.receive(
            _uploads(request, files or []),
            source=fields.source,
            on=fields.on,
            password=fields.password or None,
            by=actor.id,
            now=timezone.now(),
        )
    return in_full(intake_named(received))


def _uploads(request: HttpRequest, files: list[UploadedFile]) -> list[Upload]:
    """Return the files of a request. Raises: YumiaoError where one was too large to be taken."""
    large = getattr(request, TOO_LARGE, [])
    if large:
        raise YumiaoError("intake.refused", REFUSED, tuple(too_large(plain_name(name)) for name in large))
    return [Upload(plain_name(each.name or ""), each.read()) for each in files]


@read(
    router,
    "/imports/{intake_id}",
    Scope.READ_IMPORTS,
    IntakeInFull,
    summary="One upload where it stands",
    operation_id="get_import",
)
def get_import(request: HttpRequest, intake_id: str) -> dict[str, Any]:
    """Say how far an intake is, and in numbers what a check found."""
    check_query(request)
    importer(request)
    return in_full(intake_named(intake_id))


@act(
    router,
    "/imports/{intake_id}/source",
    Scope.WRITE_IMPORTS,
    IntakeInFull,
    also=STATE,
    summary="Say who reports, and as of which day",
    operation_id="say_source",
)
def say_source(request: HttpRequest, intake_id: str, body: SourceSaid) -> dict[str, Any]:
    """Keep who reports the files; what a check found before no longer holds."""
    check_query(request)
    actor = importer(request)
    intake_named(intake_id)
    check_source(body.source)
    with told(intake_id):
        services.say_where_from(intake_id, source=body.source, on=body.on, by=actor.id, now=timezone.now())
    return in_full(intake_named(intake_id))


@act(
    router,
    "/imports/{intake_id}/check",
    Scope.WRITE_IMPORTS,
    JobState,
    also=STATE,
    summary="Compare the files with what is known",
    operation_id="check_import",
)
def check_import(request: HttpRequest, intake_id: str) -> JobState:
    """Let a worker compare the files with what is known; nothing is stored. Asked again meanwhile: the same job."""
    check_query(request)
    actor = importer(request)
    intake_named(intake_id)
    with told(intake_id):
        job = services.ask_for_check(intake_id, by=actor.id, now=timezone.now())
    return _job(job)


@act(
    router,
    "/imports/{intake_id}/commit",
    Scope.WRITE_IMPORTS,
    JobState,
    also=STATE,
    summary="Import a checked upload, once",
    operation_id="commit_import",
)
def commit_import(request: HttpRequest, intake_id: str) -> JobState:
    """Let a worker import the files, all or nothing; asked again, also afterwards, it is the same job."""
    check_query(request)
    actor = importer(request)
    intake_named(intake_id)
    with told(intake_id):
        try:
            job = services.ask_for_commit(intake_id, by=actor.id, now=timezone.now())
        except YumiaoError as error:
            row = intake_named(intake_id)
            if error.code != MOVED_ON or row.state != "committed" or job_of(row.commit_job) is None:
                raise
            job = row.commit_job
    return _job(job)


@act(
    router,
    "/imports/{intake_id}/cancel",
    Scope.WRITE_IMPORTS,
    IntakeInFull,
    also=STATE,
    summary="Give an upload up",
    operation_id="cancel_import",
)
def cancel_import(request: HttpRequest, intake_id: str) -> dict[str, Any]:
    """Give an intake up before it is imported: its files and what was found in them are removed."""
    check_query(request)
    importer(request)
    intake_named(intake_id)
    with told(intake_id):
        services.cancel(intake_id, by=caller_of(request).actor.id, now=timezone.now())
    return in_full(intake_named(intake_id))


def _job(job: str) -> JobState:
    found = job_of(job)
    assert found is not None  # noqa: S101 - it was asked for a line above
    return job_state(found)
