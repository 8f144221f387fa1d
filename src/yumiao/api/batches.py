"""``/batches``: what was imported, taken back and brought back after a look at what that changes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.errors import ApiError
from yumiao.api.import_acting import STATE, check_source, importer, require_store, told
from yumiao.api.import_shapes import PLAIN, ChangeOfVerdict, KindOfChange, Strict, change_of_verdict
from yumiao.api.operations import act, check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Words, words
from yumiao.district.intakes import deciding, selectors
from yumiao.district.permissions import Operation
from yumiao.district.tokens.scopes import Scope
from yumiao.model.text import Text
from yumiao.store.values import Act

router = Router()


class BatchesQuery(Paging):
    """What the list is asked for; filters are combined by "and"."""

    source: str = Field("", max_length=80, pattern=PLAIN)
    is_reverted: bool | None = None
    q: str = Field("", max_length=100, pattern=PLAIN, description="Part of a file's name, or of the id.")
    sort: Literal["latest", "oldest", "facts", "observed"] = "latest"


class Batch(Schema):
    """One batch of facts; one that is taken back stays, and counts for nothing."""

    id: str
    number: int
    kind: str
    source: str
    source_label: Words
    files: list[str]
    observed_on: dt.date
    recorded_at: str
    by: str
    rows: int
    subjects: int
    facts: int
    is_reverted: bool


class ChangeAhead(Schema):
    """What taking a batch back, or bringing it back, would change."""

    act: Literal["revert", "unrevert"] = Field(description="What can be done to the batch as it is.")
    subjects: int | None = Field(
        description="Of how many something else would be known; null where it may be any."
    )
    counts: dict[KindOfChange, int] | None = Field(
        description="Verdicts by kind of change; null where they are too many to judge while a request waits."
    )
    changes: list[ChangeOfVerdict] = Field(description="Twenty at the most, those who lose first.")


class Reason(Strict):
    """Why a batch is taken back or brought back; kept with the act."""

    why: str = Field("", max_length=300, pattern=PLAIN)


@read(
    router,
    "/batches",
    Scope.READ_IMPORTS,
    Page[Batch],
    summary="What was imported",
    operation_id="list_batches",
)
def list_batches(request: HttpRequest, query: Annotated[BatchesQuery, Query()]) -> dict[str, Any]:
    """List the batches, the latest first, those taken back too."""
    check_query(request, BatchesQuery)
    importer(request)
    check_source(query.source)
    counts = {None: "", True: "no", False: "yes"}[query.is_reverted]
    wanted = selectors.WantedBatches(
        source=query.source, counts=counts, text=query.q.strip(), sort=query.sort
    )
    found = selectors.batches_wanted(wanted)
    return page_of(request, query, found.count(), found, _shown)


@read(
    router,
    "/batches/{batch_id}",
    Scope.READ_IMPORTS,
    Batch,
    summary="One batch",
    operation_id="get_batch",
)
def get_batch(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """Give one batch."""
    check_query(request)
    importer(request)
    return _shown([_batch(batch_id)])[0]


@read(
    router,
    "/batches/{batch_id}/effects",
    Scope.READ_IMPORTS,
    ChangeAhead,
    summary="What taking a batch back, or bringing it back, would change",
    operation_id="look_ahead",
)
def look_ahead(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """Judge before and after, and keep nothing."""
    check_query(request)
    importer(request, Operation.CHANGE_BATCHES)
    row = _batch(batch_id)
    require_store()
    with told():
        found = deciding.look_ahead(batch_id, Act.RESTORE if row.is_reverted else Act.REVERT)
    return {
        "act": "unrevert" if row.is_reverted else "revert",
        "subjects": found.subjects,
        "counts": found.counts,
        "changes": [change_of_verdict(each) for each in found.changes],
    }


@act(
    router,
    "/batches/{batch_id}/revert",
    Scope.WRITE_IMPORTS,
    Batch,
    also=STATE,
    summary="Take a batch back",
    operation_id="revert_batch",
)
def revert_batch(request: HttpRequest, batch_id: str, body: Reason) -> dict[str, Any]:
    """Let a batch no longer count; it can be brought back."""
    return _change(request, batch_id, Act.REVERT, body.why)


@act(
    router,
    "/batches/{batch_id}/unrevert",
    Scope.WRITE_IMPORTS,
    Batch,
    also=STATE,
    summary="Bring a batch back",
    operation_id="unrevert_batch",
)
def unrevert_batch(request: HttpRequest, batch_id: str, body: Reason) -> dict[str, Any]:
    """Let a batch that was taken back count again."""
    return _change(request, batch_id, Act.RESTORE, body.why)


def _change(request: HttpRequest, batch_id: str, what: Act, why: str) -> dict[str, Any]:
    check_query(request)
    actor = importer(request, Operation.CHANGE_BATCHES)
    row = _batch(batch_id)
    require_store()
    if row.is_reverted is (what is Act.REVERT):
        raise ApiError(409, "batch.state", ALREADY[what])
    with told():
        deciding.change_batch(batch_id, what, why=why.strip(), by=actor.id, now=timezone.now())
    return _shown([_batch(batch_id)])[0]


ALREADY = {
    Act.REVERT: Text("这个批次已经撤销。", "The batch is taken back already."),
    Act.RESTORE: Text("这个批次没有撤销。", "The batch is not taken back."),
}


def _batch(batch: str) -> Any:
    found = selectors.batch_of(batch)
    if found is None:
        text = Text(
            "没有这个批次。编号取自 GET /api/v1/batches。",
            "There is no such batch. Ids come from GET /api/v1/batches.",
        )
        raise ApiError(404, "batch.unknown", text)
    return found


def _shown(rows: Any) -> list[dict[str, Any]]:
    held = list(rows)
    people = selectors.labels_of({row.who for row in held})
    return [
        {
            "id": row.id,
            "number": row.number,
            "kind": row.kind,
            "source": row.source,
            "source_label": words(selectors.source_label(row.source)),
            "files": row.files.split("\n"),
            "observed_on": row.observed_on,
            "recorded_at": row.recorded_at,
            "by": people[row.who],
            "rows": row.rows,
            "subjects": row.subjects,
            "facts": row.facts,
            "is_reverted": row.is_reverted,
        }
        for row in held
    ]
