"""The one place that reads the environment of the process.

| variable | meaning | default |
| --- | --- | --- |
| ``YUMIAO_DATA`` | folder of what the platform keeps: database, secret key, judged facts | ``yumiao-data`` |
| ``YUMIAO_STORE`` | folder of the store of facts | ``store`` inside the data folder |
| ``DATABASE_URL`` | ``postgresql://user:password@host:port/name`` | SQLite in the data folder |
| ``YUMIAO_PACKS`` | folders of further packs, with the system's separator of paths | the shipped ones alone |
| ``YUMIAO_HOSTS`` | names under which the site is reached, with commas | ``localhost,127.0.0.1,[::1]`` |
| ``YUMIAO_ORG`` | name of the office, shown on every page | empty |
| ``YUMIAO_MFA`` | second factor: ``required`` (of staff), ``optional``, ``off`` | ``required`` with HTTPS |
| ``YUMIAO_METRICS_TOKEN_FILE`` | file with what monitoring sends to read ``/metrics`` | this machine only |
| ``YUMIAO_SESSIONS`` | so many open sessions of one person | ``3`` |
| ``YUMIAO_PLAIN_HTTP`` | ``1``: without encryption, on this machine only; cookies then lack the Secure mark | ``0`` |

What sends messages elsewhere stands in `messaging`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yumiao.config.messaging import read_messaging
from yumiao.district.entering.policy import SecondFactor
from yumiao.district.messages.channels import Messaging
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_SESSIONS, MOST_SESSIONS = 3, 50
LEAST_METRICS_TOKEN = 24


@dataclass(frozen=True)
class Environment:
    """What the process was told.

    Attributes:
        data: folder of what the platform keeps; absolute.
        store: folder of the store of facts; absolute.
        packs: folders of packs beside those that ship; absolute.
        database_url: empty for SQLite in the data folder.
        hosts: names under which the site is reached.
        organisation: name of the office; may be empty.
        is_encrypted: whether people reach the site by HTTPS.
        messaging: by which ways messages leave the platform.
        second_factor: who needs one.
        sessions_each: how many sessions of one person may be open.
        metrics_token: what monitoring has to send; empty: only this machine itself may read.
    """

    data: Path
    store: Path
    database_url: str
    hosts: tuple[str, ...]
    organisation: str
    is_encrypted: bool
    messaging: Messaging = field(default_factory=Messaging)
    second_factor: SecondFactor = SecondFactor.REQUIRED
    sessions_each: int = DEFAULT_SESSIONS
    metrics_token: str = field(default="", repr=False)
    packs: tuple[Path, ...] = ()


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read the settings that a machine may change; each has a default that runs."""
    data = Path(variables.get("YUMIAO_DATA") or "yumiao-data").absolute()
    hosts = tuple(part.strip() for part in variables.get("YUMIAO_HOSTS", "").split(",") if part.strip())
    return Environment(
        data=data,
        store=Path(variables.get("YUMIAO_STORE") or data / "store").absolute(),
        database_url=variables.get("DATABASE_URL", ""),
        hosts=hosts or LOOPBACK,
        organisation=variables.get("YUMIAO_ORG", ""),
        is_encrypted=variables.get("YUMIAO_PLAIN_HTTP", "0") != "1",
        messaging=read_messaging(variables),
        second_factor=_read_second_factor(variables),
        sessions_each=_read_sessions(variables),
        metrics_token=_read_metrics_token(variables),
        packs=tuple(
            Path(part).absolute() for part in variables.get("YUMIAO_PACKS", "").split(os.pathsep) if part
        ),
    )


def _read_second_factor(variables: Mapping[str, str]) -> SecondFactor:
    """Read who needs a second factor; none at all is for a machine that only itself can reach."""
    is_local = variables.get("YUMIAO_PLAIN_HTTP", "0") == "1"
    usual = SecondFactor.OPTIONAL if is_local else SecondFactor.REQUIRED
    text = variables.get("YUMIAO_MFA") or usual.value
    if text not in set(SecondFactor) or (text == SecondFactor.OFF and not is_local):
        raise YumiaoError(
            "settings.mfa",
            Text(
                "YUMIAO_MFA 应为 required 或 optional；off 只许只监听本机、不加密的演示站点。",
                "YUMIAO_MFA has to be required or optional; off is for a demonstration that listens on this machine "
                "only, without encryption.",
            ),
        )
    return SecondFactor(text)


def _read_metrics_token(variables: Mapping[str, str]) -> str:
    path = variables.get("YUMIAO_METRICS_TOKEN_FILE", "")
    if not path:
        return ""
    try:
        token = Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        token = ""
    if len(token) < LEAST_METRICS_TOKEN:
        raise YumiaoError(
            "settings.metrics",
            Text(
                f"YUMIAO_METRICS_TOKEN_FILE {path} 应含至少 {LEAST_METRICS_TOKEN} 个字符的令牌。",
                f"YUMIAO_METRICS_TOKEN_FILE {path} has to hold a token of at least {LEAST_METRICS_TOKEN} characters.",
            ),
        )
    return token


def _read_sessions(variables: Mapping[str, str]) -> int:
    text = variables.get("YUMIAO_SESSIONS") or str(DEFAULT_SESSIONS)
    if not text.isdigit() or not 1 <= int(text) <= MOST_SESSIONS:
        raise YumiaoError(
            "settings.sessions",
            Text(
                f"YUMIAO_SESSIONS 应为 1–{MOST_SESSIONS} 的整数，现为 {text}。",
                f"YUMIAO_SESSIONS has to be a whole number from 1 to {MOST_SESSIONS}; found {text}.",
            ),
        )
    return int(text)


def current_environment() -> Environment:
    """Read the environment of this process."""
    return read_environment(os.environ)
