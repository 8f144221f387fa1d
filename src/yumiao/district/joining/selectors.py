"""What is asked about codes and the people of a firm."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.accounts.roles import Post
from yumiao.district.accounts.selectors import Actor
from yumiao.district.joining.models import JoinCode, LetterSettings
from yumiao.district.journal.models import JournalLine
from yumiao.district.permissions import visible_to
from yumiao.district.registry.models import Subject, SubjectAlias
from yumiao.district.registry.searching import matching
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.text import Text


class CodeState(StrEnum):
    """Where a code stands."""

    OPEN = "open"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    CodeState.OPEN: Text("待用", "open"),
    CodeState.REDEEMED: Text("已用", "used"),
    CodeState.EXPIRED: Text("过期", "expired"),
    CodeState.REVOKED: Text("作废", "revoked"),
}


@dataclass(frozen=True)
class ListedCode:
    """One code given out; ``label`` is what colleagues call who redeemed it, empty for nobody yet."""

    id: str
    subject: str
    name: str
    post: Post
    state: CodeState
    issued_at: dt.datetime
    expires_at: dt.datetime
    label: str


def codes_wanted(actor: Actor, *, state: CodeState | None, text: str, now: dt.datetime) -> QuerySet[JoinCode]:
    """Return the office's codes for subjects that an actor may see, the latest first."""
    seen = Subject.objects.filter(visible_to(actor), matching(text))
    found = JoinCode.objects.filter(is_of_firm=False, subject__in=seen.values("id"))
    if state is not None:
        found = found.filter(_of_state(state, now))
    return found.order_by("-issued_at", "id")


def _of_state(state: CodeState, now: dt.datetime) -> Q:
    unused = Q(revoked_at=None, redeemed_at=None)
    return {
        CodeState.OPEN: unused & Q(expires_at__gt=now),
        CodeState.EXPIRED: unused & Q(expires_at__lte=now),
        CodeState.REDEEMED: Q(redeemed_at__isnull=False),
        CodeState.REVOKED: Q(revoked_at__isnull=False),
    }[state]


def listed_codes(codes: Iterable[JoinCode], now: dt.datetime) -> list[ListedCode]:
    """Return codes with the names of their firms and people; three queries, however many codes."""
    rows = list(codes)
    names = subject_names({row.subject for row in rows})
    people = Person.objects.filter(id__in={row.redeemed_by for row in rows})
    labels = dict(people.values_list("id", "label"))
    return [
        ListedCode(
            row.id,
            row.subject,
            names.get(row.subject, row.subject),
            Post(row.post),
            _state_of(row, now),
            row.issued_at,
            row.expires_at,
            labels.get(row.redeemed_by, ""),
        )
        for row in rows
    ]


def _state_of(row: JoinCode, now: dt.datetime) -> CodeState:
    if row.redeemed_at is not None:
        return CodeState.REDEEMED
    if row.revoked_at is not None:
        return CodeState.REVOKED
    return CodeState.OPEN if row.expires_at > now else CodeState.EXPIRED


def subject_names(subjects: Iterable[str]) -> dict[str, str]:
    """Return what firms are called: name, else code, else id; those the register does not know are left out.

    A merged one is called as the one that it is read as.
    """
    wanted = set(subjects)
    rows = Subject.objects.filter(id__in=wanted).values_list("id", "name", "code")
    found = {key: name or code or key for key, name, code in rows}
    left = wanted - found.keys()
    merged = SubjectAlias.objects.filter(id__in=left).values_list("id", "subject__name", "subject__code")
    return found | {key: name or code or key for key, name, code in (merged if left else ())}


def code_subject(code_id: str) -> str | None:
    """Return the subject of a code; None where there is no such code."""
    return JoinCode.objects.filter(id=code_id).values_list("subject", flat=True).first()


def open_firm_codes(subject: str, now: dt.datetime) -> list[ListedCode]:
    """Return the codes that a firm's manager gave out and nobody redeemed yet."""
    found = JoinCode.objects.filter(_of_state(CodeState.OPEN, now), subject=subject, is_of_firm=True)
    return listed_codes(found.order_by("-issued_at", "id"), now)


@dataclass(frozen=True)
class FirmPerson:
    """One person of a firm as their colleagues see them."""

    id: str
    label: str
    post: Post
    since: dt.datetime


def memberships_of(subject: str) -> QuerySet[Membership]:
    """Return who speaks for a subject now: its own people, and those of all that were merged into it."""
    return Membership.objects.filter(subject__in=ids_read_as(subject), until=None)


def people_of(subject: str) -> list[FirmPerson]:
    """Return who speaks for a firm, managers first; of two memberships of one person the stronger one."""
    rows = memberships_of(subject).filter(person__is_active=True).select_related("person")
    order = list(Post)
    people = [FirmPerson(row.person_id, row.person.label, Post(row.post), row.since) for row in rows]
    people.sort(key=lambda each: (order.index(each.post), each.since, each.id))
    return list({each.id: each for each in reversed(people)}.values())[::-1]


def ids_of_people(subject: str, posts: Iterable[Post] = tuple(Post)) -> list[str]:
    """Return the ids of those who have one of some posts of a firm and may sign in."""
    found = memberships_of(subject).filter(post__in=list(posts), person__is_active=True)
    return list(dict.fromkeys(found.order_by("since").values_list("person_id", flat=True)))


def subjects_with_people(subjects: Collection[str]) -> set[str]:
    """Return those of some ids for whom somebody speaks now; three queries, however many."""
    now = subjects_now(subjects)
    aliases = SubjectAlias.objects.filter(subject__in=set(now.values())).values_list("id", "subject_id")
    every = {subject: subject for subject in now.values()} | dict(aliases)
    members = Membership.objects.filter(subject__in=every, until=None, person__is_active=True)
    spoken_for = {every[subject] for subject in members.values_list("subject", flat=True)}
    return {subject for subject in subjects if now[subject] in spoken_for}


@dataclass(frozen=True)
class Look:
    """One time that somebody of the office saw a contact of a firm unmasked; ``reason`` is a token."""

    at: str
    reason: str


def looks_at(subject: str) -> list[Look]:
    """Return when contacts of a firm were seen unmasked and why, the earliest first; by whom stays with the office."""
    lines = JournalLine.objects.filter(act="contact.revealed", payload__contains=f'"subject":"{subject}"')
    rows = lines.order_by("at", "stream", "sequence").values_list("at", "payload")
    return [Look(at, json.loads(payload)["reason"]) for at, payload in rows]


def letter_settings() -> LetterSettings:
    """Return what stands on the office's letters; the defaults where nobody chose."""
    return LetterSettings.objects.first() or LetterSettings()
