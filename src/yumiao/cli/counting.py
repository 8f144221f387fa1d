"""``yumiao count``: how many rows of a register each policy counts for one subject, down to the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, Session, read_date, session_of
from yumiao.cli.storing import StoreKnownAtOption, StoreOption, open_chosen
from yumiao.cli.subjects import JsonOption, SubjectArgument, choose_subject, print_json
from yumiao.cli.tables import plain_table
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.evaluate.row_reasons import CountedRow
    from yumiao.packs.library import Library
    from yumiao.store import State

CountAsOfOption = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=both("申请日期，如 2026-07-15", "Application date, such as 2026-07-15"),
    ),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="FILTER",
        help=both(
            "逐行说明一个口径，如 ip_class1_count.hnte", "Tell one filter row by row: ip_class1_count.hnte"
        ),
    ),
]

STANDINGS = {
    "counted": Text("计入", "counted"),
    "not_counted": Text("不计入", "not counted"),
    "open": Text("待定", "open"),
}
STYLES = {"counted": "", "not_counted": "dim", "open": "yellow"}


def count_command(
    context: typer.Context,
    subject: SubjectArgument,
    as_of: CountAsOfOption,
    by: ByOption = None,
    store: StoreOption = None,
    known_at: StoreKnownAtOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Count the register rows of one subject by every filter; with ``--by`` say why each row counts or not."""
    from yumiao.importing.naming import known_names
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    library = load_packs(*(pack or ()))
    state = open_chosen(store).state(known_at)
    found = choose_subject(session, known_names(state), subject)
    day = read_date(as_of)
    if by is None:
        _show_counts(session, library, state, found, day, as_json=as_json)
    else:
        _show_rows(session, library, state, found, day, by, as_json=as_json)


# ── every filter ──────────────────────────────────────────────────────────────────────────────────────────────────


def _show_counts(
    session: Session, library: Library, state: State, subject: str, day: dt.date, *, as_json: bool
) -> None:
    counts = list(_counts(library, state, subject, day))
    if as_json:
        print_json(session, {"subject": subject, "as_of": str(day), "counts": counts})
        return
    if not counts:
        session.print(session.say("没有收到过它的台账。", "No rows of it were ever received."))
        return
    table = plain_table(
        session.say("口径", "Filter"), session.say("名称", "Name"), title=session.say("台账计数", "Counts")
    )
    table.add_column(session.say("件数", "Count"), justify="right")
    for each in counts:
        label = library.metrics[each["filter"]].label
        table.add_row(each["filter"], session.words(label), _shown(each["low"], each["high"]))
    session.out.print(table)


def _counts(library: Library, state: State, subject: str, day: dt.date) -> Iterator[dict[str, Any]]:
    """Yield for each filter of each register with rows of the subject: its name, ``low``, ``high``."""
    from yumiao.evaluate.counting import count_rows
    from yumiao.evaluate.counting_rows import believed_sources

    for name, register in library.registers.items():
        rows = state.records(name) if register.counts else None
        if rows is None or not rows.height:
            continue
        own = rows.filter(rows["subject"] == subject)
        believed = believed_sources(register, library.reported.precedence)
        counted = count_rows(own, register, day, believed=believed)
        for row in counted.table.iter_rows(named=True):
            for each in counted.filters:
                yield {"filter": each, "low": row[f"{each}#low"], "high": row[f"{each}#high"]}


def _shown(low: int, high: int | None) -> str:
    if high is None:
        return f"≥ {low}"
    return str(low) if low == high else f"{low}–{high}"


# ── one filter, row by row ────────────────────────────────────────────────────────────────────────────────────────


def _show_rows(
    session: Session, library: Library, state: State, subject: str, day: dt.date, by: str, *, as_json: bool
) -> None:
    from yumiao.evaluate.counting_rows import believed_sources
    from yumiao.evaluate.row_reasons import counted_rows

    name = _register_of(library, by)
    register = library.registers[name]
    believed = believed_sources(register, library.reported.precedence)
    rows = counted_rows(state.records(name), register, day, subject, by, believed=believed)
    if as_json:
        told = [asdict(row) for row in rows]
        print_json(session, {"subject": subject, "as_of": str(day), "filter": by, "rows": told})
        return
    if not rows:
        session.print(session.say("没有收到过它的台账。", "No rows of it were ever received."))
        return
    title = session.words(library.metrics[by].label)
    columns = (("状态", "Standing"), ("编号", "Number"), ("出处", "Where"), ("理由", "Reason"))
    table = plain_table(*(session.say(*label) for label in columns), title=title)
    for row in rows:
        table.add_row(*_cells(session, row), style=STYLES[row.standing.value])
    session.out.print(table)


def _cells(session: Session, row: CountedRow) -> tuple[str, ...]:
    where = " ".join(part for part in (row.file, row.sheet, row.cell) if part)
    standing = session.words(STANDINGS[row.standing.value])
    return standing, row.number or "", where, session.words(row.text)


def _register_of(library: Library, by: str) -> str:
    """Return the register that a filter belongs to. Raises: YumiaoError when there is none."""
    from yumiao.rules.registers import filters_of

    known = {each: name for name, register in library.registers.items() for each in filters_of(register)}
    if by in known:
        return known[by]
    listed = ", ".join(known)
    raise YumiaoError(
        "records.no_filter",
        Text(f"没有口径“{by}”；现有：{listed}。", f"There is no filter “{by}”; known: {listed}."),
    )
