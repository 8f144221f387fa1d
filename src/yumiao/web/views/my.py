"""The pages of a firm's own: how it stands, what it is asked, what is known of it, what it proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.campaigns.answering import note_seen
from yumiao.district.campaigns.selectors import OwnCampaign, open_campaigns_of
from yumiao.district.drafts.selectors import Draft, drafts_of
from yumiao.district.joining.selectors import subject_names
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals import selectors as proposals
from yumiao.district.proposals.reading import asked_fact
from yumiao.district.proposals.selectors import ListedProposal
from yumiao.district.proposals.services import withdraw_proposal
from yumiao.district.registry.packs import library
from yumiao.web.firm_answers import filled_from
from yumiao.web.firm_facts import OwnFact, read_own_facts
from yumiao.web.firm_standing import read_own_standing
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.firm import require_firm

MOST_ASKED = 12
_UNSETTLED = {"proposed", "asked_back"}


@require_GET
@acting
def my(request: ActingRequest) -> HttpResponseBase:
    """Lead to the firm of whoever asks, or let them choose among several; those of none are told how to get one."""
    require(can(request.actor, Operation.SEE_OWN_FIRM))
    if len(request.actor.subjects) == 1:
        return redirect("my-home", next(iter(request.actor.subjects)))
    names = subject_names(request.actor.subjects)
    firms = sorted((names.get(each, each), each) for each in request.actor.subjects)
    return render(request, "my/firms.html", {"firms": firms})


@require_GET
@acting
def my_home(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show how the firm stands, and what to answer first."""
    firm = require_firm(request, subject)
    said = _unsettled(firm.id)
    standing = read_own_standing(firm.id)
    asked = [each for each in (standing.questions if standing else ()) if each.column not in said]
    context = {
        "firm_page": firm,
        "standing": standing,
        "asked": asked[:3],
        "asked_count": len(asked),
        "on_its_way": proposals.on_its_way_to_register(firm.id),
        "campaigns": open_campaigns_of(firm.id),
        "drafts": len(drafts_of(firm.id)),
        "asked_back": [each for each in said.values() if each.state == "asked_back"],
        "may_answer": can(request.actor, Operation.PROPOSE_FACT, firm).allowed,
    }
    return render(request, "my/home.html", context)


def _unsettled(subject: str) -> dict[str, ListedProposal]:
    """Return what a firm said and nobody settled, or is on its way to the register, by fact."""
    rows = proposals.listed_proposals(proposals.proposals_of(subject)[:500])
    kept = [each for each in rows if each.state.value in _UNSETTLED or each.is_on_its_way]
    return {each.column: each for each in reversed(kept)}


@require_GET
@acting
def my_questions(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show the facts that verdicts wait for, each with a form of its own."""
    firm = require_firm(request, subject)
    standing = read_own_standing(firm.id)
    said = _unsettled(firm.id)
    note_seen(subject=firm.id, by=request.actor.id, now=timezone.now())
    asking = open_campaigns_of(firm.id)
    shown = {each.column: each for each in read_own_facts(firm.id, {})} if asking else {}
    drafts = drafts_of(firm.id)
    campaigns = [_with_forms(each, shown, drafts) for each in asking]
    asked = {question.column for each in asking for question in each.questions}
    known = standing.questions if standing else ()
    open_ = [each for each in known if each.column not in said and each.column not in asked]
    context = {
        "firm_page": firm,
        "campaigns": campaigns,
        "rows": [
            (each, asked_fact(library(), each.column), filled_from(drafts.get(each.column)))
            for each in open_[:MOST_ASKED]
        ],
        "drafts": len(drafts),
        "more": max(0, len(open_) - MOST_ASKED),
        "said": list(said.values()),
        "may_answer": can(request.actor, Operation.PROPOSE_FACT, firm).allowed,
    }
    return render(request, "my/questions.html", context)


def _with_forms(
    campaign: OwnCampaign, shown: Mapping[str, OwnFact], drafts: Mapping[str, Draft]
) -> dict[str, Any]:
    rows = [
        (
            question,
            asked_fact(library(), question.column),
            shown.get(question.column),
            filled_from(drafts.get(question.column)),
        )
        for question in campaign.questions
    ]
    return {"name": campaign.name, "purpose": campaign.purpose, "due_on": campaign.due_on, "rows": rows}


@require_GET
@acting
def my_facts(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what the district holds of the firm and may show it."""
    firm = require_firm(request, subject)
    said = _unsettled(firm.id)
    facts = read_own_facts(firm.id, said)
    shown = {each.column for each in facts}
    context = {
        "firm_page": firm,
        "facts": facts,
        "others": [each for column, each in said.items() if column not in shown],
        "may_answer": can(request.actor, Operation.PROPOSE_FACT, firm).allowed,
    }
    return render(request, "my/facts.html", context)


@require_GET
@acting
def my_proposals(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what the firm proposed and what came of it."""
    firm = require_firm(request, subject)
    context = {
        "firm_page": firm,
        "rows": proposals.listed_proposals(proposals.proposals_of(firm.id)[:500]),
        "may_answer": can(request.actor, Operation.PROPOSE_FACT, firm).allowed,
    }
    return render(request, "my/proposals.html", context)


@require_POST
@acting
def my_withdraw(request: ActingRequest, subject: str, proposal: str) -> HttpResponseBase:
    """Take back a proposal of the firm; another firm's is not found."""
    firm = require_firm(request, subject, Operation.PROPOSE_FACT)
    found = proposals.proposal_named(proposal)
    if found is not None and found.subject == firm.id:
        withdraw_proposal(proposal_id=proposal, by=request.actor.id, now=timezone.now())
    return redirect("my-proposals", firm.id)
