"""A policy as one Python function: nothing in its text comes from a file but quoted names and codes."""

import ast

import pytest
from tests.unit.packs.small_packs import graph_of, needing

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import make_function, make_judge, source
from yumiao.rules.program import Program

EVERYTHING = needing(
    "tech / staff >= 10%",
    "sum(rd, last 3 FY) >= 100 万元",
    "mean_growth(sales, last 3 FY) > 5%",
    "honest and not listed",
    "grade in (A, B)",
    "total >= 3 分",
    "year(established_on) >= 2019",
    rest="scores: {total: {of: 8 分, parts: {a: {of: 5, points: quality}, b: {of: 3, bands: "
    "[{when: staff >= 10 人, points: 2–3}, {else, points: 0}]}}}}\n",
)
HELPERS = {"_max", "_min", "_low", "_high", "row", "get"}


def names_in(text):
    nodes = ast.walk(ast.parse(text))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def test_generated_text_has_no_names_but_numbered_values_the_row_and_helpers():
    text = source(compile_policy(graph_of(EVERYTHING)).program)

    others = {name for name in names_in(text) if not (name[0] == "v" and name[1:].isdigit())}
    assert others <= HELPERS
    assert "row" in others


def test_generated_text_calls_only_the_helpers_and_the_rows_get():
    tree = ast.parse(source(compile_policy(graph_of(EVERYTHING)).program))

    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called <= {"get", "_max", "_min", "_low", "_high"}


def test_generated_text_writes_constants_and_values_used_once_inside_the_line_that_uses_them():
    program = Program()
    x, y = program.number("x", 100), program.number("y@2025", 100, at_least_zero=True)
    program.output("more", program.ge(program.add(x, y), program.const(5), if_null=True))
    program.output("grade", program.text_in("grade", ["B", "A"]))

    assert source(program) == (
        "def judge(row):\n"
        "    get = row.get\n"
        "    v0 = get('x')\n"
        "    v1 = get('y@2025')\n"
        "    v2 = None if v0 is None or v1 is None else v0 + v1\n"
        "    v4 = v2 is None or v2 >= 5\n"
        "    v5 = get('grade') in ('A', 'B')\n"
        "    return {'more': v4, 'grade': v5}"
    )


def test_function_of_some_outputs_works_out_only_these():
    program = Program()
    program.output("x", program.number("x", 100))
    program.output("y", program.number("y", 100))

    assert "'y'" not in source(program, ["x"])
    assert make_function(program, ["x"])({"x": 1, "y": 2}) == {"x": 1}


CODES = ["it's", 'say "yes"', "a\\b", "换行\n符", "]}; import os"]


@pytest.mark.parametrize("code", CODES)
def test_code_of_a_category_is_text_whatever_it_holds(code):
    program = Program()
    program.output("found", program.text_in(f"column {code}", [code, "other"]))

    judge = make_function(program)

    assert [judge({f"column {code}": value}) for value in (code, "none", None)] == [
        {"found": True},
        {"found": False},
        {"found": False},
    ]


def test_fact_that_a_row_does_not_have_is_unknown():
    judge = make_judge(compile_policy(graph_of(needing("honest"))))

    assert judge({}) == judge({"honest": None})


@pytest.mark.parametrize(
    ("row", "outcome"),
    [({}, 0), ({"sales@2025": 9_999}, 0), ({"sales@2025": 10_000}, 0), ({"rd@2025": 5}, 0)],
)
def test_judge_reads_again_where_the_first_reading_asks_for_it(row, outcome):
    judge = make_judge(compile_policy(graph_of(needing("sales >= 100 元", "sales < 100 元"))))

    assert judge(row)["outcome"] == outcome


def test_judge_gives_every_output_whether_or_not_it_reads_again():
    judge = make_judge(compile_policy(graph_of(needing("sales >= 100 元", "sales < 100 元"))))

    open_row, settled_row = judge({}), judge({"sales@2025": 5})

    assert (open_row["again"], settled_row["again"]) == (True, False)
    assert set(open_row) == set(settled_row)
