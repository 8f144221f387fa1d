"""The Django application of contacts."""

from __future__ import annotations

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Whom to reach at a subject."""

    name = "yumiao.district.contacts"
    label = "contacts"
