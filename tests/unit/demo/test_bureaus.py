"""The files of bureaus of the larger invented district."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest

from yumiao.demo.bureaus import make_bureau_files
from yumiao.demo.bureaus.firms import trade_names
from yumiao.demo.bureaus.titles import FULL_SIZE, years_later
from yumiao.demo.bureaus.words import bureau_words
from yumiao.demo.enterprises import MARK, MOST_CODES, make_code
from yumiao.identity.codes import check_code

AS_OF = dt.date(2026, 7, 15)
SMALL = 120


def contents(made):
    return {file.name: (parts_of(file), file.mapping, file.source, file.on) for file in made.files}


def parts_of(file):
    """What a file says, whatever the machine's compression."""
    if not file.name.endswith(".xlsx"):
        return file.content
    with zipfile.ZipFile(BytesIO(file.content)) as parts:
        return {part: parts.read(part) for part in parts.namelist()}


@pytest.fixture(scope="module")
def made():
    return make_bureau_files(5, SMALL, AS_OF)


def test_bureaus_with_the_same_seed_size_and_day_send_the_same_files(made):
    assert contents(make_bureau_files(5, SMALL, AS_OF)) == contents(made)


def test_bureaus_with_another_seed_send_other_files(made):
    other = contents(make_bureau_files(6, SMALL, AS_OF))

    assert other.keys() == contents(made).keys()
    assert all(other[name][0] != content[0] for name, content in contents(made).items())


def test_bureaus_are_at_least_six_and_send_books_text_of_officials_and_web_pages(made):
    names = [file.name for file in made.files]

    assert len({file.source for file in made.files}) >= 6
    assert {name.rpartition(".")[2] for name in names} == {"xlsx", "csv", "html"}
    [survey] = [file for file in made.files if file.name == "统计局_科技活动统计.csv"]
    assert "统一社会信用代码" in survey.content.decode("gb18030")


def test_files_arrive_in_order_and_never_after_the_day(made):
    days = [file.on for file in made.files]

    assert days == sorted(days)
    assert days[-1] < AS_OF


def test_every_firm_has_a_code_with_the_mark_and_a_name_of_its_own(made):
    assert len({firm.name for firm in made.firms}) == SMALL
    assert all(check_code(firm.code).valid and firm.code[8:13] == MARK for firm in made.firms)
    assert max(firm.enterprise.founded for firm in made.firms) < AS_OF


def test_codes_beyond_the_thousandth_are_well_formed_and_all_different():
    numbers = [
        *range(30_000),
        *range(MOST_CODES - 100, MOST_CODES),
    ]  # the mark is cut short within the former
    codes = [make_code("320412", number) for number in numbers]

    assert len(set(codes)) == len(numbers)
    assert {code[8:12] for code in codes} == {MARK[:-1]}
    assert all(check_code(code).valid for code in codes[998:1002] + codes[29_998:])


def test_a_district_of_more_firms_than_two_syllables_name_takes_three():
    words = bureau_words()
    names = trade_names(words, len(words.stems) + 1)

    assert trade_names(words, len(words.stems)) == words.stems
    assert {len(name) for name in names} == {3}
    assert len(set(names)) == len(names) > 400_000


def test_titles_of_the_full_district_start_the_year_with_the_published_stock_and_reach_the_target():
    made = make_bureau_files(5, FULL_SIZE, dt.date(2026, 12, 31))
    rows = [row for row in made.titles if row.title == "hnte"]

    def stock(day):
        last = {}
        for row in rows:
            if row.on <= day:
                last[row.firm] = row
        ends = {"revoked", "moved_out"}
        return sum(row.event not in ends and row.until >= day for row in last.values())

    start, end = stock(dt.date(2025, 12, 31)), stock(dt.date(2026, 12, 28))
    assert start == 1312
    assert end > 1600
    assert end - start >= 300


def test_some_titles_end_within_ninety_days(made):
    soon = AS_OF + dt.timedelta(days=90)
    latest = {row.firm: row for row in made.titles if row.title == "hnte"}

    assert any(row.until is not None and AS_OF <= row.until <= soon for row in latest.values())


def test_day_that_a_later_year_lacks_becomes_the_twenty_eighth():
    assert years_later(dt.date(2024, 2, 29), 3) == dt.date(2027, 2, 28)


@pytest.mark.parametrize("size", [0, 433_201])
def test_bureaus_of_a_district_of_impossible_size_are_refused(size):
    with pytest.raises(ValueError, match="1 to 433200 firms"):
        make_bureau_files(1, size, AS_OF)
