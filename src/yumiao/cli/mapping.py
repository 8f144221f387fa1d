"""``map``: what the columns of a file mean, proposed, asked and written down as a mapping file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.mapping_dialogue import ask_questions, show_changes, show_proposal
from yumiao.cli.session import LangOption, PackOption, Session, session_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.intake.cells import Sheet, Workbook
    from yumiao.intake.mapping import MappingFile
    from yumiao.intake.mapping_writer import Remarks
    from yumiao.intake.proposals import Proposal, SeenColumn
    from yumiao.model.units import Unit
    from yumiao.packs.library import Library

ALIKE = 0.6
"""The share of labels that the files of one call have in common at least."""


def map_command(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help=both("同一种文件，一份或几份", "One or more files of one kind"),
        ),
    ],
    to: Annotated[
        Path,
        typer.Option(
            "--to", metavar="MAPPING.yaml", help=both("映射文件写到哪里", "Where to write the mapping file")
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="OLD.yaml",
            help=both(
                "已有的映射文件：指出变化，补上新列",
                "A mapping file to compare with and to add new columns to",
            ),
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help=both(
                "不逐项询问，未定的写成注释；已有的同名文件会被替换",
                "Ask nothing, write what is open as comments; replace a file that exists",
            ),
        ),
    ] = False,
    pack: PackOption = None,
    lang: LangOption = None,
) -> None:
    """Propose what the columns of a file mean, ask what is unsure, and write a mapping file."""
    from yumiao.intake.mapping_reader import read_mapping
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    _check_target(to, mapping, replaces=yes)
    library = load_packs(*(pack or ()))
    proposal = propose_files(session, files, library)
    old = None
    if mapping is not None:
        old = read_mapping(mapping, library.metrics, library.tables, library.registers)
        proposal = show_changes(session, old, proposal, mapping.name)
    show_proposal(session, proposal, library)
    is_asked = not yes and session.err.is_terminal and sys.stdin.isatty()
    if is_asked:
        proposal = ask_questions(session, proposal, library, _prompt)
    _write(session, proposal, library, to, files, None if old is None else (mapping or to, old))


def _prompt(question: str, likely: str) -> str:
    return str(typer.prompt(question, default=likely, show_default=bool(likely), err=True))


def _check_target(to: Path, mapping: Path | None, *, replaces: bool) -> None:
    if not to.parent.is_dir():
        raise YumiaoError(
            "folder_missing", Text(f"没有文件夹 {to.parent}。", f"There is no folder {to.parent}.")
        )
    is_update = mapping is not None and to.resolve() == mapping.resolve()
    if to.exists() and not (replaces or is_update):
        raise YumiaoError(
            "file_exists",
            Text(
                f"{to.name} 已存在；要替换请加 --yes，或换一个名称。",
                f"{to.name} exists; add --yes to replace it, or choose another name.",
            ),
        )


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────


def propose_files(session: Session, files: Sequence[Path], library: Library) -> Proposal:
    """Read files of one kind and propose what their columns mean, from the cells of all of them."""
    from yumiao.intake.file_proposals import propose_columns, with_year_hint
    from yumiao.intake.register_proposals import with_list, with_register

    tables = [_see(session, path, library) for path in files]
    first = tables[0]
    for path, (_, columns) in zip(files[1:], tables[1:], strict=True):
        _check_kind(path, files[0], first[1], columns)
    seen = _joined([columns for _, columns in tables])
    names = [first[0], *(path.stem for path in files)]
    proposal = with_year_hint(propose_columns(seen, library.metrics, library.tables, sheet=first[0]), names)
    return with_list(
        with_register(proposal, library.registers, library.titles, names), library.metrics, names
    )


def _see(session: Session, path: Path, library: Library) -> tuple[str, list[SeenColumn]]:
    """Read one file: the name of the sheet, and its columns with the units that stand beside their labels."""
    from dataclasses import replace

    from yumiao.cli.judging import ask_password
    from yumiao.intake.file_proposals import seen_columns
    from yumiao.intake.tables import find_table
    from yumiao.intake.workbooks import read_workbook

    password = None
    while True:
        try:
            workbook = read_workbook(path, password)
            break
        except YumiaoError as error:
            password = ask_password(session, error)
    try:
        table = find_table(workbook, path.name, library.metrics, None)
    except YumiaoError as error:
        if error.code != "header_not_found":
            raise
        return _see_layout(workbook, error)
    sheet = next(sheet for sheet in workbook.sheets if sheet.name == table.sheet)
    units = _units_beside(sheet, table.header_index)
    labelled = [index for index, label in enumerate(table.header) if label is not None]
    return table.sheet, [
        replace(column, unit=units.get(index))
        for index, column in zip(labelled, seen_columns(table), strict=True)
    ]


def _units_beside(sheet: Sheet, header_index: int) -> dict[int, Unit]:
    """Find the units that a line of units gives the columns of the table with this header."""
    from yumiao.intake.layout.survey import find_tables

    for found in find_tables(sheet):
        if header_index in found.header_rows:
            return {
                column.index: column.known_unit for column in found.columns if column.known_unit is not None
            }
    return {}


def _see_layout(workbook: Workbook, error: YumiaoError) -> tuple[str, list[SeenColumn]]:
    """Take the columns of the first table whose labels do not say who is meant: that is then asked."""
    from yumiao.intake.layout.survey import find_tables
    from yumiao.intake.proposals import SeenColumn
    from yumiao.intake.table_layout import find_layout

    for sheet in workbook.sheets:
        for found in find_tables(sheet):
            layout = find_layout(sheet, found.header_rows[0]) if found.header_rows else None
            if layout is not None and any(layout.header):
                units = _units_beside(sheet, layout.header_index)
                return sheet.name, [
                    SeenColumn(label, layout.rows[str(index)], units.get(index))
                    for index, label in enumerate(layout.header)
                    if label
                ]
    raise error


def _check_kind(path: Path, first: Path, usual: Sequence[SeenColumn], columns: Sequence[SeenColumn]) -> None:
    from yumiao.intake.labels import normalise_label

    left, right = ({normalise_label(column.label) for column in each} for each in (usual, columns))
    if len(left & right) >= ALIKE * len(left | right):
        return
    raise YumiaoError(
        "other_kind",
        Text(
            f"{path.name} 与 {first.name} 的列大多不同，不是同一种文件；请分别制作映射文件。",
            f"{path.name} has mostly other columns than {first.name}: it is no file of that kind; "
            "please map them one by one.",
        ),
    )


def _joined(tables: Sequence[Sequence[SeenColumn]]) -> list[SeenColumn]:
    """Put the cells of columns with the same label together, in the order of their first appearance."""
    import polars as pl

    from yumiao.intake.labels import normalise_label
    from yumiao.intake.proposals import SeenColumn

    found: dict[str, list[SeenColumn]] = {}
    for columns in tables:
        here = {normalise_label(column.label): column for column in reversed(columns)}
        for key in dict.fromkeys(normalise_label(column.label) for column in columns):
            found.setdefault(key, []).append(here[key])
    return [
        SeenColumn(same[0].label, pl.concat([column.texts for column in same]), same[0].unit)
        for same in found.values()
    ]


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────


def _write(
    session: Session,
    proposal: Proposal,
    library: Library,
    to: Path,
    files: Sequence[Path],
    old: tuple[Path, MappingFile] | None,
) -> None:
    from yumiao.intake.mapping_writer import write_mapping
    from yumiao.intake.proposed_mapping import Origin, mapping_of, remarks_of, update_mapping

    names = "、".join(path.name for path in files)
    first = (
        Text(
            f"由 {names} 的列名和单元格提出，请核对。",
            f"Proposed from the labels and cells of {names}; please check.",
        ),
        Text("以 ? 开头的是待定的问题。", "Lines that start with ? are open questions."),
    )
    remarks = remarks_of(proposal, library.metrics, session.language, first)
    if old is None:
        text = write_mapping(mapping_of(proposal, Origin(to.stem)), to.parent, remarks)
    else:
        text = _edited(*old, update_mapping(old[1], proposal), library, to, remarks)
    part = to.with_name(to.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(to)
    settled = sum(column.is_settled for column in proposal.columns)
    session.print(
        session.say(
            f"已写入 {to}：{settled}列已定，{proposal.open_questions()}个问题待定。",
            f"Written to {to}: {settled} column(s) settled, {proposal.open_questions()} question(s) open.",
        ),
        "bold",
    )


def _edited(
    path: Path, old: MappingFile, new: MappingFile, library: Library, to: Path, remarks: Remarks
) -> str:
    """Bring a mapping file up to date; what its author wrote stays where it can."""
    from yumiao.intake.mapping_edits import edit_mapping
    from yumiao.intake.mapping_reader import read_mapping

    def reread(text: str) -> MappingFile:
        return read_mapping(to, library.metrics, library.tables, library.registers, content=text)

    return edit_mapping(path.read_text(encoding="utf-8-sig"), old, new, to.parent, remarks, reread)
