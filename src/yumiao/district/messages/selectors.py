"""What is asked about messages; a person is only ever shown their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet

from yumiao.district.messages.channels import DEFAULTS, Channel, Frequency, State
from yumiao.district.messages.kinds import message_address, message_text
from yumiao.district.messages.models import Choice, Delivery, Message
from yumiao.model.text import Text


@dataclass(frozen=True)
class ShownMessage:
    """One message, ready to be shown; ``address`` is empty where it leads nowhere."""

    id: str
    text: Text
    address: str
    created_at: dt.datetime
    is_read: bool


def messages_of(person: str, *, unread_only: bool = False) -> QuerySet[Message]:
    """Return the messages to a person, the latest first."""
    found = Message.objects.filter(person_id=person).order_by("-created_at", "id")
    return found.filter(read_at=None) if unread_only else found


def shown_messages(messages: QuerySet[Message]) -> list[ShownMessage]:
    """Return messages with their texts."""
    return [
        ShownMessage(
            each.id,
            message_text(each.kind, each.arguments),
            message_address(each.kind, each.arguments),
            each.created_at,
            each.read_at is not None,
        )
        for each in messages
    ]


def unread_count(person: str) -> int:
    """Return how many messages a person has not read."""
    return Message.objects.filter(person_id=person, read_at=None).count()


def address_of(person: str, message: str) -> str | None:
    """Return where a message of a person leads: empty for nowhere, None where the person has no such message."""
    found = Message.objects.filter(person_id=person, id=message).first()
    return None if found is None else message_address(found.kind, found.arguments)


def choices_of(person: str) -> Mapping[Channel, Frequency]:
    """Return how often a person wants each way out that this machine has."""
    rows = Choice.objects.filter(person_id=person).values_list("channel", "frequency")
    chosen = {channel: Frequency(frequency) for channel, frequency in rows}
    return {
        channel: chosen.get(channel.value, DEFAULTS[channel])
        for channel in settings.YUMIAO_MESSAGING.channels
    }


def delivery_counts() -> Mapping[tuple[Channel, State], int]:
    """Return how many deliveries stand where, for each way out."""
    rows = Delivery.objects.values_list("channel", "state").annotate(count=Count("id")).order_by()
    return {(Channel(channel), State(state)): count for channel, state, count in rows}
