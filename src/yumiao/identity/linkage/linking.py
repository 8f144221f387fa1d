"""Two lists of parties linked: codes, decisions, names, then probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from yumiao.identity.linkage.aliases import list_aliases
from yumiao.identity.linkage.answers import answer_scored
from yumiao.identity.linkage.by_code import link_by_code
from yumiao.identity.linkage.by_decision import contradict_codes, link_by_decision, read_decisions
from yumiao.identity.linkage.by_name import (
    find_branches,
    link_by_change_of_name,
    link_by_parsed_name,
)
from yumiao.identity.linkage.by_whole_name import link_by_whole_name
from yumiao.identity.linkage.pairs import AMBIGUOUS, PAIRS, Answer, empty_pairs
from yumiao.identity.linkage.parsed import parse_texts, place_columns
from yumiao.identity.linkage.parties import prepare_parties
from yumiao.identity.linkage.scoring import score_pairs


@dataclass(frozen=True, slots=True)
class Linkage:
    """What linking two lists has found.

    Attributes:
        pairs: one row per pair worth telling, as :data:`~yumiao.identity.linkage.pairs.PAIRS`; a left record is the
            ``same`` as at most one right record, and then has no other pair that a person must look at.
        unmatched: keys of the left records that are the same as no right record and wait for nobody.
        left_count, right_count: how many records were given.
    """

    pairs: pl.DataFrame
    unmatched: pl.Series
    left_count: int
    right_count: int

    def queue(self) -> pl.DataFrame:
        """Return the pairs that a person must look at, from the least sure."""
        asked = self.pairs.filter(pl.col("answer") == Answer.PERSON.value)
        return asked.sort((pl.col("probability") - AMBIGUOUS).abs(), "left", "right")

    def same(self) -> pl.DataFrame:
        """Return the pairs that are one party: one row per left record at most."""
        return self.pairs.filter(pl.col("answer") == Answer.SAME.value)


def link(
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    decisions: pl.DataFrame | None = None,
    with_probabilities: bool = True,
) -> Linkage:
    """Say which records of two lists are of one party.

    Steps, each for what the ones before have left open: an equal valid code; a person's decision; a recorded change
    of name; names equal as written, or as taken apart; a probability. Valid codes that contradict each other are
    never joined, nor are two names whose trade name (字号) differs unless their codes or records say so. The same
    lists in the same order always give the same answer.

    Args:
        left, right: one row per record; columns as in :data:`~yumiao.identity.linkage.parties.COLUMNS`.
        decisions: pairs decided by a person: ``left``, ``right`` (keys), ``answer`` (``same`` or ``different``).
        with_probabilities: False to stop after the exact steps.
    Raises: YumiaoError when a list or the decisions lack a column or have doubled keys.
    """
    lefts, rights = prepare_parties(left, "left"), prepare_parties(right, "right")
    decided = read_decisions(decisions)
    pairs = contradict_codes(link_by_code(lefts, rights), decided)
    pairs = _add(pairs, link_by_decision(lefts, rights, decided))
    for step in (link_by_change_of_name, link_by_whole_name):
        pairs = _add(pairs, step(_open(lefts, pairs), rights))
    rest = _open(lefts, pairs)
    if rest.height and rights.height:
        pairs = _link_by_parts(pairs, rest, rights, with_probabilities=with_probabilities)
    pairs = _one_each(pairs).sort("left", "right")
    waiting = pairs.filter(pl.col("answer") != Answer.DIFFERENT.value)["left"]
    unmatched = lefts.filter(~pl.col("key").is_in(waiting.implode()))["key"]
    return Linkage(pairs, unmatched, left.height, right.height)


def _link_by_parts(
    pairs: pl.DataFrame, rest: pl.DataFrame, rights: pl.DataFrame, *, with_probabilities: bool
) -> pl.DataFrame:
    """Do the steps that need names and addresses taken apart."""
    texts = pl.concat([list_aliases(side)["text"] for side in (rest, rights)])
    parsed = parse_texts(texts)
    places = (place_columns(rest), place_columns(rights))
    whole = [
        side.drop("region")
        .join(parsed, on="text", maintain_order="left")
        .join(where, on="key", maintain_order="left")
        for side, where in zip((rest, rights), places, strict=True)
    ]
    pairs = _add(pairs, find_branches(whole[0], whole[1]))
    pairs = _add(pairs, link_by_parsed_name(whole[0], whole[1], pairs.select("left", "right")))
    still_open = _open(rest, pairs)
    if with_probabilities and still_open.height:
        scored = score_pairs(still_open, rights, parsed, (places[0], places[1])).join(
            pairs, left_on=["key", "key_right"], right_on=["left", "right"], how="anti", maintain_order="left"
        )
        pairs = _add(pairs, answer_scored(scored, still_open, rights))
    return pairs


def _open(left: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the left records that no step has answered yet; a pair found to be different answers nothing else."""
    answered = pairs.filter(pl.col("answer") != Answer.DIFFERENT.value)["left"]
    return left.filter(~pl.col("key").is_in(answered.implode()))


def _add(pairs: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Add the pairs that no earlier step has answered."""
    fresh = found.join(pairs.select("left", "right"), on=["left", "right"], how="anti", maintain_order="left")
    return pl.concat([pairs if pairs.height else empty_pairs(), fresh.select(list(PAIRS))])


def _one_each(pairs: pl.DataFrame) -> pl.DataFrame:
    """Let a left record be the same as one right record: with two a person must look, with one the rest is settled."""
    is_same = pl.col("answer") == Answer.SAME.value
    count = is_same.sum().over("left")
    is_doubled = is_same & (count > 1)
    settled = (pl.col("answer") == Answer.PERSON.value) & (count == 1)
    return pairs.with_columns(
        answer=pl.when(is_doubled).then(pl.lit(Answer.PERSON.value)).otherwise("answer"),
        probability=pl.when(is_doubled).then(AMBIGUOUS).otherwise("probability"),
    ).filter(~settled)
