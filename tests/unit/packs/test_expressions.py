"""Expressions of the pack language: every form of the language page, and where a wrong word stands."""

import datetime as dt
from fractions import Fraction

import pytest

from yumiao.model.periods import Year
from yumiao.model.text import Text
from yumiao.model.units import UNIT_BY_NAME, UNITS
from yumiao.packs.expressions import (
    AnyRoute,
    ApplicationDate,
    Arithmetic,
    AtLeast,
    Call,
    ClassOf,
    Comparison,
    Constant,
    DateLiteral,
    EachYear,
    ExpressionError,
    Holds,
    IsValue,
    Negation,
    Number,
    Period,
    Range,
    Reference,
    Span,
    Yes,
    parse_expression,
    parse_statement,
    walk,
)

ANYWHERE = Span()


def name(text, year=None):
    return Reference(ANYWHERE, tuple(text.split(".")), year)


def yes(text, year=None):
    return Yes(ANYWHERE, name(text, year))


def number(value, unit=None):
    return Number(ANYWHERE, Fraction(value), UNITS[unit] if unit else None)


def compare(left, operator, right):
    return Comparison(ANYWHERE, operator, left, right)


def some(count, *parts):
    return AtLeast(ANYWHERE, count, parts)


def no(body):
    return Negation(ANYWHERE, body)


def one_of(subject, *values):
    return IsValue(ANYWHERE, subject, values)


def call(function, *arguments):
    return Call(ANYWHERE, function, arguments)


def calculate(left, operator, right):
    return Arithmetic(ANYWHERE, operator, left, right)


def last(count):
    return Range(ANYWHERE, count)


def period(number, **relative):
    return Period(ANYWHERE, Year(number, **relative))


# ── statements ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("staff <= 500 人", compare(name("staff"), "<=", number(500, "person"))),
        (
            "tech / staff >= 10%",
            compare(calculate(name("tech"), "/", name("staff")), ">=", number(10, "percent")),
        ),
        ("staff > 1", compare(name("staff"), ">", number(1))),
        ("staff < 1", compare(name("staff"), "<", number(1))),
        ("staff = 1", compare(name("staff"), "=", number(1))),
        ("honest", yes("honest")),
        ("honest[FY-1]", yes("honest", Year(-1))),
        ("not honest", no(yes("honest"))),
        ("grade is A", one_of(name("grade"), "A")),
        ("grade is not A", no(one_of(name("grade"), "A"))),
        ("grade in (A, B)", one_of(name("grade"), "A", "B")),
        ("honest and listed and fined", some(3, yes("honest"), yes("listed"), yes("fined"))),
        ("honest or listed", some(1, yes("honest"), yes("listed"))),
        ("honest or listed and fined", some(1, yes("honest"), some(2, yes("listed"), yes("fined")))),
        ("(honest or listed) and fined", some(2, some(1, yes("honest"), yes("listed")), yes("fined"))),
        ("not honest and listed", some(2, no(yes("honest")), yes("listed"))),
        ("not (honest and listed)", no(some(2, yes("honest"), yes("listed")))),
        ("all of A, B, C", some(3, yes("A"), yes("B"), yes("C"))),
        ("any of A, B", some(1, yes("A"), yes("B"))),
        ("none of A, B", no(some(1, yes("A"), yes("B")))),
        ("at least 2 of A, B, C", some(2, yes("A"), yes("B"), yes("C"))),
        ("all of A", some(1, yes("A"))),
        ("any of A and B, C", some(1, some(2, yes("A"), yes("B")), yes("C"))),
        (
            "in each of last 2 FY: rd >= 100 万元",
            EachYear(ANYWHERE, True, 2, compare(name("rd"), ">=", number(100, "CNY_10k"))),
        ),
        ("in any of last 3 FY: fined", EachYear(ANYWHERE, False, 3, yes("fined"))),
        ("H4_tech", yes("H4_tech")),
        ("any route", AnyRoute(ANYWHERE)),
        ("always", Constant(ANYWHERE, value=True)),
        ("never", Constant(ANYWHERE, value=False)),
        ("holds(hnte)", Holds(ANYWHERE, "hnte")),
        ("class(size) in (small, micro)", one_of(ClassOf(ANYWHERE, "size"), "small", "micro")),
        ("not class(size) is large", no(one_of(ClassOf(ANYWHERE, "size"), "large"))),
        ("class(size) is not large", no(one_of(ClassOf(ANYWHERE, "size"), "large"))),
    ],
)
def test_statement_is_read_as_its_tree(text, tree):
    assert parse_statement(text) == tree


# ── values ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("sales", name("sales")),
        ("ip_count.hnte", name("ip_count.hnte")),
        ("innovation.ip.count", name("innovation.ip.count")),
        ("sales[FY-2]", name("sales", Year(-2))),
        ("sales[FY]", name("sales", Year(0))),
        ("sales[2023]", name("sales", Year(2023, relative=False))),
        ("platform[CY-1]", name("platform", Year(-1))),
        ("sum(rd, last 3 FY)", call("sum", name("rd"), last(3))),
        ("mean(rd, last 2 FY)", call("mean", name("rd"), last(2))),
        ("growth(sales)", call("growth", name("sales"))),
        (
            "compound_growth(sales, FY-3, FY-1)",
            call("compound_growth", name("sales"), period(-3), period(-1)),
        ),
        (
            "compound_growth(sales, 2020, 2023)",
            call(
                "compound_growth",
                name("sales"),
                period(2020, relative=False),
                period(2023, relative=False),
            ),
        ),
        ("mean_growth(sales, last 3 FY)", call("mean_growth", name("sales"), last(3))),
        (
            "days(established_on, application_date)",
            call("days", name("established_on"), ApplicationDate(ANYWHERE)),
        ),
        ("year(established_on)", call("year", name("established_on"))),
        (
            "year(application_date) - year(established_on)",
            calculate(
                call("year", ApplicationDate(ANYWHERE)),
                "-",
                call("year", name("established_on")),
            ),
        ),
        ("a + b - c", calculate(calculate(name("a"), "+", name("b")), "-", name("c"))),
        ("a - (b - c)", calculate(name("a"), "-", calculate(name("b"), "-", name("c")))),
        ("a + 2 * b", calculate(name("a"), "+", calculate(number(2), "*", name("b")))),
        ("a / b / 2", calculate(calculate(name("a"), "/", name("b")), "/", number(2))),
        ("5000 万元", number(5000, "CNY_10k")),
        ("3333.33 元", number("3333.33", "CNY")),
        ("10 亿美元", number(10, "USD_100m")),
        ("365 天", number(365, "day")),
        ("3 年", number(3, "year")),
        ("60 分", number(60, "point")),
        ("4 件", number(4, "item")),
        ("500 人", number(500, "person")),
        ("10%", number(10, "percent")),
        ("10％", number(10, "percent")),
        ("-20%", number(-20, "percent")),
        ("0.1", number("0.1")),
        ("2019-01-01", DateLiteral(ANYWHERE, dt.date(2019, 1, 1))),
    ],
)
def test_value_is_read_as_its_tree(text, tree):
    assert parse_expression(text) == tree


@pytest.mark.parametrize("word", ["sum", "growth", "year", "days", "mean"])
def test_name_of_a_function_without_brackets_is_a_name(word):
    assert parse_expression(word) == name(word)


def test_names_that_begin_with_a_word_of_the_language_are_names():
    assert parse_statement("notary or island and orders") == some(
        1, yes("notary"), some(2, yes("island"), yes("orders"))
    )


# ── places ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_node_knows_the_words_it_was_read_from():
    text = "tech / staff >= 10% and grade is A"

    words = [text[node.span.start : node.span.end] for node in walk(parse_statement(text))]

    assert words == [
        "tech / staff >= 10% and grade is A",
        "tech / staff >= 10%",
        "tech / staff",
        "tech",
        "staff",
        "10%",
        "grade is A",
        "grade",
    ]


def test_trees_compare_by_meaning_and_not_by_place():
    assert parse_statement("staff>=1 人") == parse_statement("  staff   >= 1人")


@pytest.mark.parametrize(
    ("text", "column", "width", "message"),
    [
        ("staff => 10 人", 7, 1, "此处读不懂“>”"),
        ("staff >= 10 人 人", 14, 1, "此处读不懂“人”"),
        ("honest fined", 7, 5, "此处读不懂“fined”"),
        ("at least of A, B", 9, 2, "此处读不懂“of”"),
        ("sum(rd last 3 FY)", 7, 4, "此处读不懂“last”"),
        ("staff >= 10 吨", 12, 1, "不认识的单位“吨”"),
        ("sales >= 3 万人", 11, 2, "不认识的单位“万人”"),
        ("established_on >= 2019-02-30", 18, 10, "没有这一天：2019-02-30"),
        ("", 0, 1, "此处读不懂“…”"),
    ],
)
def test_error_points_at_the_first_word_that_does_not_fit(text, column, width, message):
    with pytest.raises(ExpressionError) as found:
        parse_expression(text)

    assert (found.value.column, found.value.width) == (column, width)
    assert found.value.text.zh.startswith(message)


@pytest.mark.parametrize("text", ["staff >= ", "staff >= 10 人 and", "(staff >= 10 人"])
def test_error_of_an_expression_that_ends_too_early_points_at_its_end(text):
    with pytest.raises(ExpressionError) as found:
        parse_expression(text)

    assert (found.value.column, found.value.text.zh) == (len(text), "此处读不懂“…”")


def test_unknown_unit_is_answered_with_those_that_are_known():
    with pytest.raises(ExpressionError) as found:
        parse_expression("10 吨")

    known = "、".join(name for name in UNIT_BY_NAME if name)
    assert found.value.text == Text(f"不认识的单位“吨”，可用：{known}", f"unknown unit '吨'; known: {known}")
