"""Files made for the eye: every trap of layout in one small file each, all with the same two firms."""

from tests.integration.intake.hostile.cases import Hostile, Records, book, sheet, text

HEADER = ["企业名称", "营业收入", "职工人数"]
ROWS = [["甲公司", 1200.5, 30], ["乙公司", 800, 12]]
EXPECTED = [
    {"企业名称": "甲公司", "营业收入": "1200.5", "职工人数": "30"},
    {"企业名称": "乙公司", "营业收入": "800", "职工人数": "12"},
]
SAME = Records([EXPECTED])
NONE: list[object] = []


def percents(workbook):
    found, percent = workbook.add_worksheet("表"), workbook.add_format({"num_format": "0.0%"})
    found.write_row(0, 0, ["企业名称", "研发占比"])
    found.write_row(1, 0, ["甲公司"])
    found.write_number(1, 1, 0.298, percent)
    found.write_row(2, 0, ["乙公司", "5%"])


def paths(*labels, values):
    return Records([[dict(zip(labels, row, strict=True)) for row in values]])


LAYOUTS = (
    Hostile(
        "标题行.xlsx",
        "title lines above the table",
        "the table is found below them",
        sheet([["2024年企业情况表"], ["填报单位：某镇"], NONE, HEADER, *ROWS], "A1:C1"),
        SAME,
    ),
    Hostile(
        "多行表头.xlsx",
        "a header over two rows with merged cells",
        "labels become paths from the upper to the lower row",
        sheet([["企业名称", "2024年", None], [None, "营业收入", "职工人数"], *ROWS], "A1:A2", "B1:C1"),
        paths(
            "企业名称",
            "2024年 / 营业收入",
            "2024年 / 职工人数",
            values=[["甲公司", "1200.5", "30"], ["乙公司", "800", "12"]],
        ),
    ),
    Hostile(
        "双语表头.xlsx",
        "labels in Chinese, in English below",
        "the Chinese ones are the labels",
        sheet([HEADER, ["Enterprise", "Revenue", "Staff"], *ROWS]),
        SAME,
    ),
    Hostile(
        "单位行.xlsx",
        "a line of units above the table",
        "it is no part of the table; the unit is kept with the columns",
        sheet([["企业情况"], [None, None, "单位：万元"], HEADER, *ROWS]),
        SAME,
    ),
    Hostile(
        "表头单位.xlsx",
        "units inside labels",
        "they are taken off the labels and kept beside them",
        sheet([["企业名称", "营业收入（万元）", "职工人数（人）"], *ROWS]),
        SAME,
    ),
    Hostile(
        "合计.xlsx",
        "a total below and above the records",
        "flagged, and no record",
        sheet([HEADER, ["合计", 2000.5, 42], *ROWS, ["总计", 2000.5, 42]]),
        SAME,
    ),
    Hostile(
        "附注.xlsx",
        "notes below the table",
        "no record",
        sheet([HEADER, *ROWS, NONE, ["注：营业收入为快报数。"], ["填表人：某某"]]),
        SAME,
    ),
    Hostile(
        "重复表头.xlsx",
        "the header again in the middle, where a page ended",
        "no record",
        sheet([HEADER, *ROWS, HEADER, *ROWS]),
        Records([EXPECTED * 2]),
    ),
    Hostile(
        "编号行.xlsx",
        "a row that numbers the columns below the header",
        "no record",
        sheet([HEADER, ["甲", "1", "2"], *ROWS]),
        SAME,
    ),
    Hostile(
        "空列.xlsx",
        "empty columns and rows inside the table",
        "left out",
        sheet(
            [
                ["企业名称", None, "营业收入", "职工人数"],
                ["甲公司", None, 1200.5, 30],
                NONE,
                ["乙公司", None, 800, 12],
            ]
        ),
        SAME,
    ),
    Hostile(
        "文本数.csv",
        "numbers as text with separators, full-width digits and spaces",
        "read as the numbers they are",
        text('企业名称,营业收入,职工人数\n甲公司,"1,200.5",３０\n乙公司, 800 ,12\n'),
        SAME,
    ),
    Hostile(
        "亿万.csv",
        "亿 and 万 behind numbers",
        "written out",
        text("企业名称,总资产\n甲公司,1.2亿\n乙公司,350万\n"),
        paths("企业名称", "总资产", values=[["甲公司", "120000000"], ["乙公司", "3500000"]]),
    ),
    Hostile(
        "百分数.xlsx",
        "percentages as numbers with a format and as text",
        "both are read as numbers with the unit %",
        book(percents),
        paths("企业名称", "研发占比", values=[["甲公司", "29.8"], ["乙公司", "5"]]),
    ),
    Hostile(
        "日期.csv",
        "one date in five ways",
        "read as dates",
        text(
            "企业名称,成立日期\n甲公司,2024年3月1日\n乙公司,2024-3-1\n丙公司,2024/03/01\n丁公司,2024.3.1\n戊公司,20240301\n"
        ),
        paths(
            "企业名称",
            "成立日期",
            values=[[name, "2024-03-01"] for name in ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")],
        ),
    ),
    Hostile(
        "两表.xlsx",
        "two tables in one sheet",
        "both are found",
        sheet([["一、企业"], HEADER, *ROWS, NONE, ["二、项目"], ["项目名称", "金额"], ["某项目", 5]]),
        Records([EXPECTED, [{"项目名称": "某项目", "金额": "5"}]]),
    ),
    Hostile(
        "填报说明.xlsx",
        "a sheet of instructions, no table",
        "no table is found",
        sheet([["填报说明"], ["请各单位如实填写，于月底前报送。"]]),
        Records([]),
    ),
)
