"""Making a process ready to judge again a few subjects of a large district within moments."""

from __future__ import annotations

from pathlib import Path

from yumiao.district.registry.judged_facts import facts_schema, has_judged
from yumiao.district.registry.models import Projection
from yumiao.evaluate.preparing import compile_in_force
from yumiao.packs.library import Library

READY_FROM = 20_000
"""Subjects of a register from which on its policies are compiled before anything asks for it."""


def ready_judges(library: Library, data: Path) -> int:
    """Compile what the register is judged by, unless this process did; returns for how many policies it did now.

    Nothing happens where the register is small, or was never built.
    """
    built = Projection.objects.first()
    if built is None or built.subjects < READY_FROM or not has_judged(data, built.folder):
        return 0
    return compile_in_force(library, built.as_of, facts_schema(data, built.folder))
