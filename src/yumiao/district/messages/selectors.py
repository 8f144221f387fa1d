"""What is asked about messages; a person is only ever shown their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet

from yumiao.district.messages.channels import DEFAULTS, Channel, Frequency, State, fault_words
from yumiao.district.messages.kinds import message_address, message_text
from yumiao.district.messages.models import Choice, Delivery, Message, TopicChoice, WorkingDays
from yumiao.district.messages.topics import topic_of, topics
from yumiao.district.prepared import Prepared
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


_UNREAD = Prepared(
    lambda person: (
        Message.objects.filter(person_id=person, read_at=None)
        .order_by()
        .values("person_id")
        .annotate(count=Count("id"))
        .values_list("count")
    )
)


def unread_count(person: str) -> int:
    """Return how many messages a person has not read."""
    rows = _UNREAD.rows(person)
    return int(rows[0][0]) if rows else 0


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


def topic_choices_of(person: str) -> list[tuple[str, Text, list[tuple[Channel, Frequency | None]]]]:
    """Return for each topic how often a person wants each way out used; None: as chosen for everything."""
    rows = TopicChoice.objects.filter(person_id=person)
    chosen = {(row.channel, row.topic): Frequency(row.frequency) for row in rows}
    channels = settings.YUMIAO_MESSAGING.channels
    return [
        (topic, label, [(channel, chosen.get((channel.value, topic))) for channel in channels])
        for topic, label in topics().items()
    ]


def wants_working_days(person: str) -> bool:
    """Say whether a person wants the day's messages on working days only."""
    return WorkingDays.objects.filter(person_id=person).exists()


@dataclass(frozen=True)
class ShownDelivery:
    """One message on one way out, as the office sees it: its topic and state, never its text.

    Attributes:
        person: opaque id of whom it is for.
        fault: why it failed last; empty for never.
        due_at: when it is tried next; None once it was sent or given up.
    """

    id: int
    topic: Text
    kind: str
    channel: Channel
    person: str
    is_digest: bool
    state: State
    tries: int
    fault: Text
    created_at: dt.datetime
    due_at: dt.datetime | None
    sent_at: dt.datetime | None


def deliveries_wanted(state: str = "", channel: str = "") -> QuerySet[Delivery]:
    """Return deliveries of a state and a way out (empty: any), the latest first."""
    found = Delivery.objects.select_related("message").order_by("-message__created_at", "-pk")
    found = found.filter(state=state) if state else found
    return found.filter(channel=channel) if channel else found


def shown_deliveries(deliveries: Iterable[Delivery]) -> list[ShownDelivery]:
    """Return deliveries with their words."""
    labels = topics()
    return [_shown_delivery(each, labels) for each in deliveries]


def _shown_delivery(row: Delivery, labels: Mapping[str, Text]) -> ShownDelivery:
    state, kind = State(row.state), row.message.kind
    waits = state in (State.WAITING, State.SENDING)
    return ShownDelivery(
        id=row.pk,
        topic=labels.get(topic_of(kind), Text(kind, kind)),
        kind=kind,
        channel=Channel(row.channel),
        person=row.message.person_id,
        is_digest=row.is_digest,
        state=state,
        tries=row.tries,
        fault=fault_words(row.fault),
        created_at=row.message.created_at,
        due_at=row.due_at if waits else None,
        sent_at=row.sent_at,
    )


def given_up_ids() -> list[int]:
    """Return the deliveries that were given up."""
    return list(Delivery.objects.filter(state=State.GIVEN_UP).values_list("pk", flat=True))
