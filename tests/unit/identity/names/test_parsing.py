"""Names taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.identity.names import PartKind, normalise_name, parse_name

BRACKETS = ("（）", "()", "【】", "[]", "〔〕", "﹙﹚", "《》", "「」")


def told(name):
    """What a name says, as region, trade name, industry, form, branch."""
    found = parse_name(name)
    region = found.region.text if found.region else None
    return region, found.trade_name, found.industry, found.form_key, found.branch


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("常州伟业机械有限公司", ("常州", "伟业", "机械", "limited", "")),
        ("常州伟业机械有限责任公司", ("常州", "伟业", "机械", "limited", "")),
        ("伟业（常州）机械有限公司", ("常州", "伟业", "机械", "limited", "")),
        ("伟业机械（常州）有限公司", ("常州", "伟业", "机械", "limited", "")),
        ("伟业常州机械有限公司", ("常州", "伟业", "机械", "limited", "")),
        ("伟业精密机械昆山股份有限公司", ("昆山", "伟业", "精密机械", "joint_stock", "")),
        ("江苏常州伟业机械股份有限公司", ("江苏常州", "伟业", "机械", "joint_stock", "")),
        ("常州伟业（集团）股份有限公司", ("常州", "伟业", "", "group:joint_stock", "")),
        ("常州伟业集团有限公司", ("常州", "伟业", "", "group:limited", "")),
        ("伟业集团", (None, "伟业", "", "group", "")),
        ("伟业（中国）投资有限公司", ("中国", "伟业", "投资", "limited", "")),
        (
            "常州伟业股权投资合伙企业（有限合伙）",
            ("常州", "伟业", "股权投资", "partnership|partnership:limited", ""),
        ),
        ("常州伟业商行（个体工商户）", ("常州", "伟业", "", "商行", "")),
        ("溧阳市伟业茶叶专业合作社", ("溧阳市", "伟业", "茶叶", "专业合作社", "")),
        ("常州伟业新材料研究院有限公司", ("常州", "伟业", "新材料研究院", "limited", "")),
        ("常州伟业机械有限公司武进分公司", ("常州", "伟业", "机械", "limited", "武进分公司")),
        ("常州伟业机械有限公司第二分厂", ("常州", "伟业", "机械", "limited", "第二分厂")),
        ("常州伟业机械有限公司（上海办事处）", ("常州", "伟业", "机械", "limited", "上海办事处")),
        ("伟业银行常州分行", (None, "伟业", "", "银行", "常州分行")),
        ("常州伟业纺织厂武进经营部", ("常州", "伟业", "纺织", "厂", "武进经营部")),
        ("常州大学", (None, "常州", "", "大学", "")),
        ("伟业机械", (None, "伟业", "机械", "", "")),
        ("CHANGZHOU WEIYE MACHINERY CO., LTD.", (None, "CHANGZHOU WEIYE MACHINERY", "", "COLTD", "")),
        ("Weiye (China) Company Limited", (None, "WEIYE CHINA", "", "COLTD", "")),
        ("常州偉業機械有限公司", ("常州", "伟业", "机械", "limited", "")),
        ("", (None, "", "", "", "")),
        ("有限公司", (None, "", "", "limited", "")),
    ],
)
def test_name_is_taken_apart(name, parts):
    assert told(name) == parts


def test_town_and_zone_stand_apart_from_the_region():
    town = parse_name("常州市武进区湖塘镇伟业纺织厂")
    zone = parse_name("常州高新技术产业开发区伟业机械厂")

    assert (town.region.text, town.place, town.trade_name) == ("常州市武进区", "湖塘镇", "伟业")
    assert (zone.region.text, zone.place, zone.trade_name) == ("常州", "高新技术产业开发区", "伟业")


def test_remark_with_a_former_name_is_kept_apart():
    name = parse_name("常州伟业机械有限公司（原常州伟业机械厂）")

    assert name.former_names == ("常州伟业机械厂",)
    assert name.official_text == "常州伟业机械有限公司"
    assert name.parts[-1].kind is PartKind.REMARK


def test_brackets_with_anything_else_are_a_qualifier():
    name = parse_name("常州伟业（甲）机械有限公司")

    assert (name.qualifiers, name.trade_name, name.industry) == (("甲",), "伟业", "机械")


def test_parent_of_a_branch_is_the_company():
    assert parse_name("常州伟业机械有限公司武进分公司").parent_text == "常州伟业机械有限公司"
    assert parse_name("常州伟业机械有限公司").parent_text == "常州伟业机械有限公司"


@pytest.mark.parametrize(
    ("name", "doubt"),
    [
        ("武进伟业机械厂", "“武进”按地名读，也可能是字号"),
        ("常州大学", "“常州”是地名还是字号？按字号读"),
        ("伟业（常州机械有限公司", "括号不成对，按没有括号读"),
        ("常州亚伟玛股份有限公司", "没有认出行业"),
        ("伟业机械", "名称末尾没有组织形式"),
        ("北京环境工程有限公司", "字号“环境”也是行业用语"),
        ("朝阳区伟业商店", "“朝阳区”不止一处"),
        ("常州伟业机械有限公司财务科", "“财务科”在公司名称之后"),
        ("上海伟业（常州）机械有限公司", "名称含两个地名，“常州”按附注读"),
        ("有限公司", "没有字号"),
    ],
)
def test_what_could_not_be_told_is_said_in_both_languages(name, doubt):
    found = parse_name(name).doubts

    assert doubt in [text.zh for text in found]
    assert all(text.en for text in found)


NAMES = st.text(
    st.sampled_from("常州武进江苏伟业恒立机械科技电子（）()【】有限责任股份公司集团分厂合伙企业A1 ·原")
    | st.characters(),
    max_size=24,
)


@given(NAMES)
def test_parts_put_together_are_the_normalised_name(text):
    name = parse_name(text)

    assert name.text == normalise_name(text)
    assert "".join(part.text for part in name.parts) == name.text
    assert [name.text[part.start : part.end] for part in name.parts] == [part.text for part in name.parts]
    assert parse_name(name.text) == name


@given(
    st.sampled_from(["伟业", "恒立达", "众诚", "ABC"]),
    st.sampled_from(["常州", "江苏", "昆山", "中国", "集团", "有限合伙", "甲组", "武进分公司"]),
    st.sampled_from(["机械", "科技", "股权投资", ""]),
    st.sampled_from(["有限公司", "股份有限公司", "厂", "合伙企业"]),
    st.sampled_from(BRACKETS),
)
def test_style_of_brackets_changes_nothing(trade_name, inside, industry, form, style):
    plain = parse_name(f"{trade_name}（{inside}）{industry}{form}")

    assert parse_name(f"{trade_name}{style[0]}{inside}{style[1]}{industry}{form}") == plain
