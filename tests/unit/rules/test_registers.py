"""Filters of a register, lowered over its rows."""

import datetime as dt

import pytest

from yumiao.model.text import Text
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.expressions import parse_statement
from yumiao.rules import graph as g
from yumiao.rules.lowering import LoweringError
from yumiao.rules.registers import Points, filter_words, filters_of, lower_statements, points_of

AS_OF = dt.date(2026, 7, 15)
REGISTER = RegisterDefinition.model_validate(
    {
        "label": {"zh": "台账", "en": "Register"},
        "columns": {
            "kind": {
                "label": {"zh": "类别", "en": "Kind"},
                "values": {
                    "a": {"zh": "甲", "en": "A"},
                    "b": {"zh": "乙", "en": "B"},
                    "c": {"zh": "丙", "en": "C"},
                },
            },
            "own": {"type": "bool", "label": {"zh": "自有", "en": "Own"}, "derived": "kind is a"},
            "begun": "date",
            "ended": "date",
            "rank": "item",
        },
        "counts": {"rights": {"x": "own", "y": "always"}, "marks": {"x": "never"}},
    }
)


def lowered(text):
    return lower_statements(REGISTER, {"f": parse_statement(text)}, AS_OF)


def test_every_filter_has_the_name_of_its_metric():
    assert {name: each.text for name, each in filters_of(REGISTER).items()} == {
        "rights.x": "own",
        "rights.y": "always",
        "marks.x": "never",
    }


def test_statement_becomes_a_condition_over_the_columns_it_names():
    found = lowered("own and rank <= 3 件")

    assert [condition.id for condition in found.graph.conditions] == ["f"]
    assert list(found.graph.leaves) == ["own", "rank"]
    assert [each.column for each in found.derived] == ["own"]


def test_being_any_of_all_categories_is_nothing_to_ask_for():
    statement = lowered("kind in (a, b, c)").graph.conditions[0].statement

    assert isinstance(statement, g.Known)
    assert statement.value is True


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("own and rank <= 3 件", ()),
        ("own or not own", (Points("own", (False, True)),)),
        ("kind is a or kind is b and own", (Points("kind", ("a", "b", "c")),)),
        ("rank <= 3 件 or rank > 5 件 and own", (Points("rank", (2, 3, 4, 5, 6, 7)),)),
        (
            "days(begun, application_date) > 365 天 or begun >= 2026-01-01 and own",
            (
                Points(
                    "begun",
                    (
                        *(dt.date(2025, 7, day) for day in (14, 15, 16, 17)),
                        dt.date(2025, 12, 31),
                        *(dt.date(2026, 1, day) for day in (1, 2, 3)),
                    ),
                ),
            ),
        ),
        ("days(begun, ended) > 365 天 or days(begun, application_date) > 365 天", ()),
    ],
)
def test_points_of_a_repeated_field_lie_on_every_side_of_its_edges(text, points):
    assert points_of(lowered(text), "f") == points


def test_filter_is_told_in_words_with_the_labels_of_its_columns():
    assert filter_words(REGISTER, parse_statement("own and not kind in (b, c)")) == Text(
        "自有 且 非（类别为乙或丙）", "Own and not (Kind is B or C)"
    )


def test_statement_without_a_meaning_is_an_error():
    with pytest.raises(LoweringError):
        lowered("rank <= 3 万元")
