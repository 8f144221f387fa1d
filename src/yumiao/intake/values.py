"""Columns of cell texts turned into what a table of facts stores, exactly and column by column.

No binary floating point is used: a decimal is cut at its point, padded to the smallest step of its unit and
read as a whole number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from yumiao.intake.labels import FRACTION
from yumiao.intake.mapping import ColumnRule
from yumiao.model.metrics import Metric
from yumiao.model.prefix_tables import PrefixTable, plain_code
from yumiao.model.units import MAGNITUDES, UNITS, InexactValueError, Kind, Unit, to_steps

MAX_DIGITS = 18
"""Digits that surely fit into 64 bits; no quantity of a policy comes near (10^16 yuan)."""

EARLIEST_DATE = dt.date(1840, 1, 1)
LATEST_DATE = dt.date(2199, 12, 31)

_NUMBER = r"^[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?$|^[+-]?\.[0-9]+$"
_EXPONENT = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]{1,3}$"
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_DATE = r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?" + _TIME + "$"
_DATE_DIGITS = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"

_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_FULL_WIDTH |= {"\u3000": " ", "\u00a0": " ", "\u2212": "-", "\u200b": "", "\ufeff": ""}


class Fault(StrEnum):
    """Why a cell gives no fact."""

    NOT_A_NUMBER = "not_a_number"
    FINER_THAN_STEP = "finer_than_step"
    NUMBER_TOO_LARGE = "number_too_large"
    OUTSIDE_DOMAIN = "outside_domain"
    NOT_WHOLE = "not_whole"
    NOT_YES_NO = "not_yes_no"
    NOT_A_DATE = "not_a_date"
    UNKNOWN_CATEGORY = "unknown_category"
    NOT_A_CODE = "not_a_code"
    OUTSIDE_TABLE = "outside_table"


@dataclass(frozen=True)
class ParsedColumn:
    """What one column of cells says, row by row.

    Attributes:
        values: in smallest steps (Int64), Boolean, Date or String; NULL = unknown or faulty.
        faults: code of what is wrong with the cell, NULL where nothing is.
    """

    values: pl.Series
    faults: pl.Series


def tidy_texts(texts: pl.Series) -> pl.Series:
    """Trim cells and turn full-width characters into half-width ones; a cell of blanks is empty (NULL)."""
    if (texts.str.len_bytes() != texts.str.len_chars()).any():
        texts = texts.str.replace_many(_FULL_WIDTH)
    texts = texts.str.strip_chars()
    return texts.set(texts == "", None)


def parse_column(texts: pl.Series, rule: ColumnRule, metric: Metric) -> ParsedColumn:
    """Read one column of cell texts as values of ``metric``.

    A cell is unknown when it is empty or holds one of the rule's missing codes; any other cell gives a value
    or a fault, never a guess.
    """
    texts = tidy_texts(texts)
    if metric.kind is Kind.QUANTITY:
        assert rule.unit is not None  # noqa: S101 - the mapping reader settles the unit of every quantity
        parsed = parse_quantities(texts, rule.unit, rule.missing)
        return _in_domain(parsed, metric)
    texts = without_missing(texts, rule.missing)
    if rule.table is not None:
        return _parse_codes(texts, rule, rule.table)
    if metric.kind is Kind.BOOL:
        return _parse_yes_no(texts, rule)
    return _parse_dates(texts) if metric.kind is Kind.DATE else _parse_categories(texts, rule, metric)


def parse_sum(parts: list[pl.Series], rule: ColumnRule, metric: Metric) -> ParsedColumn:
    """Read several columns and add them; the sum is unknown where any part is unknown or faulty."""
    assert rule.unit is not None  # noqa: S101 - the mapping reader settles the unit of every quantity
    parsed = [parse_quantities(tidy_texts(texts), rule.unit, rule.missing) for texts in parts]
    faults = parsed[0].faults
    total = parsed[0].values.cast(pl.Int128)
    for part in parsed[1:]:
        total = total + part.values.cast(pl.Int128)
        faults = faults.zip_with(faults.is_not_null(), part.faults)
    return _in_domain(_within_digits(total, faults), metric)


def parse_quantities(texts: pl.Series, unit: Unit, missing: tuple[str, ...] = ()) -> ParsedColumn:
    """Read tidy decimal texts as whole smallest steps of ``unit``.

    Accepts thousands separators, an exponent, and the unit's own name after the number; a cell with a percent
    sign is a percentage also where the column holds fractions. ``missing`` holds texts and numbers that mean
    unknown; a number is compared by value (-1.0 is -1).
    """
    texts = without_missing(texts, missing)
    signed = texts.str.ends_with("%").fill_null(value=False)
    if unit is FRACTION and signed.any():
        percents = _parse_decimals(texts.set(~signed, None), UNITS["percent"], ())
        plain = _parse_decimals(texts.set(signed, None), unit, missing)
        values = percents.values.zip_with(signed, plain.values)
        return ParsedColumn(values, percents.faults.zip_with(signed, plain.faults))
    return _parse_decimals(texts, unit, missing)


def _parse_decimals(texts: pl.Series, unit: Unit, missing: tuple[str, ...]) -> ParsedColumn:
    texts = _without_unit(texts, unit)
    frame = pl.DataFrame({"text": texts})
    steps, inexact, large = _steps_exprs(_places(unit))
    frame = frame.with_columns(plain=pl.col("text").str.contains(_NUMBER)).with_columns(
        steps=pl.when("plain").then(steps), inexact=pl.col("plain") & inexact, large=pl.col("plain") & large
    )
    fault = (
        pl.when(pl.col("plain").not_())
        .then(pl.lit(Fault.NOT_A_NUMBER.value))
        .when("inexact")
        .then(pl.lit(Fault.FINER_THAN_STEP.value))
        .when("large")
        .then(pl.lit(Fault.NUMBER_TOO_LARGE.value))
    )
    frame = frame.with_columns(fault=fault)
    frame = frame.with_columns(steps=pl.when(pl.col("fault").is_null()).then("steps"))
    parsed = _with_exponents(frame, unit)
    codes = [code for code in (_code_steps(text, unit) for text in missing) if code is not None]
    if codes:
        hit = parsed.values.is_in(codes).fill_null(value=False)
        parsed = ParsedColumn(parsed.values.set(hit, None), parsed.faults)
    return parsed


def without_missing(texts: pl.Series, missing: tuple[str, ...]) -> pl.Series:
    """Empty the cells that hold one of the missing codes, compared as tidy text."""
    if not missing:
        return texts
    codes = tidy_texts(pl.Series(missing, dtype=pl.String)).drop_nulls()
    return texts.set(texts.is_in(codes.implode()).fill_null(value=False), None)


def _without_unit(texts: pl.Series, unit: Unit) -> pl.Series:
    for name in sorted({unit.label.zh, *unit.names} - {""}, key=len, reverse=True):
        texts = texts.str.strip_suffix(name)
    return texts.str.strip_chars_end()


def _places(unit: Unit) -> int:
    places = len(str(unit.steps)) - 1
    if 10**places != unit.steps:
        raise ValueError(f"the steps of {unit.code} are no power of ten")
    return places


def _steps_exprs(places: int) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return the expressions: whole steps, whether finer than a step, whether too large for 64 bits."""
    bare = pl.col("text").str.replace_all(",", "", literal=True)
    whole = bare.str.extract(r"^[+-]?0*([0-9]*)", 1).fill_null("")
    part = bare.str.extract(r"\.([0-9]*)$", 1).str.strip_chars_end("0").fill_null("")
    digits = whole + part.str.pad_end(places, "0")
    steps = pl.concat_str(pl.lit("0"), digits).cast(pl.Int64, strict=False)
    sign = pl.when(bare.str.starts_with("-")).then(pl.lit(-1, pl.Int64)).otherwise(pl.lit(1, pl.Int64))
    return steps * sign, part.str.len_chars() > places, digits.str.len_chars() > MAX_DIGITS


def _with_exponents(frame: pl.DataFrame, unit: Unit) -> ParsedColumn:
    """Read the few cells written with an exponent one by one, exactly."""
    values, faults = frame["steps"], frame["fault"]
    rows = frame["text"].str.contains(_EXPONENT).arg_true()
    if rows.len():
        read = [_exponent_steps(text, unit) for text in frame["text"].gather(rows)]
        values = values.scatter(rows, pl.Series([steps for steps, _ in read], dtype=pl.Int64))
        faults = faults.scatter(rows, pl.Series([fault for _, fault in read], dtype=pl.String))
    return ParsedColumn(values, faults)


def _exponent_steps(text: str, unit: Unit) -> tuple[int | None, str | None]:
    try:
        steps = to_steps(text, unit)
    except InexactValueError:
        return None, Fault.FINER_THAN_STEP.value
    except ValueError:
        return None, Fault.NOT_A_NUMBER.value
    if abs(steps) >= 10**MAX_DIGITS:
        return None, Fault.NUMBER_TOO_LARGE.value
    return steps, None


def _code_steps(code: str, unit: Unit) -> int | None:
    try:
        steps = to_steps(code.replace(",", ""), unit)
    except ValueError:
        return None
    return steps if abs(steps) < 10**MAX_DIGITS else None


def _within_digits(total: pl.Series, faults: pl.Series) -> ParsedColumn:
    large = (total.abs() >= 10**MAX_DIGITS).fill_null(value=False)
    faults = faults.set(large & faults.is_null(), Fault.NUMBER_TOO_LARGE.value)
    return ParsedColumn(total.set(large, None).cast(pl.Int64), faults)


def _in_domain(parsed: ParsedColumn, metric: Metric) -> ParsedColumn:
    values, faults = parsed.values, parsed.faults
    if metric.unit is not None:
        large = (values.abs() > MAGNITUDES[metric.unit.dimension]).fill_null(value=False)
        faults = faults.set(large & faults.is_null(), Fault.NUMBER_TOO_LARGE.value)
        values = values.set(large, None)
    outside = pl.repeat(value=False, n=values.len(), dtype=pl.Boolean, eager=True)
    if metric.minimum is not None:
        outside = outside | (values < metric.minimum)
    if metric.maximum is not None:
        outside = outside | (values > metric.maximum)
    outside = outside.fill_null(value=False)
    faults = faults.set(outside, Fault.OUTSIDE_DOMAIN.value)
    values = values.set(outside, None)
    if metric.whole and metric.unit is not None:
        broken = (values % metric.unit.steps != 0).fill_null(value=False)
        faults, values = faults.set(broken, Fault.NOT_WHOLE.value), values.set(broken, None)
    return ParsedColumn(values, faults)


def _parse_yes_no(texts: pl.Series, rule: ColumnRule) -> ParsedColumn:
    lower = texts.str.to_lowercase()
    yes, no = (
        tidy_texts(pl.Series(words, dtype=pl.String)).str.to_lowercase() for words in (rule.yes, rule.no)
    )
    frame = pl.DataFrame({"text": lower}).select(
        value=pl.when(pl.col("text").is_in(yes.implode()))
        .then(pl.lit(value=True))
        .when(pl.col("text").is_in(no.implode()))
        .then(pl.lit(value=False))
    )
    return _with_fault(texts, frame["value"], Fault.NOT_YES_NO)


def _parse_dates(texts: pl.Series) -> ParsedColumn:
    text = pl.col("text")
    parts = [
        pl.coalesce(text.str.extract(_DATE, group), text.str.extract(_DATE_DIGITS, group)).cast(pl.Int32)
        for group in (1, 2, 3)
    ]
    iso = pl.format("{}-{}-{}", *[part.cast(pl.String).str.zfill(2) for part in parts])
    frame = pl.DataFrame({"text": texts}).select(value=iso.str.to_date("%Y-%m-%d", strict=False))
    dates = frame["value"]
    odd = ((dates < EARLIEST_DATE) | (dates > LATEST_DATE)).fill_null(value=False)
    return _with_fault(texts, dates.set(odd, None), Fault.NOT_A_DATE)


def _parse_categories(texts: pl.Series, rule: ColumnRule, metric: Metric) -> ParsedColumn:
    words: dict[str, str] = {}
    for code, label in metric.values:
        words |= {word: code for word in (label.en, label.zh, code) if word}
    words |= {code: code for code in metric.categories()} | dict(rule.values)
    tidy = tidy_texts(pl.Series(list(words), dtype=pl.String))
    known = {text: code for text, code in zip(tidy, words.values(), strict=True) if text is not None}
    values = texts.replace_strict(known, default=None, return_dtype=pl.String)
    return _with_fault(texts, values, Fault.UNKNOWN_CATEGORY)


def _parse_codes(texts: pl.Series, rule: ColumnRule, table: PrefixTable) -> ParsedColumn:
    """Look every code up in a table; a cell that the rule's values name is what they say."""
    declared = tidy_texts(pl.Series([word for word, _ in rule.values], dtype=pl.String))
    values = dict(zip(declared, (category for _, category in rule.values), strict=True))
    faults: dict[str, str] = {}
    for cell in texts.drop_nulls().unique():
        if cell not in values:
            code = plain_code(cell)
            category = None if code is None else table.category(code)
            if category is not None:
                values[cell] = category
            else:
                faults[cell] = (Fault.NOT_A_CODE if code is None else Fault.OUTSIDE_TABLE).value
    return ParsedColumn(_replaced(texts, values), _replaced(texts, faults))


def _replaced(texts: pl.Series, words: Mapping[str, str]) -> pl.Series:
    return texts.replace_strict(list(words), list(words.values()), default=None, return_dtype=pl.String)


def _with_fault(texts: pl.Series, values: pl.Series, fault: Fault) -> ParsedColumn:
    faulty = texts.is_not_null() & values.is_null()
    none = pl.Series(values=[None], dtype=pl.String).new_from_index(0, texts.len())
    return ParsedColumn(values, none.set(faulty, fault.value))
