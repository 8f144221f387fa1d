"""The Django application of the register."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Subjects, the keys they are found by, and current outcomes."""

    name = "yumiao.district.registry"
    label = "registry"

    def ready(self) -> None:
        """Make its job and its periodic act known, and which ids are read as others."""
        from yumiao.district.registry import aliases, keeping  # noqa: F401, PLC0415 - they need the models
