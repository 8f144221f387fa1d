"""How a code is written, read and kept."""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 16
_GROUP = 4


def mint_code() -> str:
    """Return a new code of 79 random bits in four groups: no letter in it can be taken for a digit."""
    letters = [secrets.choice(_ALPHABET) for _ in range(_LENGTH)]
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, _LENGTH, _GROUP))


def read_code(typed: str) -> str | None:
    """Return a typed code as it was given out, whatever the case, hyphens and spaces; None where it can be none."""
    letters = [each for each in typed.upper() if each.isalnum()]
    if len(letters) != _LENGTH or any(each not in _ALPHABET for each in letters):
        return None
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, _LENGTH, _GROUP))


def digest_of_code(code: str) -> str:
    """Return what is kept of a code: only this machine's key tells it again."""
    return salted_hmac("joining.code", code, algorithm="sha256").hexdigest()
