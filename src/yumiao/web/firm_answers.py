"""A form of one fact as its page fills it in: what is being typed, was kept over signing in, or lies as a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from yumiao.district.drafts.selectors import Draft


@dataclass(frozen=True)
class Filled:
    """What the fields of a form hold.

    Attributes:
        seen: when the draft that the form shows was saved, as ISO text; empty where it shows none.
        draft: the draft beside it; None where there is none.
    """

    value: str = ""
    unit: str = ""
    note: str = ""
    seen: str = ""
    draft: Draft | None = None


def filled_from(draft: Draft | None) -> Filled:
    """Return the form that a draft fills in; an empty one without a draft."""
    if draft is None:
        return Filled()
    return Filled(draft.value, draft.unit, draft.note, draft.saved_at.isoformat(), draft)


def filled_as_typed(fields: Mapping[str, str], draft: Draft | None) -> Filled:
    """Return the form as it was typed, a draft that was saved meanwhile beside it."""
    seen = draft.saved_at.isoformat() if draft is not None else ""
    return Filled(fields["value"], fields["unit"], fields["note"], seen, draft)


def read_seen(text: str) -> dt.datetime | None:
    """Read when the draft that a form showed was saved; None where it showed none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
