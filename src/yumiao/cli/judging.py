"""``evaluate`` and ``demo``: files in, a run folder with its reports out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, Session, Tell, read_date, session_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.evaluate import Run
    from yumiao.report.publishing import Published

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        help=both(
            "要判定的文件（.xlsx .xls .csv .tsv），先者优先",
            "Files to evaluate (.xlsx .xls .csv .tsv); earlier ones count first",
        ),
    ),
]
AsOfOption = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=both("申报日期，如 2026-07-15", "Application date, such as 2026-07-15"),
    ),
]
PoliciesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="ID",
        help=both(
            "只判这些政策，可重复；默认为当日施行的全部",
            "Only these policies; repeatable; default: all in force",
        ),
    ),
]
MappingOption = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help=both("映射文件（YAML）；默认按列名识别", "Mapping file (YAML); default: by the columns' labels"),
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help=both("结果文件夹；默认 run-<申报日期>", "Folder of the run; default: run-<date>"),
    ),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TIME",
        help=both("资料截至的时刻；默认现在", "Up to when facts count; default: now"),
    ),
]
SwitchOption = Annotated[
    list[str] | None,
    typer.Option(
        "--switch",
        metavar="POLICY.SWITCH=READING",
        help=both("口径开关取哪种读法，可重复", "Which reading a switch takes; repeatable"),
    ),
]


def evaluate_command(
    context: typer.Context,
    files: FilesArgument,
    as_of: AsOfOption,
    policy: PoliciesOption = None,
    pack: PackOption = None,
    mapping: MappingOption = None,
    out: OutOption = None,
    known_at: KnownAtOption = None,
    switch: SwitchOption = None,
    lang: LangOption = None,
) -> None:
    """Judge the subjects of some files by the policies in force on a date."""
    from yumiao.report.publishing import free_folder

    session = session_of(context, lang)
    date = read_date(as_of)
    with session.progress() as tell:
        run = judge_files(
            session,
            files,
            date,
            policies=policy,
            packs=pack or (),
            mapping=mapping,
            known_at=known_at,
            switches=switch or (),
            tell=tell,
        )
        published = publish_run(session, run, out or free_folder(Path(f"run-{date}")), tell)
    show_published(session, published)


def judge_files(
    session: Session,
    files: Sequence[Path],
    as_of: dt.date,
    *,
    policies: Sequence[str] | None = None,
    packs: Sequence[str] = (),
    mapping: Path | None = None,
    known_at: str | None = None,
    switches: Sequence[str] = (),
    tell: Tell,
) -> Run:
    """Read the files and judge their subjects."""
    from yumiao.evaluate import evaluate
    from yumiao.intake.facts import read_facts
    from yumiao.intake.mapping_reader import read_mapping
    from yumiao.packs.library import load_packs

    moment = known_at or session.now().isoformat(timespec="seconds")
    library = load_packs(*packs)
    facts = read_facts(
        files,
        metrics=library.metrics,
        mapping=read_mapping(mapping, library.metrics, library.tables) if mapping is not None else None,
        as_of=as_of,
        recorded_at=moment,
        batch=batch_of(files),
        progress=tell,
    )

    def tell_judging(_: str, done: int, total: int) -> None:
        tell(Text("判定", "judging"), done, total)

    return evaluate(
        library,
        facts,
        as_of=as_of,
        policies=policies,
        settings=read_switches(switches),
        known_at=moment,
        progress=tell_judging,
    )


def publish_run(session: Session, run: Run, folder: Path, tell: Tell, notice: Text = Text("")) -> Published:
    """Write the run folder with its reports."""
    from yumiao.report.publishing import publish

    return publish(run, folder, session.language, created=session.now(), notice=notice, tell=tell)


def batch_of(files: Sequence[Path]) -> str:
    """Name an intake after what its files hold."""
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            digest.update(path.read_bytes())
    return f"intake-{digest.hexdigest()[:12]}"


def read_switches(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read ``policy.switch=reading``, several times."""
    settings: dict[str, dict[str, str]] = {}
    for text in texts:
        name, equals, reading = text.partition("=")
        policy, dot, switch = name.rpartition(".")
        if not (equals and dot and policy and switch and reading):
            raise YumiaoError(
                "switch.shape",
                Text(
                    f"“{text}”应写作 政策.开关=读法，如 hnte.one_year_growth=interval。",
                    f"“{text}” should be policy.switch=reading, such as hnte.one_year_growth=interval.",
                ),
            )
        settings.setdefault(policy, {})[switch] = reading
    return settings


def show_published(session: Session, published: Published) -> None:
    """Say on the terminal what came out and where the report lies."""
    from yumiao.cli.overview import show_overview

    show_overview(session, published.summary, published.lists)
    session.print()
    session.print(session.say(f"结果在 {published.folder}", f"The run is in {published.folder}"), "bold")
    session.print(session.say(f"  工作簿 {published.workbook}", f"  workbook {published.workbook}"))
    session.print(session.say(f"  报告   {published.page}", f"  report   {published.page}"))


def demo_command(
    context: typer.Context,
    seed: Annotated[
        int, typer.Option("--seed", help=both("换一个虚构的区县", "Another invented district"))
    ] = 412,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help=both("写到哪个文件夹；默认 yumiao-demo", "Where to write; default: yumiao-demo"),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """See it at work on an invented district."""
    from yumiao.demo import AS_OF, NOTICE, write_demo
    from yumiao.report.publishing import free_folder

    session = session_of(context, lang)
    with session.progress() as tell:
        files = write_demo(out or free_folder(Path("yumiao-demo")), seed)
        run = judge_files(session, files.inputs, AS_OF, mapping=files.mapping, tell=tell)
        published = publish_run(session, run, files.folder / f"run-{AS_OF}", tell, NOTICE)
    session.print(session.words(NOTICE), "italic")
    session.print(session.say(f"文件在 {files.folder}", f"The files are in {files.folder}"))
    show_published(session, published)
