"""Work that takes longer than a page: done once, told honestly, taken up when its worker died."""

import datetime as dt

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.district.districts import NOW

from yumiao.district.jobs import kinds, periodic
from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.kinds import Kind
from yumiao.district.jobs.models import Job, State
from yumiao.district.jobs.periodic import Periodic, run_due
from yumiao.district.jobs.selectors import job_of, latest_job
from yumiao.district.jobs.services import SILENT_AFTER, ask_for, take_up_left
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

LATER = NOW + dt.timedelta(hours=1)


def clock():
    return LATER


@pytest.fixture
def declare(monkeypatch):
    """Declares kinds that are forgotten after the test."""
    monkeypatch.setattr(kinds, "_KINDS", {})

    def declared(run, name="count", **more):
        return kinds.declare_kind(Kind(name, Text("数一数", "Count"), run, **more))

    return declared


def asked(kind, **arguments):
    return ask_for(kind, actor="p-1", arguments=arguments, about="s-1", now=NOW)


def test_job_done_keeps_what_it_returned(declare):
    kind = declare(lambda work: {"sum": sum(work.arguments["numbers"])}, address=("enterprise", "subject"))
    job = asked(kind, numbers=[1, 2], subject="s-1")

    do_job(job, clock)

    found = job_of(job)
    assert (found.state, found.percent, found.result) == (State.DONE, 100, {"sum": 3})
    assert (found.page, found.finished_at) == (("enterprise", "s-1"), LATER)
    assert latest_job("count", "s-1") == found


def test_job_sent_twice_is_done_once(declare):
    times = []
    job = asked(declare(lambda work: times.append(work.job) or {}))

    do_job(job, clock)
    do_job(job, clock)

    assert times == [job]


def test_job_that_refuses_tells_why_in_both_languages(declare):
    def refuse(work):
        raise YumiaoError("file.bad", Text("文件读不了。", "The file cannot be read."))

    job = asked(declare(refuse))
    do_job(job, clock)

    found = job_of(job)
    assert (found.state, found.code) == (State.FAILED, "file.bad")
    assert found.told == Text("文件读不了。", "The file cannot be read.")


def test_job_with_a_fault_tells_a_code_and_no_detail(declare, caplog):
    job = asked(declare(lambda work: 1 // 0))
    do_job(job, clock)

    found = job_of(job)
    assert (found.state, found.code) == (State.FAILED, f"job.fault:{job[:8]}")
    assert "ZeroDivisionError" in caplog.text
    assert "Zero" not in found.told.en


def test_progress_is_a_whole_percent_below_100_until_the_end(declare):
    seen = []

    def halfway(work):
        work.tell(999, 1000, Text("读取", "reading"))
        seen.append(job_of(work.job))
        return {}

    job = asked(declare(halfway))
    do_job(job, clock)
    assert [(each.percent, each.step.en) for each in seen] == [(99, "reading")]


def test_job_of_a_dead_worker_is_begun_again_and_given_up_after_three(declare):
    begun = []
    kind = declare(lambda work: begun.append(work.now) or {})
    job = asked(kind)
    silent = LATER - SILENT_AFTER - dt.timedelta(seconds=1)
    Job.objects.filter(id=job).update(state=State.RUNNING, beat_at=silent, attempts=1)

    assert take_up_left(LATER) == 1
    assert job_of(job).state == State.QUEUED
    do_job(job, clock)
    assert (len(begun), job_of(job).state) == (1, State.DONE)

    other = asked(kind)
    Job.objects.filter(id=other).update(state=State.RUNNING, beat_at=silent, attempts=3)
    assert take_up_left(LATER) == 1
    assert (job_of(other).state, job_of(other).code) == (State.FAILED, "job.died")


def test_job_of_a_living_worker_is_left_alone(declare):
    job = asked(declare(lambda work: {}))
    Job.objects.filter(id=job).update(state=State.RUNNING, beat_at=LATER - SILENT_AFTER, attempts=1)

    assert take_up_left(LATER) == 0


def test_periodic_act_runs_when_due_and_its_failure_hinders_no_other(monkeypatch, caplog):
    monkeypatch.setattr(periodic, "_ACTS", {})
    ran = []
    periodic.declare_periodic(Periodic("bad", dt.timedelta(minutes=5), lambda now: 1 // 0))
    periodic.declare_periodic(Periodic("good", dt.timedelta(minutes=10), ran.append))

    assert run_due(NOW) == ["bad", "good"]
    assert run_due(NOW + dt.timedelta(minutes=6)) == ["bad"]
    assert run_due(NOW + dt.timedelta(minutes=10)) == ["good"]
    assert ran == [NOW, NOW + dt.timedelta(minutes=10)]
    assert "periodic act bad failed" in caplog.text


def test_page_of_a_job_is_for_whoever_asked_and_asks_again_while_it_runs(declare, sign_in):
    client = sign_in("officer")
    kind = declare(lambda work: {})
    me = client.session["_auth_user_id"]
    job = ask_for(kind, actor=me, arguments={}, now=timezone.now())

    waiting = client.get(f"/jobs/{job}/")
    do_job(job, timezone.now)
    over = client.get(f"/jobs/{job}/")

    assert (waiting.status_code, waiting.headers["Refresh"]) == (200, "2")
    assert "排队中" in waiting.content.decode()
    assert "Refresh" not in over.headers
    assert "已完成" in over.content.decode()
    assert sign_in("town").get(f"/jobs/{job}/").status_code == 403
    assert client.get("/jobs/none/").status_code == 404


def test_waiting_jobs_are_done_in_the_order_of_what_people_wait_for(
    declare, settings, django_capture_on_commit_callbacks
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    kinds_by_name = {
        name: declare(lambda work: {}, name, priority=priority)
        for name, priority in (("late", -50), ("any", 0), ("first", 50))
    }
    with django_capture_on_commit_callbacks(execute=True):
        sent = {asked(kind): name for name, kind in kinds_by_name.items()}

    waiting = [sent[row.args_kwargs["args"][0]] for row in DBTaskResult.objects.ready()]

    assert waiting == ["first", "any", "late"]


def test_long_work_gives_way_to_what_is_more_urgent_and_to_nothing_else(declare):
    done = []

    def patient(work):
        done.append("first step")
        work.give_way()
        done.append("second step")
        return {}

    kind = declare(patient, "patient", priority=-50)
    urgent = declare(lambda _work: done.append("urgent") or {}, "urgent", priority=50)
    usual = declare(lambda _work: done.append("usual") or {}, "usual")
    declare(lambda _work: done.append("as patient") or {}, "idle", priority=-50)
    job = asked(kind)
    waiting = [asked(each) for each in (kinds.kind_named("idle"), usual, urgent)]

    do_job(job, clock)

    assert done == ["first step", "urgent", "usual", "second step"]
    assert [job_of(each).state for each in (job, *waiting)] == [
        State.DONE, State.QUEUED, State.DONE, State.DONE,
    ]  # fmt: skip
    do_job(waiting[-1], clock)  # the queue sends it too
    assert done.count("urgent") == 1


def test_urgent_job_that_fails_does_not_touch_the_one_that_gave_way(declare):
    def broken(_work):
        raise ZeroDivisionError

    job = asked(declare(lambda work: work.give_way() or {"ok": 1}, "patient", priority=-50))
    urgent = asked(declare(broken, "urgent", priority=50))

    do_job(job, clock)

    assert (job_of(job).state, job_of(urgent).state) == (State.DONE, State.FAILED)
