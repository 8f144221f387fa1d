"""A second step for staff: set up once, asked for at every sign-in, throttled, used once, reset by security only."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from tests.district.districts import NOW, PASSWORD

from yumiao.config.environment import read_environment
from yumiao.district.accounts.models import Person
from yumiao.district.entering.adapter import SealedFactors
from yumiao.district.entering.policy import SecondFactor
from yumiao.district.entering.second_factors import (
    check_code,
    codes_left,
    has_second_factor,
    new_secret,
    reset_second_factor,
    set_up,
)
from yumiao.district.journal.models import JournalLine
from yumiao.model.problems import YumiaoError


def code_of(secret, at):
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def person_of(login):
    return Person.objects.get(login=login).id


@pytest.fixture
def enrolled():
    """The officer's secret and recovery codes, set up at NOW."""
    secret = new_secret()
    return secret, set_up(person_id=person_of("officer"), secret=secret, code=code_of(secret, NOW), now=NOW)


@pytest.fixture
def _required(settings):
    settings.YUMIAO_SECOND_FACTOR = SecondFactor.REQUIRED


def signed_in(client):
    return client.get("/enterprises/").status_code == 200


def offered_secret(page):
    return re.search(r'class="key">([A-Z2-7]+)<', page).group(1)


@pytest.mark.usefixtures("_required")
def test_staff_without_a_second_factor_sets_one_up_before_coming_in():
    client = Client()
    entered = client.post(
        "/sign-in/", {"login": "officer", "password": PASSWORD, "next": "/enterprises/?q=a"}
    )
    assert entered.headers["Location"] == "/sign-in/set-up/"
    assert not signed_in(client)
    page = client.get("/sign-in/set-up/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = offered_secret(page)

    wrong = client.post("/sign-in/set-up/", {"code": "000000"})
    assert (wrong.status_code, offered_secret(wrong.content.decode()), signed_in(client)) == (
        400,
        secret,
        False,
    )

    done = client.post("/sign-in/set-up/", {"code": code_of(secret, dt.datetime.now(dt.UTC))})
    assert len(re.findall(r"<li><code>(\d{8})</code>", done.content.decode())) == 10
    assert "/enterprises/?q=a" in done.content.decode()
    assert signed_in(client)
    assert has_second_factor(person_of("officer"))


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize(
    ("login", "asked"),
    [
        ("officer", True),
        ("town", True),
        ("system", True),
        ("security", True),
        ("audit", True),
        ("enterprise", False),
        ("expert", False),
    ],
)
def test_second_factor_is_required_of_staff_and_of_nobody_else(login, asked):
    entered = Client().post("/sign-in/", {"login": login, "password": PASSWORD})

    assert (entered.headers["Location"] == "/sign-in/set-up/") == asked


def test_right_password_alone_opens_nothing_where_a_second_factor_is_there(enrolled):
    client = Client()
    entered = client.post("/sign-in/", {"login": "officer", "password": PASSWORD})

    assert entered.headers["Location"] == "/sign-in/code/"
    assert not signed_in(client)
    assert client.get("/me/").status_code == 302
    assert client.post("/sign-in/code/", {"code": "123"}).status_code == 400
    assert not signed_in(client)


def test_code_of_the_telephone_signs_in_and_goes_where_one_wanted(enrolled):
    client, (secret, _) = Client(), enrolled
    client.post("/sign-in/", {"login": "officer", "password": PASSWORD, "next": "/policies/"})

    entered = client.post("/sign-in/code/", {"code": code_of(secret, dt.datetime.now(dt.UTC))})

    assert entered.headers["Location"] == "/policies/"
    assert signed_in(client)


def test_code_page_without_a_password_before_leads_to_the_sign_in_page():
    assert Client().get("/sign-in/code/").headers["Location"] == "/sign-in/"
    assert Client().post("/sign-in/set-up/", {"code": "1"}).headers["Location"] == "/sign-in/"


def test_waiting_for_the_code_ends_after_ten_minutes(enrolled):
    client = Client()
    client.post("/sign-in/", {"login": "officer", "password": PASSWORD})
    session = client.session
    session["coming_in"] = {**session["coming_in"], "at": session["coming_in"]["at"] - 601}
    session.save()

    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def test_code_is_good_once_and_never_an_earlier_one_after_it(enrolled):
    secret, _ = enrolled
    later = NOW + dt.timedelta(seconds=60)
    check_code(person_id=person_of("officer"), code=code_of(secret, later), now=later)

    for again in (later, later - dt.timedelta(seconds=30)):
        with pytest.raises(YumiaoError) as refused:
            check_code(person_id=person_of("officer"), code=code_of(secret, again), now=later)
        assert refused.value.code == "factor.wrong_code"


def test_code_of_a_clock_half_a_minute_off_counts_and_of_two_minutes_does_not(enrolled):
    secret, _ = enrolled
    now = NOW + dt.timedelta(minutes=10)

    check_code(person_id=person_of("officer"), code=code_of(secret, now + dt.timedelta(seconds=30)), now=now)
    with pytest.raises(YumiaoError):
        check_code(
            person_id=person_of("officer"), code=code_of(secret, now + dt.timedelta(minutes=2)), now=now
        )


def test_recovery_code_works_once_and_is_counted_in_the_journal(enrolled):
    person, (_, codes) = person_of("officer"), enrolled
    check_code(person_id=person, code=f" {codes[3][:4]} {codes[3][4:]}", now=NOW)

    assert codes_left(person) == 9
    with pytest.raises(YumiaoError):
        check_code(person_id=person, code=codes[3], now=NOW)
    assert JournalLine.objects.filter(act="person.recovery_code_used").count() == 1


def test_five_wrong_codes_pause_even_the_right_one_and_tell_the_guard(enrolled):
    person, (secret, _) = person_of("officer"), enrolled
    client = Client()
    client.post("/sign-in/", {"login": "officer", "password": PASSWORD})
    answers = [client.post("/sign-in/code/", {"code": "999999x"}).status_code for _ in range(6)]

    assert answers == [400] * 5 + [429]
    right = client.post("/sign-in/code/", {"code": code_of(secret, dt.datetime.now(dt.UTC))})
    assert (right.status_code, signed_in(client)) == (429, False)
    assert JournalLine.objects.filter(stream=f"person/{person}", act="person.code_failed").count() == 5
    guard = Client()
    guard.force_login(Person.objects.get(login="security"))
    assert person in guard.get("/messages/").content.decode()


def test_secret_is_encrypted_in_the_database_and_useless_without_the_machines_key(enrolled, settings):
    secret, _ = enrolled
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    assert SealedFactors().decrypt(kept) == secret

    settings.YUMIAO_FACTOR_KEY = "another machine's"
    with pytest.raises(YumiaoError) as refused:
        check_code(
            person_id=person_of("officer"), code=code_of(secret, NOW), now=NOW + dt.timedelta(minutes=1)
        )
    assert refused.value.code == "factor.key"


def test_reset_takes_the_factor_away_ends_sessions_and_is_journalled(enrolled):
    person, (secret, _) = person_of("officer"), enrolled
    client = Client()
    client.post("/sign-in/", {"login": "officer", "password": PASSWORD})
    client.post("/sign-in/code/", {"code": code_of(secret, dt.datetime.now(dt.UTC))})
    assert signed_in(client)

    assert reset_second_factor(person_id=person, now=NOW, by=person_of("security"))

    assert not signed_in(client)
    assert not has_second_factor(person)
    assert not reset_second_factor(person_id=person, now=NOW, by=person_of("security"))
    line = JournalLine.objects.get(act="person.factor_reset")
    assert (line.stream, line.actor) == (f"person/{person}", person_of("security"))


def test_second_factor_may_be_set_up_by_choice(sign_in):
    client = sign_in("enterprise")
    secret = offered_secret(client.get("/me/second-factor/").content.decode())

    done = client.post("/me/second-factor/", {"code": code_of(secret, dt.datetime.now(dt.UTC))})

    assert "<li><code>" in done.content.decode()
    assert has_second_factor(person_of("enterprise"))
    assert client.get("/me/second-factor/").headers["Location"] == "/me/"


def test_switched_off_it_is_said_on_the_page_and_nobody_is_asked(settings):
    settings.YUMIAO_SECOND_FACTOR = SecondFactor.OFF
    page = Client().get("/sign-in/").content.decode()

    assert "两步验证已关闭" in page
    assert Client().post("/sign-in/", {"login": "system", "password": PASSWORD}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, "required"),
        ({"YUMIAO_PLAIN_HTTP": "1"}, "optional"),
        ({"YUMIAO_MFA": "optional"}, "optional"),
        ({"YUMIAO_MFA": "off", "YUMIAO_PLAIN_HTTP": "1"}, "off"),
    ],
)
def test_setting_of_the_second_factor_is_required_unless_told(variables, found):
    assert read_environment(variables).second_factor == found


@pytest.mark.parametrize("variables", [{"YUMIAO_MFA": "off"}, {"YUMIAO_MFA": "no"}, {"YUMIAO_SESSIONS": "0"}])
def test_setting_that_weakens_a_site_that_others_reach_is_refused(variables):
    with pytest.raises(YumiaoError):
        read_environment(variables)
