"""The list of people for administrators: who, which role, which places, whether they may and did sign in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role

SORTS = {"login": ("login",), "role": ("role", "login"), "created": ("-created_at", "login")}
STATES = ("active", "disabled")


@dataclass(frozen=True)
class WantedPeople:
    """Which people are asked for; empty values ask for all.

    Attributes:
        text: part of login, label or id.
        state: one of `STATES`.
        sort: one of `SORTS`.
    """

    text: str = ""
    role: str = ""
    state: str = ""
    sort: str = "login"


@dataclass(frozen=True)
class ListedPerson:
    """One person as administrators see them; ``seen_at`` is of an open session, None where none is open."""

    id: str
    login: str
    label: str
    role: Role
    territories: tuple[str, ...]
    subjects: tuple[str, ...]
    is_active: bool
    created_at: dt.datetime
    has_factor: bool
    has_password: bool
    seen_at: dt.datetime | None


def people_wanted(wanted: WantedPeople) -> QuerySet[Person]:
    """Return the people that are asked for, in order."""
    found = Person.objects.all()
    if wanted.text:
        found = found.filter(
            Q(login__icontains=wanted.text) | Q(label__icontains=wanted.text) | Q(id=wanted.text)
        )
    if wanted.role:
        found = found.filter(role=wanted.role)
    if wanted.state:
        found = found.filter(is_active=wanted.state == "active")
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return (
        found.annotate(has_factor=Exists(factors), seen_at=Max("open_sessions__seen_at"))
        .prefetch_related("territories", "memberships")
        .order_by(*SORTS[wanted.sort])
    )


def listed_people(rows: Iterable[Person]) -> list[ListedPerson]:
    """Return people as administrators see them."""
    return [_listed(row) for row in rows]


def find_listed(person_id: str) -> ListedPerson | None:
    """Return one person; None where there is none."""
    rows = listed_people(people_wanted(WantedPeople()).filter(id=person_id))
    return rows[0] if rows else None


def _listed(row: Person) -> ListedPerson:
    return ListedPerson(
        id=row.id,
        login=row.login,
        label=row.label,
        role=Role(row.role),
        territories=tuple(sorted(each.code for each in row.territories.all())),
        subjects=tuple(sorted(each.subject for each in row.memberships.all() if each.until is None)),
        is_active=row.is_active,
        created_at=row.created_at,
        has_factor=row.has_factor,  # type: ignore[attr-defined]  # annotated by the query
        has_password=row.has_usable_password(),
        seen_at=row.seen_at,  # type: ignore[attr-defined]  # annotated by the query
    )
