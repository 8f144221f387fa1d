"""The Django application of saved filters."""

from __future__ import annotations

from django.apps import AppConfig


class FiltersConfig(AppConfig):
    """Filters kept under a name."""

    name = "yumiao.district.filters"
    label = "filters"
