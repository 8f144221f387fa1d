"""Messages are always shown in the platform; what leaves it is chosen, signed, tried again, and names nobody."""

import datetime as dt
import http.server
import io
import json
import re
import socketserver
import threading
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW, PASSWORD

from yumiao.config.messaging import read_messaging
from yumiao.district.accounts.models import Person
from yumiao.district.accounts.services import disable_person
from yumiao.district.accounts.sign_in import MOST_PER_LOGIN, try_sign_in
from yumiao.district.messages.channels import Channel, Frequency, Messaging, State
from yumiao.district.messages.delivering import HELD, PAUSES, Delivered, deliver, senders_of
from yumiao.district.messages.hook import signature_of
from yumiao.district.messages.kinds import KINDS, message_address, message_text
from yumiao.district.messages.models import Delivery, Message
from yumiao.district.messages.parcels import SendingFailedError
from yumiao.district.messages.selectors import choices_of, delivery_counts, unread_count
from yumiao.district.messages.services import choose, choose_topics, mark_read, next_digest, post
from yumiao.district.workdays.counting import WorkingCalendar
from yumiao.district.workdays.selectors import working_calendar
from yumiao.district.workdays.services import Day, set_day
from yumiao.model.problems import YumiaoError

HANZI = re.compile(r"[\u3400-\u9fff]")
KIND = "account.disabled"
EVERY = Messaging(
    smtp_url="smtp+plain://127.0.0.1:1",
    mail_from="yumiao@bureau.example",
    mail_domain="bureau.example",
    hook_url="http://127.0.0.1:1/in",
    hook_secret="s" * 32,
    console=True,
    address="https://yumiao.example",
)


@pytest.fixture(autouse=True)
def _no_messages():
    Message.objects.all().delete()


@pytest.fixture
def officer():
    return Person.objects.get(login="officer").id


@pytest.fixture
def ways(settings):
    """Switch ways out on for a test."""

    def switched(**values):
        settings.YUMIAO_MESSAGING = Messaging(**values)
        return settings.YUMIAO_MESSAGING

    return switched


def send(*people, now=NOW):
    return post(kind=KIND, to=people, arguments={"person": "p1"}, now=now)


def states():
    return {(row.channel, row.state, row.tries, row.fault) for row in Delivery.objects.all()}


# ── posting ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_message_is_there_once_for_each_person(officer):
    town = Person.objects.get(login="town").id

    ids = send(officer, town, officer)

    assert len(ids) == 2
    assert unread_count(officer) == unread_count(town) == 1
    assert Delivery.objects.count() == 0


def test_message_of_a_change_that_fails_is_not_kept(officer):
    def fail():
        with transaction.atomic():
            send(officer)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()

    assert unread_count(officer) == 0


@pytest.mark.parametrize("value", ["王芳", "two words", "13812345678", "320412199001011234", "a@b.example"])
def test_message_with_words_about_people_is_refused(value, officer):
    with pytest.raises(YumiaoError) as caught:
        post(kind=KIND, to=[officer], arguments={"person": value}, now=NOW)

    assert caught.value.code == "payload.refused"
    assert unread_count(officer) == 0


@pytest.mark.parametrize(
    ("kind", "arguments"), [("none", {}), (KIND, {}), (KIND, {"person": "p1", "more": "x"})]
)
def test_message_that_does_not_fit_its_template_is_refused(kind, arguments, officer):
    with pytest.raises(ValueError, match="no message of the kind"):
        post(kind=kind, to=[officer], arguments=arguments, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_speaks_both_languages_with_the_same_places(kind):
    text = KINDS[kind].text
    places = re.compile(r"\{(\w+)\}")

    assert HANZI.search(text.zh)
    assert text.en
    assert not HANZI.search(text.en)
    assert set(places.findall(text.zh)) == set(places.findall(text.en))


def test_message_of_a_kind_that_is_gone_is_shown_by_its_token():
    assert str(message_text("old.kind", "{}")) == "old.kind"
    assert message_address("old.kind", "{}") == ""


def test_pause_of_sign_in_is_told_to_the_security_administrator():
    for _ in range(MOST_PER_LOGIN + 1):
        try_sign_in(login="officer", password="wrong", address="10.0.0.1", now=NOW)

    (message,) = Message.objects.all()
    assert message.person.login == "security"
    assert json.loads(message.arguments) == {"person": Person.objects.get(login="officer").id}


# ── choosing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_ways_that_are_off_get_no_delivery_and_those_on_get_theirs(ways, officer):
    ways(console=True, hook_url="https://x.example", hook_secret="s" * 32)

    send(officer)

    assert states() == {("console", "waiting", 0, ""), ("hook", "waiting", 0, "")}


def test_choice_of_a_person_decides(ways, officer):
    ways(console=True, hook_url="https://x.example", hook_secret="s" * 32)
    choose(person=officer, frequencies={Channel.CONSOLE: Frequency.OFF, Channel.HOOK: Frequency.DAILY})

    send(officer)

    (delivery,) = Delivery.objects.all()
    assert (delivery.channel, delivery.is_digest, delivery.due_at) == ("hook", True, next_digest(NOW))
    assert choices_of(officer) == {Channel.HOOK: Frequency.DAILY, Channel.CONSOLE: Frequency.OFF}


@pytest.mark.parametrize(("hour", "day"), [(7, 15), (8, 16), (23, 16)])
def test_digest_goes_out_at_eight_where_the_office_is(hour, day):
    zone = ZoneInfo("Asia/Shanghai")

    due = next_digest(dt.datetime(2026, 7, 15, hour, 30, tzinfo=zone))

    assert due == dt.datetime(2026, 7, day, 8, 0, tzinfo=zone)


@pytest.mark.parametrize(
    ("written", "due"),
    [("2026-09-30", 8), ("2026-10-08", 9), ("2026-10-09", 10), ("2027-01-01", 4)],
)
def test_digest_on_working_days_skips_holidays_and_keeps_worked_weekends(written, due):
    """The first week of October is off; Saturday the 10th is worked. Of 2027 nothing is known but its weekdays."""
    zone = ZoneInfo("Asia/Shanghai")
    off = frozenset(dt.date(2026, 10, day) for day in range(1, 8))
    calendar = WorkingCalendar(frozenset({2026}), off, frozenset({dt.date(2026, 10, 10)}))
    evening = dt.datetime.combine(dt.date.fromisoformat(written), dt.time(20), tzinfo=zone)

    found = next_digest(evening, calendar)

    assert (found.day, found.hour) == (due, 8)


def test_digest_of_a_person_goes_by_the_calendar_that_was_entered(ways, officer):
    ways(hook_url="https://x.example", hook_secret="s" * 32)
    here = NOW.astimezone(ZoneInfo("Asia/Shanghai")).date()
    for ahead in (1, 2):
        set_day(Day(here + dt.timedelta(days=ahead), is_working=False, name="放假", source="通知"), now=NOW)
    choose(person=officer, frequencies={Channel.HOOK: Frequency.DAILY})
    choose_topics(person=officer, frequencies={}, working_days=True)

    send(officer)

    assert Delivery.objects.get().due_at == next_digest(NOW, working_calendar())
    assert Delivery.objects.get().due_at.astimezone(ZoneInfo("Asia/Shanghai")).date() > here + dt.timedelta(
        days=2
    )


# ── delivering ────────────────────────────────────────────────────────────────────────────────────────────────


def collecting():
    got = []
    return got, {Channel.CONSOLE: got.append}


def test_delivery_goes_out_once(ways, officer):
    ways(console=True)
    (message,) = send(officer)
    got, senders = collecting()

    assert deliver(now=NOW, senders=senders) == Delivered(sent=1)
    assert deliver(now=NOW + HELD * 2, senders=senders) == Delivered()

    assert [parcel.id for parcel in got] == [message]
    assert delivery_counts() == {(Channel.CONSOLE, State.SENT): 1}


def test_messages_of_a_day_go_out_together_and_not_before(ways, officer):
    ways(console=True)
    choose(person=officer, frequencies={Channel.CONSOLE: Frequency.DAILY})
    ids = [send(officer, now=NOW + dt.timedelta(minutes=each))[0] for each in range(3)]
    got, senders = collecting()

    assert deliver(now=NOW + dt.timedelta(minutes=5), senders=senders) == Delivered()
    assert deliver(now=next_digest(NOW), senders=senders) == Delivered(sent=3)

    assert [[item.id for item in parcel.items] for parcel in got] == [ids]
    assert "3 messages" in got[0].subject()


def test_failure_is_tried_again_later_each_time_and_then_given_up(ways, officer):
    ways(console=True)
    send(officer)
    tried = []

    def fail(parcel):
        tried.append(parcel.id)
        raise SendingFailedError("hook_answered_500")

    now = NOW
    for number, pause in enumerate(PAUSES, start=1):
        assert deliver(now=now, senders={Channel.CONSOLE: fail}) == Delivered(failed=1)
        assert deliver(now=now + pause / 2, senders={Channel.CONSOLE: fail}) == Delivered()
        assert states() == {("console", "waiting", number, "hook_answered_500")}
        now += pause
    assert deliver(now=now, senders={Channel.CONSOLE: fail}) == Delivered(given_up=1)

    assert deliver(now=now + dt.timedelta(days=9), senders={Channel.CONSOLE: fail}) == Delivered()
    assert len(tried) == len(PAUSES) + 1
    assert unread_count(officer) == 1


def test_delivery_taken_by_a_process_that_ended_is_sent_by_another(ways, officer):
    ways(console=True)
    send(officer)

    def end(_parcel):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(now=NOW, senders={Channel.CONSOLE: end})
    got, senders = collecting()

    assert deliver(now=NOW + HELD / 2, senders=senders) == Delivered()
    assert deliver(now=NOW + HELD, senders=senders) == Delivered(sent=1)
    assert len(got) == 1


def test_disabled_person_gets_nothing_more(ways, officer):
    ways(console=True)
    send(officer)
    disable_person(person_id=officer, now=NOW)
    got, senders = collecting()

    deliver(now=NOW, senders=senders)

    assert officer not in [parcel.person for parcel in got]
    assert Delivery.objects.get(message__person=officer).fault == "person_disabled"


def test_console_prints_ids_and_links_and_no_label(ways, officer):
    messaging = ways(console=True, address="https://yumiao.example")
    post(kind="account.created", to=[officer], arguments={"person": officer}, now=NOW)
    out = io.StringIO()

    deliver(now=NOW, senders=senders_of(messaging, NOW, out.write))

    assert officer in out.getvalue()
    assert "https://yumiao.example/messages/" in out.getvalue()
    assert "区级经办" not in out.getvalue()


# ── mail and hook, against servers of this test ───────────────────────────────────────────────────────────────


class MailServer(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a client needs, and keeps what it got."""

    def handle(self):
        self.answer("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self.answer("354 go on")
                body = []
                while (part := self.rfile.readline()) != b".\r\n":
                    body.append(part)
                self.server.letters.append(b"".join(body).decode())
                self.answer("250 taken")
            elif word == "RCPT" and self.server.refuses:
                self.answer("550 nobody here")
            elif word == "QUIT":
                self.answer("221 bye")
                return
            else:
                self.answer("250 ok")

    def answer(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class Hook(http.server.BaseHTTPRequestHandler):
    """Answers as told, and keeps what it got."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def serve():
    servers = []

    def served(handler, **state):
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        vars(server).update(state)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server, server.server_address[1]

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


def test_mail_goes_to_the_login_at_the_domain_in_both_languages(serve, settings, officer):
    server, port = serve(MailServer, letters=[], refuses=False)
    settings.YUMIAO_MESSAGING = messaging = replace(
        EVERY, smtp_url=f"smtp+plain://127.0.0.1:{port}", hook_url="", console=False
    )
    choose(person=officer, frequencies={Channel.SMTP: Frequency.AT_ONCE})
    (message,) = send(officer)

    assert deliver(now=NOW, senders=senders_of(messaging, NOW, print)) == Delivered(sent=1)

    (letter,) = server.letters
    assert "To: officer@bureau.example" in letter
    assert f"Message-ID: <{message}@bureau.example>" in letter


def test_mail_that_is_refused_waits_with_the_reason(serve, settings, officer):
    _, port = serve(MailServer, letters=[], refuses=True)
    settings.YUMIAO_MESSAGING = messaging = replace(
        EVERY, smtp_url=f"smtp+plain://127.0.0.1:{port}", hook_url="", console=False
    )
    choose(person=officer, frequencies={Channel.SMTP: Frequency.AT_ONCE})
    send(officer)

    assert deliver(now=NOW, senders=senders_of(messaging, NOW, print)) == Delivered(failed=1)
    assert states() == {("smtp", "waiting", 1, "recipient_refused")}


def test_hook_gets_signed_json_of_ids(serve, settings, officer):
    server, port = serve(Hook, got=[], status=204)
    settings.YUMIAO_MESSAGING = messaging = replace(
        EVERY, hook_url=f"http://127.0.0.1:{port}/in?a=1", smtp_url="", console=False
    )
    (message,) = send(officer)

    assert deliver(now=NOW, senders=senders_of(messaging, NOW, print)) == Delivered(sent=1)

    ((headers, body),) = server.got
    assert headers["X-Yumiao-Signature"] == signature_of(body, headers["X-Yumiao-Time"], "s" * 32)
    assert headers["X-Yumiao-Signature"] != signature_of(body + b" ", headers["X-Yumiao-Time"], "s" * 32)
    sent = json.loads(body)
    assert (sent["id"], sent["person"]) == (message, officer)
    assert sent["messages"][0]["arguments"] == {"person": "p1"}
    assert "officer" not in body.decode()


@pytest.mark.parametrize("status", [302, 400, 500])
def test_hook_that_does_not_take_a_parcel_is_tried_again(status, serve, settings, officer):
    server, port = serve(Hook, got=[], status=status)
    settings.YUMIAO_MESSAGING = messaging = replace(
        EVERY, hook_url=f"http://127.0.0.1:{port}/in", smtp_url="", console=False
    )
    send(officer)

    assert deliver(now=NOW, senders=senders_of(messaging, NOW, print)) == Delivered(failed=1)
    assert states() == {("hook", "waiting", 1, f"hook_answered_{status}")}
    assert len(server.got) == 1


def test_servers_that_are_not_there_are_tried_again(settings, officer):
    settings.YUMIAO_MESSAGING = messaging = replace(EVERY, console=False)
    choose(person=officer, frequencies={Channel.SMTP: Frequency.AT_ONCE})
    send(officer)

    assert deliver(now=NOW, senders=senders_of(messaging, NOW, print)) == Delivered(failed=2)
    assert {fault for _, _, _, fault in states()} == {"server_not_reached", "hook_not_reached"}


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_leaves_the_platform_unless_the_environment_says_so():
    assert read_messaging({}).channels == ()


def test_every_variable_is_read():
    found = read_messaging(
        {
            "YUMIAO_SMTP_URL": "smtp://u:p@mail.example:587",
            "YUMIAO_MAIL_DOMAIN": "bureau.example",
            "YUMIAO_HOOK_URL": "https://im.example/in",
            "YUMIAO_HOOK_SECRET": "s" * 32,
            "YUMIAO_CONSOLE_MESSAGES": "1",
            "YUMIAO_ADDRESS": "https://yumiao.example/",
        }
    )

    assert found.channels == tuple(Channel)
    assert found.mail_from == "yumiao@bureau.example"
    assert found.address == "https://yumiao.example"


@pytest.mark.parametrize(
    "variables",
    [
        {"YUMIAO_SMTP_URL": "smtp://mail.example"},
        {"YUMIAO_SMTP_URL": "http://mail.example", "YUMIAO_MAIL_DOMAIN": "b.example"},
        {"YUMIAO_SMTP_URL": "smtp+plain://mail.example", "YUMIAO_MAIL_DOMAIN": "b.example"},
        {"YUMIAO_HOOK_URL": "http://im.example/", "YUMIAO_HOOK_SECRET": "s" * 32},
        {"YUMIAO_HOOK_URL": "https://im.example/", "YUMIAO_HOOK_SECRET": "short"},
    ],
)
def test_way_out_that_cannot_work_or_is_open_to_listeners_is_refused(variables):
    with pytest.raises(YumiaoError) as caught:
        read_messaging(variables)

    assert caught.value.code == "settings.messaging"
    assert len(caught.value.problems) == 1


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_sees_their_own_messages_only(sign_in, officer):
    (own,) = send(officer)
    (other,) = send(Person.objects.get(login="town").id)
    client = sign_in("officer")
    page = client.get("/messages/").content.decode()

    assert f"/messages/{own}/" in page
    assert other not in page
    assert client.post(f"/messages/{other}/", {"act": "read"}).status_code == 404
    assert unread_count(Person.objects.get(login="town").id) == 1


@pytest.mark.parametrize("login", ["officer", "town", "enterprise", "expert", "system", "security", "audit"])
def test_every_role_has_its_messages(login, sign_in):
    person = Person.objects.get(login=login).id
    send(person)

    page = sign_in(login).get("/messages/")

    assert page.status_code == 200
    assert "1 条未读" in page.content.decode()


def test_opening_leads_to_the_page_and_marks_as_read(sign_in, officer):
    (message,) = post(kind="account.created", to=[officer], arguments={"person": officer}, now=NOW)
    client = sign_in("officer")

    response = client.post(f"/messages/{message}/", {"act": "open"})

    assert response.headers["Location"] == "/messages/"
    assert unread_count(officer) == 0
    assert "标为未读" in client.get("/messages/").content.decode()


def test_marking_goes_back_where_one_was_and_never_to_another_site(sign_in, officer):
    (message,) = send(officer)
    client = sign_in("officer")
    address = f"/messages/{message}/"

    back = {"act": "read", "back": "/messages/?page=1"}
    assert client.post(address, back).headers["Location"] == "/messages/?page=1"
    away = {"act": "unread", "back": "https://elsewhere.example/"}
    assert client.post(address, away).headers["Location"] == "/messages/"
    assert unread_count(officer) == 1


def test_all_are_marked_as_read_at_once(sign_in, officer):
    send(officer)
    send(officer)

    sign_in("officer").post("/messages/read/")

    assert unread_count(officer) == 0


def test_reading_again_keeps_when_it_was_read_first(officer):
    ids = send(officer)
    mark_read(person=officer, ids=ids, now=NOW)

    assert mark_read(person=officer, ids=ids, now=NOW + dt.timedelta(days=1)) == 0
    assert Message.objects.get(id=ids[0]).read_at == NOW


def test_messages_come_in_pages(sign_in, officer):
    for number in range(51):
        send(officer, now=NOW + dt.timedelta(minutes=number))
    client = sign_in("officer")

    first, second = (client.get(f"/messages/?page={page}").content.decode() for page in (1, 2))

    assert first.count('<th scope="row">') == 50
    assert second.count('<th scope="row">') == 1
    assert "51 条未读" in first


@pytest.mark.parametrize(("query", "words"), [("", "还没有消息"), ("?unread=1", "没有未读消息")])
def test_no_messages_says_so(query, words, sign_in):
    assert words in sign_in("officer").get(f"/messages/{query}").content.decode()


def test_list_costs_the_same_queries_for_one_message_and_for_three(
    sign_in, officer, django_assert_num_queries
):
    client = sign_in("officer")
    client.get("/messages/")
    send(officer)
    with CaptureQueriesContext(connection) as one:
        client.get("/messages/")
    send(officer)
    send(officer)

    with django_assert_num_queries(len(one)):
        client.get("/messages/")


def test_choices_are_offered_for_ways_that_are_on_and_kept(ways, sign_in, officer):
    client = sign_in("officer")
    assert "另外发到哪里" not in client.get("/messages/").content.decode()
    ways(console=True, smtp_url="smtp://m.example", mail_domain="b.example")

    page = client.get("/messages/").content.decode()
    client.post("/messages/choose/", {"smtp": "off", "console": "nonsense", "hook": "daily"})

    assert 'for="c-smtp"' in page
    assert 'for="c-hook"' not in page
    assert choices_of(officer) == {Channel.SMTP: Frequency.OFF, Channel.CONSOLE: Frequency.AT_ONCE}


def test_forms_need_their_token_and_signing_in(client, officer):
    (message,) = send(officer)

    assert client.post(f"/messages/{message}/", {"act": "read"}).status_code == 302
    assert client.get("/messages/").headers["Location"] == "/sign-in/?next=/messages/"
    assert unread_count(officer) == 1


def test_english_page_holds_no_chinese(sign_in, officer, ways):
    ways(console=True)
    send(officer)
    client = sign_in("officer")
    client.cookies["django_language"] = "en"

    page = client.get("/messages/").content.decode()

    for own in ("育苗", "中文", "区级经办 甲", ">区<"):
        page = page.replace(own, "")
    assert HANZI.findall(page) == []
    assert PASSWORD not in page
