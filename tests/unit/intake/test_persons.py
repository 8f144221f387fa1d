"""Persons in a file: recognised, dropped, refused, counted; nothing of them goes further."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.candidates import PlacedTable
from yumiao.intake.cells import Sheet, Workbook
from yumiao.intake.choice import choose, offer_of
from yumiao.intake.facts import place_rows
from yumiao.intake.faults import ProblemLog
from yumiao.intake.mapping import MappingFile, SubjectColumns
from yumiao.intake.person_kinds import PersonKind, is_id_number, kind_of_cells, kind_of_label
from yumiao.intake.persons import count_persons, drop_persons, person_columns, refuse_persons
from yumiao.intake.persons_mapping import PersonCount, PersonsRule, Where
from yumiao.intake.tables import find_table
from yumiao.model.periods import Year
from yumiao.model.problems import YumiaoError

YEAR = 2025
TOTAL = PersonCount("staff_period_end", Year(YEAR, relative=False))
RESEARCH = PersonCount("rd_staff", Year(YEAR, relative=False), (Where("是否研发人员", ("是",)),))


def id_number(first_17):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True))
    return first_17 + "10X98765432"[total % 11]


INVENTED_ID = id_number("99999919900307000")


def card_number(digits):
    """The digits with the last one that cards check by."""
    doubled = [int(digit) * 2 for digit in digits[::-2]]
    total = sum(number // 10 + number % 10 for number in doubled) + sum(map(int, digits[-2::-2]))
    return digits + str(-total % 10)


CARDS = [card_number(digits) for digits in ("622200000000000000", "400000000000000", "622202000000000001")]


def table_of(columns, rule=None):
    names = list(columns)
    rows = [names, *zip(*columns.values(), strict=True)]
    cells = pl.DataFrame(rows, schema={str(i): pl.String for i in range(len(names))}, orient="row")
    workbook = Workbook(Path("staff.csv"), (Sheet("staff", cells),), encoding="utf-8")
    mapping = MappingFile("staff", SubjectColumns(name="企业名称"), persons=rule)
    return find_table(workbook, "staff.csv", METRICS, mapping)


def place(table, subjects, years=None):
    rows = pl.DataFrame(
        {"row": range(len(subjects)), "s": subjects, "y": years or [None] * len(subjects)},
        schema={"row": pl.UInt32, "s": pl.UInt32, "y": pl.Int32},
    )
    return PlacedTable(table, 0, rows, has_year=years is not None)


def counted(table, subjects, years=None):
    log = ProblemLog()
    found = count_persons(place(table, subjects, years), METRICS, YEAR + 1, log)
    values = {
        (each.target, s): value for each in found for s, value in each.frame.select("s", "value").iter_rows()
    }
    return values, log.problems()


# ── recognising ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("姓名", PersonKind.NAME),
        ("法定代表人", PersonKind.NAME),
        ("基本情况 / 联系人", PersonKind.NAME),
        ("企业负责人", PersonKind.NAME),
        ("身份证号码", PersonKind.ID_NUMBER),
        ("联系电话", PersonKind.PHONE),
        ("手 机", PersonKind.PHONE),
        ("电子邮箱", PersonKind.EMAIL),
        ("家庭住址", PersonKind.ADDRESS),
        ("出生年月", PersonKind.BIRTH),
        ("开户银行账号", PersonKind.ACCOUNT),
        ("企业名称", None),
        ("法人单位名称", None),
        ("注册地址", None),
        ("联系人数量", None),
        ("是否有联系人", None),
        ("员工", None),
        ("成立日期", None),
        ("证书编号", None),
    ],
)
def test_label_says_whether_a_column_is_about_persons(label, kind):
    assert kind_of_label(label) is kind


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["无", f"见 {INVENTED_ID} 号"], PersonKind.ID_NUMBER),
        (["13800000000", "13900000001", "18600000002"], PersonKind.PHONE),
        (["138 0000 0000 甲某"], PersonKind.PHONE),
        (["a.b@example.com", ""], PersonKind.EMAIL),
        (CARDS, PersonKind.ACCOUNT),
        ([*CARDS[:2], "6222020000000000009"], None),
        (["91320412MADEM0003L"], None),
        (["GR13800000000", "13800000000A"], None),
        (["13800000000", "120.5", "99", "5600"], None),
        (["13800000000.55", "1", "2"], None),
        (["320412199003070000"], None),
        (["甲公司", "乙公司"], None),
        ([None, ""], None),
    ],
)
def test_cells_say_whether_a_column_is_about_persons(cells, kind):
    assert kind_of_cells(pl.Series(cells, dtype=pl.String)) is kind


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.integers(0, 999), st.integers(100000, 999999))
def test_identity_number_is_known_by_its_date_and_check_digit(born, order, region):
    number = id_number(f"{region}{born:%Y%m%d}{order:03d}")

    others = {number[:17] + last for last in "0123456789X"} - {number}

    assert is_id_number(number)
    assert is_id_number(number.lower())
    assert not any(map(is_id_number, others))


def test_identity_number_of_a_day_that_no_month_has_is_none():
    assert not is_id_number(id_number("99999919900230001"))


# ── refusing and dropping ──────────────────────────────────────────────────────────────────────────────────

STAFF = {
    "企业名称": ["甲公司", "乙公司"],
    "联系人": ["张三", "李四"],
    "备注": ["13800000000 王五", None],
    "研发人员": ["3", "4"],
}


def test_columns_about_persons_that_the_mapping_is_silent_on_refuse_the_file_without_repeating_a_cell():
    with pytest.raises(YumiaoError) as refused:
        refuse_persons(table_of(STAFF))

    told = str(refused.value.text.zh + refused.value.text.en) + "".join(
        problem.text.zh + problem.text.en + problem.found for problem in refused.value.problems
    )
    assert refused.value.code == "persons_undeclared"
    assert [(problem.code, problem.cell) for problem in refused.value.problems] == [
        ("person_column", "B1"),
        ("person_column", "C1"),
    ]
    assert [name for name in ("张三", "李四", "王五", "13800000000") if name in told] == []
    assert "drop: [联系人, 备注]" in told


def test_dropped_columns_are_empty_for_whatever_comes_after():
    table = table_of(STAFF, PersonsRule(drop=("联系人", "备注")))

    left = drop_persons(table)

    refuse_persons(table)
    assert person_columns(table) == ()
    assert left.texts(1).to_list() == [None, None]
    assert left.texts(2).to_list() == [None, None]
    assert left.texts(3).to_list() == ["3", "4"]
    assert left.header == table.header


def test_column_below_a_heading_is_dropped_by_its_own_label():
    rule = PersonsRule(drop=("姓名",))
    rows = [
        ("企业名称", "联系人", None),
        (None, "姓名", "手机"),
        ("甲公司", "张三", "13800000000"),
        ("乙公司", "李四", None),
    ]
    cells = pl.DataFrame(rows, schema={str(i): pl.String for i in range(3)}, orient="row")
    sheet = Sheet("staff", cells, ((0, 1, 0, 2), (0, 0, 1, 0)))
    mapping = MappingFile("staff", SubjectColumns(name="企业名称"), persons=rule)
    table = find_table(Workbook(Path("staff.xlsx"), (sheet,)), "staff.xlsx", METRICS, mapping)

    assert table.header == ("企业名称", "联系人 / 姓名", "联系人 / 手机")
    assert [column.label for column in person_columns(table)] == ["联系人 / 手机"]
    assert drop_persons(table).texts(1).to_list() == [None, None]


def test_column_needed_for_counting_need_not_be_dropped():
    table = table_of(
        {"企业名称": ["甲公司"], "身份证号": [INVENTED_ID]}, PersonsRule(counts=(TOTAL,), once_per="身份证号")
    )

    refuse_persons(table)

    assert counted(table, [0])[0] == {(("staff_period_end", YEAR, False), 0): 1}


# ── counting ───────────────────────────────────────────────────────────────────────────────────────────────

ROWS = {
    "企业名称": ["甲", "甲", "乙", "甲", "乙"],
    "身份证号": ["1", "2", "3", "2", "4"],
    "是否研发人员": ["是", "否", "是", "否", None],
}


def test_rows_are_counted_per_subject_and_condition_and_an_unknown_row_leaves_an_upper_bound():
    values, problems = counted(table_of(ROWS, PersonsRule(counts=(TOTAL, RESEARCH))), [0, 0, 1, 0, 1])

    assert values == {
        (("staff_period_end", YEAR, False), 0): 3,
        (("staff_period_end", YEAR, False), 1): 2,
        (("rd_staff", YEAR, False), 0): 1,
        (("rd_staff", YEAR, True), 1): 2,
    }
    assert problems == ()


def test_person_in_several_rows_counts_once_where_persons_can_be_told_apart():
    rule = PersonsRule(counts=(TOTAL,), once_per="身份证号")

    values, problems = counted(table_of(ROWS, rule), [0, 0, 1, 0, 1])

    assert list(values.values()) == [2, 2]
    assert [(problem.code, problem.cell) for problem in problems] == [("person_repeated", "B5")]
    assert "2" not in problems[0].found


def test_word_that_is_neither_yes_nor_no_is_reported_and_unknown():
    cells = {"企业名称": ["甲", "甲"], "是否研发人员": ["大概", "是"]}

    values, problems = counted(table_of(cells, PersonsRule(counts=(RESEARCH,))), [0, 0])

    assert values == {(("rd_staff", YEAR, True), 0): 2}
    assert [(problem.code, problem.cell, problem.found) for problem in problems] == [
        ("not_yes_no", "B2", "大概")
    ]


def test_categories_and_missing_codes_are_told_apart():
    cells = {"企业名称": ["甲"] * 4, "学历": ["硕士", "本科", "博士", "不详"]}
    count = PersonCount("rd_staff", TOTAL.year, (Where("学历", ("硕士", "博士")),))

    exact, _ = counted(table_of(cells, PersonsRule(counts=(count,))), [0] * 4)
    bound, _ = counted(table_of(cells, PersonsRule(counts=(count,), missing=("不详",))), [0] * 4)

    assert exact == {(("rd_staff", YEAR, False), 0): 2}
    assert bound == {(("rd_staff", YEAR, True), 0): 3}


def test_rows_of_several_years_are_counted_year_by_year():
    count = PersonCount("rd_staff")
    values, _ = counted(
        table_of({"企业名称": ["甲"] * 3, "x": ["1", "2", "3"]}, PersonsRule(counts=(count,))),
        [0, 0, 0],
        [2024, 2025, 2025],
    )

    assert values == {(("rd_staff", 2024, False), 0): 1, (("rd_staff", 2025, False), 0): 2}


def test_count_without_its_column_is_reported_and_left_out():
    values, problems = counted(
        table_of({"企业名称": ["甲"], "x": ["1"]}, PersonsRule(counts=(RESEARCH,))), [0]
    )

    assert values == {}
    assert [problem.code for problem in problems] == ["column_missing"]


def test_what_counting_gives_holds_no_cell_of_a_person():
    table = table_of(ROWS, PersonsRule(counts=(TOTAL, RESEARCH), once_per="身份证号"))
    found = count_persons(place(table, [0, 0, 1, 0, 1]), METRICS, YEAR + 1, ProblemLog())

    assert {raw for each in found for raw in each.frame["raw"]} == {"2 行", "1 行", "≤ 2 行"}
    assert {cell for each in found for cell in each.frame.select(each.cells()).to_series()} == {"A2", "A4"}


def test_table_with_one_row_per_person_becomes_facts_of_subjects():
    table = drop_persons(
        table_of(
            {**ROWS, "姓名": ["a", "b", "c", "d", "e"]}, PersonsRule(("姓名",), (TOTAL, RESEARCH), "身份证号")
        )
    )
    log = ProblemLog()

    placed = place_rows([table], YEAR + 1, log)
    offers = [offer_of(each) for each in count_persons(placed.tables[0], METRICS, YEAR + 1, log)]
    facts = placed.facts(
        choose(offers, METRICS, log), METRICS, "b", "2026-01-01T00:00:00+08:00", log.problems()
    )

    assert facts.table.rows(named=True) == [
        {
            "subject": "甲",
            "name": "甲",
            "code": None,
            "staff_period_end@2025": 2,
            "rd_staff@2025": 1,
            "rd_staff@2025#low": None,
            "rd_staff@2025#high": None,
        },
        {
            "subject": "乙",
            "name": "乙",
            "code": None,
            "staff_period_end@2025": 2,
            "rd_staff@2025": None,
            "rd_staff@2025#low": 0,
            "rd_staff@2025#high": 2,
        },
    ]
    assert facts.sources.select("subject", "column", "raw", "cell").rows() == [
        ("甲", "staff_period_end@2025", "2 行", "A2"),
        ("乙", "staff_period_end@2025", "2 行", "A4"),
        ("甲", "rd_staff@2025", "1 行", "A2"),
        ("乙", "rd_staff@2025#high", "≤ 2 行", "A4"),
    ]


ANSWERS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["是", "否", None])), min_size=1, max_size=20)


@settings(max_examples=50, deadline=None)
@given(rows=ANSWERS, data=st.data())
def test_count_holds_whatever_the_unknown_rows_turn_out_to_be(rows, data):
    def count(answers):
        cells = {"企业名称": ["甲"] * len(rows), "是否研发人员": answers}
        return counted(table_of(cells, PersonsRule(counts=(RESEARCH,))), [s for s, _ in rows])[0]

    before = count([answer for _, answer in rows])
    after = count([answer or data.draw(st.sampled_from(["是", "否"])) for _, answer in rows])

    assert not any(is_bound for (_, _, is_bound), _ in after)
    for (target, subject), value in before.items():
        exact = after[(*target[:2], False), subject]
        assert exact <= value if target[2] else exact == value
