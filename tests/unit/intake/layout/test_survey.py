"""Several tables in a sheet, and sheets that hold none."""

import pytest
from tests.unit.intake.layout.sheets_for_tests import draw, only_table, plain_records

from yumiao.intake.cells import sheet_of_rows
from yumiao.intake.layout.found import LeftoverKind
from yumiao.intake.layout.survey import find_tables, survey_sheet


def shapes(sheet):
    return [(table.block.address, table.title, len(plain_records(table))) for table in find_tables(sheet)]


def test_tables_below_each_other_are_parted_at_the_second_title():
    sheet = draw(
        """
        表1 高新技术企业名单 | |
        序号 | 企业名称 | 证书编号
        1 | 甲公司 | GR202432000001
        2 | 乙公司 | GR202432000002

        表2 专精特新企业名单 | |
        序号 | 企业名称 | 认定年份
        1 | 丙公司 | 2023
        """
    )

    assert shapes(sheet) == [("A2:C4", ("表1 高新技术企业名单",), 2), ("A7:C8", ("表2 专精特新企业名单",), 1)]


def test_tables_below_each_other_without_an_empty_row_are_parted():
    sheet = draw(
        """
        一、企业情况 | |
        企业 | 收入 | 利润
        甲公司 | 10 | 1
        乙公司 | 20 | 2
        二、人员情况 | |
        企业 | 职工 | 研发人员
        甲公司 | 100 | 10
        乙公司 | 200 | 20
        """
    )

    assert shapes(sheet) == [("A2:C4", ("一、企业情况",), 2), ("A6:C8", ("二、人员情况",), 2)]


def test_same_labels_under_another_year_are_another_table():
    sheet = draw("2022年 |\n企业 | 收入\n甲公司 | 10\n |\n2023年 |\n企业 | 收入\n甲公司 | 20")

    assert shapes(sheet) == [("A2:B3", ("2022年",), 1), ("A6:B7", ("2023年",), 1)]


def test_tables_side_by_side_are_parted_at_the_empty_column():
    sheet = draw(
        """
        企业 | | | | 行业 |
        名称 | 数量 | 金额 | | 行业 | 户数
        甲公司 | 1 | 2 | | 制造业 | 20
        乙公司 | 3 | 4 | | 软件业 | 30
        丙公司 | 5 | 6 | | |
        """
    )

    assert shapes(sheet) == [("A2:C5", ("企业",), 3), ("E2:F4", ("行业",), 2)]


def test_list_set_in_two_columns_is_two_tables():
    sheet = draw("序号 | 企业名称 | 序号 | 企业名称\n1 | 甲公司 | 3 | 丙公司\n2 | 乙公司 | 4 | 丁公司")

    assert shapes(sheet) == [("A1:B3", (), 2), ("C1:D3", (), 2)]


def test_empty_column_and_empty_rows_inside_a_table_do_not_part_it():
    table = only_table(draw("名称 | 数量 | | 金额\n | | |\n甲公司 | 1 | | 2\n | | |\n乙公司 | 3 | | 4"))

    assert plain_records(table) == [
        {"名称": "甲公司", "数量": "1", "金额": "2"},
        {"名称": "乙公司", "数量": "3", "金额": "4"},
    ]
    assert [(doubt.code, doubt.cells) for doubt in table.doubts] == [("spacer", ("C",))]


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (
            "企业名称 | 甲公司 | 法定代表人 | 张某\n成立日期 | 2010-01-02 | 注册资本 | 1000万元",
            LeftoverKind.FORM,
        ),
        ("企业名称： | 甲公司\n联系人： | 张某\n电话： | 123", LeftoverKind.FORM),
        ("关于报送材料的通知\n各单位：\n请于3月底前报送。", LeftoverKind.TEXT),
        ("打印 | 关闭 | 返回", LeftoverKind.TEXT),
    ],
)
def test_what_is_no_table_is_said_to_be_none(picture, kind):
    survey = survey_sheet(draw(picture))

    assert survey.tables == ()
    assert [leftover.kind for leftover in survey.leftovers] == [kind]
    assert all(leftover.text.zh and leftover.text.en for leftover in survey.leftovers)


def test_header_repeated_above_single_records_is_no_form():
    sheet = draw("企业名称 | 人数\n甲公司 | 5\n企业名称 | 人数\n乙公司 | 7")

    assert shapes(sheet) == [("A1:B4", (), 2)]


@pytest.mark.parametrize("rows", [[], [[None, None]], [[None]] * 3])
def test_empty_sheet_is_said_to_be_empty(rows):
    survey = survey_sheet(sheet_of_rows("空", rows))

    assert (survey.tables, [each.kind for each in survey.leftovers]) == ((), [LeftoverKind.EMPTY])


def test_form_above_a_table_is_left_out_of_it():
    sheet = draw(
        """
        企业名称： | 甲公司 | |
        联系人： | 张某 | 电话： | 123

        年份 | 收入 | 利润 | 税收
        2022 | 1 | 2 | 3
        2023 | 2 | 3 | 4
        """
    )

    survey = survey_sheet(sheet)

    assert [table.block.address for table in survey.tables] == ["A4:D6"]
    assert [leftover.kind for leftover in survey.leftovers] == [LeftoverKind.FORM]


def test_list_of_names_below_a_label_or_title_is_a_table_of_one_column():
    named = draw("企业名称\n甲公司\n乙公司\n丙公司")
    titled = draw("某局通知\n首页\n认定企业名单\n甲有限公司\n乙有限公司\n丙厂\n某局办公室印发。")
    numbered = draw("认定园区名单\n1.甲园区\n2.乙园\n3.丙\n附件下载")

    assert shapes(named) == [("A1:A4", (), 3)]
    assert shapes(titled) == [("A3:A6", (), 3)]
    assert shapes(numbered) == [("A1:A4", (), 3)]
