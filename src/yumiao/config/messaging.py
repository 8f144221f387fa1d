"""By which ways messages leave the platform; none unless the environment names one.

| variable | meaning | default |
| --- | --- | --- |
| ``YUMIAO_SMTP_URL`` | ``smtp://user:password@host:587``, ``smtps://…``, ``smtp+plain://localhost`` | no mail |
| ``YUMIAO_MAIL_FROM`` | sender of mail | ``yumiao@`` and the mail domain |
| ``YUMIAO_MAIL_DOMAIN`` | mail goes to ``login@`` this domain, so that no address of a person is kept | no mail |
| ``YUMIAO_HOOK_URL`` | address that takes signed messages, HTTPS unless on this machine | no hook |
| ``YUMIAO_HOOK_SECRET`` | what signs them, 32 characters at least | no hook |
| ``YUMIAO_CONSOLE_MESSAGES`` | ``1``: `deliver` also prints messages | ``0`` |
| ``YUMIAO_ADDRESS`` | address of the site, for links in messages | no links |
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from yumiao.district.messages.channels import Messaging
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

LEAST_SECRET = 32
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SCHEMES = ("smtp", "smtps", "smtp+plain")


def read_messaging(variables: Mapping[str, str]) -> Messaging:
    """Read the ways out. Raises: YumiaoError (``settings.messaging``) with everything that cannot work."""
    domain = variables.get("YUMIAO_MAIL_DOMAIN", "").strip()
    found = Messaging(
        smtp_url=variables.get("YUMIAO_SMTP_URL", ""),
        mail_from=variables.get("YUMIAO_MAIL_FROM", "") or (f"yumiao@{domain}" if domain else ""),
        mail_domain=domain,
        hook_url=variables.get("YUMIAO_HOOK_URL", ""),
        hook_secret=variables.get("YUMIAO_HOOK_SECRET", ""),
        console=variables.get("YUMIAO_CONSOLE_MESSAGES", "0") == "1",
        address=variables.get("YUMIAO_ADDRESS", "").rstrip("/"),
    )
    problems = tuple(_problems(found))
    if problems:
        raise YumiaoError(
            "settings.messaging",
            Text("消息发送的设置有误。", "The settings of messages cannot work:"),
            problems,
        )
    return found


def _problems(found: Messaging) -> list[Problem]:
    checks = (
        (
            bool(found.smtp_url) != bool(found.mail_domain),
            Text(
                "YUMIAO_SMTP_URL 与 YUMIAO_MAIL_DOMAIN 要一起设。",
                "YUMIAO_SMTP_URL and YUMIAO_MAIL_DOMAIN go together.",
            ),
        ),
        (
            bool(found.smtp_url) and not _is_server(found.smtp_url),
            Text(
                "YUMIAO_SMTP_URL 应如 smtp://用户:口令@主机:587 或 smtps://…；smtp+plain:// 只许本机。",
                "YUMIAO_SMTP_URL has to look like smtp://user:password@host:587 or smtps://…; smtp+plain:// is for "
                "this machine only.",
            ),
        ),
        (
            bool(found.hook_url) and not _is_safe(found.hook_url),
            Text(
                "YUMIAO_HOOK_URL 应为 https:// 网址；http:// 只许本机。",
                "YUMIAO_HOOK_URL has to be an https:// address; http:// is for this machine only.",
            ),
        ),
        (
            bool(found.hook_url) and len(found.hook_secret) < LEAST_SECRET,
            Text(
                f"YUMIAO_HOOK_SECRET 至少 {LEAST_SECRET} 位。",
                f"YUMIAO_HOOK_SECRET needs at least {LEAST_SECRET} characters.",
            ),
        ),
    )
    return [Problem("settings.messaging", text) for is_wrong, text in checks if is_wrong]


def _is_server(url: str) -> bool:
    parts = urlsplit(url)
    is_plain = parts.scheme == "smtp+plain"
    return parts.scheme in _SCHEMES and bool(parts.hostname) and (not is_plain or parts.hostname in _LOOPBACK)


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
