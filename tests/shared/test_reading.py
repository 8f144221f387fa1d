"""Real files of bureaus open: encrypted old workbooks, their plain copies, notices as web pages."""

import pytest

from yumiao.intake.workbooks import read_workbook

YEARBOOKS = ("labor-hour-2012", "labor-hour-2019", "patent-accept-2012", "patent-accept-2019")
NOTICES = {
    "leading-firms-batch-03-year-2004": 0,
    "leading-firms-batch-05-year-2011": 0,
    "leading-firms-batch-07-year-2021": 0,
    "parks-affirm-2018": 0,
    "openshare-eval-2018": 374,
    "openshare-eval-2020": 357,
    "stations-most-2019": 98,
}
"""Name -> rows of the largest table, 0 where the names stand in paragraphs."""


def plain(rows):
    """Join lines inside cells, where the two copies of a table differ."""
    return [[cell and "".join(cell.split()) for cell in row] for row in rows]


@pytest.mark.parametrize("name", YEARBOOKS)
def test_an_encrypted_workbook_has_the_cells_of_its_plain_copy(shared_folder, name):
    folder = shared_folder / "data" / "yearbook-xls-dev" / "raw"

    locked, copy = read_workbook(folder / f"{name}.xls"), read_workbook(folder / f"{name}.xlsx")

    assert (locked.was_encrypted, copy.was_encrypted) == (True, False)
    assert plain(locked.sheets[0].rows) == plain(copy.sheets[0].rows)
    assert (4, 3, 4, locked.sheets[0].width - 1) in locked.sheets[0].merges  # the label over the kinds


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_opens_with_its_tables_or_its_paragraphs(shared_folder, name):
    sheets = read_workbook(shared_folder / "data" / "notices-dev" / "html" / f"{name}.html").sheets

    tallest = max(sheet.height for sheet in sheets)
    assert tallest == NOTICES[name] or (not NOTICES[name] and [sheet.width for sheet in sheets] == [1])
