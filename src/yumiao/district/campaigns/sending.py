"""Preparing the questions of a campaign, sending them, reminding: each firm once, wherever a process dies.

Every firm has a transaction of its own: its message, its mark and its line in the journal are kept together or not at
all. Begun again, the work goes on with the firms that have no mark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.campaigns.answering import refresh_state
from yumiao.district.campaigns.models import AskedFact, Campaign, CampaignFirm
from yumiao.district.campaigns.services import campaign_stream
from yumiao.district.campaigns.states import WAITING, CampaignState, FirmState
from yumiao.district.jobs.kinds import Tell
from yumiao.district.joining.selectors import ids_of_people
from yumiao.district.journal.services import CONSOLE, record
from yumiao.district.messages.services import post
from yumiao.district.personal import Value
from yumiao.district.proposals.asking import WorthAsking, worth_asking, worth_checking
from yumiao.district.proposals.models import Proposal
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.judged import Judged
from yumiao.district.registry.selectors import ids_read_as, judged
from yumiao.district.workdays.counting import usual_days_ahead
from yumiao.district.workdays.selectors import working_calendar
from yumiao.model.text import Text

REMIND_DAYS = 3
"""So many days before its last day a campaign reminds by itself."""


def prepare_questions(campaign: str, now: dt.datetime, tell: Tell) -> int:
    """Take the questions of each firm of a campaign from the engine; returns how many firms were prepared.

    While there is no register nothing is asked.
    """
    row = Campaign.objects.get(id=campaign)
    found = judged()
    waiting = list(CampaignFirm.objects.filter(campaign=row, prepared_at=None).order_by("id"))
    for done, firm in enumerate(waiting):
        tell(done, len(waiting), Text("准备问题", "preparing the questions"))
        _prepare(firm, questions_for(found, firm.subject, row.family) if found else [], now)
    return len(waiting)


def questions_for(found: Judged, subject: str, family: str) -> list[WorthAsking]:
    """Return what a firm is worth asking for one policy, or for every one where the family is empty.

    Where one policy is not met, also the facts on which it fails: near its edge a firm may know better.
    """
    if not family:
        return worth_asking(found.answers(subject))
    known = found.known_of(subject)
    answer = found.answer(known, family) if known is not None else None
    if answer is None:
        return []
    return [*worth_asking([answer]), *worth_checking([answer])]


@transaction.atomic
def _prepare(firm: CampaignFirm, questions: Iterable[WorthAsking], now: dt.datetime) -> None:
    known = set(firm.questions.values_list("column", flat=True))
    AskedFact.objects.bulk_create(
        AskedFact(
            firm=firm,
            column=each.column,
            text_zh=each.text.zh,
            text_en=each.text.words("en"),
            settles=each.settles,
            alone=each.alone,
        )
        for each in questions
        if each.column not in known
    )
    CampaignFirm.objects.filter(id=firm.pk).update(prepared_at=now)


def send_questions(campaign: str, now: dt.datetime, tell: Tell) -> int:
    """Ask every firm of an open campaign that was not asked yet and has people; returns how many were asked.

    A firm without an account, or without a question, waits: it is sent later, when it has one.
    """
    waiting = CampaignFirm.objects.filter(
        campaign=campaign, campaign__state=CampaignState.OPEN, sent_at=None, prepared_at__isnull=False
    ).exclude(state=FirmState.CLOSED)
    ids = list(waiting.order_by("id").values_list("id", flat=True))
    sent = 0
    for done, firm in enumerate(ids):
        tell(done, len(ids), Text("发送问题", "sending the questions"))
        sent += _send(firm, now)
    return sent


@transaction.atomic
def _send(firm: int, now: dt.datetime) -> int:
    row = (
        CampaignFirm.objects.select_for_update()
        .select_related("campaign")
        .filter(id=firm, sent_at=None)
        .first()
    )
    if row is None or row.campaign.state != CampaignState.OPEN:
        return 0
    people = ids_of_people(subjects_now([row.subject])[row.subject])
    count = row.questions.filter(is_included=True).count()
    if not people or not count:
        return 0
    row.state, row.sent_at = FirmState.SENT, now
    row.save(update_fields=["state", "sent_at"])
    post(kind="campaign.asked", to=people, arguments=_arguments(row, count), now=now)
    payload: dict[str, Value] = {"subject": row.subject, "questions": count}
    record(
        stream=campaign_stream(row.campaign_id), act="campaign.sent", actor="console", at=now, payload=payload
    )
    _take_earlier_proposals(row)
    return 1


def _take_earlier_proposals(firm: CampaignFirm) -> None:
    """Count what the firm proposed before it was asked: it is not asked for the same fact twice."""
    subject = subjects_now([firm.subject])[firm.subject]
    open_ = Proposal.objects.filter(subject__in=ids_read_as(subject), state=ProposalState.PROPOSED)
    for key, column in open_.values_list("id", "column"):
        firm.questions.filter(column=column).update(proposal=key)
    refresh_state(firm)


def _arguments(row: CampaignFirm, count: int) -> dict[str, Value]:
    return {"subject": row.subject, "count": count, "due": row.campaign.due_on.isoformat()}


def firms_to_remind(campaign: str, today: dt.date) -> QuerySet[CampaignFirm]:
    """Return the firms of an open campaign that have not answered and were not reminded today."""
    waiting = CampaignFirm.objects.filter(
        campaign=campaign, campaign__state=CampaignState.OPEN, state__in=WAITING
    )
    return waiting.filter(Q(reminded_on=None) | ~Q(reminded_on=today)).order_by("id")


def remind_firms(campaign: str, now: dt.datetime, today: dt.date, tell: Tell, by: str = CONSOLE) -> int:
    """Remind the firms of an open campaign that have not answered, each once a day; returns how many.

    Args:
        by: opaque id of who asked for it; the platform itself where nobody did.
    """
    ids = list(firms_to_remind(campaign, today).values_list("id", flat=True))
    reminded = 0
    for done, firm in enumerate(ids):
        tell(done, len(ids), Text("发送提醒", "sending reminders"))
        reminded += _remind(firm, now, today, by)
    return reminded


@transaction.atomic
def _remind(firm: int, now: dt.datetime, today: dt.date, by: str) -> int:
    row = CampaignFirm.objects.select_for_update().select_related("campaign").get(id=firm)
    if row.state not in WAITING or row.reminded_on == today or row.campaign.state != CampaignState.OPEN:
        return 0
    row.reminded_on = today
    row.save(update_fields=["reminded_on"])
    open_ = row.questions.filter(is_included=True, proposal="", is_unknown=False, is_confirmed=False).count()
    people = ids_of_people(subjects_now([row.subject])[row.subject])
    post(kind="campaign.reminded", to=people, arguments=_arguments(row, open_), now=now)
    payload = {"subject": row.subject}
    stream = campaign_stream(row.campaign_id)
    record(stream=stream, act="campaign.reminded", actor=by, at=now, payload=payload)
    return 1


def campaigns_to_send() -> list[str]:
    """Return the open campaigns that have firms which could be asked now and were not: an account came later."""
    rows = CampaignFirm.objects.filter(
        campaign__state=CampaignState.OPEN, sent_at=None, prepared_at__isnull=False
    )
    rows = rows.exclude(state=FirmState.CLOSED).filter(questions__is_included=True)
    return list(rows.order_by().values_list("campaign", flat=True).distinct())


def campaigns_to_remind(today: dt.date) -> list[str]:
    """Return the open campaigns whose last day is near and that have firms which were never reminded."""
    rows = CampaignFirm.objects.filter(
        campaign__state=CampaignState.OPEN,
        campaign__due_on__lte=usual_days_ahead(working_calendar(), today, REMIND_DAYS),
        campaign__due_on__gte=today,
        state__in=WAITING,
        reminded_on=None,
    )
    return list(rows.order_by().values_list("campaign", flat=True).distinct())
