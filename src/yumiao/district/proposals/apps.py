"""The Django application of proposals."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Proposed facts and their way into the store."""

    name = "yumiao.district.proposals"
    label = "proposals"

    def ready(self) -> None:
        """Make the job and the periodic act of flushing known."""
        import_module("yumiao.district.proposals.flushing_jobs")
        import_module("yumiao.district.proposals.todos")
