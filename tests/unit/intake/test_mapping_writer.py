"""Mapping files written: they read back as what was written, and a person can read them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.intake.metrics_for_tests import METRICS
from tests.unit.intake.registers_for_tests import REGISTERS

from yumiao.intake.labels import FRACTION, STATED_DIMENSIONS, take_apart
from yumiao.intake.mapping import ColumnRule, MappingFile, RegisterRule, SubjectColumns, Territory
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.mapping_writer import Remarks, comment, quote, write_mapping
from yumiao.intake.persons_mapping import PersonCount, PersonsRule, Where
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.intake.shapes import CellType, ColumnShape, Shape
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Dimension, Kind

FOLDER = Path("folder-of-the-mapping")
TABLE = PrefixTable("grades", Text("等级表", "grades"), "GB/T 1", "grade", {"A": "A"}, {})

WORDS = st.text(
    st.one_of(
        st.sampled_from("营业收入研发人员 年末（万元）/&*!%#@,:'\"\\-0123456789[]{}|>?~\t\n　\u200b"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=12,
)
STRIPPED = WORDS.map(str.strip).filter(bool)
YEARS = st.one_of(
    st.integers(-9, 0).map(Year), st.integers(1950, 2099).map(lambda number: Year(number, relative=False))
)


def tuples(strategy, **sizes):
    return st.lists(strategy, unique=True, **sizes).map(tuple)


def units_of(metric):
    if metric.unit is None:
        return st.none()
    known = [*UNITS.values(), FRACTION]
    alike = [unit for unit in known if unit.dimension is metric.unit.dimension]
    return st.sampled_from(alike if metric.unit.dimension in STATED_DIMENSIONS else [metric.unit])


@st.composite
def column_rules(draw, label):
    metric = draw(st.sampled_from(list(METRICS.values())))
    stated = take_apart(label).year
    year = (
        (draw(YEARS) if stated is None or draw(st.booleans()) else stated)
        if metric.period.is_yearly
        else None
    )
    words = {"yes": draw(tuples(STRIPPED, min_size=1)), "no": draw(tuples(STRIPPED, min_size=1))}
    categories = st.tuples(WORDS, st.sampled_from(["A", "B"]))
    is_category, is_quantity = metric.kind is Kind.CATEGORY, metric.kind is Kind.QUANTITY
    return ColumnRule(
        label,
        metric.id,
        draw(st.one_of(st.just((label,)), tuples(STRIPPED, min_size=1))),
        year,
        draw(units_of(metric)),
        draw(tuples(STRIPPED)),
        **(words if draw(st.booleans()) else {}),
        values=draw(st.lists(categories, max_size=3, unique_by=lambda pair: pair[0]).map(tuple))
        if is_category
        else (),
        table=TABLE if is_category and draw(st.booleans()) else None,
        upper_bound=is_quantity and metric.minimum is not None and draw(st.booleans()),
        optional=draw(st.booleans()),
    )


@st.composite
def columns(draw):
    rules = [
        draw(column_rules(label))
        for label in draw(st.lists(WORDS, unique=True, max_size=5))
        for _ in range(draw(st.integers(1, 2)))
    ]
    seen = {}
    for rule in rules:
        seen.setdefault((rule.metric, rule.year, rule.upper_bound), rule)
    return tuple(seen.values())


@st.composite
def persons(draw):
    people = [
        metric for metric in METRICS.values() if metric.unit and metric.unit.dimension is Dimension.PERSON
    ]
    counts = [
        PersonCount(
            metric.id,
            draw(YEARS) if metric.period.is_yearly else None,
            tuple(
                Where(label, draw(tuples(STRIPPED, min_size=1)))
                for label in draw(st.lists(WORDS, unique=True, max_size=2))
            ),
        )
        for metric in draw(st.lists(st.sampled_from(people), unique_by=lambda metric: metric.id))
    ]
    rule = PersonsRule((), tuple(counts), draw(st.none() | WORDS), draw(tuples(STRIPPED)))
    drop = tuple(label for label in draw(tuples(STRIPPED)) if label not in rule.labels())
    return replace(rule, drop=drop)


@st.composite
def records(draw):
    labels = draw(st.lists(WORDS, unique=True, min_size=1, max_size=3))
    fields = [
        FieldRule(labels[0], "title", values=(("高企", "hnte"),), missing=draw(tuples(STRIPPED))),
        *(FieldRule(label, "granted_on") for label in labels[1:2]),
        *(FieldRule(label, "amount", unit=UNITS["CNY_10k"]) for label in labels[2:]),
    ]
    if draw(st.booleans()):
        return RecordsRule("titles", tuple(fields[1:]), (("title", "hnte"),), draw(st.booleans()))
    return RecordsRule("titles", tuple(fields), (), draw(st.booleans()))


SHAPES = st.builds(
    Shape,
    WORDS,
    st.integers(0, 10**6),
    st.lists(
        st.builds(
            ColumnShape,
            WORDS,
            st.sampled_from(CellType),
            st.just("") | STRIPPED,
            tuples(STRIPPED),
            tuples(STRIPPED),
        ),
        unique_by=lambda column: column.label,
        max_size=4,
    ).map(tuple),
)


@st.composite
def mappings(draw):
    year_column, fixed_year = draw(
        st.sampled_from([(None, None), ("年份", None), (None, Year(2025, relative=False))])
    )
    rule = draw(st.none() | persons())
    rules = () if rule and rule.counts else draw(columns())
    listed = RegisterRule(
        "listed", FOLDER / "失信 名单.csv", draw(st.booleans()), dt.date(2026, 5, 31), "320412"
    )
    return MappingFile(
        draw(WORDS),
        SubjectColumns(name=draw(WORDS), code=draw(st.none() | WORDS)),
        rules,
        sheet=draw(st.none() | WORDS),
        header_row=draw(st.none() | st.integers(1, 1000)),
        year_column=year_column,
        fixed_year=fixed_year,
        registers=(listed,),
        ignore=tuple(dict.fromkeys((*draw(tuples(STRIPPED)), *(rule.drop if rule else ())))),
        source=draw(st.none() | st.just("market_supervision")),
        kind=draw(st.just("") | WORDS),
        territory=draw(st.sampled_from([None, Territory("320412"), Territory(column="镇 街")])),
        observed_on=draw(st.none() | st.dates(dt.date(1990, 1, 1))),
        persons=rule,
        records=draw(st.none() | records()),
        shape=draw(st.none() | SHAPES),
    )


def without_lines(mapping):
    """The mapping without what depends on where it stands in the file, ignoring order where none is kept."""
    ignored = [label for label in mapping.ignore if not mapping.persons or label not in mapping.persons.drop]
    rule = mapping.persons
    return replace(
        mapping,
        columns=tuple(replace(rule, line=None) for rule in mapping.columns),
        registers=tuple(replace(rule, line=None) for rule in mapping.registers),
        ignore=tuple(ignored),
        persons=rule and replace(rule, counts=tuple(replace(count, line=None) for count in rule.counts)),
        records=mapping.records
        and replace(
            mapping.records,
            line=None,
            fields=tuple(replace(field, line=None) for field in mapping.records.fields),
        ),
    )


@settings(max_examples=60, deadline=None)
@given(mapping=mappings(), remark=WORDS)
def test_mapping_written_reads_back_as_the_same_mapping(tmp_path_factory, mapping, remark):
    folder = tmp_path_factory.mktemp("written")
    path = folder / "mapping.yaml"
    remarks = Remarks((remark,), dict.fromkeys(mapping.labels(), remark), (remark,))
    path.write_text(write_mapping(mapping, FOLDER, remarks), encoding="utf-8")

    again = read_mapping(path, METRICS, {"grades": TABLE}, REGISTERS, ["market_supervision"])

    placed = [replace(rule, file=FOLDER / rule.file.relative_to(folder)) for rule in again.registers]
    assert without_lines(replace(again, registers=tuple(placed))) == without_lines(mapping)


def test_written_mapping_is_what_a_person_would_write():
    mapping = MappingFile(
        "区级台账",
        SubjectColumns(name="企业名称", code="统一社会信用代码"),
        (
            ColumnRule(
                "营业收入", "operating_revenue", ("营业收入",), unit=UNITS["CNY_10k"], missing=("-1", "—")
            ),
            ColumnRule(
                "2024年净利润（万元）",
                "net_profit",
                ("2024年净利润（万元）",),
                year=Year(2024, relative=False),
                unit=UNITS["CNY_10k"],
            ),
            ColumnRule("研发人员", "rd_staff", ("研发人员",), unit=UNITS["person"]),
            ColumnRule("是否高企", "certified", ("是否高企",), yes=("√",), no=("×",)),
        ),
        year_column="年度",
        ignore=("备注", "联系人"),
        source="tax",
        territory=Territory("320412"),
        persons=PersonsRule(drop=("联系人",)),
        shape=Shape("企业", 812, (ColumnShape("营业收入", CellType.NUMBER, "万元"), ColumnShape("备注"))),
    )
    remarks = Remarks(("由列名和单元格提出",), {"营业收入": "1.00 列名就是口径的名称"}, ("研发费用: ？",))

    assert write_mapping(mapping, FOLDER, remarks) == (
        """\
# 由列名和单元格提出
mapping: 区级台账
source: tax
territory: "320412"
subject: {code: 统一社会信用代码, name: 企业名称}
year: {column: 年度}
columns:
  # 1.00 列名就是口径的名称
  营业收入: {metric: operating_revenue, unit: 万元, missing: ["-1", "—"]}
  "2024年净利润（万元）": {metric: net_profit}
  研发人员: {metric: rd_staff}
  是否高企: {metric: certified, yes: ["√"], no: ["×"]}
  # 研发费用: ？
persons:
  drop: [联系人]
ignore: [备注]
shape:
  sheet: 企业
  rows: 812
  columns:
    营业收入: {type: number, unit: 万元}
    备注: {}
"""
    )


def test_words_that_yaml_would_take_for_something_else_are_quoted():
    assert [quote(text) for text in ("是", "no", "12", "a b", "a: b", "营收（万元）", "\n", "")] == [
        "是",
        '"no"',
        '"12"',
        '"a b"',
        '"a: b"',
        "营收（万元）",
        '"\\n"',
        '""',
    ]


def test_comment_stays_on_one_line():
    assert comment("one\ntwo: {x}", "  ") == "  # one two: {x}"
