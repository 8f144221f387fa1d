"""The register of intellectual property that ships: counted by each policy's filter, from a file to a verdict."""

import datetime as dt

import polars as pl
import pytest
from tests.shipped_packs import shipped_packs
from tests.unit.evaluate.registers_for_tests import rows_of

from yumiao.evaluate.counted import counted_facts
from yumiao.evaluate.counting import count_rows
from yumiao.evaluate.counting_rows import believed_sources
from yumiao.evaluate.row_reasons import counted_rows
from yumiao.evaluate.runs import evaluate
from yumiao.intake.faults import ProblemLog
from yumiao.intake.records import read_records
from yumiao.intake.records_proposal import propose_records
from yumiao.intake.subjects import index_subjects, read_identities
from yumiao.intake.tables import find_table
from yumiao.intake.workbooks import read_workbook
from yumiao.model.facts import Facts
from yumiao.rules.registers import filters_of

LIBRARY = shipped_packs()
IP = LIBRARY.registers["ip"]
AS_OF = dt.date(2026, 7, 15)


def days_before(days: int) -> dt.date:
    return AS_OF - dt.timedelta(days=days)


GOOD = {
    "kind": "invention_patent",
    "granted_on": dt.date(2020, 1, 1),
    "valid": True,
    "granted_in_china": True,
    "related_to_main_product": True,
    "applied_and_earning": True,
    "self_developed": True,
    "transferred_in": False,
    "owner_rank": 1,
    "claimed_by_co_owner": False,
    "used_for_hnte": False,
    "high_value": True,
    "complete": True,
}
CLASS1 = {
    "1.tsme",
    "1.hnte",
    "1.srdi_2022",
    "1.srdi_2026",
    "1_high_value.srdi_2022",
    "1_self_developed.srdi_2022",
}
CLASS2 = {"2.tsme", "2.hnte", "2.srdi_2022"}


def counted_by(row):
    """The filters that count one row, by class and name; one that may count it is marked with ?"""
    found = count_rows(rows_of(IP, GOOD | row), IP, AS_OF).table.row(0, named=True)
    marks = {(1, 1): "", (0, 1): "?"}
    return {
        name.removeprefix("ip_class").replace("_count", "") + marks[ends]
        for name in filters_of(IP)
        if (ends := (found[f"{name}#low"], found[f"{name}#high"])) != (0, 0)
    }


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, CLASS1),
        ({"kind": "utility_model"}, CLASS2),
        ({"kind": "trademark"}, set()),
        ({"valid": False}, set()),
        ({"valid": None, "state": "in_force"}, CLASS1),
        ({"valid": None, "state": "lapsed"}, set()),
        ({"related_to_main_product": False}, set()),
        ({"granted_in_china": False}, CLASS1 - {"1.hnte"}),
        ({"claimed_by_co_owner": True}, CLASS1 - {"1.hnte"}),
        ({"used_for_hnte": True}, CLASS1),
        ({"used_for_hnte": True, "kind": "design"}, CLASS2 - {"2.hnte"}),
        ({"applied_and_earning": False}, CLASS1 - {"1.srdi_2026"}),
        ({"owner_rank": 3}, CLASS1),
        ({"owner_rank": 4}, CLASS1 - {"1.srdi_2026"}),
        ({"high_value": False}, CLASS1 - {"1_high_value.srdi_2022"}),
        ({"self_developed": None, "origin": "self_developed"}, CLASS1),
        (
            {
                "transferred_in": None,
                "self_developed": None,
                "origin": "transferred",
                "transferred_on": days_before(365),
            },
            CLASS1 - {"1.srdi_2026", "1_self_developed.srdi_2022"},
        ),
        ({"transferred_in": True, "transferred_on": days_before(364)}, {"1.tsme", "1.hnte"}),
        ({"kind": "utility_model", "granted_on": days_before(730)}, CLASS2 - {"2.srdi_2022"}),
        ({"kind": "utility_model", "granted_on": days_before(731)}, CLASS2),
        ({"kind": "software_copyright", "granted_on": days_before(1)}, CLASS2),
        ({"granted_on": days_before(-1)}, set()),
        ({"expires_on": days_before(1)}, set()),
        ({"owner_rank": None}, CLASS1 - {"1.srdi_2026"} | {"1.srdi_2026?"}),
        ({"kind": None}, {each + "?" for each in CLASS1 | CLASS2}),
        (
            {"kind": None, "granted_on": days_before(1), "used_for_hnte": True},
            {each + "?" for each in CLASS1 | CLASS2} - {"2.hnte?"},
        ),
    ],
)
def test_each_policy_counts_by_its_own_filter(row, expected):
    assert counted_by(row) == expected


def test_rows_are_believed_in_the_order_declared_for_their_counts():
    assert believed_sources(IP, LIBRARY.reported.precedence) == (
        "ip_office", "science", "enterprise_accepted", "town", "enterprise",
    )  # fmt: skip
    assert believed_sources(LIBRARY.registers["titles"], LIBRARY.reported.precedence) == (
        LIBRARY.reported.precedence.usual
    )


FILE = """\
2026年知识产权台账,,,,,,,,
企业名称,专利号,专利类型,授权公告日,法律状态,取得方式,是否境内授权,与主要产品相关,其他权利人已使用
甲科技有限公司,ZL201910000001.1,发明,2021-03-05,有效,自主研发,是,是,否
甲科技有限公司,ZL201920000002.2,实用新型,2020-06-01,未缴年费,自主研发,是,是,否
甲科技有限公司,ZL201910000003.3,发明,2022-01-10,有效,受让,是,,否
乙材料有限公司,ZL201910000003.3,发明,2022-01-10,有效,自主研发,是,是,否
乙材料有限公司,2021SR0000004,软著,2021年8月,有效,自主研发,是,是,否
"""


def read_file(folder):
    """The rows of the file by proposed columns, subjects named as in the file; and what was not readable."""
    path = folder / "知识产权.csv"
    path.write_text(FILE, encoding="utf-8")
    log = ProblemLog()
    table = find_table(read_workbook(path), path.name, {}, None)
    index, (rows,), _ = index_subjects([(table, read_identities(table, log))], log)
    keys = pl.Series(index.keys(), dtype=pl.String)
    placed = rows.select("row", keys.gather(rows["s"]).alias("subject"))
    rule = propose_records(table.header, "ip", IP).rule
    return read_records(table, rule, IP, placed, log), log.problems()


def test_file_becomes_counts_with_the_cells_of_their_rows(tmp_path):
    records, problems = read_file(tmp_path)
    names = ["甲科技有限公司", "乙材料有限公司"]
    facts = Facts(
        pl.DataFrame(
            {"subject": names, "name": names, "code": [None, None]}, schema_overrides={"code": pl.String}
        )
    )

    found = counted_facts(facts, {"ip": records}, LIBRARY, AS_OF, complete={"ip": names})

    assert [(problem.code, problem.cell) for problem in problems] == [("not_a_date", "D7")]
    assert found.table.select(
        "subject", "ip_class1_count.hnte", "ip_class1_count.hnte#low", "ip_class1_count.hnte#high"
    ).rows() == [("甲科技有限公司", None, 1, 2), ("乙材料有限公司", 1, None, None)]
    assert found.sources.filter(pl.col("column").str.starts_with("ip_class1_count.hnte")).select(
        "subject", "column", "raw", "file", "cell"
    ).rows() == [
        ("乙材料有限公司", "ip_class1_count.hnte", "1 件", "知识产权.csv", "B6"),
        ("甲科技有限公司", "ip_class1_count.hnte#low", "≥ 1 件", "知识产权.csv", "B3"),
        ("甲科技有限公司", "ip_class1_count.hnte#high", "≤ 2 件", "知识产权.csv", "B3、B5"),
    ]
    assert [(problem.code, problem.cell, problem.found) for problem in found.problems] == [
        ("record_shared", "B6", "ZL201910000003.3")
    ]


def test_count_of_a_file_is_explained_down_to_its_rows(tmp_path):
    records, _ = read_file(tmp_path)

    found = counted_rows(records.rows, IP, AS_OF, "甲科技有限公司", "ip_class1_count.hnte")

    assert [(row.cell, row.standing.value, row.wanting, row.text.zh) for row in found] == [
        ("B3", "counted", (), "计入：各项条件均满足。"),
        (
            "B4",
            "not_counted",
            (),
            (
                "不计入，不满足：知识产权类别为发明专利或国防专利或植物新品种或国家级农作物品种或国家新药或"
                "国家一级中药保护品种或集成电路布图设计专有权。"
            ),
        ),
        (
            "B5",
            "open",
            ("related_to_main_product",),
            "待定：是否与主要产品相关；缺：是否与主要产品相关。",
        ),
    ]


def test_points_and_conditions_rest_on_the_rows_of_the_register(tmp_path):
    records, _ = read_file(tmp_path)
    rows = records.rows.with_columns(applied_and_earning=pl.lit(value=True), owner_rank=pl.lit(1, pl.Int64))
    none = pl.lit(None, pl.String)
    facts = Facts(pl.DataFrame({"subject": ["甲科技有限公司"]}).with_columns(name="subject", code=none))

    run = evaluate(LIBRARY, counted_facts(facts, {"ip": rows}, LIBRARY, AS_OF), as_of=AS_OF)

    condition = next(
        each for each in run.answer("甲科技有限公司", "srdi_sme").conditions if each.id == "A4_ip_or_exempt"
    )
    fact = next(fact for fact in condition.facts if fact.metric == "ip_class1_count.srdi_2026")
    assert condition.outcome.value == "met"
    assert (fact.low, fact.high, fact.source.file, fact.source.cell) == ("1", None, "知识产权.csv", "B3")
    points = run.policy("tech_sme").verdicts.filter(pl.col("subject") == "甲科技有限公司")
    scores = {name: points[name][0] for name in points.columns if name.endswith("achievements.low")}
    assert list(scores.values()) == [300_000]
