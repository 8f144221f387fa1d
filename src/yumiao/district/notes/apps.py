"""The Django application of notes."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Notes of officers on subjects, with every earlier wording."""

    name = "yumiao.district.notes"
    label = "notes"

    def ready(self) -> None:
        """Declare how long they are kept."""
        import_module("yumiao.district.notes.removing")
