"""Parcels as signed JSON, by HTTP, to a system of the office that shows them in its own way.

The receiver checks ``X-Yumiao-Signature``: ``sha256=`` and the HMAC-SHA256, by the shared secret, of the moment in
``X-Yumiao-Time`` (seconds), a full stop, and the body; and refuses moments that are minutes away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection  # noqa: TID251 - what this module is for
from urllib.parse import urlsplit

from yumiao.district.messages.channels import Messaging
from yumiao.district.messages.parcels import Parcel, SendingFailedError
from yumiao.district.personal import canonical_json

SECONDS = 10


def body_of(parcel: Parcel) -> bytes:
    """Return a parcel as JSON: its id, the person's opaque id, the messages."""
    messages = [
        {
            "id": item.id,
            "kind": item.kind,
            "arguments": json.loads(item.arguments),
            "text": {"zh": item.text.zh, "en": item.text.en},
            "address": item.address,
            "created_at": item.created_at.isoformat(),
        }
        for item in parcel.items
    ]
    return canonical_json({"id": parcel.id, "person": parcel.person, "messages": messages}).encode()


def signature_of(body: bytes, moment: str, secret: str) -> str:
    """Return the signature of a body sent at a moment."""
    digest = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def send_to_hook(parcel: Parcel, messaging: Messaging, now: dt.datetime) -> None:
    """Post a parcel; only an answer of the 200s takes it over, and no redirection is followed.

    Raises: SendingFailedError.
    """
    body, moment = body_of(parcel), str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Yumiao-Id": parcel.id,
        "X-Yumiao-Time": moment,
        "X-Yumiao-Signature": signature_of(body, moment, messaging.hook_secret),
    }
    parts = urlsplit(messaging.hook_url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = (
        HTTPSConnection(
            parts.hostname or "", parts.port, timeout=SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    )
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise SendingFailedError("hook_not_reached") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise SendingFailedError(f"hook_answered_{status}")
