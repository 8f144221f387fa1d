"""The Django application of drafts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """Answers that a firm saved for later."""

    name = "yumiao.district.drafts"
    label = "drafts"

    def ready(self) -> None:
        """Make the term of old drafts known."""
        import_module("yumiao.district.drafts.retained")
