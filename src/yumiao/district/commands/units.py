"""``yumiao district units``: the units of systemd for this machine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


def units_command(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help=both("写到空文件夹；默认只显示", "Write into an empty folder; default: print"),
        ),
    ] = None,
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help=both("数据文件夹", "Data folder"))
    ] = Path("/srv/yumiao"),
    backups: Annotated[
        Path, typer.Option("--backups", metavar="DIR", help=both("备份文件夹", "Folder of backups"))
    ] = Path("/srv/yumiao-backups"),
    lang: LangOption = None,
) -> None:
    """Print the units of systemd (site, worker, nightly backup, hourly seal) and their environment, or write them."""
    from yumiao.district.operations.systemd import unit_files

    session = session_of(context, lang)
    program = Path(shutil.which("yumiao") or Path(sys.executable).with_name("yumiao"))
    files = unit_files(program=program, data=data, store=data / "store", backups=backups)
    if to is None:
        for name, text in files.items():
            session.print(f"# ── {name}")
            session.print(text)
        return
    to.mkdir(parents=True, exist_ok=True)
    if any(to.iterdir()):
        raise YumiaoError("units.there", Text(f"{to} 不是空文件夹。", f"{to} is not empty."))
    for name, text in files.items():
        (to / name).write_text(text, encoding="utf-8")
    session.print(session.say(f"已写入 {to}：{len(files)} 个文件。", f"Wrote {len(files)} files into {to}."))
