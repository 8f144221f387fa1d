"""The ways by which a message leaves the platform, and how often a person wants one used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yumiao.model.text import Text


class Channel(StrEnum):
    """One way out. Each is off unless the settings of the machine switch it on."""

    SMTP = "smtp"
    HOOK = "hook"
    CONSOLE = "console"

    @property
    def label(self) -> Text:
        return _LABELS[self]


class Frequency(StrEnum):
    """How often: each message at once, all of a day together at eight in the morning, or none."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    OFF = "off"

    @property
    def label(self) -> Text:
        return _FREQUENCIES[self]


_LABELS = {
    Channel.SMTP: Text("邮件", "Mail"),
    Channel.HOOK: Text("办公系统转发", "The office's own system"),
    Channel.CONSOLE: Text("控制台", "Console"),
}
_FREQUENCIES = {
    Frequency.AT_ONCE: Text("每条即发", "each at once"),
    Frequency.DAILY: Text("每天汇总一次", "once a day, together"),
    Frequency.OFF: Text("不发", "none"),
}

DEFAULTS = {
    Channel.SMTP: Frequency.DAILY,
    Channel.HOOK: Frequency.AT_ONCE,
    Channel.CONSOLE: Frequency.AT_ONCE,
}
"""What holds for a person who chose nothing."""


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.WAITING: Text("待发", "waiting"),
    State.SENDING: Text("正在发", "being sent"),
    State.SENT: Text("已发", "sent"),
    State.GIVEN_UP: Text("放弃", "given up"),
}

_FAULTS = {
    "recipient_refused": Text("邮件服务器不收这个收件人", "the mail server does not take this recipient"),
    "server_refused_login": Text("邮件服务器不认登录名或口令", "the mail server refused the login"),
    "server_refused": Text("邮件服务器拒收", "the mail server refused it"),
    "server_not_reached": Text("连不上邮件服务器", "the mail server was not reached"),
    "hook_not_reached": Text("连不上办公系统", "the office's own system was not reached"),
    "person_disabled": Text("收件人账号已停用", "the recipient's account is disabled"),
}


def fault_words(fault: str) -> Text:
    """Return the words for the code of a failure; empty for none."""
    answered = fault.removeprefix("hook_answered_")
    if answered != fault:
        return Text(f"办公系统答复 {answered}", f"the office's own system answered {answered}")
    return _FAULTS.get(fault, Text(fault, fault))


@dataclass(frozen=True)
class Messaging:
    """By which ways messages leave this machine; empty texts where nothing was said.

    Attributes:
        smtp_url: server of mail: ``smtp://user:password@host:587``, ``smtps://…``, ``smtp+plain://…``.
        mail_from: sender of mail.
        mail_domain: mail goes to the login of a person at this domain.
        hook_url, hook_secret: where signed messages go, and what signs them.
        console: whether `deliver` prints messages.
        address: address of the site, for links.
    """

    smtp_url: str = ""
    mail_from: str = ""
    mail_domain: str = ""
    hook_url: str = ""
    hook_secret: str = ""
    console: bool = False
    address: str = ""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return the ways out that are switched on."""
        is_on = {
            Channel.SMTP: bool(self.smtp_url and self.mail_domain),
            Channel.HOOK: bool(self.hook_url and self.hook_secret),
            Channel.CONSOLE: self.console,
        }
        return tuple(channel for channel in Channel if is_on[channel])
