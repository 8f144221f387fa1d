"""Single sign-on over HTTP: a site of its own, a provider of ours on loopback, and a browser that follows links."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from tests.district.districts import FIRMS
from tests.district.issuer import CLIENT, OTHER, SECRET, Issuer

from yumiao.config.single_sign_on import read_single_sign_on
from yumiao.district.entering.single_sign_on import has_second_factor_elsewhere
from yumiao.model.problems import YumiaoError

ROOT = Path(__file__).parents[2]
PEOPLE = "import django; django.setup(); from tests.district.office_people import main; main()"
YUMIAO = (sys.executable, "-m", "yumiao")
REFUSED = "统一身份认证的答复未通过核验"
STATE = "这次登录不是从这个浏览器开始的"
UNKNOWN = "统一身份认证通过了，但这里没有对应的账号"


class Site:
    """A running site, and its database."""

    def __init__(self, data, port):
        self.data = data
        self.address = f"http://127.0.0.1:{port}"

    def rows(self, query, *arguments):
        connection = sqlite3.connect(f"file:{database_of(self.data)}?mode=ro", uri=True)
        try:
            return connection.execute(query, arguments).fetchall()
        finally:
            connection.close()

    def journal(self):
        return self.rows(
            "SELECT act, payload FROM journal_journalline WHERE act LIKE 'person.%' ORDER BY rowid"
        )

    def forget_failures(self):
        connection = sqlite3.connect(database_of(self.data))
        try:
            connection.execute("DELETE FROM accounts_failedsignin")
            connection.commit()
        finally:
            connection.close()


def database_of(data):
    return next(data.glob("*.sqlite3"))


def run(environment, *command):
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def issuer():
    made = Issuer()
    made.start()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _honest(request):
    if "issuer" in request.fixturenames:
        request.getfixturevalue("issuer").reset()
        request.getfixturevalue("site").forget_failures()


@pytest.fixture(scope="module")
def site(issuer, tmp_path_factory):
    """A data folder made before there was single sign-on, upgraded after the variables were set, and served."""
    data, port = tmp_path_factory.mktemp("office") / "data", free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YUMIAO_")}
    environment.pop("DATABASE_URL", None)
    environment |= {
        "YUMIAO_DATA": str(data),
        "YUMIAO_PLAIN_HTTP": "1",
        "YUMIAO_MFA": "required",
        "DJANGO_SETTINGS_MODULE": "yumiao.config.settings.base",
    }
    data.mkdir()
    run(environment, sys.executable, "-c", PEOPLE)
    environment |= {
        "YUMIAO_OIDC_ISSUER": issuer.address,
        "YUMIAO_OIDC_CLIENT": CLIENT,
        "YUMIAO_OIDC_SECRET": SECRET,
        "YUMIAO_OIDC_SUBJECT_CLAIM": "org.code",
        "YUMIAO_OIDC_NAME": "区政务",
    }
    run(environment, *YUMIAO, "upgrade", "--no-backup")
    with (data / "served.txt").open("w") as told:
        served = subprocess.Popen(
            [*YUMIAO, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=told, stderr=told
        )
    made = Site(data, port)
    try:
        wait_for(made)
        yield made
    finally:
        served.terminate()
        served.wait(timeout=30)


def wait_for(site):
    for _ in range(240):
        try:
            if requests.get(f"{site.address}/health/live/", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.25)
    pytest.fail((site.data / "served.txt").read_text())


@pytest.fixture
def browser():
    with requests.Session() as session:
        session.headers["Accept-Language"] = "zh-hans"
        yield session


def go(browser, site, following=""):
    """Follow the sign-in page's link to the provider and back; returns the answer of the callback."""
    at_provider = browser.get(link(browser, site, following), allow_redirects=False, timeout=20)
    assert at_provider.status_code == 302, at_provider.text
    back = browser.get(at_provider.headers["Location"], allow_redirects=False, timeout=20)
    return browser.get(back.headers["Location"], allow_redirects=False, timeout=20)


def link(browser, site, following=""):
    page = browser.get(
        f"{site.address}/sign-in/", params={"next": following} if following else {}, timeout=20
    )
    found = page.text.partition('href="/oidc/')[2].partition('"')[0]
    assert "用单位账号登录：区政务" in page.text
    return f"{site.address}/oidc/{found}"


def who(browser, site):
    """The login whose session this browser has open; None where a page asks it to sign in."""
    page = browser.get(f"{site.address}/me/", allow_redirects=False, timeout=20)
    if page.status_code != 200:
        return None
    query = "SELECT p.login FROM entering_opensession s JOIN accounts_person p ON p.id = s.person_id WHERE s.key = ?"
    [(login,)] = site.rows(query, browser.cookies["sessionid"])
    return login


def refused(browser, site, answer, words, status, payload):
    """Whether an answer says why, nobody is signed in, and the journal's last line says the same."""
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert who(browser, site) is None
    assert site.journal()[-1] == ("person.sign_in_failed", payload)


def test_known_person_comes_in_by_the_claim_and_goes_where_they_wanted(site, issuer, browser):
    issuer.claims = {"sub": "u1", "preferred_username": "Enterprise"}
    answer = go(browser, site, "/my/?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/?a=1")
    assert who(browser, site) == "enterprise"
    assert ("person.signed_in", '{"by":"oidc"}') in site.journal()[-2:]  # an old session may end after it
    asked = issuer.asked[-1]
    assert asked["redirect_uri"] == f"{site.address}/oidc/office/login/callback/"
    assert (asked["response_type"], asked["code_challenge_method"], len(asked["nonce"]) >= 32) == (
        "code",
        "S256",
        True,
    )
    assert site.rows("SELECT count(*) FROM socialaccount_socialaccount") == [(0,)]


def test_claim_told_by_user_information_only_counts_too(site, issuer, browser):
    issuer.claims = {"sub": "u1"}
    issuer.user_info = {"preferred_username": "enterprise"}
    assert go(browser, site).headers["Location"] == "/"
    assert who(browser, site) == "enterprise"


@pytest.mark.parametrize("login", ["stranger", "former"])
def test_unknown_or_disabled_person_is_refused_with_words(site, issuer, browser, login):
    issuer.claims = {"sub": f"s-{login}", "preferred_username": login}
    answer = go(browser, site)
    assert (answer.status_code, UNKNOWN in answer.text, who(browser, site)) == (403, True, None)
    act, payload = site.journal()[-1]
    assert (act, login in payload) == ("person.sign_in_failed", False)


def test_disabled_person_does_not_come_back_as_somebody_new_of_the_same_firm(site, issuer, browser):
    before = site.rows("SELECT count(*) FROM accounts_person")
    issuer.claims = {"sub": "g", "preferred_username": "former", "org": {"code": FIRMS["hengzhou"][1]}}
    assert go(browser, site).status_code == 403
    assert (who(browser, site), site.rows("SELECT count(*) FROM accounts_person")) == (None, before)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"aud": "another-site"}, "audience"),
        ({"aud": [CLIENT, "another-site"]}, "audience"),
        ({"exp": None}, "token"),
    ],
    ids=["nonce", "no-nonce", "expired", "issuer", "audience", "two-audiences", "no-expiry"],
)
def test_token_that_is_not_the_answer_is_refused_and_journaled(site, issuer, browser, changes, why):
    issuer.claims = {"sub": "u1", "preferred_username": "enterprise"}
    issuer.changes = changes
    refused(browser, site, go(browser, site), REFUSED, 403, f'{{"by":"oidc","why":"{why}"}}')


def test_token_signed_by_another_key_or_unsigned_is_refused_and_journaled(site, issuer, browser):
    issuer.claims = {"sub": "u1", "preferred_username": "enterprise"}
    issuer.key = OTHER
    refused(browser, site, go(browser, site), REFUSED, 403, '{"by":"oidc","why":"signature"}')
    issuer.reset()
    issuer.claims, issuer.algorithm = {"sub": "u1", "preferred_username": "enterprise"}, "none"
    refused(browser, site, go(browser, site), REFUSED, 403, '{"by":"oidc","why":"signature"}')


def test_user_information_of_somebody_else_is_refused(site, issuer, browser):
    issuer.claims = {"sub": "u1"}
    issuer.user_info = {"sub": "u2", "preferred_username": "enterprise"}
    refused(browser, site, go(browser, site), REFUSED, 403, '{"by":"oidc","why":"person"}')


def test_answer_with_a_state_of_another_browser_or_used_before_is_refused(site, issuer, browser):
    issuer.claims = {"sub": "u1", "preferred_username": "enterprise"}
    with requests.Session() as other:
        away = other.get(link(other, site), allow_redirects=False, timeout=20)
        back = other.get(away.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]
        stolen = browser.get(back, allow_redirects=False, timeout=20)
        refused(browser, site, stolen, STATE, 403, '{"by":"oidc","why":"state"}')
        assert other.get(back, allow_redirects=False, timeout=20).headers["Location"] == "/"
    again = browser.get(back, allow_redirects=False, timeout=20)
    refused(browser, site, again, STATE, 403, '{"by":"oidc","why":"state"}')


def test_journal_is_not_filled_from_outside(site, issuer, browser):
    before = len(site.journal())
    address = f"{site.address}/oidc/office/login/callback/?state=made-up&code=1"
    assert {browser.get(address, timeout=20).status_code for _ in range(9)} == {403}
    assert len(site.journal()) - before == 5


def test_cancelling_at_the_provider_is_said(site, issuer, browser):
    issuer.is_denying = True
    refused(
        browser, site, go(browser, site), "已在统一身份认证处取消登录", 403, '{"by":"oidc","why":"cancelled"}'
    )


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"issuer": "https://elsewhere.example"}, "issuer"),
        ({"token_endpoint": "http://elsewhere.example/token"}, "discovery"),
        ({"jwks_uri": None}, "discovery"),
    ],
)
def test_provider_that_is_another_one_or_unencrypted_is_not_visited(site, issuer, browser, told, why):
    issuer.told = told
    answer = browser.get(link(browser, site), allow_redirects=False, timeout=20)
    refused(browser, site, answer, REFUSED, 403, f'{{"by":"oidc","why":"{why}"}}')


def test_provider_that_cannot_be_reached_or_refuses_the_code_is_said(site, issuer, browser):
    issuer.claims = {"sub": "u1", "preferred_username": "enterprise"}
    issuer.told = {"token_endpoint": f"http://127.0.0.1:{free_port()}/token"}
    refused(
        browser, site, go(browser, site), "联系不上统一身份认证", 502, '{"by":"oidc","why":"unreachable"}'
    )
    issuer.told = {}
    away = browser.get(link(browser, site), allow_redirects=False, timeout=20)
    back = browser.get(away.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]
    issuer.codes.clear()
    answer = browser.get(back, allow_redirects=False, timeout=20)
    refused(browser, site, answer, "统一身份认证没有完成", 502, '{"by":"oidc","why":"provider"}')


def test_person_of_a_firm_is_bound_by_the_claim_and_never_by_what_is_typed(site, issuer, browser):
    issuer.claims = {"sub": "firm-1", "preferred_username": "not-known", "org": {"code": FIRMS["qingmu"][1]}}
    away = browser.get(
        link(browser, site) + "?org.code=" + FIRMS["hengzhou"][1], allow_redirects=False, timeout=20
    )
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert FIRMS["hengzhou"][1] not in str(asked)
    back = browser.get(away.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]
    typed = f"{back}&org.code={FIRMS['hengzhou'][1]}"
    assert browser.get(typed, allow_redirects=False, timeout=20).status_code == 302
    bound = "SELECT m.subject, m.post, p.role FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id "
    bound += "WHERE p.login LIKE 'oidc-%'"
    assert site.rows(bound) == [("qingmu", "manager", "enterprise")]
    with requests.Session() as again:
        assert go(again, site).status_code == 302
    assert site.rows(bound) == [("qingmu", "manager", "enterprise")]


def test_person_of_a_firm_that_is_not_known_here_is_refused(site, issuer, browser):
    issuer.claims = {"sub": "firm-2", "org": {"code": FIRMS["tianning"][1]}}
    answer = go(browser, site)
    assert (answer.status_code, UNKNOWN in answer.text, who(browser, site)) == (403, True, None)


def test_staff_needs_our_second_step_unless_the_provider_asked_for_one(site, issuer, browser):
    issuer.claims = {"sub": "o1", "preferred_username": "officer", "amr": ["pwd"]}
    assert go(browser, site).headers["Location"] == "/sign-in/set-up/"
    assert who(browser, site) is None
    issuer.claims = {"sub": "o1", "preferred_username": "officer"}
    issuer.user_info = {"amr": ["mfa"]}
    assert go(browser, site).headers["Location"] == "/sign-in/set-up/"
    assert who(browser, site) is None
    issuer.claims = {"sub": "o1", "preferred_username": "officer", "amr": ["pwd", "otp", "mfa"]}
    assert go(browser, site).headers["Location"] == "/"
    assert who(browser, site) == "officer"


@pytest.mark.parametrize(
    ("methods", "is_second"),
    [
        (["otp"], False),
        (["hwk"], False),
        (["fpt", "face"], False),
        (["pwd", "pin"], False),
        (["pwd", "sms"], False),
        ("mfa", False),
        ([{"mfa": 1}], False),
        (None, False),
        (["mfa"], True),
        (["pwd", "otp"], True),
        (["pin", "hwk"], True),
        (["swk", "fpt"], True),
    ],
)
def test_second_factor_elsewhere_takes_mfa_or_methods_of_two_kinds(methods, is_second):
    assert has_second_factor_elsewhere({"amr": methods}) is is_second


def test_staff_with_a_lone_one_time_password_elsewhere_still_needs_our_second_step(site, issuer, browser):
    issuer.claims = {"sub": "o1", "preferred_username": "officer", "amr": ["otp"]}
    assert go(browser, site).headers["Location"] == "/sign-in/set-up/"
    assert who(browser, site) is None


def test_address_of_another_site_is_not_followed(site, issuer, browser):
    issuer.claims = {"sub": "u1", "preferred_username": "enterprise"}
    assert go(browser, site, "https://elsewhere.example/").headers["Location"] == "/"


def test_single_sign_on_is_off_where_no_provider_is_named():
    client = Client()
    assert "/oidc/" not in client.get("/sign-in/").content.decode()
    addresses = ("/oidc/office/login/", "/oidc/office/login/callback/?state=a&code=b")
    assert [client.get(each).status_code for each in addresses] == [404, 404]


@pytest.mark.parametrize(
    ("issuer_address", "is_taken"),
    [
        ("https://id.example.org/", True),
        ("http://127.0.0.1:9/", True),
        ("http://[::1]:9", True),
        ("http://id.example.org", False),
        ("http://localhost@id.example.org", False),
        ("id.example.org", False),
    ],
)
def test_provider_without_encryption_is_taken_on_this_machine_only(issuer_address, is_taken):
    variables = {
        "YUMIAO_OIDC_ISSUER": issuer_address,
        "YUMIAO_OIDC_CLIENT": CLIENT,
        "YUMIAO_OIDC_SECRET": SECRET,
    }
    if is_taken:
        assert read_single_sign_on(variables).issuer == issuer_address.rstrip("/")
        return
    with pytest.raises(YumiaoError, match=r"https://"):
        read_single_sign_on(variables)
