"""The Django application of intakes."""

from __future__ import annotations

from django.apps import AppConfig


class IntakesConfig(AppConfig):
    """Uploads on their way, and what waits for a person since."""

    name = "yumiao.district.intakes"
    label = "intakes"

    def ready(self) -> None:
        """Make its jobs and its periodic acts known."""
        from yumiao.district.intakes import desk, ending, working  # noqa: F401, PLC0415 - they need the models
