"""``yumiao district flush``: accepted facts into the store, and whom they concern judged again."""

from __future__ import annotations

import typer

from yumiao.cli.session import LangOption, session_of
from yumiao.cli.storing import StoreOption
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up


def flush_command(
    context: typer.Context, data: DataOption = None, store: StoreOption = None, lang: LangOption = None
) -> None:
    """Carry what waits into one batch of the store; what a dead process began is finished first."""
    set_up(data, store)
    from pathlib import Path

    from django.conf import settings

    from yumiao.district.journal.services import CONSOLE
    from yumiao.district.proposals.flushing import flush_outbox
    from yumiao.district.proposals.flushing_jobs import bring_up_to_date
    from yumiao.store import open_store

    require_prepared()
    session = session_of(context, lang)
    now = session.now()
    flushed = flush_outbox(open_store(Path(settings.YUMIAO_STORE)), now=now)
    bring_up_to_date(now, by=CONSOLE)
    session.print(
        session.say(
            f"入库 {flushed.facts:,} 项事实，涉及 {len(flushed.subjects):,} 家企业。",
            f"Carried {flushed.facts:,} facts of {len(flushed.subjects):,} firms into the store.",
        )
    )
