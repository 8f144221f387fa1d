"""Tables of web pages: which are found, how they are laid out, what their cells say."""

import pytest
from lxml import etree

from yumiao.intake import html_tables
from yumiao.intake.html_grid import read_grid
from yumiao.intake.html_tables import looks_like_html, read_html
from yumiao.model.problems import YumiaoError


def read(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "page.html"
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return read_html(path)


def grid(rows):
    return read_grid(
        etree.fromstring(f"<table>{rows}</table>", etree.HTMLParser(remove_comments=True)).find(".//table")
    )


def names(book):
    return [sheet.name for sheet in book.sheets]


@pytest.mark.parametrize(
    ("declared", "encoding", "found"),
    [
        ("", "utf-8", "utf-8"),
        ("", "utf-8-sig", "utf-8"),
        ("", "gb18030", "gb18030"),
        ("<meta charset=gb2312>", "gb18030", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gb18030", "gb18030"),
        ("<meta charset=big5>", "big5", "big5"),
        ("<meta charset=utf-8>", "gb18030", "gb18030"),
        ("<meta charset=unknown-name>", "utf-8", "utf-8"),
        ("", "utf-16", "utf-16"),
        ('<?xml version="1.0" encoding="gb2312"?>', "utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_that_of_the_mark_else_the_declared_one_else_one_that_fits(
    tmp_path, declared, encoding, found
):
    book = read(tmp_path, f"{declared}<table><tr><td>企業名稱甲</td></tr></table>", encoding)

    assert (book.encoding, book.sheets[0].rows) == (found, [["企業名稱甲"]])


def test_text_in_no_known_encoding_is_refused(tmp_path):
    with pytest.raises(YumiaoError) as refused:
        read(tmp_path, b"<table><tr><td>\xff\xff</td></tr></table>")

    assert refused.value.code == "unknown_encoding"


def test_sheets_are_named_by_caption_else_heading_above_else_number(tmp_path):
    cell = "<tr><td>x</td></tr>"
    page = (
        f"<h1>一</h1><h2>二</h2><table>{cell}</table><table>{cell}</table>"
        f"<table><caption>三</caption>{cell}</table><h3>二</h3><table>{cell}</table>"
    )

    assert names(read(tmp_path, page)) == ["二", "table 2", "三", "二 (2)"]


def test_tables_without_text_of_their_own_give_no_sheet_and_inner_ones_do(tmp_path):
    inner = "<table><tr><td>内</td></tr></table>"
    page = f"<table><tr><td>{inner}</td></tr></table><table><tr><td> &nbsp;</td></tr></table>"

    assert [sheet.rows for sheet in read(tmp_path, page).sheets] == [[["内"]]]


def test_a_table_with_text_and_an_inner_table_keeps_only_its_own_text(tmp_path):
    page = "<table><tr><td>外<table><tr><td>内</td></tr></table></td></tr></table>"

    assert [sheet.rows for sheet in read(tmp_path, page).sheets] == [[["外"]], [["内"]]]


def test_a_page_without_tables_gives_its_paragraphs_under_its_title(tmp_path):
    book = read(tmp_path, "<title> 名 单 </title><script>x</script><div>甲<p>乙</p>丙</div>")

    assert [(sheet.name, sheet.rows) for sheet in book.sheets] == [("名 单", [["甲"], ["乙"], ["丙"]])]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  甲 \n\t 乙&nbsp;&nbsp;丙 ", "甲 乙 丙"),
        ("甲<br>乙<br><br>丙", "甲\n乙\n丙"),
        ("<p>甲</p><p>乙</p>", "甲\n乙"),
        ("<b>甲</b><i>乙</i>", "甲乙"),
        ("&lt;b&gt; &amp; &#20013;", "<b> & 中"),
        ("\u3000甲\u3000乙", "甲\u3000乙"),
        ("甲<!-- 乙 -->丙<script>1</script>", "甲丙"),
    ],
)
def test_a_cell_says_what_a_browser_shows(cell, text):
    assert grid(f"<tr><td>{cell}</td></tr>").rows == [{0: text}]


def test_spans_push_later_cells_aside_and_become_merges():
    found = grid(
        "<tr><th rowspan=2>a<th colspan=2>b<th rowspan=3>c<tr><td>d<td>e<tr><td>f<td colspan=x>g<td rowspan=0>h"
    )

    assert found.rows == [{0: "a", 1: "b", 3: "c"}, {1: "d", 2: "e"}, {0: "f", 1: "g", 2: "h"}]
    assert found.merges == [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 2, 3)]
    assert found.sheet("s").rows == [["a", "b", None, "c"], [None, "d", "e", None], ["f", "g", "h", None]]


def test_a_span_ends_with_its_row_group():
    found = grid("<thead><tr><td rowspan=5>a<td>b</thead><tbody><tr><td>c<td>d</tbody>")

    assert (found.rows, found.merges) == ([{0: "a", 1: "b"}, {0: "c", 1: "d"}], [])


def test_rows_inside_a_form_and_cells_outside_rows_are_kept():
    assert grid("<form><tr><td>a<td>b</form>").rows == [{0: "a", 1: "b"}]
    assert grid("<td>a</td><tr><td>b</td></tr>").rows == [{0: "a"}, {0: "b"}]


def test_a_page_beyond_the_limit_is_refused_with_advice(tmp_path, monkeypatch):
    monkeypatch.setattr(html_tables, "MAX_PAGE_BYTES", 10)

    with pytest.raises(YumiaoError, match="拆分") as refused:
        read(tmp_path, "<table><tr><td>甲</td></tr></table>")

    assert refused.value.code == "too_big"


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"<html>", True),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", True),
        (b"<!-- saved --><table>", True),
        ("<html>".encode("utf-16"), True),
        (b'<?xml version="1.0"?><html xmlns="">', True),
        (b'<?xml version="1.0"?><Workbook>', False),
        (b"<b>,c", False),
        ("企业,<table>".encode(), False),
    ],
)
def test_a_web_page_is_told_by_how_it_begins(head, answer):
    assert looks_like_html(head) is answer
