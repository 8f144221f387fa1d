"""Start, movements and end of a title over three seeds: towns make the whole, and every figure is its list's length."""

import datetime as dt
import html
import re

import pytest
from django.db import transaction
from tests.district.districts import AS_OF, NOW
from tests.district.seeded import SeededDistrict

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.indicators.balances import balance_of, rank_towns
from yumiao.district.indicators.models import LadderBuilt
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import rebuild


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture(scope="module", params=[21, 22, 23])
def seeded(request, tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("seeded")
    district = SeededDistrict(folder, request.param).fill()
    with django_db_blocker.unblock(), transaction.atomic():
        rebuild(district.store, library(), as_of=AS_OF, data=folder / "data", now=NOW)
        yield district
        transaction.set_rollback(True)


def test_towns_make_the_whole_and_each_figure_is_the_length_of_its_list(seeded, sign_in):
    client = sign_in("officer")

    page = page_of(client, "/indicators/HT_VALID/?territory=320412&year=2026")

    balance = balance_of(actor_of(Person.objects.get(login="officer")), "hnte", LadderBuilt.objects.get())
    assert balance.end > 0
    assert balance.parts_difference == 0
    assert abs(balance.difference) <= balance.start_unsure + balance.end_unsure
    figures = re.findall(r'<a class="count" href="(/enterprises/[^"]+)">([\d,]+)</a>', page)
    assert len(figures) > 4
    for address, shown in figures:
        listed = page_of(client, html.unescape(address))
        assert f'<span class="meta">{shown} 家' in listed, address


def test_towns_are_ranked_by_what_is_counted_and_growth_that_lists_cannot_tell_is_unknown(seeded):
    actor, built = actor_of(Person.objects.get(login="officer")), LadderBuilt.objects.get()
    balance = balance_of(actor, "hnte", built)
    stock = {each.unit.territory: each for each in rank_towns(balance, by_growth=False)}

    assert set(stock) == {"320412100", "320412101"}
    assert {each.rank for each in stock.values()} <= {1, 2}
    built.since = dt.date(2019, 12, 31)
    late = balance_of(actor, "hnte", built)
    assert late.is_told is False
    assert {each.rank for each in rank_towns(late, by_growth=True)} == {None}
