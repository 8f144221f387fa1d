"""``yumiao import``: files into the store, shown before they count."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.judging import ask_password
from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, Session, Tell, read_date, session_of
from yumiao.cli.storing import StoreOption, WhoOption, moment, open_or_create, person, store_folder
from yumiao.model.originals import YEARS_KEPT, kept_until
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.importing.imports import ImportReport, Incoming
    from yumiao.packs.library import Library
    from yumiao.store import Store

MappingsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help=both(
            "映射文件：一个用于全部，或按文件顺序各一个；默认用上次记住的",
            "Mapping file: one for all, or one for each file in order; default: the one remembered",
        ),
    ),
]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="ID",
        help=both("来源，如 tax；默认按映射文件", "Who reports, such as tax; default: as the mapping says"),
    ),
]
OnOption = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DATE",
        help=both(
            "资料所属日期；默认按映射文件，否则今天",
            "The day the files speak of; default: as the mapping says, else today",
        ),
    ),
]
TerritoryOption = Annotated[
    str | None,
    typer.Option("--territory", metavar="CODE", help=both("全部行所属区划代码", "Division code of all rows")),
]
ImportAsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=both(
            "按此申报日期比较判定；默认今天", "Compare verdicts for this application date; default: today"
        ),
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run", help=both("只看会怎样，什么也不写", "Only show what would happen; nothing is written")
    ),
]
KeepOption = Annotated[
    str | None,
    typer.Option(
        "--keep-until",
        metavar="DATE",
        help=both(
            f"原件（加密）保存到哪天；默认{YEARS_KEPT}年；no 为不保存",
            f"Keep the encrypted original until; default: {YEARS_KEPT} years; no: not at all",
        ),
    ),
]


def import_command(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=both("要导入的文件", "Files to import"))
    ],
    store: StoreOption = None,
    mapping: MappingsOption = None,
    source: SourceOption = None,
    on: OnOption = None,
    territory: TerritoryOption = None,
    dry_run: DryRunOption = False,
    as_of: ImportAsOfOption = None,
    keep_until: KeepOption = None,
    pack: PackOption = None,
    who: WhoOption = None,
    lang: LangOption = None,
) -> None:
    """Import files into the store: all of them, or nothing."""
    from yumiao.cli.import_report import show_report
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    library = load_packs(*(pack or ()))
    today = session.now().date()
    wanted = Wanted(files, mapping or (), source, read_date(on) if on else None, territory, today)
    judged_on = read_date(as_of) if as_of else today
    name = person(who)
    kept = None if dry_run else _kept_until(keep_until, today)
    with _seen_store(session, store, name) as seen:
        incoming = _read(session, wanted, library, seen)
        target = seen if dry_run else open_or_create(session, store, name)
        with session.progress() as tell:
            report = _run(target, incoming, library, session, name, judged_on, kept, dry_run, tell)
    show_report(session, report, library)


class Wanted:
    """What is to be imported, as the caller said it."""

    def __init__(
        self,
        files: Sequence[Path],
        mappings: Sequence[Path],
        source: str | None,
        on: dt.date | None,
        territory: str | None,
        today: dt.date,
    ) -> None:
        if len(mappings) not in (0, 1, len(files)):
            raise YumiaoError(
                "import.mappings",
                Text(
                    f"有 {len(files)} 个文件、{len(mappings)} 个映射文件：应给一个用于全部，或每个文件一个。",
                    f"{len(files)} files and {len(mappings)} mapping files: give one for all, or one for each.",
                ),
            )
        self.files = files
        self.mappings = [*mappings] * len(files) if len(mappings) == 1 else [*mappings]
        self.source = source
        self.on = on
        self.territory = territory
        self.today = today


@contextmanager
def _seen_store(session: Session, store: Path | None, name: str) -> Iterator[Store]:
    """Open the store for reading; where there is none yet, an empty one that is gone afterwards.

    So that files that cannot be read leave no empty store behind.
    """
    from yumiao.store import create_store, open_store

    if store_folder(store).exists():
        yield open_store(store_folder(store))
        return
    with tempfile.TemporaryDirectory() as aside:
        yield create_store(Path(aside) / "store", at=moment(session), who=name)


def _read(session: Session, wanted: Wanted, library: Library, store: Store) -> tuple[Incoming, ...]:
    """Read every file; one that needs a password is asked for at the terminal."""
    from yumiao.importing.reading import read_incoming

    password = None
    while True:
        try:
            with session.progress() as tell:
                return read_incoming(
                    wanted.files,
                    wanted.mappings,
                    library,
                    store,
                    source=wanted.source,
                    on=wanted.on,
                    today=wanted.today,
                    territory=wanted.territory,
                    password=password,
                    tell=tell,
                )
        except YumiaoError as error:
            password = ask_password(session, error)


def _run(
    store: Store,
    incoming: Sequence[Incoming],
    library: Library,
    session: Session,
    who: str,
    as_of: dt.date,
    kept: dt.date | None,
    dry_run: bool,
    tell: Tell,
) -> ImportReport:
    from yumiao.importing.imports import commit_import, preview_import

    at = moment(session)
    if dry_run:
        return preview_import(store, incoming, library, at=at, who=who, as_of=as_of, tell=tell)
    return commit_import(
        store, incoming, library, at=at, who=who, as_of=as_of, keep_originals_until=kept, tell=tell
    )


def _kept_until(text: str | None, today: dt.date) -> dt.date | None:
    if text is None:
        return kept_until(today)
    return None if text.lower() == "no" else read_date(text)
