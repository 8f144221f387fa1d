"""A firm known by a sign-in service: the subject that its claims name, and the person bound to it.

Only claims of a service that the settings of the machine trust come here, after their signature was checked; nothing
that a person types does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post, Role
from yumiao.district.journal.services import Stream, record
from yumiao.district.registry.models import Subject
from yumiao.identity.codes import check_code
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


def code_of_claims(claims: Mapping[str, Any], claim: str) -> str | None:
    """Return the unified social credit code that a claim holds; None where there is none, or a wrong one.

    Args:
        claims: as the service signed them.
        claim: name of the claim; dots lead into groups: ``org.code``.
    """
    value: Any = claims
    for part in claim.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(value, str):
        return None
    code = value.strip().upper()
    return code if check_code(code).valid else None


def subject_of_claims(claims: Mapping[str, Any], claim: str) -> str | None:
    """Return the subject that has the code of a claim as its latest; None where none has, or several have."""
    code = code_of_claims(claims, claim)
    if code is None:
        return None
    found = list(Subject.objects.filter(code=code).values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def bind_by_claims(*, person_id: str, claims: Mapping[str, Any], claim: str, now: dt.datetime) -> str | None:
    """Let a person speak for the subject that their claims name; returns it, None where they name none.

    The first person of a firm becomes its manager, later ones answer for it; whoever speaks for it already keeps
    their post.
    Raises: YumiaoError (``joining.role``) for a person who is not an enterprise's.
    """
    person = Person.objects.select_for_update().get(id=person_id)
    if person.role != Role.ENTERPRISE:
        text = Text("只有企业人员的账号可以绑定企业。", "Only accounts of enterprises are bound to a firm.")
        raise YumiaoError("joining.role", text)
    subject = subject_of_claims(claims, claim)
    if subject is None:
        return None
    people = Membership.objects.filter(subject=subject, until=None)
    if people.filter(person=person).exists():
        return subject
    post = Post.EDITOR if people.filter(post=Post.MANAGER).exists() else Post.MANAGER
    Membership.objects.create(person=person, subject=subject, post=post, since=now)
    payload = {"subject": subject, "post": post.value, "by": "claims"}
    stream = Stream("person", person.id)
    record(stream=stream, act="person.membership_begun", actor=person.id, at=now, payload=payload)
    return subject
