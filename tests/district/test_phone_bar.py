"""The bar at the foot of a phone: at most five places, of which the last opens the others."""

import re

import pytest

ENTRY = re.compile(r'<a href="([^"]+)"[^>]*>')


def bar(page):
    return page[page.index('<nav class="ym-tabbar"') :].partition("</nav>")[0]


def test_bar_of_more_than_five_entries_has_four_and_the_others_under_more(sign_in):
    page = sign_in("officer").get("/overview/").content.decode()
    rail = page[page.index('<nav class="ym-rail"') :].partition("</nav>")[0]
    shown, _, under = bar(page).partition("<details")

    first, others = ENTRY.findall(shown), ENTRY.findall(under)
    assert first == ["/overview/", "/enterprises/", "/indicators/", "/imports/"]
    assert others == ["/policies/", "/campaigns/", "/chains/"]
    assert re.search(r"<summary><svg [^>]*>.*?</svg>更多</summary>", under)
    assert ENTRY.findall(rail) == first + others


@pytest.mark.parametrize(("path", "is_on"), [("/policies/", True), ("/enterprises/", False)])
def test_more_is_marked_where_the_page_is_below_it(sign_in, path, is_on):
    page = bar(sign_in("officer").get(path).content.decode())

    assert ('<details class="ym-more on">' in page) is is_on
    assert page.count('aria-current="page"') == 1


def test_bar_of_five_entries_or_fewer_shows_them_all(sign_in):
    page = bar(sign_in("enterprise").get("/messages/").content.decode())

    assert 0 < len(ENTRY.findall(page)) <= 5
    assert "<details" not in page


@pytest.mark.parametrize("part", ["", "facts/", "notes/", "contacts/", "attachments/", "timeline/"])
def test_bar_is_that_of_the_site_on_every_page_of_an_enterprise(sign_in, ids, part):
    page = sign_in("officer").get(f"/enterprises/{ids['hengzhou']}/{part}").content.decode()

    assert ENTRY.findall(bar(page))[:2] == ["/overview/", "/enterprises/"]
    assert len(ENTRY.findall(bar(page))) == 7
