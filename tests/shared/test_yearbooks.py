"""Four tables of a real yearbook, recognised without any mapping and compared with what a person made of them.

The melt: each record of a table gives one value per column of figures. Its label is the last part of the
column's path; the column over all others is the total (合计), whatever its own words are. The year is the one
in the title. The person left two things out, which the reader flags: subtotals, and 港澳台.
"""

import re

import pytest
from polars.testing import assert_frame_equal

from yumiao.intake.layout.found import ColumnType
from yumiao.intake.layout.records import read_records
from yumiao.intake.layout.survey import find_tables
from yumiao.intake.workbooks import read_workbook

TABLES = ("labor-hour-2012", "labor-hour-2019", "patent-accept-2012", "patent-accept-2019")
GAPS = {"patent-accept-2019": {("吉林", "2019", "外观设计")}}
"""Where the gold has no value: the cell is empty in the workbook, plain and encrypted."""


@pytest.fixture(params=[(name, kind) for name in TABLES for kind in (".xlsx", ".xls")], ids="".join)
def yearbook(request, shared_folder):
    """A table as recognised, its gold, and its name."""
    name, kind = request.param
    folder = shared_folder / "data" / "yearbook-xls-dev"
    sheets = read_workbook(folder / "raw" / f"{name}{kind}").sheets
    (table,) = (table for sheet in sheets for table in find_tables(sheet))
    return name, table, read_gold(folder / "gold" / f"{name}.xlsx")


def read_gold(path):
    header, *rows = read_workbook(path).sheets[0].rows
    records = [dict(zip(header, row, strict=True)) for row in rows]
    keys = [(each["province"], each["year"], each["chn_block4"]) for each in records]
    values = dict(zip(keys, (each["value"] for each in records), strict=True))
    return {key: value for key, value in values.items() if value is not None}, {
        each["units"] for each in records
    }


def melt(table):
    """(province, year, label) -> (value, kind of its row)."""
    (year,) = re.findall(r"[(（](\d{4})年[)）]", table.title[0])
    frame = read_records(table)
    figures = [
        (name, column)
        for name, column in zip(table.names, table.columns, strict=True)
        if column.type is ColumnType.NUMBER
    ]
    return {
        (row["地区"], year, "合计" if len(column.path) == 1 else column.path[-1]): (
            row[name],
            row["row_kind"],
        )
        for row in frame.rows(named=True)
        for name, column in figures
    }


def test_every_gold_value_is_found_at_its_province_year_and_label(yearbook):
    _, table, (gold, _) = yearbook

    values = melt(table)

    assert {key: values[key][0] for key in gold} == gold
    assert len(gold) > 120


def test_gold_has_one_gap_of_its_own(yearbook):
    name, _, (gold, _) = yearbook
    provinces = {province for province, _, _ in gold}
    labels = {label for _, _, label in gold}
    (year,) = {year for _, year, _ in gold}

    every = {(province, year, label) for province in provinces for label in labels}

    assert every - gold.keys() == GAPS.get(name, set())


def test_rows_beyond_the_gold_are_flagged_as_subtotals_or_listed_apart(yearbook):
    _, table, (gold, _) = yearbook
    provinces = {province for province, _, _ in gold}

    kinds = {province: kind for (province, _, _), (_, kind) in melt(table).items()}

    extra = {province: kind for province, kind in kinds.items() if province not in provinces}
    flagged = {"东部地区", "中部地区", "西部地区", "东北地区"}
    assert {province for province, kind in extra.items() if kind == "subtotal"} in (flagged, set())
    assert {province for province, kind in extra.items() if kind == "apart"} in (
        {"香港", "澳门", "台湾"},
        set(),
    )
    assert set(extra.values()) <= {"subtotal", "apart"}
    assert {province for province in provinces if kinds[province] != "record"} == {"全国"}
    assert kinds["全国"] == "total"


def test_unit_and_other_language_are_recognised(yearbook):
    _, table, (_, units) = yearbook
    figures = [column for column in table.columns if column.type is ColumnType.NUMBER]

    assert {column.unit for column in figures} == units
    assert all(re.fullmatch(r"[A-Za-z1 /&]+", column.other) for column in figures)
    assert table.header_rows == (4, 5)
    assert sum(column.unread for column in table.columns) == 0


@pytest.mark.parametrize("name", TABLES)
def test_encrypted_and_plain_workbook_give_the_same_table(name, shared_folder):
    folder = shared_folder / "data" / "yearbook-xls-dev" / "raw"
    frames = []
    for kind in (".xlsx", ".xls"):
        sheets = read_workbook(folder / f"{name}{kind}").sheets
        (table,) = (table for sheet in sheets for table in find_tables(sheet))
        frames.append(read_records(table))

    assert_frame_equal(*frames)
