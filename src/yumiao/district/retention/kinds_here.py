"""The kinds that the platform itself keeps: originals, messages, finished jobs, one-time codes."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from yumiao.district.entering.models import PasswordCode
from yumiao.district.jobs.models import Job, State
from yumiao.district.messages.models import Message
from yumiao.district.retention.kinds import RetainedKind, declare_retained
from yumiao.model.text import Text
from yumiao.store import Store, open_store

DEFAULT = Text("默认（DEFAULT），可改", "DEFAULT; the office may decide otherwise")


def _store() -> Store | None:
    return open_store(settings.YUMIAO_STORE) if (settings.YUMIAO_STORE / "store.json").exists() else None


def _originals_over(before: dt.datetime) -> int:
    store = _store()
    if store is None:
        return 0
    day = before.date()
    return sum(
        each.destroyed_at is None and each.keep_until < day for each in store.state().originals.values()
    )


def _destroy_originals(before: dt.datetime, now: dt.datetime) -> int:
    store = _store()
    if store is None or not _originals_over(before):
        return 0
    at = now.isoformat(timespec="microseconds")
    return len(store.destroy_expired(before.date(), who="retention", at=at))


def _messages_over(before: dt.datetime) -> int:
    return Message.objects.filter(created_at__lt=before).count()


@transaction.atomic
def _destroy_messages(before: dt.datetime, _now: dt.datetime) -> int:
    return Message.objects.filter(created_at__lt=before).delete()[1].get("messages.Message", 0)


def _jobs_over(before: dt.datetime) -> int:
    return Job.objects.filter(state__in=(State.DONE, State.FAILED), finished_at__lt=before).count()


@transaction.atomic
def _destroy_jobs(before: dt.datetime, _now: dt.datetime) -> int:
    return Job.objects.filter(state__in=(State.DONE, State.FAILED), finished_at__lt=before).delete()[0]


def _codes_over(before: dt.datetime) -> int:
    return PasswordCode.objects.filter(expires_at__lt=before).count()


@transaction.atomic
def _destroy_codes(before: dt.datetime, _now: dt.datetime) -> int:
    return PasswordCode.objects.filter(expires_at__lt=before).delete()[0]


def _sessions_over(before: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).count()


@transaction.atomic
def _destroy_sessions(before: dt.datetime, _now: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).delete()[0]


declare_retained(
    RetainedKind(
        "originals",
        Text("收到的原件（销毁密钥）", "Originals as received (their keys are destroyed)"),
        Text("每份原件登记时写明的期限", "the term that was stated with each original"),
        0,
        0,
        _originals_over,
        _destroy_originals,
    )
)
declare_retained(
    RetainedKind("messages", Text("消息", "Messages"), DEFAULT, 730, 30, _messages_over, _destroy_messages)
)
declare_retained(
    RetainedKind("jobs", Text("已结束的任务", "Finished jobs"), DEFAULT, 180, 7, _jobs_over, _destroy_jobs)
)
declare_retained(
    RetainedKind(
        "codes",
        Text("过期的一次性码", "One-time codes that ended"),
        DEFAULT,
        30,
        1,
        _codes_over,
        _destroy_codes,
    )
)
declare_retained(
    RetainedKind(
        "sessions",
        Text("过期的会话", "Sessions that ended"),
        DEFAULT,
        1,
        1,
        _sessions_over,
        _destroy_sessions,
    )
)
