"""The Django application of the overview; it has no tables."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """Declares what the register and the indicators leave to do."""

    name = "yumiao.district.overview"
    label = "overview"

    def ready(self) -> None:
        """Make the overview's own to-dos known."""
        from yumiao.district.overview.known_todos import declare_known  # noqa: PLC0415 - models are loaded by now

        declare_known()
        import_module("yumiao.district.overview.ending_notices")
