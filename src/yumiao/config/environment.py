"""The one place that reads the environment of the process.

| variable | meaning | default |
| --- | --- | --- |
| ``YUMIAO_DATA`` | folder of what the platform keeps: database, secret key, judged facts | ``yumiao-data`` |
| ``YUMIAO_STORE`` | folder of the store of facts | ``store`` inside the data folder |
| ``DATABASE_URL`` | ``postgresql://user:password@host:port/name`` | SQLite in the data folder |
| ``YUMIAO_HOSTS`` | names under which the site is reached, with commas | ``localhost,127.0.0.1,[::1]`` |
| ``YUMIAO_ORG`` | name of the office, shown on every page | empty |
| ``YUMIAO_PLAIN_HTTP`` | ``1``: without encryption, on this machine only; cookies then lack the Secure mark | ``0`` |

What sends messages elsewhere stands in `messaging`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yumiao.config.messaging import read_messaging
from yumiao.district.messages.channels import Messaging

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Environment:
    """What the process was told.

    Attributes:
        data: folder of what the platform keeps; absolute.
        store: folder of the store of facts; absolute.
        database_url: empty for SQLite in the data folder.
        hosts: names under which the site is reached.
        organisation: name of the office; may be empty.
        is_encrypted: whether people reach the site by HTTPS.
        messaging: by which ways messages leave the platform.
    """

    data: Path
    store: Path
    database_url: str
    hosts: tuple[str, ...]
    organisation: str
    is_encrypted: bool
    messaging: Messaging = field(default_factory=Messaging)


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
    )


def current_environment() -> Environment:
    """Read the environment of this process."""
    return read_environment(os.environ)
