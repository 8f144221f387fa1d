"""The commands of the platform: ``yumiao district …`` and ``yumiao serve``. Django is set up when one runs."""

from __future__ import annotations

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


def add_commands(app: typer.Typer) -> None:
    """Add the platform's commands to the command line."""
    district = typer.Typer(
        no_args_is_help=True,
        help=both("平台：数据库、账号、企业库", "The platform: database, people, register"),
    )
    district.command("prepare", help=both("建立或升级数据库", "Create or upgrade the database"))(
        preparing.prepare_command
    )
    district.command("create-person", help=both("新建账号", "Create a person who can sign in"))(
        people.create_person_command
    )
    district.command("disable-person", help=both("停用账号", "Let a person no longer sign in"))(
        people.disable_person_command
    )
    district.command("rebuild", help=both("由数据仓重建企业库", "Build the register anew from the store"))(
        register.rebuild_command
    )
    district.command("check", help=both("核对企业库与数据仓", "Check the register against the store"))(
        register.check_command
    )
    district.command(
        "targets", help=both("导入目标、计划和月度数值", "Add targets, plans and monthly values")
    )(targets.targets_command)
    district.command("brief", help=both("月报（Word）", "The monthly brief as a Word document"))(
        briefing.brief_command
    )
    district.command("seal-journal", help=both("封印留痕，可导出另存", "Seal the journal; export the seal"))(
        journal.seal_command
    )
    district.command("deliver", help=both("发出待发消息", "Send what waits in the outbox"))(
        delivering.deliver_command
    )
    district.command("flush", help=both("采纳的填报入库", "Carry accepted facts into the store"))(
        flushing.flush_command
    )
    district.command("create-token", help=both("新建接口令牌", "Create a token for a program"))(
        tokens.create_token_command
    )
    district.command("list-tokens", help=both("列出接口令牌", "List the tokens"))(tokens.list_tokens_command)
    district.command("revoke-token", help=both("撤销接口令牌", "Let a token no longer be used"))(
        tokens.revoke_token_command
    )
    district.command(
        "rotate-vault",
        help=both("更换加密联系人、记录、附件的密钥", "Change the key of contacts, notes and files"),
    )(vault.rotate_vault_command)
    app.add_typer(district, name="district")
    kept = typer.Typer(no_args_is_help=True, help=both("留痕：核对", "The journal: verify"))
    kept.command("verify", help=both("核对留痕有没有被改过", "Check that the journal was not changed"))(
        journal.verify_command
    )
    app.add_typer(kept, name="journal")
    app.command(
        "demo-district", help=both("虚构的区县：建好并在浏览器中看", "An invented district in the browser")
    )(demo_district.demo_district_command)
    app.command("serve", help=both("启动网站", "Serve the site"))(serving.serve_command)
    app.command("worker", help=both("启动后台处理", "Do what takes longer than a page"))(
        working.worker_command
    )
    app.command(
        "backup", help=both("备份：数据库、数据仓、文件、密钥", "Back up tables, store, files, keys")
    )(backing.backup_command)
    app.command("restore", help=both("把备份恢复到空机器", "Restore a backup on an empty machine"))(
        backing.restore_command
    )
    app.command(
        "upgrade",
        help=both("升级到本版本：检查、备份、迁移、差异", "Upgrade: check, back up, migrate, compare"),
    )(upgrading.upgrade_command)
    district.command("units", help=both("systemd 单元文件", "The units of systemd"))(units.units_command)
