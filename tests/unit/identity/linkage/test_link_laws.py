"""What no data may break."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from yumiao.identity.linkage import link

# Characters of trade names that begin no region, no industry and no form.
CHARACTERS = "伟恒立达盛鑫诚瑞祥泰旺兴顺发荣裕"
TRADE_NAMES = st.text(st.sampled_from(CHARACTERS), min_size=2, max_size=4)
REGIONS = st.sampled_from(["", "常州", "常州市", "江苏", "武进", "苏州市"])
INDUSTRIES = st.sampled_from(["机械", "电子科技", "新材料", ""])
FORMS = st.sampled_from(["有限公司", "股份有限公司", "集团有限公司", "厂", ""])
ADDRESSES = st.sampled_from([None, "常州市武进区延政路16号"])
BRACKETS = ("（）", "()", "【】", "[]", "〔〕")


def one(name, address=None):
    return pl.DataFrame(
        {"key": ["1"], "name": [name], "address": [address]},
        schema={"key": pl.String, "name": pl.String, "address": pl.String},
    )


def answer(left, right):
    """The answer for two lists of one record, with its probability; None when nothing is said."""
    found = link(left, right).pairs
    return found.select("answer", "probability").rows()


@settings(max_examples=30, deadline=None)
@given(REGIONS, TRADE_NAMES, TRADE_NAMES, INDUSTRIES, FORMS, ADDRESSES)
def test_trade_names_that_differ_are_never_joined_by_names(
    region, one_name, other_name, industry, form, address
):
    left = one(f"{region}{one_name}{industry}{form}", address)
    right = one(f"{region}{other_name}{industry}{form}", address)

    joined = [row for row in answer(left, right) if row[0] == "same"]

    assert bool(joined) <= (one_name == other_name)


@settings(max_examples=30, deadline=None)
@given(
    TRADE_NAMES, REGIONS.filter(bool), INDUSTRIES, FORMS, st.sampled_from(BRACKETS), st.sampled_from(BRACKETS)
)
def test_style_of_brackets_never_changes_the_answer(trade_name, region, industry, form, style, other):
    known = one(f"{region}{trade_name}{industry}{form}")

    first, second = (
        answer(one(f"{trade_name}{marks[0]}{region}{marks[1]}{industry}{form}"), known)
        for marks in (style, other)
    )

    assert first == second


@settings(max_examples=25, deadline=None)
@given(REGIONS, REGIONS, TRADE_NAMES, TRADE_NAMES, INDUSTRIES, FORMS, FORMS)
def test_sides_may_be_exchanged(region, other_region, one_name, other_name, industry, form, other_form):
    left = one(f"{region}{one_name}{industry}{form}")
    right = one(f"{other_region}{other_name}{industry}{other_form}")

    there, back = answer(left, right), answer(right, left)

    assert [row[0] for row in there] == [row[0] for row in back]
    assert all(abs(a[1] - b[1]) < 1e-9 for a, b in zip(there, back, strict=True))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(REGIONS, TRADE_NAMES, INDUSTRIES, FORMS), min_size=1, max_size=12))
def test_each_record_is_the_same_as_one_other_at_most(rows):
    names = ["".join(row) for row in rows]
    keys = [str(number) for number in range(len(names))]
    parties = pl.DataFrame({"key": keys, "name": names})

    found = link(parties, parties)

    assert found.same()["left"].is_duplicated().sum() == 0
    settled = set(found.same()["left"])
    assert settled.isdisjoint(found.queue()["left"])
    assert set(found.unmatched).isdisjoint(settled | set(found.queue()["left"]))


WORDS = st.sampled_from(
    [
        "常州",
        "武进区",
        "伟业",
        "恒立",
        "机械",
        "有限公司",
        "（",
        "）",
        "集团",
        "分公司",
        "原",
        "厂",
        "{0}",
        "%",
        "'",
        '"',
        "ABC Co.,",
    ]
)
MESSY = st.lists(WORDS | st.text(max_size=2), max_size=8).map("".join)
ROW = st.fixed_dictionaries(
    {
        "name": st.none() | MESSY,
        "code": st.none() | st.sampled_from(["91320412MADEM0003L", "MADEM0003", "坏"]),
        "address": st.none() | MESSY,
        "former_names": st.none() | st.lists(MESSY, max_size=2),
        "short_names": st.none() | st.lists(MESSY, max_size=2),
        "region": st.none() | st.sampled_from(["320412", "甲"]),
    }
)
SCHEMA = {"key": pl.String, "name": pl.String, "code": pl.String, "address": pl.String, "region": pl.String}
SCHEMA |= {"former_names": pl.List(pl.String), "short_names": pl.List(pl.String)}


def listed(rows):
    numbered = [{"key": str(number), **row} for number, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=SCHEMA)


@settings(max_examples=30, deadline=None)
@given(st.lists(ROW, max_size=5), st.lists(ROW, max_size=5))
def test_messy_lists_are_linked_without_failing(left, right):
    found = link(listed(left), listed(right))

    assert found.pairs["evidence_zh"].null_count() == 0
    assert found.pairs["evidence_en"].null_count() == 0
    assert found.pairs["probability"].is_between(0, 1).all()
    assert found.pairs.select("left", "right").is_duplicated().sum() == 0
