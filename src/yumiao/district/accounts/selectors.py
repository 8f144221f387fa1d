"""What is asked about people."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role


@dataclass(frozen=True)
class Actor:
    """Who acts, as permissions see them.

    Attributes:
        territories: division codes, trailing zeros cut; each includes its subdivisions.
        subjects: ids of the store that the person speaks for now.
    """

    id: str
    role: Role
    label: str
    territories: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()


def actor_of(person: Person) -> Actor:
    """Return the actor that a signed-in person is now."""
    role = Role(person.role)
    territories = tuple(sorted(each.code for each in person.territories.all()))
    memberships = person.memberships.filter(until=None).values_list("subject", flat=True)
    subjects = frozenset(memberships) if role is Role.ENTERPRISE else frozenset()
    return Actor(person.id, role, person.label, tuple(map(cut_zeros, territories)), subjects)


def cut_zeros(code: str) -> str:
    """Cut the zeros that stand for "all of it": 320400 → 3204, 320412000000 → 320412."""
    for length in (2, 4, 6, 9):
        if len(code) > length and not code[length:].strip("0"):
            return code[:length]
    return code


def active_people(*roles: Role) -> list[str]:
    """Return the ids of those who have one of some roles and may sign in."""
    return list(Person.objects.filter(role__in=roles, is_active=True).values_list("id", flat=True))
