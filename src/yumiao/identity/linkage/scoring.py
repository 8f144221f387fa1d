"""Third step: pairs scored by Splink on DuckDB, with the model's fixed weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from yumiao.identity.linkage.aliases import add_frequencies, add_gaps, list_aliases, with_tokens
from yumiao.identity.linkage.model import COMPARISONS, EXPECTED_SHARE, GAPS, SHORTENED, Comparison, Level
from yumiao.identity.linkage.pairs import WEIGHT, ColumnType
from yumiao.model.text import Language

if TYPE_CHECKING:
    import splink.comparison_level_library as levels
    from splink import SettingsCreator
    from splink.comparison_library import CustomComparison

LEAST = 0.01
"""Pairs below this probability are not worth telling."""

MOST_SHOWN = 5
"""Pairs of one left record that are worth telling."""

_PRIOR_BACKGROUND = 1_000
_COMPARED = ("trade_name", "industry", "region", "form", "form_group", "branch", "road", "number", "seat")
_SHOWN = ("text", "region_text", "address", "middle", "region_is_sure", "qualifiers", "place")

SCORED: dict[str, ColumnType] = {
    "key": pl.String,
    "key_right": pl.String,
    "probability": pl.Float64,
    "evidence_zh": pl.String,
    "evidence_en": pl.String,
    "weights": pl.List(WEIGHT),
}


def score_pairs(
    left: pl.DataFrame, right: pl.DataFrame, parsed: pl.DataFrame, places: tuple[pl.DataFrame, pl.DataFrame]
) -> pl.DataFrame:
    """Score the pairs that share a token; of several names of one pair the best alike counts.

    Args:
        left, right: prepared parties.
        parsed: the names taken apart, for every alias of both sides.
        places: where the parties of each side are, as
            :func:`~yumiao.identity.linkage.parsed.place_columns` returns it.
    Returns: one row per pair from :data:`LEAST` up: the columns of :data:`SCORED`, and beside them the compared
        columns of both aliases (those of the right with suffix ``_right``).
    """
    sides = [
        list_aliases(parties).join(parsed, on="text").join(where, on="key", how="left", maintain_order="left")
        for parties, where in zip((left, right), places, strict=True)
    ]
    sides = [
        side.join(parties.select("key", "address"), on="key", how="left", maintain_order="left")
        for side, parties in zip(sides, (left, right), strict=True)
    ]
    met = with_tokens(*sides)
    if not met[0].height or not met[1].height:
        return _no_scores(sides[0])
    numbered = [
        add_frequencies(add_gaps(side), sides[1], right.height).with_columns(
            unique_id=pl.format(f"{letter}{{}}", pl.int_range(pl.len()))
        )
        for side, letter in zip(met, "lr", strict=True)
    ]
    predicted = _predict(numbered[0], numbered[1], right.height)
    return _told(predicted, numbered[0], numbered[1])


def _no_scores(side: pl.DataFrame) -> pl.DataFrame:
    columns = [(name, side.schema[name]) for name in (*_COMPARED, *_SHOWN)]
    both = [*SCORED.items(), *columns, *((f"{name}_right", kind) for name, kind in columns)]
    return pl.DataFrame(schema=dict(both))


def _predict(left: pl.DataFrame, right: pl.DataFrame, parties: int) -> pl.DataFrame:
    """Let Splink score the aliases; the result has a row per pair of aliases, in the order of their ids."""
    import duckdb  # noqa: PLC0415 with Splink half a second of every start, and few runs score pairs
    from splink import DuckDBAPI, Linker  # noqa: PLC0415 as above

    needed = ["unique_id", "blocks", "tf_trade_name", "tf_region", SHORTENED, GAPS, *_COMPARED]
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute("SET enable_progress_bar = false")
        database = DuckDBAPI(connection)
        tables = [
            database.register(side.select(needed).to_arrow(), table_name=name)
            for side, name in ((left, "left_aliases"), (right, "right_aliases"))
        ]
        linker = Linker(tables, _settings(parties), log_level=None, validate_settings=False)
        found = linker.inference.predict(threshold_match_probability=LEAST, warning_mode="never")
        columns = "match_probability, unique_id_l, unique_id_r, COLUMNS('(gamma|mw)_.*')"
        query = f"SELECT {columns} FROM {found.physical_name}"  # noqa: S608 a table that Splink has just named
        table = connection.sql(query).to_arrow_table()
    return _left_first(pl.DataFrame(table)).sort("unique_id_l", "unique_id_r")


def _left_first(found: pl.DataFrame) -> pl.DataFrame:
    """Have the ids of the left on the left: Splink orders the two by the names of their tables."""
    if found.is_empty() or found["unique_id_l"][0].startswith("l"):
        return found
    return found.rename({"unique_id_l": "unique_id_r", "unique_id_r": "unique_id_l"})


def _settings(parties: int) -> SettingsCreator:
    from splink import SettingsCreator, block_on  # noqa: PLC0415 as above

    return SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(each) for each in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on("blocks", arrays_to_explode=["blocks"])],
        probability_two_random_records_match=EXPECTED_SHARE / (parties + _PRIOR_BACKGROUND),
        retain_matching_columns=True,  # without them Splink leaves the levels out too
        retain_intermediate_calculation_columns=True,
        linker_uid="yumiao",
    )


def _comparison(comparison: Comparison) -> CustomComparison:
    from splink.comparison_library import CustomComparison  # noqa: PLC0415 as above

    return CustomComparison(
        comparison_levels=[_level(each) for each in comparison.levels],
        output_column_name=comparison.part,
    )


def _level(level: Level) -> levels.CustomLevel | levels.ElseLevel:
    import splink.comparison_level_library as levels  # noqa: PLC0415 as above

    if level.name == "else":
        return levels.ElseLevel().configure(m_probability=level.m, u_probability=level.u)  # type: ignore[return-value]
    custom = levels.CustomLevel(level.condition or "", label_for_charts=level.words.en or level.name)
    if level.name == "unknown":
        return custom.configure(is_null_level=True)  # type: ignore[return-value]
    if level.frequency:
        return custom.configure(  # type: ignore[return-value]
            m_probability=level.m, u_probability=level.u, tf_adjustment_column=level.frequency
        )
    return custom.configure(m_probability=level.m, u_probability=level.u)  # type: ignore[return-value]


# --- what was found, in words --------------------------------------------------------------------


def _told(predicted: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Join what was compared to each pair of aliases, keep the best of each pair of parties, and word it."""
    columns = ["key", *dict.fromkeys((*_COMPARED, *_SHOWN))]
    joined = (
        predicted.rename({"match_probability": "probability"})
        .join(left.select(columns, unique_id_l="unique_id"), on="unique_id_l", maintain_order="left")
        .join(
            right.select(columns, unique_id_r="unique_id"),
            on="unique_id_r",
            maintain_order="left",
            suffix="_right",
        )
    )
    order = ["key", "probability", "key_right", "unique_id_l", "unique_id_r"]
    best = (
        joined.sort(order, descending=[False, True, False, False, False])
        .unique(["key", "key_right"], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over("key") < MOST_SHOWN)
    )
    return best.with_columns(
        evidence_zh=_evidence("zh"), evidence_en=_evidence("en"), weights=_weights()
    ).select(*SCORED, *(column for column in best.columns if column in _both(columns[1:])))


def _both(columns: list[str]) -> set[str]:
    return {*columns, *(f"{column}_right" for column in columns)}


def _gammas(comparison: Comparison) -> list[tuple[Level, int]]:
    """Return each level with the number Splink gives it: -1 for NULL, else counted down to 0."""
    known = [level for level in comparison.levels if level.name != "unknown"]
    numbers = {level.name: len(known) - 1 - place for place, level in enumerate(known)}
    return [(level, numbers.get(level.name, -1)) for level in comparison.levels]


def _weight(comparison: Comparison) -> pl.Expr:
    adjusted = any(level.frequency for level in comparison.levels)
    weight = pl.col(f"mw_{comparison.part}")
    return weight + pl.col(f"mw_tf_adj_{comparison.part}") if adjusted else weight


def _evidence(language: Language) -> pl.Expr:
    """Word the findings with their weights: 字号相同（伟业）+14.2；行业不同（机械／科技）−3.2."""
    phrases = [_phrase(comparison, language) for comparison in COMPARISONS]
    separator = "；" if language == "zh" else "; "
    names = pl.format("{}／{}" if language == "zh" else "{} / {}", "text", "text_right")
    found = pl.concat_list(phrases).list.drop_nulls().list.join(separator)
    return pl.concat_str(names, pl.lit("：" if language == "zh" else ": "), found)


def _phrase(comparison: Comparison, language: Language) -> pl.Expr:
    gamma = pl.col(f"gamma_{comparison.part}")
    weight = _weight(comparison).round(1)
    signed = pl.when(weight < 0).then(pl.format("−{}", weight.abs())).otherwise(pl.format("+{}", weight))
    phrase = pl.lit(None, dtype=pl.String)
    for level, number in _gammas(comparison):
        words = level.words.words(language)
        if words:
            filled = _filled(words, comparison.shown)
            text = filled if number < 0 else pl.concat_str(filled, pl.lit(" "), signed)
            phrase = pl.when(gamma == number).then(text).otherwise(phrase)
    return phrase


def _filled(words: str, column: str) -> pl.Expr:
    """Put the two values into the words; a value that is not known is an empty one."""
    values = {"{0}": pl.col(column), "{1}": pl.col(f"{column}_right")}
    wanted = [value.fill_null("") for sign, value in values.items() if sign in words]
    return pl.format(words.replace("{0}", "{}").replace("{1}", "{}"), *wanted) if wanted else pl.lit(words)


def _weights() -> pl.Expr:
    """List each part with its level and weight; the weight of what is not known is 0."""
    rows = []
    for comparison in COMPARISONS:
        level = pl.lit(None, dtype=pl.String)
        for each, number in _gammas(comparison):
            level = (
                pl.when(pl.col(f"gamma_{comparison.part}") == number).then(pl.lit(each.name)).otherwise(level)
            )
        rows.append(
            pl.struct(part=pl.lit(comparison.part), level=level, weight=_weight(comparison)).cast(WEIGHT)
        )
    return pl.concat_list(rows)
