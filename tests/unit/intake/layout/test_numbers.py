"""Figures as people type them: exact, and never emptied."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yumiao.intake.layout.numbers import Figure, read_figure, read_numbers


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        ("12", "", Figure("12")),
        ("1,234,567.80", "", Figure("1234567.80")),
        ("1 234 567", "", Figure("1234567")),
        ("(1,234.50)", "", Figure("-1234.50")),
        ("-3", "", Figure("-3")),
        ("△3", "", Figure("-3")),
        ("+5", "", Figure("5")),
        (".5", "", Figure("0.5")),
        ("1.5E+5", "", Figure("150000")),
        ("2.5亿", "万元", Figure("25000", scaled=True)),
        ("2.5亿元", "万元", Figure("25000", scaled=True)),
        ("3.5万", "人", Figure("35000", scaled=True)),
        ("3万", "万人", Figure("3")),
        ("3.5万", "", Figure("35000", scaled=True)),
        ("12万元", "万元", Figure("12")),
        ("1200元", "万元", Figure("0.1200", scaled=True)),
        ("¥1,200", "元", Figure("1200")),
        ("29.8%", "%", Figure("29.8", percent=True)),
        ("5*", "", Figure("5", marked=True)),
        ("5[1]", "", Figure("5", marked=True)),
        ("5①", "", Figure("5", marked=True)),
        (
            "0.1234567890123456789012345678901234567890",
            "",
            Figure("0.1234567890123456789012345678901234567890"),
        ),
        ("-0", "", Figure("0")),
    ],
)
def test_figure_in_a_usual_writing_is_read_exactly(text, unit, figure):
    assert read_figure(text, unit) == figure


@pytest.mark.parametrize(
    "text",
    [
        "",
        "约5",
        "5-6",
        ">100",
        "100以上",
        "#DIV/0!",
        "(-3)",
        "(3",
        "3)",
        "1,23",
        "12万美元",
        "无",
        "1e999",
        "５",
    ],
)
def test_text_that_is_no_figure_is_none(text):
    assert read_figure(text, "万元") is None


def test_column_keeps_what_is_no_figure_as_received():
    texts = pl.Series(["１２", " 1,200 ", "约5", None, "—", "3.5万", "007"])

    read = read_numbers(texts)

    assert read.texts.to_list() == ["12", "1200", "约5", None, "—", "35000", "7"]
    assert read.unread.to_list() == [False, False, True, False, True, False, False]
    assert read.scaled.to_list() == [False, False, False, False, False, True, False]
    assert texts.to_list() == ["１２", " 1,200 ", "约5", None, "—", "3.5万", "007"]


@pytest.mark.parametrize("text", ["5万元", "3万人", "7亩"])
def test_figure_with_a_unit_is_none_where_the_column_has_no_unit(text):
    assert read_figure(text) is None


def test_percent_signs_are_taken_off_and_told():
    read = read_numbers(pl.Series(["29.8%", "3 %", "1,200%", "４％", "5"]), "%")

    assert read.texts.to_list() == ["29.8", "3", "1200", "4", "5"]
    assert read.percents.to_list() == [True, True, True, True, False]


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_figure_reads_the_same_in_every_writing(number):
    plain = f"{number:f}"
    wide = "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in plain)
    writings = [
        plain,
        f"{number:,f}",
        wide,
        f" {plain} ",
        f"{plain}*",
        f"({abs(number):,f})" if number < 0 else plain,
    ]

    read = read_numbers(pl.Series(writings))

    assert [Decimal(text) for text in read.texts] == [number] * len(writings)
    assert not read.unread.any()


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=12), max_size=8), st.sampled_from(["", "万元", "%", "人"]))
def test_no_cell_is_emptied_and_none_appears(cells, unit):
    texts = pl.Series([cell or None for cell in cells], dtype=pl.String)

    read = read_numbers(texts, unit)

    assert read.texts.is_null().to_list() == texts.is_null().to_list()
    assert all(
        after == before
        for after, before in zip(read.texts.filter(read.unread), texts.filter(read.unread), strict=True)
    )
