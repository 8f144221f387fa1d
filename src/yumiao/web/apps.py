"""The Django application of the pages."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, stylesheets, words."""

    name = "yumiao.web"
    label = "web"

    def ready(self) -> None:
        """Make the kinds of job known that packages without an application of their own declare."""
        import_module("yumiao.district.policies.plans")
