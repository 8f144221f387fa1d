"""What every command needs: the language, where to write, and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text as RichText

from yumiao.cli.language import both
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Language, Text

LISTED = 20
"""Problems of one error that are shown; the rest is counted."""

PIPED_WIDTH = 120

LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="zh|en",
        help=both("输出语言（也可用环境变量 YUMIAO_LANG）", "Language of the output (or YUMIAO_LANG)"),
    ),
]
PackOption = Annotated[
    list[str] | None,
    typer.Option(
        "--pack",
        metavar="DIR",
        help=both("另加规则包文件夹，可重复", "A folder of further rule packs; repeatable"),
    ),
]

Tell = Callable[[Text, int, int], None]


def make_console(*, stderr: bool = False) -> Console:
    """Make a console; what goes into a file or a pipe is not squeezed into 80 columns."""
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=PIPED_WIDTH)


@dataclass
class Session:
    """One call of the command line."""

    language: Language = "zh"
    out: Console = field(default_factory=make_console)
    err: Console = field(default_factory=lambda: make_console(stderr=True))

    def say(self, zh: str, en: str) -> str:
        """Return the words in the session's language."""
        return zh if self.language == "zh" else en

    def words(self, text: Text) -> str:
        return text.words(self.language)

    def print(self, text: str = "", style: str | None = None) -> None:
        """Print one text as it is: nothing in it is markup."""
        self.out.print(RichText(text), style=style or "")

    def now(self) -> dt.datetime:
        """Read the clock."""
        return dt.datetime.now().astimezone()

    @contextmanager
    def progress(self) -> Iterator[Tell]:
        """Show a bar on the error stream while a command works; yields who is to be told."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
        )
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task("", total=None)

            def tell(what: Text, done: int, total: int) -> None:
                bar.update(task, description=self.words(what), completed=done, total=total or None)

            yield tell

    def show_usage(self, message: str) -> None:
        """Say what is wrong with a call; a call without any command has been shown the help."""
        if message:
            self.err.print(RichText(message))

    def show_error(self, error: YumiaoError) -> None:
        """Show an error once: its code, its sentence, the problems behind it."""
        self.err.print(
            RichText.assemble((f"{self.words(error.text)}", "bold red"), (f"  [{error.code}]", "dim"))
        )
        self.show_problems(error.problems, LISTED)

    def show_problems(self, problems: tuple[Problem, ...], most: int) -> None:
        """List problems on the error stream, and count what is not listed."""
        for problem in problems[:most]:
            place = f"{problem.place}: " if problem.place else ""
            self.err.print(RichText(f"  {place}{self.words(problem.text)}"))
        if len(problems) > most:
            more = len(problems) - most
            self.err.print(RichText(self.say(f"  另有 {more} 处", f"  and {more} more")))


def session_of(context: typer.Context, lang: str | None) -> Session:
    """Return the session of a call; an option of the command itself goes before what the caller set."""
    session = context.find_object(Session) or Session()
    if lang is not None:
        session.language = "en" if lang.lower().startswith("en") else "zh"
    return session


def read_date(text: str) -> dt.date:
    """Read a date as the command line takes it.

    Raises: YumiaoError when it is none.
    """
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        message = Text(
            f"“{text}”不是日期，应如 2026-07-15。", f"“{text}” is no date; expected one such as 2026-07-15."
        )
        raise YumiaoError("date.shape", message) from error
