"""What monitoring reads: counts and ages, in the text format of Prometheus; no name, no id, nothing of anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Min

from yumiao.district.entering.open_sessions import count_open
from yumiao.district.jobs.models import Job, State
from yumiao.district.journal.models import JournalLine, StreamHead
from yumiao.district.messages.channels import State as Sending
from yumiao.district.messages.models import Delivery
from yumiao.district.operations.beating import alive, last_sign
from yumiao.district.registry.models import Projection

_STATES = (State.QUEUED, State.RUNNING, State.FAILED)


@dataclass(frozen=True)
class Sample:
    """One figure; ``labels`` are names and tokens, never data of people or firms."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def collect(now: dt.datetime, version: str) -> list[Sample]:
    """Return every figure as of now; what never happened has no sample."""
    return [
        Sample("yumiao_info", "Version of the program.", 1, (("version", version),)),
        *_jobs(now),
        *_register(now),
        *_processes(now),
        *_messages(now),
        Sample("yumiao_sessions_open", "Sessions that are open.", count_open(now)),
        Sample("yumiao_journal_streams", "Chains of the journal.", StreamHead.objects.count()),
        *_backups(now),
    ]


def write_text(samples: Iterable[Sample]) -> str:
    """Return figures in the text format of Prometheus, version 0.0.4."""
    lines: list[str] = []
    told: set[str] = set()
    for each in samples:
        if each.name not in told:
            told.add(each.name)
            lines += [f"# HELP {each.name} {each.help}", f"# TYPE {each.name} gauge"]
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in each.labels)
        lines.append(
            f"{each.name}{{{labels}}} {each.value:g}" if labels else f"{each.name} {each.value:.15g}"
        )
    return "\n".join(lines) + "\n"


def _jobs(now: dt.datetime) -> Iterator[Sample]:
    counted = dict(Job.objects.values_list("state").annotate(Count("id")))
    for state in _STATES:
        yield Sample("yumiao_jobs", "Jobs by state.", counted.get(state.value, 0), (("state", state.value),))
    oldest = Job.objects.filter(state=State.QUEUED).aggregate(at=Min("queued_at"))["at"]
    waited = (now - oldest).total_seconds() if oldest else 0
    yield Sample("yumiao_job_oldest_wait_seconds", "How long the oldest queued job has waited.", waited)


def _register(now: dt.datetime) -> Iterator[Sample]:
    found = Projection.objects.first()
    if found is None:
        return
    yield Sample("yumiao_register_subjects", "Enterprises in the register.", found.subjects)
    yield Sample("yumiao_register_outcomes", "Outcomes in the register.", found.outcomes)
    age = (now - found.built_at).total_seconds()
    yield Sample("yumiao_register_age_seconds", "Time since the register was built.", age)


def _processes(now: dt.datetime) -> Iterator[Sample]:
    workers = sum(each.kind == "worker" for each in alive(now))
    yield Sample("yumiao_workers_alive", "Workers that gave a sign of life within 30 seconds.", workers)
    sign = last_sign("worker")
    if sign is not None:
        age = (now - sign).total_seconds()
        yield Sample("yumiao_worker_sign_age_seconds", "Time since the last sign of life of a worker.", age)


def _messages(now: dt.datetime) -> Iterator[Sample]:
    waiting = Delivery.objects.filter(state=Sending.WAITING)
    yield Sample("yumiao_outbox_waiting", "Messages that wait to be sent elsewhere.", waiting.count())
    oldest = waiting.aggregate(at=Min("message__created_at"))["at"]
    waited = (now - oldest).total_seconds() if oldest else 0
    yield Sample("yumiao_outbox_oldest_wait_seconds", "How long the oldest of them has waited.", waited)


def _backups(now: dt.datetime) -> Iterator[Sample]:
    last = (
        JournalLine.objects.filter(stream="platform/backups", act="backup.made").order_by("-sequence").first()
    )
    if last is not None:
        age = (now - dt.datetime.fromisoformat(last.at)).total_seconds()
        yield Sample("yumiao_backup_age_seconds", "Time since the last backup.", age)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
