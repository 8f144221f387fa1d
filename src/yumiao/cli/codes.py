"""``codes``: organisation codes checked."""

from __future__ import annotations

from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.identity.codes import CodeKind, check_code
from yumiao.model.text import Text

KINDS = {
    CodeKind.USCC: Text("统一社会信用代码", "unified social credit code"),
    CodeKind.REGISTRATION_NUMBER: Text("工商注册号", "registration number"),
    CodeKind.ORGANISATION_CODE: Text("组织机构代码", "organisation code"),
    CodeKind.UNKNOWN: Text("未识别", "not recognised"),
}


def check_command(
    context: typer.Context,
    codes: Annotated[
        list[str], typer.Argument(metavar="CODE…", help=both("一个或多个代码", "One or more codes"))
    ],
    lang: LangOption = None,
) -> None:
    """Say what kind of code each is and whether it is well formed."""
    session = session_of(context, lang)
    all_valid = True
    for code in codes:
        found = check_code(code)
        all_valid &= found.valid
        state = session.say("格式正确", "well formed") if found.valid else session.words(found.text)
        session.print(
            f"{found.normalised or code}  {session.words(KINDS[found.kind])}  {state}",
            "green" if found.valid else "red",
        )
        for warning in found.warnings:
            session.print(f"  {session.words(warning)}", "yellow")
    raise typer.Exit(0 if all_valid else 1)
