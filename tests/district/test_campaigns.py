"""Campaigns: whom an officer asks, what, and how far each firm is; nobody asked twice, nobody forgotten."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import FIRMS, NOW, PASSWORD, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.campaigns import sending
from yumiao.district.campaigns.answering import confirm_known, note_seen, say_unknown
from yumiao.district.campaigns.models import AskedFact, Campaign, CampaignFirm
from yumiao.district.campaigns.selectors import (
    WantedFirms,
    campaign_questions,
    campaigns_wanted,
    due_count,
    firms_wanted,
    listed_campaigns,
    listed_firms,
    open_campaigns_of,
)
from yumiao.district.campaigns.sending import (
    campaigns_to_remind,
    prepare_questions,
    remind_firms,
    send_questions,
)
from yumiao.district.campaigns.sending_jobs import remind_due, send_late
from yumiao.district.campaigns.services import (
    add_question,
    assign_firms,
    create_campaign,
    end_campaign,
    include_question,
    reopen_campaign,
    start_campaign,
)
from yumiao.district.campaigns.states import FirmState
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.joining.redeeming import join_as_new_person
from yumiao.district.joining.services import issue_code
from yumiao.district.journal.models import JournalLine
from yumiao.district.messages.models import Message
from yumiao.district.proposals.models import Proposal
from yumiao.district.proposals.services import accept_proposal, propose_fact, refuse_proposal
from yumiao.district.workdays.counting import postponed
from yumiao.district.workdays.selectors import working_calendar
from yumiao.district.workdays.services import Day, set_day
from yumiao.model.problems import YumiaoError

TODAY = dt.date(2026, 7, 15)
LATER = NOW + dt.timedelta(hours=1)
STAFF = "staff_total@2025"


def silent(done, total=0, step=None):
    """Says nothing of how far it is."""


def officer():
    return actor_of(Person.objects.get(login="officer"))


def made(ids, *firms, **changes):
    values = {
        "name": "高企摸底",
        "family": "",
        "purpose": "请补全研发费用",
        "due_on": dt.date(2026, 8, 15),
        "subjects": [ids[firm] for firm in firms or ("hengzhou", "qingmu", "jiahe")],
        "by": officer().id,
        "now": NOW,
        "today": TODAY,
    }
    return create_campaign(**values | changes)


def opened(ids, *firms):
    """A campaign that asks for one fact only, open, with an account for every firm."""
    campaign = made(ids, *firms)
    CampaignFirm.objects.filter(campaign=campaign).update(prepared_at=NOW)
    add_question(campaign=campaign.id, column=STAFF, by=officer().id, now=NOW)
    start_campaign(campaign=campaign.id, by=officer().id, now=NOW)
    return campaign


def with_account(ids, firm):
    code = issue_code(subject=ids[firm], days=14, by="p", now=NOW)
    return join_as_new_person(
        written=code.written, login=f"login-{firm}", password=PASSWORD, label="财务", now=NOW, address="1"
    )


def states(campaign):
    return dict(CampaignFirm.objects.filter(campaign=campaign).values_list("subject", "state"))


def asked_messages():
    return Message.objects.filter(kind="campaign.asked").count()


# ── making ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_campaign_is_a_draft_that_asks_nobody(ids):
    campaign = made(ids)

    assert (campaign.state, asked_messages()) == ("draft", 0)
    assert states(campaign) == {ids[firm]: "not_sent" for firm in ("hengzhou", "qingmu", "jiahe")}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": " "}, "name"),
        ({"purpose": ""}, "purpose"),
        ({"due_on": None}, "due_on"),
        ({"due_on": dt.date(2026, 7, 14)}, "due_on"),
        ({"due_on": dt.date(2028, 1, 1)}, "due_on"),
        ({"subjects": []}, "subjects"),
        ({"subjects": [f"s{number}" for number in range(2001)]}, "subjects"),
    ],
)
def test_campaign_that_cannot_be_is_refused_with_what_to_correct(changes, path, ids):
    with pytest.raises(YumiaoError) as error:
        made(ids, **changes)

    assert [(each.path, bool(each.text.en)) for each in error.value.problems] == [(path, True)]
    assert Campaign.objects.count() == 0


def test_questions_come_from_the_engine_and_can_be_left_out_and_added(ids):
    campaign = made(ids)
    assert prepare_questions(campaign.id, NOW, silent) == 3
    assert prepare_questions(campaign.id, NOW, silent) == 0
    found = campaign_questions(officer(), campaign.id)
    assert len(found) > 3
    column = found[0].column

    by = officer().id
    assert include_question(campaign=campaign.id, column=column, is_included=False, by=by, now=NOW) >= 1
    after = {each.column: (each.asked, each.left_out) for each in campaign_questions(officer(), campaign.id)}
    assert after[column] == (0, found[0].asked)
    assert add_question(campaign=campaign.id, column=column, by=by, now=NOW) >= found[0].asked
    with pytest.raises(YumiaoError):
        add_question(campaign=campaign.id, column="nothing@2025", by=by, now=NOW)


def test_campaign_of_one_policy_asks_for_that_policy_only(ids):
    whole, single = made(ids, "jiahe"), made(ids, "jiahe", family="cn.tech_sme")
    for campaign in (whole, single):
        prepare_questions(campaign.id, NOW, silent)
    every, some = (
        {each.column for each in campaign_questions(officer(), each.id)} for each in (whole, single)
    )

    assert some < every


# ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_firm_with_people_and_questions_is_asked_once(ids):
    campaign = opened(ids)
    assert send_questions(campaign.id, LATER, silent) == 1
    assert send_questions(campaign.id, LATER, silent) == 0

    assert states(campaign) == {ids["hengzhou"]: "sent", ids["qingmu"]: "not_sent", ids["jiahe"]: "not_sent"}
    message = Message.objects.get(kind="campaign.asked")
    assert message.person.login == "enterprise"
    assert FIRMS["hengzhou"][0] not in message.arguments


def test_firm_that_gets_an_account_later_is_asked_by_itself(ids):
    campaign = opened(ids)
    send_questions(campaign.id, LATER, silent)
    with_account(ids, "qingmu")
    send_late(LATER)
    send_late(LATER)

    assert states(campaign)[ids["qingmu"]] == "sent"
    assert asked_messages() == 2


class Killed(BaseException):
    """What a process that dies at this point never gets beyond."""


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("where", ["post", "record", "_take_earlier_proposals"])
def test_sending_killed_anywhere_asks_nobody_twice_and_forgets_nobody(after, where, ids, monkeypatch):
    for firm in ("qingmu", "jiahe"):
        with_account(ids, firm)
    campaign = opened(ids)
    known, calls = getattr(sending, where), []

    def die(*arguments, **named):
        calls.append(1)
        known(*arguments, **named)
        if len(calls) > after:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending, where, die)
        with pytest.raises(Killed):
            send_questions(campaign.id, LATER, silent)
    assert asked_messages() == after
    send_questions(campaign.id, LATER, silent)

    assert set(states(campaign).values()) == {"sent"}
    people = Message.objects.filter(kind="campaign.asked").values_list("person__login", flat=True)
    assert sorted(people) == ["enterprise", "login-jiahe", "login-qingmu"]
    assert JournalLine.objects.filter(act="campaign.sent").count() == 3


def test_reminder_goes_once_a_day_to_whoever_has_not_answered(ids):
    campaign = opened(ids, "hengzhou")
    send_questions(campaign.id, LATER, silent)

    assert remind_firms(campaign.id, LATER, TODAY, silent) == 1
    assert remind_firms(campaign.id, LATER, TODAY, silent) == 0
    propose(ids, "44")
    assert remind_firms(campaign.id, LATER, TODAY + dt.timedelta(days=1), silent) == 0


def test_last_days_are_reminded_of_by_themselves_once(ids):
    campaign = opened(ids, "hengzhou")
    send_questions(campaign.id, LATER, silent)
    remind_due(LATER)
    assert Message.objects.filter(kind="campaign.reminded").count() == 0
    near = dt.datetime(2026, 8, 13, 4, tzinfo=dt.UTC)
    remind_due(near)
    remind_due(near + dt.timedelta(days=1))

    assert Message.objects.filter(kind="campaign.reminded").count() == 1


def test_last_day_that_is_a_day_off_moves_on_and_reminders_count_working_days(ids, sign_in):
    for number in range(1, 8):
        set_day(Day(dt.date(2026, 10, number), is_working=False, name="国庆节", source="通知"), now=NOW)
    campaign = made(ids, "hengzhou", due_on=dt.date(2026, 10, 3))
    assert campaign.due_on == dt.date(2026, 10, 8)
    Campaign.objects.update(state="open")
    CampaignFirm.objects.update(state="sent")
    assert campaigns_to_remind(dt.date(2026, 9, 27)) == []
    assert campaigns_to_remind(dt.date(2026, 9, 28)) == [campaign.id]


def test_form_says_to_which_day_the_last_one_moves(sign_in):
    day = timezone.localdate() + dt.timedelta(days=20)
    for off in (day, dt.date(day.year + 1, 1, 1)):
        set_day(Day(off, is_working=False, name="放假", source="通知"), now=NOW)
    form = {"name": "摸底", "purpose": "补全", "policy": "", "due_on": day.isoformat()}

    answer = sign_in("officer").post("/campaigns/new/?q=衡舟", form, follow=True)

    moved = postponed(working_calendar(), day)
    assert moved > day
    assert f"截止日是休息日，顺延到 {moved.isoformat()}。" in answer.content.decode()


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────


def propose(ids, typed, firm="hengzhou"):
    person = Person.objects.get(login="enterprise")
    return propose_fact(
        subject=ids[firm], column=STAFF, typed=typed, unit="", note="清单", author=person.id, now=LATER
    )


def test_state_of_a_firm_follows_what_it_does(ids):
    campaign, firm = opened(ids, "hengzhou"), ids["hengzhou"]
    seen = []
    send_questions(campaign.id, LATER, silent)
    seen.append(states(campaign)[firm])
    note_seen(subject=firm, by="p", now=LATER)
    seen.append(states(campaign)[firm])
    one = propose(ids, "44")
    seen.append(states(campaign)[firm])
    refuse_proposal(proposal_id=one.id, reason="不符", by="p", now=LATER)
    seen.append(states(campaign)[firm])
    accept_proposal(proposal_id=propose(ids, "45").id, by="p", now=LATER)
    seen.append(states(campaign)[firm])

    assert seen == ["sent", "seen", "answered", "seen", "accepted"]


def test_not_knowing_settles_the_question_and_leaves_the_fact_unknown(ids):
    campaign = opened(ids, "hengzhou")
    send_questions(campaign.id, LATER, silent)
    asked = AskedFact.objects.get()
    with pytest.raises(YumiaoError):
        say_unknown(question=asked.id, subject=ids["qingmu"], by="p", now=LATER)
    say_unknown(question=asked.id, subject=ids["hengzhou"], by="p", now=LATER)

    assert (states(campaign)[ids["hengzhou"]], Proposal.objects.count()) == ("accepted", 0)


def test_firm_that_says_what_is_known_is_so_has_answered_and_proposed_nothing(ids):
    campaign = opened(ids, "hengzhou")
    send_questions(campaign.id, LATER, silent)
    confirm_known(question=AskedFact.objects.get().id, subject=ids["hengzhou"], by="p", now=LATER)
    assert (states(campaign)[ids["hengzhou"]], Proposal.objects.count()) == ("accepted", 0)

    propose(ids, "44")
    assert states(campaign)[ids["hengzhou"]] == "answered"


def test_campaign_for_a_policy_that_fails_asks_whether_what_it_fails_on_is_so(ids):
    campaign = made(ids, "tianning", family="unicorn_gbt")
    prepare_questions(campaign.id, NOW, silent)

    asked = AskedFact.objects.get(firm__campaign=campaign)
    assert (asked.column, asked.text_zh) == ("established_on", "请核对：成立日期")
    assert asked.text_en.startswith("Please check: ")


def test_what_was_proposed_before_it_was_asked_counts_as_an_answer(ids):
    propose(ids, "44")
    campaign = opened(ids, "hengzhou")
    send_questions(campaign.id, LATER, silent)

    assert states(campaign)[ids["hengzhou"]] == "answered"


def test_ended_campaign_asks_nothing_and_can_be_opened_again(ids):
    campaign, by = opened(ids, "hengzhou"), officer().id
    send_questions(campaign.id, LATER, silent)
    end_campaign(campaign=campaign.id, is_cancelled=True, by=by, now=LATER)
    assert open_campaigns_of(ids["hengzhou"]) == []
    assert remind_firms(campaign.id, LATER, TODAY, silent) == 0

    reopen_campaign(campaign=campaign.id, by=by, now=LATER)
    assert [each.name for each in open_campaigns_of(ids["hengzhou"])] == ["高企摸底"]
    with pytest.raises(YumiaoError):
        reopen_campaign(campaign=campaign.id, by=by, now=LATER)


# ── who sees and does what ────────────────────────────────────────────────────────────────────────────────────


def test_town_sees_campaigns_of_its_division_and_only_its_own_firms(ids):
    campaign, foreign = made(ids), made(ids, "qingmu")
    town = actor_of(Person.objects.get(login="town"))

    assert [each.id for each in campaigns_wanted(town, state=None)] == [campaign.id]
    assert listed_campaigns(town, campaigns_wanted(town, state=None))[0].firms == 1
    rows = listed_firms(firms_wanted(town, campaign.id, WantedFirms()))
    assert [row.subject for row in rows] == [ids["hengzhou"]]
    assert list(firms_wanted(town, foreign.id, WantedFirms())) == []


def test_firms_are_assigned_to_people_of_the_office_only(ids):
    campaign, by = made(ids), officer().id
    town, firm_person = (Person.objects.get(login=login).id for login in ("town", "enterprise"))
    firms = list(CampaignFirm.objects.filter(campaign=campaign).values_list("id", flat=True))

    assert assign_firms(campaign=campaign.id, firms=firms[:2], to=town, by=by, now=NOW) == 2
    wanted = WantedFirms(assignee=town)
    assert [row.assignee for row in listed_firms(firms_wanted(officer(), campaign.id, wanted))] == [
        "镇级经办 甲"
    ] * 2
    nobody = firms_wanted(officer(), campaign.id, WantedFirms(assignee="-"))
    assert nobody.count() == 1
    with pytest.raises(YumiaoError):
        assign_firms(campaign=campaign.id, firms=firms, to=firm_person, by=by, now=NOW)


@pytest.mark.parametrize("login", PEOPLE)
def test_pages_answer_as_the_matrix_says(login, ids, sign_in):
    campaign = made(ids)
    firm = CampaignFirm.objects.get(campaign=campaign, subject=ids["hengzhou"]).id
    client = sign_in(login)
    sees, runs = login in {"officer", "town"}, login == "officer"

    for page in ("/campaigns/", "/campaigns/export.csv", f"/campaigns/{campaign.id}/"):
        assert client.get(page).status_code == (200 if sees else 403), page
    assert client.get(f"/campaigns/{campaign.id}/firms/{firm}/").status_code == (200 if sees else 403)
    assert client.get("/campaigns/new/").status_code == (200 if runs else 403)
    for act in ("start", "close", "remind", "cancel"):
        assert client.post(f"/campaigns/{campaign.id}/{act}/").status_code != 302 or runs
    assert client.post(f"/campaigns/{campaign.id}/assign/", {"to": ""}).status_code == (302 if runs else 403)


def test_officer_of_one_county_cannot_end_a_campaign_over_another(ids, sign_in):
    campaign = made(ids, "qingmu", "tianning", by="someone")

    assert sign_in("officer").post(f"/campaigns/{campaign.id}/cancel/").status_code == 403
    assert Campaign.objects.get(id=campaign.id).state == "draft"
    town = sign_in("town").get(f"/campaigns/{campaign.id}/")
    assert town.status_code == 404


def test_firm_of_another_division_is_not_found_through_a_campaign(ids, sign_in):
    campaign = made(ids)
    foreign = CampaignFirm.objects.get(campaign=campaign, subject=ids["qingmu"]).id
    page = sign_in("town").get(f"/campaigns/{campaign.id}/firms/{foreign}/")

    assert (page.status_code, FIRMS["qingmu"][0] in page.content.decode()) == (404, False)


# ── over HTTP, without scripts ────────────────────────────────────────────────────────────────────────────────


def test_officer_asks_and_firm_answers_from_page_to_page(ids, sign_in):
    client, firm = sign_in("officer"), sign_in("enterprise")
    form = {"name": "摸底", "purpose": "补全", "due_on": "2020-01-01", "policy": ""}
    refused = client.post("/campaigns/new/?q=衡舟", form)
    assert (refused.status_code, "摸底" in refused.content.decode()) == (400, True)
    due = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    made_at = client.post("/campaigns/new/?q=衡舟", {**form, "due_on": due}).headers["Location"]
    do_job(Job.objects.get(kind="campaigns.prepare").id, timezone.now)
    page = client.get(made_at).content.decode()
    assert FIRMS["hengzhou"][0] in page
    client.post(f"{made_at}start/")
    do_job(Job.objects.get(kind="campaigns.send").id, timezone.now)

    questions = firm.get(f"/my/{ids['hengzhou']}/questions/")
    assert ("摸底" in questions.content.decode(), "不知道" in questions.content.decode()) == (True, True)
    assert CampaignFirm.objects.get().state == FirmState.SEEN
    first = AskedFact.objects.order_by("id").first()
    firm.post(f"/my/{ids['hengzhou']}/questions/{first.id}/unknown/")
    assert AskedFact.objects.get(id=first.id).is_unknown
    assert client.post(f"{made_at}close/").headers["Location"] == made_at
    assert "摸底" not in firm.get(f"/my/{ids['hengzhou']}/questions/").content.decode()


def test_follow_list_can_be_filtered_and_exported(ids, sign_in):
    campaign = opened(ids)
    send_questions(campaign.id, LATER, silent)
    client = sign_in("officer")

    sent = client.get(f"/campaigns/{campaign.id}/?state=sent").content.decode()
    assert (FIRMS["hengzhou"][0] in sent, FIRMS["qingmu"][0] in sent) == (True, False)
    file = b"".join(client.get(f"/campaigns/{campaign.id}/export.csv?state=sent").streaming_content)
    assert len(file.decode("utf-8-sig").strip().splitlines()) == 2
    assert b"".join(client.get(f"/campaigns/{campaign.id}/export.xlsx").streaming_content).startswith(b"PK")


def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(ids, sign_in):
    client, counts = sign_in("officer"), []
    client.get("/campaigns/")
    for firms in (("hengzhou",), ("hengzhou", "qingmu", "jiahe")):
        campaign = made(ids, *firms)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/campaigns/{campaign.id}/")
            client.get("/campaigns/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_campaigns_that_end_soon_are_counted_for_whoever_sees_them(ids):
    opened(ids, "qingmu")

    assert due_count(officer(), dt.date(2026, 8, 10)) == 1
    assert due_count(officer(), TODAY) == 0
    assert due_count(actor_of(Person.objects.get(login="town")), dt.date(2026, 8, 10)) == 0
