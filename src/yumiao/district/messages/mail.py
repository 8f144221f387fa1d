"""Parcels as mail, by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from yumiao.district.messages.channels import Messaging
from yumiao.district.messages.parcels import Parcel, SendingFailedError

SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def letter_of(parcel: Parcel, messaging: Messaging) -> EmailMessage:
    """Return a parcel as a letter to the person's login at the mail domain."""
    letter = EmailMessage()
    letter["From"] = messaging.mail_from
    letter["To"] = f"{parcel.login}@{messaging.mail_domain}"
    letter["Subject"] = parcel.subject()
    letter["Message-ID"] = f"<{parcel.id}@{messaging.mail_domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(parcel.body(messaging.address))
    return letter


def send_mail(parcel: Parcel, messaging: Messaging) -> None:
    """Hand a parcel to the mail server; encrypted unless the server is on this machine and said to be plain.

    Raises: SendingFailedError where the server is not reached or does not take it.
    """
    try:
        with _connected(messaging.smtp_url) as server:
            server.send_message(letter_of(parcel, messaging))
    except smtplib.SMTPRecipientsRefused as error:
        raise SendingFailedError("recipient_refused") from error
    except smtplib.SMTPAuthenticationError as error:
        raise SendingFailedError("server_refused_login") from error
    except smtplib.SMTPException as error:
        raise SendingFailedError("server_refused") from error
    except OSError as error:
        raise SendingFailedError("server_not_reached") from error


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if parts.scheme == "smtp":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
