"""Mapping files: read whole, refused whole with every problem, proposed only where nothing is guessed."""

import datetime as dt
from pathlib import Path

import pytest
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.labels import FRACTION
from yumiao.intake.mapping import ColumnRule, MappingFile, RegisterRule, SubjectColumns, propose_mapping
from yumiao.intake.mapping_reader import read_mapping
from yumiao.model.periods import Year
from yumiao.model.problems import YumiaoError
from yumiao.model.units import UNITS

YUAN, WAN = UNITS["CNY"], UNITS["CNY_10k"]
FULL = """\
mapping: listed-firms
subject: {id: 股票代码, name: 企业名称, code: 统一社会信用代码}
sheet: Sheet1
header_row: 2
year: {column: 报告年份}
columns:
  营业收入: {metric: operating_revenue, unit: 元, missing: [-1.0, "—"]}
  2023年营业收入（万元）: {metric: operating_revenue}
  是否高企: {metric: certified, yes: [是, "√"], no: [否], missing: [无, "/"]}
  知识产权等级: {metric: grade, values: {甲: A}}
  计算: {metric: total_assets, sum: [流动资产合计, 非流动资产合计], unit: 元, missing: [-1.0]}
  专利数: {metric: ip_count, bound: upper, optional: true}
  占有率: {metric: market_share, unit: 小数, year: 上年}
registers:
  - {metric: listed, complete: true, file: blacklist.csv, territory: 320412, on: 2026-05-31}
ignore: [备注]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(folder: Path, text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(YumiaoError) as refused:
        read_mapping(write(folder, text), METRICS)
    assert refused.value.code == "mapping_invalid"
    assert all(problem.text.zh and problem.text.en for problem in refused.value.problems)
    return [(problem.code, problem.line, problem.path) for problem in refused.value.problems]


def test_every_part_of_a_mapping_file_is_read(tmp_path):
    mapping = read_mapping(write(tmp_path, FULL), METRICS)

    assert mapping == MappingFile(
        name="listed-firms",
        subject=SubjectColumns(id="股票代码", name="企业名称", code="统一社会信用代码"),
        sheet="Sheet1",
        header_row=2,
        year_column="报告年份",
        columns=(
            ColumnRule(
                "营业收入", "operating_revenue", ("营业收入",), unit=YUAN, missing=("-1", "—"), line=7
            ),
            ColumnRule(
                "2023年营业收入（万元）",
                "operating_revenue",
                ("2023年营业收入（万元）",),
                year=Year(2023, relative=False),
                unit=WAN,
                line=8,
            ),
            ColumnRule(
                "是否高企",
                "certified",
                ("是否高企",),
                yes=("是", "√"),
                no=("否",),
                missing=("无", "/"),
                line=9,
            ),
            ColumnRule("知识产权等级", "grade", ("知识产权等级",), values=(("甲", "A"),), line=10),
            ColumnRule(
                "计算",
                "total_assets",
                ("流动资产合计", "非流动资产合计"),
                unit=YUAN,
                missing=("-1",),
                line=11,
            ),
            ColumnRule(
                "专利数",
                "ip_count",
                ("专利数",),
                unit=UNITS["item"],
                upper_bound=True,
                optional=True,
                line=12,
            ),
            ColumnRule("占有率", "market_share", ("占有率",), year=Year(-1), unit=FRACTION, line=13),
        ),
        registers=(
            RegisterRule("listed", tmp_path / "blacklist.csv", True, dt.date(2026, 5, 31), "320412", line=15),
        ),
        ignore=("备注",),
    )


def test_a_rule_may_be_just_the_metric_and_a_column_may_give_two_metrics(tmp_path):
    text = """\
subject: {name: 企业名称}
year: {fixed: 2025}
columns:
  研发人员: rd_staff
  人员: [{metric: staff_period_end}, {metric: expert_points}]
"""
    mapping = read_mapping(write(tmp_path, text), METRICS)

    assert mapping.fixed_year == Year(2025, relative=False)
    assert [(rule.label, rule.metric) for rule in mapping.columns] == [
        ("研发人员", "rd_staff"),
        ("人员", "staff_period_end"),
        ("人员", "expert_points"),
    ]


def test_all_problems_of_a_file_are_reported_in_one_run_each_with_its_line(tmp_path):
    text = """\
maping: x
subject: {name: 企业名称, kode: 代码}
header_row: first
columns:
  a: {metric: operating_revenu, unit: 元, year: 2024}
  b: {metric: operating_revenue, year: 2024}
  c: {metric: net_profit, unit: 斤, year: 2024}
  d: {metric: total_assets, unit: 人, year: 2024}
  e: {metric: rd_staff}
  f: {metric: rd_staff, year: next}
  g: {metric: ip_count, year: 2024}
  h: {metric: grade, year: 2024, values: {甲: C}}
  i: {metric: certified, values: {是: A}}
  j: {metric: net_profit, unit: 元, year: 2024, bound: upper}
  k: [1]
registers:
  - {metric: operating_revenue, file: x.csv, on: 2026-05-31}
  - {metric: listed, on: soon}
"""
    assert problems_of(tmp_path, text) == [
        ("unknown_key", 1, "maping"),
        ("unknown_key", 2, "subject.kode"),
        ("unknown_metric", 5, "columns.a.metric"),
        ("unit_missing", 6, "columns.b.unit"),
        ("unknown_unit", 7, "columns.c.unit"),
        ("unit_mismatch", 8, "columns.d.unit"),
        ("year_missing", 9, "columns.e.year"),
        ("bad_year", 10, "columns.f.year"),
        ("year_not_used", 11, "columns.g.year"),
        ("unknown_category", 12, "columns.h.values.甲"),
        ("values_not_used", 13, "columns.i.values"),
        ("bound_not_used", 14, "columns.j.bound"),
        ("bad_value", 15, "columns.k"),
        ("metric_twice", 10, "columns.f"),
        ("bad_value", 3, "header_row"),
        ("not_yes_no", 17, "registers.0.metric"),
        ("file_missing", 18, "registers.1.file"),
        ("date_missing", 18, "registers.1.on"),
    ]


def test_an_unknown_name_comes_with_the_nearest_known_one(tmp_path):
    path = write(
        tmp_path,
        "subject: {name: 企业名称}\ncolumns: {a: {metric: operating_revenu, unit: 元, year: 2024}}\n",
    )

    with pytest.raises(YumiaoError) as refused:
        read_mapping(path, METRICS)

    (problem,) = refused.value.problems
    assert problem.found == "operating_revenu"
    assert problem.text.en == "There is no metric “operating_revenu”; did you mean “operating_revenue”?"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ("not_a_mapping", 1, "")),
        ("- a\n", ("not_a_mapping", 1, "")),
        ("subject: {name: a}\n", ("nothing_mapped", 1, "columns")),
        ("columns: {研发人员: {metric: rd_staff, year: 2024}}\n", ("subject_missing", 1, "subject")),
        ("subject: {name: a}\nsubject: {name: b}\n", ("yaml_syntax", 2, "")),
        ("subject: {name: [\n", ("yaml_syntax", 2, "")),
        ("a: &x [1]\nb: *x\n", ("alias_used", 1, "")),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_with_the_line(tmp_path, text, problem):
    assert problems_of(tmp_path, text) == [problem]


def test_hostile_depth_is_refused(tmp_path):
    assert problems_of(tmp_path, "a: " + "[" * 50_000) == [("too_deep", 1, "")]


def test_a_missing_mapping_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(YumiaoError) as refused:
        read_mapping(tmp_path / "no.yaml", METRICS)

    assert [problem.code for problem in refused.value.problems] == ["file_missing"]


def test_labels_are_matched_exactly_once_unit_and_year_are_taken_off():
    header = [
        "统一社会信用代码",
        "企业名称",
        "２０２４年营业收入（万元）",
        "营收(2023年,元)",
        "上年研发人员",
        "成立日期",
        "rd_staff@2022",
    ]

    mapping = propose_mapping(header, METRICS)

    assert mapping.subject == SubjectColumns(name="企业名称", code="统一社会信用代码")
    assert mapping.unused == ()
    assert [(rule.label, rule.metric, rule.year, rule.unit) for rule in mapping.columns] == [
        (header[2], "operating_revenue", Year(2024, relative=False), WAN),
        (header[3], "operating_revenue", Year(2023, relative=False), YUAN),
        (header[4], "rd_staff", Year(-1), UNITS["person"]),
        (header[5], "established_on", None, None),
        (header[6], "rd_staff", Year(2022, relative=False), UNITS["person"]),
    ]


def test_a_label_whose_meaning_is_not_settled_is_listed_and_not_used():
    header = [
        "企业名称",
        "2024年营业收入",
        "营业收入（万元）",
        "2024年市场占有率",
        "2024年营业收入（人）",
        "备注",
    ]

    mapping = propose_mapping(header, METRICS)

    assert mapping.columns == ()
    assert [(unused.label, unused.reason.en) for unused in mapping.unused] == [
        ("2024年营业收入", "the unit is not stated, or is not one of this metric"),
        ("营业收入（万元）", "no year is stated"),
        ("2024年市场占有率", "the unit is not stated (% or 小数)"),
        ("2024年营业收入（人）", "the unit is not stated, or is not one of this metric"),
        ("备注", "no metric has this label"),
    ]


def test_two_columns_of_one_metric_and_year_are_both_left_out():
    mapping = propose_mapping(["企业名称", "2024年研发人员", "研发人员(2024)"], METRICS)

    assert mapping.columns == ()
    assert [unused.label for unused in mapping.unused] == ["2024年研发人员", "研发人员(2024)"]


def test_a_column_of_years_settles_the_year_of_every_label():
    mapping = propose_mapping(["企业名称", "年度", "研发人员"], METRICS)

    assert mapping.year_column == "年度"
    assert [(rule.metric, rule.year) for rule in mapping.columns] == [("rd_staff", None)]
