"""The cells of a worksheet are found in every way to write them, and damage is named."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yumiao.intake.cells import cell_address
from yumiao.intake.xlsx_scan import CellKind, scan_rows
from yumiao.intake.xlsx_texts import expand_text, run_texts


def cells(xml: str, rows_before: int = 0):
    block = scan_rows(xml.encode(), rows_before)
    texts = [
        text if number < 0 else number
        for text, number in zip(block.texts, block.numbers.tolist(), strict=True)
    ]
    entries = zip(
        block.rows.tolist(),
        block.columns.tolist(),
        block.styles.tolist(),
        block.kinds.tolist(),
        texts,
        strict=True,
    )
    return sorted(
        (cell_address(row, column), style, CellKind(kind).name, text)
        for row, column, style, kind, text in entries
    )


USUAL = (
    '<row r="1" spans="1:3"><c r="A1" s="3" t="s"><v>12</v></c><c r="B1"><v>1.5</v></c><c r="C1" s="1"/></row>'
    '<row r="10"><c r="AB10" t="str"><f>A1&amp;"x"</f><v>a&lt;b</v></c><c r="XFD10" s="12" t="e"><v>#N/A</v></c></row>'
)
FOUND = [
    ("A1", 3, "SHARED", 12),
    ("AB10", 0, "TEXT", "a&lt;b"),
    ("B1", 0, "NUMBER", "1.5"),
    ("XFD10", 12, "ERROR", "#N/A"),
]
WAYS = {
    "usual": lambda xml: xml,
    "single quotes": lambda xml: re.sub(r"<c [^>]*>", lambda found: found[0].replace('"', "'"), xml),
    "other attributes": lambda xml: xml.replace('<c r="', '<c cm="1" ph="0" r="'),
    "other order": lambda xml: re.sub(r'<c r="(\w+)" s="(\d+)"', r'<c s="\2" r="\1"', xml),
    "line ends": lambda xml: xml.replace("><", ">\r\n  <").replace("<c ", "<c\n"),
    "kept spaces": lambda xml: xml.replace("<v>", '<v xml:space="preserve">'),
    "numbers named": lambda xml: xml.replace("<v>1.5", "<v>1.5").replace('<c r="B1">', '<c r="B1" t="n">'),
}


@pytest.mark.parametrize("way", WAYS)
def test_cells_are_found_in_every_way_to_write_them(way):
    assert cells(WAYS[way](USUAL)) == FOUND


def test_cells_without_addresses_follow_each_other():
    xml = (
        "<row><c><v>1</v></c><c><v>2</v></c></row>"
        '<row r="7"><c r="C7"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>'
    )

    assert [(place, text) for place, _, _, text in cells(xml, rows_before=2)] == [
        ("A3", "1"),
        ("A8", "5"),
        ("B3", "2"),
        ("C7", "3"),
        ("D7", "4"),
    ]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("<v></v>", None),
        ("<v/>", None),
        ("", None),
        ("<f>1+1</f><v>2</v>", ("NUMBER", "2")),
        ('<f t="shared" si="0"/><v>2</v>', ("NUMBER", "2")),
        ('<f t="shared" ref="A1:A9" si="0">B1</f><v>2</v>', ("NUMBER", "2")),
        ("<f>A1&amp;B1</f>", ("READY", "=A1&B1")),
        ("<f>A1</f><v></v>", ("READY", "=A1")),
        ("<f>A1</f><v/>", ("READY", "=A1")),
        ('<f t="shared" si="0"/>', ("READY", "=")),
    ],
)
def test_a_value_is_found_behind_a_formula_and_a_formula_without_value_is_shown(cell, found):
    expected = [] if found is None else [("A1", 0, *found)]

    assert cells(f'<row r="1"><c r="A1">{cell}</c></row>') == expected


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<t>甲</t>", ("TEXT", "甲")),
        ('<t xml:space="preserve"> 甲 </t>', ("TEXT", " 甲 ")),
        ("<r><rPr><b/><color/><charset/></rPr><t>甲</t></r><r><t>乙&amp;</t></r>", ("READY", "甲乙&")),
        ("<t>甲</t><rPh sb='0'><t>jia</t></rPh>", ("READY", "甲")),
    ],
)
def test_texts_inside_cells_are_read_plain_and_rich(inside, found):
    assert cells(f'<row r="1"><c r="A1" t="inlineStr"><is>{inside}</is></c></row>') == [("A1", 0, *found)]


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell():
    assert cells('<row r="1"><c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c></row>') == [
        ("B1", 0, "NUMBER", "1")
    ]


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="unknown"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1',
    ],
    ids=["rows out of order", "a cell twice", "unknown type", "no end"],
)
def test_damage_is_refused(xml):
    with pytest.raises(ValueError, match=r"order|form|end"):
        cells(xml)


def test_cells_of_a_row_in_any_order_are_read():
    assert [
        place for place, *_ in cells('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>')
    ] == ["A1", "B1"]


@settings(deadline=None)  # the first call pays for imports
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 1_048_575), st.integers(0, 16_383)),
        st.tuples(
            st.integers(0, 9999),
            st.text(st.characters(codec="utf-8", exclude_characters="<>&\r"), min_size=1),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_every_place_style_and_text_comes_back(sheet):
    xml = "".join(
        f'<row r="{row + 1}"><c r="{cell_address(row, column)}" s="{style}" t="str"><v>{text}</v></c></row>'
        for (row, column), (style, text) in sorted(sheet.items())
    )

    assert cells(xml) == sorted(
        (cell_address(row, column), style, "TEXT", text) for (row, column), (style, text) in sheet.items()
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a&amp;b&#10;c", "a&b\nc"),
        ("_x000D_\n", "\r\n"),
        ("_x005F_x000D_", "_x000D_"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_escapes_are_resolved_once(written, text):
    assert expand_text(written) == text
    assert run_texts(f"<si><r><t>{written}</t></r></si>".encode()) == text
