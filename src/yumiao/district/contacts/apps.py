"""The Django application of contacts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Whom to reach at a subject."""

    name = "yumiao.district.contacts"
    label = "contacts"

    def ready(self) -> None:
        """Declare how long they are kept."""
        import_module("yumiao.district.contacts.removing")
