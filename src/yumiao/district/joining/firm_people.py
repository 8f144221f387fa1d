"""The people of one firm: inviting, changing posts, removing, handing over, leaving."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.accounts.models import Membership
from yumiao.district.accounts.roles import Post
from yumiao.district.accounts.services import end_membership
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
    if held.post == post:
        return
    if post is not Post.MANAGER:
        _require_another_manager(subject, held)
    held.post = post
    held.save(update_fields=["post"])
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
    colleagues = Membership.objects.filter(subject=subject, until=None).exclude(id=held.id)
    if colleagues.exists():
        _require_another_manager(subject, held)
    end_membership(person_id=person_id, subject=subject, now=now, by=by)
    payload = {"person": person_id}
    record(stream=subject_stream(subject), act="firm.person_removed", actor=by, at=now, payload=payload)


def _held(subject: str, person_id: str) -> Membership:
    found = (
        Membership.objects.select_for_update()
        .filter(subject=subject, person_id=person_id, until=None)
        .first()
    )
    if found is None:
        raise YumiaoError(
            "firm.nobody", Text("这个人不代表本企业。", "This person does not speak for the firm.")
        )
    return found


def _require_another_manager(subject: str, held: Membership) -> None:
    if held.post != Post.MANAGER:
        return
    managers = Membership.objects.filter(subject=subject, until=None, post=Post.MANAGER).exclude(id=held.id)
    if not managers.exists():
        raise YumiaoError("firm.last_manager", LAST_MANAGER)
