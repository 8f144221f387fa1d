"""What commands on a store share: where it lies, who writes, when."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import Session
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.store import State, Store

DEFAULT_STORE = "yumiao-store"
STORE_VARIABLE = "YUMIAO_STORE"

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="DIR",
        help=both(
            f"数据仓文件夹；默认环境变量 {STORE_VARIABLE}，否则 {DEFAULT_STORE}",
            f"Folder of the store; default: {STORE_VARIABLE}, else {DEFAULT_STORE}",
        ),
    ),
]
WhyOption = Annotated[
    str, typer.Option("--why", metavar="TEXT", help=both("理由，记入留痕", "Why; it is recorded"))
]
WhoOption = Annotated[
    str | None,
    typer.Option(
        "--who", metavar="NAME", help=both("经办人；默认登录名", "Who does it; default: the login name")
    ),
]
StoreKnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TIME",
        help=both(
            "按那一刻所知（ISO 8601，带时区）；默认现在",
            "As known at that moment (ISO 8601 with offset); default: now",
        ),
    ),
]


def store_folder(store: Path | None) -> Path:
    """Return where the store lies: as told, as the environment says, or the default."""
    return store or Path(os.environ.get(STORE_VARIABLE) or DEFAULT_STORE)


def open_chosen(store: Path | None) -> Store:
    """Open the store that is meant. Raises: YumiaoError when there is none."""
    from yumiao.store import open_store

    return open_store(store_folder(store))


def open_or_create(session: Session, store: Path | None, who: str) -> Store:
    """Open the store that is meant; where nothing is yet, create it and say so."""
    from yumiao.store import create_store, open_store

    folder = store_folder(store)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return open_store(folder)
    created = create_store(folder, at=moment(session), who=who)
    session.print(session.words(Text(f"新建数据仓 {folder}", f"Created the store {folder}")))
    return created


def moment(session: Session) -> str:
    """Return the moment of recording, to the microsecond: two writings are never of one moment."""
    return session.now().isoformat(timespec="microseconds")


def person(who: str | None) -> str:
    """Return who writes."""
    return who or getpass.getuser()


def whole_batch(state: State, wanted: str) -> str:
    """Return the id of the batch that the beginning of an id means.

    Raises: YumiaoError when it means none or several.
    """
    ids = [each.manifest.id for each in state.all_batches]
    found = [each for each in ids if each == wanted] or [each for each in ids if each.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        return state.batch(wanted).manifest.id
    listed = ", ".join(found[:5])
    raise YumiaoError(
        "store.several_batches",
        Text(f"“{wanted}”可指多个批次：{listed}", f"“{wanted}” may mean several batches: {listed}"),
    )
