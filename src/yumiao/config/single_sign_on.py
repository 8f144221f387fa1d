"""Signing in by the office's own identity provider (OpenID Connect); off unless the environment names one.

| variable | meaning | default |
| --- | --- | --- |
| ``YUMIAO_OIDC_ISSUER`` | address of the provider, HTTPS unless on this machine | no single sign-on |
| ``YUMIAO_OIDC_CLIENT`` | id under which the provider knows this site | |
| ``YUMIAO_OIDC_SECRET_FILE`` | file with the client's secret; or ``YUMIAO_OIDC_SECRET`` itself | |
| ``YUMIAO_OIDC_CLAIM`` | claim that holds a person's login here | ``preferred_username`` |
| ``YUMIAO_OIDC_SUBJECT_CLAIM`` | claim that holds the unified code of a person's firm; binds people of firms | none |
| ``YUMIAO_OIDC_NAME`` | what the button says | ``OIDC`` |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

PROVIDER = "office"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class SingleSignOn:
    """What the machine was told; an empty issuer: there is none. The secret is never shown."""

    issuer: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    claim: str = "preferred_username"
    name: str = "OIDC"
    subject_claim: str = ""

    @property
    def is_on(self) -> bool:
        """Whether people may come by it."""
        return bool(self.issuer)

    @property
    def applications(self) -> list[str]:
        """Django applications that it needs."""
        needed = ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
        return needed if self.is_on else []

    @property
    def providers(self) -> dict[str, Any]:
        """The provider as allauth's settings describe it."""
        app = {
            "provider_id": PROVIDER,
            "name": self.name,
            "client_id": self.client,
            "secret": self.secret,
            "settings": {"server_url": self.issuer, "oauth_pkce_enabled": True},
        }
        return {"openid_connect": {"APPS": [app]}} if self.is_on else {}


def read_single_sign_on(variables: Mapping[str, str]) -> SingleSignOn:
    """Read the provider. Raises: YumiaoError (``settings.oidc``) for one that cannot work."""
    issuer = variables.get("YUMIAO_OIDC_ISSUER", "").strip().rstrip("/")
    if not issuer:
        return SingleSignOn()
    parts = urlsplit(issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    client, secret = variables.get("YUMIAO_OIDC_CLIENT", ""), _read_secret(variables)
    if not is_safe or not parts.hostname or not client or not secret:
        raise YumiaoError(
            "settings.oidc",
            Text(
                "YUMIAO_OIDC_ISSUER 应为 https:// 网址，并同时设 YUMIAO_OIDC_CLIENT 和 YUMIAO_OIDC_SECRET_FILE。",
                "YUMIAO_OIDC_ISSUER has to be an https:// address, with YUMIAO_OIDC_CLIENT and "
                "YUMIAO_OIDC_SECRET_FILE.",
            ),
        )
    return SingleSignOn(
        issuer,
        client,
        secret,
        variables.get("YUMIAO_OIDC_CLAIM") or "preferred_username",
        variables.get("YUMIAO_OIDC_NAME") or "OIDC",
        variables.get("YUMIAO_OIDC_SUBJECT_CLAIM", ""),
    )


def current_single_sign_on() -> SingleSignOn:
    """Read the provider from the environment of this process."""
    return read_single_sign_on(os.environ)


def _read_secret(variables: Mapping[str, str]) -> str:
    path = variables.get("YUMIAO_OIDC_SECRET_FILE", "")
    if not path:
        return variables.get("YUMIAO_OIDC_SECRET", "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise YumiaoError(
            "settings.oidc",
            Text(
                f"读不了 YUMIAO_OIDC_SECRET_FILE：{path}。",
                f"YUMIAO_OIDC_SECRET_FILE cannot be read: {path}.",
            ),
        ) from error
