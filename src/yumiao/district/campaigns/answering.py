"""What firms do with what they were asked: they see it, answer it, or say that they do not know."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.campaigns.models import AskedFact, CampaignFirm
from yumiao.district.campaigns.services import campaign_stream
from yumiao.district.campaigns.states import CampaignState, FirmState
from yumiao.district.journal.services import record
from yumiao.district.proposals.hooks import on_change
from yumiao.district.proposals.models import Proposal
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_ANSWERS = (ProposalState.PROPOSED, ProposalState.ACCEPTED)


def note_seen(*, subject: str, by: str, now: dt.datetime) -> int:
    """Note that somebody of a firm opened what it is asked; returns how many campaigns saw that for the first time."""
    rows = CampaignFirm.objects.filter(
        subject__in=ids_read_as(subject), campaign__state=CampaignState.OPEN, state=FirmState.SENT
    )
    seen = 0
    for row in rows:
        with transaction.atomic():
            changed = CampaignFirm.objects.filter(id=row.pk, state=FirmState.SENT)
            if changed.update(state=FirmState.SEEN, seen_at=now):
                stream = campaign_stream(row.campaign_id)
                record(stream=stream, act="campaign.seen", actor=by, at=now, payload={"subject": subject})
                seen += 1
    return seen


@transaction.atomic
def say_unknown(*, question: int, subject: str, by: str, now: dt.datetime) -> None:
    """Note that a firm does not know the answer: the fact stays unknown, the question is not asked again.

    Raises: YumiaoError (``campaign.no_question``) where the firm is not asked that, or not any more.
    """
    asked = _locked_question(question, subject)
    asked.is_unknown, asked.is_confirmed = True, False
    _keep(asked, "campaign.said_unknown", by, now)


@transaction.atomic
def confirm_known(*, question: int, subject: str, by: str, now: dt.datetime) -> None:
    """Note that a firm says of a fact that what is known of it is so; nothing new is proposed.

    Raises: YumiaoError (``campaign.no_question``) as `say_unknown`.
    """
    asked = _locked_question(question, subject)
    asked.is_unknown, asked.is_confirmed = False, True
    _keep(asked, "campaign.confirmed", by, now)


def _keep(asked: AskedFact, act: str, by: str, now: dt.datetime) -> None:
    asked.save(update_fields=["is_unknown", "is_confirmed"])
    payload = {"subject": asked.firm.subject, "column": asked.column}
    record(stream=campaign_stream(asked.firm.campaign_id), act=act, actor=by, at=now, payload=payload)
    refresh_state(asked.firm)


def _locked_question(question: int, subject: str) -> AskedFact:
    asked = (
        AskedFact.objects.select_for_update()
        .filter(
            id=question,
            is_included=True,
            firm__subject__in=ids_read_as(subject),
            firm__campaign__state=CampaignState.OPEN,
            firm__sent_at__isnull=False,
        )
        .select_related("firm")
        .first()
    )
    if asked is None:
        raise YumiaoError(
            "campaign.no_question",
            Text("这个问题已经不用回答了。", "That question needs no answer any more."),
        )
    return asked


@on_change
def hear_of_proposal(proposal: str, now: dt.datetime) -> None:  # noqa: ARG001 - the shape of who is told
    """Keep with each question what came of the firm's proposal, and how far the firm is by that."""
    row = Proposal.objects.get(id=proposal)
    state = ProposalState(row.state)
    firms = ids_read_as(subjects_now([row.subject])[row.subject])
    asked = AskedFact.objects.filter(
        column=row.column, firm__subject__in=firms, firm__campaign__state=CampaignState.OPEN
    ).exclude(firm__state=FirmState.CLOSED)
    if state in _ANSWERS:
        asked.update(
            proposal=row.id, is_settled=state is ProposalState.ACCEPTED, is_unknown=False, is_confirmed=False
        )
    else:
        asked.filter(proposal=row.id).update(proposal="", is_settled=False)
    for firm in CampaignFirm.objects.filter(id__in=asked.values("firm")):
        refresh_state(firm)


def refresh_state(firm: CampaignFirm) -> None:
    """Set how far a firm is from what became of its questions; one that was not asked yet, or is closed, stays."""
    if firm.sent_at is None or firm.state == FirmState.CLOSED:
        return
    questions = list(firm.questions.filter(is_included=True))
    answered = [each for each in questions if each.proposal or each.is_unknown or each.is_confirmed]
    state = FirmState.SEEN if firm.seen_at is not None else FirmState.SENT
    if questions and len(answered) == len(questions):
        is_done = all(each.is_settled or each.is_unknown or each.is_confirmed for each in questions)
        state = FirmState.ACCEPTED if is_done else FirmState.ANSWERED
    if state != firm.state:
        firm.state = state
        firm.save(update_fields=["state"])


@transaction.atomic
def reopen_firm(*, firm: int, by: str, now: dt.datetime) -> None:
    """Undo that a firm is done with: it is as far as its answers say. One that is not closed stays as it is."""
    row = CampaignFirm.objects.select_for_update().get(id=firm)
    if row.state != FirmState.CLOSED:
        return
    row.state = FirmState.SENT if row.sent_at is not None else FirmState.NOT_SENT
    row.save(update_fields=["state"])
    refresh_state(row)
    payload = {"subject": row.subject}
    stream = campaign_stream(row.campaign_id)
    record(stream=stream, act="campaign.firm_reopened", actor=by, at=now, payload=payload)
