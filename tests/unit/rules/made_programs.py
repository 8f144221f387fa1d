"""Programs made at random, beside each value an obvious function that says what it means; and rows for them."""

import operator
from dataclasses import dataclass, field

import polars as pl
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from yumiao.rules.program import MagnitudeError, Op, Program

COLUMNS = {"x": 100, "y": 10**6, "z": 10**12, "days": 10**5}
"""Number columns with their largest magnitude; ``y`` is never negative."""


@dataclass
class Made:
    """A program, and beside each of its values an obvious function that says what it means."""

    program: Program = field(default_factory=lambda: Program(frozenset({"gone"})))
    numbers: list = field(default_factory=list)
    truths: list = field(default_factory=list)

    def keep(self, kind, ref, meaning):
        getattr(self, kind).append((ref, meaning))


def unless_null(function):
    def meaning(*values):
        return None if None in values else function(*values)

    return meaning


def of_known(choose):
    def meaning(*values):
        return choose((value for value in values if value is not None), default=None)

    return meaning


PAIRS = {
    "add": unless_null(operator.add),
    "sub": unless_null(operator.sub),
    "mul": unless_null(operator.mul),
    "maximum": unless_null(max),
    "minimum": unless_null(min),
    "tighten_low": of_known(max),
    "tighten_high": of_known(min),
    "fill": lambda left, right: right if left is None else left,
}
OPERATIONS = [
    *PAIRS,
    *PAIRS,
    "ge",
    "ge",
    "gt",
    "ne",
    "clamp",
    "floor_div",
    "select",
    "every",
    "either",
    "invert",
    "count",
    "is_null",
]


def compared(sign, if_null):
    def meaning(left, right):
        return if_null if left is None or right is None else sign(left, right)

    return meaning


def applied(function, *meanings):
    return lambda row: function(*(meaning(row) for meaning in meanings))


def column(name):
    return lambda row: row[name]


def start(draw):
    made, program = Made(), None
    program = made.program
    for name, magnitude in COLUMNS.items():
        ref = (
            program.day(name, magnitude)
            if name == "days"
            else program.number(name, magnitude, at_least_zero=name == "y")
        )
        made.keep("numbers", ref, column(name))
    made.keep("numbers", program.number("gone", 100), lambda _: None)
    for value in draw(
        st.lists(st.sampled_from([0, 1, 2, -1, 7, 100, 10**6, -(10**6)]), unique=True, min_size=2, max_size=4)
    ):
        made.keep("numbers", program.const(value), lambda _, value=value: value)
    made.keep("truths", program.is_true("flag"), lambda row: row["flag"] is True)
    made.keep("truths", program.is_false("flag"), lambda row: row["flag"] is False)
    made.keep("truths", program.text_in("kind", ["A", "B"]), lambda row: row["kind"] in ("A", "B"))
    made.keep("truths", program.column_is_null("kind"), lambda row: row["kind"] is None)
    return made


def divided(left, right):
    return None if left is None or not right else left // right


def grow(draw, made):
    """Add one operation on values that are there."""
    program, name = made.program, draw(st.sampled_from(OPERATIONS))
    (left, left_means), (right, right_means) = (draw(st.sampled_from(made.numbers)) for _ in range(2))
    (one, one_means), (two, two_means) = (draw(st.sampled_from(made.truths)) for _ in range(2))
    if_null = draw(st.booleans())
    match name:
        case "ge":
            sign = compared(operator.ge, if_null)
            made.keep(
                "truths", program.ge(left, right, if_null=if_null), applied(sign, left_means, right_means)
            )
        case "gt":
            sign = compared(operator.gt, if_null)
            made.keep(
                "truths", program.gt(left, right, if_null=if_null), applied(sign, left_means, right_means)
            )
        case "ne":
            sign = compared(operator.ne, if_null=False)
            made.keep("truths", program.ne(left, right), applied(sign, left_means, right_means))
        case "is_null":
            made.keep("truths", program.is_null(left), lambda row: left_means(row) is None)
        case "clamp":
            limit = draw(st.sampled_from([0, 1, 50, 10**7]))
            meaning = applied(unless_null(lambda value: max(-limit, min(limit, value))), left_means)
            made.keep("numbers", program.clamp(left, limit), meaning)
        case "floor_div":
            least = 1 if program.instructions[right].op is Op.CONST else draw(st.sampled_from([0, 1]))
            divisor = program.maximum(right, program.const(least))
            floor = unless_null(lambda value: max(value, least))
            meaning = applied(divided, left_means, applied(floor, right_means))
            made.keep("numbers", program.floor_div(left, divisor), meaning)
        case "select":
            made.keep(
                "numbers",
                program.select(one, left, right),
                lambda row: left_means(row) if one_means(row) else right_means(row),
            )
        case "every":
            made.keep("truths", program.every((one, two)), lambda row: one_means(row) and two_means(row))
        case "either":
            made.keep("truths", program.either((one, two)), lambda row: one_means(row) or two_means(row))
        case "invert":
            made.keep("truths", program.invert(one), lambda row: not one_means(row))
        case "count":
            made.keep(
                "numbers", program.count((one, two)), lambda row: int(one_means(row)) + int(two_means(row))
            )
        case _:
            made.keep(
                "numbers", getattr(program, name)(left, right), applied(PAIRS[name], left_means, right_means)
            )


@st.composite
def programs(draw):
    """A program with what its outputs mean."""
    made = start(draw)
    for _ in range(draw(st.integers(4, 16))):
        try:
            grow(draw, made)
        except MagnitudeError:
            continue
    values = {f"o{number}": value for number, value in enumerate([*made.numbers[-8:], *made.truths[-6:]])}
    chosen = draw(st.sets(st.sampled_from(sorted(values)), min_size=1))
    for name in sorted(chosen):
        made.program.output(name, values[name][0])
    return made.program, {name: values[name][1] for name in sorted(chosen)}


def whole(most, least=None):
    low = -most if least is None else least
    return st.none() | st.sampled_from([low, 0, 1, most]) | st.integers(low, most)


ROWS = st.fixed_dictionaries(
    {
        "x": whole(100),
        "y": whole(10**6, 0),
        "z": whole(10**12),
        "days": whole(10**5),
        "flag": st.sampled_from([True, False, None]),
        "kind": st.sampled_from(["A", "B", "C", None]),
    }
)
TABLES = st.lists(ROWS, min_size=1, max_size=6)
SCHEMA = {
    "x": pl.Int64,
    "y": pl.Int64,
    "z": pl.Int64,
    "days": pl.Int32,
    "flag": pl.Boolean,
    "kind": pl.String,
}
QUICK = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": [
        Phase.explicit,
        Phase.generate,
    ],  # a smaller example takes minutes to find, and is as hard to read
    "suppress_health_check": list(HealthCheck),
}


def table_of(rows):
    return pl.DataFrame(rows, schema=SCHEMA).with_columns(pl.col("days").cast(pl.Date))
