"""Rows of a file read as rows of a register: every cell a value, unknown, or a reported fault."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped_packs import shipped_packs

from yumiao.intake.faults import LISTED, ProblemLog
from yumiao.intake.mapping import MappingFile, SubjectColumns
from yumiao.intake.records import gather_records, read_records, record_schema
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.intake.tables import Table
from yumiao.packs.definitions import RegisterDefinition

REGISTER = RegisterDefinition.model_validate(
    {
        "label": {"zh": "台账", "en": "Register"},
        "columns": {
            "number": {"type": "text", "label": {"zh": "登记号", "en": "Number"}},
            "note": "text",
            "kind": {
                "label": {"zh": "类别", "en": "Kind"},
                "values": {
                    "patent": {"zh": "发明专利", "en": "Patent"},
                    "design": {"zh": "外观设计", "en": "Design"},
                },
                "words": {"patent": ["发明"]},
            },
            "valid": {"type": "bool", "label": {"zh": "是否有效", "en": "Valid"}},
            "granted_on": {"type": "date", "label": {"zh": "授权日", "en": "Granted on"}},
            "rank": {"type": "item", "label": {"zh": "排名", "en": "Rank"}},
            "price": {"type": "CNY_10k", "label": {"zh": "价款", "en": "Price"}},
        },
        "number": "number",
    }
)


def table_of(header, *rows, index=2):
    columns = {str(at): pl.Series([row[at] for row in rows], dtype=pl.String) for at in range(len(header))}
    mapping = MappingFile("m", SubjectColumns(name="企业名称"))
    return Table("ip.xlsx", "台账", tuple(header), index, mapping, pl.DataFrame(columns))


def placed(table, subjects=None):
    ids = subjects or [f"s{number}" for number in range(table.rows.height)]
    return pl.DataFrame(
        {"row": range(len(ids)), "subject": ids}, schema={"row": pl.UInt32, "subject": pl.String}
    )


def read(header, *rows, fields, log=None, **rule):
    table = table_of(header, *rows)
    asked = RecordsRule("reg", tuple(fields), **rule)
    return read_records(table, asked, REGISTER, placed(table), log)


def column(field, *cells, **rule):
    """One column read as one field: the values, and the codes and places of the problems."""
    found = read(
        ["企业名称", "列"],
        *(["甲", cell] for cell in cells),
        fields=[FieldRule("列", field, **rule)],
        fixed=(("note", "-"),),
    )
    return found.rows[field].to_list(), [(problem.code, problem.cell) for problem in found.problems]


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("number", " ZL 2019 1 0123456.7 ", "ZL 2019 1 0123456.7"),
        ("kind", "发明", "patent"),
        ("kind", "发明专利", "patent"),
        ("kind", "design", "design"),
        ("valid", "是", True),
        ("valid", "否", False),
        ("granted_on", "2024年3月5日", dt.date(2024, 3, 5)),
        ("granted_on", "2024/3/5", dt.date(2024, 3, 5)),
        ("rank", "３", 3),
        ("price", "1.5", 1_500_000),
        ("kind", "", None),
        ("rank", None, None),
    ],
)
def test_cell_gives_the_value_of_its_field(field, cell, value):
    assert column(field, cell) == ([value], [])


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("kind", "商标", "unknown_category"),
        ("valid", "有效期内", "not_yes_no"),
        ("granted_on", "2024年3月", "not_a_date"),
        ("rank", "第一", "not_a_number"),
        ("rank", "-1", "outside_domain"),
        ("number", "#REF!", "text_unreadable"),
        ("number", "2.01910123456E+11", "text_unreadable"),
        ("note", "=A1", "text_unreadable"),
    ],
)
def test_cell_that_cannot_be_read_is_unknown_reported_and_keeps_its_row(field, cell, code):
    values, problems = column(field, cell) if field != "note" else note_column(cell)

    assert values == [None]
    assert problems == [(code, "B4")]


def note_column(cell):
    found = read(
        ["企业名称", "列", "号"],
        ["甲", cell, "1"],
        fields=[FieldRule("列", "note"), FieldRule("号", "number")],
    )
    return found.rows["note"].to_list(), [(problem.code, problem.cell) for problem in found.problems]


def test_rule_says_further_words_units_and_what_is_missing():
    assert column("kind", "专利A", "发明", "不详", values=(("专利A", "patent"),), missing=("不详",)) == (
        ["patent", "patent", None],
        [],
    )
    assert column("number", "无", "7", missing=("无",)) == ([None, "7"], [])
    assert column("valid", "有效", "失效", yes=("有效",), no=("失效",)) == ([True, False], [])


def test_fault_is_told_as_for_facts_in_both_languages():
    found = read(["企业名称", "排名"], ["甲", "第一"], fields=[FieldRule("排名", "rank")])

    assert [
        (problem.text.zh, problem.text.en, problem.found, problem.place) for problem in found.problems
    ] == [
        (
            "排名：“第一”不可用，应为数字（件）；若表示未知，请写入 missing。",
            "Rank: “第一” cannot be used, expected a number (items); if it means unknown, declare it under missing.",
            "第一",
            "ip.xlsx 台账 B4",
        )
    ]


def test_row_has_its_subject_place_and_fields_and_what_is_not_mapped_is_unknown():
    found = read(
        ["企业名称", "类别", "登记号"],
        ["甲", "发明", "1"],
        ["乙", "外观设计", None],
        fields=[FieldRule("登记号", "number"), FieldRule("类别", "kind")],
        is_complete=True,
    )

    assert dict(found.rows.schema) == record_schema(REGISTER)
    assert found.rows.select("subject", "row_id", "file", "sheet", "cell", "complete").rows() == [
        ("s0", "台账!4", "ip.xlsx", "台账", "B4", True),
        ("s1", "台账!5", "ip.xlsx", "台账", "B5", True),
    ]
    assert found.rows.select("number", "kind", "valid", "granted_on").rows() == [
        ("1", "patent", None, None),
        (None, "design", None, None),
    ]
    assert dict(found.columns) == {"number": "C", "kind": "B"}


def test_row_without_any_mapped_cell_says_nothing_unless_a_field_is_fixed():
    header, rows = ["企业名称", "类别"], (["甲", " "], ["乙", "发明"])
    fields = [FieldRule("类别", "kind")]

    assert read(header, *rows, fields=fields).rows["subject"].to_list() == ["s1"]
    assert read(header, *rows, fields=fields, fixed=(("note", "名单"),)).rows["note"].to_list() == [
        "名单",
        "名单",
    ]


def test_fixed_field_is_read_like_a_cell_and_reported_when_it_cannot_be():
    found = read(
        ["企业名称"],
        ["甲"],
        fields=[],
        fixed=(("kind", "发明"), ("granted_on", "2024-03-05"), ("valid", "也许")),
    )

    assert found.rows.select("kind", "granted_on", "valid").rows() == [("patent", dt.date(2024, 3, 5), None)]
    assert [(problem.code, problem.place, problem.found) for problem in found.problems] == [
        ("not_yes_no", "ip.xlsx", "也许")
    ]


def test_field_whose_column_is_not_there_is_unknown():
    found = read(
        ["企业名称", "类别"],
        ["甲", "发明"],
        fields=[FieldRule("类别", "kind"), FieldRule("授权日期", "granted_on")],
    )

    assert found.rows["granted_on"].to_list() == [None]
    assert dict(found.columns) == {"kind": "B"}
    assert found.problems == ()


def test_only_placed_rows_are_read():
    table = table_of(["企业名称", "类别"], ["甲", "发明"], ["合计", "2"], ["乙", "外观设计"])
    rows = pl.DataFrame(
        {"row": [0, 2], "subject": ["a", "b"]}, schema={"row": pl.UInt32, "subject": pl.String}
    )

    found = read_records(table, RecordsRule("reg", (FieldRule("类别", "kind"),)), REGISTER, rows)

    assert found.rows.select("subject", "kind", "cell").rows() == [
        ("a", "patent", "B4"),
        ("b", "design", "B6"),
    ]
    assert found.problems == ()


@pytest.mark.parametrize(("field", "cell"), [("rank", "x"), ("number", "#N/A")])
def test_column_that_is_wrong_throughout_is_told_once_and_counted(field, cell):
    log = ProblemLog()

    found = read(
        ["企业名称", "列"], *([["甲", cell]] * (LISTED + 7)), fields=[FieldRule("列", field)], log=log
    )

    assert found.problems == ()
    assert len(log.problems()) == LISTED + 1
    assert log.problems()[-1].text.en == "7 more problems of this kind are not listed."


def test_rows_of_several_tables_are_put_together_by_register():
    one = read(["企业名称", "类别"], ["甲", "发明"], fields=[FieldRule("类别", "kind")])
    two = read(["企业名称", "排名"], ["乙", "2"], fields=[FieldRule("排名", "rank")])

    found = gather_records([one, two], {"reg": REGISTER})

    assert found["reg"].select("kind", "rank").rows() == [("patent", None), (None, 2)]


def test_list_of_titles_is_read_with_the_title_that_the_whole_file_has():
    register = shipped_packs().registers["titles"]
    table = table_of(["企业名称", "证书编号", "发证日期"], ["甲", "GR202432000001", "2024-11-06"])
    rule = RecordsRule(
        "titles",
        (FieldRule("证书编号", "certificate"), FieldRule("发证日期", "on")),
        fixed=(("title", "hnte"), ("event", "granted")),
    )

    found = read_records(table, rule, register, placed(table))

    assert found.problems == ()
    assert found.rows.select("title", "event", "on", "certificate", "valid_until").rows() == [
        ("hnte", "granted", dt.date(2024, 11, 6), "GR202432000001", None)
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["发明", "design", "?", "", None]), st.sampled_from(["1", "x", None])),
        max_size=8,
    )
)
def test_every_row_with_text_stays_and_every_cell_is_read_or_reported(cells):
    rows = [["甲", kind, rank] for kind, rank in cells]
    found = read(
        ["企业名称", "类别", "排名"], *rows, fields=[FieldRule("类别", "kind"), FieldRule("排名", "rank")]
    )

    kept = [(kind, rank) for kind, rank in cells if kind or rank]
    assert found.rows.select("kind", "rank").rows() == [
        ({"发明": "patent", "design": "design"}.get(kind or ""), {"1": 1}.get(rank or ""))
        for kind, rank in kept
    ]
    assert sorted(problem.code for problem in found.problems) == sorted(
        ["unknown_category" for kind, _ in kept if kind == "?"]
        + ["not_a_number" for _, rank in kept if rank == "x"]
    )
