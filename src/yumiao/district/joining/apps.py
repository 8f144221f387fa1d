"""The Django application of joining."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class JoiningConfig(AppConfig):
    """Codes with which people come to speak for a firm."""

    name = "yumiao.district.joining"
    label = "joining"

    def ready(self) -> None:
        """Let a trusted sign-in service bind people to firms, and follow firms that are merged."""
        import_module("yumiao.district.joining.claims")
        import_module("yumiao.district.joining.merging")
