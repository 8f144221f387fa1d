"""Accepting many pairs at once: those at least so sure, each subject in one pair only; looked at first, undone at once.

A subject that stands in several sure pairs is left for a person: which of them is right, no number says. So are two
subjects with different codes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
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
        ids: of the pairs, the least sure first.
        pairs: of each its two sides: the subject entered later, by id or file and key, and the known one's id.
        left: sure pairs that are left for a person: a subject of theirs stands in several, or their codes differ.
        mark: names exactly these pairs; whoever accepts says it back.
    """

    ids: tuple[int, ...]
    pairs: tuple[tuple[str, str], ...]
    left: int
    mark: str


def acceptable_pairs(wanted: WantedPairs, least: int) -> Acceptable:
    """Return the open pairs, of those asked for, that are at least so sure; two queries."""
    return _acceptable(queue_wanted(wanted), OpenPair.objects.all(), least, ("subject",))


def acceptable_file_pairs(intake: str, wanted: WantedFilePairs, least: int) -> Acceptable:
    """Return the pairs of an intake, of those asked for, that are open and at least so sure; two queries."""
    every = file_pairs_wanted(intake, WantedFilePairs())
    found = file_pairs_wanted(intake, wanted).filter(decision="")
    return _acceptable(found, every, least, ("file_id", "key"))


def sample_pairs(found: Acceptable, most: int) -> list[OpenPair]:
    """Return some of the acceptable pairs of the queue to look at: the least sure, wrong most likely."""
    return list(OpenPair.objects.filter(id__in=found.ids[:most]).order_by("probability", "id"))


def sample_file_pairs(found: Acceptable, most: int) -> list[IntakePair]:
    """Return some of the acceptable pairs of an intake to look at: the least sure, wrong most likely."""
    return list(IntakePair.objects.filter(id__in=found.ids[:most]).order_by("probability", "id"))


def _acceptable(found: Any, every: Any, least: int, own: tuple[str, ...]) -> Acceptable:
    share = float(Decimal(least) / 100)
    seen: Counter[str] = Counter()
    for *one, other in every.filter(probability__gte=share).order_by().values_list(*own, "other"):
        seen.update({"/".join(one), other})
    sure = found.filter(probability__gte=share).order_by("probability", "id")
    rows = sure.values_list("id", "code", "other_code", "other", *own)
    kept = [
        (number, "/".join(one), other)
        for number, code, other_code, other, *one in rows
        if seen["/".join(one)] == seen[other] == 1 and not (code and other_code and code != other_code)
    ]
    said = "\n".join(sorted(f"{one} {other}" for _, one, other in kept))
    return Acceptable(
        tuple(number for number, _, _ in kept),
        tuple((one, other) for _, one, other in kept),
        len(rows) - len(kept),
        hashlib.sha256(said.encode()).hexdigest(),
    )


def accept_all(wanted: WantedPairs, least: int, *, mark: str, why: str, by: str, now: dt.datetime) -> int:
    """Decide that each of the acceptable pairs is one subject; returns the number under which all are undone.

    Raises: YumiaoError (``queue.moved``) where they are not those that were looked at, (``queue.none``) for none.
    """
    found = acceptable_pairs(wanted, least)
    _require_looked_at(found, mark)
    numbers = write_store(lambda draft: accept_pairs(draft, found.pairs, why), by=by, now=now)
    relist_decisions(by=by, now=now)
    OpenPair.objects.filter(id__in=found.ids).delete()
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
    IntakePair.objects.filter(id__in=found.ids).update(decision="same", decided_by=by)
    note_intake(row, "intake.pairs_chosen", by, now, count=len(found.ids), sha256=found.mark, decision="same")
    return len(found.ids)


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
    if not found.ids:
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
