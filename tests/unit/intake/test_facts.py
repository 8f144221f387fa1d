"""Files in, facts out: whole tables, sources, conflicts and problems compared."""

import csv
import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.facts import read_facts
from yumiao.intake.faults import LISTED
from yumiao.intake.mapping_reader import read_mapping
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.model.problems import Severity, YumiaoError

AS_OF = dt.date(2026, 6, 1)
A, B = "91320412MADEM0003L", "93320412MAFARM000X"
STAFF_OF_2025 = "subject: {name: 企业名称}\nyear: {fixed: 2025}\ncolumns: {研发人员: rd_staff}\n"
STAMP = {"batch": "b1", "recorded_at": "2026-06-01T08:00:00Z"}


@pytest.fixture
def put(tmp_path):
    """Write rows as a CSV file and return its path."""

    def write(name: str, *rows: list[object]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path

    return write


@pytest.fixture
def mapped(tmp_path):
    """Write a mapping file and return it read."""

    def write(text: str):
        path = tmp_path / "mapping.yaml"
        path.write_text(text, encoding="utf-8")
        return read_mapping(path, METRICS)

    return write


def read(*paths: Path, mapping=None, as_of=AS_OF, **options) -> Facts:
    return read_facts(paths, metrics=METRICS, mapping=mapping, as_of=as_of, **STAMP, **options)


def rows_of(facts: Facts) -> list[dict[str, object]]:
    return facts.table.rows(named=True)


def codes_of(facts: Facts) -> list[tuple[str, str]]:
    return [(problem.code, problem.cell) for problem in facts.problems]


def cells_of(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    return frame.select("subject", "column", "value", "raw", "cell").rows()


def test_a_file_without_mapping_becomes_facts_with_a_source_for_every_value(put):
    path = put(
        "企业.csv",
        ["武进区企业名录（2024年）"],
        ["统一社会信用代码", "企业名称", "2024年营业收入（万元）", "是否高企", "成立日期", "备注"],
        [A, "甲公司", "1,234.5", "是", "2015/6/1", "x"],
        [B, "乙公司", "", "否", "", ""],
    )

    facts = read(path)

    assert rows_of(facts) == [
        {
            "subject": A,
            "name": "甲公司",
            "code": A,
            "operating_revenue@2024": 1_234_500_000,
            "certified": True,
            "established_on": dt.date(2015, 6, 1),
        },
        {
            "subject": B,
            "name": "乙公司",
            "code": B,
            "operating_revenue@2024": None,
            "certified": False,
            "established_on": None,
        },
    ]
    assert facts.sources.schema == SOURCE_SCHEMA
    assert facts.sources.rows() == [
        (A, column, value, raw, "企业.csv", "企业", cell, "b1", "2026-06-01T08:00:00Z")
        for column, value, raw, cell in [
            ("operating_revenue@2024", "1234500000", "1,234.5", "C3"),
            ("certified", "true", "是", "D3"),
        ]
    ] + [
        (B, "certified", "false", "否", "企业.csv", "企业", "D4", "b1", "2026-06-01T08:00:00Z"),
        (
            A,
            "established_on",
            "2015-06-01",
            "2015/6/1",
            "企业.csv",
            "企业",
            "E3",
            "b1",
            "2026-06-01T08:00:00Z",
        ),
    ]
    assert facts.conflicts.is_empty()
    assert codes_of(facts) == [("column_not_used", "F2")]


def test_every_faulty_cell_is_reported_with_its_place_and_the_good_ones_go_on(put):
    path = put(
        "f.csv",
        [
            "企业名称",
            "2024年营业收入（万元）",
            "2024年研发人员",
            "是否高企",
            "2024年知识产权等级",
            "成立日期",
        ],
        ["甲", "-5", "1.5", "也许", "丙", "2020-02-30"],
        ["乙", "abc", "3", "是", "A", "2020-01-01"],
        ["丙", "0.0000001", "0", "", "", ""],
    )

    facts = read(path)

    assert sorted(codes_of(facts)) == [
        ("finer_than_step", "B4"),
        ("finer_than_step", "C2"),
        ("not_a_date", "F2"),
        ("not_a_number", "B3"),
        ("not_yes_no", "D2"),
        ("outside_domain", "B2"),
        ("unknown_category", "E2"),
    ]
    assert facts.table["rd_staff@2024"].to_list() == [None, 3, 0]
    outside = next(problem for problem in facts.problems if problem.code == "outside_domain")
    assert (outside.file, outside.sheet, outside.found) == ("f.csv", "f", "-5")
    assert outside.expected.zh == "≥ 0 万元"
    assert outside.text.zh == "营业收入：“-5”不可用，应为≥ 0 万元。"


def test_a_column_full_of_faults_is_listed_up_to_a_limit_and_counted(put):
    rows = [[f"公司{n}", "x"] for n in range(LISTED + 23)]

    facts = read(put("f.csv", ["企业名称", "2024年研发人员"], *rows))

    assert len(facts.problems) == LISTED + 1
    assert facts.problems[-1].text.zh == "同类问题另有23处，未逐一列出。"


def test_rows_of_years_become_columns_and_the_latest_name_is_shown(put):
    path = put(
        "f.csv",
        ["股票代码", "年度", "企业名称", "研发人员", "成立日期"],
        ["000035", "2023年", "旧名", "1", "2001-01-01"],
        ["000035", "2024", "新名", "2", "2002-02-02"],
        ["000035", "2022-12-31", "更旧", "3", ""],
    )

    facts = read(path)

    assert rows_of(facts) == [
        {
            "subject": "000035",
            "name": "新名",
            "code": None,
            "rd_staff@2022": 3,
            "rd_staff@2023": 1,
            "rd_staff@2024": 2,
            "established_on": dt.date(2002, 2, 2),
        }
    ]
    assert facts.conflicts.is_empty()
    assert facts.problems == ()


@pytest.mark.parametrize("year", ["2027", "1900", "去年", "", "20224"])
def test_a_year_that_cannot_be_is_reported_and_its_yearly_values_left_out(put, year):
    path = put(
        "f.csv",
        ["企业名称", "年度", "研发人员", "是否高企"],
        ["甲", year, "1", "是"],
        ["乙", "2024", "2", ""],
    )

    facts = read(path)

    assert codes_of(facts) == [("year_out_of_range", "B2")]
    assert facts.table.select("certified", "rd_staff@2024").rows() == [(True, None), (None, 2)]


def test_a_column_of_a_year_to_come_is_left_out(put):
    facts = read(put("f.csv", ["企业名称", "2027年研发人员"], ["甲", "1"]))

    assert codes_of(facts) == [("year_out_of_range", "B1")]
    assert facts.table.columns == ["subject", "name", "code"]


def test_a_relative_year_counts_from_the_application_date(put):
    path = put("f.csv", ["企业名称", "上年研发人员"], ["甲", "1"])

    assert read(path, as_of=dt.date(2025, 3, 1)).table.columns[-1] == "rd_staff@2024"


def test_a_broken_code_keeps_its_row_and_is_a_warning(put):
    facts = read(
        put("f.csv", ["统一社会信用代码", "企业名称", "2024年研发人员"], ["91320412madem0003k", "甲", "1"])
    )

    (problem,) = facts.problems
    assert (problem.code, problem.cell, problem.found, problem.expected.zh) == (
        "code_invalid",
        "A2",
        "91320412MADEM0003K",
        "L",
    )
    assert problem.severity is Severity.WARNING
    assert facts.table["subject"].to_list() == ["91320412MADEM0003K"]


def test_a_code_that_a_spreadsheet_turned_into_a_number_is_not_believed(put):
    facts = read(
        put(
            "f.csv",
            ["统一社会信用代码", "企业名称", "2024年研发人员"],
            ["9.13204E+17", "甲", "1"],
            ["9.13204E+17", "", "2"],
            ["#N/A", "乙", "3"],
        )
    )

    assert codes_of(facts) == [
        ("identity_unreadable", "A2"),
        ("identity_unreadable", "A3"),
        ("identity_unreadable", "A4"),
        ("subject_missing", "C3"),
    ]
    assert facts.table.select("subject", "rd_staff@2024").rows() == [("甲", 1), ("乙", 3)]


def test_rows_of_sums_and_empty_rows_are_no_subjects(put):
    facts = read(
        put("f.csv", ["企业名称", "2024年研发人员"], ["甲", "1"], ["", ""], ["合计", "1"], ["", "7"])
    )

    assert facts.table["subject"].to_list() == ["甲"]
    assert codes_of(facts) == [("total_row", "A4"), ("subject_missing", "B5")]


def test_files_are_merged_by_code_then_id_then_exact_name(put):
    first = put("1.csv", ["企业名称", "2024年研发人员"], ["甲（常州）公司", "1"], ["乙公司", "2"])
    second = put("2.csv", ["统一社会信用代码", "企业名称", "2023年研发人员"], [A, "甲(常州)公司", "3"])
    third = put("3.csv", ["主体编号", "信用代码", "2022年研发人员"], ["S-7", A.lower(), "4"])
    fourth = put("4.csv", ["主体编号", "2021年研发人员"], ["S-7", "5"])

    facts = read(first, second, third, fourth)

    assert facts.table.rows() == [
        ("S-7", "甲（常州）公司", A, 5, 4, 3, 1),
        ("乙公司", "乙公司", None, None, None, None, 2),
    ]
    assert facts.table.columns[3:] == [f"rd_staff@{year}" for year in (2021, 2022, 2023, 2024)]


def test_two_subjects_of_one_name_stay_apart_and_a_bare_name_is_left_out(put):
    first = put("1.csv", ["统一社会信用代码", "企业名称", "2024年研发人员"], [A, "甲", "1"], [B, "甲", "2"])
    second = put("2.csv", ["企业名称", "2023年研发人员"], ["甲", "9"])

    facts = read(first, second)

    assert facts.table.select("subject", "rd_staff@2024", "rd_staff@2023").rows() == [
        (A, 1, None),
        (B, 2, None),
    ]
    assert codes_of(facts) == [("name_ambiguous", "A2")]


def test_one_id_with_two_codes_makes_two_subjects_with_different_keys(put):
    path = put("1.csv", ["主体编号", "统一社会信用代码", "2024年研发人员"], ["S", A, "1"], ["S", B, "2"])

    assert read(path).table.select("subject", "rd_staff@2024").rows() == [("S", 1), (B, 2)]


def test_where_files_disagree_the_earlier_one_counts_and_the_other_is_kept_apart(put):
    first = put("1.csv", ["企业名称", "2024年研发人员"], ["甲", "1"], ["乙", "2"])
    second = put("2.csv", ["企业名称", "2024年研发人员"], ["甲", "1.0"], ["乙", "3"], ["丙", "4"])

    facts, reverse = read(first, second), read(second, first)

    assert facts.table["rd_staff@2024"].to_list() == [1, 2, 4]
    assert cells_of(facts.conflicts) == [("乙", "rd_staff@2024", "3", "3", "B3")]
    (problem,) = facts.problems
    assert (problem.code, problem.severity, problem.file, problem.cell) == (
        "files_disagree",
        Severity.WARNING,
        "2.csv",
        "B3",
    )
    assert problem.text.zh == "研发人员：同一单位同一期有两个值，采用 1.csv B3 的 2 人，不用此处的 3 人。"
    assert reverse.table["rd_staff@2024"].to_list() == [1, 3, 4]


def test_a_repeated_row_is_ignored_and_a_contradicting_one_loses(put):
    path = put(
        "f.csv",
        ["企业名称", "2024年研发人员", "是否高企"],
        ["甲", "1", "是"],
        ["甲", "1", "是"],
        ["甲", "2", ""],
        ["乙", "", "否"],
        ["乙", "5", ""],
    )

    facts = read(path)

    assert facts.table.rows() == [("甲", "甲", None, 1, True), ("乙", "乙", None, 5, False)]
    assert cells_of(facts.conflicts) == [("甲", "rd_staff@2024", "2", "2", "B4")]
    assert [(p.code, p.cell, p.severity) for p in facts.problems] == [
        ("row_repeated", "A3", Severity.WARNING),
        ("values_conflict", "B4", Severity.ERROR),
    ]


def test_declared_missing_codes_are_unknown_and_undeclared_ones_are_values(put, mapped):
    mapping = mapped(
        """\
subject: {id: 股票代码}
year: {column: 报告年份}
columns:
  营业收入: {metric: operating_revenue, unit: 元, missing: [-1.0]}
  研发人员: {metric: rd_staff}
  资产: {metric: total_assets, sum: [流动, 非流动], unit: 元, missing: [-1.0]}
"""
    )
    path = put(
        "f.csv",
        ["股票代码", "报告年份", "营业收入", "研发人员", "流动", "非流动"],
        ["000035", "2024", "-1.0", "0", "1.05", "2"],
        ["000301", "2024", "0", "", "-1.0", "2"],
    )

    facts = read(path, mapping=mapping)

    assert facts.table.select(pl.exclude("subject", "name", "code")).to_dict(as_series=False) == {
        "operating_revenue@2024": [None, 0],
        "total_assets@2024": [305, None],
        "rd_staff@2024": [0, None],
    }
    assert cells_of(facts.sources) == [
        ("000301", "operating_revenue@2024", "0", "0", "C3"),
        ("000035", "total_assets@2024", "305", "1.05 + 2", "E2+F2"),
        ("000035", "rd_staff@2024", "0", "0", "D2"),
    ]
    assert facts.problems == ()


def test_an_upper_bound_is_an_interval_and_gives_way_to_a_known_value(put, mapped):
    text = """\
subject: {name: 企业名称}
columns:
  专利数: {metric: ip_count, bound: upper}
  核定数: {metric: ip_count}
"""
    path = put(
        "f.csv",
        ["企业名称", "专利数", "核定数"],
        ["甲", "5", ""],
        ["乙", "5", "3"],
        ["丙", "5", "6"],
        ["丁", "", ""],
    )

    facts = read(path, mapping=mapped(text))

    assert facts.table.drop("subject", "code").rows() == [
        ("甲", None, 0, 5),
        ("乙", 3, None, None),
        ("丙", 6, None, None),
        ("丁", None, None, None),
    ]
    assert facts.table.columns[3:] == ["ip_count", "ip_count#low", "ip_count#high"]
    assert codes_of(facts) == [("bound_below_value", "B4")]
    assert cells_of(facts.conflicts) == [("丙", "ip_count#high", "5", "5", "B4")]


REGISTER = """\
subject: {{name: 企业名称}}
year: {{fixed: 2025}}
columns: {{研发人员: rd_staff}}
registers:
  - {{metric: listed, complete: {complete}, file: list.csv, on: {on}}}
"""


def test_absence_from_a_complete_register_is_a_known_no_with_the_register_as_source(put, mapped):
    put("list.csv", ["失信被执行人名单"], ["企业名称"], ["乙"], ["别处公司"])
    path = put("f.csv", ["企业名称", "研发人员"], ["甲", "1"], ["乙", "2"])

    facts = read(path, mapping=mapped(REGISTER.format(complete="true", on="2026-05-31")))

    assert facts.table.select("subject", "listed").rows() == [("甲", False), ("乙", True)]
    listed = facts.sources.filter(pl.col("column") == "listed")
    assert sorted(listed.select("subject", "value", "file", "cell").rows()) == [
        ("乙", "true", "list.csv", "A3"),
        ("甲", "false", "list.csv", ""),
    ]
    assert [problem.code for problem in facts.problems] == ["register_strangers"]


def test_absence_from_an_incomplete_register_says_nothing(put, mapped):
    put("list.csv", ["企业名称"], ["乙"])
    path = put("f.csv", ["企业名称", "研发人员"], ["甲", "1"], ["乙", "2"])

    facts = read(path, mapping=mapped(REGISTER.format(complete="false", on="2026-05-31")))

    assert facts.table["listed"].to_list() == [None, True]


def test_a_subject_that_a_register_may_mean_stays_unknown(put, mapped):
    put("list.csv", ["企业名称"], ["甲"])
    mapping = mapped(
        REGISTER.format(complete="true", on="2026-05-31").replace(
            "name: 企业名称", "name: 企业名称, code: 代码"
        )
    )
    path = put("f.csv", ["代码", "企业名称", "研发人员"], [A, "甲", "1"], [B, "甲", "2"], ["", "乙", "3"])

    assert read(path, mapping=mapping).table["listed"].to_list() == [None, None, False]


def test_absence_of_a_subject_without_a_name_from_a_list_of_names_says_nothing(put, mapped):
    put("list.csv", ["企业名称"], ["别处公司"])
    mapping = mapped(
        REGISTER.format(complete="true", on="2026-05-31").replace(
            "name: 企业名称", "name: 企业名称, code: 代码"
        )
    )
    path = put("f.csv", ["代码", "企业名称", "研发人员"], [A, "", "1"], [B, "乙", "2"])

    assert read(path, mapping=mapping).table["listed"].to_list() == [None, False]


@pytest.mark.parametrize("on", ["2026-06-02", "2025-05-31"])
def test_a_register_of_a_later_or_expired_date_is_not_used(put, mapped, on):
    put("list.csv", ["企业名称"], ["乙"])
    path = put("f.csv", ["企业名称", "研发人员"], ["甲", "1"])

    facts = read(path, mapping=mapped(REGISTER.format(complete="true", on=on)))

    assert "listed" not in facts.table.columns
    assert [problem.code for problem in facts.problems] == ["register_not_used"]


def test_a_missing_column_is_reported_with_the_nearest_label(put, mapped):
    mapping = mapped(
        "subject: {name: 企业名称}\nyear: {fixed: 2025}\n"
        "columns: {研发人员数: rd_staff, 人员: staff_period_end}\n"
    )

    facts = read(put("f.csv", ["企业名称", "研发人员", "人员"], ["甲", "1", "2"]), mapping=mapping)

    missing = next(problem for problem in facts.problems if problem.code == "column_missing")
    assert (missing.found, missing.expected.zh, missing.severity) == (
        "研发人员",
        "研发人员数",
        Severity.ERROR,
    )
    assert missing.text.en == "The column “研发人员数” is missing; the nearest is “研发人员”."
    assert facts.table["staff_period_end@2025"].to_list() == [2]


def test_a_column_missing_in_one_of_several_files_only_deserves_a_look(put, mapped):
    mapping = mapped(STAFF_OF_2025)
    first = put("1.csv", ["企业名称", "研发人员"], ["甲", "1"])
    second = put("2.csv", ["企业名称", "别的"], ["甲", "1"])

    facts = read(first, second, mapping=mapping)

    assert [(p.code, p.severity) for p in facts.problems] == [
        ("column_missing", Severity.WARNING),
        ("column_not_used", Severity.WARNING),
    ]


def test_the_column_of_years_is_asked_for_only_where_a_column_has_no_year(put, mapped):
    mapping = mapped(
        """\
subject: {name: 企业名称}
year: {column: 年份}
columns:
  研发人员: {metric: rd_staff, optional: true}
  是否高企: {metric: certified, optional: true}
"""
    )
    yearly = put("1.csv", ["企业名称", "年份", "研发人员"], ["甲", "2024", "1"])
    of_now = put("2.csv", ["企业名称", "是否高企"], ["甲", "是"])
    broken = put("3.csv", ["企业名称", "研发人员"], ["甲", "1"])

    assert read(yearly, of_now, mapping=mapping).problems == ()
    assert [(p.code, p.expected.zh) for p in read(broken, mapping=mapping).problems] == [
        ("column_missing", "年份")
    ]


@pytest.mark.parametrize("mapping_text", [None, STAFF_OF_2025.replace("企业名称", "单位")])
def test_a_file_without_the_header_is_refused_saying_what_was_expected_and_found(put, mapped, mapping_text):
    path = put("f.csv", ["甲", "1"], ["乙", "2"])

    with pytest.raises(YumiaoError) as refused:
        read(path, mapping=mapping_text and mapped(mapping_text))

    assert refused.value.code == "header_not_found"
    assert "甲、1" in refused.value.text.zh


def test_a_label_that_occurs_twice_is_reported(put):
    facts = read(put("f.csv", ["企业名称", "2024年研发人员", "2024年研发人员"], ["甲", "1", "2"]))

    assert codes_of(facts) == [("label_twice", "B1")]
    assert facts.table["rd_staff@2024"].to_list() == [1]


def test_percentages_that_may_be_fractions_are_pointed_out(put):
    suspicious = put("1.csv", ["企业名称", "2024年市场占有率（%）"], ["甲", "0.298"], ["乙", "0.05"])
    clear = put("2.csv", ["企业名称", "2024年市场占有率（%）"], ["甲", "0.298"], ["乙", "12"])

    assert codes_of(read(suspicious)) == [("perhaps_fractions", "B1")]
    assert codes_of(read(clear)) == []


def test_progress_tells_every_step(put):
    told = []
    path = put("f.csv", ["企业名称", "2024年研发人员"], ["甲", "1"])

    read(path, progress=lambda what, done, total: told.append((what.zh, done, total)))

    assert told == [("读取 f.csv", 0, 4), ("核对 f.csv", 1, 4), ("合并", 2, 4), ("整理来源", 3, 4)]


def test_no_files_are_an_error():
    with pytest.raises(YumiaoError):
        read()


HEADER = ["统一社会信用代码", "企业名称", "2024年营业收入（万元）", "2024年研发人员", "是否高企", "成立日期"]
CELLS = {
    "2024年营业收入（万元）": st.sampled_from(["", "0", "1.5", "-1", "x", "1,000"]),
    "2024年研发人员": st.sampled_from(["", "0", "7", "1.5"]),
    "是否高企": st.sampled_from(["", "是", "否", "?"]),
    "成立日期": st.sampled_from(["", "2020-01-01", "2020年2月3日"]),
}


@given(
    st.lists(
        st.tuples(st.sampled_from([A, B, ""]), st.sampled_from(["甲", "乙"]), *CELLS.values()), max_size=5
    ),
    st.permutations(range(len(HEADER))),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_the_order_of_columns_changes_no_fact(put, rows, order):
    plain = read(put("f.csv", HEADER, *rows))
    permuted = read(put("f.csv", [HEADER[i] for i in order], *[[row[i] for i in order] for row in rows]))

    assert plain.table.equals(permuted.table)
    assert plain.sources.drop("cell").equals(permuted.sources.drop("cell"))
    assert plain.conflicts.drop("cell").equals(permuted.conflicts.drop("cell"))
