"""One form for every way to type a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.identity.names import comparison_form, normalise_name

TEXTS = st.text(
    st.sampled_from("常州偉業機械（）()【】〔〕有限公司 　·-ＡBc１2〇○。,．股份責任\u200b\t「」乾於馀﹙")
    | st.characters(),
    max_size=24,
)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("　常州偉業　機械【集團】 有限公司。", "常州伟业机械(集团)有限公司"),
        ("ＡＢＢ（中国）有限公司", "ABB(中国)有限公司"),
        ("常州〇八电子", "常州〇八电子"),
        ("常州○八电子", "常州〇八电子"),
        ("Changzhou  Weiye Co., Ltd.", "CHANGZHOU WEIYE CO., LTD"),
        ("“伟业”机械\u200b厂", "伟业机械厂"),
        ("常州乾元机械", "常州乾元机械"),
        ("", ""),
        (" \u3000。", ""),
    ],
)
def test_name_is_normalised(typed, normal):
    assert normalise_name(typed) == normal


@given(TEXTS)
def test_normalising_again_changes_nothing(text):
    once = normalise_name(text)

    assert normalise_name(once) == once
    assert comparison_form(comparison_form(once)) == comparison_form(once)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("伟业(常州)机械有限责任公司", "伟业常州机械有限公司"),
        ("伟业·机械-厂", "伟业机械厂"),
        ("A B/C", "ABC"),
    ],
)
def test_comparison_form_leaves_out_what_does_not_count(name, form):
    assert comparison_form(name) == form
