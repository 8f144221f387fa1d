"""The Django application of jobs."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs, and when each periodic act last ran."""

    name = "yumiao.district.jobs"
    label = "jobs"
