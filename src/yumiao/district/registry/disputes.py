"""What sources disagree on, as the register was judged by it; so much of it as a list of disagreements shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from yumiao.district.registry.judged_facts import disputed_facts, has_judged, judged_folder
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.model.release import ENGINE_VERSION
from yumiao.packs.library import Library

_CHUNK = 500
_SHOWN = (SUBJECT, NAME, CODE)


def is_judged_by(built: Projection, library: Library, as_of: dt.date, data: Path) -> bool:
    """Whether the register says what these packs and this program say of a day, and its facts are there."""
    in_force = (library.in_force(family, as_of) for family in library.families())
    rules = {policy.id: policy.hash for policy in in_force if policy is not None}
    pinned = {name: kept["pack"] for name, kept in built.receipt["policies"].items()}
    said = (built.as_of, built.receipt["engine"], pinned)
    return said == (as_of, ENGINE_VERSION, rules) and has_judged(data, built.folder)


def ids_of_subjects() -> list[str]:
    """Return the id of every subject of the register, in their order."""
    return list(Subject.objects.order_by("id").values_list("id", flat=True))


def disputes_of(data: Path, folder: str, subjects: pl.Series) -> Facts:
    """Return what sources disagree on, and the facts that count instead; of the table names and codes alone.

    Args:
        subjects: only of these.
    """
    found = disputed_facts(judged_folder(data, folder), subjects)
    return replace(found, table=found.table.select(_SHOWN))


def contested_policies(subjects: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield subject and policy of each verdict of some subjects that rests on a contested fact."""
    found, wanted = OutcomeCurrent.objects.filter(contested=True).order_by(), sorted(subjects)
    for start in range(0, len(wanted), _CHUNK):
        part = found.filter(subject__in=wanted[start : start + _CHUNK])
        for subject, family, version in part.values_list("subject_id", "family", "version"):
            yield subject, f"{family}@{version}"
