"""How allauth keeps second factors here: secrets are encrypted with a key of the machine."""

from __future__ import annotations

import base64
import hashlib
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12
_BOUND = b"yumiao second factor"


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth's class has no types
    """Encrypts secrets of second factors; whoever takes the database alone cannot make codes."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), _BOUND)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a kept secret. Raises: InvalidTag where the machine's key is another one."""
        raw = base64.b64decode(encrypted_text)
        return _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], _BOUND).decode()


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(settings.YUMIAO_FACTOR_KEY.encode()).digest())
