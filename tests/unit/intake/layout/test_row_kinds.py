"""What the rows of a body are."""

from tests.unit.intake.layout.sheets_for_tests import draw, only_table, plain_records, records

from yumiao.intake.cells import sheet_of_rows
from yumiao.intake.layout.found import RowKind


def kinds(table):
    return dict(zip((table.rows["row"] + 1).to_list(), table.rows["kind"].to_list(), strict=True))


def test_totals_subtotals_and_places_listed_apart_are_flagged():
    table = only_table(
        draw(
            """
            地区 | 企业数
            全 国 | 100
            东部地区 | 60
            中部地区 | 40
            甲省 | 20
            乙省 | 40
            丙省 | 15
            丁省 | 25
            香 港 | 7
            """
        )
    )

    assert kinds(table) == {
        2: "total",
        3: "subtotal",
        4: "subtotal",
        5: "record",
        6: "record",
        7: "record",
        8: "record",
        9: "apart",
    }
    assert records(table)[0] == {"地区": "全国", "企业数": "100", "row_kind": "total"}


def test_areas_that_are_the_only_rows_are_records():
    table = only_table(draw("地区 | 企业数\n苏南 | 100\n苏中 | 60\n苏北 | 40"))

    assert kinds(table) == {2: "record", 3: "record", 4: "record"}


def test_rows_that_sum_to_the_total_once_more_are_subtotals_without_any_word():
    table = only_table(
        draw(
            """
            园区 | 企业数 | 收入
            合计 | 100 | 1000
            东片 | 70 | 600
            西片 | 30 | 400
            一园 | 20 | 100
            二园 | 50 | 500
            三园 | 30 | 400
            """
        )
    )

    assert [row for row, kind in kinds(table).items() if kind == "subtotal"] == [3, 4]
    assert [(doubt.code, doubt.count) for doubt in table.doubts] == [("sum_found", 2)]


def test_row_that_sums_the_rows_below_it_is_a_subtotal():
    table = only_table(
        draw(
            """
            地区 | 企业数 | 收入
            某市 | 621 | 60123
            一区 | 221 | 20100
            二区 | 400 | 40023
            他市 | 431 | 40211
            三区 | 131 | 15200
            四区 | 300 | 25011
            """
        )
    )

    assert [row for row, kind in kinds(table).items() if kind == "subtotal"] == [2, 5]


def test_small_figures_that_happen_to_add_up_stay_records():
    table = only_table(draw("项目 | 上年 | 本年\n甲项 | 10 | 20\n乙项 | 8 | 15\n丙项 | 1 | 2\n丁项 | 1 | 3"))

    assert set(kinds(table).values()) == {"record"}


def test_notes_and_names_below_the_body_are_no_records():
    table = only_table(
        draw(
            """
            名称 | 数量 | 金额
            甲公司 | 1 | 2
            乙公司 | 2 | 3
            合计 | 3 | 5

            注：1. 数据由企业填报。
            2. 空白为未报。
            填表人：张某 | 审核人：李某 | 填表日期：2024-3-1
            """
        )
    )

    assert kinds(table) == {2: "record", 3: "record", 4: "total", 5: "blank", 6: "note", 7: "note", 8: "note"}


def test_record_of_which_only_the_name_is_known_stays_a_record():
    table = only_table(draw("名称 | 数量 | 金额\n甲公司 | 1 | 3\n乙公司 | |\n丙公司 | 3 | 4\n丁公司 | |"))

    assert [each["名称"] for each in plain_records(table)] == ["甲公司", "乙公司", "丙公司", "丁公司"]


def test_headings_between_records_become_their_group():
    table = only_table(
        draw(
            """
            序号 | 企业名称 | 收入
            一、武进区 | |
            1 | 甲公司 | 10
            2 | 乙公司 | 20
            二、新北区 | |
            3 | 丙公司 | 30
            """
        )
    )

    assert kinds(table) == {2: "group", 3: "record", 4: "record", 5: "group", 6: "record"}
    assert [(each["企业名称"], each["row_group"]) for each in records(table)] == [
        ("甲公司", "一、武进区"),
        ("乙公司", "一、武进区"),
        ("丙公司", "二、新北区"),
    ]


def test_cells_merged_downwards_hold_for_every_row_they_cover():
    picture = """
    地区 | 企业 | 收入
    武进区 | 甲公司 | 10
     | 乙公司 | 20
     | 小计 | 30
    新北区 | 丙公司 | 5
    合计 | | 35
    """

    table = only_table(draw(picture, "A2:A4"))

    assert [each["地区"] for each in records(table)] == ["武进区", "武进区", "武进区", "新北区", "合计"]
    assert [each["row_kind"] for each in records(table)] == [
        "record",
        "record",
        "subtotal",
        "record",
        "total",
    ]


def test_first_column_written_only_where_it_changes_stays_empty_and_is_told_as_group():
    table = only_table(
        draw("地区 | 企业 | 收入\n武进区 | 甲公司 | 10\n | 乙公司 | 20\n新北区 | 丙公司 | 3\n | 丁公司 | 4")
    )

    assert records(table)[1] == {"企业": "乙公司", "收入": "20", "row_group": "武进区", "row_kind": "record"}
    assert [(doubt.code, doubt.cells) for doubt in table.doubts] == [("outline", ("A3", "A5"))]


def test_indented_labels_stand_under_the_ones_before_them():
    rows = [
        ["地区", "企业数"],
        ["某省", "100"],
        ["  某市", "60"],
        ["\u3000\u3000\u3000甲区", "20"],
        ["\u3000\u3000\u3000乙区", "40"],
        ["  他市", "40"],
    ]

    table = only_table(sheet_of_rows("s", rows))

    assert [(each["地区"], each.get("row_group")) for each in records(table)] == [
        ("某省", None),
        ("某市", "某省"),
        ("甲区", "某省 / 某市"),
        ("乙区", "某省 / 某市"),
        ("他市", "某省"),
    ]
    assert [doubt.code for doubt in table.doubts] == ["outline"]


def test_header_repeated_on_every_page_is_left_out_with_its_title():
    table = only_table(
        draw(
            """
            企业名单 | |
            序号 | 企业名称 | 收入
            1 | 甲公司 | 10
            本页小计 | | 10

            企业名单 | |
            序号 | 企业名称 | 收入
            2 | 乙公司 | 30
            总计 | | 40
            """
        )
    )

    assert kinds(table) == {
        3: "record",
        4: "subtotal",
        5: "blank",
        6: "repeated_header",
        7: "repeated_header",
        8: "record",
        9: "total",
    }
    assert table.columns[0].unread == 0


def test_numbers_of_printed_pages_are_no_records():
    table = only_table(draw("企业 | 收入\n甲公司 | 5\n第1页 共2页 |\n企业 | 收入\n乙公司 | 6\n- 第2页 - |"))

    assert kinds(table) == {2: "record", 3: "note", 4: "repeated_header", 5: "record", 6: "note"}


def test_rows_are_asked_for_by_kind():
    table = only_table(draw("名称 | 数量\n甲公司 | 1\n合计 | 1"))

    assert table.rows_of(RowKind.TOTAL).to_list() == [2]
