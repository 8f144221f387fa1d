"""People of firms found to be one: they speak for the surviving one with their posts, and return when undone."""

import datetime as dt
import json

import pytest
from django.utils import timezone
from tests.district.districts import AS_OF, NOW, PASSWORD
from tests.district.importing import own_district
from tests.district.test_campaigns import STAFF, officer, silent

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post, Role
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.accounts.services import create_person
from yumiao.district.campaigns.models import AskedFact, CampaignFirm
from yumiao.district.campaigns.selectors import open_campaigns_of
from yumiao.district.campaigns.sending import send_questions
from yumiao.district.campaigns.services import add_question, create_campaign, start_campaign
from yumiao.district.chain_firms.placements import placements_of
from yumiao.district.chains.conditions import InChain
from yumiao.district.chains.fields import PlacementEntry, read_chain, read_link
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.placing import NewPlacement, place_subjects
from yumiao.district.chains.services import add_chain, add_link
from yumiao.district.drafts.selectors import drafts_of
from yumiao.district.drafts.services import Typed, save_draft
from yumiao.district.joining.firm_people import change_post, remove_person
from yumiao.district.joining.merging import follow_merges
from yumiao.district.joining.models import FollowedMerge
from yumiao.district.joining.selectors import ids_of_people, people_of
from yumiao.district.journal.models import JournalLine
from yumiao.district.messages.models import Message
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals.selectors import proposals_of, proposals_wanted
from yumiao.district.proposals.services import propose_fact
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.refreshing import refresh
from yumiao.district.registry.selectors import Wanted, subjects_wanted
from yumiao.model.problems import YumiaoError

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def district(tmp_path, settings):
    return own_district(tmp_path, settings)


@pytest.fixture
def firms(district):
    """The firm that is merged, and the one that it is read as then; two people of the one, one of the other."""
    merged, surviving = district.ids["jiahe"], district.ids["hengzhou"]
    for login, subject in (("manager.jia", merged), ("reader.jia", merged)):
        create_person(
            login=login, password=PASSWORD, role=Role.ENTERPRISE, label=login, now=NOW, subjects=(subject,)
        )
    Membership.objects.filter(person__login="reader.jia").update(post=Post.READER)
    return merged, surviving


def brought_up_to_date(district, settings):
    refresh(district.store, library(), as_of=AS_OF, data=settings.YUMIAO_DATA, now=LATER)


@pytest.fixture
def merge(district, firms, settings):
    """Merge the two; returns the number of the decision."""

    def merged():
        with district.writing() as draft:
            number = draft.merge(firms[0], into=firms[1], why="同一家")
        brought_up_to_date(district, settings)
        return number

    return merged


@pytest.fixture
def undo(district, settings):
    def undone(number):
        with district.writing() as draft:
            draft.undo(number, "看错了")
        brought_up_to_date(district, settings)

    return undone


def acting(login):
    return actor_of(Person.objects.get(login=login))


def subjects_of(*logins):
    return [sorted(acting(login).subjects) for login in logins]


# ── who speaks for what ───────────────────────────────────────────────────────────────────────────────────────


def test_people_of_both_speak_for_the_surviving_firm_with_the_posts_they_had(firms, merge):
    _, surviving = firms
    rows = list(Membership.objects.order_by("id").values_list("person_id", "subject", "post", "until"))
    merge()

    assert subjects_of("manager.jia", "reader.jia", "enterprise") == [[surviving]] * 3
    assert [acting(login).edits for login in ("manager.jia", "reader.jia")] == [{surviving}, set()]
    assert [each.post for each in people_of(surviving)] == [Post.MANAGER, Post.MANAGER, Post.READER]
    subject = Subject.objects.get(id=surviving)
    assert can(acting("manager.jia"), Operation.MANAGE_FIRM, subject).allowed
    assert not can(acting("reader.jia"), Operation.PROPOSE_FACT, subject).allowed
    assert (
        list(Membership.objects.order_by("id").values_list("person_id", "subject", "post", "until")) == rows
    )


def test_taken_apart_again_each_returns_and_who_joined_meanwhile_stays_with_the_firm_of_the_code(
    firms, merge, undo
):
    merged, surviving = firms
    number = merge()
    arguments = {"password": PASSWORD, "role": Role.ENTERPRISE, "label": "新", "now": LATER}
    create_person(login="new.one", subjects=(surviving,), **arguments)
    undo(number)

    assert subjects_of("manager.jia", "reader.jia", "enterprise", "new.one") == [
        [merged],
        [merged],
        [surviving],
        [surviving],
    ]
    assert [acting("reader.jia").edits, acting("manager.jia").manages] == [set(), {merged}]


def test_of_two_posts_of_one_person_the_stronger_counts(firms, merge):
    _, surviving = firms
    reader = Person.objects.get(login="reader.jia")
    Membership.objects.create(person=reader, subject=surviving, post=Post.EDITOR, since=NOW)
    merge()

    assert acting("reader.jia").edits == {surviving}
    assert [each.post for each in people_of(surviving) if each.id == reader.id] == [Post.EDITOR]
    assert ids_of_people(surviving).count(reader.id) == 1


def test_posts_of_merged_people_are_changed_and_ended_and_the_last_manager_stays(firms, merge):
    _, surviving = firms
    merge()
    jia, he, me = (
        Person.objects.get(login=login).id for login in ("manager.jia", "reader.jia", "enterprise")
    )

    change_post(subject=surviving, person_id=he, post=Post.EDITOR, by=me, now=LATER)
    assert acting("reader.jia").edits == {surviving}
    remove_person(subject=surviving, person_id=jia, by=me, now=LATER)
    assert acting("manager.jia").subjects == frozenset()
    with pytest.raises(YumiaoError) as error:
        remove_person(subject=surviving, person_id=me, by=me, now=LATER)
    assert error.value.code == "firm.last_manager"


# ── what both said and were asked ─────────────────────────────────────────────────────────────────────────────


def test_proposals_drafts_and_questions_of_both_are_the_surviving_firms_and_go_back(firms, merge, undo):
    merged, surviving = firms
    jia = Person.objects.get(login="manager.jia").id
    proposal = propose_fact(subject=merged, column=STAFF, typed="9", unit="", note="x", author=jia, now=NOW)
    save_draft(subject=merged, column="established_on", typed=Typed("2020-01-01"), by=jia, now=NOW)
    campaign = create_campaign(
        name="摸底",
        family="",
        purpose="补全",
        due_on=dt.date(2026, 8, 15),
        subjects=[merged],
        by=officer().id,
        now=NOW,
        today=dt.date(2026, 7, 15),
    )
    CampaignFirm.objects.update(prepared_at=NOW)
    add_question(campaign=campaign.id, column="total_assets@2025", by=officer().id, now=NOW)
    start_campaign(campaign=campaign.id, by=officer().id, now=NOW)
    send_questions(campaign.id, NOW, silent)
    number = merge()

    assert [each.id for each in proposals_of(surviving)] == [proposal.id]
    waiting = proposals_wanted(officer(), state=ProposalState.PROPOSED)
    assert [each.id for each in waiting] == [proposal.id]
    assert list(drafts_of(surviving)) == ["established_on"]
    assert [each.name for each in open_campaigns_of(surviving)] == ["摸底"]
    me = Person.objects.get(login="enterprise").id
    propose_fact(
        subject=surviving, column="total_assets@2025", typed="5", unit="", note="", author=me, now=LATER
    )
    assert AskedFact.objects.get().proposal != ""
    undo(number)
    assert [each.id for each in proposals_of(merged)] == [proposal.id]
    assert (list(drafts_of(merged)), drafts_of(surviving)) == (["established_on"], {})
    assert [each.name for each in open_campaigns_of(merged)] == ["摸底"]


def test_pages_of_the_merged_firm_lead_to_the_surviving_one(firms, merge, sign_in):
    merged, surviving = firms
    before = sign_in("manager.jia").get(f"/my/{surviving}/").status_code
    merge()
    client = sign_in("manager.jia")

    assert before == 403
    assert client.get("/my/")["Location"] == f"/my/{surviving}/"
    page = client.get(f"/my/{merged}/")
    assert (page.status_code, f"/my/{surviving}/questions/" in page.content.decode()) == (200, True)
    people = client.get(f"/my/{surviving}/people/").content.decode()
    assert ("manager.jia" in people, "reader.jia" in people) == (True, True)


# ── journal and notice ────────────────────────────────────────────────────────────────────────────────────────


def told(kind):
    rows = Message.objects.filter(kind=kind).order_by("person__login")
    return [(row.person.login, json.loads(row.arguments)) for row in rows]


def test_merge_and_undoing_are_journalled_and_told_once_each(firms, merge, undo):
    merged, surviving = firms
    follow_merges(NOW)
    assert Message.objects.filter(kind__startswith="firm.").count() == 0
    number = merge()
    follow_merges(LATER)
    follow_merges(LATER)

    said = {"subject": surviving, "merged": merged}
    assert told("firm.merged") == [("enterprise", said), ("manager.jia", said), ("reader.jia", said)]
    undo(number)
    follow_merges(LATER)
    follow_merges(LATER)
    assert told("firm.taken_apart") == [
        ("enterprise", {"subject": surviving}),
        ("manager.jia", {"subject": merged}),
        ("reader.jia", {"subject": merged}),
    ]
    lines = JournalLine.objects.filter(act__in=("firm.merged", "firm.taken_apart")).order_by("sequence")
    assert [(line.act, line.stream, json.loads(line.payload)) for line in lines] == [
        (act, f"subject/{merged}", {"subject": merged, "other": surviving})
        for act in ("firm.merged", "firm.taken_apart")
    ]
    assert FollowedMerge.objects.count() == 0


def test_merge_of_firms_without_people_tells_nobody(district, settings):
    with district.writing() as draft:
        draft.merge(district.ids["nowhere"], into=district.ids["qingmu"], why="")
    brought_up_to_date(district, settings)
    follow_merges(timezone.now())

    assert FollowedMerge.objects.count() == 0
    assert Message.objects.filter(kind="firm.merged").count() == 0


# ── where they sit in industrial chains ───────────────────────────────────────────────────────────────────────


def test_placements_of_both_are_the_surviving_firms_and_return_when_taken_apart(firms, merge, undo):
    merged, surviving = firms
    by = Person.objects.get(login="officer").id
    chain = {
        "name": "机器人",
        "level": "district",
        "territory": "320412",
        "document": "文",
        "sureness": "proposed",
    }
    made = add_chain(read_chain(chain), by=by, now=NOW)
    links = [
        add_link(made, read_link({"name": name, "position": "upstream"}), by=by, now=NOW)
        for name in ("减速器", "电机")
    ]
    said = PlacementEntry("", None, "走访")
    rows = [NewPlacement(merged, link, said) for link in links] + [NewPlacement(surviving, links[0], said)]
    place_subjects(rows, way=Way.ENTERED, by=by, now=NOW)

    def standing():
        wanted = [Wanted(in_chain=InChain(made, link)) for link in links]
        return [{row.id for row in subjects_wanted(acting("officer"), each)} for each in wanted]

    before = standing()
    number = merge()
    together = standing()
    kept = len(placements_of(surviving))
    undo(number)

    assert before == [{merged, surviving}, {merged}]
    assert together == [{surviving}, {surviving}]
    assert kept == 3
    assert standing() == before
