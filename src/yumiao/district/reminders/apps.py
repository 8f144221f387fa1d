"""The Django application of reminders."""

from __future__ import annotations

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Reminders of what an enterprise lacks."""

    name = "yumiao.district.reminders"
    label = "reminders"
