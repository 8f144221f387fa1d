"""What a new version changes: the outcomes that the register held, beside those that this program gives."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from yumiao.district.registry.projecting import Tell, project
from yumiao.packs.library import Library
from yumiao.store import Store

Outcomes = Mapping[tuple[str, str], tuple[str, str]]
"""Family and subject → policy version and outcome."""

COLUMNS = ("policy", "subject", "version_before", "outcome_before", "version_after", "outcome_after")


@dataclass(frozen=True)
class Former:
    """What the register held before.

    Attributes:
        as_of: the application date it was judged for.
        built_at: when; facts recorded later are left out of the comparison.
        store_root: the state of the store it came from.
    """

    as_of: dt.date
    built_at: dt.datetime
    store_root: str
    outcomes: Outcomes


@dataclass(frozen=True)
class Change:
    """One outcome that is another one now; an empty version and outcome where there was or is none."""

    family: str
    subject: str
    before: tuple[str, str]
    after: tuple[str, str]

    @property
    def is_outcome(self) -> bool:
        """Whether the outcome itself differs, not only the version of the policy."""
        return self.before[1] != self.after[1]


def read_former() -> Former | None:
    """Read what the register holds, by plain statements: its tables may be those of an earlier version.

    None where there is no register.
    """
    with connection.cursor() as cursor:
        if "registry_projection" not in connection.introspection.table_names(cursor):
            return None
        cursor.execute("SELECT as_of, built_at, store_root FROM registry_projection")
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute("SELECT family, subject_id, version, outcome FROM registry_outcomecurrent")
        outcomes = {(family, subject): (version, outcome) for family, subject, version, outcome in cursor}
    as_of = row[0] if isinstance(row[0], dt.date) else dt.date.fromisoformat(str(row[0])[:10])
    return Former(as_of, _moment(row[1]), str(row[2]), outcomes)


def judge_again(former: Former, store: Store, library: Library, tell: Tell | None = None) -> Outcomes:
    """Judge what was known then, for the same date, with the rules of this program."""
    now = store.state()
    state = now if now.root == former.store_root else store.state(former.built_at.isoformat())
    projected = project(state, library, former.as_of, tell)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for evaluated in projected.run.policies:
        policy = evaluated.policy
        rows = evaluated.verdicts.select("subject", "outcome").iter_rows()
        found |= {(policy.family, subject): (policy.version, str(outcome)) for subject, outcome in rows}
    return found


def find_changes(before: Outcomes, after: Outcomes) -> list[Change]:
    """Return every outcome or policy version that differs, by policy, then by subject."""
    none = ("", "")
    keys = sorted(before.keys() | after.keys())
    pairs = ((key, before.get(key, none), after.get(key, none)) for key in keys)
    return [Change(family, subject, old, new) for (family, subject), old, new in pairs if old != new]


def count_changes(changes: Iterable[Change]) -> list[tuple[str, str, str, int]]:
    """Return policy, outcome before, outcome after and how many; changes of the version alone are left out."""
    counted = Counter((each.family, each.before[1], each.after[1]) for each in changes if each.is_outcome)
    return [(*key, count) for key, count in sorted(counted.items())]


def write_changes(changes: Iterable[Change], path: Path) -> None:
    """Write all changes as CSV that Excel opens; ids of subjects only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(changes))


def _rows(changes: Iterable[Change]) -> Iterator[tuple[str, ...]]:
    return ((each.family, each.subject, *each.before, *each.after) for each in changes)


def _moment(found: object) -> dt.datetime:
    read = found if isinstance(found, dt.datetime) else dt.datetime.fromisoformat(str(found))
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)
