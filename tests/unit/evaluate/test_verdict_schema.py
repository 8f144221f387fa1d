"""The page on the files of a run says what the files are, column by column."""

import datetime as dt
import json
import re
from itertools import dropwhile, takewhile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.shipped_packs import shipped_packs

from yumiao.evaluate import evaluate
from yumiao.evaluate.runs import VERDICT_SCHEMA
from yumiao.intake.facts import read_facts
from yumiao.intake.mapping_reader import read_mapping
from yumiao.model.periods import split_column
from yumiao.model.units import Kind

PAGE = Path(__file__).parents[3] / "docs" / "developers" / "verdict-files.md"
AS_OF = dt.date(2026, 7, 1)
POLICIES = ("tech_sme", "size_class", "unicorn_js@round-2025")
KIND_WORDS = {Kind.QUANTITY: "quantity", Kind.BOOL: "yes/no", Kind.DATE: "date", Kind.CATEGORY: "category"}

LEDGER = """\
企业名称,统一社会信用代码,2025年职工总数,2025年销售收入（万元）,专利总数,成立日期,规模行业,经营异常
甲公司,91320412MADEM0003L,100,5000,3,2015-03-01,工业,否
乙公司,,很多,,1,,,
"""
OTHER = "企业名称,2025年职工总数\n甲公司,120\n"
MAPPING = """\
subject: {name: 企业名称, code: 统一社会信用代码}
columns:
  2025年职工总数: {metric: staff_total}
  2025年销售收入（万元）: {metric: sales_revenue, optional: true}
  专利总数: {metric: ip_class1_count, bound: upper, optional: true}
  成立日期: {metric: established_on, optional: true}
  规模行业: {metric: size_industry, values: {工业: industry}, optional: true}
  经营异常: {metric: abnormal_or_dishonest_list, optional: true}
"""

ARROW_NAMES = {
    pa.large_string(): "string",
    pa.int64(): "int64",
    pa.uint8(): "uint8",
    pa.float64(): "double",
    pa.bool_(): "bool",
    pa.date32(): "date32",
}


@pytest.fixture(scope="module")
def library():
    return shipped_packs()


@pytest.fixture(scope="module")
def folder(library, tmp_path_factory):
    """A small run with every kind of fact, a value that lost, a problem, routes, scores and classes."""
    here = tmp_path_factory.mktemp("run")
    files = {"ledger.csv": LEDGER, "other.csv": OTHER, "mapping.yaml": MAPPING}
    for name, text in files.items():
        (here / name).write_text(text, encoding="utf-8")
    facts = read_facts(
        [here / "ledger.csv", here / "other.csv"],
        metrics=library.metrics,
        mapping=read_mapping(here / "mapping.yaml", library.metrics),
        as_of=AS_OF,
        recorded_at="2026-07-01T09:00:00+08:00",
        batch="b1",
    )
    return evaluate(library, facts, as_of=AS_OF, policies=POLICIES).save(here / "run")


def section(title):
    """The rows of the first table below a heading, header left out."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = takewhile(is_row, dropwhile(lambda line: not is_row(line), text.splitlines()))
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in list(lines)[2:]]


def is_row(line):
    return line.startswith("|")


def stated(title):
    """What a table of the page says: name in the first column → type in the second."""
    return {row[0]: row[1] for row in section(title)}


def arrow_name(field):
    kind = field.type
    if pa.types.is_dictionary(kind):
        return "dictionary"
    if pa.types.is_large_list(kind):
        return f"list<{ARROW_NAMES[kind.value_type]}>"
    return ARROW_NAMES[kind]


def found(path, pattern):
    """What a file holds: name of its columns as the page writes them → their types."""
    return {pattern(field.name): arrow_name(field) for field in pq.read_schema(path)}


def verdict_pattern(column):
    kind, _, rest = column.partition(".")
    end = rest.rpartition(".")[2]
    patterns = {"condition": "condition.<id>", "gap": "gap.<id>", "score": f"score.<path>.{end}"}
    return patterns.get(kind, column)


def test_verdict_files_hold_the_columns_of_the_page(folder):
    files = sorted((folder / "verdicts").iterdir())

    each = [found(path, verdict_pattern) for path in files]

    page = stated("Verdicts")
    assert len(files) == len(POLICIES)
    assert [columns for columns in each if not columns.items() <= page.items()] == []
    assert [list(columns) for columns in each] == [
        [name for name in page if name in columns] for columns in each
    ]
    assert set().union(*each) == set(page)


@pytest.mark.parametrize("file", ["sources", "conflicts"])
def test_table_of_sources_holds_the_columns_of_the_page(folder, file):
    columns = found(folder / f"{file}.parquet", str)

    assert list(columns.items()) == list(stated("sources.parquet and conflicts.parquet").items())
    assert pq.read_metadata(folder / f"{file}.parquet").num_rows > 0


def test_table_of_facts_holds_the_columns_of_the_page(folder, library):
    kinds = dict(re.findall(r"^\| (\S+) \| (\S+) \|", kinds_table(), re.MULTILINE))
    page = stated("facts.parquet")
    seen = set()
    for field in pq.read_schema(folder / "facts.parquet"):
        metric, year = split_column(field.name.partition("#")[0])
        if metric not in library.metrics:
            name, expected = field.name, page[field.name]
        elif "#" in field.name:
            name = "<metric>#" + field.name.partition("#")[2]
            expected = page[name]
        else:
            name = "<metric>" if year is None else "<metric>@<year>"
            expected = kinds[KIND_WORDS[library.metrics[metric].kind]]
        seen.add(name)
        assert arrow_name(field) == expected, field.name

    assert seen == set(page)


def kinds_table():
    return PAGE.read_text(encoding="utf-8").split("| kind of metric |")[1].split("\n\n")[0]


def test_verdict_columns_that_are_never_null_hold_no_null(folder):
    never = {row[0] for row in section("Verdicts") if row[3] == "never"}

    nulls = {
        (path.name, column)
        for path in (folder / "verdicts").iterdir()
        for column in pq.read_schema(path).names
        if verdict_pattern(column) in never and pq.read_table(path)[column].null_count
    }

    assert {"outcome", "reasons", "condition.<id>"} <= never
    assert nulls == set()


def test_receipt_holds_the_keys_of_the_page(folder):
    receipt = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))

    assert list(receipt) == list(stated("receipt.json"))
    assert [set(kept) for kept in receipt["policies"].values()] == [{"pack", "switches", "in_force"}] * 3


def test_problems_hold_the_keys_of_the_page(folder):
    problems = json.loads((folder / "problems.json").read_text(encoding="utf-8"))

    assert [set(problem) for problem in problems] == [set(stated("problems.json"))] * len(problems)
    assert {problem["severity"] for problem in problems} == {"error", "warning"}


def test_folder_holds_the_files_of_the_page(folder):
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    verdicts = {name for name in names if name.startswith("verdicts/")}

    page = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8").split("\n\n")[2], re.MULTILINE)

    assert names - verdicts == {name for name in page if "<" not in name}
    assert all(re.fullmatch(r"verdicts/\w+@[^/]+\.parquet", name) for name in verdicts)


def test_page_states_the_version_that_the_engine_writes():
    assert f"This is schema version **{VERDICT_SCHEMA}**" in PAGE.read_text(encoding="utf-8")
