"""What waits because of what firms propose: decisions."""

from __future__ import annotations

import datetime as dt

from yumiao.district.accounts.selectors import Actor
from yumiao.district.overview.todos import Todo, Unit, declare_todo
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals.selectors import waiting_count
from yumiao.model.text import Text


def count_waiting(actor: Actor, now: dt.datetime) -> Todo | None:  # noqa: ARG001 - the shape of every to-do
    """Count what waits for a decision of an actor; None for whoever does not decide."""
    if not can(actor, Operation.DECIDE_PROPOSAL).allowed:
        return None
    label = Text("企业填报待审", "Proposed by firms: decide")
    return Todo(waiting_count(actor), Unit("条", "proposal", "proposals"), label, page="proposals")


declare_todo("proposals", count_waiting)
