"""Drafts of a firm's answers: kept for its own people, sent singly or all at once, never lost, never seen outside."""

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.district.districts import NOW, PASSWORD

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post, Role
from yumiao.district.accounts.services import create_person
from yumiao.district.drafts.models import AnswerDraft
from yumiao.district.drafts.selectors import drafts_of
from yumiao.district.drafts.services import Sent, Typed, remove_draft, save_draft, send_drafts, send_typed
from yumiao.district.journal.models import JournalLine
from yumiao.district.proposals.models import Proposal
from yumiao.district.retention.kinds import retained_kinds
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

STAFF, REVENUE, FOUNDED = "staff_total@2025", "operating_revenue@2025", "established_on"
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def me():
    return Person.objects.get(login="enterprise")


@pytest.fixture
def colleague(ids):
    create_person(
        login="colleague",
        password=PASSWORD,
        role=Role.ENTERPRISE,
        label="财务 乙",
        now=NOW,
        subjects=(ids["hengzhou"],),
    )
    return Person.objects.get(login="colleague")


def saved(ids, me, column=REVENUE, value="1.5", unit="CNY_100m", note="", now=NOW, seen=None):
    save_draft(
        subject=ids["hengzhou"], column=column, typed=Typed(value, unit, note), by=me.id, now=now, seen=seen
    )


def refusal(call, *arguments, **named):
    with pytest.raises(YumiaoError) as error:
        call(*arguments, **named)
    return error.value.code


# ── what a draft is ───────────────────────────────────────────────────────────────────────────────────────────


def test_draft_keeps_what_was_typed_with_who_and_when(ids, me):
    saved(ids, me, value=" 一亿五 ", note="审计报告")
    found = drafts_of(ids["hengzhou"])[REVENUE]

    assert (found.value, found.unit, found.note) == ("一亿五", "CNY_100m", "审计报告")
    assert (found.author, found.saved_at) == (me.label, NOW)
    assert found.shown.zh == "一亿五 亿元"
    assert Proposal.objects.count() == 0


def test_later_draft_of_a_fact_takes_the_place_of_the_earlier(ids, me):
    saved(ids, me)
    saved(ids, me, value="1.6", now=LATER)

    assert [(each.value, each.saved_at) for each in drafts_of(ids["hengzhou"]).values()] == [("1.6", LATER)]


def test_nothing_typed_and_facts_that_are_not_asked_for_are_refused(ids, me):
    assert refusal(saved, ids, me, value=" ") == "draft.nothing"
    assert refusal(saved, ids, me, note="长" * 2001) == "draft.note"
    assert refusal(saved, ids, me, column="no_such_metric") == "proposal.column"
    assert AnswerDraft.objects.count() == 0


def test_draft_that_a_colleague_saved_meanwhile_is_not_overwritten_unseen(ids, me, colleague):
    saved(ids, me)
    shown = drafts_of(ids["hengzhou"])[REVENUE].saved_at

    assert refusal(saved, ids, colleague, value="2") == "draft.changed"
    saved(ids, colleague, value="2", now=LATER, seen=shown)
    assert refusal(saved, ids, me, value="3", seen=shown) == "draft.changed"
    assert drafts_of(ids["hengzhou"])[REVENUE].value == "2"


def test_journal_says_of_a_draft_that_there_is_one_and_nothing_of_what_it_says(ids, me):
    saved(ids, me)
    remove_draft(subject=ids["hengzhou"], column=REVENUE, by=me.id, now=LATER)
    remove_draft(subject=ids["hengzhou"], column=REVENUE, by=me.id, now=LATER)
    lines = JournalLine.objects.filter(stream=f"subject/{ids['hengzhou']}").order_by("sequence")

    assert [(line.act, json.loads(line.payload)) for line in lines] == [
        ("draft.saved", {"column": REVENUE}),
        ("draft.removed", {"column": REVENUE}),
    ]


def test_drafts_that_nobody_sends_end_with_their_term(ids, me):
    saved(ids, me)
    kind = retained_kinds()["drafts"]

    assert kind.count(NOW) == 0
    assert [(each.about, each.since) for each in kind.show(LATER, 0, 9)] == [(ids["hengzhou"], NOW)]
    assert (kind.count(LATER), kind.destroy(LATER, LATER), kind.count(LATER)) == (1, 1, 0)


# ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_drafts_are_sent_all_at_once_and_those_that_are_wrong_stay_with_the_reason(ids, me):
    saved(ids, me)
    saved(ids, me, column=FOUNDED, value="昨天", unit="")
    saved(ids, me, column=STAFF, value="44", unit="")
    sent = send_drafts(subject=ids["hengzhou"], by=me.id, now=LATER)

    assert [(each.column, each.value) for each in Proposal.objects.all()] == [(REVENUE, "15000000000")]
    assert (sent.count, [each.column for each in sent.refused]) == (1, [FOUNDED, STAFF])
    assert "2020-03-01" in sent.refused[0].reason.zh
    assert "写明依据" in sent.refused[1].reason.zh
    assert sorted(drafts_of(ids["hengzhou"])) == [FOUNDED, STAFF]


def test_one_draft_is_sent_alone_and_is_gone(ids, me):
    saved(ids, me)
    saved(ids, me, column=STAFF, value="44", unit="", note="社保清单")

    assert send_drafts(subject=ids["hengzhou"], by=me.id, now=LATER, column=STAFF) == Sent(1, ())
    assert list(drafts_of(ids["hengzhou"])) == [REVENUE]
    assert send_drafts(subject=ids["hengzhou"], by=me.id, now=LATER, column=STAFF) == Sent(0, ())


def test_draft_goes_when_its_fact_is_sent_from_the_form_and_stays_when_that_is_refused(ids, me):
    saved(ids, me)
    firm = ids["hengzhou"]

    assert refusal(send_typed, subject=firm, column=REVENUE, typed=Typed("?"), author=me.id, now=LATER)
    assert list(drafts_of(firm)) == [REVENUE]
    send_typed(subject=firm, column=REVENUE, typed=Typed("9", "CNY"), author=me.id, now=LATER)
    assert drafts_of(firm) == {}


def test_drafts_of_one_firm_are_not_those_of_another(ids, me):
    saved(ids, me)

    assert drafts_of(ids["qingmu"]) == {}
    assert send_drafts(subject=ids["qingmu"], by=me.id, now=LATER) == Sent(0, ())


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def form_address(ids, column=REVENUE):
    return reverse("my-fact", args=[ids["hengzhou"], column])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_draft_is_saved_from_the_questions_and_resumed_by_a_colleague(ids, sign_in, colleague):
    client, firm = sign_in("enterprise"), ids["hengzhou"]
    questions = reverse("my-questions", args=[firm])
    column = re.search(r'id="q-([^"]+)"', client.get(questions).content.decode()).group(1)
    saved_at = client.post(
        form_address(ids, column), {"value": "123", "note": "见报表", "act": "draft", "back": "questions"}
    )
    page = text_of(sign_in("colleague").get(questions))

    assert (saved_at.status_code, saved_at["Location"]) == (302, f"{questions}#q-{column}")
    assert "草稿，未提交" in page
    assert 'value="123"' in page
    assert "见报表" in page
    assert "1 份草稿还没有提交" in text_of(sign_in("colleague").get(reverse("my-home", args=[firm])))
    form = text_of(sign_in("colleague").get(form_address(ids, column)))
    assert 'value="123"' in form


def test_drafts_page_sends_what_is_right_and_says_what_is_not(ids, me, sign_in):
    saved(ids, me)
    saved(ids, me, column=FOUNDED, value="昨天", unit="")
    client, address = sign_in("enterprise"), reverse("my-drafts", args=[ids["hengzhou"]])
    answer = client.post(address)

    assert answer.status_code == 400
    assert "已提交 1 份。" in text_of(answer)
    assert "看不懂“昨天”" in text_of(answer)
    assert list(drafts_of(ids["hengzhou"])) == [FOUNDED]
    client.post(form_address(ids, FOUNDED), {"value": "2016-03-02", "note": "执照", "act": "draft"})
    assert client.post(address, {"column": FOUNDED}).status_code == 302
    assert "没有草稿" in text_of(client.get(address))


def test_deleting_a_draft_asks_first(ids, me, sign_in):
    saved(ids, me)
    client = sign_in("enterprise")
    address = reverse("my-draft-remove", args=[ids["hengzhou"], REVENUE])

    assert "删除这份草稿？" in text_of(client.get(address))
    assert list(drafts_of(ids["hengzhou"])) == [REVENUE]
    assert client.post(address).status_code == 302
    assert client.get(address).status_code == 404


def test_refused_form_keeps_what_was_typed(ids, sign_in):
    answer = sign_in("enterprise").post(
        form_address(ids), {"value": "很多", "unit": "CNY_100m", "note": "估计"}
    )

    page = text_of(answer)
    assert answer.status_code == 400
    assert 'value="很多"' in page
    assert '<option value="CNY_100m" selected>' in page
    assert "估计</textarea>" in page


def test_what_was_typed_when_the_session_had_ended_waits_behind_signing_in(ids, sign_in):
    client = Client()
    sent = client.post(
        form_address(ids), {"value": "1.5", "unit": "CNY_100m", "note": "年报", "back": "questions"}
    )
    assert sent["Location"].startswith(reverse("sign-in"))

    client.post(sent["Location"], {"login": "enterprise", "password": PASSWORD})
    page = text_of(client.get(form_address(ids)))
    assert "还没有提交" in page
    assert 'value="1.5"' in page
    assert "年报</textarea>" in page
    assert Proposal.objects.count() == 0

    client.post(form_address(ids), {"value": "1.5", "unit": "CNY_100m", "note": "年报"})
    assert Proposal.objects.get().value == "15000000000"
    assert 'value="1.5"' not in text_of(client.get(form_address(ids)))


LOST = "刚才选的文件没有保存"


def a_file():
    return SimpleUploadedFile("年报.pdf", b"%PDF-1.4 report")


def test_file_that_was_lost_with_the_session_is_told_until_the_answer_is_sent(ids, sign_in):
    client = Client()
    sent = client.post(form_address(ids), {"value": "1.5", "note": "年报", "file": a_file()})
    client.post(sent["Location"], {"login": "enterprise", "password": PASSWORD})

    assert LOST in text_of(client.get(form_address(ids)))
    client.post(form_address(ids), {"value": "1.5", "unit": "CNY_100m", "note": "年报"})
    assert LOST not in text_of(client.get(form_address(ids)))


def test_answer_without_a_file_tells_of_none(ids):
    client = Client()
    sent = client.post(form_address(ids), {"value": "1.5", "note": "年报"})
    client.post(sent["Location"], {"login": "enterprise", "password": PASSWORD})

    assert LOST not in text_of(client.get(form_address(ids)))


def test_form_whose_token_ended_tells_of_the_file_that_was_lost(ids, me):
    client = Client(enforce_csrf_checks=True)
    client.force_login(me)

    assert LOST in text_of(client.post(form_address(ids), {"value": "1.5", "file": a_file()}, follow=True))


def test_draft_saved_with_a_file_tells_that_drafts_hold_none(ids, sign_in):
    fields = {"value": "1.5", "unit": "CNY_100m", "act": "draft"}
    with_file = sign_in("enterprise").post(form_address(ids), {**fields, "file": a_file()}, follow=True)
    without = sign_in("enterprise").post(form_address(ids), fields, follow=True)

    assert (LOST in text_of(with_file), LOST in text_of(without)) == (True, False)


def test_what_was_typed_is_not_shown_to_a_person_of_another_firm(ids, colleague):
    Membership.objects.filter(person=colleague).update(subject=ids["qingmu"])
    client = Client()
    client.post(form_address(ids), {"value": "1.5"})
    client.force_login(colleague)

    assert client.get(form_address(ids)).status_code == 403
    assert 'value="1.5"' not in text_of(client.get(reverse("my-fact", args=[ids["qingmu"], REVENUE])))


def test_form_whose_token_ended_shows_again_what_was_typed(ids, me):
    client = Client(enforce_csrf_checks=True)
    client.force_login(me)
    answer = client.post(form_address(ids), {"value": "1.5"}, follow=True)

    assert answer.redirect_chain == [(form_address(ids), 302)]
    assert 'value="1.5"' in text_of(answer)
    assert Proposal.objects.count() == 0


def test_readers_other_firms_and_officers_neither_see_nor_change_drafts(ids, me, sign_in, colleague):
    saved(ids, me, value="98765", note="只给自己看")
    Membership.objects.filter(person=colleague).update(post=Post.READER)
    drafts = reverse("my-drafts", args=[ids["hengzhou"]])
    firm = ids["hengzhou"]
    pages = [
        f"/enterprises/{firm}/",
        f"/enterprises/{firm}/facts/",
        f"/enterprises/{firm}/timeline/",
        "/proposals/",
    ]
    pages += ["/proposals/?state=", "/campaigns/", f"/enterprises/{firm}/notes/"]

    for login in ("officer", "town"):
        assert sign_in(login).get(drafts).status_code == 403
        seen = [text_of(sign_in(login).get(page)) for page in pages]
        assert [page for page in seen if "98765" in page or "只给自己看" in page] == []
    assert sign_in("colleague").get(drafts).status_code == 403
    assert sign_in("colleague").post(form_address(ids), {"value": "1", "act": "draft"}).status_code == 403
    assert drafts_of(firm)[REVENUE].value == "98765"


def test_drafts_ask_the_database_as_often_for_three_as_for_one(ids, me, sign_in):
    client, address = sign_in("enterprise"), reverse("my-drafts", args=[ids["hengzhou"]])
    client.get(address)
    counts = []
    for columns in ((REVENUE,), (STAFF, FOUNDED)):
        for column in columns:
            saved(ids, me, column=column)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_reason_of_a_colleagues_draft_names_it(ids, me, colleague):
    saved(ids, me)
    with pytest.raises(YumiaoError) as error:
        saved(ids, colleague, value="2")

    assert error.value.text == Text(
        f"{me.label} 刚刚另存了“1.5”。您填的还在下面；再保存一次，就以您的为准。",
        f"{me.label} has saved “1.5” meanwhile. What you typed is below; save once more to keep yours.",
    )
