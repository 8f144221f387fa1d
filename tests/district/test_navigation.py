"""The navigation says where a page stands, and filters look alike on every list."""

import re

import pytest
from tests.district.districts import NOW

from yumiao.district.accounts.models import Person
from yumiao.district.campaigns import sending_jobs
from yumiao.district.intakes.working import CHECKING
from yumiao.district.jobs.kinds import kind_named
from yumiao.district.jobs.services import ask_for
from yumiao.model.text import Text
from yumiao.web.views.listed import choice_filter

RAIL = re.compile(r'<nav class="(ym-rail|ym-tabbar)".*?</nav>', re.DOTALL)
CURRENT = re.compile(r'<a href="([^"]+)" aria-current="page"')
FILTERS = re.compile(r'<button class="([^"]+)" type="submit">筛选</button>')

OFFICE = {
    "/overview/": ["/overview/", "/overview/sources/", "/overview/calls/", "/brief/"],
    "/enterprises/": ["/enterprises/", "/enterprises/{firm}/", "/enterprises/{firm}/facts/",
                      "/enterprises/{firm}/chains/"],
    "/indicators/": ["/indicators/"],
    "/imports/": ["/imports/", "/imports/new/", "/imports/batches/", "/imports/queue/", "/imports/queue/decisions/",
                  "/imports/conflicts/"],
    "/policies/": ["/policies/", "/policies/hnte/"],
    "/campaigns/": ["/campaigns/", "/campaigns/new/", "/proposals/", "/codes/", "/codes/letter/"],
    "/chains/": ["/chains/", "/chains/new/", "/chains/unknown/", "/chains/import/"],
}  # fmt: skip
FIRM = {
    "/my/{firm}/": ["/my/{firm}/", "/my/{firm}/people/", "/my/{firm}/proposals/", "/enterprises/{firm}/",
                    "/enterprises/{firm}/plans/?policy=hnte"],
    "/my/{firm}/questions/": ["/my/{firm}/questions/", "/my/{firm}/drafts/"],
    "/my/{firm}/facts/": ["/my/{firm}/facts/", "/my/{firm}/facts/staff_total@2025/"],
    "/messages/": ["/messages/"],
    "/policies/": ["/policies/", "/policies/hnte/"],
}  # fmt: skip
ADMINISTRATION = {
    "security": {"/admin/people/": ["/admin/people/"], "/admin/retention/": ["/admin/retention/"]},
    "system": {"/admin/divisions/": ["/admin/divisions/"], "/admin/calendar/": ["/admin/calendar/"],
               "/admin/tokens/": ["/admin/tokens/", "/admin/tokens/new/"]},
    "audit": {"/journal/": ["/journal/", "/journal/?stream=reference"]},
}  # fmt: skip
WALKS = [
    (login, page, entry)
    for login, walk in {"officer": OFFICE, "enterprise": FIRM, **ADMINISTRATION}.items()
    for entry, pages in walk.items()
    for page in pages
]


def marked(page):
    """The addresses that are marked in the rail and in the phone's bar, each where it is drawn."""
    return {found.group(1): CURRENT.findall(found.group()) for found in RAIL.finditer(page)}


@pytest.mark.parametrize(("login", "page", "entry"), WALKS)
def test_page_marks_exactly_the_entry_that_it_belongs_to(login, page, entry, ids, sign_in):
    names = {"firm": ids["hengzhou"]}
    answer = sign_in(login).get(page.format_map(names))

    assert answer.status_code == 200
    bars = marked(answer.content.decode())
    assert set(bars) == ({"ym-tabbar"} if login == "enterprise" else {"ym-rail", "ym-tabbar"})
    assert list(bars.values()) == [[entry.format_map(names)]] * len(bars)


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        (CHECKING, "/imports/"),
        (sending_jobs.SEND, "/campaigns/"),
        (kind_named("brief.make"), "/overview/"),
        (kind_named("enterprise.plan"), "/enterprises/"),
    ],
)
def test_running_job_marks_the_page_that_asked_for_it(kind, entry, sign_in):
    job = ask_for(kind, actor=Person.objects.get(login="officer").id, arguments={}, now=NOW)

    assert marked(sign_in("officer").get(f"/jobs/{job}/").content.decode()) == {
        "ym-rail": [entry],
        "ym-tabbar": [entry],
    }


@pytest.mark.parametrize("page", ["/me/", "/messages/"])
def test_page_of_the_person_alone_marks_no_part_of_the_office(page, sign_in):
    assert list(marked(sign_in("officer").get(page).content.decode()).values()) == [[], []]


@pytest.mark.parametrize(
    ("login", "page"),
    [(login, page) for login, page, _ in WALKS if page.count("/") < 5 and "{" not in page],
)
def test_filter_of_a_list_is_a_plain_button_and_never_the_first_act_of_the_page(login, page, sign_in):
    assert set(FILTERS.findall(sign_in(login).get(page).content.decode())) <= {"btn btn-line"}


@pytest.mark.parametrize(
    ("labels", "is_long"),
    [
        (["全部", "有效"], False),
        (["高新技术企业认定"], True),
        (["longest waiting first"], True),
        (["newest first"], False),
    ],
)
def test_filter_with_long_words_gets_the_room_of_two(labels, is_long):
    options = [(label, Text(label, label)) for label in labels]

    assert choice_filter("a", "甲", options, "").is_long is is_long
