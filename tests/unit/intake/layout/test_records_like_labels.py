"""Records whose only figure is misspelt: they stay records, and no second table begins there."""

from tests.unit.intake.layout.sheets_for_tests import plain_records

from yumiao.intake.cells import sheet_of_rows
from yumiao.intake.layout.survey import find_tables

HEADER = ["统一社会信用代码", "企业名称", "成立日期", "划型行业", "查账征收", "限制类", "复核"]


def record(number, founded):
    return [f"91320412MADEM{number:04d}L", f"常州第{number}机械有限公司", founded, "工业", "是", "否", "否"]


def sheet(*rows):
    return sheet_of_rows("企业名录", [HEADER, *rows])


def test_month_among_dates_begins_no_second_table():
    rows = [record(number, f"20{number:02d}-05-01") for number in range(1, 12)]
    rows[3][2] = "2011-04"

    tables = find_tables(sheet(*rows))

    assert [len(plain_records(table)) for table in tables] == [11]


def test_record_without_code_that_says_what_the_others_say_is_a_record():
    rows = [["", *record(number, f"20{number:02d}-05-01")[1:]] for number in range(1, 12)]
    rows[5][2] = "不详"

    tables = find_tables(sheet(*rows))

    assert [len(plain_records(table)) for table in tables] == [11]
