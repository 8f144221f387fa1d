"""A demo district in a folder: kept while it fits what is wanted, else built aside and put in its place whole."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from yumiao.cli.session import Session
from yumiao.district.commands.demo_running import demo_environment
from yumiao.district.commands.preparing import set_up
from yumiao.district.demo.stated import Demo, read_demo
from yumiao.district.demo.wish import Wish, fits, require_replaceable


def is_kept(folder: Path, wish: Wish, today: dt.date) -> bool:
    """Whether the folder holds what is wanted already.

    Raises: YumiaoError where it holds something that is no demo district.
    """
    require_replaceable(folder)
    demo = read_demo(folder)
    return demo is not None and fits(demo, wish, today)


def build_into(session: Session, folder: Path, wish: Wish) -> Demo:
    """Build a district beside the folder and put it in its place; interrupted, the former one stays.

    Raises: YumiaoError where the folder holds something else, or something cannot be imported.
    """
    require_replaceable(folder)
    now = session.now()
    aside = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    _build(session, aside, wish, now)
    if folder.exists():
        shutil.rmtree(folder)
    aside.rename(folder)
    built = read_demo(folder)
    assert built is not None  # noqa: S101 - it was written just now
    return built


def _build(session: Session, aside: Path, wish: Wish, now: dt.datetime) -> None:
    environment = demo_environment(os.environ, aside)
    os.environ.clear()
    os.environ.update(environment)
    set_up(None)
    from django.core.management import call_command
    from django.db import connections

    from yumiao.district.demo.building import build_demo
    from yumiao.district.registry.packs import library

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    as_of = wish.as_of or now.date()
    with session.progress() as tell:
        build_demo(aside, library(), seed=wish.seed, size=wish.size, as_of=as_of, now=now, tell=tell)
    connections.close_all()
