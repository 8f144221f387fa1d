"""What an identity provider signed: its signature, issuer, audience and times are checked, whoever handed it over.

allauth leaves the signature out where it fetched a token by itself; here it is always checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Signatures by a key of which the provider alone has the secret half; never ``none``, never a shared secret."""
LEEWAY = 60
"""Clocks of two machines may differ by so many seconds."""
LONGEST_NAME = 191
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class AnswerError(OAuth2Error):  # type: ignore[misc]  # allauth's class has no types
    """An answer of the provider that cannot be believed; ``why`` is one word for the journal."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_discovery(told: object, issuer: str) -> dict[str, Any]:
    """Return what a provider tells of itself, if it is the one that the settings name, by encrypted addresses.

    Raises: AnswerError ``discovery`` or ``issuer``.
    """
    if not isinstance(told, dict) or not all(isinstance(told.get(each), str) for each in _ENDPOINTS):
        raise AnswerError("discovery")
    addresses = [told[each] for each in (*_ENDPOINTS, "userinfo_endpoint") if each in told]
    if not all(isinstance(each, str) and is_safe_address(each) for each in addresses):
        raise AnswerError("discovery")
    expected = issuer.partition("/.well-known/")[0].rstrip("/")
    if not isinstance(told.get("issuer"), str) or told["issuer"].rstrip("/") != expected:
        raise AnswerError("issuer")
    return told


def is_safe_address(address: str) -> bool:
    """Say whether an address is encrypted, or of this machine itself."""
    parts = urlsplit(address)
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def check_id_token(token: object, *, keys: object, issuer: str, client: str) -> dict[str, Any]:
    """Return the claims of an id token (OpenID Connect Core, 3.1.3.7; the nonce is the caller's to compare).

    Args:
        keys: the provider's key set, as it came.
        client: the id of this site, for which the token must be meant.

    Raises: AnswerError ``signature``, ``expired``, ``issuer``, ``audience`` or ``token``.
    """
    if not isinstance(token, str):
        raise AnswerError("token")
    try:
        key = _key_of(token, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[str(key.algorithm_name)],
            issuer=issuer,
            audience=client,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise AnswerError(_reason(error)) from error
    is_shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if is_shared else client) != client:
        raise AnswerError("audience")
    if not 0 < len(claims["sub"]) <= LONGEST_NAME:
        raise AnswerError("token")
    return claims


def check_user_info(said: object, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the provider says besides, if it says it of the same person. Raises: AnswerError ``person``."""
    if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
        raise AnswerError("person")
    return said


def _key_of(token: str, keys: object) -> jwt.PyJWK:
    """Return the key that a token names, for the algorithm that the provider says the key is for."""
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise AnswerError("signature")
    header = jwt.get_unverified_header(token)
    known = [each for each in jwt.PyJWKSet.from_dict(keys).keys if each.public_key_use in (None, "sig")]
    meant = [each for each in known if each.key_id == header.get("kid")] if "kid" in header else known
    if len(meant) != 1 or meant[0].algorithm_name not in ALGORITHMS:
        raise AnswerError("signature")
    return meant[0]


def _reason(error: jwt.PyJWTError) -> str:
    if isinstance(error, jwt.ExpiredSignatureError | jwt.ImmatureSignatureError):
        return "expired"
    if isinstance(error, jwt.InvalidIssuerError):
        return "issuer"
    if isinstance(error, jwt.InvalidAudienceError):
        return "audience"
    is_signature = isinstance(error, jwt.InvalidSignatureError | jwt.InvalidAlgorithmError | jwt.PyJWKError)
    return "signature" if is_signature or isinstance(error, jwt.PyJWKSetError) else "token"
