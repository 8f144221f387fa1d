"""What is over now, deciding a term, and destroying what is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value
from yumiao.district.retention.kinds import OverItem, RetainedKind, retained_kinds
from yumiao.district.retention.models import Term
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MOST_DAYS = 36_525


@dataclass(frozen=True)
class ShownTerm:
    """One kind with its term; ``reason`` is empty for a DEFAULT, ``over`` counts what would be destroyed now."""

    kind: RetainedKind
    days: int
    is_default: bool
    reason: str
    over: int


def terms(now: dt.datetime) -> list[ShownTerm]:
    """Return every kind with its term and how much is over."""
    decided = {row.kind: row for row in Term.objects.all()}
    return [_shown(kind, decided.get(name), now) for name, kind in retained_kinds().items()]


def term_of(kind: str, now: dt.datetime) -> ShownTerm:
    """Return one kind with its term. Raises: YumiaoError (``retention.unknown``)."""
    known = retained_kinds().get(kind)
    if known is None:
        raise YumiaoError(
            "retention.unknown", Text(f"没有 {kind} 这个种类。", f"There is no kind called {kind}.")
        )
    return _shown(known, Term.objects.filter(kind=kind).first(), now)


def _shown(kind: RetainedKind, row: Term | None, now: dt.datetime) -> ShownTerm:
    days = row.days if row else kind.days
    over = kind.count(now - dt.timedelta(days=days))
    return ShownTerm(kind, days, row is None, row.reason if row else "", over)


def over_items(term: ShownTerm, now: dt.datetime, start: int, stop: int) -> Sequence[OverItem]:
    """Return what of a kind is over, from one place of its order to another, the oldest first."""
    return term.kind.show(now - dt.timedelta(days=term.days), start, stop)


@dataclass(frozen=True)
class WishedTerm:
    """A term that may be decided, checked.

    Attributes:
        more: how many things it would make over at once that are not over by the present term.
    """

    kind: RetainedKind
    days: int
    reason: str
    more: int


def check_term(*, kind: str, days: int, reason: str, now: dt.datetime) -> WishedTerm:
    """Say what a term would do. Raises: YumiaoError ``retention.unknown`` or ``retention.refused``."""
    known = retained_kinds().get(kind)
    if known is None or not known.days:
        raise YumiaoError(
            "retention.unknown",
            Text(f"{kind} 没有可改的期限。", f"{kind} has no term that could be changed."),
        )
    if not known.least <= days <= MOST_DAYS or not 1 <= len(reason.strip()) <= 300:
        raise YumiaoError(
            "retention.refused",
            Text(
                f"期限应为 {known.least}–{MOST_DAYS} 天，并写明依据（1–300 字）。",
                f"A term has {known.least} to {MOST_DAYS} days, and needs its reason in 1 to 300 characters.",
            ),
        )
    more = known.count(now - dt.timedelta(days=days)) - term_of(kind, now).over
    return WishedTerm(known, days, reason.strip(), max(0, more))


@transaction.atomic
def decide_term(*, kind: str, days: int, reason: str, now: dt.datetime, by: str = CONSOLE) -> None:
    """Decide how long a kind is kept. Raises: YumiaoError ``retention.unknown`` or ``retention.refused``."""
    wished = check_term(kind=kind, days=days, reason=reason, now=now)
    Term.objects.update_or_create(
        kind=kind, defaults={"days": days, "reason": wished.reason, "decided_at": now}
    )
    payload: dict[str, Value] = {"kind": kind, "days": days}
    record(stream=Stream("retention", kind), act="retention.decided", actor=by, at=now, payload=payload)


def destroy_over(
    *,
    now: dt.datetime,
    by: str = CONSOLE,
    only: Collection[str] | None = None,
    seen_at: dt.datetime | None = None,
) -> dict[str, int]:
    """Destroy everything that is over; returns kind → how many. Each kind that lost something is journalled.

    Args:
        only: names of the kinds; None: all of them.
        seen_at: when somebody was shown what would go: what came to be over since then stays. None: now.
    """
    decided = dict(Term.objects.values_list("kind", "days"))
    seen = min(seen_at or now, now)
    done = {}
    for name, kind in retained_kinds().items():
        if only is not None and name not in only:
            continue
        count = kind.destroy(seen - dt.timedelta(days=decided.get(name, kind.days)), now)
        if count:
            done[name] = count
            _note(name, count, now, by)
    return done


@transaction.atomic
def _note(kind: str, count: int, now: dt.datetime, by: str) -> None:
    stream = Stream("retention", kind)
    payload: dict[str, Value] = {"kind": kind, "count": count}
    record(stream=stream, act="retention.destroyed", actor=by, at=now, payload=payload)
