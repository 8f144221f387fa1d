"""Picking what a campaign asks: what settles most first, anything by words, the preview; and reminding with a count."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import FIRMS, NOW
from tests.district.test_campaigns import (
    LATER,
    STAFF,
    TODAY,
    made,
    officer,
    opened,
    propose,
    silent,
    with_account,
)

from yumiao.district.campaigns.models import AskedFact, Campaign, CampaignFirm
from yumiao.district.campaigns.picking import find_metrics
from yumiao.district.campaigns.selectors import CampaignQuestion, campaign_questions
from yumiao.district.campaigns.sending import firms_to_remind, prepare_questions, send_questions
from yumiao.district.campaigns.services import add_question, pick_questions
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.journal.models import JournalLine
from yumiao.district.messages.models import Message
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import judged
from yumiao.model.text import Text


def asked(campaign, *rows):
    """Prepare a campaign with questions: firm, column, text, conditions that rest on it, whether it settles alone."""
    firms = {each.subject: each for each in CampaignFirm.objects.filter(campaign=campaign)}
    for subject, column, text, settles, alone in rows:
        AskedFact.objects.create(
            firm=firms[subject], column=column, text_zh=text, text_en=text, settles=settles, alone=alone
        )
    CampaignFirm.objects.filter(campaign=campaign).update(prepared_at=NOW)


def included(campaign):
    return set(
        AskedFact.objects.filter(firm__campaign=campaign, is_included=True).values_list("column", flat=True)
    )


@pytest.fixture
def campaign(ids):
    """Three firms: one fact settles two of them alone, another matters to all, a third to one."""
    found = made(ids)
    one, two, three = ids["hengzhou"], ids["qingmu"], ids["jiahe"]
    asked(
        found,
        (one, STAFF, "多少人？", 1, True),
        (two, STAFF, "请核对：多少人", 1, True),
        (one, "rd_expense_tsme@2025", "研发多少？", 3, False),
        (two, "rd_expense_tsme@2025", "研发多少？", 3, False),
        (three, "rd_expense_tsme@2025", "研发多少？", 2, True),
        (three, "established_on", "何时成立？", 1, False),
    )
    return found


# ── what settles most ─────────────────────────────────────────────────────────────────────────────────────────


def test_questions_are_listed_by_how_many_firms_each_settles_alone(campaign):
    assert campaign_questions(officer(), campaign.id) == [
        CampaignQuestion(STAFF, Text("请核对：多少人", "请核对：多少人"), 2, 0, 2, 2),
        CampaignQuestion("rd_expense_tsme@2025", Text("研发多少？", "研发多少？"), 3, 0, 1, 8),
        CampaignQuestion("established_on", Text("何时成立？", "何时成立？"), 1, 0, 0, 1),
    ]


def test_counts_are_those_of_the_engines_questions_for_each_firm(ids):
    campaign = made(ids)
    prepare_questions(campaign.id, NOW, silent)
    found = {each.column: each for each in campaign_questions(officer(), campaign.id)}

    answers = [answer for firm in ("hengzhou", "qingmu", "jiahe") for answer in judged().answers(ids[firm])]
    about = [(a.subject.id, q) for a in answers for q in a.questions if q.metric == "size_industry"]
    assert about
    one = found["size_industry"]
    assert one.asked == len({subject for subject, _ in about})
    assert one.settling == len({subject for subject, question in about if question.alone})
    assert one.conditions == sum(len(question.settles) for _, question in about)
    ranks = [(-each.settling, -each.conditions) for each in campaign_questions(officer(), campaign.id)]
    assert ranks == sorted(ranks)


def test_fact_that_an_officer_added_does_not_pretend_to_settle_anything(campaign):
    add_question(campaign=campaign.id, column="total_assets@2025", by=officer().id, now=NOW)
    added = campaign_questions(officer(), campaign.id)[-1]

    assert (added.column, added.asked, added.settling, added.is_added) == ("total_assets@2025", 3, 0, True)


# ── picking ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_picked_questions_are_asked_and_no_other_and_it_is_journalled_once(campaign):
    by = officer().id

    assert pick_questions(campaign=campaign.id, columns={STAFF}, by=by, now=NOW) == 4
    assert included(campaign) == {STAFF}
    assert pick_questions(campaign=campaign.id, columns={STAFF}, by=by, now=NOW) == 0
    assert pick_questions(campaign=campaign.id, columns={STAFF, "established_on"}, by=by, now=NOW) == 1
    assert JournalLine.objects.filter(act="campaign.questions_picked").count() == 2


def test_picking_leaves_firms_that_were_asked_already_alone(campaign, ids):
    Campaign.objects.update(state="open")
    assert send_questions(campaign.id, LATER, silent) == 1
    pick_questions(campaign=campaign.id, columns=set(), by=officer().id, now=NOW)

    kept = AskedFact.objects.filter(is_included=True).values_list("firm__subject", "column")
    assert set(kept) == {(ids["hengzhou"], STAFF), (ids["hengzhou"], "rd_expense_tsme@2025")}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("rd_expense_tsme", "rd_expense_tsme"),
        ("established", "established_on"),
        ("职工总数", "staff_total"),
    ],
)
def test_metrics_are_found_by_label_id_and_other_names(text, first):
    assert find_metrics(text, TODAY)[0].id == first


def test_search_offers_the_latest_years_and_nothing_that_firms_are_not_asked_for():
    [found] = [each for each in find_metrics("staff_total", TODAY) if each.id == "staff_total"]
    judged_by_experts = next(each for each in library().metrics.values() if each.judged)

    assert [column for column, *_ in found.columns] == [
        "staff_total@2025",
        "staff_total@2024",
        "staff_total@2023",
    ]
    assert find_metrics("established_on", TODAY)[0].columns[0][0] == "established_on"
    assert judged_by_experts.id not in {each.id for each in find_metrics(judged_by_experts.id, TODAY)}
    assert (find_metrics("", TODAY), find_metrics("没有这样的资料", TODAY)) == ([], [])


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_officer_picks_adds_and_sees_what_the_firm_will_see(campaign, ids, sign_in):
    client, address = sign_in("officer"), f"/campaigns/{campaign.id}/questions/"
    page = text_of(client.get(address))
    assert page.index("请核对：多少人") < page.index("研发多少？") < page.index("何时成立？")
    assert "41 人" in page[page.index("企业会看到") :]

    client.post(address, {"act": "pick", "columns": [STAFF, "established_on"], "back": "picker"})
    assert included(campaign) == {STAFF, "established_on"}
    search = text_of(client.get(address, {"q": "资产总额"}))
    column = re.search(r'name="column" value="([^"]+)"', search).group(1)
    answer = client.post(address, {"act": "add", "column": column, "back": "picker"})
    assert answer["Location"] == address
    assert column in included(campaign)

    jiahe = CampaignFirm.objects.get(campaign=campaign, subject=ids["jiahe"]).pk
    seen = text_of(client.get(address, {"firm": jiahe}))
    shown = seen[seen.index("企业会看到") :]
    assert "何时成立？" in shown
    assert "研发多少？" not in shown
    assert "disabled" in shown


def test_what_the_preview_shows_is_what_the_firm_gets(ids, sign_in):
    campaign = opened(ids, "hengzhou")
    preview = text_of(sign_in("officer").get(f"/campaigns/{campaign.id}/questions/"))
    send_questions(campaign.id, LATER, silent)
    got = text_of(sign_in("enterprise").get(f"/my/{ids['hengzhou']}/questions/"))

    label = AskedFact.objects.get().text_zh
    for part in (campaign.name, campaign.purpose, label, "41 人"):
        assert part in preview
        assert part in got


@pytest.mark.parametrize("login", ["town", "enterprise", "expert", "audit"])
def test_only_who_runs_campaigns_picks_their_questions(login, campaign, sign_in):
    address = f"/campaigns/{campaign.id}/questions/"

    assert sign_in(login).get(address).status_code == 403
    assert sign_in(login).post(address, {"act": "pick", "columns": []}).status_code == 403
    assert len(included(campaign)) == 3


def test_picker_asks_the_database_as_often_for_three_firms_as_for_one(ids, sign_in):
    client, counts = sign_in("officer"), []
    for firms in (("hengzhou",), ("hengzhou", "qingmu", "jiahe")):
        campaign = made(ids, *firms)
        asked(campaign, *((ids[firm], STAFF, "多少人？", 1, True) for firm in firms))
        client.get(f"/campaigns/{campaign.id}/questions/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/campaigns/{campaign.id}/questions/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


# ── reminding ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_reminding_shows_how_many_asks_first_and_goes_once_a_day(ids, sign_in):
    with_account(ids, "qingmu")
    campaign = opened(ids, "hengzhou", "qingmu")
    send_questions(campaign.id, LATER, silent)
    client, address = sign_in("officer"), f"/campaigns/{campaign.id}/"
    assert "提醒未答的 2 家" in text_of(client.get(address))
    propose(ids, "44")
    assert "提醒未答的 1 家" in text_of(client.get(address))

    question = text_of(client.get(f"{address}remind/"))
    assert ("提醒还没答的企业？" in question, "1 家" in question) == (True, True)
    assert Message.objects.filter(kind="campaign.reminded").count() == 0
    for _ in range(2):
        client.post(f"{address}remind/")
        do_job(Job.objects.filter(kind="campaigns.remind").latest("queued_at").id, timezone.now)

    assert Message.objects.filter(kind="campaign.reminded").count() == 1
    assert "提醒未答的" not in text_of(client.get(address))
    line = JournalLine.objects.get(act="campaign.reminded")
    assert line.actor == officer().id
    assert FIRMS["qingmu"][0] not in line.payload


def test_firm_that_was_reminded_is_to_be_reminded_again_on_another_day(ids):
    campaign = opened(ids, "hengzhou")
    send_questions(campaign.id, LATER, silent)
    CampaignFirm.objects.update(reminded_on=TODAY)

    assert firms_to_remind(campaign.id, TODAY).count() == 0
    assert firms_to_remind(campaign.id, TODAY + dt.timedelta(days=1)).count() == 1


def test_campaign_that_is_not_open_reminds_nobody(ids, sign_in):
    campaign = made(ids, "hengzhou")

    assert sign_in("officer").get(f"/campaigns/{campaign.id}/remind/").status_code == 404
    assert firms_to_remind(campaign.id, TODAY).count() == 0
