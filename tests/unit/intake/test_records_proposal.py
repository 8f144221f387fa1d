"""Which column is which field, proposed from labels: only where the name is the field's own."""

import pytest
from tests.shipped_packs import shipped_packs

from yumiao.intake.records_proposal import propose_records
from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.packs.definitions import RegisterDefinition

REGISTER = RegisterDefinition.model_validate(
    {
        "label": {"zh": "台账", "en": "Register"},
        "columns": {
            "kind": {
                "label": {"zh": "类别", "en": "Kind"},
                "synonyms": ["种类", "编号"],
                "values": {"a": {"zh": "甲"}},
            },
            "number": {"type": "text", "label": {"zh": "登记号", "en": "Number"}, "synonyms": ["编号"]},
            "valid": {"type": "bool", "label": {"zh": "是否有效", "en": "Valid"}},
            "price": {"type": "CNY_10k", "label": {"zh": "价款", "en": "Price"}},
            "rank": "item",
        },
    }
)


def proposed(*header):
    found = propose_records(header, "reg", REGISTER)
    return (
        [(rule.label, rule.field) for rule in found.rule.fields],
        {unused.label: unused.reason.en for unused in found.unused},
    )


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("类别", "kind"),
        (" 类 别 ", "kind"),
        ("种类", "kind"),
        ("Kind", "kind"),
        ("kind", "kind"),
        ("有效", "valid"),
        ("是否有效（是/否）", "valid"),
        ("登记号（必填）", "number"),
        ("rank", "rank"),
        ("价款（元）", "price"),
    ],
)
def test_label_that_is_a_fields_own_is_proposed(label, field):
    assert proposed("企业名称", label, None) == ([(label, field)], {})


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("类别名", "no field has this label"),
        ("编号", "several fields have this label: kind, number"),
        ("价款", "the unit is not stated, or is not one of this field"),
        ("价款（人）", "the unit is not stated, or is not one of this field"),
    ],
)
def test_label_that_is_not_sure_is_left_unused_with_the_reason(label, reason):
    assert proposed("统一社会信用代码", label) == ([], {label: reason})


def test_second_column_of_a_field_is_unused():
    assert proposed("种类", "类别") == ([("种类", "kind")], {"类别": "“Kind” is given by the column “种类”"})


def test_proposal_tells_why_and_which_unit():
    found = propose_records(["种类", "价款(元)"], "reg", REGISTER)

    assert (found.rule.register, found.rule.is_complete) == ("reg", False)
    assert [(reason.field, reason.reason) for reason in found.reasons] == [
        ("kind", Text("“类别”也叫“种类”", "“种类” is another name of it")),
        ("price", Text("列名即“价款”", "the label is “Price”")),
    ]
    assert [rule.unit for rule in found.rule.fields] == [None, UNITS["CNY"]]


def test_usual_labels_of_the_shipped_register_are_found():
    header = [
        "序号", "企业名称", "统一社会信用代码", "专利名称", "专利号", "专利类型", "专利权人", "权利人排名", "取得方式",
        "申请日", "授权公告日", "转让日期", "法律状态", "对应产品", "是否与主导产品相关", "是否已用于高企认定",
    ]  # fmt: skip

    found = propose_records(header, "ip", shipped_packs().registers["ip"])

    assert {rule.label: rule.field for rule in found.rule.fields} == {
        "专利名称": "name",
        "专利号": "number",
        "专利类型": "kind",
        "专利权人": "owners",
        "权利人排名": "owner_rank",
        "取得方式": "origin",
        "申请日": "applied_on",
        "授权公告日": "granted_on",
        "转让日期": "transferred_on",
        "法律状态": "state",
        "对应产品": "product",
        "是否与主导产品相关": "related_to_main_product",
        "是否已用于高企认定": "used_for_hnte",
    }
    assert [unused.label for unused in found.unused] == ["序号"]


def test_no_two_fields_of_a_shipped_register_share_a_name():
    for register in shipped_packs().registers.values():
        labels = [
            word
            for name, column in register.columns.items()
            for word in {name, column.label_of(name).zh, *column.synonyms}
        ]
        assert len(labels) == len(set(labels))
