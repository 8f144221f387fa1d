"""Looking for a text in memory finds whom the database finds, for each reader, as the register stands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.registry import scanning, searching
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.selectors import Wanted, order_wanted, projection, subjects_wanted

TEXTS = (
    "常州",
    "衡",
    "衡舟",
    "轴承厂",
    "changzhou",
    "heng",
    "hengz",
    "engzhou",
    "czh",
    "c",
    "h",
    "91320412",
    "MA0000234Y",
    "ＭＡ0000234y",
    "9",
    "常 州",
    "没有这家",
    "<script>",
    "%",
    "_",
    "'",
)


def found_in_memory(actor, text):
    order = order_wanted(actor, Wanted(text=text), projection())
    return order.count, order.ids(0, order.count)


@pytest.mark.parametrize("few", [searching.FEW, 1])
@pytest.mark.parametrize("login", ["officer", "town"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_finds_whom_the_database_finds_in_its_order(text, login, few, monkeypatch):
    for each in (searching, scanning):
        monkeypatch.setattr(each, "FEW", few)
    actor = actor_of(Person.objects.get(login=login))
    expected = list(subjects_wanted(actor, Wanted(text=text)).values_list("id", flat=True))

    assert found_in_memory(actor, text) == (len(expected), expected)


def test_names_are_read_once_for_a_register():
    actor = actor_of(Person.objects.get(login="officer"))
    found_in_memory(actor, "常州")
    with CaptureQueriesContext(connection) as captured:
        found_in_memory(actor, "衡舟")

    assert [each["sql"].rpartition(" FROM ")[2][:23] for each in captured] == ['"registry_projection" O']


def test_new_register_is_looked_through_anew(ids):
    actor = actor_of(Person.objects.get(login="officer"))
    before = found_in_memory(actor, "改名")
    Subject.objects.filter(id=ids["jiahe"]).update(known_as="改名以后")
    Projection.objects.update(built_at=NOW.replace(hour=12))

    assert (before, found_in_memory(actor, "改名")) == ((0, []), (1, [ids["jiahe"]]))


def test_readers_do_not_see_what_others_found(ids):
    officer, town = (actor_of(Person.objects.get(login=login)) for login in ("officer", "town"))
    asked = [found_in_memory(actor, "常州")[1] for actor in (officer, town, officer)]
    visible = set(subjects_wanted(town, Wanted()).values_list("id", flat=True))

    assert asked[0] == asked[2]
    assert set(asked[1]) <= visible
    assert asked[1] != asked[0]


def test_page_of_a_text_says_how_many_it_found(sign_in):
    page = sign_in("officer").get("/enterprises/", {"q": "常州"}).content.decode()
    actor = actor_of(Person.objects.get(login="officer"))

    assert f'<span class="meta">{found_in_memory(actor, "常州")[0]} 家' in page
