"""Administrators on screen: system creates and places people, security stops and resets them, neither does both."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import PASSWORD, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person
from yumiao.district.journal.models import JournalLine
from yumiao.district.tokens.models import Token
from yumiao.district.tokens.selectors import try_token


def id_of(login):
    return Person.objects.get(login=login).id


def lines_of(act):
    return list(JournalLine.objects.filter(act=act).values_list("stream", "actor"))


SEEN_BY = {
    "/admin/people/": {"system", "security"},
    "/admin/people/export.csv": {"system", "security"},
    "/admin/people/new/": {"system"},
    "/admin/people/OFFICER/": {"system", "security"},
    "/admin/people/OFFICER/disable/": {"security"},
    "/admin/people/OFFICER/enable/": {"security"},
    "/admin/people/OFFICER/code/": {"security"},
    "/admin/people/OFFICER/factor/": {"security"},
    "/admin/people/OFFICER/sessions/": {"security"},
    "/admin/tokens/": {"system", "security"},
    "/admin/tokens/export.xlsx": {"system", "security"},
    "/admin/tokens/new/": {"system"},
    "/admin/tokens/t1/revoke/": {"system", "security"},
}


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("address", SEEN_BY)
def test_page_of_administrators_answers_as_the_matrix_says(address, login, sign_in):
    there = address.replace("OFFICER", id_of("officer"))

    assert sign_in(login).get(there).status_code == (200 if login in SEEN_BY[address] else 403)


@pytest.mark.parametrize("login", sorted(set(PEOPLE) - {"security"}))
@pytest.mark.parametrize("act", ["disable", "code", "factor", "sessions"])
def test_act_of_security_is_refused_to_everybody_else(act, login, sign_in):
    before = Person.objects.get(login="town").password

    assert sign_in(login).post(f"/admin/people/{id_of('town')}/{act}/").status_code == 403
    after = Person.objects.get(login="town")
    assert (after.is_active, after.password) == (True, before)


def test_system_creates_a_person_who_cannot_sign_in_before_security_gave_a_code(sign_in):
    form = {
        "login": "new.town",
        "label": "洛阳镇 · 经办",
        "role": "town",
        "territories": "320412103， 320412104",
    }
    made = sign_in("system").post("/admin/people/new/", form)
    person = Person.objects.get(login="new.town")
    assert made.headers["Location"] == f"/admin/people/{person.id}/"
    assert sorted(each.code for each in person.territories.all()) == ["320412103", "320412104"]
    assert not person.has_usable_password()

    page = sign_in("security").post(f"/admin/people/{person.id}/code/").content.decode()
    (code,) = re.findall(r'class="ym-secret">([a-z0-9-]{19})<', page)
    client = Client()
    client.post("/sign-in/new-password/", {"login": "new.town", "code": code, "password": PASSWORD})

    assert client.get("/enterprises/").status_code == 200
    assert lines_of("person.created")[-1] == (f"person/{person.id}", id_of("system"))
    assert lines_of("person.code_issued") == [(f"person/{person.id}", id_of("security"))]


def test_refused_form_names_every_mistake_and_keeps_what_was_typed(sign_in):
    form = {"login": "X", "label": "岗位甲", "role": "town", "territories": "abc"}
    refused = sign_in("system").post("/admin/people/new/", form)
    page = refused.content.decode()

    assert refused.status_code == 400
    assert all(f'value="{typed}"' in page for typed in ("X", "岗位甲", "abc"))
    assert '<option value="town" selected>' in page
    assert all(words in page for words in ("登录名“X”", "区划代码“abc”"))


def test_role_and_divisions_are_changed_with_the_former_ones_in_the_journal(sign_in):
    town = id_of("town")
    form = {"label": "区级经办 乙", "role": "officer", "territories": "320412"}

    assert sign_in("system").post(f"/admin/people/{town}/", form).status_code == 302

    person = Person.objects.get(id=town)
    assert (person.role, person.label, [each.code for each in person.territories.all()]) == (
        "officer",
        "区级经办 乙",
        ["320412"],
    )
    payload = JournalLine.objects.get(act="person.role_changed").payload
    assert '"role_before":"town"' in payload
    assert '"territories_before":["320412100"]' in payload
    assert sign_in("security").post(f"/admin/people/{town}/", form).status_code == 403


def test_nobody_raises_their_own_role(sign_in):
    form = {"label": "x", "role": "officer", "territories": "320412"}

    assert sign_in("system").post(f"/admin/people/{id_of('system')}/", form).status_code == 400
    assert Person.objects.get(login="system").role == "system_admin"


@pytest.mark.parametrize("act", ["disable", "code", "factor", "sessions"])
def test_security_does_nothing_to_itself(act, sign_in):
    client, me = sign_in("security"), id_of("security")

    assert client.post(f"/admin/people/{me}/{act}/").status_code == 400
    assert client.get("/admin/people/").status_code == 200


def test_act_asks_first_and_disabling_can_be_undone(sign_in):
    client, officer, town = sign_in("security"), sign_in("officer"), id_of("officer")
    asked = client.get(f"/admin/people/{town}/disable/")
    assert ("以后可以再启用" in asked.content.decode(), officer.get("/enterprises/").status_code) == (
        True,
        200,
    )

    client.post(f"/admin/people/{town}/disable/")
    assert officer.get("/enterprises/").status_code == 302
    client.post(f"/admin/people/{town}/enable/")

    assert Person.objects.get(login="officer").is_active
    assert [len(lines_of(act)) for act in ("person.disabled", "person.enabled")] == [1, 1]


def test_act_that_is_none_and_person_who_is_none_are_not_found(sign_in):
    client = sign_in("security")

    assert client.post(f"/admin/people/{id_of('town')}/erase/").status_code == 404
    assert client.get("/admin/people/pnobody/").status_code == 404


def test_list_is_searched_filtered_sorted_and_exported_alike(sign_in):
    client = sign_in("security")
    Person.objects.filter(login="town").update(is_active=False)

    def logins(query):
        return re.findall(
            r'<a href="/admin/people/p\w+/">([\w.]+)</a>',
            client.get(f"/admin/people/{query}").content.decode(),
        )

    assert logins("") == sorted(PEOPLE)
    assert logins("?q=OFFI") == ["officer"]
    assert logins("?state=disabled") == ["town"]
    assert logins("?role=expert&sort=nonsense&state=%00") == ["expert"]
    assert logins("?q=nobody-at-all") == []
    assert "清除条件" in client.get("/admin/people/?q=nobody-at-all").content.decode()
    file = b"".join(client.get("/admin/people/export.csv?state=disabled").streaming_content).decode(
        "utf-8-sig"
    )
    assert [line.split(",")[0] for line in file.splitlines()[1:]] == ["town"]


def test_exported_cell_is_never_a_formula(sign_in):
    Person.objects.filter(login="town").update(label="=HYPERLINK(1)")

    file = b"".join(sign_in("system").get("/admin/people/export.csv").streaming_content).decode("utf-8-sig")

    assert "'=HYPERLINK(1)" in file


def test_lists_ask_the_same_number_of_queries_for_few_and_many(sign_in):
    client = sign_in("system")

    def asked(address):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    asked("/admin/people/")
    one_person, no_token = asked("/admin/people/?q=town"), asked("/admin/tokens/?q=town")
    make_token(client, "town")
    make_token(client, "town")
    make_token(client, "town")
    create_person(
        login="z.town",
        password=None,
        role=Role.TOWN,
        label="z",
        now=timezone.now(),
        territories=("320412101",),
    )

    assert asked("/admin/people/") == one_person
    assert asked("/admin/tokens/?q=town") - no_token in (0, 1)
    assert asked("/admin/tokens/?q=town") == asked("/admin/tokens/")


def make_token(client, login):
    form = {"login": login, "label": "数据共享", "scope": ["read:subjects"], "days": "30"}
    return client.post("/admin/tokens/new/", form)


def test_token_is_shown_once_works_and_is_journalled(sign_in):
    client = sign_in("system")
    page = make_token(client, "officer").content.decode()
    (written,) = re.findall(r'class="ym-secret">(yum_\w+)<', page)
    token = Token.objects.get()

    assert try_token(written=written, now=timezone.now()).caller.actor.id == id_of("officer")
    assert written not in client.get("/admin/tokens/").content.decode()
    assert lines_of("token.created") == [(f"token/{token.id}", id_of("system"))]

    assert "不能恢复" in sign_in("security").get(f"/admin/tokens/{token.id}/revoke/").content.decode()
    sign_in("security").post(f"/admin/tokens/{token.id}/revoke/")

    assert try_token(written=written, now=timezone.now()).caller is None
    assert lines_of("token.revoked") == [(f"token/{token.id}", id_of("security"))]
    assert "已撤销" in client.get("/admin/tokens/?state=ended").content.decode()
    assert token.id not in client.get("/admin/tokens/?state=active").content.decode()


def test_token_form_that_is_refused_keeps_what_was_typed(sign_in):
    form = {"login": "nobody", "label": "甲", "scope": ["judge", "all"], "days": "9999"}
    refused = sign_in("system").post("/admin/tokens/new/", form)
    page = refused.content.decode()

    assert (refused.status_code, Token.objects.count()) == (400, 0)
    assert all(
        words in page for words in ('value="nobody"', 'value="甲"', 'value="9999"', 'value="judge" checked')
    )


def test_person_without_a_second_factor_is_reset_without_a_line(sign_in):
    sign_in("security").post(f"/admin/people/{id_of('town')}/factor/")

    assert (lines_of("person.factor_reset"), Authenticator.objects.count()) == ([], 0)


@pytest.mark.parametrize("login", ["system", "security"])
def test_english_pages_hold_no_chinese_outside_data(login, sign_in):
    Person.objects.update(label="post")
    client = sign_in(login)
    client.cookies["django_language"] = "en"
    for address in (
        "/admin/people/",
        f"/admin/people/{id_of('town')}/",
        "/admin/tokens/",
        "/me/",
        "/me/password/",
    ):
        page = client.get(address).content.decode()
        shown = re.sub(r'<td[^>]* lang="zh-CN">[^<]*</td>|育苗|中文', "", page)
        assert not re.findall(r"[\u3400-\u9fff]+", shown), address


def test_list_of_people_names_the_divisions_that_they_work_for(sign_in):
    client = sign_in("system")
    client.post("/admin/divisions/import/", {"reference": "cn-js-wujin"})
    page = client.get("/admin/people/").content.decode()

    assert '<td data-l="区划" lang="zh-CN">武进区</td>' in page
    assert '<td data-l="区划">—</td>' in page


def test_file_of_people_says_in_the_districts_time_when_an_account_was_made(sign_in):
    """Accounts of the tests are made at nine in London, which is five in the afternoon in the district."""
    rows = b"".join(sign_in("system").get("/admin/people/export.csv?q=town").streaming_content).decode(
        "utf-8-sig"
    )

    assert "2026-07-15 17:00" in rows


def test_file_of_tokens_says_in_the_districts_time_until_when_each_holds(sign_in):
    client = sign_in("system")
    make_token(client, "town")
    file = b"".join(client.get("/admin/tokens/export.csv?q=town").streaming_content).decode("utf-8-sig")

    assert re.search(r",\d{4}-\d\d-\d\d \d\d:\d\d,,\s", file)
