"""What firms proposed, for officers: the queue, one proposal, the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.permissions import Operation, can
from yumiao.district.proposals import selectors
from yumiao.district.proposals.selectors import ListedProposal
from yumiao.district.proposals.services import accept_proposal, ask_back, refuse_proposal, reopen_proposal
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.selectors import subject_named
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import MOST_TEXT, read_page

PAGE = 50


@require_GET
@acting
def proposals(request: ActingRequest) -> HttpResponseBase:
    """Show what firms proposed; without a filter what waits for a decision."""
    require(can(request.actor, Operation.LIST_PROPOSALS))
    state, text, sort = _read_query(request)
    found = selectors.proposals_wanted(request.actor, state=state, text=text, sort=sort)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    waiting, unfinished = selectors.outbox_counts()
    context = {
        "page": page,
        "rows": selectors.listed_proposals(page.object_list),
        "states": list(ProposalState),
        "state": state,
        "text": text,
        "sort": sort,
        "is_filtered": bool(text) or state is not ProposalState.PROPOSED,
        "waiting": waiting,
        "unfinished": unfinished,
    }
    return render(request, "proposals/list.html", context)


def _read_query(request: ActingRequest) -> tuple[ProposalState | None, str, str]:
    asked = request.GET.get("state", ProposalState.PROPOSED.value)
    state = ProposalState(asked) if asked in set(ProposalState) else None
    sort = request.GET.get("sort", "oldest")
    text = request.GET.get("q", "").strip()[:MOST_TEXT]
    return state, text, sort if sort in selectors.SORTS else "oldest"


@require_GET
@acting
def proposals_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the list shows with the same query, all pages of it."""
    require(can(request.actor, Operation.LIST_PROPOSALS))
    if kind not in KINDS:
        raise Http404
    state, text, sort = _read_query(request)
    found = selectors.proposals_wanted(request.actor, state=state, text=text, sort=sort)
    head = [gettext("企业"), gettext("资料"), gettext("填报值"), gettext("原来的值"), gettext("原来的来源")]
    head += [gettext("说明"), gettext("填报人"), gettext("填报时间"), gettext("状态"), gettext("理由")]
    content_type, write = KINDS[kind]
    rows = _rows(selectors.listed_proposals(found))
    response = StreamingHttpResponse(write(rows, head), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="proposals.{kind}"'
    return response


def _rows(listed: Iterable[ListedProposal]) -> Iterator[list[str]]:
    for each in listed:
        yield [
            each.name,
            words(each.label),
            words(each.value),
            words(each.before),
            words(each.before_source),
            each.note,
            each.author,
            timezone.localtime(each.proposed_at).isoformat(" ", "minutes"),
            words(each.state.words),
            each.reason,
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def proposal(request: ActingRequest, proposal: str) -> HttpResponseBase:
    """Show one proposal beside what it would replace, or decide it; a refused decision keeps what was typed."""
    require(can(request.actor, Operation.LIST_PROPOSALS))
    found = selectors.proposal_named(proposal)
    subject = subject_named(found.subject) if found is not None else None
    if found is None or subject is None:
        raise Http404
    require(can(request.actor, Operation.SEE_SUBJECT, subject))
    decision = can(request.actor, Operation.DECIDE_PROPOSAL, subject)
    typed = request.POST.get("reason", "")[:4000]
    context = {
        "subject": subject,
        "row": selectors.listed_proposals([found])[0],
        "may_decide": decision.allowed,
        "typed": typed,
    }
    if request.method != "POST":
        return render(request, "proposals/one.html", context)
    require(decision)
    try:
        _decide(request, found.id, typed)
    except YumiaoError as error:
        return render(request, "proposals/one.html", {**context, "problem": error.text}, status=400)
    return redirect("proposal", found.id) if request.POST.get("act") == "reopen" else redirect("proposals")


def _decide(request: ActingRequest, proposal_id: str, reason: str) -> None:
    by, now = request.actor.id, timezone.now()
    match request.POST.get("act"):
        case "accept":
            accept_proposal(proposal_id=proposal_id, by=by, now=now)
        case "refuse":
            refuse_proposal(proposal_id=proposal_id, reason=reason, by=by, now=now)
        case "ask_back":
            ask_back(proposal_id=proposal_id, reason=reason, by=by, now=now)
        case "reopen":
            reopen_proposal(proposal_id=proposal_id, by=by, now=now)
        case _:
            raise Http404
