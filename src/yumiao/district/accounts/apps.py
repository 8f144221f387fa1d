"""The Django application of people."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their roles."""

    name = "yumiao.district.accounts"
    label = "accounts"
