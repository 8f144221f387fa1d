"""The kinds of value in pack files: expressions, points, lengths, choices between readings."""

from fractions import Fraction

import pytest
from pydantic_core import PydanticCustomError

from yumiao.packs.expressions import Constant, Span, parse_expression, parse_statement
from yumiao.packs.fields import (
    Choice,
    Expression,
    Points,
    choice_of,
    read_length,
    read_points,
    read_statement,
    read_value,
)

# ── points ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "points", "shown"),
    [
        (5, Points(Fraction(5), Fraction(5)), "5"),
        ("5", Points(Fraction(5), Fraction(5)), "5"),
        ("2.5", Points(Fraction(5, 2), Fraction(5, 2)), "5/2"),
        ("7–8", Points(Fraction(7), Fraction(8)), "7–8"),
        ("7-8", Points(Fraction(7), Fraction(8)), "7–8"),
        (" 0 – 10 分", Points(Fraction(0), Fraction(10)), "0–10"),
        ("60 分", Points(Fraction(60), Fraction(60)), "60"),
        ("-3", Points(Fraction(-3), Fraction(-3)), "-3"),
    ],
)
def test_points_are_a_number_or_the_range_in_which_experts_choose(written, points, shown):
    found = read_points(written)

    assert (found, str(found)) == (points, shown)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("many", "expected points such as 5 or 7–8, found many"),
        ("7–", "expected points such as 5 or 7–8, found 7–"),
        (True, "expected points such as 5 or 7–8, found True"),
        (None, "expected points such as 5 or 7–8, found None"),
        ("8–7", "8–7: the second number is the smaller"),
    ],
)
def test_points_of_another_form_are_refused(written, message):
    with pytest.raises(PydanticCustomError) as found:
        read_points(written)

    assert found.value.message() == message


# ── lengths ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "length"), [("3 年", (3, "year")), ("365天", (365, "day")), (" 30 日 ", (30, "day"))]
)
def test_length_is_a_count_of_years_or_days(written, length):
    assert read_length(written) == length


@pytest.mark.parametrize("written", ["3", "三年", "3 个月", "1.5 年", 3, None])
def test_length_of_another_form_is_refused(written):
    with pytest.raises(PydanticCustomError, match="expected a length such as 3 年 or 365 天"):
        read_length(written)


# ── expressions ───────────────────────────────────────────────────────────────────────────────────────


def test_statement_keeps_its_words_beside_its_tree():
    assert read_statement("staff >= 1 人") == Expression("staff >= 1 人", parse_statement("staff >= 1 人"))


def test_value_may_be_a_bare_number():
    assert read_value(5) == Expression("5", parse_expression("5"))


@pytest.mark.parametrize(("written", "value"), [(True, True), (False, False)])
def test_yes_and_no_of_yaml_are_always_and_never(written, value):
    assert read_statement(written).tree == Constant(Span(), value=value)


@pytest.mark.parametrize("written", [None, ["a"], {"a": 1}])
def test_expression_that_is_no_text_is_refused(written):
    with pytest.raises(PydanticCustomError, match="expected an expression, found"):
        read_statement(written)


def test_expression_error_keeps_both_languages_and_the_place():
    with pytest.raises(PydanticCustomError) as found:
        read_statement("staff >= 1 吨")

    context = found.value.context
    assert {key: context[key] for key in ("text", "column", "width")} == {
        "text": "staff >= 1 吨",
        "column": 11,
        "width": 1,
    }
    assert (context["zh"][:9], context["en"][:12]) == ("不认识的单位“吨”", "unknown unit")


# ── choices ───────────────────────────────────────────────────────────────────────────────────────────


def test_plain_value_is_the_same_under_every_reading():
    choice = choice_of(read_points)("7–8")

    assert choice == Choice(None, {"": Points(Fraction(7), Fraction(8))})
    assert choice.under({"anything": "at all"}) == Points(Fraction(7), Fraction(8))


def test_choice_gives_the_value_of_the_reading_that_is_set():
    choice = choice_of(read_points)({"switch": "young", "zero": 0, "interval": "0–10"})

    found = {reading: choice.under({"young": reading}) for reading in ("zero", "interval")}

    assert found == {"zero": read_points(0), "interval": read_points("0–10")}


def test_choice_with_a_wrong_value_under_one_reading_is_refused():
    with pytest.raises(PydanticCustomError, match="found many"):
        choice_of(read_points)({"switch": "young", "zero": 0, "interval": "many"})


def test_choice_that_is_read_already_is_left_as_it_is():
    choice = Choice(None, {"": read_points(1)})

    assert choice_of(read_points)(choice) is choice
