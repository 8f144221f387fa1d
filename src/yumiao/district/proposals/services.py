"""What changes proposals: proposing, withdrawing, accepting, refusing, asking back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.joining.selectors import ids_of_people
from yumiao.district.journal.services import Stream, record
from yumiao.district.messages.services import post
from yumiao.district.proposals.hooks import tell_change
from yumiao.district.proposals.known import is_shown_to_subject, known_fact
from yumiao.district.proposals.models import Outgoing, Proposal
from yumiao.district.proposals.reading import read_typed_fact
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

OPEN = (ProposalState.PROPOSED, ProposalState.ASKED_BACK)
MOST_NOTE = 2000


@transaction.atomic
def propose_fact(
    *, subject: str, column: str, typed: str, unit: str, note: str, author: str, now: dt.datetime
) -> Proposal:
    """Keep what a firm says of a fact until an officer decides; an open proposal of the same fact is replaced.

    Args:
        column: metric and year, as a table of facts names them.
        typed, unit: what was typed; see `read_typed_fact`.
        note: what shows it; for a correction it has to be given.
        author: opaque id of the person.
    Raises: YumiaoError (``proposal.column``, ``proposal.value``, ``proposal.note``, ``proposal.same``).
    """
    value = read_typed_fact(library(), column, typed, unit)
    before = known_fact(subject, column)
    is_shown = before is not None and is_shown_to_subject(before.source)
    _check_note(note, is_correction=is_shown)  # of what is hidden neither value nor being known is told
    if is_shown and before is not None and before.value == value:
        text = Text("与现有资料一样，不用更正。", "This is what is known already; nothing to correct.")
        raise YumiaoError("proposal.same", text)
    formers = Proposal.objects.select_for_update().filter(subject__in=ids_read_as(subject))
    for former in formers.filter(column=column, state__in=OPEN):
        _change(former, ProposalState.WITHDRAWN, author, now)
    proposal = Proposal.objects.create(
        subject=subject,
        column=column,
        value=value,
        raw=typed.strip()[:80],
        unit=unit[:20],
        note=note.strip(),
        is_answer=before is None,
        before_value=before.value if before else None,
        before_source=before.source if before else "",
        author=author,
        proposed_at=now,
    )
    _note(proposal, "proposal.made", author, now)
    tell_change(proposal.id, now)
    return proposal


def _check_note(note: str, *, is_correction: bool) -> None:
    if len(note) > MOST_NOTE:
        text = Text(f"说明最多 {MOST_NOTE} 字。", f"The note has at most {MOST_NOTE} characters.")
        raise YumiaoError("proposal.note", text)
    if is_correction and not note.strip():
        text = Text(
            "更正已有资料，请写明依据，如哪份文件哪一页。",
            "To correct what is known, say what shows it: which document, which page.",
        )
        raise YumiaoError("proposal.note", text)


@transaction.atomic
def withdraw_proposal(*, proposal_id: str, by: str, now: dt.datetime) -> Proposal:
    """Take an open proposal back. Raises: YumiaoError (``proposal.unknown``, ``proposal.decided``)."""
    proposal = _locked(proposal_id, OPEN)
    _change(proposal, ProposalState.WITHDRAWN, by, now)
    return proposal


@transaction.atomic
def accept_proposal(*, proposal_id: str, by: str, now: dt.datetime) -> Proposal:
    """Accept a proposal: it is put into the outbox in the transaction of its line in the journal.

    Raises: YumiaoError (``proposal.unknown``, ``proposal.decided``).
    """
    proposal = _locked(proposal_id, (ProposalState.PROPOSED,))
    _decide(proposal, ProposalState.ACCEPTED, by, now)
    Outgoing.objects.create(proposal=proposal, accepted_at=now)
    _tell_firm(proposal, "proposal.accepted", now)
    return proposal


@transaction.atomic
def refuse_proposal(*, proposal_id: str, reason: str, by: str, now: dt.datetime) -> Proposal:
    """Refuse a proposal with a reason, which the firm reads.

    Raises: YumiaoError (``proposal.unknown``, ``proposal.decided``, ``proposal.reason``).
    """
    proposal = _locked(proposal_id, OPEN)
    _decide(proposal, ProposalState.REFUSED, by, now, _checked_reason(reason))
    _tell_firm(proposal, "proposal.refused", now)
    return proposal


@transaction.atomic
def ask_back(*, proposal_id: str, reason: str, by: str, now: dt.datetime) -> Proposal:
    """Ask the firm for more before deciding; it may propose again. Raises: as `refuse_proposal`."""
    proposal = _locked(proposal_id, (ProposalState.PROPOSED,))
    _decide(proposal, ProposalState.ASKED_BACK, by, now, _checked_reason(reason))
    _tell_firm(proposal, "proposal.asked_back", now)
    return proposal


@transaction.atomic
def reopen_proposal(*, proposal_id: str, by: str, now: dt.datetime) -> Proposal:
    """Undo a decision: the proposal waits again.

    An accepted one can be taken back until a flush has it; then its batch can be reverted instead.
    Raises: YumiaoError (``proposal.unknown``, ``proposal.decided``, ``proposal.replaced``, ``proposal.carried``).
    """
    proposal = _locked(proposal_id, (ProposalState.ACCEPTED, ProposalState.REFUSED, ProposalState.ASKED_BACK))
    others = Proposal.objects.filter(subject=proposal.subject, column=proposal.column, state__in=OPEN)
    if others.exclude(id=proposal.id).exists():
        text = Text("企业已另有新的填报，请处理新的一条。", "The firm has proposed anew; decide that one.")
        raise YumiaoError("proposal.replaced", text)
    if proposal.state == ProposalState.ACCEPTED:
        kept = Outgoing.objects.select_for_update().get(proposal=proposal)
        if kept.flush_id is not None:
            raise YumiaoError(
                "proposal.carried",
                Text(
                    "已写入数据仓，不能直接撤回；需要时请撤销那个批次。",
                    "The store has it already; if need be, revert its batch.",
                ),
            )
        kept.delete()
    _change(proposal, ProposalState.PROPOSED, by, now)
    return proposal


def _checked_reason(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > MOST_NOTE:
        raise YumiaoError(
            "proposal.reason",
            Text(f"请写明理由（1–{MOST_NOTE} 字），企业会看到。", "Give a reason; the firm reads it."),
        )
    return text


def _locked(proposal_id: str, states: tuple[ProposalState, ...]) -> Proposal:
    found = Proposal.objects.select_for_update().filter(id=proposal_id).first()
    if found is None:
        raise YumiaoError("proposal.unknown", Text("没有这条填报。", "There is no such proposal."))
    if found.state not in states:
        words = ProposalState(found.state).words
        raise YumiaoError(
            "proposal.decided",
            Text(
                f"这条填报现在是“{words.zh}”，不能这样处理。",
                f"This proposal is {words.en}; that cannot be done now.",
            ),
        )
    return found


def _decide(proposal: Proposal, state: ProposalState, by: str, now: dt.datetime, reason: str = "") -> None:
    proposal.decided_by, proposal.decided_at, proposal.reason = by, now, reason
    _change(proposal, state, by, now)


def _change(proposal: Proposal, state: ProposalState, by: str, now: dt.datetime) -> None:
    proposal.state = state
    proposal.save()
    _note(proposal, f"proposal.{state.value if state != ProposalState.PROPOSED else 'reopened'}", by, now)
    tell_change(proposal.id, now)


def _note(proposal: Proposal, act: str, by: str, now: dt.datetime) -> None:
    payload = {"proposal": proposal.id, "column": proposal.column}
    record(stream=Stream("subject", proposal.subject), act=act, actor=by, at=now, payload=payload)


def _tell_firm(proposal: Proposal, kind: str, now: dt.datetime) -> None:
    arguments = {"proposal": proposal.id, "subject": proposal.subject}
    post(kind=kind, to=ids_of_people(proposal.subject), arguments=arguments, now=now)
