"""How a firm's people get in: a code that somebody entitled gave out, once, in time, and nothing else."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import FIRMS, NOW, PASSWORD

from yumiao.config.single_sign_on import SingleSignOn
from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.entering.single_sign_on import find_person
from yumiao.district.joining.claims import bind_by_claims, code_of_claims, subject_of_claims
from yumiao.district.joining.firm_people import change_post, hand_over, remove_person
from yumiao.district.joining.minting import mint_code, read_code
from yumiao.district.joining.models import FailedJoin, JoinCode
from yumiao.district.joining.redeeming import MOST_PER_ADDRESS, find_code, join_as, join_as_new_person
from yumiao.district.joining.selectors import CodeState, codes_wanted, listed_codes, looks_at, people_of
from yumiao.district.joining.services import issue_code, revoke_code
from yumiao.district.journal.models import JournalLine
from yumiao.district.journal.services import Stream, record
from yumiao.model.problems import YumiaoError

LATER = NOW + dt.timedelta(hours=1)
HERE = "10.0.0.1"


def issued(subject, **more):
    return issue_code(subject=subject, days=14, by="officer", now=NOW, **more)


def joined(written, login="accounts"):
    return join_as_new_person(
        written=written, login=login, password=PASSWORD, label="财务部", now=LATER, address=HERE
    )


def refusal(call, **arguments):
    with pytest.raises(YumiaoError) as error:
        call(**arguments)
    assert error.value.text.zh
    assert error.value.text.en
    return error.value.code


# ── the code ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_code_is_read_whatever_the_case_hyphens_and_spaces():
    code = mint_code()

    assert read_code(code.lower().replace("-", " ")) == code
    assert read_code(code[:-1]) is None
    assert read_code("91320412MADEM0003L") is None


def test_code_is_kept_as_a_keyed_hash_only(ids):
    code = issued(ids["qingmu"])
    row = JoinCode.objects.get(id=code.id)

    kept = " ".join(str(value) for value in vars(row).values())
    assert code.written not in kept
    assert code.written.replace("-", "") not in kept
    assert code.written not in "".join(JournalLine.objects.values_list("payload", flat=True))


def test_redeemed_code_makes_a_manager_of_its_subject_and_opens_nothing_more(ids):
    code = issued(ids["qingmu"])
    person = joined(code.written)

    actor = actor_of(person)
    assert (actor.subjects, actor.edits, actor.manages) == (frozenset({ids["qingmu"]}),) * 3
    assert refusal(joined, written=code.written, login="second") == "joining.refused"
    acts = JournalLine.objects.filter(stream=f"subject/{ids['qingmu']}").values_list("act", flat=True)
    assert list(acts) == ["joining.code_issued", "joining.code_redeemed"]


def test_code_that_expired_was_revoked_or_replaced_opens_nothing(ids):
    first = issued(ids["qingmu"])
    second = issued(ids["qingmu"])
    other = issued(ids["jiahe"])
    revoke_code(code_id=other.id, by="officer", now=NOW)

    found = [
        find_code(written=each.written, address=HERE, now=LATER).subject for each in (first, second, other)
    ]
    assert found == ["", ids["qingmu"], ""]
    late = NOW + dt.timedelta(days=14)
    assert find_code(written=second.written, address=HERE, now=late).subject == ""


def test_poor_password_leaves_the_code_good(ids):
    code = issued(ids["qingmu"])

    with pytest.raises(YumiaoError) as error:
        join_as_new_person(written=code.written, login="x", password="123", label="", now=LATER, address=HERE)
    assert {problem.code for problem in error.value.problems} == {
        "person.login",
        "person.label",
        "person.password",
    }
    assert joined(code.written).role == "enterprise"


def test_wrong_codes_from_one_address_are_paused_and_then_even_the_right_one_is(ids):
    code = issued(ids["qingmu"])
    for _ in range(MOST_PER_ADDRESS):
        assert not find_code(written=mint_code(), address=HERE, now=LATER).is_throttled

    assert find_code(written=code.written, address=HERE, now=LATER).is_throttled
    assert find_code(written=code.written, address="10.0.0.2", now=LATER).subject == ids["qingmu"]
    assert FailedJoin.objects.count() == MOST_PER_ADDRESS
    assert JournalLine.objects.filter(act="joining.paused").count() == 1
    after = LATER + dt.timedelta(minutes=16)
    assert find_code(written=code.written, address=HERE, now=after).subject == ids["qingmu"]


@pytest.mark.parametrize("days", [0, 91, -1])
def test_code_for_too_few_or_many_days_is_refused(days, ids):
    with pytest.raises(YumiaoError, match="1–90"):
        issue_code(subject=ids["qingmu"], days=days, by="officer", now=NOW)


# ── several firms, several people ─────────────────────────────────────────────────────────────────────────────


def test_person_with_an_account_joins_a_second_firm(ids):
    person = Person.objects.get(login="enterprise")
    code = issued(ids["qingmu"])

    assert join_as(person_id=person.id, written=code.written, now=LATER, address=HERE) == ids["qingmu"]
    assert actor_of(person).subjects == {ids["hengzhou"], ids["qingmu"]}


def test_officer_cannot_redeem_a_code_and_a_manager_does_not_use_one_up(ids):
    code, own = issued(ids["qingmu"]), issued(ids["hengzhou"])
    officer, manager = (Person.objects.get(login=login).id for login in ("officer", "enterprise"))

    assert (
        refusal(join_as, person_id=officer, written=code.written, now=LATER, address=HERE) == "joining.role"
    )
    assert (
        refusal(join_as, person_id=manager, written=own.written, now=LATER, address=HERE) == "joining.member"
    )
    assert find_code(written=own.written, address=HERE, now=LATER).subject == ids["hengzhou"]


def colleague(ids, post=Post.EDITOR):
    manager = Person.objects.get(login="enterprise").id
    code = issue_code(subject=ids["hengzhou"], days=7, by=manager, now=NOW, post=post, is_of_firm=True)
    return manager, joined(code.written)


def test_invited_colleague_has_the_post_of_the_code(ids):
    _, reader = colleague(ids, Post.READER)

    actor = actor_of(reader)
    assert (actor.subjects, actor.edits, actor.manages) == ({ids["hengzhou"]}, frozenset(), frozenset())


def test_handing_over_leaves_one_manager(ids):
    manager, editor = colleague(ids)
    hand_over(subject=ids["hengzhou"], to=editor.id, by=manager, now=LATER)

    posts = {each.id: each.post for each in people_of(ids["hengzhou"])}
    assert posts == {editor.id: Post.MANAGER, manager: Post.EDITOR}


def test_last_manager_with_colleagues_cannot_leave_nor_become_an_editor(ids):
    manager, editor = colleague(ids)
    firm = ids["hengzhou"]

    assert (
        refusal(remove_person, subject=firm, person_id=manager, by=manager, now=LATER) == "firm.last_manager"
    )
    assert (
        refusal(change_post, subject=firm, person_id=manager, post=Post.READER, by=manager, now=LATER)
        == "firm.last_manager"
    )
    remove_person(subject=firm, person_id=editor.id, by=manager, now=LATER)
    remove_person(subject=firm, person_id=manager, by=manager, now=LATER)
    assert people_of(firm) == []


# ── a trusted sign-in service ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"org": {"code": " 91320412madem0003l "}}, "91320412MADEM0003L"),
        ({"org": {"code": "91320412MADEM0003K"}}, None),
        ({"org": "91320412MADEM0003L"}, None),
        ({}, None),
    ],
)
def test_code_of_claims_is_a_valid_code_or_nothing(claims, code):
    assert code_of_claims(claims, "org.code") == code


def test_claims_bind_the_subject_with_that_code_first_as_manager_then_as_editor(ids):
    first, second = joined(issued(ids["jiahe"]).written, "one"), joined(issued(ids["nowhere"]).written, "two")
    claims = {"code": FIRMS["hengzhou"][1]}
    Membership.objects.filter(subject=ids["hengzhou"]).update(until=LATER)

    assert subject_of_claims(claims, "code") == ids["hengzhou"]
    for person in (first, second, first):
        assert bind_by_claims(person_id=person.id, claims=claims, claim="code", now=LATER) == ids["hengzhou"]
    posts = {each.id: each.post for each in people_of(ids["hengzhou"])}
    assert posts == {first.id: Post.MANAGER, second.id: Post.EDITOR}


def test_claims_of_an_officer_or_of_no_subject_bind_nothing(ids):
    officer, person = (Person.objects.get(login=login).id for login in ("officer", "enterprise"))
    claims = {"code": "91320412MADEM0003L"}

    assert (
        refusal(bind_by_claims, person_id=officer, claims=claims, claim="code", now=LATER) == "joining.role"
    )
    assert bind_by_claims(person_id=person, claims={}, claim="code", now=LATER) is None


@pytest.fixture
def trusted(settings):
    settings.YUMIAO_SINGLE_SIGN_ON = SingleSignOn(issuer="https://id.example", subject_claim="org.code")


def vouched(who="u-1", firm="hengzhou"):
    claims = {"iss": "https://id.example", "sub": who, "org": {"code": FIRMS[firm][1]}}
    return find_person(claims=claims, claim="preferred_username", now=LATER)


def test_person_vouched_for_is_made_once_and_speaks_for_the_firm_of_the_claim(ids, trusted):
    first, again, other = vouched(), vouched(), vouched("u-2")

    assert (first, first != other) == (again, True)
    assert actor_of(first).edits == {ids["hengzhou"]}
    assert (first.role, first.has_usable_password(), "u-1" in first.login) == ("enterprise", False, False)


def test_whom_the_firm_removed_is_not_brought_back_by_signing_in(ids, trusted):
    person = vouched()
    remove_person(subject=ids["hengzhou"], person_id=person.id, by="p", now=LATER)

    assert actor_of(vouched()).subjects == frozenset()


def test_claim_of_no_known_firm_makes_nobody_and_without_the_setting_none_counts(ids, settings, trusted):
    before = Person.objects.count()
    assert find_person(claims={"sub": "u", "org": {"code": "none"}}, claim="login", now=LATER) is None
    settings.YUMIAO_SINGLE_SIGN_ON = SingleSignOn(issuer="https://id.example")
    assert vouched() is None
    assert Person.objects.count() == before


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_shows_each_state_and_only_visible_firms(ids):
    redeemed = issued(ids["qingmu"])
    joined(redeemed.written)
    revoked, open_, foreign = issued(ids["jiahe"]), issued(ids["jiahe"]), issued(ids["tianning"])
    officer = actor_of(Person.objects.get(login="officer"))

    rows = listed_codes(codes_wanted(officer, state=None, text="", now=LATER), LATER)
    assert {row.id: row.state for row in rows} == {
        redeemed.id: CodeState.REDEEMED,
        revoked.id: CodeState.REVOKED,
        open_.id: CodeState.OPEN,
    }
    assert foreign.id not in {row.id for row in rows}
    for state in CodeState:
        found = codes_wanted(officer, state=state, text="", now=LATER)
        assert [row.state for row in listed_codes(found, LATER)] == [state] * found.count()


def test_firm_learns_when_and_why_its_contacts_were_seen_unmasked_and_not_by_whom(ids):
    with transaction.atomic():
        for firm in ("hengzhou", "qingmu"):
            payload = {"subject": ids[firm], "reason": "call"}
            record(
                stream=Stream("contact", firm), act="contact.revealed", actor="p-1", at=NOW, payload=payload
            )

    assert [(each.at[:10], each.reason) for each in looks_at(ids["hengzhou"])] == [("2026-07-15", "call")]


# ── over HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_letter_shows_the_code_once_and_joining_with_it_opens_the_firm(ids, sign_in):
    officer = sign_in("officer")
    letter = officer.post(f"/codes/issue/{ids['qingmu']}/", {"days": "14"})
    written = letter.context["issued"].written
    assert written in letter.content.decode()
    assert written not in officer.get("/codes/").content.decode()

    visitor = Client()
    asked = visitor.post("/join/", {"code": written, "step": "look"})
    assert FIRMS["qingmu"][0] in asked.content.decode()
    form = {"code": written, "step": "new", "login": "qingmu-cw", "label": "财务部"}
    refused = visitor.post("/join/", {**form, "password": "1", "again": "1"})
    assert (refused.status_code, "qingmu-cw" in refused.content.decode()) == (400, True)
    different = visitor.post("/join/", {**form, "password": PASSWORD, "again": "other"})
    assert different.status_code == 400
    assert visitor.post("/join/", {**form, "password": PASSWORD, "again": PASSWORD}).status_code == 200

    signed = visitor.post(
        "/sign-in/", {"login": "qingmu-cw", "password": PASSWORD, "next": "/my/"}, follow=True
    )
    assert signed.redirect_chain[-1][0] == f"/my/{ids['qingmu']}/"
    assert FIRMS["qingmu"][0] in signed.content.decode()


def test_code_of_credit_as_a_code_opens_nothing(ids):
    answer = Client().post("/join/", {"code": FIRMS["hengzhou"][1], "step": "look"})

    assert (answer.status_code, FIRMS["hengzhou"][0] in answer.content.decode()) == (400, False)


def test_tries_over_http_are_paused(ids):
    client = Client()
    statuses = [client.post("/join/", {"code": mint_code()}).status_code for _ in range(MOST_PER_ADDRESS + 1)]

    assert statuses == [400] * MOST_PER_ADDRESS + [429]


def test_revoking_asks_first_and_people_pages_work_without_scripts(ids, sign_in):
    officer, manager = sign_in("officer"), sign_in("enterprise")
    code = issue_code(subject=ids["qingmu"], days=14, by="officer", now=timezone.now())
    assert "作废这个开户码" in officer.get(f"/codes/{code.id}/revoke/").content.decode()
    assert officer.post(f"/codes/{code.id}/revoke/").headers["Location"] == "/codes/"
    assert JoinCode.objects.get(id=code.id).revoked_at is not None

    firm = f"/my/{ids['hengzhou']}/people/"
    page = manager.post(firm + "invite/", {"post": "reader"})
    assert page.context["issued"].written in page.content.decode()
    reader = join_as_new_person(
        written=page.context["issued"].written,
        login="reader",
        password=PASSWORD,
        label="前台",
        now=timezone.now(),
        address=HERE,
    )
    assert "前台" in manager.get(firm).content.decode()
    assert manager.post(f"{firm}{reader.id}/", {"act": "editor"}).status_code == 302
    assert "移出" in manager.get(f"{firm}{reader.id}/").content.decode()
    assert manager.post(f"{firm}leave/").status_code == 400
    assert manager.post(f"{firm}{reader.id}/").status_code == 302
    assert {each.label for each in people_of(ids["hengzhou"])} == {"企业 甲"}


def test_letter_settings_are_kept_and_a_wrong_one_keeps_what_was_typed(sign_in):
    officer = sign_in("officer")
    wrong = officer.post("/codes/letter/", {"days": "500", "office": "高企科"})
    assert (wrong.status_code, "高企科" in wrong.content.decode()) == (400, True)
    officer.post("/codes/letter/", {"days": "21", "office": "高企科", "telephone": "0519-1"})

    page = officer.get("/codes/letter/").content.decode()
    assert ('value="21"' in page, "0519-1" in page) == (True, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_codes_can_be_exported_and_no_code_is_in_the_file(kind, ids, sign_in):
    code = issue_code(subject=ids["nowhere"], days=14, by="officer", now=timezone.now())
    file = b"".join(sign_in("officer").get(f"/codes/export.{kind}").streaming_content)

    assert code.written.encode() not in file
    if kind == "csv":
        text = file.decode("utf-8-sig")
        assert "'=HYPERLINK" in text
        assert len(text.strip().splitlines()) == 2


def test_codes_page_asks_the_database_as_often_for_three_rows_as_for_one(ids, sign_in):
    client, counts = sign_in("officer"), []
    client.get("/codes/")  # the first page of a session also notes when it began
    for firm in ("qingmu", "jiahe", "nowhere"):
        issue_code(subject=ids[firm], days=14, by="officer", now=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            client.get("/codes/")
        counts.append(len(queries))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(("language", "label"), [("zh-hans", "您的开户码"), ("en", "Your sign-up code")])
def test_first_field_says_whose_code_it_asks_for(language, label):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    assert f'<label class="form-label" for="j-code">{label}</label>' in client.get("/join/").content.decode()
