"""Where labels stand: titles, several rows, merged or not, units, numbering, years, two languages."""

import pytest
from tests.unit.intake.layout.sheets_for_tests import draw, only_table, plain_records

from yumiao.intake.layout.found import ColumnType
from yumiao.intake.layout.survey import find_tables

TWO_ROWS = """
序号 | 企业名称 | 2023年 | | 2024年 |
 | | 营业收入 | 研发费用 | 营业收入 | 研发费用
1 | 甲公司 | 1200 | 60 | 1300 | 70
2 | 乙公司 | 2500 | 61 | 130 | 5
"""
TWO_ROW_PATHS = [
    ("序号",),
    ("企业名称",),
    ("2023年", "营业收入"),
    ("2023年", "研发费用"),
    ("2024年", "营业收入"),
    ("2024年", "研发费用"),
]


def paths(table):
    return [column.path for column in table.columns]


@pytest.mark.parametrize("merges", [(), ("C1:D1", "E1:F1", "A1:A2", "B1:B2")])
def test_header_of_two_rows_gives_paths_with_and_without_merging(merges):
    table = only_table(draw(TWO_ROWS, *merges))

    assert paths(table) == TWO_ROW_PATHS
    assert table.header_rows == (0, 1)
    assert len(plain_records(table)) == 2


def test_header_of_three_rows_with_a_unit_row_of_its_own():
    table = only_table(
        draw(
            """
            单位名称 | 人员情况 | | | 经费
             | 职工 | | 研发人员 | 总额
             | 男 | 女 | 人数 | （万元）
            甲公司 | 1 | 2 | 3 | 4
            乙公司 | 5 | 6 | 7 | 8
            """,
            "A1:A3",
            "B1:D1",
            "B2:C2",
        )
    )

    assert paths(table) == [
        ("单位名称",),
        ("人员情况", "职工", "男"),
        ("人员情况", "职工", "女"),
        ("人员情况", "研发人员", "人数"),
        ("经费", "总额"),
    ]
    assert [column.unit for column in table.columns] == ["", "", "", "", "万元"]


def test_total_column_with_its_parts_beside_it_is_their_parent():
    table = only_table(
        draw(
            """
            地 区 | Region | 合计\\n\\nTotal | |
             | | | 发 明\\nInvention | 外观设计\\nDesign
            甲 市 | A | 10 | 4 | 6
            乙 市 | B | 30 | 20 | 10
            """
        )
    )

    assert paths(table) == [("地区",), ("Region",), ("合计",), ("合计", "发明"), ("合计", "外观设计")]
    assert [column.other for column in table.columns] == [
        "",
        "",
        "Total",
        "Total / Invention",
        "Total / Design",
    ]
    assert plain_records(table)[0] == {
        "地区": "甲市",
        "Region": "A",
        "合计": "10",
        "合计 / 发明": "4",
        "合计 / 外观设计": "6",
    }


def test_second_row_in_english_is_the_other_language():
    table = only_table(
        draw("企业名称 | 营业收入 | 利润\nEnterprise | Revenue | Profit\n甲公司 | 10 | 1\n乙公司 | 20 | 2")
    )

    assert [(column.joined, column.other) for column in table.columns] == [
        ("企业名称", "Enterprise"),
        ("营业收入", "Revenue"),
        ("利润", "Profit"),
    ]
    assert len(plain_records(table)) == 2


def test_rows_of_units_and_numbers_below_the_labels_are_no_records():
    table = only_table(
        draw(
            """
            指标 | 代码 | 本年 | 上年
             | | 万元 | 万元
            甲 | 乙 | 1 | 2
            营业收入 | 01 | 100 | 90
            利润 | 02 | 10 | 9
            """
        )
    )

    assert plain_records(table) == [
        {"指标": "营业收入", "代码": "01", "本年": "100", "上年": "90"},
        {"指标": "利润", "代码": "02", "本年": "10", "上年": "9"},
    ]
    assert [(column.unit, column.type) for column in table.columns] == [
        ("", ColumnType.TEXT),
        ("", ColumnType.CODE),
        ("万元", ColumnType.NUMBER),
        ("万元", ColumnType.NUMBER),
    ]


@pytest.mark.parametrize(
    ("labels", "children"),
    [
        ("地区 | 2021 | 2022", None),
        ("地区 | 2021年 | 2022年", None),
        ("地区 | 2024年1月 | 2024年2月", None),
        ("地区 | 2024-01-31 | 2024-02-29", None),
        ("地区 | 收入 |", " | 2021 | 2022"),
    ],
)
def test_years_and_months_may_be_labels(labels, children):
    rows = [labels, *([children] if children else []), "甲镇 | 10 | 11", "乙镇 | 20 | 21"]

    table = only_table(draw("\n".join(rows)))

    assert len(table.header_rows) == (2 if children else 1)
    assert [list(each.values()) for each in plain_records(table)] == [
        ["甲镇", "10", "11"],
        ["乙镇", "20", "21"],
    ]


def test_first_record_with_years_of_founding_is_no_header():
    table = only_table(draw("企业 | 成立年份\n甲公司 | 2003\n乙公司 | 2010\n丙公司 | 2012"))

    assert table.header_rows == (0,)
    assert len(plain_records(table)) == 3


def test_lines_above_the_labels_are_title_unit_and_the_rest():
    table = only_table(
        draw(
            """
            表1 | | |
            2024年企业情况 | | |
            填报单位：某局 | | | 2024年3月
             | | | 单位：万元
            序号 | 企业名称 | 营业收入 | 增长(%)
            1 | 甲公司 | 100 | 5
            2 | 乙公司 | 200 | 6
            """
        )
    )

    assert table.title == ("表1", "2024年企业情况", "2024年3月")
    assert table.unit_line == "单位：万元"
    assert table.block.address == "A5:D7"
    assert [column.unit for column in table.columns] == ["", "", "万元", "%"]
    assert table.columns[2].known_unit.code == "CNY_10k"


def test_title_and_unit_in_one_row_are_no_labels():
    table = only_table(draw("某区情况 | | 单位：万元\n企业 | 收入 | 利润\n甲公司 | 1 | 2\n乙公司 | 3 | 4"))

    assert (table.title, table.unit_line, table.header_rows) == (("某区情况",), "单位：万元", (1,))


def test_unit_that_most_cells_carry_is_the_unit_of_the_column():
    table = only_table(
        draw("企业 | 注册资本\n甲公司 | 1000万元\n乙公司 | 2亿元\n丙公司 | 500万元\n丁公司 | 600")
    )

    assert table.columns[1].unit == "万元"
    assert [each["注册资本"] for each in plain_records(table)] == ["1000", "20000", "500", "600"]
    assert [(doubt.code, doubt.cells) for doubt in table.doubts] == [
        ("scaled", ("B3",)),
        ("unit_mixed", ("B5",)),
    ]


def test_figure_with_a_unit_that_others_lack_stays_as_received():
    table = only_table(draw("企业 | 收入\n甲公司 | 10\n乙公司 | 20\n丙公司 | 5万元\n丁公司 | 3.5万"))

    assert [each["收入"] for each in plain_records(table)] == ["10", "20", "5万元", "35000"]
    assert table.columns[1].unread == 1


def test_line_of_money_is_no_unit_of_people_and_shares():
    table = only_table(draw("单位：万元 | | |\n企业 | 收入 | 职工人数 | 增长率\n甲公司 | 1 | 2 | 3"))

    assert [column.unit for column in table.columns] == ["", "万元", "", ""]


def test_share_without_a_unit_is_a_doubt():
    table = only_table(draw("企业 | 研发占比 | 增长率（%）\n甲公司 | 0.05 | 5\n乙公司 | 0.03 | 4"))

    assert [(doubt.code, doubt.cells) for doubt in table.doubts] == [("share_unit", ("B2:B3",))]


def test_line_of_several_units_is_a_doubt_and_gives_none():
    table = only_table(draw("单位：人、万元 | |\n企业 | 职工 | 收入\n甲公司 | 3 | 4\n乙公司 | 5 | 6"))

    assert [column.unit for column in table.columns] == ["", "", ""]
    assert [(doubt.code, doubt.cells) for doubt in table.doubts] == [("units_several", ("A1",))]


def test_table_without_labels_is_named_by_letters_and_doubted():
    table = only_table(draw("甲公司 | 10 | 20\n乙公司 | 30 | 40\n丙公司 | 50 | 60"))

    assert table.names == ("A", "B", "C")
    assert [doubt.code for doubt in table.doubts] == ["no_header"]
    assert table.confidence < 0.7
    assert len(plain_records(table)) == 3


def test_column_without_label_is_named_by_its_letter_and_equal_labels_are_numbered():
    table = only_table(draw("名称 | 金额 | 金额 |\n甲公司 | 1 | 2 | x\n乙公司 | 3 | 4 | y"))

    assert table.names == ("名称", "金额", "金额 (2)", "D")
    assert [doubt.code for doubt in table.doubts] == ["no_label"]


def test_table_of_text_alone_has_one_row_of_labels():
    table = only_table(draw("企业名称 | 地址 | 法人\n甲公司 | 某路1号 | 张\n乙公司 | 某路2号 | 李"))

    assert table.header_rows == (0,)
    assert len(plain_records(table)) == 2


def test_column_with_a_label_and_no_cells_is_kept_as_empty():
    table = only_table(draw("企业名称 | 收入（万元） | 备注\n甲公司 | 10 |"))

    assert [column.type for column in table.columns] == [ColumnType.TEXT, ColumnType.NUMBER, ColumnType.EMPTY]


def test_sheet_without_rows_below_the_labels_holds_no_table():
    assert find_tables(draw("企业名称 | 收入 | 备注")) == ()
