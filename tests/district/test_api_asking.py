"""Questions, plans and jobs over HTTP: the same as on the pages, for whom they are."""

import datetime as dt

import pytest
from tests.district.calling import Program
from tests.district.districts import NOW

from yumiao.district.accounts.models import Person
from yumiao.district.jobs import kinds
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.kinds import Kind
from yumiao.district.jobs.services import ask_for
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


@pytest.fixture
def officer():
    return Program("officer")


# ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_questions_are_those_of_the_verdicts_in_their_order(officer, ids):
    path = f"/subjects/{ids['hengzhou']}"
    verdicts = officer.get(f"{path}/verdicts", size=200)["items"]

    asked = officer.get(f"{path}/questions", size=200)["items"]

    assert asked == [
        {"policy": f"{answer['policy']}@{answer['version']}", "question": question}
        for answer in (verdict["answer"] for verdict in verdicts)
        for question in answer["questions"]
    ]
    assert len(asked) > 5


@pytest.mark.parametrize("policy", ["size_class", "size_class@nbs-2017-213"])
def test_questions_of_one_policy_are_asked_by_family_or_version(policy, officer, ids):
    asked = officer.get(f"/subjects/{ids['hengzhou']}/questions", policy=policy)

    assert asked["total"] > 0
    assert {each["policy"] for each in asked["items"]} == {"size_class@nbs-2017-213"}


def test_questions_of_a_policy_that_nobody_was_judged_by_name_the_nearest(officer, ids):
    refused = officer.get(f"/subjects/{ids['hengzhou']}/questions", 404, policy="size_clas")

    assert refused["code"] == "policy.unknown"
    assert "size_class" in refused["text"]["en"]


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_plan_without_facts_says_why_and_what_to_ask(officer, ids):
    found = officer.get(f"/subjects/{ids['hengzhou']}/plans/hnte")

    assert found["plans"] == []
    assert found["on"] > "2026-07-15"
    assert "missing_facts" in {each["obstacle"] for each in found["hindrances"]}


def test_plan_for_a_day_that_waiting_reaches_needs_no_change(officer, ids):
    found = officer.get(f"/subjects/{ids['hengzhou']}/plans/hnte@most-2016-32+195", on="2028-01-04")

    assert found["on"] == "2028-01-04"
    assert (found["policy"], found["version"]) == ("hnte", "most-2016-32+195")


@pytest.mark.parametrize("on", ["2026-07-15", "2020-01-01", "2037-01-01", "9999-12-31"])
def test_plan_for_a_day_that_is_not_later_or_too_late_is_refused(on, officer, ids):
    refused = officer.get(f"/subjects/{ids['hengzhou']}/plans/hnte", 422, on=on)

    assert [(each["code"], each["path"], each["found"]) for each in refused["problems"]] == [
        ("plan.not_later", "on", on)
    ]


def test_thorough_search_is_one_job_however_often_it_is_asked_for(officer, ids):
    path = f"/subjects/{ids['hengzhou']}/plans/size_class"
    asked = [officer.post(path, {}) for _ in range(2)]

    do_job(asked[0]["id"], lambda: NOW)
    done = officer.get(f"/jobs/{asked[0]['id']}")

    assert asked[0]["id"] == asked[1]["id"]
    assert (done["state"], done["result"]["policy"], done["result"]["version"]) == (
        "done",
        "size_class",
        "nbs-2017-213",
    )


# ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def counting(monkeypatch):
    """A kind of job that is forgotten after the test."""
    monkeypatch.setattr(kinds, "_KINDS", {})
    return kinds.declare_kind(
        Kind("count", Text("数一数", "Count"), lambda work: {"sum": work.arguments["sum"]})
    )


def job_of_officer(kind, **arguments):
    officer = Person.objects.get(login="officer")
    return ask_for(kind, actor=officer.id, arguments=arguments, about="", now=NOW)


def test_job_is_followed_from_waiting_to_its_result(officer, counting):
    job = job_of_officer(counting, sum=3)
    waiting = officer.get(f"/jobs/{job}")

    do_job(job, lambda: NOW + dt.timedelta(minutes=1))
    done = officer.get(f"/jobs/{job}")

    assert (waiting["state"], waiting["is_over"], waiting["percent"], waiting["result"]) == (
        "queued",
        False,
        None,
        {},
    )
    assert (done["state"], done["is_over"], done["percent"], done["result"]) == (
        "done",
        True,
        100,
        {"sum": 3},
    )
    assert done["label"] == {"zh": "数一数", "en": "Count"}


def test_job_that_failed_tells_how(officer, monkeypatch):
    def fail(work):
        raise YumiaoError("count.none", Text("没有可数的。", "There is nothing to count."))

    monkeypatch.setattr(kinds, "_KINDS", {})
    job = job_of_officer(kinds.declare_kind(Kind("count", Text("数一数", "Count"), fail)))
    do_job(job, lambda: NOW)

    failed = officer.get(f"/jobs/{job}")

    assert (failed["state"], failed["code"]) == ("failed", "count.none")
    assert failed["told"] == {"zh": "没有可数的。", "en": "There is nothing to count."}


def test_job_that_nobody_asked_for_is_not_found(officer):
    assert officer.get("/jobs/none", 404)["code"] == "job.unknown"
