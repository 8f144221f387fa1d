"""A run put into a folder with its reports: whole, or not at all."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yumiao.evaluate import Run
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Language, Text
from yumiao.report.lists import Lists, read_lists
from yumiao.report.page import make_page
from yumiao.report.summary import Summary, summarise
from yumiao.report.workbook import write_workbook

WORKBOOK = "report.xlsx"
PAGE = "report.html"

SHARED = 0o755
"""Others of the office may read the folder; what is made aside is closed to them."""

Tell = Callable[[Text, int, int], None]


@dataclass(frozen=True)
class Published:
    """Where a run and its reports lie, and what they say in short."""

    folder: Path
    summary: Summary
    lists: Lists

    @property
    def workbook(self) -> Path:
        return self.folder / WORKBOOK

    @property
    def page(self) -> Path:
        return self.folder / PAGE


def free_folder(folder: Path) -> Path:
    """Name a folder that is not there yet: ``run``, ``run-2``, ``run-3``, …"""
    number, free = 2, folder
    while free.exists():
        free = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return free


def check_free(folder: Path) -> None:
    """Refuse a folder that is there already.

    Raises: YumiaoError.
    """
    if folder.exists():
        raise YumiaoError(
            "run.exists",
            Text(f"{folder} 已存在，请另选文件夹。", f"{folder} exists already; choose another folder."),
        )


def newest_run(parent: Path) -> Path:
    """Return the run folder that was written last.

    Raises: YumiaoError when there is none.
    """
    runs = [path.parent for path in parent.glob("*/receipt.json") if not path.parent.name.startswith(".")]
    if not runs:
        raise YumiaoError(
            "run.none_here",
            Text(
                f"{parent.resolve()} 中没有运行结果；请先运行 yumiao evaluate，或用 --run 指明文件夹。",
                f"No run in {parent.resolve()}; run yumiao evaluate first, or name a folder with --run.",
            ),
        )
    return max(runs, key=lambda folder: ((folder / "receipt.json").stat().st_mtime_ns, folder.name))


def publish(
    run: Run,
    folder: Path,
    language: Language = "zh",
    *,
    created: dt.datetime,
    notice: Text = Text(""),
    tell: Tell | None = None,
) -> Published:
    """Write a run with workbook and page into a new folder; an interruption leaves nothing behind.

    Raises: YumiaoError when the folder exists already.
    """
    check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _tell_saving(tell)
        run.save(aside / "run")
        summary = summarise(run)
        lists = read_lists(summary, language)
        write_reports(summary, lists, aside / "run", created=created, notice=notice, tell=tell)
        (aside / "run").chmod(SHARED)
        os.replace(aside / "run", folder)  # noqa: PTH105 - atomic, and the folder was not there
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Published(folder, summary, lists)


def _tell_saving(tell: Tell | None) -> None:
    if tell is not None:
        tell(Text("保存运行结果", "saving the run"), 0, 0)


def write_reports(
    summary: Summary,
    lists: Lists,
    folder: Path,
    *,
    created: dt.datetime,
    notice: Text = Text(""),
    tell: Tell | None = None,
) -> None:
    """Write workbook and page into a folder."""
    (folder / PAGE).write_text(make_page(summary, lists, notice=notice), encoding="utf-8")
    moment = created.replace(tzinfo=None)
    write_workbook(summary, lists, folder / WORKBOOK, created=moment, notice=notice, progress=tell)
