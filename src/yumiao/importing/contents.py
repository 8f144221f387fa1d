"""An arrival under the ids of the store: what one batch will hold."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from yumiao.importing.linking import PAIRS, Assignment
from yumiao.intake.arrivals import Arrival
from yumiao.ladder.rows import REGISTER as TITLES
from yumiao.model.facts import SUBJECT
from yumiao.store import BatchContent, no_declarations
from yumiao.store.values import DECLARATION_SCHEMA


def batch_content(arrival: Arrival, assignment: Assignment) -> BatchContent:
    """Put an arrival under the ids of its subjects.

    Args:
        assignment: whose facts they are; every subject has an id.
    """
    facts = arrival.facts
    ids = assignment.subjects.select("key", id=SUBJECT)
    facts = replace(
        facts,
        table=_renamed(facts.table, ids).sort(SUBJECT),
        sources=_renamed(facts.sources, ids),
        conflicts=_renamed(facts.conflicts, ids),
    )
    records = {name: _renamed(rows, ids) for name, rows in arrival.records.items() if rows.height}
    pairs = assignment.pairs_by_subject()
    if pairs.height:
        records[PAIRS] = _pair_rows(pairs, arrival)
    return BatchContent(
        facts, _renamed(arrival.identifiers, ids), _declarations(arrival, assignment), records
    )


def _renamed(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Put the store's id where a key of the file stands."""
    columns = frame.columns
    joined = frame.join(ids, left_on=SUBJECT, right_on="key", how="inner", maintain_order="left")
    return joined.with_columns(pl.col("id").alias(SUBJECT)).select(columns)


def _pair_rows(pairs: pl.DataFrame, arrival: Arrival) -> pl.DataFrame:
    """Pairs as rows of a register: each stands where its subject first stands in the file."""
    places = arrival.identifiers.unique(SUBJECT, keep="last", maintain_order=True)
    return pairs.select(
        SUBJECT,
        row_id=pl.concat_str(SUBJECT, "other", separator="/"),
        file=pl.lit(arrival.file),
        sheet=pl.lit(places["sheet"][0] if places.height else ""),
        cell=pl.lit(""),
        **{name: pl.col(name) for name in pairs.columns if name != SUBJECT},
    )


def _declarations(arrival: Arrival, assignment: Assignment) -> pl.DataFrame:
    """What the file lists completely; of the subjects that an entry may mean its silence says nothing."""
    unclear = sorted(set(assignment.pairs["other"]))
    listed = arrival.facts.table.height
    rows = [
        (each.metric, each.territory or None, each.on, arrival.file, listed, unclear)
        for each in arrival.complete
    ]
    rows += [
        (f"{TITLES}.{title}", arrival.territory or None, arrival.on, arrival.file, listed, unclear)
        for title in _complete_titles(arrival)
    ]
    if not rows:
        return no_declarations()
    return pl.DataFrame(rows, schema=DECLARATION_SCHEMA, orient="row")


def _complete_titles(arrival: Arrival) -> list[str]:
    rule = arrival.mapping.records
    if rule is None or rule.register != TITLES or not rule.is_complete:
        return []
    return [value for name, value in rule.fixed if name == "title"]
