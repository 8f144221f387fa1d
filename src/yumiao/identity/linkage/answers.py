"""What a scored pair means: same, different, or a person must look."""

from __future__ import annotations

import polars as pl

from yumiao.identity.linkage.pairs import PAIRS, Answer, Step
from yumiao.identity.linkage.parties import codes_conflict, codes_related
from yumiao.identity.linkage.regions import relate_regions

SAME_FROM = 0.99
"""From this probability a pair that passes every gate is the same party. At most one such join in a hundred would be
wrong if the model were exact; with the gates the judged set shows fewer than three in a thousand."""

PERSON_FROM = 0.2
"""From this probability a person looks. Below it, by the judged set, hardly one pair in twenty is the same party, and
what is missed there are trade names of two characters with one of them mistyped."""

_CODES = ("key", "valid_code", "code_kind", "inner")


def answer_scored(scored: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Answer scored pairs.

    A pair is the ``same`` only when it is likely enough, alone, and passes the gates that no probability may
    overrule: no contradicting codes, one trade name and industry, one region, the same brackets and branch, and
    forms that are companies of one sort, of which one may have become the other.

    Args:
        scored: as :func:`~yumiao.identity.linkage.scoring.score_pairs` returns it.
        left, right: prepared parties.
    Returns: pairs, as :data:`~yumiao.identity.linkage.pairs.PAIRS`.
    """
    joined = scored.join(left.select(_CODES), on="key", maintain_order="left").join(
        right.select(_CODES), left_on="key_right", right_on="key", suffix="_right", maintain_order="left"
    )
    likely = pl.col("probability") >= PERSON_FROM
    is_alone = likely.sum().over("key") == 1
    is_same = (pl.col("probability") >= SAME_FROM) & is_alone & _passes_gates()
    answer = (
        pl.when(codes_conflict())
        .then(pl.lit(Answer.DIFFERENT.value))
        .when(is_same)
        .then(pl.lit(Answer.SAME.value))
        .when(likely | codes_related())
        .then(pl.lit(Answer.PERSON.value))
        .otherwise(pl.lit(Answer.DIFFERENT.value))
    )
    conflict_zh, conflict_en = (
        pl.when(codes_conflict()).then(pl.lit(words)).otherwise(pl.lit(""))
        for words in ("；但代码不同", "; but the codes differ")
    )
    return (
        joined.with_columns(
            answer=answer,
            evidence_zh=pl.concat_str("evidence_zh", conflict_zh),
            evidence_en=pl.concat_str("evidence_en", conflict_en),
        )
        .select(
            left="key",
            right="key_right",
            answer="answer",
            probability="probability",
            step=pl.lit(Step.PROBABILISTIC.value),
            relation=pl.lit(None, dtype=pl.String),
            evidence_zh="evidence_zh",
            evidence_en="evidence_en",
            weights="weights",
        )
        .cast(PAIRS)  # type: ignore[arg-type]
    )


def _passes_gates() -> pl.Expr:
    """The trade name is compared together with the industry: no doubt where one ends may join two trade names."""
    forms_fit = pl.col("form_group").eq_missing(pl.col("form_group_right")) & pl.col("form_group").is_in(
        ["company", "group"]
    )
    sorts = [pl.col("form_group").fill_null("company"), pl.col("form_group_right").fill_null("company")]
    one_is_short = (pl.col("form").is_null() ^ pl.col("form_right").is_null()) & (
        (sorts[0] == "company") & (sorts[1] == "company")
    )
    equal = [pl.col(column) == pl.col(f"{column}_right") for column in ("middle", "branch", "qualifiers")]
    is_known = pl.col("industry").is_not_null() & pl.col("region").is_not_null()
    return (
        pl.all_horizontal(equal).fill_null(value=False)
        & (relate_regions() == "same")
        & pl.col("place").eq_missing(pl.col("place_right"))
        & is_known
        & (forms_fit | one_is_short)
    )
