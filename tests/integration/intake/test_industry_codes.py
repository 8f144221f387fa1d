"""A bureau's column of industry codes, from the file to the industry group of the size class."""

import csv
import datetime as dt

import pytest
from tests.shipped_packs import shipped_packs

from yumiao.intake.facts import read_facts
from yumiao.intake.mapping_reader import read_mapping
from yumiao.model.problems import Severity, YumiaoError

RULE = "{metric: size_industry, table: size-industry, missing: [—], values: {P83: other_unlisted}}"
CODES = {
    "甲": ("C3670", "industry"),
    "乙": ("3670", "industry"),
    "丙": ("65", "software_it"),
    "丁": ("Ｉ６５", "software_it"),
    "戊": (" c ", "industry"),
    "己": ("", None),
    "庚": ("—", None),
    "辛": ("G5310", None),
    "壬": ("汽车", None),
    "癸": ("Ｐ83", "other_unlisted"),
}


def mapping(folder, rule=RULE):
    library = shipped_packs()
    path = folder / "mapping.yaml"
    path.write_text(f"subject: {{name: 企业名称}}\ncolumns:\n  行业代码: {rule}\n", encoding="utf-8")
    return read_mapping(path, library.metrics, library.tables)


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "firms.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [("企业名称", "行业代码"), *((f"{name}公司", code) for name, (code, _) in CODES.items())]
        )
    return read_facts(
        [path],
        metrics=shipped_packs().metrics,
        mapping=mapping(tmp_path),
        as_of=dt.date(2026, 6, 1),
        recorded_at="2026-06-01T08:00:00Z",
        batch="b1",
    )


def test_codes_become_the_groups_of_the_size_class(facts):
    assert facts.table["size_industry"].to_list() == [group for _, group in CODES.values()]


def test_code_as_written_stands_in_the_source(facts):
    row = facts.sources.row(0, named=True)

    assert (row["cell"], row["raw"]) == ("B2", "C3670")


def test_code_outside_the_table_needs_a_person_and_what_is_no_code_is_an_error(facts):
    outside, no_code = facts.problems

    assert (outside.code, outside.severity) == ("outside_table", Severity.WARNING)
    assert (outside.file, outside.cell, outside.found) == ("firms.csv", "B9", "G5310")
    assert outside.text.zh == (
        "划型行业：代码“G5310”不能由“国民经济行业代码与划型行业对照”确定，需由人认定；认定前为未知。"
    )
    assert outside.text.en == (
        "Industry group of the size class: the code “G5310” is not settled by the table size-industry and needs a "
        "person; unknown until then."
    )
    assert (no_code.code, no_code.severity) == ("not_a_code", Severity.ERROR)
    assert (no_code.cell, no_code.found) == ("B10", "汽车")
    assert "a code of GB/T 4754-2017 such as C3670, 3670, 65" in no_code.text.en


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [
        ("{metric: size_industry, table: size_industry}", "unknown_table", "did you mean “size-industry”?"),
        (
            "{metric: listed, table: size-industry}",
            "table_not_used",
            "gives the metric size_industry, not listed.",
        ),
    ],
)
def test_table_that_does_not_fit_is_refused_with_its_line(tmp_path, rule, code, words):
    with pytest.raises(YumiaoError) as refused:
        mapping(tmp_path, rule)

    (problem,) = refused.value.problems
    assert (problem.code, problem.line, problem.path) == (code, 3, "columns.行业代码.table")
    assert words in problem.text.en


def test_without_tables_none_is_known(tmp_path):
    mapping(tmp_path)

    with pytest.raises(YumiaoError) as refused:
        read_mapping(tmp_path / "mapping.yaml", shipped_packs().metrics)

    assert [problem.code for problem in refused.value.problems] == ["unknown_table"]
