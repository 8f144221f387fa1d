"""``/identity``: pairs of subjects of which nobody has said whether they are one; deciding, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.errors import ApiError
from yumiao.api.import_acting import STATE, importer, require_store
from yumiao.api.import_shapes import PLAIN, Strict
from yumiao.api.operations import act, check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Words, words
from yumiao.district.accounts.selectors import Actor
from yumiao.district.intakes import deciding, selectors
from yumiao.district.permissions import Operation
from yumiao.district.tokens.scopes import Scope
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store import Event

router = Router()
Id = Annotated[str, Field(min_length=1, max_length=40, pattern=PLAIN)]
Kind = Literal["merge", "separate", "split", "same"]
_SIDES = ("from", "subject", "left", "into", "right")
_CHANCE = 3


class PairsQuery(Paging):
    """What the queue is asked for."""

    q: str = Field("", max_length=100, pattern=PLAIN, description="Part of a name or code of either.")
    step: str = Field("", max_length=80, pattern=PLAIN, description="By which step they were found.")


class Side(Schema):
    """One subject of a pair."""

    id: str
    name: str
    code: str


class NamedSubject(Schema):
    """One subject of a decision, as it is called now."""

    id: str
    name: str


class WaitingPair(Schema):
    """Two subjects that may be one; `subject` is the newer, which would be read as `other`."""

    subject: Side
    other: Side
    probability: str | None = Field(description="Null where nobody knows.")
    step: str
    evidence: Words
    file: str


class PairDecision(Strict):
    """Whether the two are one subject."""

    subject: Id
    other: Id
    decision: Literal["same", "different"]
    why: str = Field("", max_length=300, pattern=PLAIN)


class Decided(Schema):
    """A decision that holds; `number` takes it back."""

    number: int
    kind: Kind
    at: str
    by: str
    subjects: list[NamedSubject]
    why: str


class TakenBack(Strict):
    """Why a decision is taken back; kept with the act."""

    why: str = Field("", max_length=300, pattern=PLAIN)


@read(
    router,
    "/identity/pairs",
    Scope.READ_IDENTITY,
    Page[WaitingPair],
    summary="Subjects that may be one",
    operation_id="list_pairs",
)
def list_pairs(request: HttpRequest, query: Annotated[PairsQuery, Query()]) -> dict[str, Any]:
    """List the queue, from the least sure."""
    check_query(request, PairsQuery)
    importer(request, Operation.DECIDE_IDENTITY)
    found = selectors.open_pairs_wanted(query.q.strip(), query.step)
    return page_of(request, query, found.count(), found, lambda rows: [_pair(row) for row in rows])


@read(
    router,
    "/identity/decisions",
    Scope.READ_IDENTITY,
    Page[Decided],
    summary="Decisions on who is who that hold",
    operation_id="list_decisions",
)
def list_decisions(request: HttpRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    """List the decisions, the latest first; those taken back are left out."""
    check_query(request, Paging)
    importer(request, Operation.DECIDE_IDENTITY)
    events = selectors.decisions()
    return page_of(request, query, len(events), events, _decided)


@act(
    router,
    "/identity/decisions",
    Scope.DECIDE_IDENTITY,
    Decided,
    also=STATE,
    summary="Decide of a pair of the queue",
    operation_id="decide_pair",
)
def decide_pair(request: HttpRequest, body: PairDecision) -> dict[str, Any]:
    """Say whether two subjects are one; a pair that does not wait (any more) is `409`."""
    check_query(request)
    actor = importer(request, Operation.DECIDE_IDENTITY)
    require_store()
    try:
        number = deciding.decide(
            body.subject,
            body.other,
            is_same=body.decision == "same",
            why=body.why.strip(),
            by=actor.id,
            now=timezone.now(),
        )
    except YumiaoError as error:
        raise ApiError(409, error.code, error.text, error.problems) from error
    return _decided([each for each in selectors.decisions() if each.seq == number])[0]


@act(
    router,
    "/identity/decisions/{number}/undo",
    Scope.DECIDE_IDENTITY,
    Decided,
    also=STATE,
    summary="Take a decision back",
    operation_id="undo_decision",
)
def undo_decision(request: HttpRequest, number: int, body: TakenBack) -> dict[str, Any]:
    """Take a decision back; what rested on it is as it was, and a pair waits again. The answer is what it was."""
    check_query(request)
    actor = importer(request, Operation.DECIDE_IDENTITY)
    require_store()
    events = [each for each in selectors.decisions() if each.seq == number]
    if not events:
        text = Text(
            "没有这个有效的决定。编号取自 GET /api/v1/identity/decisions。",
            "No decision of this number holds. Numbers come from GET /api/v1/identity/decisions.",
        )
        raise ApiError(404, "decision.unknown", text)
    said = _decided(events)[0]
    _undo(number, body.why.strip(), actor)
    return said


def _undo(number: int, why: str, actor: Actor) -> None:
    try:
        deciding.undo(number, why=why, by=actor.id, now=timezone.now())
    except YumiaoError as error:
        raise ApiError(409, error.code, error.text, error.problems) from error


def _pair(row: Any) -> dict[str, Any]:
    chance = row.probability
    return {
        "subject": {"id": row.subject, "name": row.name, "code": row.code},
        "other": {"id": row.other, "name": row.other_name, "code": row.other_code},
        "probability": None if chance is None else f"{chance:.{_CHANCE}f}",
        "step": row.step,
        "evidence": words(Text(row.evidence_zh, row.evidence_en)),
        "file": row.file,
    }


def _decided(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return decisions as they are sent; two queries, however many."""
    held = list(events)
    ids = {str(event.details[key]) for event in held for key in _SIDES if key in event.details}
    names, people = selectors.names_of(ids), selectors.labels_of({event.who for event in held})
    return [
        {
            "number": event.seq,
            "kind": event.act.value,
            "at": event.at,
            "by": people[event.who],
            "subjects": [
                {"id": key, "name": names[key]}
                for key in (str(event.details[side]) for side in _SIDES if side in event.details)
            ],
            "why": str(event.details.get("why", "")),
        }
        for event in held
    ]
