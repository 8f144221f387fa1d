"""The Django application of divisions."""

from __future__ import annotations

from django.apps import AppConfig


class DivisionsConfig(AppConfig):
    """Names of divisions with dates."""

    name = "yumiao.district.divisions"
    label = "divisions"
