"""Trying a policy on typed facts: a form, filled in from an enterprise if wanted, and the answer clause by clause.

What is typed comes in the body of a request, stands in no address, and is not kept.
"""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.accounts.roles import Role
from yumiao.district.permissions import Operation, can
from yumiao.district.policies import selectors
from yumiao.district.policies.filling import fill_in, find_choices
from yumiao.district.policies.trying import (
    Trial,
    Typed,
    broken_constraints,
    fields_of,
    judge_typed,
    read_typed,
    trial_of,
)
from yumiao.district.registry.selectors import subject_named
from yumiao.web.clause_rows import draw_clauses
from yumiao.web.verdicts import Verdict, read_verdict
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.list_query import MOST_TEXT
from yumiao.web.views.policy_query import read_day, require_policy, usual_day

FIELD = "fact."


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def try_policy(request: ActingRequest, family: str) -> HttpResponseBase:
    """Show the form, and after it was sent the answer."""
    asked = request.POST if request.method == "POST" else request.GET
    on = read_day(asked.get("on", ""), usual_day())
    policy = require_policy(request, family, asked.get("version", ""), on)
    actor, trial = request.actor, trial_of(policy.id, on)
    name = asked.get("q", "").strip()[:MOST_TEXT]
    subject = subject_named(asked.get("subject", "")) if asked.get("subject") else None
    if subject is not None:
        require(can(actor, Operation.SEE_SUBJECT, subject))
    values, typed, verdict = {}, None, None
    if request.method == "POST":
        values = {column: request.POST.get(FIELD + column, "")[:80] for column in trial.columns}
        typed = read_typed(trial, values)
        verdict = _verdict(trial, typed)
    elif subject is not None:
        values = fill_in(trial, subject.id, for_itself=actor.role is Role.ENTERPRISE)
    context = {
        "policy": policy,
        "on": on,
        "is_in_force": policy.in_force(on),
        "versions": selectors.versions_of(family),
        "name": name,
        "choices": find_choices(actor, name),
        "may_fill": can(actor, Operation.SEE_SUBJECT).allowed,
        "subject": subject,
        "filled": len(values),
        "fields": fields_of(trial, values, typed.problems if typed else None),
        "verdict": verdict,
        "clauses": draw_clauses(verdict.conditions) if verdict is not None else "",
        "broken": broken_constraints(trial, typed) if typed else [],
    }
    status = 400 if typed and typed.problems else 200
    return render(request, "policies/try.html", context, status=status)


def _verdict(trial: Trial, typed: Typed) -> Verdict:
    answer = judge_typed(trial, typed, gettext("本页填写"))
    return read_verdict(answer, {route.id: route.text for route in trial.graph.routes})
