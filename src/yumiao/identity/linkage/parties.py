"""The two lists to link, checked and brought into one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from yumiao.identity.codes import CodeKind
from yumiao.identity.names import CompanyName, comparison_form, normalise_name, parse_normalised
from yumiao.identity.records import read_code
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

COLUMNS = {
    "key": pl.String,
    "name": pl.String,
    "code": pl.String,
    "former_names": pl.List(pl.String),
    "short_names": pl.List(pl.String),
    "address": pl.String,
    "region": pl.String,
}
"""The columns of a list of parties. Only ``key`` and ``name`` must be there; NULL is not known.

``key`` is unique. ``region`` is a division's code (320412), ``code`` any organisation code, as written.
"""

_NO_NAME = frozenset(("无", "无名称", "不详", "未知", "暂无", "空", "NULL", "NONE", "N/A", "NA", "NAN"))
"""What stands in a column of names where there is none."""


def prepare_parties(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    """Check a list and normalise its names and codes.

    Args:
        frame: one row per party, columns as in :data:`COLUMNS`; others are ignored.
        side: ``left`` or ``right``, for messages.
    Returns: the same rows and columns, and beside them ``text`` (normalised name), ``compared`` (its comparison
        form), ``former`` (comparison forms of the former names), ``valid_code``, ``code_kind`` (of a valid code)
        and ``inner`` (organisation code in it); NULL where unknown.
    Raises: YumiaoError when ``key`` or ``name`` is missing, a key is NULL or occurs twice, or a column has
        another type.
    """
    frame = _complete(frame, side)
    texts = _by_text(frame["name"], _name_or_nothing)
    remarked = {text: parse_normalised(text) for text in texts.unique() if text is not None and "(" in text}
    compared = _by_text(texts, lambda text: comparison_form(_official(text, remarked)))
    former = pl.Series(
        [
            _former(names, remarked.get(text) if text is not None else None)
            for names, text in zip(frame["former_names"].to_list(), texts, strict=True)
        ],
        dtype=pl.List(pl.String),
    )
    return frame.with_columns(text=texts, compared=compared, former=former).with_columns(
        _codes(frame["code"])
    )


def _name_or_nothing(name: str) -> str:
    text = normalise_name(name)
    return "" if text in _NO_NAME else text


def _official(text: str, parsed: Mapping[str, CompanyName]) -> str:
    return parsed[text].official_text if text in parsed else text


def _former(names: Sequence[str | None] | None, parsed: CompanyName | None) -> list[str]:
    """Compare former names as recorded and as a remark in the name gives them."""
    recorded = [normalise_name(name) for name in names or () if name]
    remarked = list(parsed.former_names) if parsed is not None else []
    return [form for form in map(comparison_form, recorded + remarked) if form]


def _complete(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    missing = [column for column in ("key", "name") if column not in frame.columns]
    if missing:
        words = "、".join(missing)
        raise _refusal("columns", side, f"缺少列{words}", f"the columns {', '.join(missing)} are missing")
    present = [column for column in COLUMNS if column in frame.columns]
    for column in present:
        if frame[column].dtype not in {COLUMNS[column], pl.Null, pl.List(pl.Null)}:
            found = frame[column].dtype
            raise _refusal(
                "column_type",
                side,
                f"列{column}的类型应为{COLUMNS[column]}，实为{found}",
                f"the column {column} should be {COLUMNS[column]}, found {found}",
            )
    absent = [pl.lit(None).alias(column) for column in COLUMNS if column not in present]
    frame = frame.select(present).with_columns(absent).select(list(COLUMNS)).cast(COLUMNS)  # type: ignore[arg-type]
    keys = frame["key"]
    if keys.null_count() or keys.n_unique() != keys.len():
        doubled = keys.filter(keys.is_duplicated()).head(1).to_list()
        raise _refusal(
            "keys",
            side,
            f"每行应有唯一的 key，重复或缺失：{doubled[0] if doubled and doubled[0] else '空'}",
            f"each row needs a key of its own; doubled or missing: {doubled[0] if doubled and doubled[0] else 'empty'}",
        )
    return frame


def _refusal(code: str, side: str, zh: str, en: str) -> YumiaoError:
    where = {"left": "左表", "right": "右表", "decisions": "人工决定"}[side]
    return YumiaoError(f"linkage.{code}", Text(f"{where}：{zh}。", f"{side}: {en}."))


def _by_text(texts: pl.Series, function: Callable[[str], str]) -> pl.Series:
    """Apply a function to each different text once; an empty result is unknown."""
    found = {text: function(text) or None for text in texts.unique() if text is not None}
    return pl.Series([found.get(text) if text is not None else None for text in texts], dtype=pl.String)


def _codes(codes: pl.Series) -> list[pl.Series]:
    """Recognise each code; one that is not well formed identifies nobody and counts as unknown."""
    found = {text: read_code(text) for text in codes.unique() if text is not None}
    rows = [found[text] if text is not None and found[text].is_valid else None for text in codes]
    return [
        pl.Series("valid_code", [row.code if row else None for row in rows], dtype=pl.String),
        pl.Series("code_kind", [row.kind.value if row else None for row in rows], dtype=pl.String),
        pl.Series(
            "inner", [(row.organisation_code or None) if row else None for row in rows], dtype=pl.String
        ),
    ]


def codes_conflict() -> pl.Expr:
    """Say of a joined pair (columns of the right with suffix ``_right``) whether valid codes contradict.

    Codes of different kinds are compared by the organisation code in them; a registration number only with
    another. Two social credit codes around one organisation code do not contradict.
    """
    same_kind = pl.col("code_kind") == pl.col("code_kind_right")
    differs = pl.col("valid_code") != pl.col("valid_code_right")
    inner_differs = pl.col("inner") != pl.col("inner_right")
    is_number = pl.col("code_kind") == CodeKind.REGISTRATION_NUMBER.value
    by_inner = inner_differs.fill_null(value=False)
    by_number = (same_kind & is_number & differs).fill_null(value=False)
    return by_inner | by_number


def codes_related() -> pl.Expr:
    """Say of a joined pair whether two different codes hold the same organisation code."""
    return (
        (pl.col("inner") == pl.col("inner_right")) & (pl.col("valid_code") != pl.col("valid_code_right"))
    ).fill_null(value=False)
