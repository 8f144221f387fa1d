"""The Django application of industrial chains."""

from __future__ import annotations

from django.apps import AppConfig


class ChainsConfig(AppConfig):
    """Chains, their links, and placements of subjects in them."""

    name = "yumiao.district.chains"
    label = "chains"
