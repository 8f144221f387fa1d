"""Seven notices of ministries, their tables and lists recognised and compared with what a person made of them.

Three notices hold a table; four name their firms or parks line by line below the title of a list. The person
changed some cells, and the comparison makes the same changes to what was read: every blank and line break
between two names in one cell became 、, 中科院 at the beginning of an institute's name was written out, and
the number before a listed name became a column of its own. Columns that the person made from the heading
(year, batch, officer) or from knowledge (province) stand in no cell and are not compared.
"""

import re
from collections import Counter

import pytest

from yumiao.intake.layout.records import read_records
from yumiao.intake.layout.survey import survey_sheet
from yumiao.intake.workbooks import read_workbook

TABLES = {
    "openshare-eval-2018": {
        "index": "序号",
        "institution": "考核单位",
        "result": "结果",
        "administrator": "主管部门",
    },
    "openshare-eval-2020": {"index": "序号", "institution": "单位", "result": "结果"},
    "stations-most-2019": {
        "index": "序号",
        "name": "国家野外站名称",
        "institution": "依托单位",
        "administrator": "主管部门",
    },
}
"""Notice -> column of the gold -> label of the table's column."""

LISTS = (
    "leading-firms-batch-03-year-2004",
    "leading-firms-batch-05-year-2011",
    "leading-firms-batch-07-year-2021",
    "parks-affirm-2018",
)

BAR = 0.99


def read_gold(folder, name):
    header, *rows = read_workbook(folder / "gold" / f"{name}.xlsx").sheets[0].rows
    return [dict(zip(header, row, strict=True)) for row in rows]


def survey(folder, name):
    return [survey_sheet(sheet) for sheet in read_workbook(folder / "html" / f"{name}.html").sheets]


def as_the_person_wrote(text):
    if text is None:
        return None
    joined = re.sub(r"[\s\u00a0]+", "、", text.strip())
    return re.sub("^中科院(?=.)", "中国科学院", joined)


def precision_and_recall(found, gold):
    hits = sum((found & gold).values())
    return hits / sum(found.values()), hits / sum(gold.values())


@pytest.fixture
def notices(shared_folder):
    return shared_folder / "data" / "notices-dev"


@pytest.mark.parametrize("name", TABLES)
def test_cells_of_a_table_are_found_in_their_row_and_column(name, notices):
    gold = read_gold(notices, name)
    (table,) = (table for each in survey(notices, name) for table in each.tables)
    records = read_records(table).rows(named=True)

    labels = TABLES[name]
    found = Counter(
        (at, column, as_the_person_wrote(row[label]))
        for at, row in enumerate(records)
        for column, label in labels.items()
    )
    expected = Counter(
        (at, column, as_the_person_wrote(row[column])) for at, row in enumerate(gold) for column in labels
    )
    precision, recall = precision_and_recall(found, expected)

    assert (precision >= BAR, recall >= BAR) == (True, True), (precision, recall)
    assert len(records) == len(gold)
    assert set(labels.values()) <= set(table.names)


@pytest.mark.parametrize("name", TABLES)
def test_frame_around_the_text_of_a_notice_is_no_table(name, notices):
    surveys = survey(notices, name)

    assert sum(len(each.tables) for each in surveys) == 1
    assert {leftover.kind.value for each in surveys for leftover in each.leftovers} == {"form", "text"}


@pytest.mark.parametrize("name", LISTS)
def test_names_of_a_list_are_found_in_their_order(name, notices):
    gold = [each["name"] for each in read_gold(notices, name)]
    (table,) = (table for each in survey(notices, name) for table in each.tables)

    (column,) = table.names
    names = [re.sub(r"^\d+\.", "", text) for text in read_records(table)[column]]
    precision, recall = precision_and_recall(Counter(enumerate(names)), Counter(enumerate(gold)))

    assert (precision >= BAR, recall >= BAR) == (True, True), (precision, recall)
