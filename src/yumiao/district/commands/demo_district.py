"""``yumiao demo-district``: an invented district built, shown in the browser, and ended with Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, Session, read_date, session_of
from yumiao.demo.bureaus import SEED, SIZE
from yumiao.district.commands.demo_building import build_into, is_kept
from yumiao.district.commands.demo_checking import fetch_pages
from yumiao.district.commands.demo_running import Running, Stopped, free_port, running
from yumiao.district.demo.stated import Demo, read_demo
from yumiao.district.demo.wish import Wish
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FolderOption = Annotated[
    Path,
    typer.Option(
        "--folder",
        metavar="DIR",
        help=both("放在哪个文件夹；合适时再用", "Where it lies; used again while it fits"),
    ),
]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, help=both("换一个虚构的区县", "Another invented district"))
]
FirmsOption = Annotated[int, typer.Option("--firms", min=1, help=both("企业数", "How many firms"))]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=both("区县的日期；默认今天", "The day of the district; default: today"),
    ),
]
FreshOption = Annotated[bool, typer.Option("--fresh", help=both("重新建", "Build it anew"))]
BuildOption = Annotated[
    bool, typer.Option("--build-only", help=both("只建不启动", "Build it and do not serve"))
]
CheckOption = Annotated[
    bool, typer.Option("--check", help=both("启动、登录取页、停止", "Start, fetch pages signed in, stop"))
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=1, max=65535, help=both("端口；默认 8000 起第一个空的", "Port; default: 8000 or next")
    ),
]


def demo_district_command(
    context: typer.Context,
    folder: FolderOption = Path("yumiao-demo"),
    seed: SeedOption = SEED,
    firms: FirmsOption = SIZE,
    as_of: AsOfOption = None,
    fresh: FreshOption = False,
    build_only: BuildOption = False,
    check: CheckOption = False,
    port: PortOption = None,
    lang: LangOption = None,
) -> None:
    """Build an invented district, or take the one that is there, and serve it on this machine until Ctrl-C."""
    session = session_of(context, lang)
    wish = Wish(seed, firms, read_date(as_of) if as_of else None)
    is_there = is_kept(folder, wish, session.now().date()) and not fresh
    if build_only:
        if not is_there:
            build_into(session, folder, wish)
        _show(session, folder, _demo(folder))
        return
    if not is_there:
        _build_apart(session, folder, wish, fresh=fresh)
    demo = _demo(folder)
    chosen = free_port(port)
    try:
        with running(folder, chosen) as site:
            site.wait_until_up()
            raise typer.Exit(_check(session, site, demo) if check else _serve(session, site, folder, demo))
    except Stopped:
        session.print(session.say("网站和后台处理都已停止。", "The site and the worker have stopped."))


def _build_apart(session: Session, folder: Path, wish: Wish, *, fresh: bool) -> None:
    """Build in a process of its own, which gives its memory back before anything is served."""
    session.print(
        session.say("正在建虚构的区县，约需一两分钟 …", "Building an invented district; a minute or two …")
    )
    call = [sys.executable, "-m", "yumiao", "demo-district", "--build-only", "--folder", str(folder)]
    call += ["--seed", str(wish.seed), "--firms", str(wish.size), "--lang", session.language]
    call += ["--as-of", wish.as_of.isoformat()] if wish.as_of else []
    call += ["--fresh"] if fresh else []
    code = subprocess.call(call, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    if code:
        raise typer.Exit(code)


def _demo(folder: Path) -> Demo:
    demo = read_demo(folder)
    if demo is None:
        raise YumiaoError(
            "demo.unfinished",
            Text(
                f"{folder} 里的演示区县不完整，请用 --fresh 重建。",
                f"{folder} is not whole; build it with --fresh.",
            ),
        )
    return demo


def _show(session: Session, folder: Path, demo: Demo) -> None:
    notice = Text(**demo.facts["notice"])
    session.print(session.words(notice), "italic")
    session.print(
        session.say(
            f"区县 {demo.as_of}：主体 {demo.facts['subjects']:,}，在 {folder}（说明见 README.md）",
            f"District of {demo.as_of}: {demo.facts['subjects']:,} subjects, in {folder} (its README.md says more)",
        )
    )
    for account in demo.accounts:
        session.print(f"  {account.login:<11} {account.password:<22} {session.words(account.label)}")


def _serve(session: Session, site: Running, folder: Path, demo: Demo) -> int:
    _show(session, folder, demo)
    session.print(f"{site.address}/", "bold")
    session.print(
        session.say(
            "账号只能在本机用。按 Ctrl-C 停止。", "The accounts work on this machine only. Ctrl-C stops."
        )
    )
    ended = site.wait_until_ended()
    session.print(
        session.say(
            f"{ended.name} 自己停了（返回 {ended.code}），另一个也已停止。",
            f"{ended.name} ended by itself (it left with {ended.code}); the other one is stopped too.",
        )
    )
    return 1


def _check(session: Session, site: Running, demo: Demo) -> int:
    pages = fetch_pages(site.address, demo)
    for page in pages:
        session.print(f"  {page.status} {page.path}{'  ' + page.wrong if page.wrong else ''}")
    wrong = [page for page in pages if page.wrong]
    ended = site.ended()
    if wrong or ended is not None:
        session.print(session.say("演示没有通过检查。", "The demo did not pass its check."), "bold red")
        return 1
    session.print(session.say(f"{len(pages)} 个页面都好。", f"All {len(pages)} pages are well."))
    return 0
