"""In a notebook: facts straight from a table that pandas, Polars, pyarrow or DuckDB hold."""

import datetime as dt

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.unit.packs.small_packs import AS_OF, library_of, needing

import yumiao
from yumiao.model.problems import YumiaoError

LIBRARY = library_of(needing("staff >= 10 人", "rd / sales >= 5%"))

COLUMNS = {
    "code": ["X1", "X2"],
    "staff": [10, None],
    "sales": [100.5, 0.1],
    "rd@2024": [5.0, None],
    "honest": [True, None],
    "grade": ["A", "乙"],
    "established_on": [dt.date(2019, 3, 1), None],
    "remark": ["x", "y"],
}
STORED = pl.DataFrame(
    {
        "subject": ["X1", "X2"],
        "name": [None, None],
        "code": ["X1", "X2"],
        "staff@2025": [10, None],
        "sales@2025": [100_500_000, 100_000],
        "rd@2024": [5_000_000, None],
        "honest": [True, None],
        "grade": ["A", "B"],
        "established_on": [dt.date(2019, 3, 1), None],
    },
    schema_overrides={"name": pl.String},
)


def polars_table():
    return pl.DataFrame(COLUMNS)


def pandas_table():
    return pd.DataFrame(COLUMNS)


def pyarrow_table():
    return pa.table(COLUMNS)


def duckdb_table():
    connection = duckdb.connect()
    return connection.from_arrow(pyarrow_table()).to_arrow_table()


def duckdb_relation():
    table = pyarrow_table()
    return duckdb.connect().from_arrow(table)


def make(table, **options):
    return yumiao.make_facts(table, LIBRARY, as_of=AS_OF, **options)


# ── tables of all kinds ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", [polars_table, pandas_table, pyarrow_table, duckdb_table, duckdb_relation])
def test_table_of_any_kind_gives_the_same_facts(table):
    facts = make(table())

    assert facts.table.to_dict(as_series=False) == STORED.to_dict(as_series=False)
    assert (facts.table.schema, facts.problems) == (STORED.schema, ())


def test_moments_are_read_as_days():
    table = pd.DataFrame({"code": ["X1", "X2"], "established_on": pd.to_datetime(["2019-03-01", None])})

    assert make(table).table["established_on"].to_list() == [dt.date(2019, 3, 1), None]


def test_not_a_number_is_unknown():
    table = pl.DataFrame({"code": ["X1", "X2"], "sales": [float("nan"), 0.29]})

    assert make(table).table["sales@2025"].to_list() == [None, 290_000]


# ── what a column means ───────────────────────────────────────────────────────────────────────────────


def test_column_is_given_its_metric_year_and_unit():
    table = pl.DataFrame({"id": [1, 2], "收入": [3, 4], "去年": [5, 6], "人数": [7, 8]})
    columns = {
        "收入": {"metric": "sales", "unit": "亿元"},
        "去年": {"metric": "sales", "year": 2024, "unit": "CNY"},
        "人数": "staff@2023",
    }

    facts = make(table, subject="id", columns=columns)

    assert facts.table.drop("name", "code").to_dict(as_series=False) == {
        "subject": ["1", "2"],
        "sales@2025": [3 * 10**10, 4 * 10**10],
        "sales@2024": [500, 600],
        "staff@2023": [7, 8],
    }


def test_subject_may_have_a_name_and_a_code_of_its_own():
    table = pl.DataFrame({"id": ["a"], "公司": ["甲公司"], "信用代码": ["X1"], "staff": [1]})

    facts = make(table, subject="id", name="公司", code="信用代码")

    assert facts.table.select("subject", "name", "code").rows() == [("a", "甲公司", "X1")]


# ── what cannot be used ───────────────────────────────────────────────────────────────────────────────


def test_value_that_cannot_be_used_is_unknown_and_a_problem_at_its_row():
    table = pl.DataFrame(
        {"code": ["X1", "X2", "X3"], "staff": ["10", "many", "-1"], "grade": ["A", "D", None]}
    )

    facts = make(table)

    assert facts.table.select("staff@2025", "grade").rows() == [(10, "A"), (None, None), (None, None)]
    assert [(problem.cell, problem.path, problem.found) for problem in facts.problems] == [
        ("staff[1]", "staff@2025", "many"),
        ("staff[2]", "staff@2025", "-1"),
        ("grade[1]", "grade", "D"),
    ]


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        ({"subject": "id"}, "facts.column", "the table has no column 'id'; it has code, staff"),
        ({"name": "公司"}, "facts.column", "the table has no column '公司'; it has code, staff"),
        ({"columns": {"人数": "staff"}}, "facts.column", "there is no column or metric '人数'"),
        ({"columns": {"staff": "stuff"}}, "facts.column", "there is no column or metric 'stuff'"),
        (
            {"columns": {"staff": {"metric": "staff", "unit": "万元"}}},
            "facts.unit",
            "staff is not measured in '万元'",
        ),
        (
            {"columns": {"staff": {"metric": "staff", "unit": "吨"}}},
            "facts.unit",
            "staff is not measured in '吨'",
        ),
    ],
)
def test_column_metric_or_unit_that_is_not_there_is_refused(options, code, text):
    with pytest.raises(YumiaoError) as error:
        make(pl.DataFrame({"code": ["X1"], "staff": [10]}), **options)

    assert (error.value.code, error.value.text.en) == (code, text)


@pytest.mark.parametrize("codes", [["X1", "X1"], ["X1", None]])
def test_subjects_that_are_not_told_apart_are_refused(codes):
    with pytest.raises(YumiaoError) as error:
        make(pl.DataFrame({"code": codes, "staff": [1, 2]}))

    assert error.value.code == "facts.subject"


# ── verdicts ──────────────────────────────────────────────────────────────────────────────────────────


def test_facts_are_judged_in_one_line():
    table = pd.DataFrame(
        {"code": ["X1", "X2", "X3"], "staff": [10, 9, 10], "sales": [100, 100, 100], "rd": [5, 5, 4.999999]}
    )

    run = yumiao.evaluate_facts(make(table), LIBRARY, as_of=AS_OF)

    assert run.policy("made").verdicts["outcome"].to_list() == ["met", "not_met", "not_met"]


def test_files_are_read_into_the_same_facts(tmp_path):
    file = tmp_path / "firms.csv"
    file.write_text("统一社会信用代码,企业名称,2025年职工\n91320412MADEM0003L,甲公司,10\n", encoding="utf-8")

    facts = yumiao.read_files(file, library=LIBRARY, as_of=AS_OF)

    assert facts.table.select("name", "code", "staff@2025").rows() == [("甲公司", "91320412MADEM0003L", 10)]
    assert facts.sources.filter(column="staff@2025").select("file", "cell").rows() == [("firms.csv", "C2")]
