"""The facts of an enterprise as somebody would type them into the form that tries a policy."""

from __future__ import annotations

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.permissions import visible_to
from yumiao.district.policies.trying import Trial, typed_of
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.searching import matching
from yumiao.district.registry.selectors import judged
from yumiao.district.registry.withholding import hidden_batches, shown_columns

MOST_CHOICES = 20


def find_choices(actor: Actor, text: str) -> list[tuple[str, str]]:
    """Return id and name of the first visible subjects that a text finds; the own ones of an enterprise's person."""
    if not text and actor.role is not Role.ENTERPRISE:
        return []
    found = Subject.objects.filter(visible_to(actor), matching(text)).order_by("sort_key", "id")
    rows = found.values_list("id", "name", "code")[:MOST_CHOICES]
    return [(key, name or code or key) for key, name, code in rows]


def fill_in(trial: Trial, subject: str, *, for_itself: bool) -> dict[str, str]:
    """Return what is known of a subject, as typed; nothing while there is no register.

    Args:
        for_itself: whether the subject's own people ask: then only facts count whose source the district shows to
            subjects.
    """
    found = judged()
    if found is None:
        return {}
    facts = found.facts_of(subject)
    if not for_itself:
        return typed_of(trial, facts.table)
    batches = hidden_batches(library(), found.known_at)
    return typed_of(trial, facts.table, shown_columns(library(), facts.sources, batches))
