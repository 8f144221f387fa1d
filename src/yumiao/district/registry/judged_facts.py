"""The facts that current verdicts rest on, in a folder: what was said first, and beside it what was said later.

The tables are sorted by subject and cut into small groups, so that one subject is read without reading the others.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from yumiao.district.registry.overlay import SOURCES, Later, is_of, read_later
from yumiao.evaluate import Run
from yumiao.evaluate.runs import snapshot_hash
from yumiao.ladder.known import Renewal
from yumiao.model.fact_files import write_facts
from yumiao.model.facts import SUBJECT, Facts
from yumiao.store.batches import is_one_of

FOLDER = "judged"
_GROUP = 1000
_PARTS = ("facts", SOURCES, "conflicts")
_LATER = "later.parquet"
_SNAPSHOT = "snapshot.txt"


def write_judged(run: Run, data: Path) -> str:
    """Write the facts of a run into a new folder below ``data``; returns its name. It appears whole or not at all."""
    parent = data / FOLDER
    parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".", dir=parent))
    tables = (run.facts.table, run.facts.sources, run.facts.conflicts)
    for part, table in zip(_PARTS, tables, strict=True):
        _write_part(part, table.sort(_order_of(part), maintain_order=True), aside / f"{part}.parquet")
    name = aside.name.lstrip(".")
    aside.rename(parent / name)
    return name


def _order_of(part: str) -> list[str]:
    """The order of a part; conflicts of a subject stand in the same order however much of it was read anew."""
    return [SUBJECT, "column"] if part == "conflicts" else [SUBJECT]


def _write_part(part: str, table: pl.DataFrame | pl.LazyFrame, place: Path) -> None:
    if part == "facts":
        write_facts(table, place, _GROUP)
    else:
        table.lazy().sink_parquet(place, row_group_size=_GROUP)


def facts_schema(data: Path, folder: str) -> dict[str, pl.DataType]:
    """Return the columns of the facts in a folder."""
    return schema_of(data / FOLDER / folder)


def schema_of(folder: Path) -> dict[str, pl.DataType]:
    """Return the columns of the facts in the folder of a run, of those said first and later."""
    later = folder / f"facts.{_LATER}"
    places = (folder / "facts.parquet", *((later,) if later.exists() else ()))
    return {name: dtype for place in places for name, dtype in pl.read_parquet_schema(place).items()}


def read_judged(folder: Path) -> pl.DataFrame:
    """Return the facts of everybody in a folder of judged facts, by subject, without derived ones."""
    first, later = pl.read_parquet(folder / "facts.parquet"), folder / f"facts.{_LATER}"
    if not later.exists():  # nothing was said later, or it was written into the first by an earlier release
        return first
    return _written_over(first, pl.read_parquet(later), read_later(folder).subjects)


def read_written(folder: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Return how values of some columns were written where they came from: ``subject``, ``raw``; of everybody."""

    def rows_of(place: Path) -> pl.LazyFrame:
        return pl.scan_parquet(place).filter(pl.col("column").is_in(list(columns)))

    raw, later = [SUBJECT, "raw"], folder / f"{SOURCES}.{_LATER}"
    first = rows_of(folder / f"{SOURCES}.parquet")
    if not later.exists():
        return first.select(raw).collect()
    stays = read_later(folder).stays(SOURCES)
    return pl.concat([first.filter(stays).select(raw).collect(), rows_of(later).select(raw).collect()])


def _written_over(facts: pl.DataFrame, later: pl.DataFrame, subjects: pl.Series) -> pl.DataFrame:
    kept = facts.filter(~pl.col(SUBJECT).is_in(subjects.implode()))
    return pl.concat([kept, later], how="diagonal_relaxed").sort(SUBJECT)


@dataclass
class LatestFacts:
    """The facts of everybody in the folder read last, kept: a process that follows the store reads them once.

    A hundred thousand subjects take some hundred megabytes.
    """

    _kept: tuple[Path, pl.DataFrame] | None = None  # one of both, as threads read it beside each other

    def of(self, folder: Path) -> pl.DataFrame:
        """Return what `read_judged` returns."""
        kept = self._kept
        if kept is None or kept[0] != folder:
            kept = self._kept = folder, read_judged(folder)
        return kept[1]

    def keep(self, folder: Path, facts: pl.DataFrame) -> None:
        """Keep the facts that a folder holds."""
        self._kept = folder, facts


def write_judged_later(
    run: Run,
    data: Path,
    base: str,
    facts: pl.DataFrame,
    subjects: pl.Series,
    renewal: Renewal | None = None,
) -> tuple[str, pl.DataFrame]:
    """Write the facts of some subjects over those of an earlier folder.

    What the first folder says is shared; what was said of subjects since lies beside it and goes before.

    Args:
        base: name of the earlier folder.
        facts: what `read_judged` gives of it.
        subjects: whom the run speaks of; those without a row in it are gone.
        renewal: how far the facts were read anew; None: the run has the sources of all.
    Returns: the name of the new folder, and the facts of everybody in it.
    """
    parent = data / FOLDER
    aside, before = Path(tempfile.mkdtemp(prefix=".", dir=parent)), parent / base
    nobody, held = read_later(aside), read_later(before)
    now = _and_said(nobody, subjects, renewal)
    _and_said(held, subjects, renewal).write(aside)
    for part, rows in zip(_PARTS, (run.facts.table, run.facts.sources, run.facts.conflicts), strict=True):
        os.link(before / f"{part}.parquet", aside / f"{part}.parquet")
        kept = _said_later(before, part, held).filter(now.stays(part))
        said = pl.concat([kept, rows], how="diagonal_relaxed").sort(_order_of(part), maintain_order=True)
        said.write_parquet(aside / f"{part}.{_LATER}", row_group_size=_GROUP)
    whole = _written_over(facts, run.facts.table, subjects)
    (aside / _SNAPSHOT).write_text(snapshot_hash(whole), encoding="ascii")
    name = aside.name.lstrip(".")
    aside.rename(parent / name)
    return name, whole


def _and_said(later: Later, subjects: pl.Series, renewal: Renewal | None) -> Later:
    if renewal is None:
        return later.and_of(subjects, None)
    whole = subjects.filter(~subjects.is_in(renewal.subjects.implode()))
    return later.and_of(whole, None).and_of(renewal.subjects, renewal.columns)


MOST_LATER = 20
"""Where more than one subject in so many stands in later tables, all become one: each refresh writes the later anew."""

_FEW = 1000
"""So many subjects may stand there in any case."""


def later_share(data: Path, folder: str) -> float:
    """Return how much was said later, as a part of what may be; above 1 it is to be put among what was said first."""
    place = data / FOLDER / folder
    most = max(_FEW, _height(place / "facts.parquet") // MOST_LATER)
    return len(read_later(place).subjects) / max(most, 1)


def _height(table: Path) -> int:
    return int(pl.scan_parquet(table).select(pl.len()).collect().item())


def fold_judged(data: Path, folder: str) -> str:
    """Write the same facts into a new folder, what was said later among what was said first; returns its name.

    Row groups go from one file to the other, so that little memory is needed.
    """
    parent = data / FOLDER
    aside, before = Path(tempfile.mkdtemp(prefix=".", dir=parent)), parent / folder
    over = read_later(before)
    for part in _PARTS:
        first, later = (pl.scan_parquet(before / name) for name in (f"{part}.parquet", f"{part}.{_LATER}"))
        columns = {**first.collect_schema(), **later.collect_schema()}
        kept, said = (_with_columns(table, columns) for table in (first.filter(over.stays(part)), later))
        _write_part(part, kept.merge_sorted(said, key=SUBJECT), aside / f"{part}.parquet")
    name = aside.name.lstrip(".")
    aside.rename(parent / name)
    return name


def _with_columns(table: pl.LazyFrame, columns: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    there = table.collect_schema()
    return table.select(
        pl.col(name).cast(dtype) if name in there else pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
    )


def judged_folder(data: Path, name: str) -> Path:
    """Return where the folder of a run lies."""
    return data / FOLDER / name


def has_judged(data: Path, folder: str) -> bool:
    """Whether the facts of a folder are there."""
    return bool(folder) and (data / FOLDER / folder / "facts.parquet").exists()


def snapshot_of(data: Path, folder: str) -> str:
    """Return the hash of the facts that a later folder holds."""
    return (data / FOLDER / folder / _SNAPSHOT).read_text(encoding="ascii")


def sweep_judged(data: Path, keep: frozenset[str]) -> None:
    """Remove the folders of earlier runs but those to keep, and what an interrupted one left."""
    for folder in (data / FOLDER).iterdir():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def disputed_facts(folder: Path, subjects: pl.Series | None = None) -> Facts:
    """Return the facts of every subject of whom sources disagree, with what they rest on.

    Args:
        subjects: only of these; None: of all.
    """
    conflicts = _part_of(folder, "conflicts", subjects)
    disputed = conflicts[SUBJECT].unique()
    table, sources = (_part_of(folder, part, disputed) for part in ("facts", SOURCES))
    return Facts(table.sort(SUBJECT), sources, conflicts)


def conflicts_about(folder: Path, subjects: pl.Series) -> pl.DataFrame:
    """Return what other sources say of some subjects; rows as `Facts.conflicts`."""
    return _part_of(folder, "conflicts", subjects)


def _part_of(folder: Path, part: str, subjects: pl.Series | None) -> pl.DataFrame:
    """Read one part of a folder: what was said of subjects later goes before what was said first.

    Args:
        subjects: only of these; None: of all.
    """
    wanted = pl.lit(value=True) if subjects is None else is_one_of(subjects)
    first, later = folder / f"{part}.parquet", folder / f"{part}.{_LATER}"
    if not later.exists():
        return pl.scan_parquet(first).filter(wanted).collect(engine="streaming")
    stays = read_later(folder).stays(part)
    parts = (pl.scan_parquet(first).filter(wanted & stays), pl.scan_parquet(later).filter(wanted))
    return pl.concat([part.collect(engine="streaming") for part in parts], how="diagonal_relaxed")


def _said_later(folder: Path, part: str, over: Later) -> pl.DataFrame:
    """Read what was said later; earlier releases wrote facts that came later into the first file."""
    place, subjects = folder / f"{part}.{_LATER}", over.subjects
    if place.exists():
        return pl.read_parquet(place)
    first = pl.scan_parquet(folder / f"{part}.parquet")
    wanted = pl.col(SUBJECT).is_in(subjects.implode())
    return (first.filter(wanted) if len(subjects) else first.head(0)).collect(engine="streaming")


def facts_about(folder: Path, subject: str, scan: Callable[[Path], pl.LazyFrame] = pl.scan_parquet) -> Facts:
    """Return the facts of one subject, with what they rest on; no row where there are none.

    Args:
        scan: opens a table of the folder.
    """
    later = _later_in(folder).columns

    def rows_of(part: str) -> pl.DataFrame:
        is_its_own = pl.col(SUBJECT) == subject
        first, place = scan(folder / f"{part}.parquet").filter(is_its_own), folder / f"{part}.{_LATER}"
        if subject not in later or not place.exists():
            return first.collect()
        said, columns = scan(place).filter(is_its_own).collect(), later[subject]
        if part != SOURCES or columns is None:
            return said
        return pl.concat([first.filter(~is_of(columns)).collect(), said])

    table, sources, conflicts = map(rows_of, _PARTS)
    return Facts(table, sources, conflicts)


@lru_cache(maxsize=4)
def _later_in(folder: Path) -> Later:
    return read_later(folder)
