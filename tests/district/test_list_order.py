"""A list is put in order once for a register; a page is cut out of it and shows no more than the reader may see."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.registry import selectors
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.district.registry.ordering import EACH, order_of
from yumiao.district.registry.places import place_names
from yumiao.district.registry.remembering import Memory
from yumiao.district.registry.selectors import (
    SORTS,
    Wanted,
    ids_wanted,
    in_short,
    order_wanted,
    projection,
    rows_of,
    subjects_wanted,
    with_verdicts,
)


def actor(login):
    return actor_of(Person.objects.get(login=login))


def ids_of(login, **wanted):
    order = order_wanted(actor(login), Wanted(**wanted), projection())
    return order.ids(0, order.count)


@pytest.mark.parametrize(("start", "end"), [(0, 50), (150, 250), (199, 201), (400, 450), (430, 500), (0, 0)])
def test_page_of_an_order_is_the_slice_of_its_ids(start, end):
    ids = [f"s{number:05}" for number in range(2 * EACH + 35)]
    assert order_of(ids).ids(start, end) == ids[start:end]


def test_order_of_the_first_ones_says_how_many_there_are_and_where_it_ends():
    order = order_of(["a", "b"], 5)
    assert (order.count, order.has(2), order.has(3)) == (5, True, False)
    assert (order_of(["a", "b"]).has(50), order_of([]).has(50)) == (True, True)


def test_page_behind_the_first_ones_that_a_text_finds_is_read_by_itself(monkeypatch):
    officer, wanted = actor("officer"), Wanted(text="公")
    whole = [row.id for row in subjects_wanted(officer, wanted)]
    monkeypatch.setattr(selectors, "FIRST", 1)
    order = order_wanted(officer, wanted, projection())

    assert (order.count, order.held) == (len(whole), 2)
    assert len(whole) > 2
    assert ids_wanted(officer, wanted, order, 0, 2) == whole[:2]
    assert ids_wanted(officer, wanted, order, 1, 50) == whole[1:]


def test_order_of_none_is_empty():
    assert (order_of([]).count, order_of([]).ids(0, 50)) == (0, [])


@pytest.mark.parametrize("sort", sorted(SORTS))
@pytest.mark.parametrize("policy", ["", "hnte"])
def test_order_is_that_of_the_list_under_every_sort(sort, policy):
    wanted = Wanted(sort=sort, policy=policy)
    found = [row.id for row in subjects_wanted(actor("officer"), wanted)]
    assert ids_of("officer", sort=sort, policy=policy) == found
    assert len(found) == 4


def test_order_is_found_once_until_the_register_is_built_again():
    before = ids_of("officer")
    Subject.objects.filter(id=before[0]).delete()
    built = projection()
    with CaptureQueriesContext(connection) as captured:
        assert order_wanted(officer := actor("officer"), Wanted(), built).count == 4
    assert not [each for each in captured if "registry_subject" in each["sql"]]

    Projection.objects.update(built_at=NOW.replace(hour=10))
    assert order_wanted(officer, Wanted(), projection()).ids(0, 9) == before[1:]


def test_rows_stand_in_the_order_of_their_ids_and_say_what_lists_say():
    officer, ids = actor("officer"), ids_of("officer")[::-1]
    OutcomeCurrent.objects.filter(family="hnte").update(near_miss=True)
    whole = {row.id: row for row in with_verdicts(Subject.objects.all(), "hnte")}
    short = {row.id: row for row in in_short(Subject.objects.all())}

    assert rows_of(officer, ids, "hnte", place_names()) == [whole[each] for each in ids]
    assert rows_of(officer, ids, "", place_names()) == [short[each] for each in ids]


def test_rows_of_ids_elsewhere_or_gone_are_left_out():
    everybody, own = ids_of("officer"), ids_of("town")
    assert [row.id for row in rows_of(actor("town"), [*everybody, "s0gone"], "", place_names())] == own
    assert rows_of(actor("town"), [], "", place_names()) == []


def test_answers_that_weigh_too_much_push_out_those_not_asked_for_longest():
    memory, asked = Memory(10), []

    def ask(key, weight):
        return memory.answer(key, lambda: asked.append(key) or key, lambda _: weight)

    for key, weight in (("a", 4), ("b", 4), ("a", 4), ("c", 4), ("a", 4), ("b", 4), ("d", 11), ("a", 4)):
        assert ask(key, weight) == key
    assert asked == ["a", "b", "c", "b", "d", "a"]


def test_choices_show_what_was_chosen_and_the_language_of_the_reader(sign_in):
    client = sign_in("officer")
    plain = client.get("/enterprises/").content.decode()
    chosen = client.get("/enterprises/?policy=hnte&outcome=met").content.decode()
    english = client.get("/enterprises/?policy=hnte", headers={"Accept-Language": "en"}).content.decode()
    selected = re.compile(r'<option value="([^"]+)" selected>')

    assert selected.findall(plain) == []
    assert selected.findall(chosen) == ["hnte", "met"]
    assert selected.findall(english) == ["hnte"]
    assert ("最高梯级" in plain, "最高梯级" in english) == (True, False)


@pytest.mark.parametrize("address", ["/enterprises/", "/enterprises/?policy=hnte"])
def test_words_of_files_are_escaped_in_rows(sign_in, ids, address):
    Subject.objects.filter(id=ids["jiahe"]).update(name='<b>"&', code="<i>")
    OutcomeCurrent.objects.filter(subject=ids["jiahe"]).update(near_miss=True, gap_zh="<u>", gap_en="<u>")
    page = sign_in("officer").get(address).content.decode()

    assert f'<a href="/enterprises/{ids["jiahe"]}/">&lt;b&gt;&quot;&amp;</a>' in page
    assert "&lt;i&gt;" in page
    assert "&lt;u&gt;" in page
    assert not [tag for tag in ("<b>&quot;", '<b>"', "<i>", "<u>") if tag in page]
