"""What changes placements: placing subjects in a link, ending that, taking back what was placed by mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.chains.conditions import STANDING
from yumiao.district.chains.fields import PlacementEntry, check_end, read_why
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.models import Link, Placement
from yumiao.district.chains.services import count_change, locked_link, unknown
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.district.vault.models import new_id
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MOST_AT_ONCE = 5000


@dataclass(frozen=True)
class NewPlacement:
    """One subject to be placed in one link; the id is that of the subject that it is read as."""

    subject: str
    link: str
    entry: PlacementEntry


@dataclass(frozen=True)
class Placed:
    """What was placed at once: ``act`` names it for taking it back; ``already`` stood there before."""

    act: str
    count: int
    already: int


@transaction.atomic
def place_subjects(rows: Iterable[NewPlacement], *, way: Way, by: str, now: dt.datetime) -> Placed:
    """Place subjects in links; those who stand there already stay as they are.

    Raises: YumiaoError (``chain.nobody``) for no rows, (``chain.many``), (``chain.over``) for a link that ended.
    """
    wanted = list({(row.link, row.subject): row for row in rows}.values())
    check_number(len(wanted))
    links = {link: _open_link(link) for link in dict.fromkeys(row.link for row in wanted)}
    standing = _standing(links)
    new = [row for row in wanted if (row.link, row.subject) not in standing]
    act = new_id()
    Placement.objects.bulk_create(_row(row, way, act, by, now) for row in new)
    if new:
        count_change()
    for link in links.values():
        count = sum(row.link == link.id for row in new)
        if count:
            payload: dict[str, Value] = {"link": link.id, "act": act, "count": count}
            _journal(link, "chain.placed", by, now, payload)
    return Placed(act, len(new), len(wanted) - len(new))


@transaction.atomic
def end_placement(
    placement: str, *, on: dt.date, why: str, by: str, now: dt.datetime, today: dt.date
) -> None:
    """Say from which day on a subject no longer sits in a link, and why.

    Raises: YumiaoError (``chain.refused``) for a day to come or before the first, and for no reason.
    """
    row, reason = _locked(placement), read_why(why)
    check_end(on, row.since, today)
    row.ended_on, row.ended_why = on, reason
    _save(row, ("ended_on", "ended_why"), "chain.placement_ended", by, now)


@transaction.atomic
def resume_placement(placement: str, *, by: str, now: dt.datetime) -> None:
    """Let a placement that ended stand again. Raises: YumiaoError (``chain.placed``) where it stands once more."""
    row = _locked(placement)
    if row.ended_on is None:
        return
    _check_free([row])
    row.ended_on, row.ended_why = None, ""
    _save(row, ("ended_on", "ended_why"), "chain.placement_resumed", by, now)


@transaction.atomic
def withdraw_placement(placement: str, *, is_withdrawn: bool, by: str, now: dt.datetime) -> None:
    """Take back a placement made by mistake, or let it count again. Raises: YumiaoError (``chain.placed``)."""
    row = _locked(placement)
    if (row.withdrawn_at is not None) == is_withdrawn:
        return
    if not is_withdrawn and row.ended_on is None:
        _check_free([row])
    row.withdrawn_at = now if is_withdrawn else None
    act = "chain.placement_withdrawn" if is_withdrawn else "chain.placement_brought_back"
    _save(row, ("withdrawn_at",), act, by, now)


@transaction.atomic
def withdraw_act(act: str, *, is_withdrawn: bool, by: str, now: dt.datetime) -> int:
    """Take back everything that was placed at once, or let it count again; returns how many placements there were.

    Raises: YumiaoError (``chain.placed``) where one of them stands once more.
    """
    rows = [
        row
        for row in Placement.objects.select_for_update().filter(act=act).select_related("link")
        if (row.withdrawn_at is None) == is_withdrawn
    ]
    if not is_withdrawn:
        _check_free([row for row in rows if row.ended_on is None])
    if not rows:
        return 0
    Placement.objects.filter(id__in=[row.id for row in rows]).update(
        withdrawn_at=now if is_withdrawn else None
    )
    count_change()
    name = "chain.act_withdrawn" if is_withdrawn else "chain.act_brought_back"
    for link in {row.link_id: row.link for row in rows}.values():
        count = sum(row.link_id == link.id for row in rows)
        _journal(link, name, by, now, {"link": link.id, "act": act, "count": count})
    return len(rows)


def check_number(count: int) -> None:
    """Check how many are chosen at once. Raises: YumiaoError (``chain.nobody``), (``chain.many``)."""
    if not count:
        text = Text("请至少选一家企业。", "Choose at least one enterprise.")
        raise YumiaoError("chain.nobody", text)
    if count > MOST_AT_ONCE:
        text = Text(f"一次最多选 {MOST_AT_ONCE} 家。", f"At most {MOST_AT_ONCE} can be chosen at once.")
        raise YumiaoError("chain.many", text)


def _open_link(link: str) -> Link:
    row = locked_link(link)
    if row.ended_on is not None or row.chain.withdrawn_at is not None:
        text = Text(
            f"环节“{row.name}”已止，不能再归入。",
            f"The link “{row.name}” has ended; nobody can be placed in it.",
        )
        raise YumiaoError("chain.over", text)
    return row


def _standing(links: Iterable[str]) -> set[tuple[str, str]]:
    """Return who stands in some links: link and the subject that is read now."""
    rows = list(Placement.objects.filter(STANDING, link__in=list(links)).values_list("link_id", "subject"))
    now = subjects_now([subject for _, subject in rows])
    return {(link, now[subject]) for link, subject in rows}


def _check_free(rows: list[Placement]) -> None:
    standing = _standing({row.link_id for row in rows})
    now = subjects_now([row.subject for row in rows])
    if any((row.link_id, now[row.subject]) in standing for row in rows):
        text = Text(
            "这家企业已另有一条归在这个环节。", "The enterprise stands in this link by another placement now."
        )
        raise YumiaoError("chain.placed", text)


def _row(new: NewPlacement, way: Way, act: str, by: str, now: dt.datetime) -> Placement:
    return Placement(
        link_id=new.link,
        subject=new.subject,
        note=new.entry.note,
        since=new.entry.since,
        source=new.entry.source,
        way=way,
        act=act,
        placed_by_id=by,
        placed_at=now,
        ended_why="",
    )


def _locked(placement: str) -> Placement:
    found = Placement.objects.select_for_update().select_related("link").filter(id=placement).first()
    if found is None:
        raise unknown()
    return found


def _save(row: Placement, columns: tuple[str, ...], act: str, by: str, now: dt.datetime) -> None:
    row.save(update_fields=columns)
    count_change()
    _journal(row.link, act, by, now, {"placement": row.id, "subject": row.subject, "link": row.link_id})


def _journal(link: Link, act: str, by: str, now: dt.datetime, payload: dict[str, Value]) -> None:
    record(stream=Stream("chain", link.chain_id), act=act, actor=by, at=now, payload=payload)
