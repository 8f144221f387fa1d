"""The files of the demo's bureaus imported as an officer would: read by their mappings, linked, compared, committed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yumiao.demo.bureaus import BureauFile, BureauFiles
from yumiao.importing.comparing import Standing
from yumiao.importing.imports import FileReport, commit_import
from yumiao.importing.linking import Acquaintance
from yumiao.importing.reading import read_incoming
from yumiao.model.problems import Severity
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import Store, create_store

WHO = "demo"
FILES, MAPPINGS = "files", "mappings"
KEPT_DAYS = 3 * 365
_ZONE = "+08:00"


@dataclass(frozen=True)
class ImportedFile:
    """What one import gave.

    Attributes:
        problems: how many of each code are errors.
        unsure: subjects of which a person must say who they are.
    """

    file: BureauFile
    batch: str
    rows: int
    bad_rows: int
    problems: dict[str, int]
    known: int
    new: int
    unsure: int
    conflicts: int


def import_files(
    folder: Path,
    made: BureauFiles,
    library: Library,
    seed: int,
    tell: Callable[[Text, int, int], None] | None,
) -> tuple[Store, tuple[ImportedFile, ...]]:
    """Write the files below a data folder and import each, on its own day, into a new store there.

    Raises: YumiaoError when one cannot be imported.
    """
    for name in (FILES, MAPPINGS):
        (folder / name).mkdir(parents=True)
    first = made.files[0].on - dt.timedelta(days=1)
    store = create_store(
        folder / "store", at=f"{first}T09:00:00{_ZONE}", who=WHO, store_id=f"{seed % (1 << 64):016x}"
    )
    imported = []
    for number, file in enumerate(made.files):
        if tell is not None:
            tell(Text(f"导入 {file.name}", f"importing {file.name}"), number, len(made.files))
        imported.append(_import_one(folder, file, library, store, number))
    return store, tuple(imported)


def _import_one(folder: Path, file: BureauFile, library: Library, store: Store, number: int) -> ImportedFile:
    path = folder / FILES / file.name
    mapping = folder / MAPPINGS / f"{Path(file.name).stem}.yaml"
    path.write_bytes(file.content)
    mapping.write_text(file.mapping, encoding="utf-8")
    incoming = read_incoming([path], [mapping], library, store, today=file.on, source=file.source, on=file.on)
    report = commit_import(
        store,
        incoming,
        library,
        at=f"{file.on}T10:{number:02d}:00{_ZONE}",
        who=WHO,
        keep_originals_until=file.on + dt.timedelta(days=KEPT_DAYS),
    )
    [said] = report.files
    return _described(file, said)


def _described(file: BureauFile, said: FileReport) -> ImportedFile:
    acquaintances = said.assignment.counts() if said.assignment else {}
    standings = said.comparison.counts() if said.comparison else {}
    errors = Counter(problem.code for problem in said.problems if problem.severity is Severity.ERROR)
    return ImportedFile(
        file=file,
        batch=said.batch,
        rows=said.incoming.arrival.rows,
        bad_rows=said.bad_rows,
        problems=dict(sorted(errors.items())),
        known=acquaintances.get(Acquaintance.KNOWN, 0),
        new=acquaintances.get(Acquaintance.NEW, 0),
        unsure=acquaintances.get(Acquaintance.UNSURE, 0),
        conflicts=standings.get(Standing.CONFLICT, 0),
    )
