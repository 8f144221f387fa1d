"""Of which subjects, and of which facts of theirs, two states of a store may say different things."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.store import State
from yumiao.store.batches import Batch
from yumiao.store.columns import fact_columns
from yumiao.store.contents import DECLARATIONS, FACTS, IDENTIFIERS, records_part
from yumiao.store.knowledge import Knowledge

_RECORDS_BEFORE, _RECORDS_AFTER = records_part("x").split("x")


def touched_subjects(before: State, after: State) -> pl.Series | None:
    """Return the subjects on which a later state may differ, by the ids of both; None where it may be any.

    Any, because a complete list also speaks of those that it leaves out, and a split moves what single batches say.
    """
    if before.aliases.by_batch != after.aliases.by_batch:
        return None
    changed = changed_batches(before, after)
    if any(batch.has(DECLARATIONS) for batch in changed):
        return None
    found = [_moved(before, after)]
    for batch in changed:
        ids = _subjects_of(batch)
        found += [state.aliases.apply(ids, batch.manifest.id) for state in (before, after)]
    return pl.concat([each.rename(SUBJECT) for each in found]).unique().sort()


def touched_facts(before: State, after: State, registers: Collection[str]) -> frozenset[str] | None:
    """Return the facts on which a later state may differ, by name; None where it may be any.

    Any, because a merged subject has the facts of both, a register may be read by many facts, and a complete list
    speaks of those whom it leaves out. Names and codes may always differ; where a subject moved to another division,
    other facts may as well (`are_lists_concerned`).

    Args:
        registers: names of those that facts follow from.
    """
    changed = changed_batches(before, after)
    parts = [DECLARATIONS, *map(records_part, registers)]
    if before.aliases != after.aliases or any(batch.has(part) for batch in changed for part in parts):
        return None
    return frozenset(each.name for batch in changed for each in fact_columns(batch.schema(FACTS)))


def are_lists_concerned(before: State, after: State) -> bool:
    """Whether complete lists may leave out somebody else by now: a subject that stood in another division before.

    Args:
        before: an earlier state of the same store, of anybody; the same lists count.
        after: a state of the subjects that are asked about.
    """
    if not any(batch.has(DECLARATIONS) for batch in after.batches):
        return False
    batches = after.all_batches  # batches are only added: those of before are the first of them
    earlier = Knowledge(batches[: len(before.all_batches)], before.reverted, before.aliases)
    subjects = pl.Series(after.subjects, dtype=pl.String)
    old, new = (each.territories_of(subjects) for each in (earlier, after.knowledge))
    return not old.equals(new, null_equal=True)


def changed_batches(before: State, after: State) -> list[Batch]:
    """Return the batches that count in one of two states alone."""
    counted = {batch.manifest.id: batch for batch in (*before.batches, *after.batches)}
    one, other = ({batch.manifest.id for batch in state.batches} for state in (before, after))
    return [counted[name] for name in sorted(one ^ other)]


def has_records(batch: Batch) -> bool:
    """Whether a batch holds rows of a register: titles, rights, pairs to look at."""
    return any(_is_records(name) for name in batch.manifest.parts)


def _moved(before: State, after: State) -> pl.Series:
    """The subjects that an id was read as on one side only."""
    old, new = before.aliases.general, after.aliases.general
    pairs = [(old.get(each, each), new.get(each, each)) for each in old.keys() | new.keys()]
    return pl.Series(SUBJECT, [each for pair in pairs if pair[0] != pair[1] for each in pair], pl.String)


def _subjects_of(batch: Batch) -> pl.Series:
    parts = [name for name in batch.manifest.parts if name in (FACTS, IDENTIFIERS) or _is_records(name)]
    ids = [batch.read(part, [SUBJECT])[SUBJECT].drop_nulls() for part in parts]
    empty = pl.Series(SUBJECT, [], pl.String)
    return pl.concat([empty, *ids]).unique()


def _is_records(part: str) -> bool:
    return part.startswith(_RECORDS_BEFORE) and part.endswith(_RECORDS_AFTER)
