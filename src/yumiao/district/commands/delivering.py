"""``yumiao district deliver``: what waits in the outbox goes out."""

from __future__ import annotations

import typer

from yumiao.cli.session import LangOption, session_of
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up


def deliver_command(context: typer.Context, data: DataOption = None, lang: LangOption = None) -> None:
    """Send what is due by the ways that are switched on; failures wait and are tried again by a later call."""
    set_up(data)
    from django.conf import settings

    from yumiao.district.messages.delivering import deliver, senders_of

    require_prepared()
    session = session_of(context, lang)
    now = session.now()
    senders = senders_of(settings.YUMIAO_MESSAGING, now, session.print)
    if not senders:
        session.print(
            session.say(
                "没有启用任何发送方式，消息只在平台内显示。",
                "No way out is switched on; messages are shown in the platform only.",
            )
        )
        return
    done = deliver(now=now, senders=senders)
    session.print(
        session.say(
            f"已发 {done.sent:,}，待重试 {done.failed:,}，放弃 {done.given_up:,}。",
            f"Sent {done.sent:,}, to be tried again {done.failed:,}, given up {done.given_up:,}.",
        )
    )
