"""The Django application of the monthly brief; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class BriefConfig(AppConfig):
    """Declares the job that makes a brief."""

    name = "yumiao.district.brief"
    label = "brief"

    def ready(self) -> None:
        """Make the job known."""
        from yumiao.district.brief import making  # noqa: F401, PLC0415 - importing it declares the job
