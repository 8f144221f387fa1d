"""The outbox at work: what is due is handed over, tried again some times, then given up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Q

from yumiao.district.messages.channels import Channel, Messaging, State
from yumiao.district.messages.hook import send_to_hook
from yumiao.district.messages.kinds import message_address, message_text
from yumiao.district.messages.mail import send_mail
from yumiao.district.messages.models import Delivery
from yumiao.district.messages.parcels import Item, Parcel, SendingFailedError

PAUSES = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=8),
)
"""How long to wait after each failure; after one more the delivery is given up."""

HELD = dt.timedelta(minutes=15)
"""A process that took deliveries and ended loses them after so long; then they are sent by another one."""

TAKEN = 200

Send = Callable[[Parcel], None]


@dataclass(frozen=True)
class Delivered:
    """How many deliveries were sent, failed and wait, were given up."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(self.sent + other.sent, self.failed + other.failed, self.given_up + other.given_up)


def senders_of(messaging: Messaging, now: dt.datetime, write: Callable[[str], None]) -> dict[Channel, Send]:
    """Return what sends on each way that is switched on; ``write`` prints on the console."""

    def print_parcel(parcel: Parcel) -> None:
        write(f"→ {parcel.person}\n{parcel.body(messaging.address)}")

    every: dict[Channel, Send] = {
        Channel.SMTP: lambda parcel: send_mail(parcel, messaging),
        Channel.HOOK: lambda parcel: send_to_hook(parcel, messaging, now),
        Channel.CONSOLE: print_parcel,
    }
    return {channel: every[channel] for channel in messaging.channels}


def deliver(*, now: dt.datetime, senders: Mapping[Channel, Send]) -> Delivered:
    """Send what is due on the ways that are switched on; several processes may do so at once.

    A parcel is sent once, save where a process ends between sending and noting it: then it is sent again with the
    same id.
    """
    total = Delivered()
    while taken := _take(now, senders.keys()):
        for channel, deliveries in _parcels(taken):
            total += _hand_over(deliveries, senders[channel], now)
    return total


def _take(now: dt.datetime, channels: Iterable[Channel]) -> list[Delivery]:
    """Take due deliveries for this process."""
    can_skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        due = Delivery.objects.select_for_update(skip_locked=can_skip)
        found = due.filter(
            Q(state=State.WAITING) | Q(state=State.SENDING), due_at__lte=now, channel__in=list(channels)
        )
        ids = list(found.order_by("due_at", "id").values_list("id", flat=True)[:TAKEN])
        Delivery.objects.filter(id__in=ids).update(state=State.SENDING, due_at=now + HELD)
    taken = Delivery.objects.filter(id__in=ids).select_related("message__person")
    return list(taken.order_by("channel", "message__person_id", "message__created_at", "id"))


def _parcels(taken: list[Delivery]) -> Iterable[tuple[Channel, list[Delivery]]]:
    def key(delivery: Delivery) -> tuple[str, str, int]:
        return delivery.channel, delivery.message.person_id, 0 if delivery.is_digest else delivery.id

    for (channel, _, _), group in groupby(sorted(taken, key=key), key=key):
        yield Channel(channel), list(group)


def _hand_over(deliveries: list[Delivery], send: Send, now: dt.datetime) -> Delivered:
    ids = [delivery.id for delivery in deliveries]
    rows = Delivery.objects.filter(id__in=ids)
    person = deliveries[0].message.person
    if not person.is_active:
        rows.update(state=State.GIVEN_UP, fault="person_disabled")
        return Delivered(given_up=len(ids))
    try:
        send(_parcel(deliveries))
    except SendingFailedError as error:
        return sum((_note_failure(each, error.code, now) for each in deliveries), Delivered())
    rows.update(state=State.SENT, sent_at=now, fault="")
    return Delivered(sent=len(ids))


def _parcel(deliveries: list[Delivery]) -> Parcel:
    messages = [delivery.message for delivery in deliveries]
    person = messages[0].person
    items = tuple(
        Item(
            message.id,
            message.kind,
            message.arguments,
            message_text(message.kind, message.arguments),
            message_address(message.kind, message.arguments),
            message.created_at,
        )
        for message in messages
    )
    return Parcel(person.pk, person.get_username(), items)


def _note_failure(delivery: Delivery, code: str, now: dt.datetime) -> Delivered:
    tries = delivery.tries + 1
    is_over = tries > len(PAUSES)
    Delivery.objects.filter(id=delivery.id).update(
        tries=tries,
        fault=code[:40],
        state=State.GIVEN_UP if is_over else State.WAITING,
        due_at=now if is_over else now + PAUSES[tries - 1],
    )
    return Delivered(given_up=1) if is_over else Delivered(failed=1)
