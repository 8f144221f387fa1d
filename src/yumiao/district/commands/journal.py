"""``yumiao journal verify`` and ``yumiao district seal-journal``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

SealOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--seal",
        metavar="FILE",
        help=both("另存的导出封印，可重复", "A seal exported before and kept elsewhere; repeatable"),
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help=both("导出封印到新文件", "Export the seal into a new file")),
]


def verify_command(
    context: typer.Context, seal: SealOption = None, data: DataOption = None, lang: LangOption = None
) -> None:
    """Check that nothing in the journal was changed, deleted, inserted or moved; leaves with 1 where it was."""
    set_up(data)
    from yumiao.district.journal.seals import read_seal
    from yumiao.district.journal.verifying import verify_journal

    require_prepared()
    session = session_of(context, lang)
    verified = verify_journal([read_seal(path) for path in seal or ()])
    if verified.problems:
        raise YumiaoError(
            "journal.faulty",
            Text(
                f"留痕有 {len(verified.problems)} 处不对，请保留数据库原样并报告审计管理员。",
                f"The journal is wrong in {len(verified.problems)} places; keep the database as it is and tell the "
                "audit administrator.",
            ),
            verified.problems,
        )
    session.print(
        session.say(
            f"留痕完好：{verified.lines:,} 行，{verified.streams:,} 条链，{verified.seals:,} 号封印。",
            f"The journal is whole: {verified.lines:,} lines, {verified.streams:,} streams, "
            f"{verified.seals:,} seals.",
        )
    )


def seal_command(
    context: typer.Context, out: OutOption = None, data: DataOption = None, lang: LangOption = None
) -> None:
    """Seal the heads of all streams together; with --out also write the seal for keeping elsewhere."""
    set_up(data)
    from yumiao.district.journal.seals import export_seal, write_seal
    from yumiao.district.journal.services import seal_journal

    require_prepared()
    session = session_of(context, lang)
    number = seal_journal(now=session.now())
    if out is not None:
        write_seal(export_seal(number), out)
        session.print(session.say(f"第 {number} 号封印已导出：{out}", f"Seal {number} exported: {out}"))
    elif number:
        session.print(session.say(f"已封到第 {number} 号。", f"Sealed up to seal {number}."))
    else:
        session.print(session.say("留痕还是空的。", "The journal is empty."))
