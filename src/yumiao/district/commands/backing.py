"""``yumiao backup`` and ``yumiao restore``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, Session, session_of
from yumiao.cli.storing import StoreOption, moment
from yumiao.district.commands.preparing import DataOption, set_up, waiting_migrations
from yumiao.model.problems import Severity, YumiaoError
from yumiao.model.text import Text

KeysOption = Annotated[
    Path | None,
    typer.Option(
        "--keys", metavar="DIR", help=both("密钥另存的文件夹", "Folder in which the keys are kept apart")
    ),
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help=both(
            "密钥在备份内加密，密码短语在此文件", "Encrypt the keys inside; the file holds the passphrase"
        ),
    ),
]


def backup_command(
    context: typer.Context,
    into: Annotated[
        Path, typer.Argument(metavar="DIR", help=both("备份放在哪里", "Folder in which the backup is made"))
    ],
    keys: KeysOption = None,
    passphrase_file: PassphraseOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Back up tables, store, files and keys at one point, verified after writing; the site may run meanwhile."""
    set_up(data, store)
    session = session_of(context, lang)
    make_backup_now(session, into, keys, passphrase_file)


def make_backup_now(session: Session, into: Path, keys: Path | None, passphrase_file: Path | None) -> Path:
    """Make a backup of the platform that is set up, say so, and journal it; returns its folder."""
    from django.conf import settings

    from yumiao import __version__
    from yumiao.district.backups.contents import Places
    from yumiao.district.backups.key_parts import read_passphrase
    from yumiao.district.backups.making import KeysTo, make_backup
    from yumiao.district.backups.services import note_backup

    passphrase = read_passphrase(passphrase_file) if passphrase_file else ""
    places = Places(settings.YUMIAO_DATA, settings.YUMIAO_STORE, settings.DATABASES["default"])
    with session.progress() as tell:
        made = make_backup(
            places,
            into.absolute(),
            keys=KeysTo(keys.absolute() if keys else None, passphrase),
            at=moment(session),
            version=__version__,
            tell=tell,
        )
    if not waiting_migrations():
        note_backup(
            backup_id=made.manifest.id, digest=made.digest, keys=made.manifest.keys, now=session.now()
        )
    count, size = len(made.manifest.files), sum(each.bytes for each in made.manifest.files.values())
    session.print(
        session.say(
            f"备份已写好并核对：{made.folder}（{count:,} 个文件，{size / 1e6:,.1f} MB）",
            f"The backup is written and verified: {made.folder} ({count:,} files, {size / 1e6:,.1f} MB)",
        )
    )
    if made.keys:
        session.print(session.say(f"密钥另存：{made.keys}", f"Keys kept apart: {made.keys}"))
    if made.unreadable:
        session.print(
            session.say(
                "注意：没有备份密钥（--keys 或 --passphrase-file）。只凭这份备份读不出：",
                "Note: the keys were not backed up (--keys or --passphrase-file). This backup alone cannot give back:",
            ),
            "bold",
        )
        for each in made.unreadable:
            session.print(f"  · {session.words(each)}")
    return made.folder


def restore_command(
    context: typer.Context,
    backup: Annotated[
        Path, typer.Argument(metavar="BACKUP", help=both("备份文件夹", "Folder of the backup"))
    ],
    keys: KeysOption = None,
    passphrase_file: PassphraseOption = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help=both("没有密钥也恢复", "Restore without the keys"))
    ] = False,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Restore a backup into empty folders and an empty database, then verify store, journal and register."""
    from django.utils.module_loading import import_string

    from yumiao import __version__
    from yumiao.district.backups.contents import Places
    from yumiao.district.backups.key_parts import read_passphrase
    from yumiao.district.backups.restoring import KeysFrom, restore_backup

    session = session_of(context, lang)
    os.environ.update(
        {k: str(v) for k, v in {"YUMIAO_DATA": data, "YUMIAO_STORE": store}.items() if v is not None}
    )
    # Django's settings make a data folder that lacks a key; what is restored has to come first.
    environment = import_string("yumiao.config.environment.current_environment")()
    database = import_string("yumiao.config.databases.database_of")(
        environment.database_url, environment.data
    )
    passphrase = read_passphrase(passphrase_file) if passphrase_file else ""
    with session.progress() as tell:
        manifest = restore_backup(
            backup,
            Places(environment.data, environment.store, database),
            keys=KeysFrom(keys, passphrase, without_keys),
            version=__version__,
            tell=tell,
        )
    session.print(session.say(f"已恢复 {manifest.at} 的状态。", f"Restored the state of {manifest.at}."))
    set_up(environment.data, environment.store)
    _check_restored(session, manifest.id, without_keys=without_keys)


def _check_restored(session: Session, backup_id: str, *, without_keys: bool) -> None:
    """Verify store, journal and register of a restored platform; journal the restoring, end old sessions."""
    from django.conf import settings
    from django.core.management import call_command

    from yumiao.district.backups.services import note_restored

    _check_store(session, settings.YUMIAO_STORE, without_keys=without_keys)
    waiting = waiting_migrations()
    if waiting:
        session.print(
            session.say(
                f"备份来自较早的版本，数据库还差 {waiting} 步：请运行 yumiao upgrade，然后核对留痕和企业库。",
                f"The backup is of an earlier version; the database lacks {waiting} steps: run yumiao upgrade, "
                "then verify the journal and the register.",
            ),
            "bold",
        )
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    note_restored(backup_id=backup_id, now=session.now())
    _check_journal(session)
    _check_register(session)
    session.print(session.say("恢复完成，可以启动 yumiao serve。", "Restored; yumiao serve may be started."))


def _check_store(session: Session, folder: Path, *, without_keys: bool) -> None:
    from yumiao.store import open_store

    if not (folder / "store.json").exists():
        session.print(session.say("备份里没有数据仓。", "The backup holds no store."))
        return
    with session.progress() as tell:
        found = open_store(folder).verify(tell)
    keys = str(folder / "keys")
    wrong = [
        each
        for each in found.problems
        if each.severity is Severity.ERROR and not (without_keys and _is_missing_key(each.file, keys))
    ]
    if wrong:
        text = Text(
            f"恢复的数据仓有 {len(wrong)} 处损坏。", f"The restored store is damaged in {len(wrong)} places."
        )
        raise YumiaoError("restore.store", text, tuple(wrong))
    session.print(session.say("数据仓完好。", "The store is whole."))


def _is_missing_key(file: str | None, keys: str) -> bool:
    """Whether a problem is an original that cannot be opened: expected where keys were left out by intent."""
    return bool(file) and (str(file).startswith(keys) or "/originals/" in str(file))


def _check_journal(session: Session) -> None:
    from yumiao.district.journal.verifying import verify_journal

    verified = verify_journal()
    if verified.problems:
        count = len(verified.problems)
        text = Text(f"恢复的留痕有 {count} 处不对。", f"The restored journal is wrong in {count} places.")
        raise YumiaoError("restore.journal", text, verified.problems)
    session.print(
        session.say(f"留痕完好：{verified.lines:,} 行。", f"The journal is whole: {verified.lines:,} lines.")
    )


def _check_register(session: Session) -> None:
    from django.conf import settings

    from yumiao.district.registry.packs import library
    from yumiao.district.registry.selectors import projection
    from yumiao.district.registry.services import find_differences
    from yumiao.store import open_store

    if projection() is None:
        session.print(session.say("备份时还没有企业库。", "There was no register at that time."))
        return
    with session.progress() as tell:
        found = find_differences(open_store(settings.YUMIAO_STORE), library(), tell)
    if found:
        session.print(
            session.say(
                "企业库与数据仓不一致，请运行 yumiao district rebuild。",
                "The register differs from the store; run yumiao district rebuild.",
            )
        )
        raise typer.Exit(1)
    session.print(session.say("企业库与数据仓一致。", "The register says what the store says."))
