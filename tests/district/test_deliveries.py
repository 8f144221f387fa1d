"""Messages by themselves: choices by topic, working days, periodic sending, titles that end, what the office sees."""

import datetime as dt
import json
import re
import string
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.indicators.models import EndingNotice, LadderBuilt, TitleState
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.jobs.periodic import run_due
from yumiao.district.journal.models import JournalLine, JournalSeal
from yumiao.district.journal.nightly import seal_at_night
from yumiao.district.messages.channels import Channel, Frequency, Messaging, State, fault_words
from yumiao.district.messages.kinds import KINDS, message_address, message_text
from yumiao.district.messages.models import Delivery, Message
from yumiao.district.messages.periodic_acts import ask_for_delivery
from yumiao.district.messages.selectors import choices_of
from yumiao.district.messages.services import choose_topics, next_digest, post, retry_deliveries
from yumiao.district.messages.topics import topic_of, topics
from yumiao.district.overview.ending_notices import tell_of_ending_titles
from yumiao.district.personal import _PERSONAL, is_token
from yumiao.district.workdays.counting import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
KIND = "account.disabled"


@pytest.fixture(autouse=True)
def _no_messages():
    Message.objects.all().delete()


@pytest.fixture
def officer():
    return Person.objects.get(login="officer").id


@pytest.fixture
def ways(settings):
    settings.YUMIAO_MESSAGING = Messaging(
        console=True, hook_url="http://127.0.0.1:1/in", hook_secret="s" * 32
    )
    return settings.YUMIAO_MESSAGING


def send(*people, kind=KIND, now=NOW, **arguments):
    return post(kind=kind, to=people, arguments=arguments or {"person": "p1"}, now=now)


# ── no personal data in any text ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_message_has_a_place_for_words_about_people(kind):
    places = KINDS[kind].places
    text = KINDS[kind].text
    values = dict.fromkeys(places, "p1a2b3c4d5e6")
    filled, address = message_text(kind, json.dumps(values)), message_address(kind, json.dumps(values))
    said = f"{filled.zh}{filled.en}{address}"

    assert places.isdisjoint({"name", "label", "login", "phone", "telephone", "mail", "email", "address"})
    assert all(is_token(value) for value in values.values())
    assert not any(pattern.search(said) for pattern in _PERSONAL)
    assert {name for _, name, _, _ in string.Formatter().parse(text.en) if name} <= places


def test_every_kind_has_a_topic_with_words():
    assert {topic_of(kind) for kind in KINDS} == set(topics())
    assert all(label.en and label.zh for label in topics().values())


# ── choosing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_choice_of_a_topic_goes_before_the_choice_of_the_way(ways, officer):
    choose_topics(
        person=officer,
        frequencies={(Channel.HOOK, "account"): Frequency.OFF, (Channel.CONSOLE, "title"): Frequency.DAILY},
        working_days=False,
    )

    send(officer)
    send(officer, kind="title.ending_office", count=3, days=90)

    found = {(row.message.kind, row.channel, row.is_digest) for row in Delivery.objects.all()}
    assert found == {
        (KIND, "console", False),
        ("title.ending_office", "console", True),
        ("title.ending_office", "hook", False),
    }


@pytest.mark.parametrize(("day", "due"), [(16, 17), (17, 20), (18, 20), (19, 20)])
def test_digest_waits_for_monday_for_whoever_wants_working_days(day, due):
    """No year is in the calendar: Saturdays and Sundays are off."""
    now = dt.datetime(2026, 7, day, 9, 0, tzinfo=ZONE)

    assert next_digest(now, WorkingCalendar(frozenset())) == dt.datetime(2026, 7, due, 8, 0, tzinfo=ZONE)


def test_page_keeps_choices_by_topic_and_takes_them_back(ways, officer, sign_in):
    client = sign_in("officer")

    client.post("/messages/topics/", {"hook.title": "daily", "working_days": "1", "console.account": "no"})
    page = client.get("/messages/").content.decode()
    client.post("/messages/topics/", {"hook.title": ""})

    chosen = re.search(r'name="hook\.title".*?</select>', page, re.DOTALL).group(0)
    assert '<option value="daily" selected>' in chosen
    assert '<input type="checkbox" name="working_days" value="1" checked>' in page
    assert '<option value="daily" selected>' not in re.search(
        r'name="hook\.title".*?</select>', client.get("/messages/").content.decode(), re.DOTALL
    ).group(0)
    assert choices_of(officer)[Channel.HOOK] is Frequency.AT_ONCE


# ── by itself ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_is_sent_by_a_job_asked_for_once(ways, settings, officer, capsys):
    settings.YUMIAO_MESSAGING = Messaging(console=True)
    send(officer)

    ask_for_delivery(NOW)
    ask_for_delivery(NOW)
    (job,) = Job.objects.filter(kind="messages.deliver")
    do_job(job.id, lambda: NOW)
    ask_for_delivery(NOW)

    assert Job.objects.get().result == {"sent": 1, "failed": 0, "given_up": 0}
    assert f"→ {officer}" in capsys.readouterr().out
    assert Delivery.objects.get().state == State.SENT


def test_worker_sends_and_tells_of_ending_titles_and_seals_at_night():
    ran = run_due(NOW)

    assert {"messages.deliver", "titles.ending", "journal.seal"} <= set(ran)


@pytest.mark.parametrize(("hour", "seals"), [(1, 0), (2, 1), (3, 0)])
def test_journal_is_sealed_between_two_and_three_at_night(hour, seals):
    before = JournalSeal.objects.count()

    seal_at_night(dt.datetime(2026, 7, 16, hour, 30, tzinfo=ZONE))

    assert JournalSeal.objects.count() - before == seals


# ── titles that end ───────────────────────────────────────────────────────────────────────────────────────────


def ends(subject, days, title="hnte"):
    for scope in ("", "320412"):
        TitleState.objects.create(
            subject_id=subject, scope=scope, title=title, held=True, is_renewed=False, days_left=days
        )


def told():
    return sorted(
        (message.person.login, message.kind, json.loads(message.arguments).get("count"))
        for message in Message.objects.select_related("person")
    )


def test_titles_that_end_are_told_to_the_enterprise_and_its_office_once(ids):
    ends(ids["hengzhou"], 80)
    ends(ids["qingmu"], 90)
    ends(ids["jiahe"], 91)

    assert tell_of_ending_titles(NOW) == 2
    assert told() == [
        ("enterprise", "title.ending", None),
        ("officer", "title.ending_office", 2),
        ("town", "title.ending_office", 1),
    ]
    assert tell_of_ending_titles(NOW + dt.timedelta(hours=6)) == 0
    assert Message.objects.count() == 3
    assert JournalLine.objects.filter(act="title.ending_told").count() == 1


def test_title_is_told_of_again_at_thirty_days_and_when_it_ends_another_day(ids):
    ends(ids["hengzhou"], 80)
    tell_of_ending_titles(NOW)
    TitleState.objects.filter(title="hnte").update(days_left=30)
    LadderBuilt.objects.update(as_of=AS_OF + dt.timedelta(days=50))

    assert tell_of_ending_titles(NOW) == 1
    assert set(EndingNotice.objects.values_list("days", "until")) == {
        (90, AS_OF + dt.timedelta(days=80)),
        (30, AS_OF + dt.timedelta(days=80)),
    }


# ── what the office sees ──────────────────────────────────────────────────────────────────────────────────────


def given_up(officer):
    send(officer)
    Delivery.objects.update(state=State.GIVEN_UP, fault="hook_answered_500", tries=6)


def test_deliveries_show_state_and_reason_and_never_the_text(ways, officer, sign_in):
    given_up(officer)
    send(Person.objects.get(login="town").id)
    client = sign_in("system")

    page = client.get("/messages/deliveries/").content.decode()
    kept = client.get("/messages/deliveries/?state=given_up&channel=hook").content.decode()
    file = b"".join(client.get("/messages/deliveries.csv?state=given_up").streaming_content).decode(
        "utf-8-sig"
    )

    assert page.count('<tr><th scope="row">') == 4
    assert "办公系统答复 500" in page
    assert "已停用" not in page
    assert "区级经办" not in page
    assert kept.count('<tr><th scope="row">') == 1
    assert len(file.strip().splitlines()) == 3


def test_given_up_delivery_is_tried_anew_and_the_act_is_journalled(ways, officer, sign_in):
    given_up(officer)
    client = sign_in("officer")
    one = Delivery.objects.order_by("pk").first()

    client.post("/messages/deliveries/retry/", {"delivery": str(one.pk)})
    assert Delivery.objects.filter(state=State.WAITING, tries=0, fault="").count() == 1
    client.post("/messages/deliveries/retry/", {"all": "1"})

    assert Delivery.objects.filter(state=State.WAITING).count() == 2
    assert JournalLine.objects.filter(act="outbox.retried").count() == 2
    assert retry_deliveries(ids=[one.pk], by="console", now=NOW) == 0


@pytest.mark.parametrize("login", PEOPLE)
def test_deliveries_are_for_officers_and_the_system_administrator(login, sign_in):
    allowed = login in {"officer", "system"}

    for address in ("/messages/deliveries/", "/messages/deliveries.xlsx"):
        assert sign_in(login).get(address).status_code == (200 if allowed else 403)
    assert sign_in(login).post("/messages/deliveries/retry/", {"all": "1"}).status_code == (
        302 if allowed else 403
    )


def test_list_of_deliveries_costs_the_same_queries_for_one_and_for_three(ways, officer, sign_in):
    client = sign_in("officer")
    send(officer)
    client.get("/messages/deliveries/")
    with CaptureQueriesContext(connection) as one:
        client.get("/messages/deliveries/")
    send(officer)
    send(officer)
    with CaptureQueriesContext(connection) as three:
        client.get("/messages/deliveries/")

    assert len(one) == len(three)


def test_every_failure_that_is_kept_has_words():
    assert fault_words("hook_answered_404").en == "the office's own system answered 404"
    for fault in ("recipient_refused", "server_not_reached", "hook_not_reached", "person_disabled"):
        assert fault_words(fault).en != fault
    assert fault_words("").en == ""


def test_address_of_an_ending_title_is_the_enterprise_itself(ids):
    arguments = json.dumps({"days": 90, "subject": ids["hengzhou"]})

    assert message_address("title.ending", arguments) == f"/enterprises/{ids['hengzhou']}/"
    assert "90" in message_text("title.ending", arguments).en
