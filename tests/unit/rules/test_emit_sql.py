"""A policy as SQL text: layers of named columns, every name and text quoted."""

import duckdb
import pytest
from tests.unit.packs.small_packs import graph_of, needing, policy_text

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import make_judge
from yumiao.rules.emit_sql import layers, number_type, policy_sql, quoted, text_literal
from yumiao.rules.program import Program


@pytest.mark.parametrize(
    ("magnitude", "name"),
    [(0, "INTEGER"), (2**31 - 1, "INTEGER"), (2**31, "BIGINT"), (2**63 - 1, "BIGINT"), (2**63, "HUGEINT")],
)
def test_number_takes_the_narrowest_type_that_holds_it(magnitude, name):
    assert number_type(magnitude) == name


@pytest.mark.parametrize(
    ("name", "identifier", "literal"),
    [
        ("sales@2025", '"sales@2025"', "'sales@2025'"),
        ('a"b', '"a""b"', "'a\"b'"),
        ("it's", '"it\'s"', "'it''s'"),
        ("'; DROP TABLE facts; --", '"\'; DROP TABLE facts; --"', "'''; DROP TABLE facts; --'"),
    ],
)
def test_names_and_texts_are_quoted_whatever_they_hold(name, identifier, literal):
    assert (quoted(name), text_literal(name)) == (identifier, literal)


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("odd", ['a"b', "it's", "'; DROP TABLE facts; --", "甲 乙", "a\\b"])
def test_column_and_category_with_odd_characters_are_read_as_they_are(database, odd):
    program = Program()
    program.output(odd, program.text_in(odd, [odd, "other"]))
    tables, last = layers(program, [odd], "facts", [odd], "step_")
    database.execute(f"CREATE OR REPLACE TEMP TABLE facts ({quoted(odd)} VARCHAR)")
    database.executemany("INSERT INTO facts VALUES (?)", [[odd], ["none"], [None]])

    found = database.execute(f"WITH {', '.join(tables)} SELECT * FROM {last}").fetchall()  # noqa: S608

    assert found == [(odd, True), ("none", False), (None, False)]


SMALL = """\
step_0 AS (
  SELECT "subject",
         CAST("rd@2025" AS BIGINT) AS v0,
         CAST("sales@2025" AS BIGINT) AS v1,
         coalesce("honest", FALSE) AS v5
  FROM facts),
step_1 AS (
  SELECT "subject",
         v1,
         v5,
         v0 * CAST(20 AS BIGINT) AS v3
  FROM step_0),
step_2 AS (
  SELECT "subject",
         v5,
         coalesce(v3 >= v1, TRUE) AS v4
  FROM step_1),
step_3 AS (
  SELECT "subject",
         v4 AND v5 AS v6
  FROM step_2),
step_end AS (
  SELECT "subject",
         v6 AS "enough"
  FROM step_3)"""


def test_small_program_is_written_in_layers():
    program = Program()
    rd, sales = program.number("rd@2025", 10**15), program.number("sales@2025", 10**15)
    enough = program.ge(program.mul(rd, program.const(20)), sales, if_null=True)
    program.output("enough", program.every((enough, program.is_true("honest"))))

    tables, last = layers(program, ["enough"], "facts", ["subject"], "step_")

    assert last == "step_end"
    assert ",\n".join(tables) == SMALL


TINY = """\
WITH first_0 AS (
  SELECT "subject",
         coalesce(NOT "honest", FALSE) AS v0,
         coalesce("honest", FALSE) AS v2
  FROM facts),
first_1 AS (
  SELECT "subject",
         v0,
         NOT v0 AS v1,
         NOT v2 AS v3,
         CASE WHEN v2 THEN CAST(2 AS INTEGER) ELSE CAST(1 AS INTEGER) END AS v12,
         CASE WHEN v2 THEN CAST(1 AS INTEGER) ELSE CAST(0 AS INTEGER) END AS v13,
         CASE WHEN v0 THEN CAST(100 AS INTEGER) ELSE CAST(0 AS INTEGER) END AS v21
  FROM first_0),
first_2 AS (
  SELECT "subject",
         v0,
         v1 AND v3 AS v4,
         CASE WHEN v0 THEN v13 ELSE v12 END AS v14,
         CAST(2 AS INTEGER) >= v21 AS v22,
         v21 >= CAST(1 AS INTEGER) AS v23
  FROM first_1),
first_3 AS (
  SELECT "subject",
         v14,
         v23,
         CASE WHEN v4 THEN CAST(1 AS INTEGER) ELSE CAST(0 AS INTEGER) END AS v15,
         v0 AND v22 AS v24
  FROM first_2),
first_4 AS (
  SELECT "subject",
         v14,
         v15,
         v24 AND v23 AS v25
  FROM first_3),
first_5 AS (
  SELECT "subject",
         v14,
         v15,
         v25,
         CASE WHEN v25 THEN CAST(0 AS INTEGER) ELSE CAST(NULL AS INTEGER) END AS v27
  FROM first_4),
first_end AS (
  SELECT "subject",
         FALSE AS "again",
         v14 AS "first.outcome",
         CAST(0 AS INTEGER) AS "first.route",
         v15 AS "first.reasons",
         v25 AS "near",
         v27 AS "distance"
  FROM first_5)
SELECT first_end."subject" AS "subject",
         first_end."again" AS "again",
         first_end."near" AS "near",
         first_end."distance" AS "distance",
         first_end."first.outcome" AS "outcome",
         first_end."first.route" AS "route",
         first_end."first.reasons" AS "reasons"
FROM first_end"""


def test_tiny_policy_is_this_statement():
    text = policy_sql(compile_policy(graph_of(policy_text("met_when: [honest]\n"))), "facts")

    assert text == TINY


POLICIES = {
    "plain": needing("tech / staff >= 10%", "honest"),
    "tangled": needing("sales >= 100 元", "sales < 100 元", "rd / sales >= 5%"),
}
ROWS = [
    {"subject": "A", "tech@2025": 10, "staff@2025": 100, "honest": True, "sales@2025": 9_999, "rd@2025": 500},
    {"subject": "B", "tech@2025": 9, "staff@2025": 100, "honest": True, "sales@2025": None, "rd@2025": 500},
    {"subject": "C", "tech@2025": None, "staff@2025": 0, "honest": None, "sales@2025": None, "rd@2025": None},
]


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_statement_judges_every_row_as_the_function_does(database, name):
    compiled = compile_policy(graph_of(POLICIES[name]))
    columns = {
        column: "BOOLEAN" if column == "honest" else "VARCHAR" if column == "subject" else "BIGINT"
        for column in ROWS[0]
    }
    declared = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
    database.execute(f"CREATE OR REPLACE TEMP TABLE facts ({declared})")
    database.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS])

    found = database.execute(f"{policy_sql(compiled, 'facts')} ORDER BY subject").fetchall()
    names = [column[0] for column in database.description]

    judge = make_judge(compiled)
    expected = [{"subject": row["subject"], **judge(row)} for row in ROWS]
    assert [dict(zip(names, row, strict=True)) for row in found] == [
        {name: row[name] for name in names} for row in expected
    ]
