"""``yumiao upgrade``: check, backup, migrations, what changes, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, Session, session_of
from yumiao.cli.storing import StoreOption
from yumiao.district.commands.backing import KeysOption, PassphraseOption, make_backup_now
from yumiao.district.commands.preparing import DataOption, set_up
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.district.operations.outcome_changes import Change, Former
    from yumiao.district.operations.upgrading import Plan

WAITING = 3
"""What ``--check`` leaves with where an upgrade waits."""

LISTED = 20


def upgrade_command(
    context: typer.Context,
    backup: Annotated[
        Path | None,
        typer.Option("--backup", metavar="DIR", help=both("先备份到这里", "Where the backup before it goes")),
    ] = None,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help=both("不备份就升级", "Upgrade without a backup"))
    ] = False,
    keys: KeysOption = None,
    passphrase_file: PassphraseOption = None,
    check: Annotated[
        bool, typer.Option("--check", help=both("只检查，不改动", "Only say what would be done"))
    ] = False,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", metavar="FILE", help=both("结论变化写到这里", "Where changed outcomes go")),
    ] = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Bring a data folder to this version; refuses while the site or a worker runs."""
    set_up(data, store)
    from django.conf import settings

    from yumiao import __version__
    from yumiao.district.operations.running import upgrading
    from yumiao.district.operations.upgrading import plan_upgrade

    session = session_of(context, lang)
    if not check and backup is None and not no_backup:
        raise YumiaoError(
            "upgrade.backup",
            Text(
                "请用 --backup DIR 指明备份放在哪里；确实不要备份，写明 --no-backup。",
                "Say with --backup DIR where the backup before the upgrade goes; or --no-backup if you want none.",
            ),
        )
    with upgrading(settings.YUMIAO_DATA):
        _require_silent(session)
        plan = plan_upgrade(__version__)
        _show_plan(session, plan)
        _check_places(backup)
        if check:
            raise typer.Exit(WAITING if plan.is_waiting else 0)
        kept = _back_up(session, backup, keys, passphrase_file)
        try:
            _upgrade(session, plan, kept, changes)
        except BaseException:
            _show_way_back(session, plan, kept)
            raise
        _show_way_back(session, plan, kept)


def _require_silent(session: Session) -> None:
    """Refuse while a process on another machine works with the same tables."""
    from django.db import connection

    from yumiao.district.operations.beating import alive

    if "operations_heartbeat" not in connection.introspection.table_names():
        return
    found = alive(session.now())
    if found:
        raise YumiaoError(
            "upgrade.running",
            Text(
                f"还有 {len(found)} 个进程刚发出存活信号（{found[0].kind}），可能在别的机器上。请停止后等 30 秒。",
                f"{len(found)} processes ({found[0].kind}) gave a sign of life just now, perhaps on another machine. "
                "Stop them and wait 30 seconds.",
            ),
        )


def _show_plan(session: Session, plan: Plan) -> None:
    before = plan.version_before or session.say("未记录", "not recorded")
    session.print(session.say(f"版本：{before} → {plan.version}", f"Version: {before} → {plan.version}"))
    count = len(plan.migrations)
    session.print(session.say(f"数据库还差 {count} 步。", f"The database lacks {count} steps."))
    for name in plan.migrations[:LISTED]:
        session.print(f"  · {name}")


def _check_places(backup: Path | None) -> None:
    """The store has to be of a format that this program reads, and the disks need room."""
    from django.conf import settings

    from yumiao.district.operations.upgrading import require_space, size_of
    from yumiao.store import open_store

    data, store = settings.YUMIAO_DATA, settings.YUMIAO_STORE
    if (store / "store.json").exists():
        open_store(store).state()
    tables = data / "yumiao.sqlite3"
    sizes = {data: 2 * (tables.stat().st_size if tables.exists() else 0)}
    if backup is not None:
        apart = 0 if store.is_relative_to(data) else size_of(store)
        sizes[backup.absolute()] = size_of(data) + apart
    require_space(sizes)


def _back_up(
    session: Session, backup: Path | None, keys: Path | None, passphrase: Path | None
) -> Path | None:
    if backup is None:
        session.print(
            session.say("按要求不备份：升级后没有退路。", "No backup, as told: there is no way back."), "bold"
        )
        return None
    return make_backup_now(session, backup, keys, passphrase)


def _upgrade(session: Session, plan: Plan, kept: Path | None, path: Path | None) -> None:
    from django.core.management import call_command

    from yumiao.district.operations.outcome_changes import read_former
    from yumiao.district.operations.upgrading import note_upgrade

    former = read_former()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    session.print(session.say("数据库已是本版本。", "The database is of this version."))
    found = [] if former is None else _compare(session, former, path)
    note_upgrade(
        plan,
        changed=sum(each.is_outcome for each in found),
        backup=kept.name if kept else "",
        now=session.now(),
    )


def _compare(session: Session, former: Former, path: Path | None) -> list[Change]:
    """Judge the same facts anew, say what differs, and build the register of this version."""
    from django.conf import settings

    from yumiao.district.operations.outcome_changes import find_changes, judge_again, write_changes
    from yumiao.district.registry.packs import library
    from yumiao.district.registry.services import rebuild
    from yumiao.store import open_store

    store = open_store(settings.YUMIAO_STORE)
    with session.progress() as tell:
        found = find_changes(former.outcomes, judge_again(former, store, library(), tell))
        stamp = session.now().strftime("%Y%m%d%H%M%S")
        target = path or settings.YUMIAO_DATA / "upgrades" / f"{stamp}.csv"
        write_changes(found, target)
        _show_changes(session, found, target)
        rebuild(store, library(), as_of=former.as_of, data=settings.YUMIAO_DATA, now=session.now(), tell=tell)
    return found


def _show_changes(session: Session, found: list[Change], path: Path) -> None:
    from yumiao.district.operations.outcome_changes import count_changes

    counted = count_changes(found)
    total = sum(row[-1] for row in counted)
    if not total:
        session.print(session.say("没有结论因升级而变。", "The upgrade changes no outcome."))
    else:
        session.print(
            session.say(f"{total:,} 个结论因升级而变：", f"The upgrade changes {total:,} outcomes:"), "bold"
        )
        for family, before, after, count in counted:
            none = session.say("无", "none")
            session.print(f"  · {family}: {before or none} → {after or none}  {count:,}")
    session.print(session.say(f"逐条列在 {path}", f"Listed one by one in {path}"))


def _show_way_back(session: Session, plan: Plan, kept: Path | None) -> None:
    if kept is None:
        return
    before = plan.version_before or session.say("升级前的版本", "the version before")
    session.print(
        session.say(
            f"退回的办法：装回 {before}，再 yumiao restore {kept} --data 空文件夹（另加 --keys 等）",
            f"The way back: install {before} again, then yumiao restore {kept} --data EMPTY-FOLDER "
            "(with --keys or --passphrase-file)",
        )
    )
