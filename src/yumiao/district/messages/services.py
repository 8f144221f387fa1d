"""What changes messages: posting, reading, choosing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from yumiao.district.journal.services import Stream, record
from yumiao.district.messages.channels import DEFAULTS, Channel, Frequency, State
from yumiao.district.messages.kinds import KINDS
from yumiao.district.messages.models import Choice, Delivery, Message, TopicChoice, WorkingDays
from yumiao.district.messages.topics import topic_of
from yumiao.district.personal import Value, canonical_payload
from yumiao.district.workdays.counting import WorkingCalendar
from yumiao.district.workdays.selectors import working_calendar

DIGEST_HOUR = 8


@transaction.atomic
def post(*, kind: str, to: Iterable[str], arguments: Mapping[str, Value], now: dt.datetime) -> list[str]:
    """Put one message for each person into the outbox; returns the ids of the messages.

    Called in the transaction of the change that it tells of. What leaves the platform waits for ``yumiao district
    deliver``.

    Args:
        kind: one of `kinds.KINDS`.
        to: ids of persons, each taken once.
        arguments: exactly what the template of the kind has places for: ids and whole numbers.
    Raises: ValueError for a kind or arguments that do not fit; YumiaoError (``payload.refused``) where an argument
        holds words.
    """
    known = KINDS.get(kind)
    if known is None or known.places != arguments.keys():
        raise ValueError(f"no message of the kind {kind} has exactly these arguments")
    text = canonical_payload(arguments)
    messages = [
        Message(person_id=person, kind=kind, arguments=text, created_at=now) for person in dict.fromkeys(to)
    ]
    Message.objects.bulk_create(messages)
    Delivery.objects.bulk_create(_deliveries(messages, now))
    return [message.id for message in messages]


def _deliveries(messages: Collection[Message], now: dt.datetime) -> Iterable[Delivery]:
    channels = tuple(settings.YUMIAO_MESSAGING.channels)
    if not channels or not messages:
        return
    people = {message.person_id for message in messages}
    rows = Choice.objects.filter(person__in=people).values_list("person_id", "channel", "frequency")
    chosen = {(person, channel): Frequency(frequency) for person, channel, frequency in rows}
    of_topics = TopicChoice.objects.filter(person__in=people)
    by_topic = {(row.person_id, row.channel, row.topic): Frequency(row.frequency) for row in of_topics}
    working = set(WorkingDays.objects.filter(person__in=people).values_list("person_id", flat=True))
    calendar = working_calendar() if working else None
    for message in messages:
        for channel in channels:
            usual = chosen.get((message.person_id, channel), DEFAULTS[channel])
            frequency = by_topic.get((message.person_id, channel, topic_of(message.kind)), usual)
            if frequency is not Frequency.OFF:
                is_digest = frequency is Frequency.DAILY
                morning = next_digest(now, calendar if message.person_id in working else None)
                due_at = morning if is_digest else now
                yield Delivery(message=message, channel=channel, is_digest=is_digest, due_at=due_at)


def next_digest(now: dt.datetime, calendar: WorkingCalendar | None = None) -> dt.datetime:
    """Return the next eight o'clock in the morning where the office is.

    Args:
        calendar: days off of which are passed over; Saturdays and Sundays in a year that it lacks. None: no day is.
    """
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    found = here.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if here >= found:
        found += dt.timedelta(days=1)
    while calendar is not None and not calendar.is_usually_working(found.date()):
        found += dt.timedelta(days=1)
    return found


def mark_read(*, person: str, ids: Collection[str], now: dt.datetime) -> int:
    """Note that a person has read messages of theirs; returns how many were unread. Others' are passed over."""
    return Message.objects.filter(person_id=person, id__in=ids, read_at=None).update(read_at=now)


def mark_all_read(*, person: str, now: dt.datetime) -> int:
    """Note that a person has read every message of theirs; returns how many were unread."""
    return Message.objects.filter(person_id=person, read_at=None, created_at__lte=now).update(read_at=now)


def mark_unread(*, person: str, message: str) -> int:
    """Let a message of a person stand as unread again; returns how many were (0 or 1)."""
    return Message.objects.filter(person_id=person, id=message).exclude(read_at=None).update(read_at=None)


@transaction.atomic
def choose(*, person: str, frequencies: Mapping[Channel, Frequency]) -> None:
    """Keep how often a person wants each way out used; it holds for messages posted from now on."""
    for channel, frequency in frequencies.items():
        Choice.objects.update_or_create(
            person_id=person, channel=channel.value, defaults={"frequency": frequency.value}
        )


@transaction.atomic
def choose_topics(
    *, person: str, frequencies: Mapping[tuple[Channel, str], Frequency | None], working_days: bool
) -> None:
    """Keep how often a person wants each way out used for each topic; it holds for messages posted from now on.

    Args:
        frequencies: None: as the way out is chosen for everything.
        working_days: whether the day's messages come together on working days only.
    """
    for (channel, topic), frequency in frequencies.items():
        row = TopicChoice.objects.filter(person_id=person, channel=channel.value, topic=topic)
        if frequency is None:
            row.delete()
        else:
            TopicChoice.objects.update_or_create(
                person_id=person,
                channel=channel.value,
                topic=topic,
                defaults={"frequency": frequency.value},
            )
    if working_days:
        WorkingDays.objects.get_or_create(person_id=person)
    else:
        WorkingDays.objects.filter(person_id=person).delete()


@transaction.atomic
def retry_deliveries(*, ids: Collection[int], by: str, now: dt.datetime) -> int:
    """Let deliveries that were given up be tried anew from now on; returns how many there were."""
    given_up = Delivery.objects.select_for_update().filter(
        pk__in=ids, state=State.GIVEN_UP, message__person__is_active=True
    )
    found = list(given_up.values_list("pk", flat=True))
    if found:
        Delivery.objects.filter(pk__in=found).update(state=State.WAITING, tries=0, due_at=now, fault="")
        payload: dict[str, Value] = {"deliveries": len(found)}
        record(stream=Stream("outbox", "deliveries"), act="outbox.retried", actor=by, at=now, payload=payload)
    return len(found)
