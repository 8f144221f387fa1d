"""What the platform's commands share: the data folder, Django, the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, session_of
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

SETTINGS = "yumiao.config.settings.base"

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help=both(
            "平台数据文件夹；默认环境变量 YUMIAO_DATA，否则 yumiao-data",
            "Folder of the platform's data; default: YUMIAO_DATA, else yumiao-data",
        ),
    ),
]


def set_up(data: Path | None, store: Path | None = None) -> None:
    """Let Django start with a data folder and a store; what is not given stays as the environment says."""
    import django

    if data is not None:
        os.environ["YUMIAO_DATA"] = str(data)
    if store is not None:
        os.environ["YUMIAO_STORE"] = str(store)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()


def waiting_migrations() -> int:
    """Return how many steps the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_prepared() -> None:
    """Raise: YumiaoError (``district.unprepared``) when the database lacks tables or changes of them."""
    waiting = waiting_migrations()
    if waiting:
        raise YumiaoError(
            "district.unprepared",
            Text(
                f"数据库还差 {waiting} 步，请先运行 yumiao district prepare（同样的 --data）。",
                f"The database lacks {waiting} steps; first run yumiao district prepare (same --data).",
            ),
        )


def prepare_command(context: typer.Context, data: DataOption = None, lang: LangOption = None) -> None:
    """Create or upgrade the database, and gather the files that never change."""
    set_up(data)
    from django.conf import settings
    from django.core.management import call_command

    from yumiao import __version__
    from yumiao.district.operations.upgrading import note_installed

    session = session_of(context, lang)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    note_installed(__version__, session.now())
    folder = settings.YUMIAO_DATA
    session.print(session.say(f"已就绪：{folder}", f"Ready: {folder}"))
