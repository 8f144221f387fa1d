"""Where the packs lie that ship with Yumiao."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def packs_folder() -> Path:
    """Return the folder of the packs that ship with Yumiao (inside the wheel, or beside the source)."""
    shipped = Path(str(resources.files("yumiao"))) / "_packs"
    return shipped if shipped.is_dir() else Path(str(resources.files("yumiao"))).parents[1] / "packs"
