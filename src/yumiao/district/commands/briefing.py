"""``yumiao district brief``: the monthly brief as a Word document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up

MonthOption = Annotated[
    str,
    typer.Option(
        metavar="2026-10", help=both("月份；默认企业库申报日期所在月", "Month; default: the register's")
    ),
]
OutOption = Annotated[Path, typer.Option(metavar="FILE.docx", help=both("写到哪个文件", "File to write"))]
TerritoryOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE",
        help=both("区划，可重复；默认目标所在区划", "Division; repeatable; default: those with targets"),
    ),
]
TemplateOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help=both("用自己的模板", "Use a template of your own"))
]
WriteTemplateOption = Annotated[
    bool,
    typer.Option(
        "--write-template", help=both("只写出现成的模板，供修改", "Write our template, to be changed")
    ),
]


def brief_command(
    context: typer.Context,
    out: OutOption,
    month: MonthOption = "",
    territory: TerritoryOption = None,
    template: TemplateOption = None,
    write_template: WriteTemplateOption = False,
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Write the brief that an officer of some divisions would get."""
    set_up(data)
    from yumiao.district.accounts.roles import Role
    from yumiao.district.accounts.selectors import Actor, cut_zeros
    from yumiao.district.brief.documents import build_template
    from yumiao.district.brief.making import brief_document
    from yumiao.district.indicators.places import aimed_counties
    from yumiao.district.journal.services import CONSOLE

    session = session_of(context, lang)
    if write_template:
        out.write_bytes(build_template())
        session.print(session.say(f"模板已写入 {out}", f"The template is written to {out}"))
        return
    require_prepared()
    codes = tuple(cut_zeros(code) for code in territory or ()) or tuple(aimed_counties())
    if not codes:
        session.print(
            session.say(
                "没有目标可定区划，请用 --territory。", "No target names a division; use --territory."
            ),
            "red",
        )
        raise typer.Exit(2)
    actor = Actor(CONSOLE, Role.OFFICER, CONSOLE, codes)
    document = brief_document(
        actor, month=month, language=session.language, now=session.now(), template=template
    )
    out.write_bytes(document)
    session.print(session.say(f"月报已写入 {out}", f"The brief is written to {out}"))
