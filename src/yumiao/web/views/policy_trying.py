"""The panel that tries a policy: facts typed, or filled in from an enterprise, and what the policy answers to them.

What is typed comes in the body of a request, stands in no address, and is not kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.accounts.roles import Role
from yumiao.district.permissions import Operation, can
from yumiao.district.policies.filling import fill_in, find_choices
from yumiao.district.policies.trying import (
    Field,
    Trial,
    Typed,
    broken_constraints,
    fields_of,
    judge_typed,
    read_typed,
    trial_of,
)
from yumiao.district.registry.selectors import subject_named
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.packs.library import Policy
from yumiao.web.verdicts import ShownCondition, Verdict, read_verdict
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.list_query import MOST_TEXT
from yumiao.web.views.policy_query import require_policy, usual_day

FIELD = "fact."
PLACE = "#try"


@dataclass(frozen=True)
class Firm:
    """The enterprise that the facts are filled in from."""

    id: str
    name: str


@dataclass(frozen=True)
class Panel:
    """What the panel shows.

    Attributes:
        searched: the words that enterprises were searched with.
        choices: id and name of the enterprises found.
        may_fill: whether facts may be filled in from an enterprise at all.
        firm: the one chosen; None: nobody's facts.
        filled: how many facts were filled in from it.
        is_sent: whether facts were typed and sent.
        is_own: whether a person of the enterprise itself asks, to whom some sources are not shown.
        verdict: the answer; None before there is anything to judge.
        broken: parts that are more than their wholes.
    """

    searched: str
    choices: list[tuple[str, str]]
    may_fill: bool
    firm: Firm | None
    filled: int
    is_sent: bool
    is_own: bool
    fields: list[Field]
    verdict: Verdict | None
    broken: list[Text]

    @property
    def is_offered(self) -> bool:
        """Whether the enterprise chosen is among those found."""
        return self.firm is not None and any(key == self.firm.id for key, _ in self.choices)

    @property
    def unread(self) -> list[Field]:
        """The fields that could not be read."""
        return [field for field in self.fields if field.problem is not None]

    @property
    def unsolved(self) -> list[ShownCondition]:
        """The conditions that are not met, or open; first those that make the verdict what it is."""
        if self.verdict is None:
            return []
        outcome = self.verdict.answer.outcome
        return sorted(self.verdict.unsolved, key=lambda each: each.condition.outcome is not outcome)

    @property
    def met(self) -> list[ShownCondition]:
        """The conditions that are met."""
        every = self.verdict.conditions if self.verdict is not None else ()
        return [each for each in every if each.condition.outcome is Outcome.MET]


def read_panel(request: ActingRequest, policy: Policy, on: dt.date) -> Panel:
    """Return the panel for a version and a date, with what the request has for it. Raises: Refused."""
    asked, is_sent = (request.POST, True) if request.method == "POST" else (request.GET, False)
    actor, trial = request.actor, trial_of(policy.id, on)
    is_own = actor.role is Role.ENTERPRISE
    searched, firm = asked.get("q", "").strip()[:MOST_TEXT], _firm(request, asked.get("subject", ""))
    values: dict[str, str] = {}
    if is_sent:
        values = {column: request.POST.get(FIELD + column, "")[:80] for column in trial.columns}
    elif firm is not None:
        values = fill_in(trial, firm.id, for_itself=is_own)
    typed = read_typed(trial, values) if is_sent or firm is not None else None
    return Panel(
        searched=searched,
        choices=find_choices(actor, searched),
        may_fill=can(actor, Operation.SEE_SUBJECT).allowed,
        firm=firm,
        filled=0 if is_sent else len(values),
        is_sent=is_sent,
        is_own=is_own,
        fields=fields_of(trial, values, typed.problems if typed else None),
        verdict=_verdict(trial, typed) if typed else None,
        broken=broken_constraints(trial, typed) if typed else [],
    )


def _firm(request: ActingRequest, key: str) -> Firm | None:
    found = subject_named(key) if key else None
    if found is None:
        return None
    require(can(request.actor, Operation.SEE_SUBJECT, found))
    return Firm(found.id, found.name or found.code or found.id)


def _verdict(trial: Trial, typed: Typed) -> Verdict:
    answer = judge_typed(trial, typed, gettext("本页填写"))
    return read_verdict(answer, {route.id: route.text for route in trial.graph.routes})


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def former_page(request: ActingRequest, family: str) -> HttpResponseBase:
    """Lead from where the panel was a page of its own to where it is now, with all that was asked or sent."""
    require_policy(request, family, "", usual_day())
    query = request.META.get("QUERY_STRING", "")
    address = f"{reverse('policy', args=[family])}{'?' if query else ''}{query}{PLACE}"
    response: HttpResponseBase = redirect(address, permanent=True, preserve_request=True)
    return response
