"""The command that changes the key of the vault."""

from __future__ import annotations

import typer

from yumiao.cli.session import LangOption, session_of
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up


def rotate_vault_command(context: typer.Context, data: DataOption = None, lang: LangOption = None) -> None:
    """Seal contacts, notes and keys of attachments with a new key, and destroy the former ones."""
    set_up(data)
    from yumiao.district.journal.services import CONSOLE
    from yumiao.district.vault.services import rotate

    require_prepared()
    session = session_of(context, lang)
    name, count = rotate(now=session.now(), by=CONSOLE)
    session.print(
        session.say(
            f"已换用密钥 {name}，重新加密 {count:,} 项。请马上备份密钥：丢了密钥，联系人、记录和附件谁也读不出来。",
            f"The key is {name} now; {count:,} values were sealed anew. Back up the keys at once: whoever loses the "
            "key loses contacts, notes and attachments for ever.",
        )
    )
