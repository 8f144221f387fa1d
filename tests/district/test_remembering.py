"""What is counted once: lists and the overview read it until the register changes, and never longer."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.district.registry.remembering import MOST, forget, remembered, sight_of
from yumiao.district.registry.selectors import Wanted, count_wanted, in_short, with_verdicts

ASSET = re.compile(r'<(?:link|script|img)[^>]+(?:href|src)="/static/([^"?]+)"')
HEAVIEST, HEAVIEST_WITH_CHARTS = 300_000, 500_000


@pytest.fixture
def officer():
    return actor_of(Person.objects.get(login="officer"))


@pytest.fixture
def town():
    return actor_of(Person.objects.get(login="town"))


def test_count_is_found_once_until_the_register_is_built_again(officer):
    assert count_wanted(officer, Wanted()) == 4
    Subject.objects.filter(name__contains="衡舟").delete()

    with CaptureQueriesContext(connection) as captured:
        assert count_wanted(officer, Wanted()) == 4
    assert len(captured) == 1

    Projection.objects.update(built_at=NOW.replace(hour=10))
    assert count_wanted(officer, Wanted()) == 3


def test_count_of_another_reader_or_question_is_another_one(officer, town):
    counts = [count_wanted(officer, Wanted()), count_wanted(town, Wanted())]
    asked = count_wanted(officer, Wanted(text="嘉禾"))

    assert counts == [4, 1]
    assert asked == 1
    assert sight_of(officer) != sight_of(town)


def test_order_of_a_list_does_not_change_its_count(officer):
    count_wanted(officer, Wanted(sort="name"))
    with CaptureQueriesContext(connection) as captured:
        count_wanted(officer, Wanted(sort="code"))

    assert len(captured) == 1


def test_answers_not_asked_for_longest_go_first():
    forget()
    built, found = Projection(store_root="r", as_of=AS_OF, built_at=NOW), []
    for question in (*range(MOST + 1), MOST, 0):
        remembered(built, question, lambda question=question: found.append(question))

    assert found == [*range(MOST + 1), 0]


def test_rows_in_short_have_the_tallies_and_near_misses_of_whole_rows():
    OutcomeCurrent.objects.filter(family="hnte").update(near_miss=True)
    whole = with_verdicts(Subject.objects.order_by("id"), "")
    short = in_short(Subject.objects.order_by("id"))

    assert [row.tallies for row in short] == [row.tallies for row in whole]
    assert [row.near_misses for row in short] == [row.near_misses for row in whole]
    for row in whole:
        counted = {
            outcome: sum(each.outcome is outcome for each in row.verdicts) for outcome, _ in row.tallies
        }
        assert dict(row.tallies) == counted


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/overview/", HEAVIEST_WITH_CHARTS),
        ("/indicators/", HEAVIEST_WITH_CHARTS),
        ("/enterprises/", HEAVIEST),
        ("/policies/", HEAVIEST),
        ("/imports/", HEAVIEST),
    ],
)
def test_page_with_all_it_loads_is_light(path, most, sign_in):
    page = sign_in("officer").get(path)
    text = page.content.decode()
    files = [finders.find(name) for name in dict.fromkeys(ASSET.findall(text))]

    assert page.status_code == 200
    assert files
    assert None not in files
    sizes = [len(gzip.compress(Path(file).read_bytes())) for file in files]
    assert len(gzip.compress(page.content)) + sum(sizes) <= most
