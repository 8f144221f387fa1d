"""The Django application of messages."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Messages, choices of people, deliveries."""

    name = "yumiao.district.messages"
    label = "outbox"

    def ready(self) -> None:
        """Make the job and the periodic act of sending known."""
        import_module("yumiao.district.messages.periodic_acts")
