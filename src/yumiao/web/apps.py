"""The Django application of the pages."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, stylesheets, words."""

    name = "yumiao.web"
    label = "web"
