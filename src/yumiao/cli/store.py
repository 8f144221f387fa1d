"""``yumiao store``: a store created, proven, compacted; originals read and destroyed at their term."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.cli.storing import StoreOption, WhoOption, moment, open_chosen, person, store_folder
from yumiao.cli.subjects import JsonOption, print_json
from yumiao.cli.tables import plain_table
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FAILED = 1
LISTED = 50
"""Problems listed on the terminal; the rest is counted."""

CHECKED = {
    "root": Text("状态", "roots"),
    "batch": Text("批次", "batches"),
    "file": Text("批次文件", "files of batches"),
    "mapping": Text("映射文件", "mapping files"),
    "original": Text("原件", "originals"),
    "snapshot": Text("快照", "snapshots"),
    "bundle": Text("合并文件", "bundles"),
}


def create_command(
    context: typer.Context, store: StoreOption = None, who: WhoOption = None, lang: LangOption = None
) -> None:
    """Create an empty store."""
    from yumiao.store import create_store

    session = session_of(context, lang)
    created = create_store(store_folder(store), at=moment(session), who=person(who))
    session.print(session.say(f"新建数据仓 {created.path}", f"Created the store {created.path}"))


def verify_command(
    context: typer.Context, store: StoreOption = None, as_json: JsonOption = False, lang: LangOption = None
) -> None:
    """Check every file against its hash and every snapshot against its batches."""
    session = session_of(context, lang)
    opened = open_chosen(store)
    with session.progress() as tell:
        found = opened.verify(tell)
    if as_json:
        problems = [
            {"code": each.code, "file": each.file, "text": session.words(each.text)}
            for each in found.problems
        ]
        print_json(session, {"whole": found.is_whole, "checked": found.checked, "problems": problems})
    else:
        table = plain_table(session.say("核对了", "Checked"), title=str(opened.path))
        table.add_column(session.say("个数", "How many"), justify="right")
        for kind, count in found.checked.items():
            table.add_row(session.words(CHECKED.get(kind, Text(kind, kind))), f"{count:,}")
        session.out.print(table)
        session.show_problems(tuple(found.problems), LISTED)
        session.print(
            session.say("完好。", "Everything is as it was written.")
            if found.is_whole
            else session.say("有损坏，见上。", "Something is damaged, see above."),
            "bold",
        )
    if not found.is_whole:
        raise typer.Exit(FAILED)


def compact_command(context: typer.Context, store: StoreOption = None, lang: LangOption = None) -> None:
    """Write small batches together, to be read more quickly; no answer changes."""
    session = session_of(context, lang)
    bundles = open_chosen(store).compact()
    session.print(session.say(f"现有 {bundles} 个合并文件。", f"There are {bundles} bundles now."))


def originals_command(
    context: typer.Context, store: StoreOption = None, as_json: JsonOption = False, lang: LangOption = None
) -> None:
    """List the originals kept, with the end of their term."""
    session = session_of(context, lang)
    originals = open_chosen(store).state().originals
    if as_json:
        rows = [
            {
                "sha256": sha256,
                "names": list(each.names),
                "bytes": each.bytes,
                "keep_until": str(each.keep_until),
                "destroyed_at": each.destroyed_at,
            }
            for sha256, each in originals.items()
        ]
        print_json(session, rows)
        return
    if not originals:
        session.print(session.say("没有保存原件。", "No originals are kept."))
        return
    table = plain_table(
        *(
            session.say(*label)
            for label in (("文件", "File"), ("SHA-256", "SHA-256"), ("保存至", "Kept until"))
        ),
        session.say("状态", "State"),
        title=session.say("原件", "Originals"),
    )
    for sha256, each in originals.items():
        state = (
            session.say("可读", "readable")
            if each.destroyed_at is None
            else session.say("已销毁", "destroyed")
        )
        table.add_row(", ".join(each.names), sha256[:16], str(each.keep_until), state)
    session.out.print(table)


def original_command(
    context: typer.Context,
    sha256: Annotated[
        str, typer.Argument(metavar="SHA256", help=both("原件，可只写开头", "The original, or how it begins"))
    ],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help=both("写到哪里", "Where to write"))],
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Write an original out as it was received."""
    session = session_of(context, lang)
    opened = open_chosen(store)
    found = [each for each in opened.state().originals if each.startswith(sha256)]
    if to.exists():
        text = Text(f"{to} 已存在，请另选文件名。", f"{to} exists already; choose another name.")
        raise YumiaoError("store.target_exists", text)
    data = opened.read_original(found[0] if len(found) == 1 else sha256)
    to.write_bytes(data)
    session.print(session.say(f"已写入 {to}", f"Written to {to}"))


def destroy_command(
    context: typer.Context, store: StoreOption = None, who: WhoOption = None, lang: LangOption = None
) -> None:
    """Destroy the keys of the originals whose term is over; their manifests and cell addresses stay."""
    session = session_of(context, lang)
    today = session.now().date()
    gone = open_chosen(store).destroy_expired(today, who=person(who), at=moment(session))
    session.print(
        session.say(
            f"销毁了 {len(gone)} 份到期原件的密钥。",
            f"Destroyed the keys of {len(gone)} originals whose term is over.",
        )
    )
