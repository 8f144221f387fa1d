"""The Django application of coming in."""

from __future__ import annotations

from django.apps import AppConfig


class EnteringConfig(AppConfig):
    """Second factors, sessions, codes."""

    name = "yumiao.district.entering"
    label = "entering"
