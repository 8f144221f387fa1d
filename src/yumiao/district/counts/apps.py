"""The Django application of kept counts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class CountsConfig(AppConfig):
    """Declares the job that counts after each change of the register."""

    name = "yumiao.district.counts"
    label = "counts"

    def ready(self) -> None:
        """Make the job known."""
        import_module("yumiao.district.counts.keeping")
