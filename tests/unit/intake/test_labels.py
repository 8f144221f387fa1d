"""Labels taken apart into words, unit and year."""

import pytest

from yumiao.intake.labels import LabelParts, take_apart, unit_named, year_named
from yumiao.model.periods import Year
from yumiao.model.units import UNITS

WAN = UNITS["CNY_10k"]
IN_2024 = Year(2024, relative=False)


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("营业收入", LabelParts("营业收入")),
        ("营业收入（万元）", LabelParts("营业收入", WAN)),
        ("营业收入(单位：万元)", LabelParts("营业收入", WAN)),
        ("营业收入/万元", LabelParts("营业收入", WAN)),
        ("２０２４年营业收入（万元）", LabelParts("营业收入", WAN, IN_2024)),
        ("2024年度营业收入", LabelParts("营业收入", None, IN_2024)),
        ("2024年末 资产总额", LabelParts("资产总额", None, IN_2024)),
        ("营业收入（2024）", LabelParts("营业收入", None, IN_2024)),
        ("营业收入(2024年,万元)", LabelParts("营业收入", WAN, IN_2024)),
        ("营业收入_2024", LabelParts("营业收入", None, IN_2024)),
        ("operating_revenue@2024", LabelParts("operating_revenue", None, IN_2024)),
        ("上年营业收入", LabelParts("营业收入", None, Year(-1))),
        ("上一年度营业收入", LabelParts("营业收入", None, Year(-1))),
        ("市场占有率(%)", LabelParts("市场占有率", UNITS["percent"])),
        ("从业人员(期末)", LabelParts("从业人员(期末)")),
        ("研发费用(加计扣除口径)（万元）", LabelParts("研发费用(加计扣除口径)", WAN)),
        ("2024", LabelParts("2024")),
        ("上年", LabelParts("上年")),
    ],
)
def test_a_label_is_taken_apart(label, parts):
    assert take_apart(label) == parts


def test_units_are_known_by_every_usual_name():
    assert {name: unit_named(name).code for name in ("万元", "CNY_10k", "％", "小数", "亿美元", "人")} == {
        "万元": "CNY_10k",
        "CNY_10k": "CNY_10k",
        "％": "percent",
        "小数": "fraction",
        "亿美元": "USD_100m",
        "人": "person",
    }
    assert unit_named("斤") is None


@pytest.mark.parametrize(
    ("text", "year"),
    [("2024", IN_2024), ("2024年", IN_2024), ("上年", Year(-1)), ("-2", Year(-2)), ("本年", Year(0))],
)
def test_years_are_read_as_officers_write_them(text, year):
    assert year_named(text) == year


@pytest.mark.parametrize("text", ["24", "202", "去", "2024.5", "-20"])
def test_other_words_are_no_year(text):
    assert year_named(text) is None
