"""First step: one code, one party."""

from __future__ import annotations

import polars as pl

from yumiao.identity.codes import CodeKind
from yumiao.identity.linkage.pairs import AMBIGUOUS, CERTAIN, Answer, Step, count_over, either, make_pairs

_NEEDED = ("key", "name", "compared", "valid_code", "code_kind", "inner")


def link_by_code(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pair the records with the same valid code, or with an organisation code and the code that contains it.

    Where several records on the right share the code, the one of the same name is meant, else a person must look.

    Args:
        left, right: as :func:`~yumiao.identity.linkage.parties.prepare_parties` returns them.
    Returns: pairs, as :data:`~yumiao.identity.linkage.pairs.PAIRS`.
    """
    left, right = left.select(_NEEDED), right.select(_NEEDED)
    equal = left.join(right, on=["valid_code", "code_kind"], suffix="_right").with_columns(
        valid_code_right=pl.col("valid_code"), contained=pl.lit(value=False)
    )
    older = CodeKind.ORGANISATION_CODE.value
    contained = left.join(right, on="inner", suffix="_right").filter(
        (pl.col("code_kind") == older) ^ (pl.col("code_kind_right") == older)
    )
    columns = ["key", "key_right", "name", "name_right", "valid_code", "valid_code_right", "contained"]
    same_name = (pl.col("compared") == pl.col("compared_right")).fill_null(value=False)
    found = pl.concat(
        [
            frame.select(*columns, same_name=same_name)
            for frame in (equal, contained.with_columns(contained=pl.lit(value=True)))
        ]
    )
    one_by_name = (pl.col("same_name").sum().over("key") == 1) & (count_over("key") > 1)
    found = found.filter(~one_by_name | pl.col("same_name"))
    is_one = count_over("key") == 1
    return make_pairs(
        found,
        Step.CODE,
        either(is_one, Answer.SAME, Answer.PERSON),
        pl.when(is_one).then(CERTAIN).otherwise(AMBIGUOUS),
        _evidence(is_one),
    )


def _evidence(is_one: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    code, other = pl.col("valid_code"), pl.col("valid_code_right")
    zh = pl.when("contained").then(pl.format("组织机构代码相符：{}／{}", code, other))
    en = pl.when("contained").then(pl.format("organisation codes agree: {} / {}", code, other))
    differs = ~pl.col("same_name") & pl.col("name").is_not_null() & pl.col("name_right").is_not_null()
    name, name_right = pl.col("name").fill_null(""), pl.col("name_right").fill_null("")
    return (
        pl.concat_str(
            zh.otherwise(pl.format("代码相同：{}", code)),
            pl.when(differs).then(pl.format("；名称不同：{}／{}", name, name_right)).otherwise(pl.lit("")),
            either(is_one, "", "；右表有多条记录使用此代码"),
        ),
        pl.concat_str(
            en.otherwise(pl.format("same code: {}", code)),
            pl.when(differs)
            .then(pl.format("; names differ: {} / {}", name, name_right))
            .otherwise(pl.lit("")),
            either(is_one, "", "; several records on the right have this code"),
        ),
    )
