"""``read``: the tables of a file recognised, and one of them written down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text as RichText

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, Session, session_of
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.intake.cells import Sheet, Workbook
    from yumiao.intake.layout.found import FoundTable, Survey

KIND_NAMES = {
    "record": Text("记录", "records"),
    "total": Text("合计", "totals"),
    "subtotal": Text("小计", "subtotals"),
    "apart": Text("单列", "listed apart"),
    "group": Text("分组标题", "headings"),
    "note": Text("注释", "notes"),
    "repeated_header": Text("重复表头", "repeated headers"),
    "numbering": Text("编号行", "numbering"),
}


def read_command(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=both("表格文件或网页", "A spreadsheet, text table or web page")),
    ],
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="S", help=both("工作表名称", "Name of the sheet"))
    ] = None,
    table: Annotated[
        int | None,
        typer.Option("--table", metavar="N", help=both("第几张表，从 1 起", "Which table, counted from 1")),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="OUT.csv", help=both("写到哪里；默认只显示", "Where to write; default: only show")
        ),
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(
            "--password", metavar="TEXT", help=both("加密文件的密码", "Password of an encrypted file")
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Recognise the tables of a file, show what was found and what is unsure, and write one of them as CSV."""
    from yumiao.intake.layout.survey import survey_sheet
    from yumiao.intake.layout.writing import columns_path, write_table

    session = session_of(context, lang)
    workbook = _opened(session, file, password)
    surveys = [survey_sheet(each) for each in _sheets(workbook, sheet)]
    found = [each for survey in surveys for each in survey.tables]
    if not found:
        raise _no_table(file, surveys)
    if table is None and len(found) > 1:
        _list_tables(session, found)
        raise _several(file, len(found))
    chosen = found[_number(file, table, len(found)) - 1]
    _show_table(session, chosen)
    _show_rest(session, surveys)
    if to is not None:
        write_table(chosen, to, file=file.name)
        session.print(
            session.say(f"已写入 {to} 和 {columns_path(to)}", f"written to {to} and {columns_path(to)}")
        )


def _opened(session: Session, file: Path, password: str | None) -> Workbook:
    """Read a file; the password of an encrypted one is asked for where somebody can answer."""
    from yumiao.cli.judging import ask_password
    from yumiao.intake.workbooks import read_workbook

    while True:
        try:
            return read_workbook(file, password)
        except YumiaoError as error:
            password = ask_password(session, error)


def _sheets(workbook: Workbook, name: str | None) -> tuple[Sheet, ...]:
    if name is None:
        return workbook.sheets
    named = tuple(sheet for sheet in workbook.sheets if sheet.name == name)
    if named:
        return named
    names = "、".join(sheet.name for sheet in workbook.sheets)
    raise YumiaoError(
        "sheet_not_found",
        Text(
            f"{workbook.path.name}：没有名为“{name}”的工作表；现有：{names}。",
            f"{workbook.path.name}: there is no sheet “{name}”; found: {names}.",
        ),
    )


def _number(file: Path, number: int | None, count: int) -> int:
    chosen = 1 if number is None else number
    if 1 <= chosen <= count:
        return chosen
    raise YumiaoError(
        "table_not_found",
        Text(
            f"{file.name}：没有第{chosen}张表；共有{count}张。",
            f"{file.name}: there is no table {chosen}; there are {count}.",
        ),
    )


def _no_table(file: Path, surveys: list[Survey]) -> YumiaoError:
    problems = tuple(
        Problem("no_table", leftover.text, file=file.name, sheet=survey.sheet.name)
        for survey in surveys
        for leftover in survey.leftovers
    )
    text = Text(
        f"{file.name}：没有找到表格。表格应有一行标签，其下每行一条记录。",
        f"{file.name}: no table was found. A table has a row of labels and below it one row per record.",
    )
    return YumiaoError("no_table", text, problems)


def _several(file: Path, count: int) -> YumiaoError:
    return YumiaoError(
        "several_tables",
        Text(
            f"{file.name} 有{count}张表；请用 --table 指明哪一张，或先用 --sheet 指明工作表。",
            f"{file.name} holds {count} tables; name one with --table, or a sheet with --sheet first.",
        ),
    )


def _list_tables(session: Session, tables: list[FoundTable]) -> None:
    from yumiao.cli.tables import plain_table
    from yumiao.intake.layout.writing import counts_of_kinds

    headers = (
        "--table",
        session.say("工作表", "Sheet"),
        session.say("区域", "Cells"),
        session.say("标题", "Title"),
        session.say("列", "Columns"),
        session.say("记录", "Records"),
    )
    shown = plain_table(*headers, title="")
    for number, table in enumerate(tables, 1):
        title = table.title[-1] if table.title else "、".join(table.names[:4])
        records = counts_of_kinds(table).get("record", 0)
        cells = (
            str(number),
            table.sheet.name,
            table.block.address,
            title,
            str(len(table.columns)),
            str(records),
        )
        shown.add_row(*map(RichText, cells))
    session.out.print(shown)


def _show_table(session: Session, table: FoundTable) -> None:
    from yumiao.intake.layout.writing import counts_of_kinds

    counts = counts_of_kinds(table)
    parts = [f"{session.words(KIND_NAMES[kind])} {count}" for kind, count in counts.items()]
    sure = f"{table.confidence:.0%}"
    session.print(
        session.say(
            f"工作表 {table.sheet.name}，{table.block.address}；{'，'.join(parts)}；把握 {sure}",
            f"sheet {table.sheet.name}, {table.block.address}; {', '.join(parts)}; confidence {sure}",
        )
    )
    for line in table.title:
        session.print(f"  {line}")
    _show_columns(session, table)
    for doubt in table.doubts:
        session.print(f"? {session.words(doubt.text)}", "yellow")


def _show_columns(session: Session, table: FoundTable) -> None:
    from yumiao.cli.tables import plain_table
    from yumiao.intake.layout.doubts import TYPE_NAMES

    headers = (
        session.say("列", "Column"),
        session.say("标签", "Label"),
        session.say("单位", "Unit"),
        session.say("类型", "Type"),
        session.say("单元格", "Cells"),
        session.say("未读懂", "Unread"),
    )
    shown = plain_table(*headers, title="")
    for name, column in zip(table.names, table.columns, strict=True):
        unread = str(column.unread) if column.unread else ""
        kind = session.words(TYPE_NAMES[column.type])
        cells = (column.letters, name, column.unit, kind, column.cells, unread)
        shown.add_row(*map(RichText, cells))
    session.out.print(shown)


def _show_rest(session: Session, surveys: list[Survey]) -> None:
    """Say what of the sheets that hold a table is none."""
    for survey in surveys:
        for leftover in survey.leftovers if survey.tables else ():
            session.print(f"- {survey.sheet.name}: {session.words(leftover.text)}", "dim")
