"""Passwords: changed by their person, or set anew with a one-time code that an administrator hands over."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.services import password_problems, person_stream
from yumiao.district.entering.models import PasswordCode
from yumiao.district.entering.open_sessions import end_sessions
from yumiao.district.entering.throttling import count_failure, forget_failures, is_paused
from yumiao.district.journal.services import record
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

CODE_LIVES = dt.timedelta(hours=24)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _EACH = 4, 4

_WRONG = Text(
    "登录名或一次性码不对，或码已用过、已过期。请向管理员要新的。",
    "Login or code are wrong, or the code was used or has expired. Ask the administrator for a new one.",
)
_PAUSED = Text("尝试次数过多，请 15 分钟后再试。", "Too many tries. Try again in 15 minutes.")
_REFUSED = Text("口令没有改，请按下列各项修改。", "The password was not changed; correct this:")


@dataclass(frozen=True)
class IssuedCode:
    """A one-time code, shown this once."""

    written: str
    expires_at: dt.datetime


@transaction.atomic
def issue_code(*, person_id: str, now: dt.datetime, by: str) -> IssuedCode:
    """Issue a code by which a person sets a password; earlier codes end, and so do the person's sessions.

    Raises: YumiaoError (``person.unknown``).
    """
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise YumiaoError(
            "person.unknown", Text(f"没有账号 {person_id}。", f"There is no person {person_id}.")
        )
    written = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_EACH)) for _ in range(_GROUPS))
    PasswordCode.objects.filter(person=person, used_at=None).update(used_at=now)
    PasswordCode.objects.create(
        person=person, digest=_digest(written), created_at=now, expires_at=now + CODE_LIVES
    )
    person.set_unusable_password()
    person.save(update_fields=["password"])
    end_sessions(person_id=person_id, now=now, by=by)
    record(stream=person_stream(person_id), act="person.code_issued", actor=by, at=now)
    return IssuedCode(written, now + CODE_LIVES)


def use_code(*, login: str, code: str, password: str, now: dt.datetime) -> Person:
    """Set a password with a one-time code.

    Raises: YumiaoError ``password.code``, ``password.paused`` or ``password.refused`` (the code stays good then).
    """
    if is_paused("password-code", login.lower(), now):
        raise YumiaoError("password.paused", _PAUSED)
    with transaction.atomic():
        found = (
            PasswordCode.objects.select_for_update()
            .select_related("person")
            .filter(person__login=login, person__is_active=True, used_at=None, expires_at__gt=now)
            .filter(digest=_digest(code))
            .first()
        )
        if found is not None:
            _require_good(password, found.person)
            found.used_at = now
            found.save(update_fields=["used_at"])
            _set(found.person, password, now)
    if found is None:
        count_failure("password-code", login.lower(), now)
        raise YumiaoError("password.code", _WRONG)
    forget_failures("password-code", login.lower())
    return found.person


def change_password(*, person_id: str, former: str, password: str, this: str, now: dt.datetime) -> None:
    """Change one's own password; every other session of the person ends.

    Args:
        this: key of the session that stays.
    Raises: YumiaoError ``password.former``, ``password.paused`` or ``password.refused``.
    """
    if is_paused("former", person_id, now):
        raise YumiaoError("password.paused", _PAUSED)
    if not Person.objects.get(id=person_id).check_password(former):
        count_failure("former", person_id, now)
        raise YumiaoError("password.former", Text("现在的口令不对。", "The present password is wrong."))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=person_id)
        _require_good(password, person)
        _set(person, password, now)
        end_sessions(person_id=person_id, but=this, now=now, by=person_id)
    forget_failures("former", person_id)


def _set(person: Person, password: str, now: dt.datetime) -> None:
    person.set_password(password)
    person.save(update_fields=["password"])
    record(stream=person_stream(person.id), act="person.password_set", actor=person.id, at=now)


def _require_good(password: str, person: Person) -> None:
    problems = password_problems(password, person)
    if problems:
        raise YumiaoError("password.refused", _REFUSED, tuple(problems))


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
