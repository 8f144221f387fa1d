"""The `yumiao` command and its sub-commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from yumiao import __version__
from yumiao.cli import codes, judging, packs, subjects
from yumiao.cli.language import both, chosen_language, localised, without_language
from yumiao.cli.session import LangOption, Session
from yumiao.cli.usage import usage_text
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FAILED = 1

CANCELLED = 130
"""What a command leaves with when it was interrupted, by convention."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yumiao {__version__}")
        raise typer.Exit


def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help=both("显示版本号", "Show the version")
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Options of the command itself."""


app = typer.Typer(
    name="yumiao",
    help=both(
        "育苗：许多企业对照许多政策，符合、不符合、未定，各附条款和单元格。",
        "Yumiao: many enterprises against many policies, each verdict with its clause and cell.",
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
packs_app = typer.Typer(
    no_args_is_help=True, help=both("规则包：检查、测试、查看", "Rule packs: check, test, show")
)
codes_app = typer.Typer(no_args_is_help=True, help=both("组织机构代码", "Organisation codes"))

app.callback()(start)
app.command("evaluate", help=both("判定文件中的企业", "Judge the subjects of some files"))(
    judging.evaluate_command
)
app.command("explain", help=both("一家企业为什么是这个结论", "Why one subject has its outcome"))(
    subjects.explain_command
)
app.command("plan", help=both("一家企业怎样才能符合", "What one subject would have to change"))(
    subjects.plan_command
)
app.command("questions", help=both("一家企业还要问什么", "What is left to ask of one subject"))(
    subjects.questions_command
)
app.command("demo", help=both("用虚构的区县演示", "See it at work on an invented district"))(
    judging.demo_command
)
app.add_typer(packs_app, name="packs")
app.add_typer(codes_app, name="codes")

packs_app.command("check", help=both("检查规则包", "Check packs"))(packs.check_command)
packs_app.command("test", help=both("运行示例", "Run worked examples"))(packs.run_examples_command)
packs_app.command("show", help=both("查看一项政策", "Show a policy"))(packs.show_command)
packs_app.command("list", help=both("列出全部政策", "List all policies"))(packs.list_command)
packs_app.command("schema", help=both("规则包文件的 JSON Schema", "JSON Schemas of pack files"))(
    packs.schema_command
)
codes_app.command("check", help=both("核对代码", "Check codes"))(codes.check_command)


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command line and return what the process leaves with.

    Errors are shown once, without a trace: 1 where something is wrong, 2 for a wrong call, 130 when interrupted.
    """
    session = Session(chosen_language(arguments, environment))
    command = localised(app, session.language)
    try:
        left = command.main(
            without_language(arguments), prog_name="yumiao", standalone_mode=False, obj=session
        )
    except YumiaoError as error:
        session.show_error(error)
        return FAILED
    except ValueError as error:
        if not isinstance(getattr(error, "text", None), Text):
            raise
        session.show_error(_meaningless(error))
        return FAILED
    except typer.TyperException as error:
        session.show_usage(usage_text(error, session.language))
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        left = CANCELLED
    if left == CANCELLED:
        session.err.print(
            session.say("已取消，没有留下写了一半的文件。", "Cancelled; nothing half written is left.")
        )
    return left if isinstance(left, int) else 0


def _meaningless(error: Any) -> YumiaoError:
    """Turn a statement of a policy without meaning into an error to show."""
    about = getattr(error, "expression", "")
    text = Text(
        f"规则有误：{error.text.zh}（{about}）", f"a rule has no meaning: {error.text.words('en')} ({about})"
    )
    return YumiaoError("policy.meaning", text)


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:], os.environ))
