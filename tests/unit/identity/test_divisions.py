"""Places at the start of a text."""

import pytest

from yumiao.identity.divisions import (
    COUNTRY,
    RegionRelation,
    compare_regions,
    division_of_code,
    is_region,
    match_region,
    parents_of,
    read_divisions,
)


def test_table_holds_every_level_with_parents_that_exist():
    table = read_divisions()

    by_digits = {digits: sum(1 for code in table if len(code) == digits) for digits in (2, 4, 6)}
    assert by_digits[2] == 34
    assert by_digits[4] > 330
    assert by_digits[6] > 2800
    assert {division.parent for division in table.values()} - table.keys() == {""}
    assert table["320412"].name == "武进区"


@pytest.mark.parametrize(
    ("text", "taken", "codes"),
    [
        ("常州伟业机械", "常州", ("3204",)),
        ("常州市伟业机械", "常州市", ("3204",)),
        ("江苏常州伟业", "江苏常州", ("3204",)),
        ("江苏省常州市武进区伟业", "江苏省常州市武进区", ("320412",)),
        ("常州武进伟业", "常州武进", ("320412",)),
        ("武进伟业", "武进", ("320412",)),
        ("昆山伟业", "昆山", ("320583",)),
        ("江苏江阴伟业", "江苏江阴", ("320281",)),
        ("金坛市伟业", "金坛市", ("320413",)),
        ("中国伟业", "中国", (COUNTRY,)),
        ("恩施土家族苗族自治州伟业", "恩施土家族苗族自治州", ("4228",)),
        ("内蒙古伟业", "内蒙古", ("15",)),
        ("吉林伟业", "吉林", ("22",)),
        ("香港伟业", "香港", ("81",)),
        ("朝阳区伟业", "朝阳区", ("110105", "211321", "220104")),
    ],
)
def test_region_at_the_start_is_found(text, taken, codes):
    found = match_region(text)

    assert found is not None
    if len(codes) > 1:
        assert (found.text, len(found.codes) > 1) == (taken, True)
    else:
        assert (found.text, found.codes) == (taken, codes)


@pytest.mark.parametrize("text", ["东方财富", "长安汽车", "伟业机械", "", "阿里云", "凤凰传媒"])
def test_trade_name_that_is_also_a_county_is_no_region(text):
    assert match_region(text) is None


def test_district_in_short_form_follows_its_own_city_only():
    assert match_region("江苏吴中医药").text == "江苏"
    assert match_region("苏州吴中医药").text == "苏州吴中"


@pytest.mark.parametrize(("text", "is_sure"), [("常州伟业", True), ("武进伟业", False), ("武进区伟业", True)])
def test_short_name_of_a_county_alone_is_not_sure(text, is_sure):
    assert match_region(text).is_sure is is_sure


def test_whole_text_must_be_the_region():
    assert is_region("常州").codes == ("3204",)
    assert is_region("常州伟业") is None


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        (("3204",), ("3204",), RegionRelation.SAME),
        (("320412",), ("3204",), RegionRelation.WITHIN),
        (("32",), ("320412",), RegionRelation.WITHIN),
        ((COUNTRY,), ("320412",), RegionRelation.WITHIN),
        (("3204",), ("3205",), RegionRelation.APART),
        ((), ("3205",), RegionRelation.UNKNOWN),
        (("110105", "220104"), ("220104",), RegionRelation.SAME),
    ],
)
def test_regions_are_compared_both_ways(left, right, relation):
    assert (compare_regions(left, right), compare_regions(right, left)) == (relation, relation)


def test_parents_lead_up_to_the_country():
    assert list(parents_of("320412")) == ["3204", "32", COUNTRY]
    assert list(parents_of(COUNTRY)) == []


@pytest.mark.parametrize(
    ("code", "division"),
    [
        ("320412", ("320412",)),
        ("320400", ("3204",)),
        ("320000", ("32",)),
        ("32", ("32",)),
        ("329999", ()),
        (None, ()),
    ],
)
def test_division_of_a_code_is_found_at_any_level(code, division):
    assert division_of_code(code) == division
