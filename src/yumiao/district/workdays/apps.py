"""The Django application of working days."""

from __future__ import annotations

from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    """Holidays and make-up days."""

    name = "yumiao.district.workdays"
    label = "workdays"
