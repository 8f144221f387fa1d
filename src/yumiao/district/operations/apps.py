"""The Django application of operations."""

from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Signs of life and upgrades."""

    name = "yumiao.district.operations"
    label = "operations"
