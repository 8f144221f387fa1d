"""What is asked about people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yumiao.district.accounts.models import Person, Territory
from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.accounts.roles import Post, Role
from yumiao.district.prepared import Prepared


@dataclass(frozen=True)
class Actor:
    """Who acts, as permissions see them.

    Attributes:
        territories: division codes, trailing zeros cut; each includes its subdivisions.
        subjects: ids of the store that the person speaks for now; of merged ones the one that they are read as.
        edits: those of them for which the person may answer and propose.
        manages: those of them whose people the person manages.
    """

    id: str
    role: Role
    label: str
    territories: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    edits: frozenset[str] = frozenset()
    manages: frozenset[str] = frozenset()


_TERRITORIES = Prepared(lambda person: Territory.objects.filter(person_id=person).values_list("code"))


def actor_of(person: Person) -> Actor:
    """Return the actor that a signed-in person is now."""
    role = Role(person.role)
    territories = tuple(sorted(_territory_codes(person)))
    posts: dict[str, str] = {}
    if role is Role.ENTERPRISE:
        posts = _posts_now(person.memberships.filter(until=None).values_list("subject", "post"))
    return Actor(
        person.id,
        role,
        person.label,
        tuple(map(cut_zeros, territories)),
        frozenset(posts),
        frozenset(subject for subject, post in posts.items() if post != Post.READER),
        frozenset(subject for subject, post in posts.items() if post == Post.MANAGER),
    )


def _territory_codes(person: Person) -> Iterable[str]:
    if "territories" in getattr(person, "_prefetched_objects_cache", ()):
        return (each.code for each in person.territories.all())
    return (code for (code,) in _TERRITORIES.rows(person.id))


def _posts_now(held: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the posts that somebody has now, by subject: of two subjects that were merged the stronger one.

    Nothing is rewritten when subjects are merged: whoever spoke for one of them speaks for the one both are read as,
    with the post they had, and for their own again when the merge is taken back.
    """
    rows = list(held)
    now = subjects_now([subject for subject, _ in rows])
    posts: dict[str, str] = {}
    for subject, post in rows:
        posts[now[subject]] = stronger_post(posts.get(now[subject], post), post)
    return posts


def stronger_post(one: str, other: str) -> str:
    """Return the post that allows more."""
    return min(one, other, key=[post.value for post in Post].index)


def cut_zeros(code: str) -> str:
    """Cut the zeros that stand for "all of it": 320400 → 3204, 320412000000 → 320412."""
    for length in (2, 4, 6, 9):
        if len(code) > length and not code[length:].strip("0"):
            return code[:length]
    return code


def active_people(*roles: Role) -> list[str]:
    """Return the ids of those who have one of some roles and may sign in."""
    return list(Person.objects.filter(role__in=roles, is_active=True).values_list("id", flat=True))
