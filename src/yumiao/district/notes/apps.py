"""The Django application of notes."""

from __future__ import annotations

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Notes of officers on subjects, with every earlier wording."""

    name = "yumiao.district.notes"
    label = "notes"
