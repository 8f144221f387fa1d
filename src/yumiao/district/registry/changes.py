"""What a new register says otherwise than the one before: each outcome that changed, kept for ever, with what changed.

Where the whole register is built anew, the outcomes before are set aside in a table of the connection and compared with
those after by one statement each, as there may be millions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yumiao.district.registry.models import OutcomeChange, OutcomeCurrent, Projection
from yumiao.model.outcomes import Outcome

_ASIDE = "outcomes_before"
_COLUMNS = (
    "subject",
    "family",
    "version_before",
    "version_after",
    "outcome_before",
    "outcome_after",
    "as_of_before",
    "as_of_after",
    "known_before",
    "known_after",
    "is_reworded",
    "at",
)


@dataclass(frozen=True)
class Basis:
    """What a register was made from: application date, moment of the last thing known, rules by policy id."""

    as_of: dt.date
    known_at: str
    packs: Mapping[str, str]

    @staticmethod
    def of(as_of: dt.date, receipt: Mapping[str, Any]) -> Basis:
        packs = {policy: kept["pack"] for policy, kept in receipt["policies"].items()}
        return Basis(as_of, receipt["known_at"], packs)


def basis_of(built: Projection | None) -> Basis | None:
    """Return what a register was made from; None where there is none."""
    return Basis.of(built.as_of, built.receipt) if built is not None else None


Said = tuple[str, str, str, str]
"""Subject, policy family, policy version, outcome."""


def note_changes(
    before: Basis, after: Basis, now: dt.datetime, old: Iterable[Said], new: Iterable[Said]
) -> None:
    """Keep what was said of subjects before and is now, where the outcome is another one; the rules are the same."""
    held = {(subject, family): (version, outcome) for subject, family, version, outcome in old}
    days = (_day(before.as_of), _day(after.as_of))
    rest = (before.known_at, after.known_at, False, connection.ops.adapt_datetimefield_value(now))
    rows = (
        (subject, family, held[subject, family][0], version, held[subject, family][1], outcome, *days, *rest)
        for subject, family, version, outcome in sorted(new)
        if (subject, family) in held and held[subject, family][1] != outcome
    )
    columns = ", ".join(connection.ops.quote_name(name) for name in _COLUMNS)
    table = connection.ops.quote_name(OutcomeChange._meta.db_table)  # noqa: SLF001 - Django's own way to ask
    marks = ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(rows))  # noqa: S608 - names of our own


@contextmanager
def noting_changes(before: Basis | None, after: Basis, now: dt.datetime) -> Iterator[None]:
    """Keep every outcome that is another one at the end of the block than at its beginning, in its transaction.

    Args:
        before: None where there was no register: then nothing changed.
    """
    if before is None:
        yield
        return
    table = connection.ops.quote_name(OutcomeCurrent._meta.db_table)  # noqa: SLF001 - Django's own way to ask
    select = f"SELECT subject_id, family, version, outcome FROM {table}"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_ASIDE}")
        cursor.execute(f"CREATE TEMPORARY TABLE {_ASIDE} AS {select}")
    yield
    with connection.cursor() as cursor:
        _keep(cursor, table, before, after, now)
        cursor.execute(f"DROP TABLE {_ASIDE}")


def _keep(cursor: Any, table: str, before: Basis, after: Basis, now: dt.datetime) -> None:
    reworded = sorted(
        policy.partition("@")[0]
        for policy, pack in after.packs.items()
        if before.packs.get(policy, pack) != pack
    )
    changes = connection.ops.quote_name(OutcomeChange._meta.db_table)  # noqa: SLF001 - the same
    marks = ", ".join(["%s"] * len(reworded)) or "NULL"
    statement = f"""
        INSERT INTO {changes} ({", ".join(_COLUMNS)})
        SELECT b.subject_id, b.family, b.version, a.version, b.outcome, a.outcome, %s, %s, %s, %s,
            CASE WHEN a.version = b.version AND b.family IN ({marks}) THEN %s ELSE %s END, %s
        FROM {_ASIDE} b JOIN {table} a ON a.subject_id = b.subject_id AND a.family = b.family
        WHERE a.outcome <> b.outcome"""  # noqa: S608 - names of our own
    cursor.execute(
        statement,
        [
            _day(before.as_of),
            _day(after.as_of),
            before.known_at,
            after.known_at,
            *reworded,
            True,
            False,
            connection.ops.adapt_datetimefield_value(now),
        ],
    )


def _day(day: dt.date) -> Any:
    return connection.ops.adapt_datefield_value(day)


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ChangedOutcome:
    """One outcome that became another one; ``facts`` is whether the store knew more, or less, by then.

    Attributes:
        known_before, known_after: moments between which what is known changed.
        days: application date before and after; None where it stayed.
        versions: policy version before and after; None where it stayed.
        is_reworded: whether the rules of the same version were corrected.
    """

    family: str
    version: str
    before: Outcome
    after: Outcome
    at: dt.datetime
    known_before: str
    known_after: str
    days: tuple[dt.date, dt.date] | None
    versions: tuple[str, str] | None
    is_reworded: bool

    @property
    def facts(self) -> bool:
        return self.known_before != self.known_after


def changes_of(subjects: Collection[str]) -> list[ChangedOutcome]:
    """Return every outcome of a subject that changed, the latest first; one query.

    Args:
        subjects: its id, and the ids that were merged into it.
    """
    rows = OutcomeChange.objects.filter(subject__in=list(subjects)).order_by("-at", "-pk")
    return [
        ChangedOutcome(
            row.family,
            row.version_after,
            Outcome(row.outcome_before),
            Outcome(row.outcome_after),
            row.at,
            row.known_before,
            row.known_after,
            (row.as_of_before, row.as_of_after) if row.as_of_before != row.as_of_after else None,
            (row.version_before, row.version_after) if row.version_before != row.version_after else None,
            row.is_reworded,
        )
        for row in rows
    ]
