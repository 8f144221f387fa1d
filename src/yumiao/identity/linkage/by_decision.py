"""What a person has decided of a pair, remembered: it goes before names and probabilities, never before codes."""

from __future__ import annotations

import polars as pl

from yumiao.identity.linkage.pairs import AMBIGUOUS, APART, CERTAIN, Answer, Step, either, make_pairs
from yumiao.identity.linkage.parties import codes_conflict
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_NEEDED = ("key", "valid_code", "code_kind", "inner")


def read_decisions(decisions: pl.DataFrame | None) -> pl.DataFrame:
    """Check decisions: one row per pair, ``left``, ``right`` (keys) and ``answer`` (``same`` or ``different``).

    Of two decisions on one pair the later row counts.
    Raises: YumiaoError when a column is missing or an answer is another word.
    """
    columns = ["left", "right", "answer"]
    if decisions is None:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    if not set(columns) <= set(decisions.columns):
        raise YumiaoError(
            "linkage.decisions",
            Text(
                "人工决定应有列 left、right、answer。", "decisions need the columns left, right and answer."
            ),
        )
    allowed = [Answer.SAME.value, Answer.DIFFERENT.value]
    wrong = decisions.filter(~pl.col("answer").is_in(allowed).fill_null(value=False))
    if wrong.height:
        found = wrong["answer"][0]
        raise YumiaoError(
            "linkage.decisions",
            Text(
                f"人工决定的 answer 应为 same 或 different，实为“{found}”。",
                f"the answer of a decision should be same or different, found “{found}”.",
            ),
        )
    return decisions.select(columns).unique(["left", "right"], keep="last", maintain_order=True)


def link_by_decision(left: pl.DataFrame, right: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Turn decisions into pairs; one that contradicts valid codes, or another decision, goes to a person again.

    Returns: pairs, as :data:`~yumiao.identity.linkage.pairs.PAIRS`; decisions on records that are not there are
        left out.
    """
    found = (
        decisions.rename({"left": "key", "right": "key_right"})
        .join(left.select(_NEEDED), on="key")
        .join(right.select(_NEEDED), left_on="key_right", right_on="key", suffix="_right")
    )
    is_same = pl.col("answer") == Answer.SAME.value
    is_doubtful = is_same & (codes_conflict() | (is_same.sum().over("key") > 1))
    return make_pairs(
        found,
        Step.DECISION,
        pl.when(is_doubtful).then(pl.lit(Answer.PERSON.value)).otherwise(pl.col("answer")),
        pl.when(is_doubtful).then(AMBIGUOUS).when(is_same).then(CERTAIN).otherwise(APART),
        (
            either(is_doubtful, "曾判定为同一主体，但代码或另一判定与之矛盾", "人工判定"),
            either(
                is_doubtful,
                "decided to be one party, but codes or another decision contradict",
                "decided by a person",
            ),
        ),
    )


def contradict_codes(by_code: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Send to a person each pair that has one code and yet was decided to be different."""
    apart = decisions.filter(pl.col("answer") == Answer.DIFFERENT.value).select("left", "right", decided=True)
    joined = by_code.join(apart, on=["left", "right"], how="left", maintain_order="left")
    hit = pl.col("decided").fill_null(value=False)
    return joined.with_columns(
        answer=pl.when(hit).then(pl.lit(Answer.PERSON.value)).otherwise("answer"),
        probability=pl.when(hit).then(AMBIGUOUS).otherwise("probability"),
        evidence_zh=pl.concat_str("evidence_zh", either(hit, "；但曾人工判定为不同主体", "")),
        evidence_en=pl.concat_str(
            "evidence_en", either(hit, "; yet a person decided they are different", "")
        ),
    ).drop("decided")
