"""People are created with every mistake named, and sign in with a pause after wrong tries."""

import datetime as dt

import pytest
from django.test import Client
from tests.district.districts import NOW, PASSWORD

from yumiao.district.accounts.models import FailedSignIn, Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person, disable_person, end_membership
from yumiao.district.accounts.sign_in import MOST_PER_ADDRESS, MOST_PER_LOGIN, WINDOW, try_sign_in
from yumiao.model.problems import YumiaoError
from yumiao.web.client_addresses import client_address


def attempt(login="officer", password=PASSWORD, address="10.0.0.1", now=NOW):
    return try_sign_in(login=login, password=password, address=address, now=now)


def test_person_id_is_opaque_and_password_is_not_kept():
    person = Person.objects.get(login="officer")

    assert person.id.startswith("p")
    assert "officer" not in person.id
    assert PASSWORD not in person.password


def test_creating_with_several_mistakes_names_all_of_them():
    with pytest.raises(YumiaoError) as caught:
        create_person(login="A", password="12345", role=Role.TOWN, label=" ", now=NOW, subjects=("s1",))

    codes = [problem.code for problem in caught.value.problems]
    assert codes[:2] == ["person.login", "person.label"]
    assert {"person.places", "person.subjects", "person.password"} <= set(codes)
    assert all(problem.text.zh and problem.text.en for problem in caught.value.problems)


def test_password_problems_are_told_in_both_languages():
    with pytest.raises(YumiaoError) as caught:
        create_person(login="new.one", password="short-1", role=Role.EXPERT, label="专家", now=NOW)

    assert [(problem.text.zh, problem.text.en) for problem in caught.value.problems] == [
        ("口令至少 10 位。", "The password needs at least 10 characters.")
    ]


@pytest.mark.parametrize("code", ["3204121", "abc", "32041"])
def test_creating_with_a_division_that_is_none_is_refused(code):
    with pytest.raises(YumiaoError) as caught:
        create_person(
            login="new.one", password=PASSWORD, role=Role.TOWN, label="镇", now=NOW, territories=(code,)
        )

    assert [problem.code for problem in caught.value.problems] == ["person.territory"]


def test_login_that_is_taken_is_refused():
    with pytest.raises(YumiaoError) as caught:
        create_person(login="officer", password=PASSWORD, role=Role.EXPERT, label="专家", now=NOW)

    assert [problem.code for problem in caught.value.problems] == ["person.login_taken"]


def test_right_password_signs_in_and_forgets_earlier_failures():
    attempt(password="wrong")

    assert attempt().person.login == "officer"
    assert attempt(password="wrong").is_throttled is False


def test_unknown_login_and_wrong_password_are_told_alike():
    assert attempt(login="nobody") == attempt(password="wrong")


def test_after_too_many_failures_even_the_right_password_waits():
    for _ in range(MOST_PER_LOGIN):
        assert not attempt(password="wrong").is_throttled

    assert attempt().is_throttled
    assert attempt(address="10.0.0.2").is_throttled
    assert attempt(login="town").person is not None
    assert attempt(now=NOW + WINDOW + dt.timedelta(seconds=1)).person is not None


def test_one_address_that_tries_many_logins_waits():
    for number in range(MOST_PER_ADDRESS):
        attempt(login=f"guess{number}", password="wrong")

    assert attempt(login="town").is_throttled
    assert attempt(login="town", address="10.0.0.2").person is not None


def test_failures_keep_neither_login_nor_address():
    attempt(login="nobody", password="wrong", address="10.9.9.9")

    assert not [
        row for row in FailedSignIn.objects.values_list("key", flat=True) if "nobody" in row or "10.9" in row
    ]


def test_disabled_person_cannot_sign_in_and_an_open_session_ends(sign_in):
    client = sign_in("officer")
    assert client.get("/enterprises/").status_code == 200

    disable_person(person_id=Person.objects.get(login="officer").id, now=NOW)

    assert client.get("/enterprises/").headers["Location"].startswith("/sign-in/")
    assert attempt().person is None


def test_disabling_an_unknown_person_says_so():
    with pytest.raises(YumiaoError) as caught:
        disable_person(person_id="pnobody", now=NOW)

    assert caught.value.code == "person.unknown"


def test_ending_a_membership_closes_the_profile(sign_in, ids):
    client, person = sign_in("enterprise"), Person.objects.get(login="enterprise")
    assert client.get(f"/enterprises/{ids['hengzhou']}/").status_code == 200

    assert end_membership(person_id=person.id, subject=ids["hengzhou"], now=NOW) == 1

    assert client.get(f"/enterprises/{ids['hengzhou']}/").status_code == 403


def test_sign_in_page_signs_in_and_goes_where_one_wanted():
    client = Client()
    form = {"login": "officer", "password": PASSWORD, "next": "/enterprises/?q=衡"}

    assert client.post("/sign-in/", form).headers["Location"] == "/enterprises/?q=%E8%A1%A1"
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/enterprises/").status_code == 302


def test_sign_in_page_never_leads_to_another_site():
    form = {"login": "officer", "password": PASSWORD, "next": "https://elsewhere.example/"}

    assert Client().post("/sign-in/", form).headers["Location"] == "/"


def test_sign_in_page_after_a_wrong_try_keeps_the_login_only():
    response = Client().post("/sign-in/", {"login": "officer", "password": "not-the-password"})
    page = response.content.decode()

    assert response.status_code == 400
    assert 'value="officer"' in page
    assert "not-the-password" not in page
    assert 'role="alert"' in page


@pytest.mark.parametrize(
    ("header", "address"), [(("HTTP_X_FORWARDED_PROTO", "https"), "10.2.2.2"), (None, "127.0.0.1")]
)
def test_address_of_a_request_is_the_servers_word_only_where_there_is_one(header, address, rf, settings):
    settings.SECURE_PROXY_SSL_HEADER = header
    request = rf.get("/", headers={"x-forwarded-for": "10.1.1.1, 10.2.2.2"})

    assert client_address(request) == address


def test_sign_in_without_the_form_token_is_refused():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "officer", "password": PASSWORD})

    assert response.status_code == 403


def test_idle_session_ends(sign_in):
    client = sign_in("officer")
    client.get("/enterprises/")
    session = client.session
    session["seen_at"] -= 3600
    session.save()

    assert client.get("/enterprises/").headers["Location"].startswith("/sign-in/")
