"""Moments that the store wrote are shown in the district's time, to people and to machines."""

import datetime as dt

import pytest
from tests.district.districts import ON
from tests.district.importing import page_of

from yumiao.district.intakes.models import BatchListed
from yumiao.web.moments import day_here, minute_here, minute_words

LATE = "2026-07-01T22:30:15.000000+00:00"
"""Late in the evening in London is early next morning in the district."""

DRAWN = '<time datetime="2026-07-02T06:30:15+08:00">2026-07-02 06:30</time>'


@pytest.fixture
def batch(db):
    return BatchListed.objects.create(
        id="b000001-x", number=1, kind="月报", source="tax", files="甲.csv", observed_on=ON, recorded_at=LATE,
        who="p", rows=1, subjects=1, facts=1, is_reverted=False,
    ).id  # fmt: skip


@pytest.mark.parametrize(
    ("written", "day", "minute"),
    [
        (LATE, dt.date(2026, 7, 2), "2026-07-02 06:30"),
        ("2026-07-01T08:01:00.000000+08:00", dt.date(2026, 7, 1), "2026-07-01 08:01"),
        ("2026-06-30T16:00:00+00:00", dt.date(2026, 7, 1), "2026-07-01 00:00"),
    ],
)
def test_moment_with_any_offset_is_that_of_the_district(written, day, minute):
    assert (day_here(written), minute_here(written)) == (day, minute)


def test_moment_of_the_database_is_that_of_the_district_too():
    late = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)

    assert (minute_words(late), minute_words(None)) == ("2026-07-02 06:30", "")


def test_list_of_batches_shows_when_each_came_in(batch, sign_in):
    page = page_of(sign_in("officer").get("/imports/batches/"))

    assert DRAWN in page
    assert "22:30" not in page


def test_page_of_a_batch_shows_when_it_came_in(batch, sign_in):
    assert DRAWN in page_of(sign_in("officer").get(f"/imports/batches/{batch}/"))


def test_file_of_batches_says_what_the_list_says(batch, sign_in):
    file = sign_in("officer").get("/imports/batches/export.csv").getvalue().decode()

    assert "2026-07-02 06:30" in file
    assert "T22:30" not in file


def test_values_of_an_enterprise_show_when_they_came_in(ids, sign_in):
    """The district's one batch was taken two minutes after eight on 1 July."""
    client, address = sign_in("officer"), f"/enterprises/{ids['hengzhou']}/facts/"
    listed = page_of(client.get(address))
    one = page_of(client.get(f"{address}staff_total@2025/"))

    assert '<time datetime="2026-07-01T08:02:00+08:00">2026-07-01</time>' in listed
    assert '<time datetime="2026-07-01T08:02:00+08:00">2026-07-01 08:02</time>' in one
