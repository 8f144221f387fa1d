"""The Django application of the vault."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Sealed values, and the periodic act that erases what is due."""

    name = "yumiao.district.vault"
    label = "vault"

    def ready(self) -> None:
        """Declare what the worker repeats."""
        import_module("yumiao.district.vault.erasing")
