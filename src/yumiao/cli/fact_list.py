"""The facts of one subject on the terminal: what counts, what it replaced, what lost, each with its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yumiao.cli.import_report import column_label
from yumiao.cli.session import Session
from yumiao.cli.tables import plain_table
from yumiao.model.text import Text
from yumiao.report.stored_values import interval_words, stored_words

if TYPE_CHECKING:
    import polars as pl

    from yumiao.packs.library import Library
    from yumiao.store import State

STANDINGS = {
    "counts": Text("采信", "counts"),
    "superseded": Text("已更新", "superseded"),
    "lost": Text("未采信", "lost"),
    "reverted": Text("已撤销", "reverted"),
}
STYLES = {"counts": "", "superseded": "dim", "lost": "yellow", "reverted": "dim"}


def show_facts(session: Session, library: Library, state: State, subject: str, rows: pl.DataFrame) -> None:
    """Show who the subject is and every value ever received of it."""
    _show_identifiers(session, state, subject)
    if not rows.height:
        session.print(session.say("没有收到过它的事实。", "No facts of it were ever received."))
        return
    table = plain_table(
        *(
            session.say(*label)
            for label in (("事实", "Fact"), ("值", "Value"), ("状态", "Standing"), ("来源", "Source"))
        ),
        *(
            session.say(*label)
            for label in (("出处", "Where"), ("资料日期", "As of"), ("入库", "Recorded"), ("批次", "Batch"))
        ),
        title=session.say("事实", "Facts"),
    )
    last = None
    for row in rows.iter_rows(named=True):
        label = column_label(session, library, row["column"]) if row["column"] != last else ""
        last = row["column"]
        table.add_row(*_cells(session, library, row, label), style=STYLES[row["standing"]])
    session.out.print(table)


def _cells(session: Session, library: Library, row: dict[str, Any], label: str) -> tuple[str, ...]:
    metric = library.metrics.get(row["column"].partition("@")[0])
    value = (
        stored_words(metric, row["value"])
        if row["value"] is not None
        else interval_words(metric, row["low"], row["high"])
    )
    source = library.reported.sources.get(row["source"])
    where = " ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part)
    return (
        label,
        session.words(value),
        session.words(STANDINGS[row["standing"]]),
        session.words(source.label) if source else row["source"],
        where,
        str(row["observed_on"]),
        row["batch"],
    )


def _show_identifiers(session: Session, state: State, subject: str) -> None:
    found = state.identifiers().filter(state.identifiers()["subject"] == subject)
    kinds = {
        "name": Text("名称", "name"),
        "former_name": Text("曾用名", "former name"),
        "short_name": Text("简称", "short name"),
        "code": Text("统一社会信用代码", "code"),
        "stock_code": Text("股票代码", "stock code"),
        "id": Text("编号", "number"),
        "address": Text("地址", "address"),
        "territory": Text("区划", "division"),
    }
    session.print(f"{subject}", "bold")
    for kind, label in kinds.items():
        values = found.filter(found["kind"] == kind)["value"].unique(maintain_order=True).to_list()
        if values:
            session.print(f"  {session.words(label)}: {session.say('；', '; ').join(values)}")
