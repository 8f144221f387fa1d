"""The application as ``yumiao serve`` runs it: warmed while it already answers."""

from __future__ import annotations

from yumiao.config.wsgi import application
from yumiao.district.registry.warming import warm_aside

__all__ = ["application"]

warm_aside()
