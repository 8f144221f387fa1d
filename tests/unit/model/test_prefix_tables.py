"""Codes and the categories that a table gives them."""

import pytest

from yumiao.model.prefix_tables import PrefixTable, plain_code
from yumiao.model.text import Text

TABLE = PrefixTable(
    "t", Text("表"), "GB/T 4754-2017", "m", {"C": "x", "36": "x", "59": "y", "591": "z", "701": "w"}
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C3670", "3670"),
        ("c3670", "3670"),
        (" 3670 ", "3670"),
        ("65", "65"),
        ("I65", "65"),
        ("A01", "01"),
        ("C", "C"),
        ("t", "T"),
    ],
)
def test_code_is_read_without_blanks_and_without_the_section_before_digits(text, code):
    assert plain_code(text) == code


@pytest.mark.parametrize(
    "text", ["", " ", "制造业", "3", "36700", "U36", "CC", "C-36", "36.7", "-36", "C 36", "ı65"]
)
def test_anything_else_is_no_code(text):
    assert plain_code(text) is None


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("36", "x"),
        ("3670", "x"),
        ("C", "x"),
        ("591", "z"),
        ("5910", "z"),
        ("5930", "y"),
        ("592", "y"),
        ("7010", "w"),
    ],
)
def test_longest_prefix_decides(code, category):
    assert TABLE.category(code) == category


@pytest.mark.parametrize("code", ["37", "B", "704", "70", "59"])
def test_code_outside_the_table_or_too_short_to_tell_has_no_category(code):
    assert TABLE.category(code) is None
