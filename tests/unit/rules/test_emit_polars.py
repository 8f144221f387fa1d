"""A policy as layers of Polars expressions: each in its declared width, each value named once."""

import polars as pl
import pytest
from tests.unit.packs.small_packs import graph_of, needing

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_polars import FEW, apply, layers, number_type
from yumiao.rules.program import Program


@pytest.mark.parametrize(
    ("magnitude", "dtype"),
    [
        (0, pl.Int8),
        (127, pl.Int8),
        (128, pl.Int16),
        (2**15 - 1, pl.Int16),
        (2**15, pl.Int32),
        (2**31 - 1, pl.Int32),
        (2**31, pl.Int64),
        (2**63 - 1, pl.Int64),
        (2**63, pl.Int128),
        (2**127 - 1, pl.Int128),
    ],
)
def test_number_takes_the_narrowest_type_that_holds_it(magnitude, dtype):
    assert number_type(magnitude) == dtype


POLICY = needing(
    "tech / staff >= 10%",
    "rd / sales >= p",
    "sum(rd, last 3 FY) / sum(sales, last 3 FY) >= 3%",
    "mean_growth(sales, last 3 FY) >= 5%",
    "total >= 3 分",
    rest=(
        "parameters: {p: {by: sales, bands: [{to: 5000 万元, is: 5%}, {else, is: 3%}]}}\n"
        "scores: {total: {of: 8 分, parts: {a: {of: 5, value: growth(sales), bands: [{from: 30%, points: 5}, "
        "{from: 20%, points: 4}, {from: 10%, points: 3}, {above: 0%, points: 1–2}, {else, points: 0}]}, "
        "b: {of: 3, points: quality}}}}\n"
    ),
)


def table_of(graph, *values):
    """A table with each value in every column, and one row without any."""
    rows = {column: [*values, None] for column in graph.leaves}
    return pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.Int64))


def test_every_value_of_a_policy_is_in_its_declared_width():
    graph = graph_of(POLICY)
    program = compile_policy(graph).program
    outputs = {f"v{ref}": ref for ref in program.needed() if not program.instructions[ref].is_truth}
    for name, ref in outputs.items():
        program.output(name, ref)

    frame, expressions = apply(table_of(graph, 0, 1, 60_000).lazy(), program)
    found = frame.select(
        next(iter(graph.leaves)), **{name: expressions[name] for name in outputs}
    ).collect_schema()

    expected = {name: number_type(program.magnitude(ref)) for name, ref in outputs.items()}
    assert {name: found[name] for name in outputs} == expected
    assert pl.Int128() in expected.values()
    assert pl.Int8() in expected.values()


def test_product_beyond_64_bits_does_not_overflow():
    program = Program()
    x, y = program.number("x", 10**15), program.number("y", 10**15)
    program.output("more", program.ge(program.mul(x, y), program.const(0), if_null=False))
    program.output("product", program.mul(x, y))
    table = pl.DataFrame({"x": [10**15], "y": [10**15]})

    frame, outputs = apply(table.lazy(), program)
    found = frame.select(**outputs).collect()

    assert found.rows() == [(True, 10**30)]


def test_value_used_once_is_written_where_it_is_used_and_others_get_a_column():
    program = Program()
    x, y = program.number("x", 100), program.number("y", 100)
    total = program.add(x, y)
    program.output("twice", program.add(total, total))
    program.output("once", program.sub(x, program.const(3)))

    written = layers(program, prefix="_")

    assert [[expression.meta.output_name() for expression in step] for step in written.steps] == [
        [f"_{x}"],
        [f"_{total}"],
    ]
    assert list(written.outputs) == ["twice", "once"]


def test_prefix_keeps_the_columns_of_two_programs_apart():
    program = Program()
    x = program.number("x", 100)
    program.output("twice", program.add(x, x))
    table = pl.DataFrame({"x": [1]}).lazy()

    first, _ = apply(table, program, prefix="a")
    both, outputs = apply(first, program, prefix="b")

    assert both.select(outputs["twice"]).collect().item() == 2
    assert both.collect_schema().names() == ["x", f"a{x}", f"b{x}"]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
def test_category_is_found_among_few_or_many_and_unknown_is_not_found(count):
    program = Program()
    program.output("found", program.text_in("kind", [f"k{number}" for number in range(count)]))
    table = pl.DataFrame({"kind": ["k0", f"k{count - 1}", f"k{count}", None]})

    frame, outputs = apply(table.lazy(), program)

    assert frame.select(**outputs).collect()["found"].to_list() == [True, True, False, False]
