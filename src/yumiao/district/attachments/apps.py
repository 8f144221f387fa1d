"""The Django application of attachments."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    """Files attached to subjects, and the periodic act that removes those whose day has come."""

    name = "yumiao.district.attachments"
    label = "attachments"

    def ready(self) -> None:
        """Declare what the worker repeats."""
        import_module("yumiao.district.attachments.removing")
