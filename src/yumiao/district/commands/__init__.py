"""The commands of the platform: ``yumiao district …``, ``serve`` and others. Django is set up when one runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import typer

from yumiao.cli.language import both
from yumiao.district.commands import (
    backing,
    briefing,
    delivering,
    demo_district,
    flushing,
    journal,
    people,
    preparing,
    register,
    serving,
    targets,
    tokens,
    units,
    upgrading,
    vault,
    working,
)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what it does in Chinese and English, and the function that reads its options."""

    name: str
    zh: str
    en: str
    function: Callable[..., None]


DISTRICT = (
    Command("prepare", "建立或升级数据库", "Create or upgrade the database", preparing.prepare_command),
    Command("create-person", "新建账号", "Create a person who can sign in", people.create_person_command),
    Command("disable-person", "停用账号", "Let a person no longer sign in", people.disable_person_command),
    Command(
        "rebuild", "由数据仓重建企业库", "Build the register anew from the store", register.rebuild_command
    ),
    Command("check", "核对企业库与数据仓", "Check the register against the store", register.check_command),
    Command(
        "targets",
        "导入目标、计划和月度数值",
        "Add targets, plans and monthly values",
        targets.targets_command,
    ),
    Command("brief", "月报（Word）", "The monthly brief as a Word document", briefing.brief_command),
    Command(
        "seal-journal", "封印留痕，可导出另存", "Seal the journal; export the seal", journal.seal_command
    ),
    Command("deliver", "发出待发消息", "Send what waits in the outbox", delivering.deliver_command),
    Command("flush", "采纳的填报入库", "Carry accepted facts into the store", flushing.flush_command),
    Command("create-token", "新建接口令牌", "Create a token for a program", tokens.create_token_command),
    Command("list-tokens", "列出接口令牌", "List the tokens", tokens.list_tokens_command),
    Command("revoke-token", "撤销接口令牌", "Let a token no longer be used", tokens.revoke_token_command),
    Command(
        "rotate-vault",
        "更换加密联系人、记录、附件的密钥",
        "Change the key of contacts, notes and files",
        vault.rotate_vault_command,
    ),
    Command("units", "systemd 单元文件", "The units of systemd", units.units_command),
)
"""``yumiao district …``"""

JOURNAL = (
    Command(
        "verify", "核对留痕有没有被改过", "Check that the journal was not changed", journal.verify_command
    ),
)
"""``yumiao journal …``"""

TOP = (
    Command(
        "demo-district",
        "虚构的区县：建好并在浏览器中看",
        "An invented district in the browser",
        demo_district.demo_district_command,
    ),
    Command("serve", "启动网站", "Serve the site", serving.serve_command),
    Command("worker", "启动后台处理", "Do what takes longer than a page", working.worker_command),
    Command(
        "backup",
        "备份：数据库、数据仓、文件、密钥",
        "Back up tables, store, files, keys",
        backing.backup_command,
    ),
    Command("restore", "把备份恢复到空机器", "Restore a backup on an empty machine", backing.restore_command),
    Command(
        "upgrade",
        "升级到本版本：检查、备份、迁移、差异",
        "Upgrade: check, back up, migrate, compare",
        upgrading.upgrade_command,
    ),
)
"""``yumiao …``"""


def add_commands(app: typer.Typer) -> None:
    """Add the platform's commands to the command line."""
    app.add_typer(
        _group("平台：数据库、账号、企业库", "The platform: database, people, register", DISTRICT),
        name="district",
    )
    app.add_typer(_group("留痕：核对", "The journal: verify", JOURNAL), name="journal")
    _add(app, TOP)


def _group(zh: str, en: str, commands: Iterable[Command]) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=both(zh, en))
    _add(group, commands)
    return group


def _add(app: typer.Typer, commands: Iterable[Command]) -> None:
    for command in commands:
        app.command(command.name, help=both(command.zh, command.en))(command.function)
