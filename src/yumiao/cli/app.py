"""The `yumiao` command and its sub-commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from yumiao import __version__
from yumiao.cli import (
    batches,
    codes,
    conflicts,
    counting,
    importing,
    judging,
    ladder,
    mapping,
    matching,
    packs,
    queue,
    reading,
    store,
    subjects,
)
from yumiao.cli.extensions import add_extensions
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
store_app = typer.Typer(
    no_args_is_help=True,
    help=both("数据仓：新建、核对、整理、原件", "The store: create, verify, compact, originals"),
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
app.command("read", help=both("识别文件中的表格", "Recognise the tables of a file"))(reading.read_command)
app.command(
    "map", help=both("各列是什么口径：提出、询问、写成映射文件", "Propose and ask what columns mean")
)(mapping.map_command)
app.command("match", help=both("两张名单，谁是谁", "Who on one list is who on another"))(
    matching.match_command
)
app.command("import", help=both("导入文件，先看后算", "Import files, shown before they count"))(
    importing.import_command
)
app.command("batches", help=both("列出批次", "List the batches"))(batches.batches_command)
app.command("revert", help=both("撤销一个批次", "Take a batch back"))(batches.revert_command)
app.command("unrevert", help=both("恢复一个批次", "Let a batch count again"))(batches.unrevert_command)
app.command("facts", help=both("一家企业的全部事实与出处", "Every fact of one subject, with its source"))(
    batches.facts_command
)
app.command("conflicts", help=both("来源不一致的事实", "Facts on which sources disagree"))(
    conflicts.conflicts_command
)
app.command(
    "count", help=both("各政策如何计台账，逐行说明", "How each policy counts a register, row by row")
)(counting.count_command)
app.command("queue", help=both("待辨认的主体", "Pairs that a person must tell apart"))(queue.queue_command)
app.command("decide", help=both("辨认一对主体", "Tell a pair apart"))(queue.decide_command)
app.command("split", help=both("把误并的主体拆开", "Split a subject that is two"))(queue.split_command)
app.command("decisions", help=both("列出辨认决定", "List the decisions on who is who"))(
    queue.decisions_command
)
app.command("undo", help=both("撤回一个辨认决定", "Take a decision back"))(queue.undo_command)
app.command("ladder", help=both("梯度：持有、存量与流量", "The ladder: titles held, stock and flow"))(
    ladder.ladder_command
)
app.command("demo", help=both("用虚构的区县演示", "See it at work on an invented district"))(
    judging.demo_command
)
app.add_typer(packs_app, name="packs")
app.add_typer(store_app, name="store")
app.add_typer(codes_app, name="codes")

store_app.command("create", help=both("新建数据仓", "Create a store"))(store.create_command)
store_app.command("verify", help=both("核对全部文件与快照", "Check every file and snapshot"))(
    store.verify_command
)
store_app.command("compact", help=both("合并小批次，读得更快", "Write small batches together"))(
    store.compact_command
)
store_app.command("originals", help=both("列出原件", "List the originals"))(store.originals_command)
store_app.command("original", help=both("取出一份原件", "Write an original out"))(store.original_command)
store_app.command("destroy-expired", help=both("销毁到期原件", "Destroy originals whose term is over"))(
    store.destroy_command
)

packs_app.command("check", help=both("检查规则包", "Check packs"))(packs.check_command)
packs_app.command("test", help=both("运行示例", "Run worked examples"))(packs.run_examples_command)
packs_app.command("show", help=both("查看一项政策", "Show a policy"))(packs.show_command)
packs_app.command("list", help=both("列出全部政策", "List all policies"))(packs.list_command)
packs_app.command("schema", help=both("规则包文件的 JSON Schema", "JSON Schemas of pack files"))(
    packs.schema_command
)
codes_app.command("check", help=both("核对代码", "Check codes"))(codes.check_command)

add_extensions(app)


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
