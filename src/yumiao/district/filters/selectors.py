"""What is asked about saved filters: one's own, and those that colleagues share."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yumiao.district.accounts.selectors import Actor
from yumiao.district.filters.models import SavedFilter
from yumiao.district.prepared import Prepared


@dataclass(frozen=True)
class ShownFilter:
    """A filter as lists show it; ``owner_label`` is whose it is."""

    id: str
    name: str
    query: str
    is_shared: bool
    is_own: bool
    owner_label: str


def _standing(person: str) -> QuerySet[SavedFilter, tuple[str, str, str, bool, str, str]]:
    seen = Q(person_id=person) | Q(is_shared=True, person__is_active=True)
    rows = SavedFilter.objects.filter(seen, removed_at=None).order_by("name", "id")
    return rows.values_list("id", "name", "query", "is_shared", "person_id", "person__label")


_STANDING = Prepared(_standing)


def filters_for(actor: Actor) -> list[ShownFilter]:
    """Return a person's own filters and those that others share, by name; one query."""
    return [
        ShownFilter(key, name, query, is_shared, owner == actor.id, label)
        for key, name, query, is_shared, owner, label in _STANDING.rows(actor.id)
    ]


def removed_filter(actor: Actor, saved: str) -> ShownFilter | None:
    """Return an own filter that was removed, for undoing it; None where there is none such."""
    row = SavedFilter.objects.filter(id=saved, person_id=actor.id, removed_at__isnull=False)
    found = row.select_related("person").first()
    return _shown(found, actor) if found is not None else None


def _shown(row: SavedFilter, actor: Actor) -> ShownFilter:
    return ShownFilter(
        row.id, row.name, row.query, row.is_shared, row.person_id == actor.id, row.person.label
    )
