"""The Django application of retention."""

from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Terms, and what is destroyed at them."""

    name = "yumiao.district.retention"
    label = "retention"

    def ready(self) -> None:
        """Declare the kinds and the periodic act."""
        from yumiao.district.retention import daily, kinds_here  # noqa: F401, PLC0415 - declared by being imported
