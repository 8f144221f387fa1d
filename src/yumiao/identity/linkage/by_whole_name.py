"""Names that are equal as written, but for what does not count."""

from __future__ import annotations

import polars as pl

from yumiao.identity.linkage.pairs import AMBIGUOUS, APART, BY_NAME, Answer, Step, count_over, make_pairs
from yumiao.identity.linkage.parsed import parse_texts, place_columns
from yumiao.identity.linkage.parties import codes_conflict
from yumiao.model.text import Text

_NEEDED = ("key", "name", "text", "compared", "valid_code", "code_kind", "inner", "address", "region")
_TELLING = 4
"""Characters from which a name without a form of organisation is taken for a whole name."""

_MOST_BEARERS = 5
"""Records of one name that are shown; where there are more, showing them all helps nobody."""

_CITY = 4
_FULL = "公司|厂|社|所|院|店|行|部|中心|企业|学|场|馆|坊|会|局"

WHY_NOT = {
    "conflict": Text("名称相同但代码不同", "same name, different codes"),
    "several": Text("；右表有多条同名记录", "; several records on the right have this name"),
    "short": Text("；只是简称", "; only a short name"),
    "far": Text(
        "；名称未写地区，且两处地址在不同城市",
        "; the name has no region, and the seats are in different cities",
    ),
    "": Text("", ""),
}
"""Why equal names are not the same party without a person, first reason first; "" when they are."""


def link_by_whole_name(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pair names that are equal but for brackets, blanks, punctuation and 有限责任公司 for 有限公司.

    Contradicting codes make them different parties of one name. A name that several records on the right bear, that
    is only a short one, or that has no region while the seats are in different cities, goes to a person.

    Args:
        left, right: as :func:`~yumiao.identity.linkage.parties.prepare_parties` returns them.
    Returns: pairs, as :data:`~yumiao.identity.linkage.pairs.PAIRS`.
    """
    few = pl.int_range(pl.len()).over("compared") < _MOST_BEARERS
    bearers = right.select(_NEEDED).sort("key").with_columns(bearers=count_over("compared")).filter(few)
    found = left.select(_NEEDED).join(bearers, on="compared", suffix="_right")
    is_whole = (pl.col("compared").str.len_chars() >= _TELLING) | pl.col("compared").str.contains(_FULL)
    found = found.with_columns(is_far=_far_apart(found)).with_columns(
        why_not=pl.when(codes_conflict())
        .then(pl.lit("conflict"))
        .when(pl.col("bearers") > 1)
        .then(pl.lit("several"))
        .when(~is_whole)
        .then(pl.lit("short"))
        .when("is_far")
        .then(pl.lit("far"))
        .otherwise(pl.lit(""))
    )
    why = pl.col("why_not")
    return make_pairs(
        found,
        Step.NAME,
        why.replace_strict(
            {"conflict": Answer.DIFFERENT.value, "": Answer.SAME.value}, default=Answer.PERSON.value
        ),
        why.replace_strict({"conflict": APART, "": BY_NAME}, default=AMBIGUOUS),
        _evidence(),
    )


def _far_apart(found: pl.DataFrame) -> pl.Series:
    """Say of each pair whether its name has no region while the two seats are in different cities."""
    place = [pl.coalesce(f"region{suffix}", f"address{suffix}").is_not_null() for suffix in ("", "_right")]
    numbered = found.with_row_index("row")
    placed = numbered.filter(*place)
    parsed = parse_texts(placed["text"]).filter(pl.col("region_is_sure").is_null()).select("text")
    bare = placed.join(parsed, on="text", how="semi")
    seats = [
        place_columns(
            bare.select(key=pl.col("row").cast(pl.String), region=f"region{end}", address=f"address{end}")
        )
        for end in ("", "_right")
    ]
    cities = [side["seat"].str.slice(0, _CITY) for side in seats]
    known = [city.str.len_chars() == _CITY for city in cities]
    is_far = (cities[0] != cities[1]) & known[0] & known[1]
    far = bare.filter(is_far.fill_null(value=False))["row"]
    return numbered["row"].is_in(far.implode())


def _evidence() -> tuple[pl.Expr, pl.Expr]:
    is_conflict = pl.col("why_not") == "conflict"
    codes = (pl.col("valid_code").fill_null(""), pl.col("valid_code_right").fill_null(""))
    names = (pl.col("name"), pl.col("name_right"))
    is_equal = pl.col("name") == pl.col("name_right")
    why_zh, why_en = (
        pl.col("why_not").replace_strict({why: text.words(language) for why, text in WHY_NOT.items()})
        for language in ("zh", "en")
    )
    zh = pl.when(is_equal).then(pl.lit("名称相同")).otherwise(pl.format("名称写法不同而相同：{}／{}", *names))
    en = (
        pl.when(is_equal)
        .then(pl.lit("same name"))
        .otherwise(pl.format("same name, written otherwise: {} / {}", *names))
    )
    return (
        pl.when(is_conflict)
        .then(pl.format("{}：{}／{}", why_zh, *codes))
        .otherwise(pl.concat_str(zh, why_zh)),
        pl.when(is_conflict)
        .then(pl.format("{}: {} / {}", why_en, *codes))
        .otherwise(pl.concat_str(en, why_en)),
    )
