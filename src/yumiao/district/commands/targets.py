"""``yumiao district targets``: targets, their plans and received values from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up

TargetsArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help=both("YAML 或 CSV 文件", "YAML or CSV file"))
]


def targets_command(
    context: typer.Context, file: TargetsArgument, data: DataOption = None, lang: LangOption = None
) -> None:
    """Add the targets and received values of a file; leaves with 1 where some rows cannot be used."""
    set_up(data)
    from yumiao.district.indicators.selectors import indicators_of
    from yumiao.district.indicators.services import import_targets
    from yumiao.district.indicators.targets_file import read_targets_file
    from yumiao.district.registry.packs import library

    require_prepared()
    session = session_of(context, lang)
    read = read_targets_file(file, indicators_of(library()))
    added = import_targets(read, now=session.now())
    session.print(
        session.say(
            f"目标新增 {added.targets}，修订 {added.revisions}；数值新增 {added.actuals}；已有 {added.known}。",
            f"Targets: {added.targets} new, {added.revisions} revised; values: {added.actuals} new; "
            f"{added.known} were there already.",
        )
    )
    if read.problems:
        session.show_problems(read.problems, most=50)
        raise typer.Exit(1)
