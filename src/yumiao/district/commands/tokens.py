"""``yumiao district create-token``, ``list-tokens`` and ``revoke-token``."""

from __future__ import annotations

from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up
from yumiao.district.tokens.scopes import Scope

ScopesOption = Annotated[
    list[Scope], typer.Option("--scope", help=both("权限范围，可重复", "What it may be used for; repeatable"))
]
DaysOption = Annotated[
    int, typer.Option("--days", metavar="N", help=both("有效天数", "For how many days it is good"))
]
UseOption = Annotated[
    str, typer.Option("--label", metavar="TEXT", help=both("令牌的用途", "What the token is for"))
]


def create_token_command(
    context: typer.Context,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=both("登录名", "Login"))],
    scope: ScopesOption,
    label: UseOption,
    days: DaysOption = 90,
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Create a token with which a program acts as a person; it is shown once, on the last line, and kept nowhere."""
    set_up(data)
    from yumiao.district.tokens.services import create_token

    require_prepared()
    session = session_of(context, lang)
    created = create_token(login=login, label=label, scopes=scope, days=days, now=session.now())
    until = created.expires_at.date()
    session.print(
        session.say(
            f"令牌 {created.id}，到 {until} 为止。下一行只显示这一次，请妥善保管：",
            f"Token {created.id}, good until {until}. The next line is shown this once; keep it safe:",
        )
    )
    typer.echo(created.written)


def list_tokens_command(context: typer.Context, data: DataOption = None, lang: LangOption = None) -> None:
    """List all tokens: whose, what for, until when; never their secrets."""
    set_up(data)
    from yumiao.district.tokens.selectors import list_tokens

    require_prepared()
    session = session_of(context, lang)
    for each in list_tokens():
        ended = session.say(" 已撤销", " revoked") if each.revoked_at else ""
        used = f"{each.used_at:%Y-%m-%d}" if each.used_at else "—"
        session.print(
            session.say(
                f"{each.id}  {each.login}  {each.label}  {' '.join(each.scopes)}  到 {each.expires_at:%Y-%m-%d}  "
                f"最近使用 {used}{ended}",
                f"{each.id}  {each.login}  {each.label}  {' '.join(each.scopes)}  "
                f"until {each.expires_at:%Y-%m-%d}  last used {used}{ended}",
            )
        )


def revoke_token_command(
    context: typer.Context,
    token: Annotated[str, typer.Argument(metavar="ID", help=both("令牌编号", "Id of the token"))],
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Let a token no longer be used."""
    set_up(data)
    from yumiao.district.tokens.services import revoke_token

    require_prepared()
    session = session_of(context, lang)
    revoked = revoke_token(token_id=token, now=session.now())
    session.print(session.say(f"已撤销令牌 {revoked.id}。", f"Revoked token {revoked.id}."))
