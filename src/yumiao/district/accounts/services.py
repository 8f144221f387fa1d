"""What changes people: creating, disabling, speaking for a subject."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from yumiao.district.accounts.models import Membership, Person, Territory
from yumiao.district.accounts.roles import PLACED, Post, Role
from yumiao.district.accounts.selectors import active_people
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.messages.services import post
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
_DIVISION = re.compile(r"\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?")


@transaction.atomic
def create_person(
    *,
    login: str,
    password: str | None,
    role: Role,
    label: str,
    now: dt.datetime,
    territories: Sequence[str] = (),
    subjects: Sequence[str] = (),
    post_held: Post = Post.MANAGER,
    by: str = CONSOLE,
) -> Person:
    """Create a person who can sign in.

    Args:
        login: 3 to 60 of a-z, 0-9, dot, hyphen, underline; unique.
        password: None for nobody yet: the person sets one with a one-time code.
        label: what colleagues see.
        now: the moment of creation, with its zone.
        territories: division codes (2, 4, 6, 9 or 12 digits); officers and town officers need one at least.
        subjects: ids of the store that an enterprise's person speaks for.
        post_held: what the person may do for those subjects.
        by: opaque id of who creates the person.
    Raises: YumiaoError (``person.refused``) with every problem of the call.
    """
    person = Person(login=login, role=role, label=label.strip(), created_at=now)
    problems = (
        *_check_login(login, label),
        *role_problems(role, territories, subjects),
        *(password_problems(password, person) if password is not None else ()),
    )
    if problems:
        raise YumiaoError(
            "person.refused",
            Text("账号没有建立，请按下列各项修改。", "No account was created; correct this:"),
            problems,
        )
    person.set_password(password)
    person.save(force_insert=True)
    Territory.objects.bulk_create(Territory(person=person, code=code) for code in dict.fromkeys(territories))
    Membership.objects.bulk_create(
        Membership(person=person, subject=subject, post=post_held, since=now)
        for subject in dict.fromkeys(subjects)
    )
    record(
        stream=person_stream(person.id),
        act="person.created",
        actor=by,
        at=now,
        payload={"role": role.value, "territories": list(territories), "subjects": list(subjects)},
    )
    post(kind="account.created", to=[person.id], arguments={"person": person.id}, now=now)
    return person


def person_stream(person_id: str) -> Stream:
    """Return the journal's stream of a person."""
    return Stream("person", person_id)


def disable_person(*, person_id: str, now: dt.datetime, by: str = CONSOLE) -> Person:
    """Let a person no longer sign in; open sessions end with their next request. Done twice, it is done once.

    Raises: YumiaoError (``person.unknown``).
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(id=person_id).first()
        if person is None:
            raise YumiaoError(
                "person.unknown", Text(f"没有账号 {person_id}。", f"There is no person {person_id}.")
            )
        if person.is_active:
            person.is_active = False
            person.disabled_at = now
            person.save(update_fields=["is_active", "disabled_at"])
            record(stream=person_stream(person.id), act="person.disabled", actor=by, at=now)
            post(
                kind="account.disabled",
                to=active_people(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
                arguments={"person": person.id},
                now=now,
            )
        return person


@transaction.atomic
def end_membership(*, person_id: str, subject: str, now: dt.datetime, by: str = CONSOLE) -> int:
    """Let a person no longer speak for a subject; returns how many memberships ended (0 or 1)."""
    ended = Membership.objects.filter(person_id=person_id, subject=subject, until=None).update(until=now)
    if ended:
        act, payload = "person.membership_ended", {"subject": subject}
        record(stream=person_stream(person_id), act=act, actor=by, at=now, payload=payload)
    return ended


def _check_login(login: str, label: str) -> list[Problem]:
    problems = []
    if not _LOGIN.fullmatch(login):
        problems.append(
            _problem(
                "person.login",
                f"登录名“{login}”不可用：应为 3–60 位小写字母、数字、点、横线或下划线，以字母或数字开头。",
                f"The login “{login}” cannot be used: expected 3–60 of a-z, 0-9, dot, hyphen or underline, "
                "a letter or digit first.",
            )
        )
    elif Person.objects.filter(login=login).exists():
        problems.append(
            _problem(
                "person.login_taken",
                f"登录名“{login}”已有人使用，请另取。",
                f"The login “{login}” is taken; choose another.",
            )
        )
    if not label.strip():
        problems.append(
            _problem(
                "person.label", "请写明岗位或称呼。", "Say how colleagues know the person, such as a post."
            )
        )
    return problems


def role_problems(role: Role, territories: Sequence[str], subjects: Sequence[str]) -> list[Problem]:
    """Return everything wrong with the places and subjects of a role; empty where they fit."""
    problems = [
        _problem(
            "person.territory",
            f"区划代码“{code}”应为 2、4、6、9 或 12 位数字。",
            f"The division code “{code}” has to have 2, 4, 6, 9 or 12 digits.",
        )
        for code in territories
        if not _DIVISION.fullmatch(code)
    ]
    name = role.label
    if bool(territories) != (role in PLACED):
        problems.append(
            _problem(
                "person.places",
                f"{name.zh}{'须有' if role in PLACED else '没有'}区划。",
                f"The role {name.en} {'needs a division' if role in PLACED else 'has no division'}.",
            )
        )
    if bool(subjects) != (role is Role.ENTERPRISE):
        needs = role is Role.ENTERPRISE
        problems.append(
            _problem(
                "person.subjects",
                f"{name.zh}{'须写明代表哪家企业' if needs else '不代表企业'}。",
                f"The role {name.en} {'has to name its enterprise' if needs else 'speaks for no enterprise'}.",
            )
        )
    return problems


def password_problems(password: str, person: Person) -> list[Problem]:
    """Return everything wrong with a password for a person; empty where it will do."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return [
            Problem("person.password", _PASSWORD_FAULTS.get(each.code or "", _POOR))
            for each in error.error_list
        ]
    return []


_POOR = Text("口令太弱，请换一个。", "The password is too weak; choose another.")
_PASSWORD_FAULTS = {
    "password_too_short": Text("口令至少 10 位。", "The password needs at least 10 characters."),
    "password_too_common": Text(
        "口令太常见，请换一个。", "The password is one of the most common; choose another."
    ),
    "password_entirely_numeric": Text("口令不能全是数字。", "The password must not be digits only."),
    "password_too_similar": Text("口令与登录名太像。", "The password is too much like the login."),
}


def _problem(code: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en))
