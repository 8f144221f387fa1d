"""``yumiao district create-person`` and ``disable-person``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.district.accounts.roles import Role
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up

RoleOption = Annotated[Role, typer.Option("--role", help=both("角色", "Role"))]
LabelOption = Annotated[
    str, typer.Option("--label", metavar="TEXT", help=both("岗位，同事所见", "Post, as colleagues see it"))
]
TerritoriesOption = Annotated[
    list[str] | None,
    typer.Option("--territory", metavar="CODE", help=both("辖区代码，可重复", "Division; repeatable")),
]
SubjectsOption = Annotated[
    list[str] | None,
    typer.Option("--subject", metavar="ID", help=both("代表的主体编号，可重复", "Subject; repeatable")),
]
StdinOption = Annotated[
    bool,
    typer.Option("--password-stdin", help=both("从标准输入读口令", "Read the password from standard input")),
]


def create_person_command(
    context: typer.Context,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=both("登录名", "Login"))],
    role: RoleOption,
    label: LabelOption,
    territory: TerritoriesOption = None,
    subject: SubjectsOption = None,
    password_stdin: StdinOption = False,
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Create a person; the password is asked for, or read from standard input, never taken as an argument."""
    set_up(data)
    from yumiao.district.accounts.services import create_person

    require_prepared()
    session = session_of(context, lang)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        words = session.say("口令", "Password")
        password = typer.prompt(words, hide_input=True, confirmation_prompt=True)
    person = create_person(
        login=login,
        password=password,
        role=role,
        label=label,
        now=session.now(),
        territories=territory or (),
        subjects=subject or (),
    )
    session.print(session.say(f"已建立账号 {login}（{person.id}）。", f"Created {login} ({person.id})."))


def disable_person_command(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="ID", help=both("账号编号", "Id of the person"))],
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Let a person no longer sign in."""
    set_up(data)
    from yumiao.district.accounts.services import disable_person

    require_prepared()
    session = session_of(context, lang)
    disabled = disable_person(person_id=person, now=session.now())
    session.print(session.say(f"已停用账号 {disabled.id}。", f"Disabled {disabled.id}."))
