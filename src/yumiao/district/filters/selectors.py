"""What is asked about saved filters: one's own, and those that colleagues share."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from yumiao.district.accounts.selectors import Actor
from yumiao.district.filters.models import SavedFilter


@dataclass(frozen=True)
class ShownFilter:
    """A filter as lists show it; ``owner_label`` is whose it is."""

    id: str
    name: str
    query: str
    is_shared: bool
    is_own: bool
    owner_label: str


def filters_for(actor: Actor) -> list[ShownFilter]:
    """Return a person's own filters and those that others share, by name; one query."""
    seen = Q(person_id=actor.id) | Q(is_shared=True, person__is_active=True)
    rows = SavedFilter.objects.filter(seen, removed_at=None).select_related("person")
    return [_shown(row, actor) for row in rows.order_by("name", "id")]


def removed_filter(actor: Actor, saved: str) -> ShownFilter | None:
    """Return an own filter that was removed, for undoing it; None where there is none such."""
    row = SavedFilter.objects.filter(id=saved, person_id=actor.id, removed_at__isnull=False)
    found = row.select_related("person").first()
    return _shown(found, actor) if found is not None else None


def _shown(row: SavedFilter, actor: Actor) -> ShownFilter:
    return ShownFilter(
        row.id, row.name, row.query, row.is_shared, row.person_id == actor.id, row.person.label
    )
