"""``evaluate`` and ``demo``: files in, a run folder with its reports out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, Session, Tell, read_date, session_of
from yumiao.cli.storing import StoreOption, open_chosen
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.evaluate import Run
    from yumiao.model.facts import Facts
    from yumiao.packs.library import Library
    from yumiao.report.publishing import Published

PASSWORD_ERRORS = ("password_needed", "password_wrong")

FilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE…]",
        help=both(
            "要判定的文件（.xlsx .xls .csv .tsv .html），先者优先；不写则判数据仓（--store）",
            "Files to evaluate (.xlsx .xls .csv .tsv .html); earlier ones count first; none: the store (--store)",
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
    as_of: AsOfOption,
    files: FilesArgument = None,
    store: StoreOption = None,
    policy: PoliciesOption = None,
    pack: PackOption = None,
    mapping: MappingOption = None,
    out: OutOption = None,
    known_at: KnownAtOption = None,
    switch: SwitchOption = None,
    lang: LangOption = None,
) -> None:
    """Judge the subjects of some files, or of a store, by the policies in force on a date."""
    from yumiao.report.publishing import check_free, free_folder

    if files and store is not None:
        text = Text("文件和 --store 只能用其一。", "Name files or --store, not both.")
        raise YumiaoError("evaluate.files_and_store", text)

    session = session_of(context, lang)
    date = read_date(as_of)
    folder = out or free_folder(Path(f"run-{date}"))
    check_free(folder)
    request = Request(files or (), date, policy, pack or (), mapping, known_at, switch or (), store)
    show_published(session, judge_and_publish(session, request, folder))


@dataclass(frozen=True)
class Request:
    """What is to be judged by what, as the caller said it; without files it is what a store knows."""

    files: Sequence[Path]
    as_of: dt.date
    policies: Sequence[str] | None = None
    packs: Sequence[str] = ()
    mapping: Path | None = None
    known_at: str | None = None
    switches: Sequence[str] = ()
    store: Path | None = None


def judge_and_publish(session: Session, request: Request, folder: Path, notice: Text = Text("")) -> Published:
    """Judge and write the run folder; a file that needs a password is asked for at the terminal."""
    password = None
    while True:
        try:
            with session.progress() as tell:
                run = judge_files(session, request, tell, password)
                return publish_run(session, run, folder, tell, notice)
        except YumiaoError as error:
            password = ask_password(session, error)


def ask_password(session: Session, error: YumiaoError) -> str:
    """Ask for the password that a file needs; any other error, or one where nobody can answer, goes on."""
    if error.code not in PASSWORD_ERRORS or not session.err.is_terminal:
        raise error
    return str(typer.prompt(session.words(error.text), hide_input=True, err=True))


def judge_files(session: Session, request: Request, tell: Tell, password: str | None = None) -> Run:
    """Read the files, or the store, and judge their subjects."""
    from yumiao.evaluate import evaluate
    from yumiao.packs.library import load_packs

    moment = request.known_at or session.now().isoformat(timespec="microseconds")
    library = load_packs(*request.packs)
    if request.files:
        facts = _facts_of_files(request, library, moment, tell, password)
    else:
        tell(Text("读取数据仓", "reading the store"), 0, 0)
        facts = _facts_of_store(request, library)

    def tell_judging(_: str, done: int, total: int) -> None:
        tell(Text("判定", "judging"), done, total)

    return evaluate(
        library,
        facts,
        as_of=request.as_of,
        policies=request.policies,
        settings=read_switches(request.switches),
        known_at=moment,
        progress=tell_judging,
    )


def _facts_of_files(
    request: Request, library: Library, moment: str, tell: Tell, password: str | None
) -> Facts:
    from yumiao.intake.facts import read_facts
    from yumiao.intake.mapping_reader import read_mapping

    mapping = None
    if request.mapping is not None:
        mapping = read_mapping(request.mapping, library.metrics, library.tables, library.registers)
    return read_facts(
        request.files,
        metrics=library.metrics,
        mapping=mapping,
        as_of=request.as_of,
        recorded_at=moment,
        batch=batch_of(request.files),
        progress=tell,
        password=password,
    )


def _facts_of_store(request: Request, library: Library) -> Facts:
    from yumiao.ladder.known import known_facts

    state = open_chosen(request.store).state(request.known_at)
    if not state.batches:
        text = Text(
            "数据仓还没有批次：先用 yumiao import 导入文件，或直接写要判定的文件。",
            "The store has no batches yet: import files with yumiao import, or name files to evaluate.",
        )
        raise YumiaoError("store.empty", text)
    return known_facts(state, library, request.as_of)


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
    files = write_demo(out or free_folder(Path("yumiao-demo")), seed)
    request = Request(files.inputs, AS_OF, mapping=files.mapping)
    published = judge_and_publish(session, request, files.folder / f"run-{AS_OF}", NOTICE)
    session.print(session.words(NOTICE), "italic")
    session.print(session.say(f"文件在 {files.folder}", f"The files are in {files.folder}"))
    show_published(session, published)
