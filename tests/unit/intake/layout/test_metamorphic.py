"""The same table drawn in other ways gives the same records, with the same units."""

from dataclasses import dataclass, field

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.unit.intake.layout.sheets_for_tests import plain_records

from yumiao.intake.cells import sheet_of_rows
from yumiao.intake.layout.found import KEPT_KINDS
from yumiao.intake.layout.records import read_records
from yumiao.intake.layout.survey import find_tables, survey_sheet

GROUPS = ("2022年", "2023年", "2024年")
LEAVES = (("营业收入", "万元"), ("研发费用", "万元"), ("职工人数", "人"), ("专利申请", "件"), ("增长率", "%"))
MONEY = ("营业收入", "研发费用")
TITLES = ("某区科技企业情况表", "（内部资料）", "2024年度", "填报单位：某局", "第三批")
NOTES = ("注：数据由企业填报。", "资料来源：某局年报。")


@dataclass(frozen=True)
class Drawing:
    """How a table is drawn."""

    titles: int = 0
    unit_place: str = "label"
    merges: str = "merged"
    notes: str = "none"
    total: bool = False
    blank_above: bool = False
    order: tuple[int, ...] = ()
    numbering: bool = False
    name: str = "Sheet1"
    thousands: bool = False


@dataclass(frozen=True)
class Content:
    """What a table says: labels of its columns as (group, leaf, unit), and records."""

    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...] = field(default=())


@st.composite
def contents(draw):
    groups = draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True))
    leaves = draw(st.lists(st.sampled_from(LEAVES), min_size=2, max_size=4, unique=True))
    columns = tuple((group, leaf, unit) for group in groups for leaf, unit in leaves)
    count = draw(st.integers(2, 8))
    figures = st.integers(-(10**6), 10**9).map(str) | st.decimals(0, 10**6, places=2).map(str)
    rows = tuple(tuple(draw(figures) for _ in columns) for _ in range(count))
    return Content(columns, rows, tuple(f"第{number}家企业有限公司" for number in range(count)))


drawings = st.builds(
    Drawing,
    titles=st.integers(0, 5),
    unit_place=st.sampled_from(["label", "row", "parent"]),
    merges=st.sampled_from(["merged", "blank", "repeated"]),
    notes=st.sampled_from(["none", "above", "below", "apart"]),
    total=st.booleans(),
    blank_above=st.booleans(),
    numbering=st.booleans(),
    name=st.sampled_from(["Sheet1", "企业", "表 1 (2)"]),
    thousands=st.booleans(),
)


def sheet_of(content, drawing):
    """Draw a table: 企业名称, then groups of figures under labels in two rows."""
    width = 1 + len(content.columns)
    above = [[title] for title in TITLES[: drawing.titles]]
    if drawing.notes == "above":
        above.append([NOTES[0]])
    if drawing.blank_above:
        above.append([])
    groups = [group for group, _, _ in content.columns]
    firsts = [at == 0 or groups[at] != groups[at - 1] for at in range(len(groups))]
    parents = [
        group if first or drawing.merges == "repeated" else None
        for group, first in zip(groups, firsts, strict=True)
    ]
    in_label = drawing.unit_place == "label"
    labels = [f"{leaf}（{unit}）" if in_label else leaf for _, leaf, unit in content.columns]
    header = [["企业名称", *parents], [None, *labels]]
    merges = merges_of(firsts, len(above)) if drawing.merges == "merged" else []
    if drawing.unit_place == "row":
        header.append([None, *(unit for _, _, unit in content.columns)])
    elif drawing.unit_place == "parent":
        header[1] = [None, *(f"{leaf}\n({unit})" for _, leaf, unit in content.columns)]
    if drawing.numbering:
        header.append(["甲", *map(str, range(1, width))])
    body = [[key, *shown(row, drawing)] for key, row in zip(content.keys, content.rows, strict=True)]
    if drawing.total:
        body.append(["合计", *["1"] * (width - 1)])
    below = {"below": [[NOTES[0]], [NOTES[1]]], "apart": [[], [NOTES[0]]]}.get(drawing.notes, [])
    rows = [[*row, *[None] * (width - len(row))] for row in [*above, *header, *body, *below]]
    sheet = sheet_of_rows(drawing.name, rows)
    return type(sheet)(sheet.name, sheet.cells, tuple(merges))


def merges_of(firsts, top):
    starts = [at + 1 for at, first in enumerate(firsts) if first]
    ends = [*(start - 1 for start in starts[1:]), len(firsts)]
    spans = [(top, start, top, end) for start, end in zip(starts, ends, strict=True)]
    return [(top, 0, top + 1, 0), *spans]


def shown(row, drawing):
    if not drawing.thousands:
        return row
    return tuple(f"{int(text):,}" if text.lstrip("-").isdigit() else text for text in row)


def expected(content):
    names = [f"{group} / {leaf}" for group, leaf, _ in content.columns]
    return [
        {"企业名称": key, **dict(zip(names, row, strict=True))}
        for key, row in zip(content.keys, content.rows, strict=True)
    ]


@settings(max_examples=100, deadline=None)
@given(contents(), drawings)
def test_drawing_of_a_table_does_not_change_its_records(content, drawing):
    (table,) = find_tables(sheet_of(content, drawing))

    assert plain_records(table) == expected(content)
    assert [column.unit for column in table.columns[1:]] == [unit for _, _, unit in content.columns]
    assert table.sheet.name == drawing.name


@settings(max_examples=40, deadline=None)
@given(contents(), st.data(), st.sampled_from(["line", "label"]))
def test_order_of_columns_and_place_of_the_unit_do_not_change_the_records(content, data, place):
    leaves = {leaf: at for at, (_, leaf, _) in enumerate(content.columns) if leaf in MONEY}
    assume(leaves)
    order = data.draw(st.permutations(["企业名称", *leaves]))
    rows = [
        [key if label == "企业名称" else row[leaves[label]] for label in order]
        for key, row in zip(content.keys, content.rows, strict=True)
    ]
    labels = [label if place == "line" or label == "企业名称" else f"{label}（万元）" for label in order]
    above = [[*[None] * (len(order) - 1), "单位：万元"]] if place == "line" else []

    (table,) = find_tables(sheet_of_rows("Sheet1", [*above, labels, *rows]))

    assert plain_records(table) == [dict(zip(order, row, strict=True)) for row in rows]
    assert {column.unit for column in table.columns} == {"", "万元"}


WORDS = "企业名称,合计,小计,1,2024,2024-03-01,12.5%,—,注：说明,单位：万元,甲,全国,a,Total,（万元）,.5,是,序号,某区名单"
cells = st.none() | st.sampled_from(WORDS.split(","))


spans = st.tuples(st.integers(0, 11), st.integers(0, 5), st.integers(0, 4), st.integers(0, 4))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(cells, min_size=1, max_size=6), max_size=12), st.lists(spans, max_size=3))
def test_no_cell_of_a_kept_row_is_emptied_whatever_stands_in_the_sheet(rows, merges):
    width = max(map(len, rows), default=0)
    sheet = sheet_of_rows("s", [[*row, *[None] * (width - len(row))] for row in rows])
    blocks = [(top, left, top + down, left + along) for top, left, down, along in merges if left < width]
    sheet = type(sheet)(sheet.name, sheet.cells, tuple(blocks))

    survey = survey_sheet(sheet)

    assert survey.tables or survey.leftovers
    for table in survey.tables:
        kept = table.rows_of(*KEPT_KINDS)
        frame = read_records(table)
        assert frame.height == kept.len()
        assert 0 < table.confidence <= 1
        for column, name in zip(table.columns, frame.columns, strict=False):
            received = sheet.cells[str(column.index)].gather(kept)
            assert (frame[name].is_not_null() | received.is_null()).all()
