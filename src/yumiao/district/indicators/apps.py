"""The Django application of indicators."""

from __future__ import annotations

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Targets, plan paths, received values, and the ladder of the last rebuild."""

    name = "yumiao.district.indicators"
    label = "indicators"
