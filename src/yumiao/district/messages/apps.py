"""The Django application of messages."""

from __future__ import annotations

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Messages, choices of people, deliveries."""

    name = "yumiao.district.messages"
    label = "outbox"
