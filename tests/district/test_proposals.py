"""What firms propose: kept with what it would replace, decided by an officer, carried into the store once."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import FIRMS, NOW

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.attachments.models import Attachment
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.jobs.selectors import job_of
from yumiao.district.journal.models import JournalLine
from yumiao.district.messages.models import Message
from yumiao.district.proposals import flushing, services
from yumiao.district.proposals.flushing import KIND, flush_outbox
from yumiao.district.proposals.flushing_jobs import ask_for_flush
from yumiao.district.proposals.known import SOURCE, KnownFact
from yumiao.district.proposals.models import Flush, Outgoing, Proposal
from yumiao.district.proposals.reading import asked_fact, read_typed_fact
from yumiao.district.proposals.selectors import listed_proposals, on_its_way_to_register, proposals_wanted
from yumiao.district.proposals.services import (
    accept_proposal,
    ask_back,
    propose_fact,
    refuse_proposal,
    reopen_proposal,
    withdraw_proposal,
)
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError
from yumiao.store import create_store, open_store

LATER = NOW + dt.timedelta(hours=1)
STAFF = "staff_total@2025"


def proposed(subject, typed="44", column=STAFF, note="社保清单第 2 页", unit="", now=NOW):
    author = Person.objects.get(login="enterprise").id
    return propose_fact(
        subject=subject, column=column, typed=typed, unit=unit, note=note, author=author, now=now
    )


def refusal(call, **arguments):
    with pytest.raises(YumiaoError) as error:
        call(**arguments)
    assert error.value.text.zh
    assert error.value.text.en
    return error.value.code


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "typed", "unit", "stored"),
    [
        (STAFF, "1,044", "", "1044"),
        (STAFF, "４４", "", "44"),
        ("operating_revenue@2025", "1.5", "CNY_100m", "15000000000"),
        ("operating_revenue@2025", "12345.67", "CNY", "1234567"),
        ("established_on", "2016-03-01", "", "2016-03-01"),
    ],
)
def test_typed_fact_is_read_exactly_in_its_unit(column, typed, unit, stored):
    assert read_typed_fact(library(), column, typed, unit) == stored


@pytest.mark.parametrize(
    ("column", "typed", "unit", "code"),
    [
        (STAFF, "4.5", "", "proposal.value"),
        (STAFF, "-1", "", "proposal.value"),
        (STAFF, "", "", "proposal.value"),
        (STAFF, "44", "CNY", "proposal.value"),
        ("operating_revenue@2025", "0.001", "CNY", "proposal.value"),
        ("established_on", "昨天", "", "proposal.value"),
        ("staff_total", "44", "", "proposal.column"),
        ("staff_total@1066", "44", "", "proposal.column"),
        ("no_such_metric", "44", "", "proposal.column"),
    ],
)
def test_typed_fact_that_cannot_be_is_refused(column, typed, unit, code):
    with pytest.raises(YumiaoError) as error:
        read_typed_fact(library(), column, typed, unit)
    assert error.value.code == code


def test_experts_points_are_not_asked_of_firms():
    judged = next(metric for metric in library().metrics.values() if metric.judged)
    column = f"{judged.id}@2025" if judged.period.is_yearly else judged.id

    assert refusal(asked_fact, packs=library(), column=column) == "proposal.column"


# ── proposing and deciding ────────────────────────────────────────────────────────────────────────────────────


def test_correction_keeps_what_it_would_replace_and_its_source(ids):
    found = proposed(ids["hengzhou"])

    assert (found.before_value, found.before_source, found.is_answer) == ("41", "town", False)
    assert (found.value, found.raw, found.state) == ("44", "44", "proposed")
    answer = proposed(ids["jiahe"], note="")
    assert (answer.before_value, answer.before_source, answer.is_answer) == (None, "", True)


def test_correction_without_what_shows_it_or_of_the_same_value_is_refused(ids):
    assert refusal(proposed, subject=ids["hengzhou"], note=" ") == "proposal.note"
    assert refusal(proposed, subject=ids["hengzhou"], typed="41") == "proposal.same"
    assert Proposal.objects.count() == 0


def test_firm_learns_nothing_of_a_hidden_value_by_proposing(ids, monkeypatch):
    monkeypatch.setattr(services, "known_fact", lambda *_: KnownFact("44", "statistics"))
    same, other = proposed(ids["hengzhou"], typed="44", note=""), proposed(ids["qingmu"], typed="45", note="")

    assert (same.state, other.state) == ("proposed", "proposed")
    assert (same.before_value, same.before_source) == ("44", "statistics")


def test_second_proposal_of_a_fact_takes_the_place_of_the_open_one(ids):
    first, second = proposed(ids["hengzhou"]), proposed(ids["hengzhou"], typed="45")

    states = dict(Proposal.objects.values_list("id", "state"))
    assert states == {first.id: "withdrawn", second.id: "proposed"}


def test_decisions_are_told_to_the_firm_and_journalled_without_a_word_of_it(ids):
    firm, officer = ids["hengzhou"], Person.objects.get(login="officer").id
    one = proposed(firm)
    ask_back(proposal_id=one.id, reason="请附社保清单", by=officer, now=LATER)
    refuse_proposal(proposal_id=one.id, reason="与社保不符", by=officer, now=LATER)
    reopen_proposal(proposal_id=one.id, by=officer, now=LATER)
    accept_proposal(proposal_id=one.id, by=officer, now=LATER)

    acts = JournalLine.objects.filter(stream=f"subject/{firm}").order_by("sequence")
    assert list(acts.values_list("act", flat=True)) == [
        "proposal.made",
        "proposal.asked_back",
        "proposal.refused",
        "proposal.reopened",
        "proposal.accepted",
    ]
    assert "社保" not in "".join(acts.values_list("payload", flat=True))
    person = Person.objects.get(login="enterprise").id
    kinds = Message.objects.filter(person=person, kind__startswith="proposal").order_by("created_at", "id")
    assert set(kinds.values_list("kind", flat=True)) == {
        "proposal.asked_back",
        "proposal.refused",
        "proposal.accepted",
    }
    assert "社保" not in "".join(kinds.values_list("arguments", flat=True))


def test_refusing_without_a_reason_and_deciding_twice_are_refused(ids):
    one = proposed(ids["hengzhou"])
    assert refusal(refuse_proposal, proposal_id=one.id, reason=" ", by="p", now=LATER) == "proposal.reason"
    accept_proposal(proposal_id=one.id, by="p", now=LATER)
    assert refusal(accept_proposal, proposal_id=one.id, by="p", now=LATER) == "proposal.decided"
    assert refusal(withdraw_proposal, proposal_id=one.id, by="p", now=LATER) == "proposal.decided"
    assert Outgoing.objects.count() == 1


def test_acceptance_can_be_undone_until_a_flush_has_it(ids):
    one = proposed(ids["hengzhou"])
    accept_proposal(proposal_id=one.id, by="p", now=LATER)
    reopen_proposal(proposal_id=one.id, by="p", now=LATER)
    assert (Outgoing.objects.count(), Proposal.objects.get(id=one.id).state) == (0, "proposed")

    accept_proposal(proposal_id=one.id, by="p", now=LATER)
    flush = Flush.objects.create(id="u1", began_at=LATER)
    Outgoing.objects.update(flush=flush)
    assert refusal(reopen_proposal, proposal_id=one.id, by="p", now=LATER) == "proposal.carried"


# ── into the store ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(district_store, tmp_path, settings):
    """A store of its own for each test, with the firms' ids minted."""
    own = create_store(tmp_path / "store", at="2026-07-01T08:00:00+08:00", who="test", store_id="00" * 8)
    with own.writing("test", "2026-07-01T08:01:00+08:00") as draft:
        assert draft.mint(len(FIRMS)) == list(district_store.ids.values())
        content = district_store.content()
        draft.add_batch(content, kind="town-list", source="town", observed_on=dt.date(2026, 6, 30))
    settings.YUMIAO_STORE = own.path
    return own


def accepted(ids, *typed, column=STAFF, firm="hengzhou"):
    found = []
    for each in typed:
        found.append(proposed(ids[firm], typed=each, column=column))
        accept_proposal(proposal_id=found[-1].id, by="p", now=LATER)
    return found


def values_of(store, subject, column=STAFF):
    packs = library()
    rows = store.state().subject_facts(subject, packs.metrics, packs.reported.precedence)
    rows = rows.filter(rows["column"] == column)
    return [(row["value"], row["source"], row["cell"], row["standing"]) for row in rows.rows(named=True)]


def flushed_batches(store):
    return [batch.manifest for batch in store.state().batches if batch.manifest.kind == KIND]


def test_flush_makes_one_batch_with_its_own_source_and_cites_the_proposal(ids, store):
    one = accepted(ids, "44")[0]
    other = accepted(ids, "2020-01-01", column="established_on", firm="jiahe")[0]
    done = flush_outbox(store, now=LATER)

    assert (done.facts, done.subjects) == (2, tuple(sorted((ids["hengzhou"], ids["jiahe"]))))
    assert [(each.source, each.rows) for each in flushed_batches(store)] == [(SOURCE, 2)]
    assert values_of(store, ids["hengzhou"])[0] == ("44", SOURCE, one.id, "counts")
    assert values_of(store, ids["jiahe"], "established_on")[0] == ("2020-01-01", SOURCE, other.id, "counts")
    assert JournalLine.objects.filter(act="proposal.flushed").count() == 1
    assert flush_outbox(store, now=LATER + dt.timedelta(minutes=1)).facts == 0


def test_of_a_fact_accepted_twice_the_later_acceptance_counts(ids, store):
    accepted(ids, "44", "45", "44")
    flush_outbox(store, now=LATER)

    assert len(flushed_batches(store)) == 3
    assert [value for value, *_ in values_of(store, ids["hengzhou"])][:1] == ["44"]
    assert Outgoing.objects.filter(arrived_at=None).count() == 0


class Killed(BaseException):
    """What a process that dies at this point never gets beyond."""


@pytest.mark.parametrize("where", ["_write", "_finish", "add_batch"])
def test_flush_killed_anywhere_ends_the_same_when_begun_again(where, ids, store, monkeypatch):
    accepted(ids, "44")

    def die(*_args, **_kwargs):
        raise Killed

    target = flushing.Draft if where == "add_batch" else flushing
    with monkeypatch.context() as patched:
        patched.setattr(target, where, die)
        with pytest.raises(Killed):
            flush_outbox(store, now=LATER)
    assert Outgoing.objects.filter(arrived_at=None).count() == 1
    # between store and SQL the batch is there already, and is not written again
    assert len(flushed_batches(store)) == (1 if where == "_finish" else 0)

    flush_outbox(open_store(store.path), now=LATER + dt.timedelta(minutes=1))
    assert len(flushed_batches(store)) == 1
    assert values_of(store, ids["hengzhou"])[0][:2] == ("44", SOURCE)
    assert Outgoing.objects.filter(arrived_at=None).count() == 0
    assert JournalLine.objects.filter(act="proposal.flushed").count() == 1


def test_batch_that_was_reverted_is_not_written_again(ids, store, monkeypatch):
    accepted(ids, "44")

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(flushing, "_finish", die)
        with pytest.raises(Killed):
            flush_outbox(store, now=LATER)
    with store.writing("test", (LATER + dt.timedelta(seconds=5)).isoformat()) as draft:
        draft.revert(flushed_batches(store)[0].id)
    flush_outbox(store, now=LATER + dt.timedelta(minutes=1))

    assert flushed_batches(store) == []
    assert Flush.objects.get().batch != ""


def test_job_carries_what_waits_and_brings_the_register_up_to_date(
    ids, store, django_capture_on_commit_callbacks
):
    accepted(ids, "2020-01-01", column="established_on", firm="nowhere")
    assert [each.column for each in on_its_way_to_register(ids["nowhere"])] == ["established_on"]
    ask_for_flush(LATER)
    ask_for_flush(LATER)

    job = Job.objects.get(kind="proposals.flush").id
    do_job(job, lambda: LATER)
    assert job_of(job).result == {"facts": 1, "subjects": 1}
    assert on_its_way_to_register(ids["nowhere"]) == []
    ask_for_flush(LATER + dt.timedelta(minutes=1))
    assert Job.objects.filter(kind="proposals.flush").count() == 1


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_firm_proposes_and_officer_refuses_with_a_reason_that_the_firm_reads(ids, sign_in):
    firm, client, officer = ids["hengzhou"], sign_in("enterprise"), sign_in("officer")
    address = f"/my/{firm}/facts/{STAFF}/"
    assert "41" in client.get(address).content.decode()
    wrong = client.post(address, {"value": "四十四", "note": "清单"})
    assert (wrong.status_code, "四十四" in wrong.content.decode()) == (400, True)
    assert client.post(address, {"value": "44", "note": "社保清单"}).status_code == 302

    one = Proposal.objects.get()
    listed = officer.get("/proposals/").content.decode()
    assert FIRMS["hengzhou"][0] in listed
    page = officer.get(f"/proposals/{one.id}/").content.decode()
    assert ("社保清单" in page, "41 人" in page) == (True, True)
    assert officer.post(f"/proposals/{one.id}/", {"act": "refuse", "reason": ""}).status_code == 400
    assert officer.post(f"/proposals/{one.id}/", {"act": "refuse", "reason": "与社保不符"}).status_code == 302
    assert "与社保不符" in client.get(f"/my/{firm}/proposals/").content.decode()


def test_proposal_of_another_firm_is_neither_withdrawn_nor_decided_by_firms_and_towns(ids, sign_in):
    one = proposed(ids["qingmu"], typed="300")

    sign_in("enterprise").post(f"/my/{ids['hengzhou']}/proposals/{one.id}/withdraw/")
    assert sign_in("town").get(f"/proposals/{one.id}/").status_code == 403
    assert sign_in("enterprise").post(f"/proposals/{one.id}/", {"act": "accept"}).status_code == 403
    own = proposed(ids["hengzhou"])
    assert sign_in("town").post(f"/proposals/{own.id}/", {"act": "accept"}).status_code == 403
    assert set(Proposal.objects.values_list("state", flat=True)) == {"proposed"}


def test_file_that_shows_it_is_kept_with_the_firm_and_a_wrong_one_leaves_no_proposal(ids, sign_in):
    client, address = sign_in("enterprise"), f"/my/{ids['hengzhou']}/facts/{STAFF}/"
    wrong = SimpleUploadedFile("社保.pdf", b"MZ not a pdf")
    refused = client.post(address, {"value": "44", "note": "社保清单", "file": wrong})
    assert (refused.status_code, Proposal.objects.count()) == (400, 0)
    assert "社保清单" in refused.content.decode()

    right = SimpleUploadedFile("社保.pdf", b"%PDF-1.7 a list")
    assert client.post(address, {"value": "44", "note": "社保清单", "file": right}).status_code == 302
    kept = Attachment.objects.get()
    assert (Proposal.objects.get().evidence, kept.subject) == (kept.id, ids["hengzhou"])
    assert "证明文件" in sign_in("officer").get(f"/proposals/{Proposal.objects.get().id}/").content.decode()


def test_script_in_a_note_is_text_on_the_page(ids, sign_in):
    one = proposed(ids["hengzhou"], note="<script>alert(1)</script>")
    page = sign_in("officer").get(f"/proposals/{one.id}/").content.decode()

    assert "&lt;script&gt;alert(1)" in page


def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(ids, sign_in):
    client, counts = sign_in("officer"), []
    client.get("/proposals/")
    for firm in ("hengzhou", "qingmu", "jiahe"):
        proposed(ids[firm], typed="99")
        with CaptureQueriesContext(connection) as queries:
            client.get("/proposals/")
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_towns_list_holds_its_own_division_only(ids):
    for firm in ("hengzhou", "qingmu"):
        proposed(ids[firm], typed="99")
    town = actor_of(Person.objects.get(login="town"))

    rows = listed_proposals(proposals_wanted(town, state=ProposalState.PROPOSED))
    assert [row.subject for row in rows] == [ids["hengzhou"]]


def test_home_and_questions_of_a_firm_speak_of_it_and_its_download_holds_what_it_said(ids, sign_in):
    firm, client = ids["hengzhou"], sign_in("enterprise")
    assert FIRMS["hengzhou"][0] in client.get(f"/my/{firm}/").content.decode()
    questions = client.get(f"/my/{firm}/questions/")
    row = questions.context["rows"][0]
    assert row[0].text.zh in questions.content.decode()
    proposed(firm, now=timezone.now())

    data = client.get(f"/my/{firm}/data.json").json()
    assert data["subject"]["name"] == FIRMS["hengzhou"][0]
    assert [each["column"] for each in data["proposals"]] == [STAFF]
    assert {each["column"] for each in data["facts"]} == {STAFF, "established_on"}
    assert b"".join(client.get(f"/my/{firm}/data.xlsx").streaming_content).startswith(b"PK")
    assert JournalLine.objects.filter(act="firm.data_downloaded").count() == 2
