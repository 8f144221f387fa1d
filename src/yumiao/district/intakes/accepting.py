"""Accepting many pairs at once: those at least so sure, each subject in one pair only; looked at first, undone at once.

A subject that stands in several sure pairs is left for a person: which of them is right, no number says. So are two
subjects with different codes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from yumiao.district.intakes.deciding import relist_decisions
from yumiao.district.intakes.desk_lists import decided_together
from yumiao.district.intakes.following import write_store
from yumiao.district.intakes.models import IntakePair, OpenPair, State
from yumiao.district.intakes.pair_lists import WantedFilePairs, WantedPairs, file_pairs_wanted, queue_wanted
from yumiao.district.intakes.services import note_intake, opened_intake
from yumiao.importing.queue import accept_pairs
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

LEASTS = (90, 95, 99)
"""How sure pairs may be asked to be, in percent."""


@dataclass(frozen=True)
class Acceptable:
    """What would be accepted.

    Attributes:
        rows: the pairs, the least sure first.
        left: sure pairs that are left for a person: a subject of theirs stands in several, or their codes differ.
        mark: names exactly these pairs; whoever accepts says it back.
    """

    rows: tuple[Any, ...]
    left: int
    mark: str


def acceptable_pairs(wanted: WantedPairs, least: int) -> Acceptable:
    """Return the open pairs, of those asked for, that are at least so sure."""
    return _acceptable(queue_wanted(wanted), OpenPair.objects.all(), least, lambda row: row.subject)


def acceptable_file_pairs(intake: str, wanted: WantedFilePairs, least: int) -> Acceptable:
    """Return the pairs of an intake, of those asked for, that are open and at least so sure."""
    every = file_pairs_wanted(intake, WantedFilePairs())
    found = file_pairs_wanted(intake, wanted).filter(decision="")
    return _acceptable(found, every, least, lambda row: f"{row.file_id}/{row.key}")


def _acceptable(found: Any, every: Any, least: int, own: Callable[[Any], str]) -> Acceptable:
    share = float(Decimal(least) / 100)
    seen: Counter[str] = Counter()
    for row in every.filter(probability__gte=share):
        seen.update({own(row), row.other})
    sure = found.filter(probability__gte=share).order_by("probability", "id")
    rows = tuple(row for row in sure if seen[own(row)] == seen[row.other] == 1 and not _has_two_codes(row))
    mark = hashlib.sha256("\n".join(sorted(f"{own(row)} {row.other}" for row in rows)).encode()).hexdigest()
    return Acceptable(rows, len(sure) - len(rows), mark)


def _has_two_codes(row: Any) -> bool:
    return bool(row.code and row.other_code and row.code != row.other_code)


def accept_all(wanted: WantedPairs, least: int, *, mark: str, why: str, by: str, now: dt.datetime) -> int:
    """Decide that each of the acceptable pairs is one subject; returns the number under which all are undone.

    Raises: YumiaoError (``queue.moved``) where they are not those that were looked at, (``queue.none``) for none.
    """
    found = acceptable_pairs(wanted, least)
    _require_looked_at(found, mark)
    pairs = [(row.subject, row.other) for row in found.rows]
    numbers = write_store(lambda draft: accept_pairs(draft, pairs, why), by=by, now=now)
    relist_decisions(by=by, now=now)
    OpenPair.objects.filter(id__in=[row.id for row in found.rows]).delete()
    return numbers[0]


def take_back_together(number: int, *, why: str, by: str, now: dt.datetime) -> int:
    """Take back what was decided at once with a decision and still holds; returns how many that were.

    Raises: YumiaoError (``decisions.none``) where nothing of it holds any more.
    """
    numbers = [row.number for row in decided_together(number)]
    if not numbers:
        raise YumiaoError(
            "decisions.none",
            Text("这些决定已经全部撤回。", "All of these decisions are taken back already."),
        )
    write_store(lambda draft: draft.undo_all(numbers, why), by=by, now=now)
    relist_decisions(by=by, now=now)
    return len(numbers)


@transaction.atomic
def choose_file_pairs(
    intake: str, wanted: WantedFilePairs, least: int, *, mark: str, by: str, now: dt.datetime
) -> int:
    """Say before the import that each of the acceptable pairs of an intake is one subject; returns how many.

    Raises: as `accept_all`, and (``intake.state``) where the intake is not checked, or imported.
    """
    row = opened_intake(intake, State.CHECKED)
    found = acceptable_file_pairs(intake, wanted, least)
    _require_looked_at(found, mark)
    ids = [each.id for each in found.rows]
    IntakePair.objects.filter(id__in=ids).update(decision="same", decided_by=by)
    note_intake(row, "intake.pairs_chosen", by, now, count=len(ids), sha256=found.mark, decision="same")
    return len(ids)


@transaction.atomic
def reopen_file_pairs(intake: str, *, by: str, now: dt.datetime) -> int:
    """Take back, before the import, what was said of every pair of an intake; returns of how many.

    Raises: YumiaoError (``intake.state``) where the intake is not checked, or imported.
    """
    row = opened_intake(intake, State.CHECKED)
    count = (
        IntakePair.objects.filter(file__intake=intake).exclude(decision="").update(decision="", decided_by="")
    )
    note_intake(row, "intake.pairs_chosen", by, now, count=count, decision="")
    return count


def _require_looked_at(found: Acceptable, mark: str) -> None:
    if not found.rows:
        raise YumiaoError(
            "queue.none", Text("没有这样有把握的对。", "No pair is that sure; there is nothing to accept.")
        )
    if found.mark != mark:
        raise YumiaoError(
            "queue.moved",
            Text(
                "清单刚刚变了：请再看一遍下面的对，然后确认。什么也没有决定。",
                "The list has just changed: look at the pairs below again, then confirm. Nothing was decided.",
            ),
        )
