"""The Django application of campaigns."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns, the firms they ask, the facts they ask for."""

    name = "yumiao.district.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Make the jobs and periodic acts known, and hear of proposals."""
        import_module("yumiao.district.campaigns.sending_jobs")
        import_module("yumiao.district.campaigns.answering")
        import_module("yumiao.district.campaigns.todos")
