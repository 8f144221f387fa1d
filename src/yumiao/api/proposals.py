"""``/proposals``: what firms say of themselves, with evidence, and what officers decide of it; as the pages do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from yumiao.api.acting import caller_of, is_itself, visible_subject
from yumiao.api.errors import ApiError, require
from yumiao.api.import_shapes import PLAIN, Line, Strict
from yumiao.api.operations import act, check_form, check_query, read
from yumiao.api.paging import page_of
from yumiao.api.proposal_shapes import ProposalSaid, State, column_of, proposal_said
from yumiao.api.shapes import Page, Paging
from yumiao.district.accounts.selectors import Actor
from yumiao.district.attachments.checking import MOST_BYTES
from yumiao.district.drafts.services import Typed, send_typed
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals import selectors, services
from yumiao.district.proposals.evidence import add_evidence
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.selectors import subject_named
from yumiao.district.tokens.scopes import Scope
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

router = Router()
EVIDENCE = "evidence"
MOVED_ON = frozenset({409})
_STATES = frozenset({"proposal.decided", "proposal.replaced", "proposal.carried"})
"""Refusals because a proposal is not where the caller thought it is."""


class ProposalsQuery(Paging):
    """What the list is asked for; filters are combined by "and"."""

    state: State | None = None
    q: str = Field(
        "", max_length=100, pattern=PLAIN, description="Name, former name, pinyin, initials or code."
    )
    sort: Literal["oldest", "newest"] = "oldest"


class ProposedFact(Schema):
    """One fact as a firm says it of itself, or of what is known of it that it is otherwise."""

    metric: Line
    period: Line = Field("", description="FY2025, YE2025, CY2026; empty or now where the metric has no year.")
    value: str = Field(
        max_length=80,
        pattern=PLAIN,
        description="A number, a date, yes or no, or a category's code; read exactly.",
    )
    unit: Line = Field("", description="A unit code such as CNY_10k; the metric's own by default.")
    note: str = Field(
        "", max_length=2000, description="What shows it; needed to correct what is known and shown."
    )


class DecisionReason(Strict):
    """What the firm reads."""

    reason: str = Field(max_length=2000)


@read(
    router,
    "/proposals",
    Scope.READ_PROPOSALS,
    Page[ProposalSaid],
    summary="What firms proposed",
    operation_id="list_proposals",
)
def list_proposals(request: HttpRequest, query: Annotated[ProposalsQuery, Query()]) -> dict[str, Any]:
    """List proposals of the enterprises that the caller may see; an enterprise's own for its people."""
    check_query(request, ProposalsQuery)
    actor = _reader(request)
    state = ProposalState(query.state) if query.state else None
    found = selectors.proposals_wanted(actor, state=state, text=query.q.strip(), sort=query.sort)
    return page_of(request, query, found.count(), found, lambda rows: _said(rows, actor))


@read(
    router,
    "/proposals/{proposal_id}",
    Scope.READ_PROPOSALS,
    ProposalSaid,
    summary="One proposal",
    operation_id="get_proposal",
)
def get_proposal(request: HttpRequest, proposal_id: str) -> ProposalSaid:
    """Give one proposal beside what it would replace."""
    check_query(request)
    actor = _reader(request)
    return _said([_visible(actor, proposal_id)], actor)[0]


@act(
    router,
    "/subjects/{subject_id}/proposals",
    Scope.WRITE_PROPOSALS,
    ProposalSaid,
    summary="Propose a fact of one enterprise",
    operation_id="propose_fact",
)
def propose_fact(
    request: HttpRequest,
    subject_id: str,
    fields: Annotated[ProposedFact, Form()],
    evidence: Annotated[UploadedFile | None, File()] = None,
) -> ProposalSaid:
    """Propose a fact, with a file that shows it or without; nothing changes before an officer accepts it.

    An open proposal of the same fact is replaced. The file is a PDF, a picture or an office document of 10 MB at most.
    """
    check_query(request)
    check_form(request, ProposedFact, EVIDENCE)
    actor = caller_of(request).actor
    require(can(actor, Operation.PROPOSE_FACT))
    subject = visible_subject(actor, subject_id)
    require(can(actor, Operation.PROPOSE_FACT, subject))
    column = column_of(fields.metric, fields.period)
    now = timezone.now()
    with told(), transaction.atomic():
        typed = Typed(fields.value, fields.unit, fields.note)
        made = send_typed(subject=subject.id, column=column, typed=typed, author=actor.id, now=now)
        if evidence is not None:
            data = evidence.read(MOST_BYTES + 1)
            today = timezone.localdate()
            add_evidence(
                proposal=made, name=evidence.name or "", data=data, by=actor.id, now=now, today=today
            )
    return _again(made.id, actor)


@act(
    router,
    "/proposals/{proposal_id}/withdraw",
    Scope.WRITE_PROPOSALS,
    ProposalSaid,
    also=MOVED_ON,
    summary="Take a proposal of one's own firm back",
    operation_id="withdraw_proposal",
)
def withdraw_proposal(request: HttpRequest, proposal_id: str) -> ProposalSaid:
    """Take an open proposal back."""
    check_query(request)
    actor = caller_of(request).actor
    require(can(actor, Operation.PROPOSE_FACT))
    row = _visible(actor, proposal_id, Operation.PROPOSE_FACT)
    with told():
        services.withdraw_proposal(proposal_id=row.id, by=actor.id, now=timezone.now())
    return _again(row.id, actor)


@act(
    router,
    "/proposals/{proposal_id}/accept",
    Scope.DECIDE_PROPOSALS,
    ProposalSaid,
    also=MOVED_ON,
    summary="Accept a proposal",
    operation_id="accept_proposal",
)
def accept_proposal(request: HttpRequest, proposal_id: str) -> ProposalSaid:
    """Accept a proposal; the worker carries it into the store as a fact with its own source."""
    actor, row = _to_decide(request, proposal_id)
    with told():
        services.accept_proposal(proposal_id=row.id, by=actor.id, now=timezone.now())
    return _again(row.id, actor)


@act(
    router,
    "/proposals/{proposal_id}/decline",
    Scope.DECIDE_PROPOSALS,
    ProposalSaid,
    also=MOVED_ON,
    summary="Decline a proposal",
    operation_id="decline_proposal",
)
def decline_proposal(request: HttpRequest, proposal_id: str, body: DecisionReason) -> ProposalSaid:
    """Decline a proposal with a reason, which the firm reads."""
    actor, row = _to_decide(request, proposal_id)
    with told():
        services.refuse_proposal(proposal_id=row.id, reason=body.reason, by=actor.id, now=timezone.now())
    return _again(row.id, actor)


@act(
    router,
    "/proposals/{proposal_id}/ask-back",
    Scope.DECIDE_PROPOSALS,
    ProposalSaid,
    also=MOVED_ON,
    summary="Ask the firm for more before deciding",
    operation_id="ask_back",
)
def ask_back(request: HttpRequest, proposal_id: str, body: DecisionReason) -> ProposalSaid:
    """Ask back with a reason, which the firm reads; it may propose again."""
    actor, row = _to_decide(request, proposal_id)
    with told():
        services.ask_back(proposal_id=row.id, reason=body.reason, by=actor.id, now=timezone.now())
    return _again(row.id, actor)


@act(
    router,
    "/proposals/{proposal_id}/reopen",
    Scope.DECIDE_PROPOSALS,
    ProposalSaid,
    also=MOVED_ON,
    summary="Undo a decision on a proposal",
    operation_id="reopen_proposal",
)
def reopen_proposal(request: HttpRequest, proposal_id: str) -> ProposalSaid:
    """Let a decided proposal wait again; an accepted one until the store has it."""
    actor, row = _to_decide(request, proposal_id)
    with told():
        services.reopen_proposal(proposal_id=row.id, by=actor.id, now=timezone.now())
    return _again(row.id, actor)


@contextmanager
def told() -> Iterator[None]:
    """Tell what the district refuses: 409 where a proposal has moved on, else 422."""
    try:
        yield
    except YumiaoError as error:
        status = 409 if error.code in _STATES else 422
        raise ApiError(status, error.code, error.text, error.problems) from error


def _reader(request: HttpRequest) -> Actor:
    """Return who calls, if that person may read proposals. Raises: ApiError (403)."""
    actor = caller_of(request).actor
    require(can(actor, Operation.SEE_OWN_FIRM if is_itself(actor) else Operation.LIST_PROPOSALS))
    return actor


def _to_decide(request: HttpRequest, proposal_id: str) -> tuple[Actor, Any]:
    check_query(request)
    actor = caller_of(request).actor
    require(can(actor, Operation.DECIDE_PROPOSAL))
    return actor, _visible(actor, proposal_id, Operation.DECIDE_PROPOSAL)


def _visible(actor: Actor, proposal_id: str, operation: Operation = Operation.SEE_SUBJECT) -> Any:
    """Return a proposal of an enterprise that an actor may do something to. Raises: ApiError (403, 404)."""
    row = selectors.proposal_named(proposal_id)
    subject = subject_named(row.subject) if row is not None else None
    if subject is None:
        raise ApiError(404, "proposal.unknown", Text("没有这条填报。", "There is no such proposal."))
    require(can(actor, operation, subject))
    return row


def _again(proposal_id: str, actor: Actor) -> ProposalSaid:
    return _said([selectors.proposal_named(proposal_id)], actor)[0]


def _said(rows: Any, actor: Actor) -> list[ProposalSaid]:
    return [proposal_said(each, for_itself=is_itself(actor)) for each in selectors.listed_proposals(rows)]
