"""Programs: what is settled is settled while writing, what is written means what its name says, in every form."""

import doctest
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from tests.unit.packs.small_packs import AS_OF, PACK
from tests.unit.rules.made_programs import QUICK, TABLES, programs, table_of

from yumiao.rules.emit_polars import apply
from yumiao.rules.emit_polars import number_type as polars_type
from yumiao.rules.emit_python import make_function
from yumiao.rules.emit_sql import layers
from yumiao.rules.program import WIDE, WORD, Instruction, MagnitudeError, Op, Program

# ── what is settled while writing ─────────────────────────────────────────────────────────────────────


def constants(*values):
    program = Program()
    return program, [program.unbounded() if value is None else program.const(value) for value in values]


def settled(program, ref):
    """The value of a constant or a settled truth; None is no bound."""
    instruction = program.instructions[ref]
    assert instruction.op in (Op.CONST, Op.TRUTH)
    return instruction.value


@pytest.mark.parametrize(
    ("operation", "left", "right", "value"),
    [
        ("add", 2, 3, 5),
        ("add", None, 3, None),
        ("sub", 2, 3, -1),
        ("sub", 2, None, None),
        ("mul", -2, 3, -6),
        ("mul", None, 0, None),
        ("floor_div", 7, 2, 3),
        ("floor_div", -7, 2, -4),
        ("floor_div", None, 2, None),
        ("tighten_low", 2, 3, 3),
        ("tighten_low", None, 3, 3),
        ("tighten_low", 2, None, 2),
        ("tighten_low", None, None, None),
        ("tighten_high", 2, 3, 2),
        ("tighten_high", None, 3, 3),
        ("maximum", 2, 3, 3),
        ("maximum", None, 3, None),
        ("minimum", 2, 3, 2),
        ("minimum", 2, None, None),
        ("fill", None, 3, 3),
        ("fill", 2, 3, 2),
    ],
)
def test_operation_on_constants_is_worked_out_while_writing(operation, left, right, value):
    program, refs = constants(left, right)

    found = getattr(program, operation)(*refs)

    assert settled(program, found) == value


@pytest.mark.parametrize(
    ("left", "right", "if_null", "at_least", "more"),
    [
        (2, 2, False, True, False),
        (3, 2, False, True, True),
        (1, 2, True, False, False),
        (None, 2, True, True, True),
        (None, 2, False, False, False),
        (2, None, True, True, True),
    ],
)
def test_comparison_of_constants_is_settled_and_one_with_no_bound_is_as_stated(
    left, right, if_null, at_least, more
):
    program, refs = constants(left, right)

    found = (program.ge(*refs, if_null=if_null), program.gt(*refs, if_null=if_null))

    assert tuple(settled(program, ref) for ref in found) == (at_least, more)


def test_neutral_operations_write_nothing():
    program = Program()
    x, zero, one = program.number("x", 100), program.const(0), program.const(1)
    before = len(program.instructions)

    found = {
        program.add(x, zero),
        program.add(zero, x),
        program.sub(x, zero),
        program.mul(x, one),
        program.mul(one, x),
        program.floor_div(x, one),
        program.tighten_low(x, x),
        program.clamp(x, 100),
        program.select(program.is_true("t"), x, x),
    }

    assert found == {x}
    assert len(program.instructions) == before + 1


def test_truths_that_are_settled_vanish_from_what_they_stand_in():
    program = Program()
    yes, no, open_ = program.truth(value=True), program.truth(value=False), program.is_true("t")

    found = {
        "every of nothing": program.every(()),
        "either of nothing": program.either(()),
        "every with yes": program.every((yes, open_)),
        "every with no": program.every((open_, no)),
        "either with no": program.either((no, open_)),
        "either with yes": program.either((open_, yes)),
        "every of the same": program.every((open_, open_)),
        "not not": program.invert(program.invert(open_)),
        "not yes": program.invert(yes),
        "select yes": program.select(yes, program.const(1), program.const(2)),
    }

    assert found == {
        "every of nothing": yes,
        "either of nothing": no,
        "every with yes": open_,
        "every with no": no,
        "either with no": open_,
        "either with yes": yes,
        "every of the same": open_,
        "not not": open_,
        "not yes": no,
        "select yes": program.const(1),
    }


def test_what_is_written_twice_stands_once():
    program = Program()
    x, y = program.number("x", 100), program.number("y", 100)

    assert program.add(x, y) == program.add(x, y)
    assert program.number("x", 100) == x


def test_column_that_is_not_there_is_unknown_for_everybody():
    program = Program(absent=frozenset({"gone"}))

    found = [
        program.number("gone", 100),
        program.day("gone", 100),
        program.is_true("gone"),
        program.is_false("gone"),
        program.text_in("gone", ["A"]),
        program.column_is_null("gone"),
        program.is_null(program.number("gone", 100)),
    ]

    assert [settled(program, ref) for ref in found] == [None, None, False, False, False, True, True]
    assert program.columns() == []


def test_comparison_with_a_filled_number_asks_the_number_itself():
    program = Program()
    x = program.number("x", 100)

    found = program.ge(program.fill(x, program.const(5)), program.const(3), if_null=False)

    assert program.instructions[found] == Instruction(
        Op.GE, (x, program.const(3)), value=True, is_truth=True, nullable=False, magnitude=0
    )


def test_number_of_zero_or_more_is_not_compared_with_zero():
    program = Program()
    x = program.number("x", 100, at_least_zero=True)
    zero, less = program.const(0), program.const(-5)

    found = [
        program.ge(x, zero, if_null=True),
        program.ge(program.fill(x, zero), less, if_null=False),
        program.maximum(program.fill(x, zero), less),
        program.minimum(program.fill(x, zero), less),
    ]

    assert found == [program.truth(value=True), program.truth(value=True), program.fill(x, zero), less]


# ── how large a number can be ─────────────────────────────────────────────────────────────────────────


def test_magnitudes_follow_from_those_of_the_columns():
    program = Program()
    x, y = program.number("x", 100), program.number("y", 7)

    found = {
        name: program.magnitude(ref)
        for name, ref in {
            "add": program.add(x, y),
            "sub": program.sub(x, y),
            "mul": program.mul(x, y),
            "mul at most": program.mul(program.number("z", 100), y, at_most=50),
            "div": program.floor_div(x, program.const(3)),
            "max": program.maximum(x, y),
            "fill": program.fill(y, program.const(-1000)),
            "clamp": program.clamp(x, 30),
            "count": program.count((program.is_true("a"), program.is_true("b"))),
        }.items()
    }

    assert found == {
        "add": 107,
        "sub": 107,
        "mul": 700,
        "mul at most": 50,
        "div": 101,
        "max": 100,
        "fill": 1000,
        "clamp": 30,
        "count": 2,
    }


@pytest.mark.parametrize(("magnitude", "is_wide"), [(WORD, False), (WORD + 1, True), (WIDE, True)])
def test_number_beyond_64_bits_is_wide(magnitude, is_wide):
    program = Program()

    assert program.instructions[program.number("x", magnitude)].is_wide is is_wide


def test_number_beyond_128_bits_is_refused():
    program = Program()
    x = program.number("x", 10**20)

    with pytest.raises(MagnitudeError, match=r"mul may reach 1\.0+e\+40, beyond 128 bits"):
        program.mul(x, x)


# ── what an output rests on ───────────────────────────────────────────────────────────────────────────


def test_output_needs_only_what_it_rests_on():
    program = Program()
    x, y, unused = program.number("x", 100), program.day("y", 100), program.number("unused", 100)
    total, test = program.add(x, y), program.text_in("kind", ["B", "A"])
    program.output("total", total)
    program.output("test", test)
    program.output("unused", unused)

    assert program.needed(["total"]) == [x, y, total]
    assert program.columns(program.needed(["total"])) == ["x", "y"]
    assert program.columns(program.needed()) == ["x", "y", "unused", "kind"]


# ── programs made at random ───────────────────────────────────────────────────────────────────────────


@settings(max_examples=150, **QUICK)
@given(programs(), TABLES)
def test_generated_function_gives_what_every_value_means(made, rows):
    program, meanings = made

    judge = make_function(program)

    expected = [{name: meaning(row) for name, meaning in meanings.items()} for row in rows]
    assert [judge(row) for row in rows] == expected


@settings(max_examples=80, **QUICK)
@given(programs(), TABLES)
def test_value_is_never_larger_negative_or_null_where_its_instruction_says_so(made, rows):
    program, meanings = made

    broken = [
        (name, row)
        for name, meaning in meanings.items()
        for row in rows
        if not is_as_stated(program.instructions[program.outputs[name]], meaning(row))
    ]

    assert broken == []


def is_as_stated(instruction, value):
    if instruction.is_truth:
        return isinstance(value, bool)
    if value is None:
        return instruction.nullable
    return abs(value) <= instruction.magnitude and (value >= 0 or not instruction.at_least_zero)


@settings(max_examples=60, **QUICK)
@given(programs(), TABLES)
def test_polars_expressions_give_what_every_value_means_in_the_declared_width(made, rows):
    program, meanings = made

    frame, outputs = apply(table_of(rows).lazy(), program)
    found = frame.select("kind", **outputs).collect().drop("kind")

    assert found.to_dicts() == [{name: meaning(row) for name, meaning in meanings.items()} for row in rows]
    assert dict(found.schema) == {
        name: declared(program.instructions[ref]) for name, ref in program.outputs.items()
    }


def declared(instruction):
    return pl.Boolean() if instruction.is_truth else polars_type(instruction.magnitude)


@cache
def database():
    return duckdb.connect()


@settings(max_examples=60, **QUICK)
@given(programs(), TABLES)
def test_sql_text_gives_what_every_value_means(made, rows):
    program, meanings = made
    table = table_of(rows).with_row_index("subject")
    tables, last = layers(program, list(meanings), "facts", ["subject"], "step_")

    relation = database().register("facts", table.to_arrow())
    found = relation.execute(f"WITH {', '.join(tables)} SELECT * FROM {last} ORDER BY subject").fetchall()  # noqa: S608

    expected = [(number, *(meaning(row) for meaning in meanings.values())) for number, row in enumerate(rows)]
    assert found == expected


# ── the page that explains them ───────────────────────────────────────────────────────────────────────

PAGE = Path(__file__).parents[3] / "docs" / "developers" / "engine.md"
FILE = re.compile(r'```yaml title="(?P<name>[^"]+)"\n(?P<text>.*?)```', re.DOTALL)
SESSION = re.compile(r"```pycon\n(.*?)```", re.DOTALL)


def test_worked_example_of_the_engine_page_is_what_the_engine_does(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    files = {found["name"]: found["text"] for found in FILE.finditer(text)}
    for name, content in {"pack.yaml": PACK, **files}.items():
        path = tmp_path / "cn" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    session = "\n".join(SESSION.findall(text))
    known = {"folder": tmp_path, "day": AS_OF, "Fraction": Fraction}

    example = doctest.DocTestParser().get_doctest(session, known, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=told.append)

    assert "".join(told) == ""
    assert (len(files), results.attempted > 15, results.failed) == (2, True, 0)
