"""Two lists linked, step by step."""

import polars as pl
import pytest

from yumiao.identity.codes import check_character
from yumiao.identity.linkage import PAIRS, link
from yumiao.model.problems import YumiaoError

CODE = "91320412MADEM0003L"
OTHER_CODE = "91350100M000100Y43"
LISTS = {"former_names": pl.List(pl.String), "short_names": pl.List(pl.String)}


def parties(*rows):
    """A list of parties: each row is a name, or a mapping of columns; the keys are numbers."""
    full = [{"name": row} if isinstance(row, str) else row for row in rows]
    columns = ["name", "code", "former_names", "short_names", "address", "region"]
    texts = {"key": [str(number) for number in range(len(full))]}
    return pl.DataFrame(
        texts | {column: [row.get(column) for row in full] for column in columns},
        schema={"key": pl.String} | {column: LISTS.get(column, pl.String) for column in columns},
    )


def answers(left, right, **options):
    """What is said of each pair: left and right key -> answer and step."""
    rows = link(parties(*left), parties(*right), **options).pairs
    return {(row["left"], row["right"]): (row["answer"], row["step"]) for row in rows.iter_rows(named=True)}


# --- codes ---------------------------------------------------------------------------------------


def test_same_valid_code_is_the_same_party_whatever_the_names():
    found = link(
        parties({"name": "常州甲厂", "code": CODE.lower()}), parties({"name": "苏州乙店", "code": CODE})
    )

    row = found.pairs.row(0, named=True)
    assert (row["answer"], row["step"], row["probability"]) == ("same", "code", 1.0)
    assert row["evidence_zh"] == f"代码相同：{CODE}；名称不同：常州甲厂／苏州乙店"
    assert row["evidence_en"] == f"same code: {CODE}; names differ: 常州甲厂 / 苏州乙店"


def test_older_organisation_code_finds_the_code_that_contains_it():
    left = [{"name": "常州甲厂", "code": "MADEM000-3"}]
    right = [{"name": "常州乙厂", "code": CODE}]

    assert answers(left, right) == {("0", "0"): ("same", "code")}
    assert answers(right, left) == {("0", "0"): ("same", "code")}


def test_code_that_is_not_well_formed_identifies_nobody():
    wrong = "91320412MADEM0003K"

    assert answers([{"name": "常州甲纺织厂", "code": wrong}], [{"name": "苏州乙化工厂", "code": wrong}]) == {}


def test_contradicting_codes_are_never_joined():
    left = [{"name": "常州伟业机械有限公司", "code": CODE}]
    variants = ["常州伟业机械有限公司", "伟业（常州）机械有限公司", "常州伟业机械股份有限公司"]
    right = [{"name": name, "code": OTHER_CODE} for name in variants]

    for each in right:
        found = answers(left, [each])
        assert {answer for answer, _ in found.values()} <= {"different"}


def test_code_that_several_records_have_is_told_apart_by_name_or_by_a_person():
    left = [{"name": "常州伟业机械有限公司", "code": CODE}]
    right = [{"name": "常州恒立电子有限公司", "code": CODE}, {"name": "常州伟业机械有限公司", "code": CODE}]

    assert answers(left, right) == {("0", "1"): ("same", "code")}
    assert set(answers([{"name": "常州新名", "code": CODE}], right).values()) == {("person", "code")}


# --- decisions -----------------------------------------------------------------------------------


def decided(*rows):
    return pl.DataFrame(rows, schema=["left", "right", "answer"], orient="row")


def test_decision_goes_before_names():
    names = ["常州伟业机械有限公司"], ["常州伟业机械有限公司"]

    different = answers(*names, decisions=decided(("0", "0", "different")))
    same = answers(["常州甲厂"], ["苏州乙店"], decisions=decided(("0", "0", "same")))

    assert different == {("0", "0"): ("different", "decision")}
    assert same == {("0", "0"): ("same", "decision")}


def test_later_decision_counts():
    decisions = decided(("0", "0", "different"), ("0", "0", "same"))

    assert answers(["甲厂"], ["乙店"], decisions=decisions) == {("0", "0"): ("same", "decision")}


def test_pair_decided_to_be_different_competes_with_nobody():
    rivals = ["常州伟业机械有限公司", "常州伟业机械集团有限公司"]
    decisions = decided(("0", "1", "different"))

    found = answers(["常州伟业机械股份有限公司"], rivals, decisions=decisions)

    assert found == {("0", "0"): ("same", "probabilistic"), ("0", "1"): ("different", "decision")}


def test_decision_against_codes_goes_to_a_person_again():
    coded = [{"name": "常州甲厂", "code": CODE}]
    apart = answers(coded, coded, decisions=decided(("0", "0", "different")))
    joined = answers(coded, [{"name": "乙厂", "code": OTHER_CODE}], decisions=decided(("0", "0", "same")))

    assert apart == {("0", "0"): ("person", "code")}
    assert joined == {("0", "0"): ("person", "decision")}


def test_two_decisions_for_one_record_go_to_a_person_again():
    decisions = decided(("0", "0", "same"), ("0", "1", "same"))

    assert set(answers(["甲厂"], ["乙店", "丙社"], decisions=decisions).values()) == {("person", "decision")}


@pytest.mark.parametrize(
    "decisions",
    [pl.DataFrame({"left": ["0"]}), decided(("0", "0", "maybe")), decided(("0", "0", None))],
)
def test_decisions_of_another_shape_are_refused(decisions):
    with pytest.raises(YumiaoError) as refused:
        link(parties("甲厂"), parties("甲厂"), decisions=decisions)

    assert refused.value.code == "linkage.decisions"


# --- names ---------------------------------------------------------------------------------------

KNOWN = "常州伟业机械有限公司"


@pytest.mark.parametrize(
    "name",
    [
        "常州伟业机械有限公司",
        "常州伟业机械有限责任公司",
        "常州偉業機械有限公司",
        "常州市伟业机械有限公司",
        "江苏常州伟业机械有限公司",
        "江苏省常州市伟业机械有限公司",
        "伟业（常州）机械有限公司",
        "伟业机械(常州)有限公司",
        "伟业【常州】机械有限公司",
        "　常州 伟业机械　有限公司。",
        "常州伟业机械有限公司（原常州机械二厂）",
    ],
)
def test_name_written_otherwise_is_the_same(name):
    assert answers([name], [KNOWN]) == {("0", "0"): ("same", "name")}
    assert answers([KNOWN], [name]) == {("0", "0"): ("same", "name")}


def test_recorded_change_of_name_is_the_same_on_either_side():
    record = {"name": "常州新业科技有限公司", "former_names": ["常州伟业机械有限公司"]}

    assert answers([KNOWN], [record]) == {("0", "0"): ("same", "change_of_name")}
    assert answers([record], [KNOWN]) == {("0", "0"): ("same", "change_of_name")}
    assert answers(["常州新业科技有限公司（原常州伟业机械有限公司）"], [KNOWN]) == {
        ("0", "0"): ("same", "change_of_name")
    }


def test_former_name_that_another_record_bears_today_goes_to_a_person():
    record = {"name": "常州新业科技有限公司", "former_names": [KNOWN]}

    assert answers([KNOWN], [record, KNOWN])[("0", "0")] == ("person", "change_of_name")


def test_name_that_several_records_bear_goes_to_a_person():
    assert set(answers([KNOWN], [KNOWN, "常州伟业机械 有限公司"]).values()) == {("person", "name")}


def test_equal_names_without_region_and_with_seats_in_different_cities_go_to_a_person():
    bare = "伟业机械有限公司"
    here, near, far = (
        {"name": bare, "address": f"江苏省{city}市某路1号"} for city in ("常州", "溧阳", "苏州")
    )

    assert answers([here], [near]) == {("0", "0"): ("same", "name")}
    assert answers([here], [far]) == {("0", "0"): ("person", "name")}
    assert answers([here], [bare]) == {("0", "0"): ("same", "name")}
    assert answers([here | {"name": KNOWN}], [far | {"name": KNOWN}]) == {("0", "0"): ("same", "name")}


def test_name_that_very_many_records_bear_shows_a_few_of_them():
    found = link(parties(KNOWN), parties(*[KNOWN] * 50))

    assert set(found.pairs["answer"]) == {"person"}
    assert found.pairs.height == 5


def test_word_for_no_name_is_no_name():
    assert answers([{"name": "无"}, {"name": "不详"}], [{"name": "无"}, {"name": "不详"}]) == {}


def test_name_without_region_goes_to_a_person_unless_its_seat_is_known():
    bare = "伟业机械有限公司"
    seated = [{"name": bare, "address": "江苏省常州市武进区延政路1号"}]
    placed = [{"name": bare, "region": "320412"}]
    elsewhere = [{"name": bare, "region": "320500"}]

    assert answers([bare], [KNOWN]) == {("0", "0"): ("person", "name")}
    assert answers(seated, [KNOWN]) == {("0", "0"): ("same", "name")}
    assert answers(placed, [KNOWN]) == {("0", "0"): ("same", "name")}
    assert ("same", "name") not in answers(elsewhere, [KNOWN]).values()


def test_seat_in_the_province_alone_does_not_decide():
    left = [{"name": "伟业机械有限公司", "region": "320412"}]

    assert answers(left, ["江苏伟业机械有限公司"]) == {("0", "0"): ("person", "name")}


def test_branch_is_another_party_than_its_company():
    found = link(parties("常州市伟业机械有限公司武进分公司"), parties(KNOWN))

    row = found.pairs.row(0, named=True)
    assert (row["answer"], row["relation"]) == ("different", "branch_of")
    assert row["evidence_zh"] == "常州市伟业机械有限公司武进分公司是常州伟业机械有限公司的分支机构"
    assert found.unmatched.to_list() == ["0"]


def test_two_branches_of_one_company_differ():
    one, two = f"{KNOWN}武进分公司", f"{KNOWN}溧阳分公司"

    assert ("same", "name") not in answers([one], [two]).values()
    assert answers([one], [one]) == {("0", "0"): ("same", "name")}


# --- probabilities -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("常州伟业机械股份有限公司", "same"),
        ("常州伟业机械", "same"),
        ("伟业机械", "person"),
        ("常州伟业机械制造有限公司", "person"),
        ("江苏伟业机械有限公司", "person"),
        ("常州伟业机械集团有限公司", "person"),
    ],
)
def test_name_that_is_nearly_the_same_is_weighed(name, answer):
    assert answers([name], [KNOWN]) == {("0", "0"): (answer, "probabilistic")}


def test_weights_and_words_of_a_weighed_pair_are_shown():
    row = link(parties("常州伟业科技有限公司"), parties(KNOWN)).pairs.row(0, named=True)

    assert [(weight["part"], weight["level"]) for weight in row["weights"]] == [
        ("trade_name", "equal"),
        ("industry", "else"),
        ("region", "equal"),
        ("form", "equal"),
        ("branch", "equal"),
        ("address", "unknown"),
    ]
    assert row["evidence_zh"].startswith("常州伟业科技有限公司／常州伟业机械有限公司：字号相同（伟业） +")
    assert "行业不同（科技／机械） −4.5" in row["evidence_zh"]
    assert "industries differ (科技 / 机械) −4.5" in row["evidence_en"]


def test_recorded_short_name_brings_the_pair_before_a_person():
    known = {"name": "常州恒立达新能源科技股份有限公司", "short_names": ["恒达新能"]}

    assert answers(["恒达新能"], [known])[("0", "0")][0] == "person"


def test_same_address_adds_weight():
    address = "常州市武进区延政路16号"
    near = link(
        parties({"name": "常州玮业机械有限公司", "address": address}),
        parties({"name": KNOWN, "address": address}),
    ).pairs.row(0, named=True)

    assert near["answer"] == "person"
    assert "地址的路名门牌相同" in near["evidence_zh"]


def test_pair_with_a_rival_goes_to_a_person():
    rivals = ["常州伟业机械有限公司", "常州伟业机械集团有限公司"]

    assert set(answers(["常州伟业机械股份有限公司"], rivals).values()) == {("person", "probabilistic")}


def test_related_codes_are_shown_to_a_person():
    moved = "92320412MADEM0003"
    moved += check_character(moved)
    left, right = {"name": "常州伟业机械厂", "code": moved}, {"name": KNOWN, "code": CODE}

    assert answers([left], [right]) == {("0", "0"): ("person", "probabilistic")}


def test_without_probabilities_only_the_exact_steps_answer():
    assert answers(["常州伟业机械股份有限公司"], [KNOWN], with_probabilities=False) == {}


# --- the whole -----------------------------------------------------------------------------------


def test_queue_begins_with_the_least_sure():
    left = ["常州伟业科技有限公司", "常州伟业机械制造有限公司", "伟业机械"]

    queue = link(parties(*left), parties(KNOWN)).queue()

    doubts = (queue["probability"] - 0.5).abs().to_list()
    assert len(doubts) >= 2
    assert doubts == sorted(doubts)


def test_order_of_rows_changes_no_answer():
    left = ["常州伟业科技有限公司", "常州伟业机械股份有限公司", "伟业机械", "常州恒立电子厂"]
    right = [KNOWN, "常州恒立电子有限公司", "苏州伟业机械有限公司"]

    there = link(parties(*left), parties(*right))
    back = link(parties(*left)[::-1], parties(*right)[::-1])

    assert there.pairs.drop("weights").equals(back.pairs.drop("weights"))


def test_empty_lists_give_no_pairs():
    nobody = parties()

    for left, right in ((nobody, nobody), (parties(KNOWN), nobody), (nobody, parties(KNOWN))):
        found = link(left, right)
        assert (found.pairs.height, dict(found.pairs.schema)) == (0, dict(pl.DataFrame(schema=PAIRS).schema))
        assert len(found.unmatched) == left.height


def test_only_key_and_name_are_needed():
    left = pl.DataFrame({"key": ["a"], "name": [KNOWN]})

    assert link(left, left).same().select("left", "right").rows() == [("a", "a")]


def test_record_without_name_or_code_is_matched_to_nobody():
    found = link(parties({"name": None}), parties(KNOWN, {"name": None}))

    assert (found.pairs.height, found.unmatched.to_list()) == (0, ["0"])


@pytest.mark.parametrize(
    ("left", "code"),
    [
        (pl.DataFrame({"name": ["甲"]}), "linkage.columns"),
        (pl.DataFrame({"key": ["1", "1"], "name": ["甲", "乙"]}), "linkage.keys"),
        (
            pl.DataFrame({"key": [None], "name": ["甲"]}, schema={"key": pl.String, "name": pl.String}),
            "linkage.keys",
        ),
        (pl.DataFrame({"key": [1], "name": ["甲"]}), "linkage.column_type"),
    ],
)
def test_list_of_another_shape_is_refused_in_both_languages(left, code):
    with pytest.raises(YumiaoError) as refused:
        link(left, parties(KNOWN))

    assert refused.value.code == code
    assert refused.value.text.zh.startswith("左表")
    assert refused.value.text.en.startswith("left")
