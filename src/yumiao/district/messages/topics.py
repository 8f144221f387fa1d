"""What messages are about: kinds of one topic are chosen together. The topic is the first word of a kind."""

from __future__ import annotations

from collections.abc import Mapping

from yumiao.district.messages.kinds import KINDS
from yumiao.model.text import Text

_LABELS: Mapping[str, Text] = {
    "account": Text("账号与登录", "Accounts and sign-in"),
    "attachment": Text("附件", "Attachments"),
    "campaign": Text("征询", "Campaigns"),
    "firm": Text("本企业", "Your firm"),
    "import": Text("导入", "Imports"),
    "job": Text("后台任务", "Work in the background"),
    "joining": Text("企业开户", "Enterprises joining"),
    "proposal": Text("填报与更正", "Proposals"),
    "reminder": Text("差一步提醒", "Reminders of near misses"),
    "title": Text("资质到期", "Titles that end"),
}


def topic_of(kind: str) -> str:
    """Return the topic of a kind."""
    return kind.partition(".")[0]


def topics() -> dict[str, Text]:
    """Return every topic of which there are kinds, with its words; one without words is shown by its token."""
    return {
        topic: _LABELS.get(topic, Text(topic, topic)) for topic in sorted({topic_of(kind) for kind in KINDS})
    }
