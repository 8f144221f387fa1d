"""The parts of a mapping file beside its columns: origin, persons, rows of registers, the remembered shape."""

import datetime as dt

import pytest
from tests.unit.intake.metrics_for_tests import METRICS
from tests.unit.intake.registers_for_tests import REGISTERS

from yumiao.intake.mapping import Territory
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.persons_mapping import PersonCount, PersonsRule, Where
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.intake.shapes import CellType, ColumnShape, Shape
from yumiao.model.periods import Year
from yumiao.model.problems import YumiaoError
from yumiao.model.units import UNITS

SOURCES = ("tax", "market_supervision", "statistics")
HEAD = "subject: {name: 企业名称}\n"


def read(folder, text, sources=SOURCES):
    path = folder / "mapping.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_mapping(path, METRICS, {}, REGISTERS, sources)


def problems_of(folder, text):
    with pytest.raises(YumiaoError) as refused:
        read(folder, text)
    assert all(problem.text.zh and problem.text.en for problem in refused.value.problems)
    return [(problem.code, problem.line, problem.path) for problem in refused.value.problems]


def test_origin_of_a_file_is_read(tmp_path):
    mapping = read(
        tmp_path,
        "kind: 税务季报\nsource: tax\nterritory: 320412\ndate: 2026-06-30\ncolumns: {成立日期: established_on}\n",
    )

    assert (mapping.kind, mapping.source, mapping.territory, mapping.observed_on) == (
        "税务季报",
        "tax",
        Territory("320412"),
        dt.date(2026, 6, 30),
    )


def test_territory_may_stand_in_a_column_which_is_then_needed(tmp_path):
    mapping = read(tmp_path, "territory: {column: 所属镇街}\ncolumns: {成立日期: established_on}\n")

    assert mapping.territory == Territory(column="所属镇街")
    assert mapping.labels() == ("企业名称", "所属镇街", "成立日期")


def test_every_mistake_in_the_origin_is_reported_with_its_line(tmp_path):
    text = "source: taxx\nterritory: 武进\ndate: 六月\nkind: [a]\ncolumns: {成立日期: established_on}\n"

    assert sorted(problems_of(tmp_path, text)) == [
        ("bad_value", 3, "territory"),
        ("bad_value", 4, "date"),
        ("bad_value", 5, "kind"),
        ("unknown_source", 2, "source"),
    ]


def test_source_is_any_lower_case_id_where_none_are_declared(tmp_path):
    columns = "columns: {成立日期: established_on}\n"

    assert read(tmp_path, f"source: town\n{columns}", ()).source == "town"
    with pytest.raises(YumiaoError):
        read(tmp_path, f"source: 税务\n{columns}", ())


def test_nearest_source_and_register_are_named(tmp_path):
    with pytest.raises(YumiaoError) as refused:
        read(tmp_path, "source: taxx\nrecords: {register: title, columns: {证书编号: certificate}}\n")

    assert [problem.text.en for problem in refused.value.problems] == [
        "There is no source “taxx”; did you mean “tax”?",
        "There is no register “title”; did you mean “titles”?",
    ]


def test_persons_to_drop_are_ignored_columns_too(tmp_path):
    mapping = read(
        tmp_path, "columns: {成立日期: established_on}\npersons: {drop: [联系人]}\nignore: [备注]\n"
    )

    assert mapping.persons == PersonsRule(drop=("联系人",))
    assert mapping.ignore == ("备注", "联系人")
    assert "联系人" not in mapping.labels()


def test_table_of_persons_is_counted(tmp_path):
    text = """\
year: {fixed: 2025}
persons:
  drop: [姓名]
  count:
    - {metric: staff_period_end}
    - {metric: rd_staff, year: 2024, where: {是否研发人员: 是, 学历: [硕士, 博士]}}
  once_per: 身份证号
  missing: ["/"]
"""
    mapping = read(tmp_path, text)

    assert mapping.persons == PersonsRule(
        ("姓名",),
        (
            PersonCount("staff_period_end", line=6),
            PersonCount(
                "rd_staff",
                Year(2024, relative=False),
                (Where("是否研发人员", ("是",)), Where("学历", ("硕士", "博士"))),
                line=7,
            ),
        ),
        "身份证号",
        ("/",),
    )
    assert mapping.labels() == ("企业名称", "身份证号", "是否研发人员", "学历")


def test_every_mistake_in_persons_is_reported_with_its_line(tmp_path):
    text = """\
columns: {成立日期: established_on}
persons:
  drop: [身份证号]
  count:
    - {metric: rd_staf, year: 2025}
    - {metric: rd_staff}
    - {metric: operating_revenue, year: 2025}
    - rd_staff
    - {metric: staff_period_end, year: 2025, where: {学历: {a: b}}}
    - {metric: staff_period_end, year: 2025, were: {}}
  once_per: 身份证号
"""
    assert sorted(problems_of(tmp_path, text), key=lambda problem: problem[1]) == [
        ("columns_not_used", 2, "columns"),
        ("drop_needed", 4, "persons.drop"),
        ("unknown_metric", 6, "persons.count.0.metric"),
        ("year_missing", 7, "persons.count.1.year"),
        ("not_persons", 8, "persons.count.2.metric"),
        ("bad_value", 9, "persons.count.3"),
        ("bad_value", 10, "persons.count.4.where.学历"),
        ("unknown_key", 11, "persons.count.5.were"),
        ("metric_twice", 11, "persons.count"),
    ]


def test_rows_of_a_register_are_read(tmp_path):
    text = """\
records:
  register: titles
  fixed: {title: hnte}
  complete: true
  columns:
    证书编号: certificate
    发证日期: {field: granted_on, missing: ["/"]}
    是否有效: {field: valid, yes: [有效], no: [无效]}
    奖励（元）: amount
"""
    mapping = read(tmp_path, text)

    assert mapping.records == RecordsRule(
        "titles",
        (
            FieldRule("证书编号", "certificate", line=7),
            FieldRule("发证日期", "granted_on", missing=("/",), line=8),
            FieldRule("是否有效", "valid", yes=("有效",), no=("无效",), line=9),
            FieldRule("奖励（元）", "amount", unit=UNITS["CNY"], line=10),
        ),
        (("title", "hnte"),),
        is_complete=True,
        line=2,
    )
    assert mapping.labels() == ("企业名称", "证书编号", "发证日期", "是否有效", "奖励（元）")


def test_every_mistake_in_records_is_reported_with_its_line(tmp_path):
    text = """\
records:
  register: titles
  fixed: {title: hntee, grant: x}
  complete: perhaps
  columns:
    证书编号: certificat
    资质: {field: title, values: {高企: hightech}}
    编号: {field: certificate, values: {a: b}}
    又一编号: certificate
    金额: {field: amount, unit: 人}
    日期: [granted_on]
"""
    assert sorted(problems_of(tmp_path, text), key=lambda problem: (problem[1], problem[0])) == [
        ("unknown_category", 4, "records.fixed.title"),
        ("unknown_field", 4, "records.fixed.grant"),
        ("bad_value", 5, "records.complete"),
        ("unknown_field", 7, "records.columns.证书编号.field"),
        ("field_twice", 8, "records.columns.资质"),
        ("unknown_category", 8, "records.columns.资质.values.高企"),
        ("values_not_used", 9, "records.columns.编号.values"),
        ("field_twice", 10, "records.columns.又一编号"),
        ("unit_mismatch", 11, "records.columns.金额.unit"),
        ("bad_value", 12, "records.columns.日期"),
    ]


def test_records_without_columns_are_reported(tmp_path):
    assert problems_of(tmp_path, "records: {register: titles}\n") == [
        ("nothing_mapped", 2, "records.columns")
    ]


def test_remembered_shape_is_read(tmp_path):
    text = """\
columns: {成立日期: established_on}
shape:
  sheet: 企业
  rows: 812
  columns:
    成立日期: {type: date}
    营业收入: {type: number, unit: 万元, codes: [-1.0]}
    企业类型: {type: words, words: [内资, 外资]}
    备注: text
"""
    assert read(tmp_path, text).shape == Shape(
        "企业",
        812,
        (
            ColumnShape("成立日期", CellType.DATE),
            ColumnShape("营业收入", CellType.NUMBER, "万元", codes=("-1",)),
            ColumnShape("企业类型", CellType.WORDS, words=("内资", "外资")),
            ColumnShape("备注"),
        ),
    )


def test_every_mistake_in_the_shape_is_reported_with_its_line(tmp_path):
    text = """\
columns: {成立日期: established_on}
shape:
  rows: many
  columns:
    a: {type: nummer}
    b: [1]
    c: {typ: date}
"""
    assert sorted(problems_of(tmp_path, text), key=lambda problem: problem[1]) == [
        ("bad_value", 4, "shape.rows"),
        ("unknown_type", 6, "shape.columns.a.type"),
        ("bad_value", 7, "shape.columns.b"),
        ("unknown_key", 8, "shape.columns.c.typ"),
    ]


def test_mapping_that_gives_nothing_is_refused(tmp_path):
    assert problems_of(tmp_path, "persons: {drop: [联系人]}\n") == [("nothing_mapped", 1, "columns")]


def test_mapping_that_is_kept_elsewhere_is_read_from_its_text(tmp_path):
    text = f"{HEAD}registers: [{{metric: listed, file: 名单.csv, on: 2026-05-31}}]\n"

    mapping = read_mapping(tmp_path / "kept.yaml", METRICS, content=text)

    assert mapping.name == "kept"
    assert [rule.file for rule in mapping.registers] == [tmp_path / "名单.csv"]
