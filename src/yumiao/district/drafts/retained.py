"""How long a draft that nobody sends is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from yumiao.district.drafts.models import AnswerDraft
from yumiao.district.retention.kinds import OverItem, RetainedKind, declare_retained
from yumiao.model.text import Text

DAYS = 366


def _over(before: dt.datetime) -> int:
    return AnswerDraft.objects.filter(saved_at__lt=before).count()


@transaction.atomic
def _destroy(before: dt.datetime, _now: dt.datetime) -> int:
    return AnswerDraft.objects.filter(saved_at__lt=before).delete()[0]


def _show(before: dt.datetime, first: int, last: int) -> Sequence[OverItem]:
    rows = AnswerDraft.objects.filter(saved_at__lt=before).order_by("saved_at", "id")[first:last]
    return [OverItem(str(row.pk), row.subject, row.saved_at) for row in rows]


declare_retained(
    RetainedKind(
        "drafts",
        Text("企业没有提交的草稿", "Drafts that firms did not send"),
        Text(
            "没有文件规定；满一年的资料已经换了年度",
            "nobody prescribes it; after a year the facts are of another year",
        ),
        DAYS,
        30,
        _over,
        _destroy,
        _show,
    )
)
