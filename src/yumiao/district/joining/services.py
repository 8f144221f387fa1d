"""What changes codes: giving one out, taking one back; and what stands on the letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from yumiao.district.accounts.roles import Post
from yumiao.district.joining.minting import digest_of_code, mint_code
from yumiao.district.joining.models import JoinCode, LetterSettings
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

MOST_DAYS = 90
"""So long a code is good at most."""


@dataclass(frozen=True)
class IssuedCode:
    """A new code; ``written`` is what the person types, shown this once."""

    id: str
    subject: str
    post: Post
    written: str
    expires_at: dt.datetime


@transaction.atomic
def issue_code(
    *, subject: str, days: int, by: str, now: dt.datetime, post: Post = Post.MANAGER, is_of_firm: bool = False
) -> IssuedCode:
    """Give out a code for a subject.

    A code of the office makes a manager, and takes the place of an open one: a letter written again leaves one that
    works, not two.

    Args:
        days: for how many days it is good, 1 to 90.
        by: opaque id of who gives it out.
        post: what it makes of who redeems it; the office's codes make managers.
        is_of_firm: whether the firm's own manager gives it out.
    Raises: YumiaoError (``joining.days``).
    """
    if not 1 <= days <= MOST_DAYS:
        raise YumiaoError(
            "joining.days",
            Text(
                f"有效天数应为 1–{MOST_DAYS} 的整数，现为 {days}。",
                f"A code is good for 1 to {MOST_DAYS} whole days; found {days}.",
            ),
        )
    if not is_of_firm:
        former = JoinCode.objects.filter(
            subject=subject, is_of_firm=False, revoked_at=None, redeemed_at=None, expires_at__gt=now
        )
        for code_id in former.values_list("id", flat=True):
            revoke_code(code_id=code_id, by=by, now=now)
    written, expires_at = mint_code(), now + dt.timedelta(days=days)
    code = JoinCode.objects.create(
        subject=subject,
        post=post if is_of_firm else Post.MANAGER,
        is_of_firm=is_of_firm,
        digest=digest_of_code(written),
        issued_by=by,
        issued_at=now,
        expires_at=expires_at,
    )
    payload: dict[str, Value] = {"code": code.id, "post": code.post, "days": days}
    record(stream=subject_stream(subject), act="joining.code_issued", actor=by, at=now, payload=payload)
    return IssuedCode(code.id, subject, Post(code.post), written, expires_at)


def subject_stream(subject: str) -> Stream:
    """Return the journal's stream of a subject."""
    return Stream("subject", subject)


@transaction.atomic
def revoke_code(*, code_id: str, by: str, now: dt.datetime) -> JoinCode:
    """Let a code open nothing any more; who redeemed it already keeps what they have. Done twice, it is done once.

    Raises: YumiaoError (``joining.unknown``).
    """
    code = JoinCode.objects.select_for_update().filter(id=code_id).first()
    if code is None:
        raise YumiaoError("joining.unknown", Text("没有这个开户码。", "There is no such code."))
    if code.revoked_at is None and code.redeemed_at is None:
        code.revoked_at = now
        code.save(update_fields=["revoked_at"])
        stream = subject_stream(code.subject)
        record(stream=stream, act="joining.code_revoked", actor=by, at=now, payload={"code": code.id})
    return code


@transaction.atomic
def change_letter(*, days: int, office: str, telephone: str, address: str, by: str, now: dt.datetime) -> None:
    """Keep what stands on the letters from now on; codes already given out keep their term.

    Raises: YumiaoError (``joining.letter``) with every problem.
    """
    problems = []
    if not 1 <= days <= MOST_DAYS:
        text = Text(f"有效天数应为 1–{MOST_DAYS}。", f"Expected 1 to {MOST_DAYS} days.")
        problems.append(Problem("joining.days", text, path="days"))
    for path, value, most in (
        ("office", office, 80),
        ("telephone", telephone, 40),
        ("address", address, 120),
    ):
        if len(value) > most:
            text = Text(f"最多 {most} 字。", f"At most {most} characters.")
            problems.append(Problem("joining.length", text, path=path))
    if problems:
        text = Text("没有保存，请按下列各项修改。", "Nothing was saved; correct this:")
        raise YumiaoError("joining.letter", text, tuple(problems))
    chosen = {"days": days, "office": office, "telephone": telephone, "address": address}
    LetterSettings.objects.update_or_create(id=1, defaults=chosen)
    record(
        stream=Stream("joining", "letter"),
        act="joining.letter_changed",
        actor=by,
        at=now,
        payload={"days": days},
    )


@transaction.atomic
def note_download(*, subject: str, kind: str, by: str, now: dt.datetime) -> None:
    """Journal that one of a firm's people took its data away as a file."""
    stream = subject_stream(subject)
    record(stream=stream, act="firm.data_downloaded", actor=by, at=now, payload={"kind": kind})
