"""The Django application of joining."""

from __future__ import annotations

from django.apps import AppConfig


class JoiningConfig(AppConfig):
    """Codes with which people come to speak for a firm."""

    name = "yumiao.district.joining"
    label = "joining"
