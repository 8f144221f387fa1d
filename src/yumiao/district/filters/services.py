"""What changes saved filters. Every act adds a line to the journal, without name and query."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.filters.models import SavedFilter
from yumiao.district.journal.services import Stream, record
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

LONGEST_NAME = 60
LONGEST_QUERY = 1000
MOST = 50
"""So many filters one person may keep."""


@transaction.atomic
def save_filter(*, name: str, query: str, is_shared: bool, by: str, now: dt.datetime) -> str:
    """Keep a filter under a name, in place of the person's own of that name; returns its id.

    Raises: YumiaoError (``filter.name``), (``filter.query``), (``filter.many``).
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME:
        raise YumiaoError(
            "filter.name",
            Text(
                f"请给筛选起名，最多 {LONGEST_NAME} 个字。",
                f"Name the filter, in at most {LONGEST_NAME} characters.",
            ),
        )
    if not query or len(query) > LONGEST_QUERY:
        raise YumiaoError(
            "filter.query", Text("先选好条件再保存。", "Choose conditions first, then save them.")
        )
    own = SavedFilter.objects.filter(person_id=by, removed_at=None)
    if own.exclude(name=clean).count() >= MOST:
        raise YumiaoError(
            "filter.many",
            Text(f"最多保存 {MOST} 个筛选。", f"At most {MOST} filters can be kept; remove one first."),
        )
    row, _ = own.update_or_create(
        name=clean,
        defaults={"query": query, "is_shared": is_shared},
        create_defaults={
            "person_id": by,
            "name": clean,
            "query": query,
            "is_shared": is_shared,
            "created_at": now,
        },
    )
    _journal(row, "filter.saved", by, now)
    return row.id


@transaction.atomic
def share_filter(*, saved: str, is_shared: bool, by: str, now: dt.datetime) -> None:
    """Show a filter to colleagues, or no longer. Raises: YumiaoError (``filter.none``) where it is not one's own."""
    row = _own(saved, by)
    if row.is_shared != is_shared:
        row.is_shared = is_shared
        row.save(update_fields=["is_shared"])
        _journal(row, "filter.shared" if is_shared else "filter.unshared", by, now)


@transaction.atomic
def remove_filter(*, saved: str, by: str, now: dt.datetime) -> None:
    """Remove a filter; it can be put back. Raises: YumiaoError (``filter.none``) where it is not one's own."""
    row = _own(saved, by)
    if row.removed_at is None:
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _journal(row, "filter.removed", by, now)


@transaction.atomic
def restore_filter(*, saved: str, by: str, now: dt.datetime) -> None:
    """Put a removed filter back.

    Raises: YumiaoError (``filter.none``) where it is not one's own; (``filter.taken``) where another has its name now.
    """
    row = _own(saved, by)
    if row.removed_at is None:
        return
    if SavedFilter.objects.filter(person_id=by, name=row.name, removed_at=None).exists():
        raise YumiaoError(
            "filter.taken", Text("已有同名的筛选。", "There is another filter of that name now.")
        )
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    _journal(row, "filter.restored", by, now)


def _own(saved: str, by: str) -> SavedFilter:
    found = SavedFilter.objects.select_for_update().filter(id=saved, person_id=by).first()
    if found is None:
        raise YumiaoError(
            "filter.none", Text("没有这个筛选，或不是您的。", "There is no such filter of yours.")
        )
    return found


def _journal(row: SavedFilter, act: str, by: str, now: dt.datetime) -> None:
    record(stream=Stream("filter", row.id), act=act, actor=by, at=now)
