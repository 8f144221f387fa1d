"""Recorded changes of name, names equal when taken apart, and branches beside their company."""

from __future__ import annotations

import polars as pl

from yumiao.identity.linkage.pairs import (
    AMBIGUOUS,
    APART,
    BY_NAME,
    BY_NAME_WITHOUT_REGION,
    BY_RECORD,
    Answer,
    Relation,
    Step,
    count_over,
    either,
    make_pairs,
)
from yumiao.identity.linkage.parties import codes_conflict
from yumiao.identity.linkage.regions import relate_regions

_NEEDED = ("key", "name", "text", "compared", "former", "valid_code", "code_kind", "inner")


def link_by_change_of_name(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pair a name with the record that is known to have borne it formerly, on either side.

    A person must look where several records bore it, or where another record bears it today.

    Args:
        left, right: as :func:`~yumiao.identity.linkage.parties.prepare_parties` returns them.
    Returns: pairs, as :data:`~yumiao.identity.linkage.pairs.PAIRS`.
    """
    left, right = left.select(_NEEDED), right.select(_NEEDED)
    older = left.drop("former").join(_by_former(right), left_on="compared", right_on="was", suffix="_right")
    newer = _by_former(left).join(right.drop("former"), left_on="was", right_on="compared", suffix="_right")
    columns = ["key", "key_right", "name", "name_right"]
    found = pl.concat(
        [
            older.filter(~codes_conflict()).select(*columns, "compared"),
            newer.filter(~codes_conflict()).select(*columns, compared=pl.col("was")),
        ]
    ).unique(["key", "key_right"], keep="first", maintain_order=True)
    bearers = right.select("compared", bearer=pl.col("key"))
    taken = found.join(bearers, on="compared").filter(pl.col("bearer") != pl.col("key_right")).select("key")
    is_one = (count_over("key") == 1) & ~pl.col("key").is_in(taken["key"].implode())
    former, present = pl.col("name"), pl.col("name_right")
    return make_pairs(
        found,
        Step.CHANGE_OF_NAME,
        either(is_one, Answer.SAME, Answer.PERSON),
        pl.when(is_one).then(BY_RECORD).otherwise(AMBIGUOUS),
        (
            pl.concat_str(
                pl.format("更名有记录：{}／{}", former, present), either(is_one, "", "；此名称另有记录使用")
            ),
            pl.concat_str(
                pl.format("recorded change of name: {} / {}", former, present),
                either(is_one, "", "; another record bears this name too"),
            ),
        ),
    )


def _by_former(parties: pl.DataFrame) -> pl.DataFrame:
    """One row per former name of a party, in ``was``; a name that it bears again today is none."""
    exploded = parties.with_columns(was=pl.col("former")).explode("was", empty_as_null=True, keep_nulls=True)
    return exploded.filter(pl.col("was").is_not_null() & (pl.col("was") != pl.col("compared"))).drop(
        "former", "compared"
    )


def link_by_parsed_name(left: pl.DataFrame, right: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """Pair names whose parts are equal: trade name, industry, form, qualifiers, branch, and a region that fits.

    Regions fit when they are the same, or when one name says none and its address lies in the other's region.
    Where a region is missing and cannot be inferred, or towns differ, a person must look: in the judged set 4 of 100
    such pairs were another firm with the same trade name and industry elsewhere.

    Args:
        left, right: prepared parties with the columns of :data:`~yumiao.identity.linkage.parsed.PARSED` and of
            :func:`~yumiao.identity.linkage.parsed.place_columns`.
        settled: pairs (``left``, ``right``) found to be different already; they compete with nobody.
    """
    joined = left.join(
        right, on=["middle", "form", "branch", "qualifiers"], suffix="_right", nulls_equal=False
    )
    joined = joined.filter(pl.col("middle").str.len_chars() >= 2, ~codes_conflict())
    joined = joined.join(settled, left_on=["key", "key_right"], right_on=["left", "right"], how="anti")
    if joined.is_empty():
        return make_pairs(joined, Step.NAME, pl.lit(""), pl.lit(0.0), (pl.lit(""), pl.lit("")))
    joined = joined.with_columns(fit=relate_regions()).with_columns(
        places_differ=pl.col("place").ne_missing(pl.col("place_right"))
    )
    is_strong = pl.col("fit").is_in(["same", "supported"]) & ~pl.col("places_differ")
    is_weak = pl.col("fit").is_in(["same", "supported", "unknown"]) & ~is_strong
    is_same = is_strong & (is_strong.sum().over("key") == 1)
    joined = joined.with_columns(is_strong=is_strong, is_same=is_same).filter(is_strong | is_weak)
    joined = joined.filter(pl.col("is_same") | ~pl.col("is_same").any().over("key"))
    return make_pairs(joined, Step.NAME, *_answer(), _evidence())


def _answer() -> tuple[pl.Expr, pl.Expr]:
    same = pl.when("is_strong").then(BY_NAME).otherwise(BY_NAME_WITHOUT_REGION)
    return either(pl.col("is_same"), Answer.SAME, Answer.PERSON), pl.when("is_same").then(same).otherwise(
        AMBIGUOUS
    )


def _evidence() -> tuple[pl.Expr, pl.Expr]:
    names = (pl.col("name"), pl.col("name_right"))
    fit = pl.col("fit")
    zh = {"same": "地区相同", "supported": "一方名称未写地区，其所在地与之相符", "unknown": "一方未写地区"}
    en = {
        "same": "same region",
        "supported": "one name has no region, its seat lies in the other's",
        "unknown": "one name has no region",
    }
    place_zh, place_en = (
        either(pl.col("places_differ"), "，镇或园区写法不同", ""),
        either(pl.col("places_differ"), ", town or zone differ", ""),
    )
    several = ~pl.col("is_same")
    return (
        pl.concat_str(
            pl.format("字号、行业、组织形式相同，{}", fit.replace_strict(zh)),
            place_zh,
            either(several, "，不足以认定", ""),
            pl.format("：{}／{}", *names),
        ),
        pl.concat_str(
            pl.format("same trade name, industry and form, {}", fit.replace_strict(en)),
            place_en,
            either(several, ", which is not enough", ""),
            pl.format(": {} / {}", *names),
        ),
    )


def find_branches(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pair a branch with its company: different parties, with the relation shown.

    Args:
        left, right: as for :func:`link_by_parsed_name`.
    """
    group = ["middle", "form", "qualifiers"]
    joined = left.join(right, on=group, suffix="_right", nulls_equal=False).filter(
        (pl.col("branch") == "") ^ (pl.col("branch_right") == "")
    )
    found = joined.with_columns(fit=relate_regions()).filter(pl.col("fit").is_in(["same", "supported"]))
    left_is_branch = pl.col("branch") != ""
    branch = pl.when(left_is_branch).then("name").otherwise("name_right")
    company = pl.when(left_is_branch).then("name_right").otherwise("name")
    return make_pairs(
        found,
        Step.NAME,
        pl.lit(Answer.DIFFERENT.value),
        pl.lit(APART),
        (
            pl.format("{}是{}的分支机构", branch, company),
            pl.format("{} is a branch of {}", branch, company),
        ),
        relation=Relation.BRANCH_OF.value,
    )
