"""Sessions and passwords: how many are open, which they are, and how they end; tries through HTTP are slowed down."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW, PASSWORD

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.sign_in import MOST_PER_ADDRESS, MOST_PER_LOGIN
from yumiao.district.entering.models import OpenSession
from yumiao.district.entering.open_sessions import device_of, handle_of
from yumiao.district.entering.passwords import issue_code, use_code
from yumiao.district.journal.models import JournalLine
from yumiao.model.problems import YumiaoError

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NEW = "eight-new-seedlings"


def entered(login="officer", password=PASSWORD, agent=FIREFOX, address="10.1.1.1"):
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    answer = client.post("/sign-in/", {"login": login, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def is_in(client):
    return client.get("/enterprises/").status_code == 200


def test_fourth_session_ends_the_first(settings):
    settings.YUMIAO_SESSIONS_EACH = 3
    clients = [entered() for _ in range(4)]

    assert [is_in(client) for client in clients] == [False, True, True, True]
    assert OpenSession.objects.count() == 3
    assert is_in(entered("town"))


def test_own_sessions_are_listed_and_one_of_them_ended():
    here, there = entered(), entered(agent="Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36")
    page = here.get("/me/").content.decode()
    assert ("Firefox · Linux" in page, "Chrome · Windows" in page) == (True, True)
    assert not [key for key in OpenSession.objects.values_list("key", flat=True) if key in page]
    (handle,) = re.findall(r'name="session" value="([0-9a-f]{16})"', page)

    assert here.post("/me/sessions/", {"session": handle}).headers["Location"] == "/me/"

    assert (is_in(here), is_in(there)) == (True, False)


def test_session_of_somebody_else_cannot_be_ended_by_its_handle():
    mine, theirs = entered(), entered("town")
    mine.post("/me/sessions/", {"session": handle_of(theirs.session.session_key)})

    assert is_in(theirs)


def test_signing_out_takes_the_session_from_the_list():
    client = entered()
    client.post("/sign-out/")

    assert OpenSession.objects.count() == 0


def test_list_of_sessions_asks_the_same_number_of_queries_for_one_and_three():
    client = entered()
    client.get("/me/")
    with CaptureQueriesContext(connection) as one:
        client.get("/me/")
    for _ in range(2):
        entered()
    with CaptureQueriesContext(connection) as three:
        client.get("/me/")
    assert len(one) == len(three)


def test_password_is_changed_with_the_present_one_and_other_sessions_end():
    here, there = entered(), entered()

    wrong = here.post("/me/password/", {"former": "no", "password": NEW})
    weak = here.post("/me/password/", {"former": PASSWORD, "password": "12345"})
    assert (wrong.status_code, weak.status_code, is_in(there)) == (400, 400, True)
    assert "至少 10 位" in weak.content.decode()

    done = here.post("/me/password/", {"former": PASSWORD, "password": NEW})

    assert done.headers["Location"] == "/me/"
    assert (is_in(here), is_in(there)) == (True, False)
    assert is_in(entered(password=NEW))


def test_present_password_is_guessed_five_times_at_most():
    client = entered()
    for _ in range(5):
        client.post("/me/password/", {"former": "no", "password": NEW})

    client.post("/me/password/", {"former": PASSWORD, "password": NEW})

    assert Person.objects.get(login="officer").check_password(PASSWORD)


def test_one_time_code_sets_a_password_once_within_a_day():
    person = Person.objects.get(login="officer")
    client = entered()
    issued = issue_code(person_id=person.id, now=NOW, by="psecurity")
    assert not is_in(client)
    assert Client().post("/sign-in/", {"login": "officer", "password": PASSWORD}).status_code == 400

    with pytest.raises(YumiaoError) as weak:
        use_code(login="officer", code=issued.written, password="12345", now=NOW)
    assert weak.value.code == "password.refused"
    use_code(login="officer", code=issued.written.upper(), password=NEW, now=NOW)

    for code, now in (
        (issued.written, NOW),
        (issue_code(person_id=person.id, now=NOW, by="p").written, NOW + dt.timedelta(hours=25)),
    ):
        with pytest.raises(YumiaoError) as refused:
            use_code(login="officer", code=code, password="nine-more-seedlings", now=now)
        assert refused.value.code == "password.code"
    assert issued.written not in str(list(JournalLine.objects.values_list("payload", flat=True)))


def test_one_time_code_page_signs_in_and_keeps_the_login_after_a_wrong_try():
    person = Person.objects.get(login="officer")
    now = dt.datetime.now(dt.UTC)
    issued = issue_code(person_id=person.id, now=now, by="psecurity")
    client = Client()
    wrong = client.post("/sign-in/new-password/", {"login": "officer", "code": "x", "password": NEW})
    assert (
        wrong.status_code,
        'value="officer"' in wrong.content.decode(),
        NEW in wrong.content.decode(),
    ) == (400, True, False)

    client.post("/sign-in/new-password/", {"login": "officer", "code": issued.written, "password": NEW})

    assert is_in(client)


def test_guessing_passwords_over_http_is_paused_by_login_and_by_address():
    client = Client(REMOTE_ADDR="10.7.7.7")
    answers = [
        client.post("/sign-in/", {"login": "officer", "password": f"guess{n}"}).status_code for n in range(8)
    ]
    assert answers == [400] * MOST_PER_LOGIN + [429] * 3
    right = client.post("/sign-in/", {"login": "officer", "password": PASSWORD})
    assert right.status_code == 429

    spread = Client(REMOTE_ADDR="10.8.8.8")
    answers = [
        spread.post("/sign-in/", {"login": f"name{n}", "password": "guess"}).status_code
        for n in range(MOST_PER_ADDRESS + 1)
    ]
    assert answers == [400] * MOST_PER_ADDRESS + [429]
    assert spread.post("/sign-in/", {"login": "town", "password": PASSWORD}).status_code == 429
    assert is_in(entered("town", address="10.9.9.9"))


def test_guessing_one_time_codes_over_http_is_paused():
    client = Client()
    answers = [
        client.post("/sign-in/new-password/", {"login": "officer", "code": "x", "password": NEW}).status_code
        for _ in range(6)
    ]

    assert answers == [400] * 5 + [429]


def test_session_key_changes_with_signing_in():
    client = Client()
    client.post("/sign-in/", {"login": "officer", "password": "wrong"})
    before = client.session.session_key
    client.post("/sign-in/", {"login": "officer", "password": PASSWORD})

    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("", ""),
        ("curl/8", ""),
        ("Mozilla/5.0 (iPhone) Version/17 Safari/604", "Safari · iPhone"),
    ],
)
def test_device_is_named_coarsely(agent, device):
    assert device_of(agent) == device
