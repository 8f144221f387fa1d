"""The Django application of the journal."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Lines, heads of their chains, seals."""

    name = "yumiao.district.journal"
    label = "journal"

    def ready(self) -> None:
        """Make the nightly seal known."""
        import_module("yumiao.district.journal.nightly")
