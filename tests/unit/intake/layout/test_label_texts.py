"""Labels taken apart: languages, blanks of alignment, marks, units."""

import pytest

from yumiao.intake.layout.label_texts import close_up, split_languages
from yumiao.intake.layout.unit_words import is_unit_word, take_unit, unit_line, units_of_line


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("合计\n\nTotal", ("合计", "Total")),
        ("R&D人员\r\n全时当量\r\nTotal", ("R&D人员全时当量", "Total")),
        ("#研究人员\nResearchers", ("研究人员", "Researchers")),
        ("企业数 Number of Enterprises", ("企业数", "Number of Enterprises")),
        ("地区 / Region", ("地区", "Region")),
        ("Region / 地区", ("地区", "Region")),
        ("地 区", ("地区", "")),
        ("PCT专利申请量", ("PCT专利申请量", "")),
        ("GDP", ("GDP", "")),
        ("Total Revenue", ("Total Revenue", "")),
        ("营业收入①", ("营业收入", "")),
        ("营业\n收入*", ("营业收入", "")),
        ("常州 武进", ("常州武进", "")),
    ],
)
def test_label_is_split_into_its_languages(label, parts):
    assert split_languages(label) == parts


@pytest.mark.parametrize(
    ("text", "closed"),
    [("北 京", "北京"), ("黑　龙　江", "黑龙江"), ("常州 武进", "常州 武进"), (" A B ", "A B")],
)
def test_only_blanks_between_single_characters_are_closed(text, closed):
    assert close_up(text) == closed


@pytest.mark.parametrize(
    ("label", "words", "unit", "code"),
    [
        ("营业收入（万元）", "营业收入", "万元", "CNY_10k"),
        ("研发人员(人年)", "研发人员", "人年", None),
        ("R&D经费（单位：亿元）", "R&D经费", "亿元", "CNY_100m"),
        ("增速（％）", "增速", "%", "percent"),
        ("营业收入（合并）", "营业收入（合并）", "", None),
        ("产值/万元", "产值", "万元", "CNY_10k"),
        ("人均产值（万元/人）", "人均产值", "万元/人", None),
    ],
)
def test_unit_is_taken_out_of_a_label(label, words, unit, code):
    bare, found = take_unit(label)

    assert (bare, found.text, found.unit and found.unit.code) == (words, unit, code)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("单位：万元", "万元"),
        ("（单位：人、万元）", "人、万元"),
        ("计量单位: 件", "件"),
        ("单位：某某局", None),
        ("填报单位：某局", None),
    ],
)
def test_line_of_units_is_told_from_a_line_naming_an_office(text, line):
    assert unit_line(text) == line


def test_line_of_several_units_gives_each():
    assert [unit.text for unit in units_of_line("人、万元")] == ["人", "万元"]


@pytest.mark.parametrize("text", ["企业", "名称", "", "（合并）", "2024"])
def test_other_words_are_no_units(text):
    assert not is_unit_word(text)
