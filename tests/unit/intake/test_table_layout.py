"""Facts from tables made for the eye: labels of several rows, units beside them, rows that are no records."""

import datetime as dt

import pytest
import xlsxwriter
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.facts import read_facts
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.tables import find_table
from yumiao.intake.workbooks import read_workbook

AS_OF = dt.date(2026, 6, 1)
A, B = "91320412MADEM0003L", "93320412MAFARM000X"

TWO_ROWS = [
    ["某区企业情况表"],
    ["统一社会信用代码", "企业名称", "2024年", None, "2025年", None],
    [None, None, "营业收入（万元）", "研发人员（人）", "营业收入（万元）", "研发人员（人）"],
    ["甲", "乙", 1, 2, 3, 4],
    [A, "甲公司", 100, 5, 120, 6],
    [B, "乙公司", 200, 7, "1,300.5", "—"],
    [None, "本区合计", 300, 12, 1420.5, None],
    ["注：由企业填报。"],
]
MERGED = ("A2:A3", "B2:B3", "C2:D2", "E2:F2")


@pytest.fixture
def put(tmp_path):
    """Write rows, and merge blocks of cells, as a workbook and return its path."""

    def write(rows, merges=()):
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("表")
            for block in merges:
                sheet.merge_range(block, "")
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, column, cell)
        return path

    return write


@pytest.fixture
def mapped(tmp_path):
    def write(text):
        path = tmp_path / "mapping.yaml"
        path.write_text(text, encoding="utf-8")
        return read_mapping(path, METRICS)

    return write


def read(path, mapping=None):
    return read_facts(
        [path], metrics=METRICS, mapping=mapping, as_of=AS_OF, batch="b", recorded_at="2026-06-01T08:00:00Z"
    )


def values_of(facts, *columns):
    return facts.table.select("name", *columns).rows()


def codes_of(facts):
    return [(problem.code, problem.cell) for problem in facts.problems]


@pytest.mark.parametrize("merges", [(), MERGED])
def test_years_above_the_labels_are_the_years_of_the_values(put, merges):
    facts = read(put(TWO_ROWS, merges))

    assert values_of(
        facts, "operating_revenue@2024", "operating_revenue@2025", "rd_staff@2024", "rd_staff@2025"
    ) == [
        ("甲公司", 100_000_000, 120_000_000, 5, 6),
        ("乙公司", 200_000_000, 1_300_500_000, 7, None),
    ]
    (source,) = facts.sources.filter(subject=B, column="operating_revenue@2025").to_dicts()
    assert (source["sheet"], source["cell"]) == ("表", "E6")


def test_rows_that_are_no_records_are_left_out_and_told(put):
    facts = read(put(TWO_ROWS))

    assert ("row_left_out", "7:7") in codes_of(facts)
    assert ("row_left_out", "8:8") in codes_of(facts)
    assert facts.table["name"].to_list() == ["甲公司", "乙公司"]


@pytest.mark.parametrize(
    "label",
    ["2025年 / 营业收入（万元）", "2025年 / 营业收入", "2025年营业收入（万元）"],
)
def test_mapping_may_name_a_column_by_its_whole_path(put, mapped, label):
    mapping = mapped(
        "subject: {code: 统一社会信用代码, name: 企业名称}\ncolumns:\n"
        f"  {label}: {{metric: operating_revenue, year: 2025, unit: 万元}}\n"
    )

    assert values_of(read(put(TWO_ROWS), mapping), "operating_revenue@2025") == [
        ("甲公司", 120_000_000),
        ("乙公司", 1_300_500_000),
    ]


def test_mapping_may_name_a_column_by_its_lowest_label(put, mapped):
    rows = [
        ["企业名称", "经营情况", None],
        [None, "营业收入（万元）", "研发人员（人）"],
        ["甲公司", 100, 5],
        ["乙公司", 200, 7],
    ]
    mapping = mapped(
        "subject: {name: 企业名称}\nyear: {fixed: 2025}\ncolumns: {营业收入（万元）: operating_revenue}\n"
    )

    facts = read(put(rows), mapping)

    assert values_of(facts, "operating_revenue@2025") == [("甲公司", 100_000_000), ("乙公司", 200_000_000)]
    assert [(problem.code, problem.found) for problem in facts.problems] == [
        ("column_not_used", "经营情况 / 研发人员（人）")
    ]


def test_part_of_a_figure_is_not_taken_for_the_whole(put):
    rows = [
        ["企业名称", "其中：出口", None],
        [None, "2025年营业收入（万元）", "2024年营业收入（万元）"],
        ["甲公司", 100, 5],
    ]

    assert read(put(rows)).table.columns == ["subject", "name", "code"]


@pytest.mark.parametrize(
    "rows",
    [
        [["单位：万元"], ["企业名称", "2025年营业收入"], ["甲公司", 5], ["乙公司", 6]],
        [["企业名称", "2025年营业收入"], [None, "万元"], ["甲公司", 5], ["乙公司", 6]],
        [["企业名称\nEnterprise", "2025年营业收入\nRevenue\n（万元）"], ["甲公司", 5], ["乙公司", 6]],
    ],
)
def test_unit_beside_the_label_is_the_unit_of_the_values(put, rows):
    assert values_of(read(put(rows)), "operating_revenue@2025") == [
        ("甲公司", 5_000_000),
        ("乙公司", 6_000_000),
    ]


def test_line_of_money_above_does_not_spoil_a_column_of_people(put):
    rows = [
        ["单位：万元"],
        ["企业名称", "2025年营业收入", "2025年研发人员"],
        ["甲公司", 5, 3],
        ["乙公司", 6, 4],
    ]

    facts = read(put(rows))

    assert values_of(facts, "operating_revenue@2025", "rd_staff@2025") == [
        ("甲公司", 5_000_000, 3),
        ("乙公司", 6_000_000, 4),
    ]


def test_header_on_every_page_and_a_second_table_are_no_subjects(put):
    header = ["企业名称", "2025年研发人员（人）"]
    rows = [
        header,
        ["甲公司", 5],
        header,
        ["乙公司", 7],
        [],
        ["表2 人员"],
        ["姓名", "工龄"],
        ["张某", 3],
    ]

    facts = read(put(rows))

    assert values_of(facts, "rd_staff@2025") == [("甲公司", 5), ("乙公司", 7)]
    assert facts.sources["cell"].to_list() == ["B2", "B4"]
    assert codes_of(facts) == [("block_left_out", "A7:B8")]


def test_firm_whose_code_is_given_is_no_sum_whatever_it_is_called(put):
    rows = [["统一社会信用代码", "企业名称", "2025年研发人员"], [A, "武进小计", 5], [B, "乙公司", 7]]

    assert values_of(read(put(rows)), "rd_staff@2025") == [("武进小计", 5), ("乙公司", 7)]


def test_table_keeps_the_numbers_of_rows_and_names_of_columns(put):
    table = find_table(read_workbook(put(TWO_ROWS, MERGED)), "a.xlsx", METRICS, None)

    assert table.header == (
        "统一社会信用代码",
        "企业名称",
        "2024年 / 营业收入（万元）",
        "2024年 / 研发人员（人）",
        "2025年 / 营业收入（万元）",
        "2025年 / 研发人员（人）",
    )
    assert table.header_index == 2
    assert table.cell(1, 2) == "C5"
    assert table.rows.row(0) == (None,) * 6
    assert table.rows.row(1) == (A, "甲公司", "100", "5", "120", "6")
    assert table.column_of("营业收入（万元）") == 2
