"""Making a process ready to judge again a few subjects of a large district within moments."""

from __future__ import annotations

from pathlib import Path

from yumiao.district.registry.judged_facts import facts_schema, has_judged, judged_folder
from yumiao.district.registry.models import Projection
from yumiao.district.registry.refreshing import LATEST
from yumiao.evaluate.preparing import compile_in_force
from yumiao.ladder.known import known_facts
from yumiao.model.facts import SUBJECT
from yumiao.packs.library import Library
from yumiao.store import open_store

READY_FROM = 20_000
"""Subjects of a register from which on its policies are compiled before anything asks for it."""


def ready_judges(library: Library, data: Path, store: Path) -> int:
    """Compile what the register is judged by, unless this process did; returns for how many policies it did now.

    What it was judged by is read and kept, and the store's files are looked into once. Nothing happens where the
    register is small, or was never built.
    """
    built = Projection.objects.first()
    if built is None or built.subjects < READY_FROM or not has_judged(data, built.folder):
        return 0
    made = compile_in_force(library, built.as_of, facts_schema(data, built.folder))
    facts = LATEST.of(judged_folder(data, built.folder))
    if made:
        known_facts(open_store(store).state().about(facts[SUBJECT].head(1)), library, built.as_of)
    return made
