"""Whose facts are these: the subjects of an intake linked to those that the store knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from yumiao.identity.linkage import link
from yumiao.model.facts import CODE, NAME, SUBJECT

PARTY_SCHEMA: dict[str, pl.DataType] = {
    "key": pl.String(),
    NAME: pl.String(),
    CODE: pl.String(),
    "former_names": pl.List(pl.String()),
    "short_names": pl.List(pl.String()),
    "address": pl.String(),
}
"""One row per party: a key, and what is known of who it is; NULL or an empty list where nothing is."""

PAIR_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "other": pl.String(),
    "probability": pl.Float64(),
    "step": pl.String(),
    "evidence_zh": pl.String(),
    "evidence_en": pl.String(),
}
"""One row per pair that a person must look at: a subject that was entered as new, and one it may be."""

PAIRS = "pairs"
"""Where a batch keeps its pairs."""


class Acquaintance(StrEnum):
    """Whether the store knows the subject of an intake."""

    KNOWN = "known"
    NEW = "new"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Assignment:
    """The subjects of an intake and who they are.

    Attributes:
        subjects: one row per subject of the intake: ``key``, ``subject`` (id in the store; NULL when it has none
            yet), ``acquaintance``.
        pairs: one row per pair to look at: ``key`` and the columns of :data:`PAIR_SCHEMA` but ``subject``.
    """

    subjects: pl.DataFrame
    pairs: pl.DataFrame

    def counts(self) -> dict[Acquaintance, int]:
        """How many subjects are known, new, unsure."""
        found = dict(self.subjects["acquaintance"].value_counts().iter_rows())
        return {each: int(found.get(each.value, 0)) for each in Acquaintance}

    def entered(self, minted: Sequence[str]) -> Assignment:
        """Give the subjects that the store does not know the ids minted for them, in order."""
        unknown = self.subjects.filter(pl.col(SUBJECT).is_null()).select(
            "key", minted=pl.Series(minted, dtype=pl.String)
        )
        subjects = self.subjects.join(unknown, on="key", how="left", maintain_order="left")
        return Assignment(
            subjects.select("key", pl.coalesce(SUBJECT, "minted").alias(SUBJECT), "acquaintance"), self.pairs
        )

    def pairs_by_subject(self) -> pl.DataFrame:
        """The pairs under the subjects' ids (:data:`PAIR_SCHEMA`)."""
        ids = self.subjects.select("key", SUBJECT)
        return self.pairs.join(ids, on="key", how="left", maintain_order="left").select(*PAIR_SCHEMA)


def assign_subjects(parties: pl.DataFrame, identifiers: pl.DataFrame, source: str) -> Assignment:
    """Link the parties of an intake to known subjects.

    A party is known when it has the stock code of a subject, or the number that the same source gave it before, or
    when the linkage of codes and names says so; no other party of the intake may be the same subject. Where a person
    would have to look, it is entered as new beside the subject that it may be, and the pair is kept: facts are never
    put on the wrong subject, and one decision joins the two.

    Args:
        parties: who the intake speaks of (:data:`PARTY_SCHEMA`, and ``stock_code``, ``id``).
        identifiers: what the store knows of who is who: one row per ``subject``, ``kind``, ``value``, ``source``.
        source: who reports the intake.
    """
    known = known_parties(identifiers)
    numbered = _by_number(parties, identifiers, source)
    rest = parties.join(numbered, on="key", how="anti", maintain_order="left")
    pairs = link(rest.select(*PARTY_SCHEMA), known).pairs
    same = pairs.filter(pl.col("answer") == "same").select(key="left", subject="right")
    claims = pl.concat([numbered, same])
    surely = claims.unique(SUBJECT, keep="first", maintain_order=True)
    doubled = claims.join(surely, on="key", how="anti").join(
        _evidence(pairs), on=["key", SUBJECT], how="left"
    )
    asked = _evidence(pairs.filter(pl.col("answer") == "person"))
    unsure = (
        pl.concat([asked, doubled.select(asked.columns)])
        .join(surely, on="key", how="anti", maintain_order="left")
        .rename({SUBJECT: "other"})
    )
    acquaintance = (
        pl.when(pl.col(SUBJECT).is_not_null())
        .then(pl.lit(Acquaintance.KNOWN.value))
        .when(pl.col("key").is_in(unsure["key"].implode()))
        .then(pl.lit(Acquaintance.UNSURE.value))
        .otherwise(pl.lit(Acquaintance.NEW.value))
    )
    subjects = (
        parties.select("key")
        .join(surely, on="key", how="left", maintain_order="left")
        .select("key", SUBJECT, acquaintance=acquaintance)
    )
    return Assignment(subjects, unsure)


def _evidence(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        "probability", "step", "evidence_zh", "evidence_en", key="left", subject="right"
    ).select("key", SUBJECT, "probability", "step", "evidence_zh", "evidence_en")


def _by_number(parties: pl.DataFrame, identifiers: pl.DataFrame, source: str) -> pl.DataFrame:
    """Parties known by a number that means one subject: ``key``, ``subject``."""
    found = []
    for kind in ("stock_code", "id"):
        is_meant = pl.col("kind") == kind
        if kind == "id":
            is_meant = is_meant & (pl.col("source") == source)
        known = identifiers.filter(is_meant).select(SUBJECT, number="value").unique()
        sole = known.filter(pl.len().over("number") == 1)
        given = (
            parties.select("key", CODE, number=kind).drop_nulls("number").filter(pl.len().over("number") == 1)
        )
        found.append(
            given.join(sole, on="number", how="inner", maintain_order="left").select("key", SUBJECT, CODE)
        )
    claims = pl.concat(found).unique("key", keep="first", maintain_order=True)
    codes = (
        identifiers.filter(pl.col("kind") == "code")
        .select(SUBJECT, known="value")
        .unique(SUBJECT, keep="last")
    )
    agreeing = claims.join(codes, on=SUBJECT, how="left", maintain_order="left").filter(
        (pl.col(CODE) == pl.col("known")).fill_null(value=True)
    )
    return agreeing.select("key", SUBJECT)


def parties_of(table: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Gather what an intake says of who its subjects are.

    Args:
        table: one row per subject of the intake: ``subject`` (its key).
        identifiers: one row per key and identifier: ``subject``, ``kind``, ``value``.
    Returns: :data:`PARTY_SCHEMA` and the numbers ``stock_code`` and ``id``.
    """
    said = identifiers.with_columns(since=pl.lit(None, pl.Date))
    parties = table.select(key=SUBJECT).join(known_parties(said), on="key", how="left", maintain_order="left")
    numbers = [
        identifiers.filter(pl.col("kind") == kind)
        .unique(SUBJECT, keep="last")
        .select(key=SUBJECT, **{kind: "value"})
        for kind in ("stock_code", "id")
    ]
    for each in numbers:
        parties = parties.join(each, on="key", how="left", maintain_order="left")
    return parties.with_columns(pl.col("former_names", "short_names").fill_null([]))


def known_parties(identifiers: pl.DataFrame) -> pl.DataFrame:
    """Gather identifiers into one row per subject (:data:`PARTY_SCHEMA`).

    The latest name is the name; earlier ones are former names, as are those recorded as such.
    """
    ordered = identifiers.sort("since", nulls_last=False, maintain_order=True)

    def latest(kind: str) -> pl.Expr:
        return pl.col("value").filter(pl.col("kind") == kind).last()

    def every(*kinds: str) -> pl.Expr:
        return pl.col("value").filter(pl.col("kind").is_in(kinds)).unique(maintain_order=True)

    gathered = ordered.group_by(SUBJECT, maintain_order=True).agg(
        latest("name").alias(NAME),
        latest("code").alias(CODE),
        every("name", "former_name").alias("former_names"),
        every("short_name").alias("short_names"),
        latest("address").alias("address"),
    )
    return gathered.select(
        pl.col(SUBJECT).alias("key"),
        NAME,
        CODE,
        pl.col("former_names").list.set_difference(pl.concat_list(NAME)),
        "short_names",
        "address",
    ).cast(PARTY_SCHEMA)  # type: ignore[arg-type]
