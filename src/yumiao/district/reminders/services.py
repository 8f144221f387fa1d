"""Sending a reminder: a message through the outbox, one line in the journal, once a day."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from yumiao.district.journal.services import Stream, record
from yumiao.district.messages.services import post
from yumiao.district.permissions import Placed
from yumiao.district.personal import Value
from yumiao.district.reminders.models import Reminder
from yumiao.district.reminders.selectors import Addressees, addressees_of, near_miss_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


def send_reminder(*, subject: Placed, family: str, by: str, now: dt.datetime, today: dt.date) -> Addressees:
    """Remind of a policy that a subject is one step away from; returns who got it.

    Args:
        by: id of the person who sends it.
        today: where the office is: on one day one reminder goes of one policy.
    Raises: YumiaoError ``reminder.not_near``, ``reminder.again`` or ``reminder.nobody``.
    """
    if near_miss_of(subject.id, family) is None:
        raise YumiaoError(
            "reminder.not_near",
            Text(
                "这家企业现在不是这项政策的差一步企业，没有发提醒。请刷新总览。",
                "This enterprise is not one step from that policy now; nothing was sent. Load the overview again.",
            ),
        )
    who = addressees_of(subject, sender=by)
    if not who.persons:
        raise YumiaoError(
            "reminder.nobody",
            Text(
                "这家企业还没有账号，属地也没有别的经办可提醒。请按电话名单联系，或先发开户码。",
                "This enterprise has no account, and nobody else looks after its place. Call them from the call list, "
                "or give out a code first.",
            ),
        )
    with transaction.atomic():
        _claim_today(subject, family, who, by, now, today)
        _send(subject, family, who, by, now)
    return who


def _claim_today(
    subject: Placed, family: str, who: Addressees, by: str, now: dt.datetime, today: dt.date
) -> None:
    """Keep the reminder; the table holds one of a day, so a second click or a second officer is refused here."""
    try:
        with transaction.atomic():
            Reminder.objects.create(
                subject=subject.id,
                family=family,
                sent_on=today,
                sent_at=now,
                sent_by=by,
                to_firm=who.to_firm,
                people=len(who.persons),
            )
    except IntegrityError:
        raise YumiaoError(
            "reminder.again",
            Text(
                "今天已经提醒过这家企业的这项政策，明天可以再发。",
                "A reminder of this policy went to this enterprise today already; another may go tomorrow.",
            ),
        ) from None


def _send(subject: Placed, family: str, who: Addressees, by: str, now: dt.datetime) -> None:
    kind = "reminder.near" if who.to_firm else "reminder.near_office"
    post(kind=kind, to=who.persons, arguments={"subject": subject.id, "policy": family}, now=now)
    payload: dict[str, Value] = {
        "subject": subject.id,
        "policy": family,
        "to_firm": who.to_firm,
        "people": len(who.persons),
    }
    record(stream=Stream("reminder", subject.id), act="reminder.sent", actor=by, at=now, payload=payload)
