"""What a file looks like before anyone says what it means: its columns, what is proposed, what is remembered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from yumiao.importing.reading import remembered_mapping
from yumiao.intake.file_proposals import propose_columns, seen_columns, with_year_hint
from yumiao.intake.mapping import MappingFile
from yumiao.intake.proposals import Proposal
from yumiao.intake.proposed_mapping import new_columns
from yumiao.intake.register_proposals import with_list, with_register
from yumiao.intake.tables import find_table
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import Problem
from yumiao.packs.library import Library
from yumiao.store import Store


@dataclass(frozen=True)
class SeenFile:
    """A file as it looks.

    Attributes:
        sheet: name of the sheet in which its table stands.
        rows: how many rows stand below the header.
        proposal: what its columns may mean; of a file of a remembered kind only those that are new.
        remembered: the mapping kept from an earlier file of the kind, and its text; None where there is none.
        changes: what is different from the earlier file.
    """

    sheet: str
    rows: int
    proposal: Proposal
    remembered: tuple[MappingFile, str] | None = None
    changes: tuple[Problem, ...] = ()


def see_file(
    path: Path, library: Library, store: Store | None, *, password: str | None, stem: str
) -> SeenFile:
    """Look at a file.

    Args:
        store: where mappings are remembered; None: nothing is.
        stem: name of the file without its ending, which may tell the year and the list.
    Raises: YumiaoError when it cannot be read or has no table.
    """
    known = remembered_mapping(path, library, store, password) if store is not None else None
    plain = _see(path, library, password, stem)
    if known is None:
        return plain
    mapping, text, changes = known
    return replace(
        plain, proposal=new_columns(mapping, plain.proposal), remembered=(mapping, text), changes=changes
    )


def _see(path: Path, library: Library, password: str | None, stem: str) -> SeenFile:
    table = find_table(read_workbook(path, password), path.name, library.metrics, None)
    names = (table.sheet, stem)
    proposal = propose_columns(seen_columns(table), library.metrics, library.tables, sheet=table.sheet)
    proposal = with_register(with_year_hint(proposal, names), library.registers, library.titles, names)
    return SeenFile(table.sheet, table.rows.height, with_list(proposal, library.metrics, names))
