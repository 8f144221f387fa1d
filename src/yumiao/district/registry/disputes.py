"""What sources disagree on, as the register was judged by it; so much of it as a list of disagreements shows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import polars as pl

from yumiao.district.registry.judged_facts import has_judged, judged_folder, places_of
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
        subjects: only of these, one at least.
    """
    place = judged_folder(data, folder)
    together: dict[Path, list[str]] = defaultdict(list)  # by the file of facts: the other files go with it
    for subject in subjects:
        together[next(places_of(place, subject))].append(subject)
    parts = [_read(list(places_of(place, ids[0])), ids) for ids in together.values()]
    table, sources, conflicts = (pl.concat(each, how="diagonal_relaxed") for each in zip(*parts, strict=True))
    return Facts(table, sources, conflicts)


def _read(places: Sequence[Path], subjects: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    facts, sources, conflicts = places
    lost = _rows(pl.scan_parquet(conflicts), pl.Series(SUBJECT, subjects, pl.String))
    disputed = lost[SUBJECT].unique()
    return (
        _rows(pl.scan_parquet(facts).select(_SHOWN), disputed),
        _rows(pl.scan_parquet(sources), disputed),
        lost,
    )


def _rows(table: pl.LazyFrame, subjects: pl.Series) -> pl.DataFrame:
    """Read the rows of some subjects; tables are sorted by subject, so that what lies outside of them is not read."""
    if subjects.is_empty():
        return table.head(0).collect()
    about = pl.col(SUBJECT).is_between(pl.lit(subjects.min()), pl.lit(subjects.max()))
    return table.filter(about & pl.col(SUBJECT).is_in(subjects.implode())).collect(engine="streaming")


def contested_policies(subjects: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield subject and policy of each verdict of some subjects that rests on a contested fact."""
    found, wanted = OutcomeCurrent.objects.filter(contested=True).order_by(), sorted(subjects)
    for start in range(0, len(wanted), _CHUNK):
        part = found.filter(subject__in=wanted[start : start + _CHUNK])
        for subject, family, version in part.values_list("subject_id", "family", "version"):
            yield subject, f"{family}@{version}"
