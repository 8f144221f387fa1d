"""The Django application of tokens."""

from __future__ import annotations

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Tokens of programs."""

    name = "yumiao.district.tokens"
    label = "tokens"
