"""What happens to messages by itself: every half minute what is due is sent, digests at their hour among it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q

from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.models import Job
from yumiao.district.jobs.models import State as JobState
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.jobs.services import ask_for
from yumiao.district.messages.channels import State
from yumiao.district.messages.delivering import deliver, senders_of
from yumiao.district.messages.models import Delivery
from yumiao.model.text import Text

EVERY = dt.timedelta(seconds=30)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run(work: Work) -> Mapping[str, Any]:
    done = deliver(now=work.now, senders=senders_of(settings.YUMIAO_MESSAGING, work.now, _write))
    return {"sent": done.sent, "failed": done.failed, "given_up": done.given_up}


DELIVER = declare_kind(Kind("messages.deliver", Text("发送消息", "Send messages"), _run))


def ask_for_delivery(now: dt.datetime) -> None:
    """Ask for a delivery where something is due on a way that is on, and none is asked for yet.

    It is a job, as a mail server that does not answer would hold up the worker's signs of life.
    """
    channels = [channel.value for channel in settings.YUMIAO_MESSAGING.channels]
    unsent = Q(state=State.WAITING) | Q(state=State.SENDING)
    is_due = Delivery.objects.filter(unsent, due_at__lte=now, channel__in=channels).exists()
    is_asked = Job.objects.filter(kind=DELIVER.name, state__in=(JobState.QUEUED, JobState.RUNNING)).exists()
    if is_due and not is_asked:
        ask_for(DELIVER, actor="", arguments={}, now=now)


declare_periodic(Periodic("messages.deliver", EVERY, ask_for_delivery))
