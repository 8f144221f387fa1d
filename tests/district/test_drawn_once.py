"""Parts of pages that are drawn once: never shown for other values, another language or another reader."""

from django.template.loader import render_to_string
from django.utils.translation import override
from tests.district.districts import NOW

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.overview.figures import Linked
from yumiao.district.overview.selectors import read_overview
from yumiao.district.proposals.models import Outgoing, Proposal
from yumiao.district.proposals.selectors import on_its_way_to_register
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry import selectors
from yumiao.district.registry.models import OutcomeCurrent, SubjectAlias
from yumiao.district.registry.packs import library
from yumiao.web.drawn_once import drawn_once

COUNT = "overview/count.html"


def test_part_is_drawn_once_for_the_same_values():
    first = drawn_once(COUNT, linked=Linked(7, "rung=1"))

    assert drawn_once(COUNT, linked=Linked(7, "rung=1")) is first
    assert first == render_to_string(COUNT, {"linked": Linked(7, "rung=1")})


def test_part_of_other_values_is_drawn_anew():
    drawn = [
        str(drawn_once(COUNT, linked=Linked(count, query)))
        for count, query in ((7, "a=1"), (8, "a=1"), (7, "a=2"))
    ]

    assert len(set(drawn)) == 3


def test_part_is_drawn_in_the_language_of_its_reader():
    values = {"near_all": Linked(0, ""), "near_policies": (), "widest": 1}
    drawn = {}
    for language in ("zh-hans", "en"):
        with override(language):
            drawn[language] = drawn_once("overview/near_policies.html", **values)

    assert "差一步" in drawn["zh-hans"]
    assert "差一步" not in drawn["en"]


def test_overview_follows_the_reader_and_the_register(sign_in):
    officer, town = sign_in("officer"), sign_in("town")
    pages = [officer.get("/overview/").content.decode(), town.get("/overview/").content.decode()]
    shown = [
        read_overview(actor_of(Person.objects.get(login=login)), library(), NOW).near_all.count
        for login in ("officer", "town")
    ]

    for page, count in zip(pages, shown, strict=True):
        assert f'href="/enterprises/?near_miss=1">{count}</a>' in page


def test_list_says_at_once_what_the_register_says(sign_in, ids):
    officer = sign_in("officer")
    officer.get("/enterprises/")
    OutcomeCurrent.objects.filter(subject=ids["hengzhou"]).update(gap_zh="<差>两件", near_miss=True)

    page = officer.get("/enterprises/").content.decode()

    assert "&lt;差&gt;两件" in page
    assert "<差>两件" not in page


def test_profile_escapes_what_came_in_and_keeps_the_query(sign_in, ids):
    OutcomeCurrent.objects.filter(subject=ids["qingmu"]).update(gap_zh="<b>差</b>", class_id="", route="")

    page = sign_in("officer").get(f"/enterprises/{ids['qingmu']}/?policy=hnte&x=%22%3E%261").content.decode()

    assert "&lt;b&gt;差&lt;/b&gt;" in page
    assert "<b>差</b>" not in page
    assert 'href="?x=%22%3E%261&amp;policy=tech_sme#clauses"' in page
    assert 'href="?x=%22%3E%261&amp;policy=hnte#clauses" aria-current="true"' in page


def test_accepted_facts_of_merged_firms_are_on_their_way_too(ids):
    assert on_its_way_to_register(ids["hengzhou"]) == []
    SubjectAlias.objects.create(id="s-merged", subject_id=ids["hengzhou"])
    proposal = Proposal.objects.create(
        subject="s-merged",
        column="staff_total@2025",
        value="44",
        raw="44",
        author=Person.objects.get(login="enterprise").id,
        proposed_at=NOW,
        state=ProposalState.ACCEPTED,
        is_answer=True,
    )

    assert selectors.ids_read_as(ids["hengzhou"]) == [ids["hengzhou"], "s-merged"]
    assert on_its_way_to_register(ids["hengzhou"]) == []  # nothing of it waits in the outbox
    Outgoing.objects.create(proposal=proposal, accepted_at=NOW)
    assert [each.id for each in on_its_way_to_register(ids["hengzhou"])] == [proposal.id]


def test_subject_is_read_by_its_own_id_and_by_one_merged_into_it(ids):
    SubjectAlias.objects.create(id="s-merged", subject_id=ids["jiahe"])

    assert selectors.subject_named(ids["jiahe"]).name == "常州嘉禾电子有限公司"
    assert selectors.subject_named("s-merged").id == ids["jiahe"]
    assert selectors.subject_named("s-nobody") is None
