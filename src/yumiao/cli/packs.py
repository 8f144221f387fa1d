"""``packs``: rule packs checked, tested, shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as RichText

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, session_of

FoldersArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR",
        help=both("规则包文件夹；默认为随附的全部", "Folder of packs; default: those that ship"),
    ),
]


def check_command(context: typer.Context, folder: FoldersArgument = None, lang: LangOption = None) -> None:
    """Report every problem of every file in one run."""
    from yumiao.packs.folder import packs_folder
    from yumiao.packs.library import read_packs
    from yumiao.rules.checking import check_packs, show_problems

    session = session_of(context, lang)
    roots = [packs_folder()] if folder is None else [packs_folder(), folder]
    problems = check_packs(*read_packs(roots))
    session.out.print(RichText(show_problems(problems, session.language)), soft_wrap=True)
    raise typer.Exit(1 if problems else 0)


def run_examples_command(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE|DIR…",
            help=both("示例文件或文件夹；默认为随附的全部", "Examples; default: those that ship"),
        ),
    ] = None,
    pack: PackOption = None,
    lang: LangOption = None,
) -> None:
    """Judge worked examples and say what came out otherwise."""
    from yumiao.packs.folder import packs_folder
    from yumiao.packs.library import load_packs
    from yumiao.rules.examples import run_examples

    session = session_of(context, lang)
    report = run_examples(load_packs(*(pack or ())), paths or [packs_folder()])
    for line in list(report.lines(session.language))[:-1]:
        session.out.print(RichText(line), soft_wrap=True)
    failed = len(report.failed) + len(report.problems)
    passed = len(report.results) - len(report.failed)
    session.print(f"{passed} passed, {failed} failed", "bold")  # in every language: tools read this line
    raise typer.Exit(1 if failed else 0)


def show_command(
    context: typer.Context,
    policy: Annotated[
        str, typer.Argument(metavar="ID", help=both("政策或政策@版本", "A policy, or policy@version"))
    ],
    pack: PackOption = None,
    lang: LangOption = None,
) -> None:
    """Show a policy as an officer reads it."""
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    library = load_packs(*(pack or ()))
    found = library.find(policy)
    if not found:
        raise library.unknown_policy(policy)
    from yumiao.rules.showing import show_policy

    for version in found:
        session.out.print(RichText(show_policy(library, version, session.language)), soft_wrap=True)


def list_command(context: typer.Context, pack: PackOption = None, lang: LangOption = None) -> None:
    """List all policies with their versions and dates."""
    from yumiao.cli.tables import plain_table
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    library = load_packs(*(pack or ()))
    headers = (
        session.say("政策", "Policy"),
        session.say("名称", "Title"),
        session.say("施行", "Applies"),
        session.say("文号", "Document"),
    )
    table = plain_table(*headers, title="")
    for policy in library.policies:
        spans = (f"{span.from_} – {span.until or ''}".rstrip() for span in policy.body.applies)
        table.add_row(
            policy.id,
            session.words(policy.title),
            "\n".join(dict.fromkeys(spans)),
            policy.body.documents[0].number,
        )
    session.out.print(table)


def schema_command(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help=both("写到文件夹；默认显示在屏幕", "Write into a folder; default: print"),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Print or write the JSON Schemas of pack files, for editors."""
    from yumiao.packs.schema import pack_schemas, schema_text, write_schemas

    session = session_of(context, lang)
    if to is None:
        session.out.file.write(schema_text(pack_schemas()))
        return
    write_schemas(to)
    session.print(session.say(f"已写入 {to}", f"written to {to}"))
