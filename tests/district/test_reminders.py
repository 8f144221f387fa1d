"""A reminder of a near miss: asked first, to the firm or to whoever looks after it, once a day, without words."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import NOW, PEOPLE

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.journal.models import JournalLine
from yumiao.district.messages.models import Message
from yumiao.district.registry.models import OutcomeCurrent, Subject
from yumiao.district.registry.remembering import forget
from yumiao.district.reminders.models import Reminder
from yumiao.district.reminders.selectors import addressees_of, reminded_on
from yumiao.district.reminders.services import send_reminder
from yumiao.model.problems import YumiaoError

TODAY = NOW.date()
FAMILY = "hnte"


@pytest.fixture(autouse=True)
def _near_misses(db):
    OutcomeCurrent.objects.filter(family=FAMILY).update(
        near_miss=True, distance=0.1, gap_zh="还差科技人员 3 人", gap_en="3 people short"
    )


def person(login):
    return Person.objects.get(login=login).id


def reminders():
    rows = Message.objects.filter(kind__startswith="reminder.").order_by("kind", "person__login")
    return list(rows.values_list("kind", "person__login"))


def send(ids, firm, login="officer", today=TODAY):
    subject = Subject.objects.get(id=ids[firm])
    return send_reminder(subject=subject, family=FAMILY, by=person(login), now=NOW, today=today)


def refused(ids, firm, **changes):
    with pytest.raises(YumiaoError) as found:
        send(ids, firm, **changes)
    return found.value.code


def test_firm_with_an_account_is_told_itself_with_ids_alone(ids):
    who = send(ids, "hengzhou")

    assert (who.to_firm, reminders()) == (True, [("reminder.near", "enterprise")])
    arguments = json.loads(Message.objects.get(kind="reminder.near").arguments)
    assert arguments == {"policy": FAMILY, "subject": ids["hengzhou"]}
    line = JournalLine.objects.get(act="reminder.sent")
    assert (line.actor, json.loads(line.payload)) == (
        person("officer"),
        {"people": 1, "policy": FAMILY, "subject": ids["hengzhou"], "to_firm": True},
    )
    assert reminded_on([ids["hengzhou"]]) == {(ids["hengzhou"], FAMILY): TODAY}


def test_firm_without_an_account_is_left_to_its_town_then_to_the_district(ids):
    Membership.objects.update(until=NOW)
    hengzhou, qingmu = (Subject.objects.get(id=ids[firm]) for firm in ("hengzhou", "qingmu"))
    town = addressees_of(hengzhou, sender=person("officer"))
    district = addressees_of(qingmu, sender=person("town"))

    assert (town.to_firm, town.persons) == (False, (person("town"),))
    assert (district.to_firm, district.persons) == (False, (person("officer"),))
    assert send(ids, "hengzhou").labels == town.labels
    assert reminders() == [("reminder.near_office", "town")]


def test_reminder_is_refused_with_a_reason_where_it_makes_no_sense(ids):
    assert refused(ids, "qingmu") == "reminder.nobody"
    send(ids, "hengzhou")
    assert refused(ids, "hengzhou") == "reminder.again"
    assert send(ids, "hengzhou", today=TODAY.replace(day=TODAY.day + 1)).to_firm
    OutcomeCurrent.objects.update(near_miss=False)
    assert refused(ids, "hengzhou", today=TODAY.replace(day=TODAY.day + 2)) == "reminder.not_near"
    assert (Reminder.objects.count(), len(reminders())) == (2, 2)


def test_page_asks_first_then_sends_and_the_overview_says_so(ids, sign_in):
    client, address = sign_in("officer"), f"/enterprises/{ids['hengzhou']}/remind/?policy={FAMILY}"
    asked = client.get(address).content.decode()
    assert ("提醒发给这家企业的 1 个账号" in asked, "还差科技人员 3 人" in asked) == (True, True)
    assert reminders() == []
    assert f'href="{address}"' in client.get("/overview/").content.decode()

    after = client.post(address, follow=True).content.decode()

    assert ("已提醒，收到的人数：1" in after, ">已提醒<" in after) == (True, True)
    assert f'href="{address}"' not in after
    assert Reminder.objects.get().sent_on == timezone.localdate()
    again = client.post(address)
    assert (again.status_code, "今天已经提醒过" in again.content.decode()) == (409, True)
    none = client.get(f"/enterprises/{ids['hengzhou']}/remind/?policy=none").content.decode()
    assert "现在不是这项政策的差一步企业" in none


@pytest.mark.parametrize("login", PEOPLE)
def test_reminding_is_for_officers_and_the_town_of_the_place(login, ids, sign_in):
    client = sign_in(login)
    found = {
        firm: client.get(f"/enterprises/{ids[firm]}/remind/?policy={FAMILY}").status_code == 200
        for firm in ("hengzhou", "qingmu", "tianning")
    }
    assert found == {
        "hengzhou": login in ("officer", "town"),
        "qingmu": login == "officer",
        "tianning": False,
    }


def test_near_misses_show_value_threshold_and_clause_for_the_same_queries(ids, sign_in):
    """The facts lie in a folder, so that rows cost no queries; qingmu is short of staff by the rules themselves."""
    client = sign_in("officer")

    def asked():
        forget()
        with CaptureQueriesContext(connection) as found:
            page = client.get("/overview/").content.decode()
        return len(found), page.partition('id="h-near"')[2].partition("</section>")[0]

    asked()
    many, card = asked()
    assert card.count("发提醒<") == card.count("<tr>") - 1 == 4
    assert card.count('class="cite"') == card.count("<tr>") - 1
    OutcomeCurrent.objects.filter(family=FAMILY).exclude(subject=ids["hengzhou"]).update(near_miss=False)
    few, _ = asked()
    assert few == many
