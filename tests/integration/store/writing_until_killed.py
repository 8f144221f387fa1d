"""A process that commits one thing after another to a store until it is killed.

Says ``begin N`` before the N-th commit and ``done N`` after it. Every commit is one of: a batch in which the staff of
every subject is N, or a note; each also counts in its events which commit it is.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from tests.unit.store.store_contents import content_of, moment

from yumiao.store import Store, open_store

FIRST_DAY = dt.date(2026, 1, 1)


def commit(store: Store, number: int) -> None:
    """Make the ``number``-th commit: two events at least, so that half a commit would show."""
    with store.writing("victim", moment(number + 10)) as draft:
        draft.note("first half", commit=number)
        if number % 2:
            ids = draft.before.batches[0].read("facts.parquet")["subject"]
            rows = {subject: {"staff": number, "patents": place} for place, subject in enumerate(ids)}
            day = FIRST_DAY + dt.timedelta(days=number)
            draft.add_batch(content_of(rows), kind="staff", source="tax", observed_on=day)
        draft.note("second half", commit=number)


def say(words: str) -> None:
    """Tell the process that is going to kill this one."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """Commit until killed."""
    store = open_store(Path(sys.argv[1]))
    number = int(sys.argv[2])
    while True:
        say(f"begin {number}")
        commit(store, number)
        say(f"done {number}")
        number += 1


if __name__ == "__main__":
    main()
