"""What changes messages: posting, reading, choosing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from yumiao.district.messages.channels import DEFAULTS, Channel, Frequency
from yumiao.district.messages.kinds import KINDS
from yumiao.district.messages.models import Choice, Delivery, Message
from yumiao.district.personal import Value, canonical_payload

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
    morning = next_digest(now)
    for message in messages:
        for channel in channels:
            frequency = chosen.get((message.person_id, channel), DEFAULTS[channel])
            if frequency is not Frequency.OFF:
                is_digest = frequency is Frequency.DAILY
                due_at = morning if is_digest else now
                yield Delivery(message=message, channel=channel, is_digest=is_digest, due_at=due_at)


def next_digest(now: dt.datetime) -> dt.datetime:
    """Return the next eight o'clock in the morning where the office is."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = here.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if here < today else today + dt.timedelta(days=1)


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
