"""Machine code: every value means what its name says, in blocks and in single rows, and whatever a table looks like."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.rules.made_programs import QUICK, ROWS, programs, table_of

from yumiao.rules import native
from yumiao.rules.emit_python import make_function
from yumiao.rules.native import NativeCodeError, OutsideDomainError, Run, make_kernel
from yumiao.rules.native_layout import MOST_CODES, ColumnKind
from yumiao.rules.native_tables import Columns, Outputs
from yumiao.rules.program import WORD, Program


def ran(program, frame):
    """A program run over a table, with its outputs as Python values and the number of rows in doubt."""
    kernel = make_kernel(program, program.outputs)
    outputs = Outputs([kernel.layout], frame.height)
    run = Run(kernel, Columns(frame, frame.height), outputs)
    run.judge(0, frame.height)
    return outputs.frame().to_dicts(), run.doubts


def numbers(*columns: Sequence[int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: pl.Series(values, dtype=pl.Int64) for name, values in zip("abcd", columns, strict=False)}
    )


# ── every value means what its name says ──────────────────────────────────────────────────────────────


@settings(max_examples=120, **QUICK)
@given(programs(), st.lists(ROWS, min_size=8, max_size=17))
def test_machine_code_gives_what_every_value_means(made, rows):
    program, meanings = made

    found, _ = ran(program, table_of(rows))

    assert found == [{name: meaning(row) for name, meaning in meanings.items()} for row in rows]


@settings(max_examples=60, **QUICK)
@given(programs(), st.lists(ROWS, min_size=1, max_size=7))
def test_few_rows_are_judged_one_by_one_and_exactly(made, rows):
    program, meanings = made

    found, doubts = ran(program, table_of(rows))

    assert found == [{name: meaning(row) for name, meaning in meanings.items()} for row in rows]
    assert doubts == 0


def dividing(most_top: int, most_bottom: int) -> Program:
    program = Program()
    top, bottom = program.number("a", most_top), program.number("b", most_bottom, at_least_zero=True)
    program.output("quotient", program.floor_div(top, bottom))
    program.output("third", program.floor_div(top, program.const(3)))
    return program


MOSTS = (2**20, 2**50 - 1, 2**53, 2**61, WORD - 1)


@settings(max_examples=200, **QUICK)
@given(st.data(), st.sampled_from(MOSTS), st.sampled_from(MOSTS))
def test_whole_numbers_are_divided_exactly_also_beside_a_multiple_of_the_divisor(data, most_top, most_bottom):
    pairs = []
    for _ in range(8):
        bottom = data.draw(st.sampled_from([0, 1, 3, most_bottom]) | st.integers(0, most_bottom))
        multiple = data.draw(st.integers(-most_top // max(bottom, 1), most_top // max(bottom, 1))) * bottom
        top = data.draw(st.sampled_from([multiple - 1, multiple, multiple + 1, most_top, -most_top]))
        pairs.append((max(-most_top, min(most_top, top)), bottom))
    tops, bottoms = zip(*pairs, strict=True)

    found, doubts = ran(dividing(most_top, most_bottom), numbers(tops, bottoms))

    expected = [{"quotient": top // bottom if bottom else None, "third": top // 3} for top, bottom in pairs]
    assert (found, doubts) == (expected, 0)


# ── wide values ───────────────────────────────────────────────────────────────────────────────────────


def growing(*, strict: bool = False) -> Program:
    """Products of amounts as rules on growth compare them: (b² + a·c)·20 over 2·a·b, and a·b with c·d."""
    program = Program()
    most = 10**15
    a, b, c, d = (program.number(name, most, at_least_zero=True) for name in "abcd")
    top = program.mul(program.add(program.mul(b, b), program.mul(a, c)), program.const(20))
    bottom = program.mul(program.const(2), program.mul(a, b))
    floor = program.floor_div(top, bottom)
    program.output("code", program.clamp(floor, 40))
    product = program.mul(floor, bottom, program.magnitude(top) + program.magnitude(bottom))
    program.output("between", program.ne(product, top))
    program.output("at_least", program.ge(program.mul(a, b), program.mul(c, d), if_null=strict))
    program.output("differs", program.ne(program.mul(a, b), program.mul(c, d)))
    less = program.sub(program.mul(a, b), program.mul(c, d))
    program.output("less", program.clamp(program.floor_div(less, program.mul(a, a)), 1000))
    program.output("more", program.ge(less, program.mul(b, c), if_null=False))
    return program


AMOUNTS = st.none() | st.integers(0, 10**15) | st.integers(0, 50) | st.sampled_from([0, 1, 10**15])
QUADRUPLE = st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
ON_EDGE = st.builds(
    lambda unit, rate, step: (unit * 20**2, unit * 20 * rate, unit * rate**2 + step, unit * 20**2),
    st.integers(1, 10**11),
    st.integers(15, 40),
    st.integers(-1, 1),
)
"""Growth of exactly so many twentieths in both years, or beside it by one."""


@settings(max_examples=150, **QUICK)
@given(st.lists(QUADRUPLE | ON_EDGE, min_size=8, max_size=24), st.booleans())
def test_wide_values_decide_exactly_whether_far_from_an_edge_or_on_it(rows, strict):
    program = growing(strict=strict)
    judge = make_function(program)

    found, _ = ran(program, numbers(*zip(*rows, strict=True)))

    assert found == [judge(dict(zip("abcd", row, strict=True))) for row in rows]


def test_only_rows_near_an_edge_are_in_doubt():
    far = [(10**9 + 7 * row, 3 * 10**9 + row, 2 * 10**9 - row, 17 + row) for row in range(8)]
    near = [(4 * 10**12, 4 * 10**12, 4 * 10**12, 4 * 10**12)] * 8
    small = [(400, 400, 400, 400)] * 8

    doubts = [ran(growing(), numbers(*zip(*rows, strict=True)))[1] for rows in (far, near, small)]

    assert doubts == [0, 8, 0]


@settings(max_examples=60, **QUICK)
@given(st.lists(ON_EDGE, min_size=8, max_size=8))
def test_growth_on_an_edge_is_decided_in_blocks(rows):
    program = Program()
    a, b, c = (program.number(name, 10**15, at_least_zero=True) for name in "abc")
    top = program.mul(program.add(program.mul(b, b), program.mul(a, c)), program.const(20))
    bottom = program.mul(program.const(2), program.mul(a, b))
    quotient = program.floor_div(top, bottom)
    program.output("code", program.clamp(quotient, 40))
    product = program.mul(quotient, bottom, program.magnitude(top) + program.magnitude(bottom))
    program.output("between", program.ne(product, top))

    found, doubts = ran(program, numbers(*zip(*rows, strict=True)))

    expected = []
    for a_value, b_value, c_value, _ in rows:
        over, under = 20 * (b_value**2 + a_value * c_value), 2 * a_value * b_value
        expected.append({"code": min(40, over // under), "between": over % under != 0})
    assert (found, doubts) == (expected, 0)


def test_wide_output_is_exact():
    program = Program()
    a, b = program.number("a", 10**15), program.number("b", 10**18)
    program.output("product", program.mul(a, b))
    rows = [(10**15, 10**18), (-(10**15), 10**18), (-1, 1), (None, 5), (0, 7), *[(3, 5)] * 4]

    found, _ = ran(program, numbers(*zip(*rows, strict=True)))

    assert [row["product"] for row in found] == [None if a is None else a * b for a, b in rows]


# ── however a table looks ─────────────────────────────────────────────────────────────────────────────


def reading() -> Program:
    """A program that hands every kind of column on."""
    program = Program()
    program.output("number", program.number("number", 10**15))
    program.output("day", program.day("day", 10**6))
    for name in ("yes", "short", "long", "known"):
        program.output(f"no {name}", program.column_is_null(name))
    program.output("is yes", program.is_true("yes"))
    program.output("is no", program.is_false("yes"))
    program.output("short in", program.text_in("short", ["A", "制造业", "制造业务"]))
    program.output("long in", program.text_in("long", ["A", "信息传输、软件和信息技术服务业"]))
    return program


def every_kind(height: int) -> pl.DataFrame:
    def cycled(*values):
        return [values[place % len(values)] for place in range(height)]

    return pl.DataFrame(
        {
            "number": cycled(1, None, -(10**15), 10**15, 0),
            "day": cycled(dt.date(1960, 1, 1), None, dt.date(2026, 6, 1)),
            "yes": cycled(True, False, None),
            "short": cycled("A", None, "制造业", "制造业务", "制造", "AA", "B"),
            "long": cycled(
                "A", None, "信息传输、软件和信息技术服务业", "信息传输、软件和信息技术服务", "其他"
            ),
            "known": cycled("x", "y", None, "z"),
        }
    )


def read(frame: pl.DataFrame) -> list[dict]:
    judge = make_function(reading())
    days = frame.with_columns(pl.col("day").cast(pl.Int32))
    return [judge(row) for row in days.iter_rows(named=True)]


@pytest.mark.parametrize("height", [0, 1, 7, 8, 9, 64, 131])
def test_every_kind_of_column_is_read_at_every_height(height):
    frame = every_kind(height)

    assert ran(reading(), frame)[0] == read(frame)


@pytest.mark.parametrize("start", [1, 7, 8, 13])
def test_part_of_a_table_is_read_where_it_begins(start):
    frame = every_kind(100).slice(start, 70)

    assert ran(reading(), frame)[0] == read(frame)


def test_table_in_several_chunks_is_read_as_one():
    frame = pl.concat([every_kind(11), every_kind(30), every_kind(3)], rechunk=False)

    assert ran(reading(), frame)[0] == read(frame)


def test_table_without_unknown_facts_is_read():
    frame = every_kind(60).drop_nulls()

    assert ran(reading(), frame)[0] == read(frame)


def test_layout_holds_short_texts_as_they_are_and_numbers_long_ones():
    layout = make_kernel(reading(), reading().outputs).layout

    assert dict(layout.columns) == {
        "number": ColumnKind.NUMBER,
        "day": ColumnKind.DAY,
        "yes": ColumnKind.TRUTH,
        "short": ColumnKind.TEXT,
        "long": ColumnKind.CODE,
        "known": ColumnKind.KNOWN,
    }


@pytest.mark.parametrize("places", [[0], [3, 9, 38], list(range(1, 131, 2)), list(range(131))], ids=len)
def test_rows_that_lie_anywhere_are_judged_and_the_others_left(places):
    program, frame = reading(), every_kind(131)
    kernel = make_kernel(program, program.outputs)
    outputs = Outputs([kernel.layout], 131)
    Run(kernel, Columns(frame, 131), outputs).judge(0, 131)
    other = frame.reverse()

    Run(kernel, Columns(other, 131), outputs).judge_marked(np.array(places))

    expected = read(frame)
    for place in places:
        expected[place] = read(other)[place]
    assert outputs.frame().to_dicts() == expected


@settings(max_examples=120, **QUICK)
@given(programs(), st.lists(ROWS, min_size=8, max_size=40), st.data())
def test_rows_that_lie_anywhere_mean_the_same(made, rows, data):
    program, meanings = made
    kernel = make_kernel(program, program.outputs)
    outputs = Outputs([kernel.layout], len(rows))
    columns = Columns(table_of(rows), len(rows))
    places = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1)))

    Run(kernel, columns, outputs).judge_marked(np.array(places))

    found = outputs.frame().to_dicts()
    for place in places:
        assert found[place] == {name: meaning(rows[place]) for name, meaning in meanings.items()}


# ── what it refuses ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "at_least_zero"),
    [(101, False), (-101, False), (-1, True), (2**63 - 1, False), (-(2**63), False)],
)
@pytest.mark.parametrize("place", [0, 9], ids=["in a block", "by itself"])
def test_fact_outside_its_domain_is_refused(value, at_least_zero, place):
    program = Program()
    program.output("a", program.number("a", 100, at_least_zero=at_least_zero))
    values = [5] * 10
    values[place] = value

    with pytest.raises(OutsideDomainError, match="outside the domain"):
        ran(program, numbers(values))


def test_more_categories_than_a_byte_tells_apart_are_refused():
    program = Program()
    values = [f"第{number}种经营范围" for number in range(MOST_CODES + 1)]
    program.output("kind", program.text_in("kind", values))

    with pytest.raises(NativeCodeError, match="more than 255 categories"):
        make_kernel(program, program.outputs)


def test_text_that_llvm_does_not_understand_is_told_as_such():
    with pytest.raises(NativeCodeError, match="LLVM"):
        native.function_of("define void @judge( {", native._ROWS)


def test_same_program_is_compiled_once():
    first, second = (make_kernel(reading(), reading().outputs) for _ in range(2))

    assert (first.blocks is second.blocks, first.rows is second.rows) == (True, True)
