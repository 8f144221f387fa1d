"""Text files and web pages that go wrong."""

from tests.integration.intake.hostile.cases import Cells, Hostile, Refused, Size, raw, text

TABLE = "<table><tr><td>企业</td><td>人数</td></tr><tr><td>甲公司</td><td>7</td></tr></table>"
ROWS = [["企业", "人数"], ["甲公司", "7"]]
PLAIN = "企业,人数\n甲公司,7\n"
LONG = "常州甲乙丙丁科技有限公司"


def mixed() -> bytes:
    return PLAIN.encode("gb18030") + f"{LONG},8\n".encode()


TEXTS = (
    Hostile(
        "乱码.csv",
        "bytes that are neither UTF-8 nor GB18030",
        "refused, with the line of the first such byte in each",
        raw(PLAIN.encode("gb18030") + b"\xff\xff\n"),
        Refused("unknown_encoding", "第3行"),
    ),
    Hostile(
        "混码.csv",
        "GB18030, with one line of UTF-8",
        "refused, with that line: read as one encoding it would give wrong characters and no error",
        raw(mixed()),
        Refused("unknown_encoding", "第3行"),
    ),
    Hostile(
        "混码二.csv",
        "UTF-8, with one line of GB18030",
        "refused, with the line of the other encoding",
        raw(f"{LONG},8\n".encode() + PLAIN.encode("gb18030")),
        Refused("unknown_encoding", "第1行"),
    ),
    Hostile(
        "万国码.csv",
        "UTF-16 with its mark, as Excel saves “Unicode text”, tabs between the fields",
        "read",
        text(PLAIN.replace(",", "\t"), "utf-16"),
        Cells({"万国码": ROWS}),
    ),
    Hostile(
        "国标.csv",
        "GB18030 with characters of four bytes",
        "read",
        text("企业,人数\n㐂𠮷公司,7\n", "gb18030"),
        Cells({"国标": [ROWS[0], ["㐂𠮷公司", "7"]]}),
    ),
    Hostile(
        "空字符.csv",
        "NUL characters in the text",
        "refused, with the line",
        raw(PLAIN.encode() + b"a,\x00\n"),
        Refused("unreadable_file", "第3行"),
    ),
    Hostile(
        "中间标记.csv",
        "two files joined, so that a byte order mark stands in the middle",
        "read; the marks are dropped, the second header stays a row",
        raw(("\ufeff" + PLAIN).encode() * 2),
        Cells({"中间标记": ROWS * 2}),
    ),
    Hostile(
        "引号.csv",
        "a quote that is never closed",
        "refused, with the line",
        text('企业,人数\n"甲公司,7\n'),
        Refused("unreadable_file", "引号"),
    ),
    Hostile(
        "散引号.csv",
        "a quote inside a field",
        "read; the quote is part of the text",
        text('企业,人数\n甲"公司,7\n'),
        Cells({"散引号": [ROWS[0], ['甲"公司', "7"]]}),
    ),
    Hostile(
        "多行.csv",
        "line ends, delimiters and quotes inside quotes",
        "read; the row keeps its place",
        text('企业,人数\n"甲,\n""公司""",7\n'),
        Cells({"多行": [ROWS[0], ['甲,\n"公司"', "7"]]}),
    ),
    Hostile(
        "参差.csv",
        "rows with fewer and more fields than the header",
        "read; nothing is cut off, missing fields are empty",
        text("标题\n企业,人数\n甲公司,7,多出\n乙公司\n"),
        Cells(
            {
                "参差": [
                    ["标题", None, None],
                    ["企业", "人数", None],
                    ["甲公司", "7", "多出"],
                    ["乙公司", None, None],
                ]
            }
        ),
    ),
    Hostile(
        "旧行尾.csv",
        "carriage returns alone as line ends",
        "read",
        text(PLAIN.replace("\n", "\r")),
        Cells({"旧行尾": ROWS}),
    ),
    Hostile(
        "空白.csv",
        "spaces of every kind instead of nothing",
        "read; cells of spaces alone are empty",
        text("企业,人数,备注\n甲公司, \u3000\xa0,\t\n"),
        Cells({"空白": [["企业", "人数", "备注"], ["甲公司", None, None]]}),
    ),
    Hostile(
        "只有空白.csv",
        "nothing but spaces and commas",
        "refused as empty",
        text(" , \n,\u3000\n"),
        Refused("empty_file"),
    ),
    Hostile(
        "方向.csv",
        "marks of writing direction inside a name",
        "read; every character stays for the checks of names to see",
        text("企业\n\u202e司公甲\u202c\n"),
        Cells({"方向": [["企业"], ["\u202e司公甲\u202c"]]}),
    ),
    Hostile(
        "宽列.csv",
        "a line of 20,000 fields",
        "refused as too big",
        text("," * 20_000 + "\n"),
        Refused("too_big", "拆分"),
    ),
    Hostile(
        "长字段.csv",
        "a field of two million characters",
        "read whole",
        text("企业\n" + "甲" * 2_000_000 + "\n"),
        Size(2, 1, 2),
    ),
    Hostile(
        "注入.csv",
        "fields that begin with =, +, - or @",
        "read as the texts they are",
        text("备注\n=1+1\n@A1\n"),
        Cells({"注入": [["备注"], ["=1+1"], ["@A1"]]}),
    ),
    Hostile(
        "网页.xls",
        "a web page called .xls, as many systems export it",
        "read as the table it is",
        text(f"<meta charset=gb2312>{TABLE}", "gb18030"),
        Cells({"table 1": ROWS}),
    ),
    Hostile(
        "文本.xls",
        "tab-separated text called .xls, as many systems export it",
        "read as the text it is",
        text(PLAIN.replace(",", "\t"), "gb18030"),
        Cells({"文本": ROWS}),
    ),
    Hostile(
        "网页.csv",
        "a web page called .csv",
        "refused: rename it to .html",
        text(f"<html>{TABLE}"),
        Refused("wrong_extension", ".html"),
    ),
    Hostile(
        "谎报.html",
        "a page that declares UTF-8 and is GB18030",
        "read as what it is",
        text(f"<meta charset=utf-8>{TABLE}", "gb18030"),
        Cells({"table 1": ROWS}),
    ),
    Hostile(
        "嵌套.html",
        "a table inside a table that only arranges it",
        "read; the outer table gives no sheet",
        text(f"<h2>名单</h2><table><tr><td> {TABLE} </td></tr></table>"),
        Cells({"名单": ROWS}),
    ),
    Hostile(
        "跨格.html",
        "spans over rows and columns, one far beyond the table",
        "read; spans become merges, cut off at the end of the table",
        text(
            "<table><tr><td rowspan=99>地区</td><td colspan=2>人数</td></tr><tr><td>男</td><td>女</td></tr></table>"
        ),
        Cells(
            {"table 1": [["地区", "人数", None], [None, "男", "女"]]},
            {"table 1": ((0, 0, 1, 0), (0, 1, 0, 2))},
        ),
    ),
    Hostile(
        "巨跨.html",
        "spans that make a row of 200,000 columns",
        "refused as too big",
        text("<table><tr>" + "<td colspan=1000>1</td>" * 200 + "</tr></table>"),
        Refused("too_big", "拆分"),
    ),
    Hostile(
        "脚本.html",
        "scripts, styles and comments among the cells",
        "read; only what a reader sees is text",
        text(
            "<table><tr><td>甲<script>alert('x')</script><!-- 乙 --><style>td{}</style>公司<br>总部</td></tr></table>"
        ),
        Cells({"table 1": [["甲公司\n总部"]]}),
    ),
    Hostile(
        "深层.html",
        "a page nested a thousand levels deep",
        "refused: such a page cannot be read whole",
        text("<div>" * 1000 + TABLE),
        Refused("unreadable_file", ".xlsx"),
    ),
    Hostile(
        "实体.html",
        "a page that declares entities which grow",
        "read; only the entities of HTML itself are known",
        text('<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><table><tr><td>x&b;</td></tr></table>'),
        Cells({"table 1": [["x&b;"]]}),
    ),
    Hostile(
        "段落.html",
        "a list of names in paragraphs, no table",
        "read as one column, one row per paragraph",
        text("<title>名单</title><p>甲公司</p><p>乙公司</p>"),
        Cells({"名单": [["甲公司"], ["乙公司"]]}),
    ),
    Hostile(
        "空页.html",
        "a page without any text",
        "refused as empty",
        text("<html><body><table></table></body></html>"),
        Refused("empty_file"),
    ),
)
