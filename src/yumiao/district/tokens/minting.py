"""How a token is written: ``yum_<id>_<secret>``, and how its secret is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_PREFIX = "yum"


@dataclass(frozen=True)
class Minted:
    """A token taken apart; the id may be shown, the secret (160 random bits) is shown once."""

    id: str
    secret: str

    @property
    def written(self) -> str:
        return f"{_PREFIX}_{self.id}_{self.secret}"


def mint_token() -> Minted:
    """Return a new token."""
    return Minted("t" + _random(11), _random(32))


def read_token(written: str) -> Minted | None:
    """Take a token apart; None for anything that was never one."""
    parts = written.split("_")
    if len(parts) != 3 or parts[0] != _PREFIX or not all(part.isascii() and part.isalnum() for part in parts):
        return None
    return Minted(parts[1], parts[2])


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It is random and long, so that a plain hash cannot be reversed by trying."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
