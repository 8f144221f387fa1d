"""The people of one firm: inviting, changing posts, removing, handing over, leaving."""

from __future__ import annotations

import datetime as dt
from functools import reduce

from django.db import transaction

from yumiao.district.accounts.models import Membership
from yumiao.district.accounts.roles import Post
from yumiao.district.accounts.selectors import stronger_post
from yumiao.district.accounts.services import end_membership
from yumiao.district.joining.selectors import memberships_of
from yumiao.district.joining.services import subject_stream
from yumiao.district.journal.services import record
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

LAST_MANAGER = Text(
    "企业至少要有一位主账号。请先把主账号交给同事，再做这一步。",
    "A firm needs one manager at least. Hand over to a colleague first.",
)


@transaction.atomic
def change_post(*, subject: str, person_id: str, post: Post, by: str, now: dt.datetime) -> None:
    """Let a person of a firm have another post.

    Raises: YumiaoError (``firm.nobody``) where they do not speak for it; (``firm.last_manager``).
    """
    held = _held(subject, person_id)
    if _post_of(held) == post:
        return
    if post is not Post.MANAGER:
        _require_another_manager(subject, person_id)
    Membership.objects.filter(id__in=[each.pk for each in held]).update(post=post)
    payload = {"person": person_id, "post": post.value}
    record(stream=subject_stream(subject), act="firm.post_changed", actor=by, at=now, payload=payload)


@transaction.atomic
def hand_over(*, subject: str, to: str, by: str, now: dt.datetime) -> None:
    """Make a colleague the manager; whoever hands over answers for the firm from now on, without managing its people.

    Raises: YumiaoError (``firm.nobody``) where either does not speak for it.
    """
    _held(subject, by)
    change_post(subject=subject, person_id=to, post=Post.MANAGER, by=by, now=now)
    change_post(subject=subject, person_id=by, post=Post.EDITOR, by=by, now=now)


@transaction.atomic
def remove_person(*, subject: str, person_id: str, by: str, now: dt.datetime) -> None:
    """Let a person no longer speak for a firm, also themselves; what they wrote stays.

    The only person of a firm may leave: then the office gives out a new code. A last manager with colleagues may not.
    Raises: YumiaoError (``firm.nobody``), (``firm.last_manager``).
    """
    held = _held(subject, person_id)
    if memberships_of(subject).exclude(person_id=person_id).exists():
        _require_another_manager(subject, person_id)
    for each in held:
        end_membership(person_id=person_id, subject=each.subject, now=now, by=by)
    payload = {"person": person_id}
    record(stream=subject_stream(subject), act="firm.person_removed", actor=by, at=now, payload=payload)


def _held(subject: str, person_id: str) -> list[Membership]:
    """Return what a person holds of a firm: one membership, more where firms of theirs were merged."""
    found = list(memberships_of(subject).select_for_update().filter(person_id=person_id))
    if not found:
        raise YumiaoError(
            "firm.nobody", Text("这个人不代表本企业。", "This person does not speak for the firm.")
        )
    return found


def _post_of(held: list[Membership]) -> str:
    return reduce(stronger_post, (each.post for each in held))


def _require_another_manager(subject: str, person_id: str) -> None:
    managers = memberships_of(subject).filter(post=Post.MANAGER)
    if not managers.filter(person_id=person_id).exists():
        return
    if not managers.exclude(person_id=person_id).exists():
        raise YumiaoError("firm.last_manager", LAST_MANAGER)
