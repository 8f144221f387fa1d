"""Which release of Yumiao this is: part of every receipt."""

from __future__ import annotations

from importlib.metadata import version

ENGINE_VERSION = version("yumiao")
