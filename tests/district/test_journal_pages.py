"""The journal on screen: for the audit administrator only, with filters, pages and a file."""

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.journal.chain import Line
from yumiao.district.journal.models import JournalLine
from yumiao.district.journal.services import Stream, record
from yumiao.district.permissions import Operation, can, visible_lines_to

HANZI = re.compile(r"[\u3400-\u9fff]")
CASE = Stream("case", "c0001")


def write(count=1, stream=CASE, act="person.created", start=NOW):
    for number in range(count):
        at = start + dt.timedelta(seconds=number)
        record(stream=stream, act=act, actor="p1", at=at, payload={"n": number})


def page_of(client, query=""):
    response = client.get(f"/journal/{query}")
    assert response.status_code == 200
    return response.content.decode()


def rows_in(page):
    return re.findall(r'stream=([\w%]+)">[^<]*</a> #(\d+)', page)


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("address", ["/journal/", "/journal/export.csv"])
def test_journal_answers_the_audit_administrator_only_and_tells_others_why(login, address, sign_in):
    response = sign_in(login).get(address)

    assert response.status_code == (200 if login == "audit" else 403)
    if login != "audit":
        page = response.content.decode()
        assert "不能查看留痕" in page or "不能导出留痕" in page


@pytest.mark.parametrize("login", PEOPLE)
def test_lines_visible_are_those_that_may_be_seen(login):
    actor = actor_of(Person.objects.get(login=login))
    write()

    visible = JournalLine.objects.filter(visible_lines_to(actor)).exists()

    assert visible == can(actor, Operation.SEE_JOURNAL).allowed == (login == "audit")


def test_journal_without_signing_in_leads_to_the_sign_in_page():
    assert Client().get("/journal/").headers["Location"] == "/sign-in/?next=/journal/"


def test_audit_administrator_begins_at_the_journal(sign_in):
    client = sign_in("audit")

    assert client.get("/").headers["Location"] == "/journal/"
    assert re.search(r'<a href="/journal/" aria-current="page">(<svg.*?</svg>)?留痕</a>', page_of(client))


def test_latest_line_comes_first_with_its_words(sign_in):
    write(2, start=NOW + dt.timedelta(days=1))

    page = page_of(sign_in("audit"))

    assert rows_in(page)[:2] == [("case%2Fc0001", "2"), ("case%2Fc0001", "1")]
    assert "建立账号" in page
    assert "2026-07-16 17:00:01" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?stream=case", 4),
        ("?stream=case/c0001", 3),
        ("?stream=case/c0001&act=register.rebuilt", 1),
        ("?stream=case&day=2026-07-15", 3),
        ("?stream=case&day=2026-07-16", 1),
        ("?stream=cas", 0),
        ("?stream=case&day=2026-07-17", 0),
    ],
)
def test_filters_keep_exactly_what_is_asked_for(query, count, sign_in):
    write(2)
    write(1, act="register.rebuilt")
    late = dt.datetime(2026, 7, 15, 16, 0, tzinfo=dt.UTC)  # midnight where the office is
    write(1, Stream("case", "c0002"), start=late)

    page = page_of(sign_in("audit"), query)

    assert len(rows_in(page)) == count
    assert ("没有符合条件的留痕" in page) == (count == 0)


@pytest.mark.parametrize(
    "query", ["?day=x", "?day=0001-01-01", "?day=9999-12-31", "?act=none", "?stream=%00", "?page=99"]
)
def test_query_that_means_nothing_is_passed_over(query, sign_in):
    assert rows_in(page_of(sign_in("audit"), query))


def test_journal_comes_in_pages_and_links_keep_the_filters(sign_in):
    write(51)
    client = sign_in("audit")

    first = page_of(client, "?stream=case")

    assert len(rows_in(first)) == 50
    assert "?stream=case&amp;page=2" in first
    assert len(rows_in(page_of(client, "?stream=case&page=2"))) == 1


def test_list_costs_the_same_queries_for_one_line_and_for_three(sign_in, django_assert_num_queries):
    client = sign_in("audit")
    write(1)
    page_of(client, "?stream=case")
    with CaptureQueriesContext(connection) as one:
        page_of(client, "?stream=case")
    write(2)

    with django_assert_num_queries(len(one)):
        page_of(client, "?stream=case")


def test_file_holds_whole_lines_that_can_be_checked_and_is_itself_journalled(sign_in):
    write(3)
    response = sign_in("audit").get("/journal/export.csv?stream=case")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    assert len(rows) == 4
    for stream, sequence, at, actor, _label, act, payload, previous, kept in rows[1:]:
        assert Line(stream, int(sequence), at, actor, act, payload, previous).computed_hash() == kept
    noted = JournalLine.objects.get(stream="journal/exports")
    assert noted.actor == Person.objects.get(login="audit").id
    assert noted.payload == '{"lines":3}'


def test_journal_page_keeps_what_every_page_keeps(sign_in):
    client = sign_in("audit")
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for query in ("", "?stream=none"):
            page = page_of(client, query)
            assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=", page)
            assert len(re.findall(r"<h1", page)) == 1
            assert "unknown variable" not in page
            for name in re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', page):
                assert f'for="{name}"' in page
            if language == "en":
                for own in ("育苗", "中文", "审计管理员 甲", ">审<"):
                    page = page.replace(own, "")
                assert HANZI.findall(page) == []
