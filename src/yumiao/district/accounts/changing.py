"""What administrators change of people who are there: whether they may sign in, their role, their places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from yumiao.district.accounts.models import Person, Territory
from yumiao.district.accounts.roles import PLACED, Role
from yumiao.district.accounts.services import person_stream, role_problems
from yumiao.district.journal.services import record
from yumiao.district.personal import Value
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


@transaction.atomic
def enable_person(*, person_id: str, now: dt.datetime, by: str) -> Person:
    """Let a disabled person sign in again. Done twice, it is done once. Raises: YumiaoError (``person.unknown``)."""
    person = _locked(person_id)
    if not person.is_active:
        person.is_active, person.disabled_at = True, None
        person.save(update_fields=["is_active", "disabled_at"])
        record(stream=person_stream(person.id), act="person.enabled", actor=by, at=now)
    return person


@transaction.atomic
def change_role(
    *, person_id: str, role: Role, label: str, territories: Sequence[str], now: dt.datetime, by: str
) -> Person:
    """Give a person another role, label and divisions; what was goes on standing in the journal.

    Raises: YumiaoError ``person.unknown``, ``person.own_role``, or ``person.refused`` with every problem.
    """
    person = _locked(person_id)
    if person_id == by:
        told = Text(
            "不能更改自己的角色，请另一位系统管理员来改。",
            "Nobody changes their own role; ask another administrator.",
        )
        raise YumiaoError("person.own_role", told)
    subjects = list(person.memberships.filter(until=None).values_list("subject", flat=True))
    problems = role_problems(role, territories, subjects)
    if problems:
        told = Text("账号没有改，请按下列各项修改。", "The account was not changed; correct this:")
        raise YumiaoError("person.refused", told, tuple(problems))
    payload: dict[str, Value] = {
        "role_before": person.role,
        "role": role.value,
        "territories_before": sorted(each.code for each in person.territories.all()),
        "territories": sorted(set(territories)),
    }
    person.role, person.label = role, label.strip() or person.label
    person.save(update_fields=["role", "label"])
    person.territories.all().delete()
    Territory.objects.bulk_create(Territory(person=person, code=code) for code in dict.fromkeys(territories))
    record(stream=person_stream(person.id), act="person.role_changed", actor=by, at=now, payload=payload)
    return person


def needs_places(role: Role) -> bool:
    """Say whether a role works for divisions."""
    return role in PLACED


def _locked(person_id: str) -> Person:
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise YumiaoError(
            "person.unknown", Text(f"没有账号 {person_id}。", f"There is no person {person_id}.")
        )
    return person
