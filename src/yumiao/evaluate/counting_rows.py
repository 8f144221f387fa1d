"""The rows of a register that stand on a day: the latest word on each thing, and whether it is there at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from yumiao.evaluate.validity import moment_of
from yumiao.intake.records import COMPLETE, record_schema
from yumiao.model.facts import SUBJECT
from yumiao.model.precedence import Precedence
from yumiao.packs.definitions import RegisterDefinition

BATCH = "batch"
RECORDED_AT = "recorded_at"
OBSERVED_ON = "observed_on"
SOURCE = "source"

THING = "thing"
"""Names the thing that a row speaks of, whoever lists it; NULL where the row has no number."""

THERE = "there"
"""Whether the row is there on the day: true, false, or NULL where its beginning is not known."""

_TURN = "__turn"
_RANK = "__rank"
_LISTED = "__listed"
_AT = "__at"
_KEYS = [SOURCE, OBSERVED_ON, RECORDED_AT]
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_BATCH_SCHEMA = {BATCH: pl.String(), SOURCE: pl.String(), OBSERVED_ON: pl.Date(), RECORDED_AT: pl.String()}


def believed_sources(register: RegisterDefinition, precedence: Precedence) -> tuple[str, ...]:
    """Return who is believed for the rows of a register, best first: as for what is counted from them."""
    orders = (precedence.by_metric.get(metric) for metric in register.counts)
    return next((order for order in orders if order is not None), precedence.usual)


def shape_rows(rows: pl.DataFrame, register: RegisterDefinition) -> pl.DataFrame:
    """Give a table of rows every column that counting reads.

    Args:
        rows: one row per row of the register: ``subject`` and any of the columns of
            :func:`yumiao.intake.records.record_schema`, ``batch``, ``source``, ``observed_on`` (the day
            for which the batch says what was so), ``recorded_at``; what is not there is unknown.
    Returns: these columns, and ``thing``, in the order given.
    """
    schema = record_schema(register) | _BATCH_SCHEMA
    known = set(rows.columns)
    shaped = rows.select(
        (pl.col(name).cast(kind) if name in known else pl.lit(None, kind)).alias(name)
        for name, kind in schema.items()
    )
    return shaped.with_columns(_thing(register).alias(THING))


def _thing(register: RegisterDefinition) -> pl.Expr:
    """The number of a thing without what writers add to it: blanks, points, brackets, a prefix."""
    if register.number is None:
        return pl.lit(None, pl.String)
    plain = pl.col(register.number).str.normalize("NFKC").str.to_uppercase()
    plain = plain.str.replace_all(r"[^\p{L}\p{N}]", "")
    for prefix in register.prefixes:
        plain = plain.str.strip_prefix(prefix.upper())
    return pl.when(plain != "").then(plain)


def standing_rows(
    rows: pl.DataFrame, register: RegisterDefinition, as_of: dt.date, believed: Sequence[str] = ()
) -> pl.DataFrame:
    """Return the rows that stand: those that no later file has replaced, one for each thing of a subject.

    What was observed after ``as_of`` is left out. A file that lists every row of a subject replaces all that was
    observed of it before by sources that are believed no more than its own. Rows with the same number speak of one
    thing: for each field the best source that knows it counts, then the latest. ``there`` says whether a row is
    there on ``as_of``.

    Args:
        rows: as :func:`shape_rows` returns them.
        believed: sources, best first; one that is not named comes last.
    """
    rows = rows.filter((pl.col(OBSERVED_ON) <= as_of).fill_null(value=True))
    turns = _turns(rows, believed)
    if turns.height > 1:
        rows = rows.join(turns, on=_KEYS, nulls_equal=True, maintain_order="left")
        rows = _without_replaced(rows.sort(_TURN, maintain_order=True))
    else:
        rows = rows.join(turns.drop(_KEYS), how="cross")
    merged = _merged(rows, register).with_columns(_is_there(register, as_of).alias(THERE))
    return merged.drop(_TURN, _RANK, _LISTED)


def _turns(rows: pl.DataFrame, believed: Sequence[str]) -> pl.DataFrame:
    """Order the batches by the day they speak of, then by when they were recorded; unknown is earliest.

    Returns: one row per batch: its keys, its place in that order, the rank of its source (0 is best), and the day
        on which its rows were listed (NULL: unknown).
    """
    batches = rows.select(_KEYS).unique(maintain_order=True).to_dicts()
    ranks = {source: rank for rank, source in enumerate(believed)}
    told = []
    for batch in batches:
        moment = moment_of(batch[RECORDED_AT] or "")
        listed = batch[OBSERVED_ON] or (moment.date() if moment else None)
        order = (batch[OBSERVED_ON] or dt.date.min, moment or _NEVER)
        told.append((order, {**batch, _RANK: ranks.get(batch[SOURCE], len(ranks)), _LISTED: listed}))
    told.sort(key=lambda each: each[0])
    schema = {name: _BATCH_SCHEMA[name] for name in _KEYS} | {_RANK: pl.Int32(), _LISTED: pl.Date()}
    return pl.DataFrame([batch for _, batch in told], schema=schema).with_row_index(_TURN)


def _without_replaced(rows: pl.DataFrame) -> pl.DataFrame:
    lists = rows.filter(pl.col(COMPLETE)).select(SUBJECT, later=_TURN, best=_RANK).unique()
    if lists.is_empty():
        return rows
    marked = rows.with_row_index(_AT)
    against = marked.select(_AT, SUBJECT, _TURN, _RANK).join(lists, on=SUBJECT)
    replaced = against.filter((pl.col("later") > pl.col(_TURN)) & (pl.col("best") <= pl.col(_RANK)))
    return marked.join(replaced, on=_AT, how="anti", maintain_order="left").drop(_AT)


def _merged(rows: pl.DataFrame, register: RegisterDefinition) -> pl.DataFrame:
    """One row for each subject and thing; rows without a number stay as they are."""
    if register.number is None or rows[THING].null_count() == rows.height:
        return rows
    numbered = pl.col(THING).is_not_null()
    again = (pl.struct(SUBJECT, THING).is_duplicated() & numbered).alias("__again")
    marked = rows.with_row_index(_AT).with_columns(again)
    repeated = marked.filter("__again").drop("__again").sort(_RANK, descending=True, maintain_order=True)
    if repeated.is_empty():
        return rows
    latest = [pl.col(name).drop_nulls().last() for name in register.columns]
    place = [
        pl.col(name).last()
        for name in repeated.columns
        if name not in (*register.columns, SUBJECT, THING, _AT)
    ]
    place = [pl.col(COMPLETE).any() if each.meta.output_name() == COMPLETE else each for each in place]
    merged = repeated.group_by(SUBJECT, THING, maintain_order=True).agg(pl.col(_AT).min(), *latest, *place)
    kept = marked.filter(~pl.col("__again")).drop("__again")
    return pl.concat([kept, merged.select(kept.columns)]).sort(_AT).drop(_AT)


def _is_there(register: RegisterDefinition, as_of: dt.date) -> pl.Expr:
    day = pl.lit(as_of)
    there = pl.lit(value=True)
    if register.from_ is not None:
        begins = pl.col(register.from_)
        # What was listed by the day had begun by then; of what was listed later that is not known.
        had_begun = (pl.col(_LISTED) <= day) | pl.col(_LISTED).is_null()
        unstated = pl.when(had_begun).then(pl.lit(value=True))
        there = pl.when(begins.is_null()).then(unstated).otherwise(begins <= day)
    if register.until is not None:
        there = there & (pl.col(register.until) >= day).fill_null(value=True)
    return there


def subjects_with_all_rows(rows: pl.DataFrame, also: Iterable[str] = ()) -> pl.Series:
    """Return the subjects of which every row is listed: by a complete file, or as the caller says."""
    found = rows.filter(pl.col(COMPLETE))[SUBJECT].unique()
    return pl.concat([found, pl.Series(SUBJECT, list(also), dtype=pl.String)]).unique()
