"""A firm known by a sign-in service: the subject that its claims name, and the person bound to it.

Only claims of a service that the settings of the machine trust come here, after their signature was checked; nothing
that a person types does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post, Role
from yumiao.district.entering.single_sign_on import declare_binder
from yumiao.district.journal.services import Stream, record
from yumiao.district.registry.models import Subject
from yumiao.district.registry.selectors import ids_read_as
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
    their post, and whom the firm removed is not brought back by signing in again: that takes a code.
    Raises: YumiaoError (``joining.role``) for a person who is not an enterprise's.
    """
    person = Person.objects.select_for_update().get(id=person_id)
    if person.role != Role.ENTERPRISE:
        text = Text("只有企业人员的账号可以绑定企业。", "Only accounts of enterprises are bound to a firm.")
        raise YumiaoError("joining.role", text)
    subject = subject_of_claims(claims, claim)
    if subject is None:
        return None
    every = ids_read_as(subject)
    if Membership.objects.filter(subject__in=every, person=person).exists():
        return subject
    has_manager = Membership.objects.filter(subject__in=every, until=None, post=Post.MANAGER).exists()
    post = Post.EDITOR if has_manager else Post.MANAGER
    Membership.objects.create(person=person, subject=subject, post=post, since=now)
    payload = {"subject": subject, "post": post.value, "by": "claims"}
    stream = Stream("person", person.id)
    record(stream=stream, act="person.membership_begun", actor=person.id, at=now, payload=payload)
    return subject


@declare_binder
def person_of_claims(claims: Mapping[str, Any], now: dt.datetime) -> str | None:
    """Return the person of a firm whom a trusted service vouches for, made on their first coming; None for others.

    Off unless the settings name the claim that holds the firm's code. Whoever names no known firm is not made.
    """
    claim, who = settings.YUMIAO_SINGLE_SIGN_ON.subject_claim, claims.get("sub")
    if not claim or not isinstance(who, str) or not who:
        return None
    if subject_of_claims(claims, claim) is None:
        return None
    with transaction.atomic():
        person = _known_or_made(_login_of(str(claims.get("iss", "")), who), now)
        if person.role == Role.ENTERPRISE:
            bind_by_claims(person_id=person.id, claims=claims, claim=claim, now=now)
    return person.id


def _login_of(issuer: str, who: str) -> str:
    """Return the login of somebody known by a service only: a hash, by which they cannot be told."""
    return "oidc-" + salted_hmac("joining.claims", f"{issuer} {who}", algorithm="sha256").hexdigest()[:24]


def _known_or_made(login: str, now: dt.datetime) -> Person:
    known = Person.objects.filter(login=login).first()
    if known is not None:
        return known
    person = Person(login=login, label=Role.ENTERPRISE.label.zh, role=Role.ENTERPRISE, created_at=now)
    person.set_unusable_password()
    person.save(force_insert=True)
    payload = {"role": Role.ENTERPRISE.value, "by": "claims"}
    record(stream=Stream("person", person.id), act="person.created", actor=person.id, at=now, payload=payload)
    return person
