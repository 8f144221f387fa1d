"""What is sent of intakes: uploads on their way from files to the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from yumiao.api.shapes import Words, words
from yumiao.district.intakes import selectors
from yumiao.model.text import Text

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, Field(max_length=200, pattern=PLAIN)]
StateOfIntake = Literal["mapping", "checking", "checked", "committing", "committed", "cancelled"]
KindOfChange = Literal["loses", "gains", "settles", "opens", "new", "other"]


class Strict(Schema):
    """A body in which a misspelt field is an error."""

    model_config = ConfigDict(extra="forbid")


class FileInShort(Schema):
    """One file of an intake; `batch` is null before the import, and where the file added none."""

    id: str
    name: str
    sha256: str
    size: int
    is_mapped: bool = Field(description="Some column has a meaning, so that the file can be checked.")
    is_remembered: bool = Field(description="Its mapping was kept from an earlier file of the kind.")
    open_questions: int = Field(description="Columns of which something has still to be said.")
    batch: str | None


class IntakeInShort(Schema):
    """Files uploaded together; what nobody has said or found yet is null."""

    id: str
    state: StateOfIntake
    label: Words
    source: str | None = Field(description="Who reports; null until it is said.")
    observed_on: dt.date | None = Field(description="Null: as the mappings say, else the day of the upload.")
    created_at: dt.datetime
    by: str = Field(description="Who uploaded.")
    rows: int | None = Field(description="Null before the first check.")
    batches: list[str]
    files: list[FileInShort]


class IntakeInFull(IntakeInShort):
    """One intake where it stands; `counts` and `changes` are null unless a check of it as it is now has ended."""

    ended_at: dt.datetime | None
    check_job: str | None = Field(description="The check last asked for; see GET /jobs/{id}.")
    commit_job: str | None
    counts: dict[str, int] | None = Field(
        description="Rows, faults, subjects known, new and unsure, facts new, same, changed and in conflict."
    )
    changes: dict[KindOfChange, int] | None = Field(
        description="Verdicts that the import would change, by kind."
    )


FOUND = frozenset({"checked", "committing", "committed"})
"""States in which what a check found belongs to the intake as it is."""


def file_in_short(row: Any) -> dict[str, Any]:
    """Return a file as lists show it."""
    return {
        "id": row.id,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "is_mapped": bool(row.mapping),
        "is_remembered": row.is_remembered,
        "open_questions": row.open_questions,
        "batch": row.batch or None,
    }


def in_short(row: Any, people: Mapping[str, str]) -> dict[str, Any]:
    """Return an intake as lists show it.

    Args:
        people: labels by opaque id.
    """
    return {
        "id": row.id,
        "state": row.state,
        "label": words(selectors.state_label(row.state)),
        "source": row.source or None,
        "observed_on": row.observed_on,
        "created_at": row.created_at,
        "by": people[row.created_by],
        "rows": row.rows if row.counts is not None else None,
        "batches": list(row.batches),
        "files": [file_in_short(file) for file in row.files.all()],
    }


def in_full(row: Any) -> dict[str, Any]:
    """Return one intake where it stands."""
    is_found = row.state in FOUND
    return {
        **in_short(row, selectors.labels_of({row.created_by})),
        "ended_at": row.ended_at,
        "check_job": row.check_job or None,
        "commit_job": row.commit_job or None,
        "counts": row.counts if is_found else None,
        "changes": selectors.count_changes(row.id) if is_found else None,
    }


class ChangeOfVerdict(Schema):
    """A verdict that would be another; `before` is null where there was none, `after` where there is none any more.

    Both are outcomes, or classes of a policy that sorts.
    """

    subject: str
    name: str
    policy: str
    title: Words
    kind: KindOfChange
    before: str | None
    after: str | None


def change_of_verdict(change: Any) -> dict[str, Any]:
    """Return a changed verdict as it is sent."""
    return {
        "subject": change.subject,
        "name": change.name,
        "policy": change.policy,
        "title": words(selectors.title_of(change.policy)),
        "kind": change.kind,
        "before": change.before or None,
        "after": change.after or None,
    }


def said(text: Text) -> Words | None:
    """Return words; None where nothing is said."""
    return words(text) if text.zh or text.en else None
