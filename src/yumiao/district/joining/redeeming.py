"""Redeeming a code: whoever holds it comes to speak for its subject, once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post, Role
from yumiao.district.accounts.services import create_person
from yumiao.district.joining.minting import digest_of_code, read_code
from yumiao.district.joining.models import FailedJoin, JoinCode
from yumiao.district.joining.services import subject_stream
from yumiao.district.journal.services import Stream, record
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

WINDOW = dt.timedelta(minutes=15)
MOST_PER_ADDRESS = 10
"""So many wrong codes from one address within the window; then every further try is refused."""

NOBODY = "nobody"

WRONG = Text(
    "开户码不对，或已用过、过期、作废。请核对信函，或请主管部门重新发码。",
    "The code is wrong, was used already, has expired or was revoked. Compare it with the letter, or ask the "
    "office for a new one.",
)
THROTTLED = Text(
    "尝试次数过多，请 15 分钟后再试。", "Too many tries from your address. Try again in 15 minutes."
)


@dataclass(frozen=True)
class FoundCode:
    """A code that can be redeemed, or why not.

    Attributes:
        subject: whom it opens; empty where it is none.
    """

    id: str
    subject: str
    post: Post
    reason: Text = Text("")
    is_throttled: bool = False


def find_code(*, written: str, address: str, now: dt.datetime) -> FoundCode:
    """Look a typed code up; wrong ones are counted by address, and a paused address learns nothing of any code."""
    key = _key(address)
    since = now - WINDOW
    if FailedJoin.objects.filter(key=key, at__gt=since).count() >= MOST_PER_ADDRESS:
        return FoundCode("", "", Post.READER, THROTTLED, is_throttled=True)
    code = read_code(written)
    found = _open_code(code, now) if code else None
    if found is None:
        _note_failure(key, now)
        return FoundCode("", "", Post.READER, WRONG)
    return FoundCode(found.id, found.subject, Post(found.post))


def join_as_new_person(
    *, written: str, login: str, password: str, label: str, now: dt.datetime, address: str
) -> Person:
    """Create the person who holds a code; they speak for its subject from now on.

    Raises: YumiaoError (``joining.refused``) where the code is none any more; (``person.refused``) with every problem
        of login, password and label: then the code stays good.
    """
    code = _require_code(written, address, now)
    with transaction.atomic():
        person = create_person(
            login=login,
            password=password,
            role=Role.ENTERPRISE,
            label=label,
            now=now,
            subjects=(code.subject,),
            post_held=code.post,
            by=NOBODY,
        )
        _note_redeemed(code, person.id, now)
    return person


def join_as(*, person_id: str, written: str, now: dt.datetime, address: str) -> str:
    """Let a person who has an account speak for one more subject; returns its id.

    Raises: YumiaoError (``joining.refused``) where the code is none any more; (``joining.role``) for one who is not
        an enterprise's; (``joining.member``) for one who speaks for it already: then the code stays good.
    """
    person = Person.objects.get(id=person_id)
    if person.role != Role.ENTERPRISE:
        raise YumiaoError(
            "joining.role",
            Text(
                "开户码只给企业人员用。您现在用的是工作人员账号，请先退出。",
                "Codes are for people of enterprises. You are signed in with an account of the office; sign out first.",
            ),
        )
    code = _require_code(written, address, now)
    with transaction.atomic():
        _begin_membership(person, code, now)
        _note_redeemed(code, person.id, now)
    return code.subject


def _begin_membership(person: Person, code: FoundCode, now: dt.datetime) -> None:
    of_person = Membership.objects.select_for_update().filter(person=person, subject=code.subject, until=None)
    held = of_person.first()
    if held is not None and held.post in (Post.MANAGER, code.post):
        raise YumiaoError(
            "joining.member",
            Text(
                "您已经代表这家企业，开户码没有用掉。",
                "You speak for this enterprise already; the code was not used.",
            ),
        )
    if held is not None:
        held.post = code.post
        held.save(update_fields=["post"])
    else:
        Membership.objects.create(person=person, subject=code.subject, post=code.post, since=now)
    payload = {"subject": code.subject, "post": code.post.value}
    stream = Stream("person", person.id)
    record(stream=stream, act="person.membership_begun", actor=person.id, at=now, payload=payload)


def _require_code(written: str, address: str, now: dt.datetime) -> FoundCode:
    """Find a code outside any transaction, so that a wrong one stays counted."""
    found = find_code(written=written, address=address, now=now)
    if not found.subject:
        raise YumiaoError("joining.throttled" if found.is_throttled else "joining.refused", found.reason)
    return found


def _note_redeemed(code: FoundCode, person: str, now: dt.datetime) -> None:
    taken = JoinCode.objects.filter(id=code.id, redeemed_at=None, revoked_at=None)
    if not taken.update(redeemed_at=now, redeemed_by=person):
        raise YumiaoError("joining.refused", WRONG)  # somebody else was quicker: nothing of this try stays
    payload = {"code": code.id, "person": person, "post": code.post.value}
    record(
        stream=subject_stream(code.subject),
        act="joining.code_redeemed",
        actor=person,
        at=now,
        payload=payload,
    )


def _open_code(code: str, now: dt.datetime) -> JoinCode | None:
    return JoinCode.objects.filter(
        digest=digest_of_code(code), revoked_at=None, redeemed_at=None, expires_at__gt=now
    ).first()


def _note_failure(key: str, now: dt.datetime) -> None:
    """Count a wrong code; the one that starts a pause is journalled, further tries within it add nothing."""
    FailedJoin.objects.filter(at__lte=now - WINDOW).delete()
    FailedJoin.objects.create(key=key, at=now)
    if FailedJoin.objects.filter(key=key).count() == MOST_PER_ADDRESS:
        with transaction.atomic():
            record(
                stream=Stream("joining", "tries"),
                act="joining.paused",
                actor=NOBODY,
                at=now,
                payload={"address": key[:32]},
            )


def _key(address: str) -> str:
    return salted_hmac("joining.address", address, algorithm="sha256").hexdigest()
