"""What changes dismissals: suggestions that somebody does not follow, the end of that, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from yumiao.district.chains.conditions import STANDING
from yumiao.district.chains.fields import check_end, read_why
from yumiao.district.chains.models import Dismissal, Link
from yumiao.district.chains.placing import check_number
from yumiao.district.chains.services import count_change, locked_link
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.district.vault.models import new_id
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


@dataclass(frozen=True)
class NewDismissal:
    """One suggestion that is not followed: the subject as it is read now, and the code that suggested it."""

    subject: str
    link: str
    code: str


@transaction.atomic
def dismiss_suggestions(rows: Iterable[NewDismissal], *, why: str, by: str, now: dt.datetime) -> int:
    """Say that subjects do not belong to links that suggest them; returns of how many nobody had said so before.

    Raises: YumiaoError (``chain.nobody``) for no rows, (``chain.many``), (``chain.refused``) for no reason.
    """
    wanted = list({(row.link, row.subject): row for row in rows}.values())
    check_number(len(wanted))
    reason, act = read_why(why), new_id()
    links = {link: locked_link(link) for link in dict.fromkeys(row.link for row in wanted)}
    holding = set(_holding(links))
    new = [row for row in wanted if (row.link, row.subject) not in holding]
    Dismissal.objects.bulk_create(
        Dismissal(
            link_id=row.link,
            subject=row.subject,
            code=row.code,
            why=reason,
            act=act,
            dismissed_by_id=by,
            dismissed_at=now,
            ended_why="",
        )
        for row in new
    )
    if new:
        count_change()
    for link in links.values():
        count = sum(row.link == link.id for row in new)
        if count:
            _journal(link, "chain.dismissed", by, now, {"link": link.id, "act": act, "count": count})
    return len(new)


@transaction.atomic
def end_dismissals(dismissals: Collection[str], *, on: dt.date, why: str, by: str, now: dt.datetime) -> int:
    """Say from which day on dismissals no longer hold, and why; those that do not hold stay. Returns how many ended.

    Raises: YumiaoError (``chain.nobody``), (``chain.refused``) for a day to come or before the first, for no reason.
    """
    rows, reason = [row for row in _locked(dismissals) if _holds(row)], read_why(why)
    for row in rows:
        check_end(on, _day_here(row.dismissed_at), _day_here(now))
        row.ended_on, row.ended_why = on, reason
        _save(row, ("ended_on", "ended_why"), "chain.dismissal_ended", by, now)
    return len(rows)


@transaction.atomic
def withdraw_dismissals(dismissals: Collection[str], *, by: str, now: dt.datetime) -> int:
    """Take back what was said by mistake; returns how many were. Raises: YumiaoError (``chain.nobody``)."""
    rows = [row for row in _locked(dismissals) if row.withdrawn_at is None]
    for row in rows:
        row.withdrawn_at = now
        _save(row, ("withdrawn_at",), "chain.dismissal_withdrawn", by, now)
    return len(rows)


@transaction.atomic
def restore_dismissals(dismissals: Collection[str], *, by: str, now: dt.datetime) -> int:
    """Undo the last thing that was done to dismissals, their withdrawal or else their end; returns to how many.

    Raises: YumiaoError (``chain.nobody``), (``chain.dismissed``) where one of them holds by another one.
    """
    rows = [row for row in _locked(dismissals) if not _holds(row)]
    for row in rows:
        if row.withdrawn_at is not None:
            row.withdrawn_at, act = None, "chain.dismissal_brought_back"
        else:
            row.ended_on, row.ended_why, act = None, "", "chain.dismissal_resumed"
        if _holds(row):
            _check_free(row)
        _save(row, ("withdrawn_at", "ended_on", "ended_why"), act, by, now)
    return len(rows)


def _day_here(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _holds(row: Dismissal) -> bool:
    return row.ended_on is None and row.withdrawn_at is None


def _holding(links: Iterable[str]) -> Iterable[tuple[str, str]]:
    return Dismissal.objects.filter(STANDING, link__in=list(links)).values_list("link_id", "subject")


def _check_free(row: Dismissal) -> None:
    if (row.link_id, row.subject) in set(_holding([row.link_id])):
        text = Text(
            "这家企业已另有一条“不归入”在这个环节。",
            "The enterprise is dismissed from this link by another entry now.",
        )
        raise YumiaoError("chain.dismissed", text)


def _locked(dismissals: Collection[str]) -> list[Dismissal]:
    check_number(len(dismissals))
    rows = Dismissal.objects.select_for_update().filter(id__in=list(dismissals)).select_related("link")
    return list(rows.order_by("id"))


def _save(row: Dismissal, columns: tuple[str, ...], act: str, by: str, now: dt.datetime) -> None:
    row.save(update_fields=columns)
    count_change()
    _journal(row.link, act, by, now, {"dismissal": row.id, "subject": row.subject, "link": row.link_id})


def _journal(link: Link, act: str, by: str, now: dt.datetime, payload: dict[str, Value]) -> None:
    record(stream=Stream("chain", link.chain_id), act=act, actor=by, at=now, payload=payload)
