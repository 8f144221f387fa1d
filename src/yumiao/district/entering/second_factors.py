"""Second factors: a code of a telephone's program (RFC 6238), or one of ten recovery codes."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.exceptions import InvalidTag
from django.contrib.sessions.models import Session
from django.db import transaction

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import active_people
from yumiao.district.accounts.services import person_stream
from yumiao.district.entering.adapter import SealedFactors
from yumiao.district.entering.models import OpenSession, UsedStep
from yumiao.district.entering.throttling import count_failure, forget_failures, is_paused
from yumiao.district.journal.services import record
from yumiao.district.messages.services import post
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

PERIOD = 30
TOLERATED = 1
"""Codes of the step before and after count too: clocks of telephones are seldom exact."""

WRONG_CODE = Text(
    "验证码不对或已用过。请输入应用里现在显示的 6 位数，或一个没用过的恢复码。",
    "The code is wrong or was used before. Type the 6 digits that the program shows now, or an unused recovery code.",
)
PAUSED = Text(
    "验证码输错次数过多，请 15 分钟后再试，或请安全管理员重置两步验证。",
    "Too many wrong codes. Try again in 15 minutes, or ask the security administrator to reset the second step.",
)


@dataclass(frozen=True)
class Offer:
    """A new secret, shown while a person sets up: as text, as address for programs, as picture (a data address)."""

    secret: str
    address: str
    picture: str


def has_second_factor(person_id: str) -> bool:
    """Say whether a person set up a second factor."""
    return bool(Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.TOTP).exists())


def codes_left(person_id: str) -> int:
    """Return how many recovery codes of a person are unused."""
    kept = Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(kept).get_unused_codes()) if kept else 0


def new_secret() -> str:
    """Return a new secret, to be kept in the session until a code proves that a telephone has it."""
    return str(generate_totp_secret())


def offer_of(secret: str, login: str, site: str) -> Offer:
    """Return a secret as a person sees it."""
    label = quote(f"{site}:{login}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': site}, quote_via=quote)}"
    svg = SealedFactors().build_totp_svg(address)
    return Offer(secret, address, "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode())


def set_up(*, person_id: str, secret: str, code: str, now: dt.datetime) -> list[str]:
    """Keep a second factor that a code proves; returns ten recovery codes, shown this once.

    Raises: YumiaoError ``factor.wrong_code``, ``factor.paused`` or ``factor.there``.
    """
    if is_paused("code", person_id, now):
        raise YumiaoError("factor.paused", PAUSED)
    step = _matching_step(secret, code, now, after=0)
    if step is None:
        count_failure("code", person_id, now)
        raise YumiaoError("factor.wrong_code", WRONG_CODE)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=person_id)
        if has_second_factor(person_id):
            told = Text("这个账号已有两步验证。", "This account has a second factor already.")
            raise YumiaoError("factor.there", told)
        TOTP.activate(person, secret)
        codes = [str(each) for each in RecoveryCodes.activate(person).generate_codes()]
        UsedStep.objects.update_or_create(person=person, defaults={"step": step})
        record(stream=person_stream(person_id), act="person.factor_set_up", actor=person_id, at=now)
    forget_failures("code", person_id)
    return codes


def check_code(*, person_id: str, code: str, now: dt.datetime) -> None:
    """Accept a code once: of the telephone, or a recovery code.

    Raises: YumiaoError ``factor.wrong_code`` or ``factor.paused``; while paused the code is not looked at.
    """
    if is_paused("code", person_id, now):
        raise YumiaoError("factor.paused", PAUSED)
    typed = code.replace(" ", "").replace("-", "")
    with transaction.atomic():
        if _accept_totp(person_id, typed, now) or _accept_recovery(person_id, typed, now):
            forget_failures("code", person_id)
            return
    _note_wrong_code(person_id, now)
    raise YumiaoError("factor.wrong_code", WRONG_CODE)


@transaction.atomic
def reset_second_factor(*, person_id: str, now: dt.datetime, by: str) -> bool:
    """Take a person's second factor away and end their sessions; returns whether there was one.

    The person sets up a new one with the next sign-in, where one is required.
    """
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise YumiaoError(
            "person.unknown", Text(f"没有账号 {person_id}。", f"There is no person {person_id}.")
        )
    there, _ = Authenticator.objects.filter(user=person).delete()
    UsedStep.objects.filter(person=person).delete()
    if there:
        keys = list(OpenSession.objects.filter(person=person).values_list("key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        OpenSession.objects.filter(person=person).delete()
        record(stream=person_stream(person_id), act="person.factor_reset", actor=by, at=now)
        post(kind="account.factor_reset", to=[person_id], arguments={"person": person_id}, now=now)
    return bool(there)


def _accept_totp(person_id: str, code: str, now: dt.datetime) -> bool:
    kept = (
        Authenticator.objects.select_for_update()
        .filter(user_id=person_id, type=Authenticator.Type.TOTP)
        .first()
    )
    if kept is None:
        return False
    try:
        secret = SealedFactors().decrypt(kept.data["secret"])
    except InvalidTag:
        raise YumiaoError(
            "factor.key",
            Text(
                "这台机器没有两步验证的密钥（恢复时未带密钥）。请安全管理员重置。",
                "This machine lacks the key of second factors (restored without keys). Ask the security "
                "administrator to reset yours.",
            ),
        ) from None
    used = UsedStep.objects.filter(person_id=person_id).values_list("step", flat=True).first() or 0
    step = _matching_step(secret, code, now, after=used)
    if step is None:
        return False
    UsedStep.objects.update_or_create(person_id=person_id, defaults={"step": step})
    return True


def _accept_recovery(person_id: str, code: str, now: dt.datetime) -> bool:
    kept = Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.RECOVERY_CODES).first()
    if kept is None or not RecoveryCodes(kept).validate_code(code):
        return False
    left = codes_left(person_id)
    payload = {"left": left}
    record(
        stream=person_stream(person_id),
        act="person.recovery_code_used",
        actor=person_id,
        at=now,
        payload=payload,
    )
    return True


@transaction.atomic
def _note_wrong_code(person_id: str, now: dt.datetime) -> None:
    begins = count_failure("code", person_id, now)
    record(stream=person_stream(person_id), act="person.code_failed", actor=person_id, at=now)
    if begins:
        guards = active_people(Role.SECURITY_ADMIN)
        post(kind="account.sign_in_paused", to=guards, arguments={"person": person_id}, now=now)


def _matching_step(secret: str, code: str, now: dt.datetime, *, after: int) -> int | None:
    """Return the time step that a code belongs to, if it is later than one; all are compared, in constant time."""
    current = int(now.timestamp()) // PERIOD
    steps = range(current - TOLERATED, current + TOLERATED + 1)
    found = [step for step in steps if _same(format_hotp_value(hotp_value(secret, step)), code)]
    return next((step for step in found if step > after), None)


def _same(expected: str, typed: str) -> bool:
    return typed.isascii() and hmac.compare_digest(expected, typed)
