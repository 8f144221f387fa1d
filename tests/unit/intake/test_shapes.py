"""The shape of a kind of file: what changed is said, what only moved is no problem."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.intake.file_proposals import propose_columns
from yumiao.intake.proposals import SeenColumn
from yumiao.intake.shape_changes import ChangeKind, compare_shapes
from yumiao.intake.shapes import CellType, ColumnShape, Shape, best_remembered, likeness
from yumiao.model.problems import Severity

CODE = ColumnShape("统一社会信用代码", CellType.CODE)
REVENUE = ColumnShape("营业收入（万元）", CellType.NUMBER, "万元")
STAFF = ColumnShape("研发人员", CellType.NUMBER, "人", codes=("0",))
KIND = ColumnShape("企业类型", CellType.WORDS, words=("内资", "外资"))
BEFORE = Shape("企业", 800, (CODE, REVENUE, STAFF, KIND))
NEEDED = ("统一社会信用代码", "营业收入（万元）", "研发人员")

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def with_columns(*columns):
    return replace(BEFORE, columns=columns)


def changes(now, **options):
    found = compare_shapes(BEFORE, now, needed=NEEDED, **options)
    assert all(change.text.zh and change.text.en for change in found)
    return [(change.kind, change.label, change.severity) for change in found]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (BEFORE, []),
        (with_columns(KIND, STAFF, REVENUE, CODE), [(ChangeKind.MOVED, "", None)]),
        (with_columns(CODE, REVENUE, KIND), [(ChangeKind.GONE, "研发人员", ERROR)]),
        (with_columns(CODE, REVENUE, STAFF), [(ChangeKind.GONE, "企业类型", WARNING)]),
        (with_columns(*BEFORE.columns, ColumnShape("备注")), [(ChangeKind.NEW, "备注", WARNING)]),
        (
            with_columns(CODE, REVENUE, replace(STAFF, label="研发人员数"), KIND),
            [(ChangeKind.RENAMED, "研发人员", ERROR)],
        ),
        (
            with_columns(CODE, replace(REVENUE, unit="元"), STAFF, KIND),
            [(ChangeKind.UNIT, "营业收入（万元）", WARNING)],
        ),
        (
            with_columns(CODE, replace(REVENUE, type=CellType.TEXT), STAFF, KIND),
            [(ChangeKind.TYPE, "营业收入（万元）", WARNING)],
        ),
        (with_columns(CODE, REVENUE, STAFF, replace(KIND, type=CellType.TEXT, words=())), []),
        (
            with_columns(CODE, REVENUE, STAFF, replace(KIND, words=("内资", "外资", "港澳台"))),
            [(ChangeKind.WORDS, "企业类型", WARNING)],
        ),
        (
            with_columns(CODE, REVENUE, replace(STAFF, codes=("0", "—")), KIND),
            [(ChangeKind.CODES, "研发人员", WARNING)],
        ),
        (replace(BEFORE, rows=80), [(ChangeKind.ROWS, "", WARNING)]),
        (replace(BEFORE, rows=900), []),
        (replace(BEFORE, sheet="Sheet2"), [(ChangeKind.SHEET, "", None)]),
        (
            with_columns(replace(CODE, label="统一社会信用代码 "), REVENUE, STAFF, KIND),
            [],
        ),
    ],
)
def test_change_of_a_table_is_told_with_its_weight(now, expected):
    assert changes(now) == expected


def test_optional_column_may_be_gone():
    assert changes(with_columns(CODE, REVENUE, KIND), optional=("研发人员",)) == [
        (ChangeKind.GONE, "研发人员", WARNING)
    ]


def test_renamed_column_names_the_new_label_and_only_one_of_two_takes_it():
    now = with_columns(
        CODE, REVENUE, KIND, replace(STAFF, label="研发人员合计"), ColumnShape("研发人员姓名册")
    )

    found = {change.label: change for change in compare_shapes(BEFORE, now, needed=NEEDED)}

    assert found["研发人员"].near == "研发人员合计"
    assert found["研发人员姓名册"].kind is ChangeKind.NEW
    assert "研发人员合计" in found["研发人员"].text.en


def test_errors_come_first():
    now = with_columns(REVENUE, replace(KIND, words=("集体",)), ColumnShape("备注"))

    severities = [change.severity for change in compare_shapes(BEFORE, now, needed=NEEDED)]

    assert severities == [ERROR, ERROR, WARNING, WARNING]


@given(st.permutations(BEFORE.columns))
def test_order_of_columns_never_needs_attention(columns):
    assert {severity for _, _, severity in changes(with_columns(*columns))} <= {None}
    assert with_columns(*columns).fingerprint() == BEFORE.fingerprint()
    assert likeness(with_columns(*columns), BEFORE) == 1.0


def test_fingerprint_sees_labels_and_units():
    assert with_columns(CODE, replace(REVENUE, unit="元"), STAFF, KIND).fingerprint() != BEFORE.fingerprint()
    assert with_columns(CODE, REVENUE, STAFF).fingerprint() != BEFORE.fingerprint()


def test_remembered_kind_is_found_by_its_labels():
    other = Shape(columns=(ColumnShape("证书编号"), ColumnShape("企业名称")))
    now = with_columns(CODE, REVENUE, STAFF, ColumnShape("备注"))

    assert best_remembered(now, {"titles": other, "tax": BEFORE}) == "tax"
    assert best_remembered(now, {"titles": other}) is None
    assert best_remembered(Shape(), {"empty": Shape()}) is None


def test_shape_remembers_words_only_where_they_are_few_and_never_names():
    firms = [f"第{number}公司" for number in range(40)]
    seen = {
        "企业名称": firms,
        "企业类型": ["内资", "外资", None, "内资"] * 10,
        "联系人": ["张三", "李四"] * 20,
        "研发人员": ["12", "—", "30", "45"] * 10,
    }
    shape = propose_columns(
        [SeenColumn(label, pl.Series(cells, dtype=pl.String)) for label, cells in seen.items()],
        {},
        sheet="表1",
    ).shape

    assert shape == Shape(
        "表1",
        40,
        (
            ColumnShape("企业名称"),
            ColumnShape("企业类型", CellType.WORDS, words=("内资", "外资")),
            ColumnShape("联系人", CellType.PERSON),
            ColumnShape("研发人员", CellType.NUMBER, codes=("—",)),
        ),
    )
