"""The kinds that the platform itself keeps: originals, messages, finished jobs, one-time codes, sessions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, QuerySet

from yumiao.district.entering.models import PasswordCode
from yumiao.district.jobs.models import Job, State
from yumiao.district.messages.models import Message
from yumiao.district.retention.kinds import DEFAULT, OverItem, RetainedKind, declare_retained
from yumiao.model.text import Text
from yumiao.store import Store, open_store


def _store() -> Store | None:
    return open_store(settings.YUMIAO_STORE) if (settings.YUMIAO_STORE / "store.json").exists() else None


def _over_originals(before: dt.datetime) -> list[OverItem]:
    store = _store()
    if store is None:
        return []
    day = before.date()
    found = (
        OverItem(sha256[:16], "", each.keep_until)
        for sha256, each in store.state().originals.items()
        if each.destroyed_at is None and each.keep_until < day
    )
    return sorted(found, key=lambda each: (each.since, each.id))


def _destroy_originals(before: dt.datetime, now: dt.datetime) -> int:
    store = _store()
    if store is None or not _over_originals(before):
        return 0
    at = now.isoformat(timespec="microseconds")
    return len(store.destroy_expired(before.date(), who="retention", at=at))


ORIGINALS = declare_retained(
    RetainedKind(
        "originals",
        Text("收到的原件（销毁密钥）", "Originals as received (their keys are destroyed)"),
        Text("每份原件登记时写明的期限", "the term that was stated with each original"),
        0,
        0,
        lambda before: len(_over_originals(before)),
        _destroy_originals,
        lambda before, start, stop: _over_originals(before)[start:stop],
    )
)


def _declare_rows(
    name: str,
    label: Text,
    days: int,
    least: int,
    *,
    over: Callable[[dt.datetime], QuerySet[Model]],
    since: str,
    about: str = "",
) -> None:
    """Declare a kind that is the rows of one table; ``since`` and ``about`` are columns of it."""

    @transaction.atomic
    def destroy(before: dt.datetime, _now: dt.datetime) -> int:
        rows = over(before)
        return rows.delete()[1].get(rows.model._meta.label, 0)  # noqa: SLF001 - the public name of that attribute

    def show(before: dt.datetime, start: int, stop: int) -> list[OverItem]:
        columns = ("pk", since, *([about] if about else []))
        rows = over(before).order_by(since, "pk").values_list(*columns)[start:stop]
        return [OverItem(str(row[0])[:16], str(row[2]) if about else "", row[1]) for row in rows]

    def count(before: dt.datetime) -> int:
        return over(before).count()

    declare_retained(RetainedKind(name, label, DEFAULT, days, least, count, destroy, show))


_declare_rows(
    "messages",
    Text("消息", "Messages"),
    730,
    30,
    over=lambda before: Message.objects.filter(created_at__lt=before),
    since="created_at",
    about="person_id",
)
_declare_rows(
    "jobs",
    Text("已结束的任务", "Finished jobs"),
    180,
    7,
    over=lambda before: Job.objects.filter(state__in=(State.DONE, State.FAILED), finished_at__lt=before),
    since="finished_at",
    about="kind",
)
_declare_rows(
    "codes",
    Text("过期的一次性码", "One-time codes that ended"),
    30,
    1,
    over=lambda before: PasswordCode.objects.filter(expires_at__lt=before),
    since="expires_at",
    about="person_id",
)
_declare_rows(
    "sessions",
    Text("过期的会话", "Sessions that ended"),
    1,
    1,
    over=lambda before: Session.objects.filter(expire_date__lt=before),
    since="expire_date",
)
