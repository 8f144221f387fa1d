"""What is kept has a term by kind; what is over is shown one by one, asked about, destroyed and journalled."""

import csv
import datetime as dt
import io

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.attachments.files import path_of
from yumiao.district.attachments.models import Attachment
from yumiao.district.attachments.services import attach
from yumiao.district.contacts.models import Contact
from yumiao.district.contacts.services import add_contact, withdraw_contact
from yumiao.district.entering.models import PasswordCode
from yumiao.district.entering.passwords import issue_code
from yumiao.district.intakes.models import Intake
from yumiao.district.jobs.models import Job
from yumiao.district.jobs.models import State as JobState
from yumiao.district.journal.models import JournalLine
from yumiao.district.messages.models import Message
from yumiao.district.messages.services import post
from yumiao.district.notes.models import Note
from yumiao.district.notes.services import edit_note, withdraw_note, write_note
from yumiao.district.retention.kinds import retained_kinds
from yumiao.district.retention.services import destroy_over, over_items, term_of
from yumiao.district.vault.services import reveal

TODAY = NOW.date()
LATER = NOW + dt.timedelta(days=4000)
DETAILS = {"name": "钱某某", "post": "财务", "phone": "138 0000 1234", "mail": ""}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    (tmp_path / "judged").symlink_to(f"{settings.YUMIAO_DATA}/judged")
    settings.YUMIAO_DATA = tmp_path
    Message.objects.all().delete()


def person(login="officer"):
    return Person.objects.get(login=login).id


def shown(kind, now):
    term = term_of(kind, now)
    items = over_items(term, now, 0, 99)
    assert len(items) == term.over
    return [(item.about, item.since) for item in items]


def journalled(kind):
    lines = JournalLine.objects.filter(act="retention.destroyed", stream=f"retention/{kind}")
    return list(lines.values_list("actor", "payload"))


def destroyed(kind, now):
    return destroy_over(now=now, by="p1", only={kind})


def test_every_kind_says_what_it_is_and_shows_nothing_where_nothing_is_over():
    assert sorted(retained_kinds()) == [
        "attachments",
        "codes",
        "contacts",
        "drafts",
        "jobs",
        "messages",
        "notes",
        "notes_withdrawn",
        "originals",
        "sessions",
        "uploads",
    ]
    for name, kind in retained_kinds().items():
        assert (name, kind.label.zh != "", kind.label.en != "", kind.basis.en != "") == (
            name,
            True,
            True,
            True,
        )
        assert shown(name, NOW - dt.timedelta(days=5000)) == []


def test_note_goes_ten_years_after_its_latest_wording_with_all_its_words(ids):
    note = write_note(subject=ids["hengzhou"], text="走访", by=person(), now=NOW)
    reworded = NOW + dt.timedelta(days=100)
    edit_note(note=note, text="走访两次", by=person(), now=reworded)
    sealed = list(Note.objects.get(id=note).wordings.values_list("sealed", flat=True))
    assert shown("notes", NOW + dt.timedelta(days=3700)) == []
    assert shown("notes", reworded + dt.timedelta(days=3651)) == [(ids["hengzhou"], reworded)]

    assert destroyed("notes", reworded + dt.timedelta(days=3651)) == {"notes": 1}

    assert (Note.objects.count(), [reveal(each) for each in sealed]) == (0, [None, None])
    assert JournalLine.objects.filter(stream=f"note/{note}", act="note.removed").count() == 1
    assert journalled("notes") == [("p1", '{"count":1,"kind":"notes"}')]


def test_withdrawn_note_goes_a_year_after_it_was_withdrawn(ids):
    note = write_note(subject=ids["hengzhou"], text="写错", by=person(), now=NOW)
    kept = write_note(subject=ids["hengzhou"], text="写对", by=person(), now=NOW)
    withdraw_note(note=note, by=person(), now=NOW)
    over = NOW + dt.timedelta(days=366)
    assert shown("notes_withdrawn", NOW + dt.timedelta(days=364)) == []
    assert shown("notes_withdrawn", over) == [(ids["hengzhou"], NOW)]
    assert destroyed("notes_withdrawn", over) == {"notes_withdrawn": 1}
    assert list(Note.objects.values_list("id", flat=True)) == [kept]


def test_contact_goes_at_its_last_day_and_a_withdrawn_one_earlier(ids):
    for number in range(2):
        add_contact(
            subject=ids[("hengzhou", "qingmu")[number]], sent=DETAILS, by=person(), now=NOW, today=TODAY
        )
    first, second = Contact.objects.order_by("subject")
    withdraw_contact(contact=first.id, by=person(), now=NOW, today=TODAY)
    soon = NOW + dt.timedelta(days=40)
    assert shown("contacts", NOW) == []
    assert shown("contacts", soon) == [(first.subject, first.keep_until)]

    assert destroyed("contacts", soon) == {"contacts": 1}

    assert (reveal(first.sealed), reveal(second.sealed)["name"]) == (None, "钱某某")
    assert destroyed("contacts", LATER) == {"contacts": 1}
    assert reveal(second.sealed) is None
    assert shown("contacts", LATER) == []


def test_attachment_goes_at_its_last_day_with_its_file(ids):
    row = Attachment.objects.get(
        id=attach(
            subject=ids["hengzhou"],
            name="表.pdf",
            data=b"%PDF-1.7 invented",
            keep_until=TODAY,
            by=person(),
            now=NOW,
            today=TODAY,
        )
    )
    assert (shown("attachments", NOW), path_of(row.stored).exists()) == ([], True)
    over = NOW + dt.timedelta(days=2)
    assert shown("attachments", over) == [(ids["hengzhou"], TODAY)]
    assert destroyed("attachments", over) == {"attachments": 1}
    assert (path_of(row.stored).exists(), reveal(row.sealed), shown("attachments", LATER)) == (
        False,
        None,
        [],
    )


def test_upload_that_nobody_finishes_goes_after_a_month_and_one_at_work_stays():
    for state in ("mapping", "checked", "checking", "committed", "cancelled"):
        Intake.objects.create(created_at=NOW, created_by=person(), source="tax", state=state)
    over = NOW + dt.timedelta(days=31)
    assert shown("uploads", NOW + dt.timedelta(days=29)) == []
    assert shown("uploads", over) == [("tax", NOW), ("tax", NOW)]
    assert destroyed("uploads", over) == {"uploads": 2}
    states = sorted(Intake.objects.values_list("state", flat=True))
    assert states == ["cancelled", "cancelled", "cancelled", "checking", "committed"]


def test_messages_jobs_codes_and_sessions_go_at_their_terms():
    post(kind="account.disabled", to=[person()], arguments={"person": person()}, now=NOW)
    Job.objects.create(kind="x", queued_at=NOW, state=JobState.DONE, finished_at=NOW, arguments={})
    issue_code(person_id=person("town"), now=NOW, by="p")
    Session.objects.create(session_key="s" * 32, session_data="", expire_date=NOW)
    expected = {
        "messages": (person(), NOW),
        "jobs": ("x", NOW),
        "codes": (person("town"), PasswordCode.objects.get().expires_at),
        "sessions": ("", NOW),
    }
    assert {kind: shown(kind, NOW) for kind in expected} == {kind: [] for kind in expected}
    assert {kind: shown(kind, LATER) for kind in expected} == {
        kind: [each] for kind, each in expected.items()
    }

    assert destroy_over(now=LATER, only=expected.keys()) == dict.fromkeys(expected, 1)

    left = [model.objects.count() for model in (Message, Job, PasswordCode, Session)]
    assert left == [0, 0, 0, 0]


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def old_messages(count, days=800):
    for number in range(count):
        at = timezone.now() - dt.timedelta(days=days, minutes=number)
        post(kind="account.disabled", to=[person()], arguments={"person": person()}, now=at)


def test_figure_of_what_is_over_is_the_length_of_its_list_and_its_file(sign_in):
    old_messages(3)
    client = sign_in("security")
    assert 'href="/admin/retention/messages/">3<' in client.get("/admin/retention/").content.decode()

    page = client.get("/admin/retention/messages/").content.decode()
    sent = b"".join(client.get("/admin/retention/messages/export.csv").streaming_content).decode("utf-8-sig")

    assert page.count('<th scope="row"') == 3
    assert person() in page
    rows = list(csv.reader(io.StringIO(sent)))
    assert (rows[0], len(rows)) == (["种类", "编号", "关于", "期限起算或最后一天"], 4)
    assert client.get("/admin/retention/journal/").status_code == 404
    assert "现在没有到期的" in client.get("/admin/retention/jobs/").content.decode()


def test_list_of_what_is_over_asks_the_same_number_of_queries_for_few_and_many(sign_in):
    client = sign_in("security")

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert client.get("/admin/retention/messages/").status_code == 200
        return len(found)

    old_messages(1)
    asked()
    few = asked()
    old_messages(2)
    assert asked() == few


def test_destroying_one_kind_asks_first_and_leaves_others_and_what_came_since(sign_in):
    old_messages(2)
    issue_code(person_id=person("town"), now=timezone.now() - dt.timedelta(days=300), by="p")
    client = sign_in("security")
    asked = client.get("/admin/retention/destroy/?kind=messages").content.decode()
    assert ("消息" in asked, "一次性码" in asked) == (True, False)
    assert (Message.objects.count(), PasswordCode.objects.count()) == (2, 1)

    seen = (timezone.now() - dt.timedelta(days=100)).isoformat()
    client.post("/admin/retention/destroy/", {"kind": "messages", "seen": seen})
    assert Message.objects.count() == 2
    client.post("/admin/retention/destroy/", {"kind": "messages", "seen": timezone.now().isoformat()})

    assert (Message.objects.count(), PasswordCode.objects.count()) == (0, 1)
    assert journalled("messages") == [(person("security"), '{"count":2,"kind":"messages"}')]
    assert client.post("/admin/retention/destroy/", {"kind": "journal"}).status_code == 404


def test_shorter_term_that_makes_things_over_is_asked_about_first(sign_in):
    old_messages(2, days=400)
    client = sign_in("security")
    form = {"kind": "messages", "days": "365", "reason": "局务会"}

    asked = client.post("/admin/retention/", form).content.decode()

    assert "又有 2 项立即到期" in asked
    assert term_of("messages", timezone.now()).days == 730
    assert client.post("/admin/retention/", {**form, "sure": "1"}).status_code == 302
    found = term_of("messages", timezone.now())
    assert (found.days, found.over, found.reason) == (365, 2, "局务会")


@pytest.mark.parametrize("login", PEOPLE)
def test_lists_of_what_is_over_are_for_security_alone(login, sign_in):
    client = sign_in(login)
    found = {client.get(f"/admin/retention/messages/{end}").status_code for end in ("", "export.csv")}
    assert found == ({200} if login == "security" else {403})
