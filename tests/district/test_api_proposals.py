"""Proposals and identity pairs over HTTP: what the pages do, for the same persons, and what is refused with words."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.calling import ROOT, Program
from tests.district.districts import NOW
from tests.district.importing import own_district
from tests.district.test_import_desk import add_pair

from yumiao.district.accounts.models import Person
from yumiao.district.attachments.models import Attachment
from yumiao.district.attachments.services import remove_due
from yumiao.district.drafts.selectors import drafts_of
from yumiao.district.drafts.services import Typed, save_draft
from yumiao.district.intakes.desk import run_desk
from yumiao.district.jobs.kinds import Work
from yumiao.district.journal.models import JournalLine
from yumiao.district.proposals import services
from yumiao.district.proposals.known import KnownFact
from yumiao.district.proposals.models import Outgoing, Proposal
from yumiao.district.tokens.scopes import Scope

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
FACT = {"metric": "staff_total", "period": "FY2025", "value": "44", "note": "社保清单第 2 页"}
OTHER = {"metric": "operating_revenue", "period": "FY2025", "value": "1.5", "unit": "CNY_100m"}


@pytest.fixture(autouse=True)
def district(tmp_path, settings):
    """A store and data of this test's own with the five firms that the register knows."""
    return own_district(tmp_path, settings)


def send(program, subject, status=200, **fields):
    path = f"/subjects/{subject}/proposals"
    return program.checked("POST", path, status, program.client.post(ROOT + path, fields))


@pytest.fixture
def firm():
    return Program("enterprise")


@pytest.fixture
def officer():
    return Program("officer")


# ── proposing ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_firm_proposes_with_evidence_and_an_officer_accepts(ids, firm, officer):
    made = send(firm, ids["hengzhou"], **FACT, evidence=SimpleUploadedFile("社保.pdf", PDF))

    assert (made["state"], made["metric"], made["period"], made["typed"]) == (
        "proposed",
        "staff_total",
        "FY2025",
        "44",
    )
    assert made["has_evidence"] is True
    assert Attachment.objects.get().subject == ids["hengzhou"]
    assert [each["id"] for each in officer.get("/proposals", state="proposed")["items"]] == [made["id"]]
    accepted = officer.post(f"/proposals/{made['id']}/accept", {})
    assert (accepted["state"], accepted["is_on_its_way"]) == ("accepted", True)
    assert Outgoing.objects.get().proposal_id == made["id"]
    assert officer.post(f"/proposals/{made['id']}/accept", {}, 409)["code"] == "proposal.decided"
    assert officer.post(f"/proposals/{made['id']}/reopen", {})["state"] == "proposed"
    lines = JournalLine.objects.filter(stream=f"subject/{ids['hengzhou']}").order_by("sequence")
    assert [line.act for line in lines] == ["proposal.made", "proposal.accepted", "proposal.reopened"]
    assert [json.loads(line.payload) for line in lines] == [
        {"column": "staff_total@2025", "proposal": made["id"]}
    ] * 3


def test_file_that_is_not_taken_leaves_no_proposal(ids, firm):
    refused = send(firm, ids["hengzhou"], 422, **FACT, evidence=SimpleUploadedFile("a.pdf", b"MZ\x90"))

    assert refused["code"].startswith("attachment.")
    assert (Proposal.objects.count(), Attachment.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"value": "很多"}, "proposal.value", None),
        ({"note": ""}, "proposal.note", None),
        ({"value": "41"}, "proposal.same", None),
        ({"metric": "staff_totall"}, "request.invalid", "metric"),
        ({"period": "2025"}, "request.invalid", "period"),
        ({"period": "YE2025"}, "request.invalid", "period"),
        ({"period": ""}, "request.invalid", "period"),
        ({"valeu": "1"}, "request.invalid", "valeu"),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_words(changes, code, path, ids, firm):
    refused = send(firm, ids["hengzhou"], 422, **{**FACT, **changes})

    assert refused["code"] == code
    if path is not None:
        assert [each["path"] for each in refused["problems"]] == [path]
    assert Proposal.objects.count() == 0


def test_proposal_takes_the_draft_of_its_fact_along_and_can_be_withdrawn(ids, firm):
    me = Person.objects.get(login="enterprise").id
    save_draft(subject=ids["hengzhou"], column="operating_revenue@2025", typed=Typed("1"), by=me, now=NOW)
    made = send(firm, ids["hengzhou"], **OTHER)

    assert drafts_of(ids["hengzhou"]) == {}
    assert firm.post(f"/proposals/{made['id']}/withdraw", {})["state"] == "withdrawn"
    assert firm.post(f"/proposals/{made['id']}/withdraw", {}, 409)["code"] == "proposal.decided"


def test_declining_and_asking_back_need_a_reason_that_the_firm_reads(ids, firm, officer):
    made = send(firm, ids["hengzhou"], **FACT)["id"]

    assert officer.post(f"/proposals/{made}/decline", {"reason": " "}, 422)["code"] == "proposal.reason"
    assert officer.post(f"/proposals/{made}/ask-back", {"reason": "请附清单"})["state"] == "asked_back"
    assert firm.get(f"/proposals/{made}")["reason"] == "请附清单"
    assert officer.post(f"/proposals/{made}/decline", {"reason": "与社保不符"})["state"] == "refused"


# ── the file that shows it ────────────────────────────────────────────────────────────────────────────────────


def evidence(program, proposal):
    return program.client.get(f"{ROOT}/proposals/{proposal}/evidence")


def test_file_of_a_proposal_is_sent_as_it_came_and_each_download_is_journalled(ids, firm, officer):
    made = send(firm, ids["hengzhou"], **FACT, evidence=SimpleUploadedFile("社保.pdf", PDF))["id"]

    for program in (officer, firm, Program("town")):
        sent = evidence(program, made)
        assert (sent.status_code, sent.content, sent.headers["Content-Type"]) == (200, PDF, "application/pdf")
        assert sent.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%A4%BE")
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert sent.headers["Cache-Control"] == "no-store"
    lines = JournalLine.objects.filter(act="attachment.downloaded").order_by("sequence")
    logins = [Person.objects.get(id=line.actor).login for line in lines]
    assert logins == ["officer", "enterprise", "town"]


def test_proposal_without_a_file_or_of_nobody_has_none(ids, firm, officer):
    made = send(firm, ids["hengzhou"], **FACT)["id"]

    assert officer.get(f"/proposals/{made}/evidence", 404)["code"] == "proposal.no_evidence"
    assert officer.get("/proposals/p0000/evidence", 404)["code"] == "proposal.unknown"
    assert officer.get(f"/proposals/{made}/evidence", 422, as_="pdf")["code"] == "request.invalid"


def test_file_that_was_removed_is_told(ids, firm, officer):
    made = send(firm, ids["hengzhou"], **FACT, evidence=SimpleUploadedFile("社保.pdf", PDF))["id"]
    day = Attachment.objects.get().keep_until + dt.timedelta(days=1)
    remove_due(now=NOW, today=day)

    assert officer.get(f"/proposals/{made}/evidence", 404)["code"] == "attachment.removed"


@pytest.mark.parametrize("login", ["expert", "system", "security", "audit"])
def test_file_is_for_those_who_keep_records_and_the_firm_itself(login, ids, firm):
    made = send(firm, ids["hengzhou"], **FACT, evidence=SimpleUploadedFile("社保.pdf", PDF))["id"]

    assert Program(login).get(f"/proposals/{made}/evidence", 403)["code"] == "permission.refused"


def test_file_of_another_firm_or_division_is_refused(ids, firm, officer):
    made = send(firm, ids["hengzhou"], **FACT, evidence=SimpleUploadedFile("社保.pdf", PDF))["id"]
    Proposal.objects.filter(id=made).update(subject=ids["qingmu"])

    assert Program("town").get(f"/proposals/{made}/evidence", 403)["code"] == "permission.refused"
    assert firm.get(f"/proposals/{made}/evidence", 403)["code"] == "permission.refused"
    assert evidence(officer, made).status_code == 200


def test_reading_proposals_is_not_enough_for_their_files(ids, firm):
    made = send(firm, ids["hengzhou"], **FACT, evidence=SimpleUploadedFile("社保.pdf", PDF))["id"]
    others = tuple(each for each in Scope if each is not Scope.READ_EVIDENCE)

    assert Program("officer", scopes=others).get(f"/proposals/{made}/evidence", 403)["code"] == "token.scope"


# ── who may what ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "listed", "proposes", "decides"),
    [
        ("officer", 200, 403, 200),
        ("town", 200, 403, 403),
        ("enterprise", 200, 200, 403),
        ("expert", 403, 403, 403),
        ("system", 403, 403, 403),
        ("audit", 403, 403, 403),
    ],
)
def test_proposals_answer_as_the_matrix_says(login, listed, proposes, decides, ids, firm):
    made = send(firm, ids["hengzhou"], **FACT)["id"]
    program = Program(login)

    program.get("/proposals", listed)
    send(program, ids["hengzhou"], proposes, **OTHER)
    program.post(f"/proposals/{made}/accept", {}, decides)


def test_firm_neither_sees_nor_proposes_for_another(ids, firm, officer):
    other = services.propose_fact(
        subject=ids["qingmu"],
        column="staff_total@2025",
        typed="1",
        unit="",
        note="x",
        author="p1",
        now=NOW,
    )

    assert firm.get("/proposals")["total"] == 0
    firm.get(f"/proposals/{other.id}", 403)
    firm.post(f"/proposals/{other.id}/withdraw", {}, 403)
    send(firm, ids["qingmu"], 403, **FACT)
    officer.get("/proposals/f0000", 404)


def test_town_lists_its_own_division_only(ids, firm):
    send(firm, ids["hengzhou"], **FACT)
    arguments = {
        "column": "staff_total@2025",
        "typed": "1",
        "unit": "",
        "note": "x",
        "author": "p1",
        "now": NOW,
    }
    services.propose_fact(subject=ids["qingmu"], **arguments)

    assert [each["subject"] for each in Program("town").get("/proposals")["items"]] == [ids["hengzhou"]]


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (Scope.READ_PROPOSALS, "/proposals"),
        (Scope.READ_IDENTITY, "/identity/pairs"),
        (Scope.READ_IDENTITY, "/identity/decisions"),
    ],
)
def test_every_operation_needs_its_scope(scope, path, db):
    others = tuple(each for each in Scope if each is not scope)

    assert Program("officer", scopes=others).get(path, 403)["code"] == "token.scope"
    Program("officer", scopes=(scope,)).get(path)


def test_firm_is_told_nothing_of_a_hidden_value_that_it_would_replace(ids, firm, officer, monkeypatch):
    monkeypatch.setattr(services, "known_fact", lambda *_: KnownFact("43", "statistics"))
    made = send(firm, ids["hengzhou"], **FACT)

    assert (made["replaces"], made["is_answer"], made["would_count"]) == (None, None, None)
    seen = officer.get(f"/proposals/{made['id']}")
    assert (seen["replaces"]["source"], seen["is_answer"]) == ("statistics", False)


def test_list_asks_the_database_as_often_for_three_as_for_one(ids, officer):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert officer.get("/proposals")["total"] in (1, 3)
        return len(queries)

    arguments = {
        "column": "staff_total@2025",
        "typed": "1",
        "unit": "",
        "note": "x",
        "author": "p1",
        "now": NOW,
    }
    services.propose_fact(subject=ids["hengzhou"], **arguments)
    officer.get("/proposals")
    one = asked()
    for name in ("qingmu", "nowhere"):
        services.propose_fact(subject=ids[name], **arguments)
    assert asked() == one


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pair(district):
    """Two subjects that may be one, in the queue: the newer and the older."""
    newer = add_pair(district, "常州衡舟精传动公司", "hengzhou")
    run_desk(Work("j", "", {}, NOW, lambda *_: None))
    return newer, district.ids["hengzhou"]


def decision_of(pair, decision, **more):
    return {"subject": pair[0], "other": pair[1], "decision": decision, **more}


def test_pair_of_the_queue_is_decided_and_taken_back(pair, officer, district):
    [waiting] = officer.get("/identity/pairs")["items"]
    assert (waiting["subject"]["id"], waiting["other"]["id"], waiting["probability"]) == (*pair, "0.400")

    made = officer.post("/identity/decisions", decision_of(pair, "same", why="同一信用代码"))
    assert (made["kind"], made["why"]) == ("merge", "同一信用代码")
    assert {each["id"] for each in made["subjects"]} == set(pair)
    assert officer.get("/identity/pairs")["total"] == 0
    assert district.store.state().alias_of([pair[0]]) == {pair[0]: pair[1]}
    assert [each["number"] for each in officer.get("/identity/decisions")["items"]] == [made["number"]]

    back = officer.post(f"/identity/decisions/{made['number']}/undo", {"why": "看错了"})
    assert back["number"] == made["number"]
    assert officer.get("/identity/decisions")["total"] == 0
    assert district.store.state().alias_of([pair[0]]) == {pair[0]: pair[0]}


def test_pair_said_to_be_two_is_not_asked_again(pair, officer):
    assert officer.post("/identity/decisions", decision_of(pair, "different"))["kind"] == "separate"
    assert officer.post("/identity/decisions", decision_of(pair, "same"), 409)["code"] == "queue.no_pair"


def test_pair_and_decision_that_are_not_there_are_refused(pair, officer):
    other = decision_of((pair[0], "s0000009zz9"), "same")

    assert officer.post("/identity/decisions", other, 409)["code"] == "queue.no_pair"
    assert officer.post("/identity/decisions/99999/undo", {}, 404)["code"] == "decision.unknown"
    assert officer.post("/identity/decisions", {"subject": pair[0]}, 422)["code"] == "request.invalid"


@pytest.mark.parametrize("login", ["town", "enterprise", "expert", "system", "audit"])
def test_only_officers_of_the_district_decide_who_is_who(login, pair):
    program = Program(login)

    program.get("/identity/pairs", 403)
    program.get("/identity/decisions", 403)
    program.post("/identity/decisions", decision_of(pair, "same"), 403)
    program.post("/identity/decisions/1/undo", {}, 403)


def test_decisions_are_journalled_as_those_of_the_pages(pair, officer):
    officer.post("/identity/decisions", decision_of(pair, "same"))
    line = JournalLine.objects.filter(stream="store/acts").order_by("-sequence").first()

    assert (line.act, line.actor) == ("store.merge", Person.objects.get(login="officer").id)
