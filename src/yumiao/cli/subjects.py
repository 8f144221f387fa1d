"""``explain``, ``plan`` and ``questions``: one subject of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, Session, read_date, session_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    import polars as pl

    from yumiao.evaluate import Run

CANDIDATES = 20
"""Subjects listed when a text may mean several."""

SubjectArgument = Annotated[
    str,
    typer.Argument(metavar="SUBJECT", help=both("代码、名称或其中一部分", "Code or name, or a part of one")),
]
PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="ID", help=both("哪项政策，如 hnte", "Which policy, such as hnte"))
]
RunOption = Annotated[
    Path | None,
    typer.Option(
        "--run",
        metavar="DIR",
        help=both("运行结果文件夹；默认为当前目录中最新的", "Folder of a run; default: the newest here"),
    ),
]
OnOption = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DATE",
        help=both("何时申报；默认为下一个申报窗口", "When to apply; default: the next window"),
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=both("输出 JSON", "Print JSON"))]


def explain_command(
    context: typer.Context,
    subject: SubjectArgument,
    policy: PolicyOption,
    run: RunOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say why: each condition with value, limit, gap, clause and cell."""
    from yumiao.cli.answers import show_answer

    session = session_of(context, lang)
    loaded = load(run, pack)
    answer = loaded.answer(one_subject(session, loaded, subject), policy).to_json()
    if as_json:
        print_json(session, answer)
    else:
        show_answer(session, answer, labels_of(loaded, policy))


def plan_command(
    context: typer.Context,
    subject: SubjectArgument,
    policy: PolicyOption,
    on: OnOption = None,
    run: RunOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Find what would have to change, at the least, to qualify at a later date."""
    from yumiao.cli.answers import list_hindrances, list_plans, show_verdict
    from yumiao.report.plans import plan_subject

    session = session_of(context, lang)
    date = read_date(on) if on is not None else None
    loaded = load(run, pack)
    code = one_subject(session, loaded, subject)
    result = plan_subject(loaded, code, policy, date)
    answer = replace(loaded.answer(code, policy), plans=result.plans).to_json()
    if as_json:
        print_json(session, answer["plans"])
        return
    show_verdict(session, answer, labels_of(loaded, policy))
    list_plans(session, answer)
    if not result.plans:
        list_hindrances(session, result)


def questions_command(
    context: typer.Context,
    subject: SubjectArgument,
    policy: PolicyOption,
    run: RunOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the unknown facts that could still change the outcome."""
    from yumiao.cli.answers import list_questions, show_verdict

    session = session_of(context, lang)
    loaded = load(run, pack)
    answer = loaded.answer(one_subject(session, loaded, subject), policy).to_json()
    if as_json:
        print_json(session, answer["questions"])
    else:
        show_verdict(session, answer, labels_of(loaded, policy))
        list_questions(session, answer)


def print_json(session: Session, found: object) -> None:
    """Print JSON as it is, for other programs."""
    session.out.file.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def load(folder: Path | None, packs: list[str] | None) -> Run:
    """Load a run: the one named, or the newest in the current folder."""
    from yumiao.evaluate import load_run
    from yumiao.packs.library import load_packs
    from yumiao.report.publishing import newest_run

    return load_run(folder or newest_run(Path()), load_packs(*(packs or ())))


def labels_of(run: Run, policy: str) -> dict[str, Text]:
    """Return the labels of a policy's classes and routes."""
    evaluated = run.policy(policy)
    return evaluated.policy.body.class_labels() | {route.id: route.text for route in evaluated.graph.routes}


def one_subject(session: Session, run: Run, wanted: str) -> str:
    """Return the subject of a run that is meant."""
    return choose_subject(session, run.facts.table, wanted)


def choose_subject(session: Session, known: pl.DataFrame, wanted: str) -> str:
    """Return the subject that is meant; list the candidates and leave with 2 where there are several."""
    from yumiao.report.finding import find_subjects

    found = find_subjects(known, wanted)
    if found.is_empty():
        raise YumiaoError(
            "subject.unknown", Text(f"这里没有“{wanted}”。", f"No subject here is called “{wanted}”.")
        )
    if found.height > 1:
        session.err.print(
            session.say(
                f"“{wanted}”可能指 {found.height} 家，请写明代码：",
                f"“{wanted}” may mean {found.height} subjects; name the code:",
            )
        )
        for row in found.head(CANDIDATES).iter_rows(named=True):
            session.err.print(f"  {row['code'] or row['subject']}  {row['name'] or ''}", markup=False)
        raise typer.Exit(2)
    return str(found["subject"][0])
