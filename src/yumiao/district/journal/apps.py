"""The Django application of the journal."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Lines, heads of their chains, seals."""

    name = "yumiao.district.journal"
    label = "journal"
