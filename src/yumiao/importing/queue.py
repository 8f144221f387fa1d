"""Pairs of subjects of which a person must say whether they are one, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from yumiao.importing.linking import PAIRS
from yumiao.model.facts import SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store import Draft, State
from yumiao.store.contents import FACTS
from yumiao.store.values import Act

QUEUE_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "other": pl.String(),
    "probability": pl.Float64(),
    "step": pl.String(),
    "evidence_zh": pl.String(),
    "evidence_en": pl.String(),
    "batch": pl.String(),
    "file": pl.String(),
}
"""One row per pair: the subject entered later, the one that it may be, how probable that is, and why."""

_LEAST_SURE = 0.5


def open_pairs(state: State) -> pl.DataFrame:
    """Return the pairs still to be looked at (:data:`QUEUE_SCHEMA`), from the least sure.

    A pair is settled when its subjects are read as one, or were decided to be two.
    """
    rows = state.records(PAIRS)
    if not rows.height:
        return pl.DataFrame(schema=QUEUE_SCHEMA)
    alias = state.alias_of({*rows[SUBJECT], *rows["other"]})
    apart = _decided_apart(state)
    pairs = rows.with_columns(pl.col(SUBJECT, "other").replace(alias)).filter(
        pl.col(SUBJECT) != pl.col("other")
    )
    key = pl.concat_str(
        pl.min_horizontal(SUBJECT, "other"), pl.max_horizontal(SUBJECT, "other"), separator="/"
    )
    return (
        pairs.with_columns(key=key)
        .filter(~pl.col("key").is_in(sorted(apart)))
        .unique("key", keep="last", maintain_order=True)
        .sort((pl.col("probability") - _LEAST_SURE).abs(), SUBJECT, nulls_last=True, maintain_order=True)
        .select(*QUEUE_SCHEMA)
    )


def _decided_apart(state: State) -> set[str]:
    """The pairs of subjects that were decided to be two, as ``one/other`` in order."""
    found = set()
    for event in state.decisions:
        if event.act is Act.SEPARATE:
            alias = state.alias_of([event.details["left"], event.details["right"]])
            found.add("/".join(sorted(alias.values())))
    return found


def decide_pair(draft: Draft, subject: str, other: str, *, is_same: bool, why: str = "") -> int:
    """Decide whether two subjects are one; returns the number of the decision, under which it can be undone.

    When they are one, ``subject`` is read as ``other`` from now on.

    Raises: YumiaoError when the pair was never asked or is decided already.
    """
    asked = open_pairs(draft.state)
    alias = draft.state.alias_of([subject, other])
    one, two = alias[subject], alias[other]
    is_pair = pl.concat_list(SUBJECT, "other").list.sort() == sorted([one, two])
    found = asked.filter(is_pair)
    if not found.height:
        raise YumiaoError(
            "queue.no_pair",
            Text(
                f"{subject} 与 {other} 不在待辨认清单中，或已经决定；清单见 yumiao queue。",
                f"{subject} and {other} are not waiting to be told apart, or are decided; see yumiao queue.",
            ),
        )
    newer, older = found.select(SUBJECT, "other").row(0)
    if is_same:
        row = found.row(0, named=True)
        evidence = {name: row[name] for name in ("step", "evidence_zh", "evidence_en", "batch")}
        return draft.merge(newer, into=older, why=why, evidence=evidence)
    return draft.separate(newer, older, why=why)


def accept_pairs(draft: Draft, pairs: Sequence[tuple[str, str]], why: str = "") -> list[int]:
    """Decide of several open pairs at once that each is one subject; returns the numbers of the decisions.

    The one entered later is read as the other from now on.

    Args:
        pairs: two subjects each, as the queue has them; no subject may stand in two of them.
    Raises: YumiaoError (``queue.no_pair``) when one of them is not open any more; then nothing is decided.
    """
    rows = {frozenset((row[SUBJECT], row["other"])): row for row in open_pairs(draft.state).to_dicts()}
    found = [rows.get(frozenset(pair)) for pair in pairs]
    known = [row for row in found if row is not None]
    if len(known) < len(pairs):
        raise YumiaoError(
            "queue.no_pair",
            Text(
                "有几对已经决定，或不再待辨认；请刷新后再认。什么也没有决定。",
                "Some pairs are decided, or no longer wait; look again. Nothing was decided.",
            ),
        )
    evidence = [
        {name: row[name] for name in ("step", "evidence_zh", "evidence_en", "batch")} for row in known
    ]
    return draft.merge_all([(row[SUBJECT], row["other"]) for row in known], why=why, evidence=evidence)


def split_subject(draft: Draft, subject: str, batches: Sequence[str], why: str = "") -> tuple[str, int]:
    """Decide that what some batches said of a subject is of another one, which gets an id of its own.

    Returns: the new id, and the number of the decision, under which it can be undone.
    Raises: YumiaoError when a batch says nothing of the subject.
    """
    state = draft.state
    for batch_id in batches:
        batch = state.batch(batch_id)
        said = state.aliases.apply(batch.read(FACTS, [SUBJECT])[SUBJECT], batch_id)
        if subject not in set(said):
            raise YumiaoError(
                "queue.not_in_batch",
                Text(
                    f"批次 {batch_id} 没有说到 {subject}，无从拆分。",
                    f"The batch {batch_id} says nothing of {subject}; there is nothing to split off.",
                ),
            )
    [new] = draft.mint(1)
    return new, draft.split(subject, batches, into=new, why=why)
