"""The profile of one enterprise: who it is, what every policy says of it, what to ask, what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from yumiao.district.chain_firms.placements import stands_in
from yumiao.district.notes.selectors import notes_on
from yumiao.district.permissions import Operation, can
from yumiao.district.policies.shown_facts import hidden_sources, known_shown
from yumiao.district.policies.supposing import ground_of
from yumiao.district.proposals.selectors import on_its_way_to_register
from yumiao.district.registry import selectors
from yumiao.district.registry.changes import changes_of
from yumiao.district.registry.packs import library
from yumiao.model.text import Text
from yumiao.web.clause_rows import draw_clauses
from yumiao.web.histories import read_histories, read_identifiers
from yumiao.web.profiles import Profile, read_asks, read_profile
from yumiao.web.score_cards import draw_scores
from yumiao.web.suppositions import SupposeForm, suppose_form
from yumiao.web.timelines import (
    KINDS,
    Entry,
    changed_entries,
    in_order,
    received_entries,
    title_entries,
    verdict_entries,
)
from yumiao.web.verdict_rows import draw_verdicts
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.list_query import read_page
from yumiao.web.views.subject_pages import is_own, require_subject, subject_context

NOTE_BEGINS = 80
"""So many characters of a note stand on the time line."""

PAGE = 100
"""So many entries of the time line stand on a page."""

SHORT = 8
"""So many questions, or entries of the time line, stand on the profile; their own pages have all."""


@require_GET
@acting
def enterprise(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show one enterprise; an id that was merged leads to the one it is read as."""
    actor = request.actor
    require(can(actor, Operation.SEE_SUBJECT))
    found = selectors.subject_named(subject)
    if found is None:
        raise Http404
    require(can(actor, Operation.SEE_SUBJECT, found))
    if found.id != subject:
        return redirect("enterprise", found.id)
    profile = read_profile(found.id, for_itself=is_own(request), family=request.GET.get("policy", ""))
    context = subject_context(request, found, "") | {
        "profile": profile,
        "may_split": can(actor, Operation.DECIDE_IDENTITY).allowed,
        "may_issue_code": can(actor, Operation.ISSUE_CODE, found).allowed,
        "on_its_way": on_its_way_to_register(found.id),
        "what_if": _what_if(request, found.id, profile),
        "identifiers": read_identifiers(found.identifiers),
        "only_unsolved": request.GET.get("show") == "unsolved",
    }
    if can(actor, Operation.PLACE_SUBJECT, found).allowed:
        context["stands_in"] = stands_in(found.id)
    if profile is not None:
        context |= _drawn(request, profile)
    return render(request, "enterprises/profile.html", context)


def _drawn(request: ActingRequest, profile: Profile) -> dict[str, SafeString]:
    """The parts of the page that are many rows."""
    chosen = profile.chosen.family if profile.chosen is not None else ""
    drawn = {"verdict_rows": draw_verdicts(profile.verdicts, chosen, request.GET, is_own=is_own(request))}
    if profile.verdict is not None:
        only_unsolved = request.GET.get("show") == "unsolved"
        shown = profile.verdict.unsolved if only_unsolved else profile.verdict.conditions
        drawn |= {"clauses": draw_clauses(shown), "scores": draw_scores(profile.verdict.scores)}
    return drawn


def _what_if(request: ActingRequest, subject: str, profile: Profile | None) -> SupposeForm | None:
    """The levers of the policy shown; None where nothing can be supposed."""
    judged = selectors.judged()
    if judged is None or profile is None or profile.chosen is None:
        return None
    known = known_shown(judged, subject, for_itself=is_own(request))
    ground = ground_of(judged, known, profile.chosen.family) if known is not None else None
    return suppose_form(ground, ground.typed, {}, {}) if ground is not None else None


@require_GET
@acting
def enterprise_questions(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what to ask of an enterprise first; the profile fetches the beginning of it by itself."""
    found = require_subject(request, subject)
    asks = read_asks(found.id, for_itself=is_own(request)) or []
    context = subject_context(request, found, "enterprise-questions")
    if request.GET.get("part") == "1":
        shown = {"asks": asks[:SHORT], "more": len(asks) if len(asks) > SHORT else 0}
        return render(request, "enterprises/questions.html", context | shown)
    return render(request, "enterprises/questions_page.html", context | {"asks": asks, "more": 0})


@require_GET
@acting
def enterprise_timeline(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what happened to an enterprise; the profile fetches the beginning of it by itself."""
    found = require_subject(request, subject)
    entries = _entries(request, found.id)
    context = subject_context(request, found, "enterprise-timeline")
    if request.GET.get("part") == "1":
        shown = {"entries": entries[:SHORT], "more": len(entries) if len(entries) > SHORT else 0}
        return render(request, "enterprises/timeline.html", context | shown)
    kind = request.GET.get("kind", "")
    counts = Counter(entry.kind for entry in entries)
    wanted = [entry for entry in entries if kind not in KINDS or entry.kind == kind]
    page = Paginator(wanted, PAGE).get_page(read_page(request.GET))
    shown = {
        "entries": page.object_list,
        "more": 0,
        "page": page,
        "kind": kind if kind in KINDS else "",
        "kinds": [(each, label, counts[each]) for each, label in KINDS.items() if counts[each]],
        "count": len(entries),
    }
    return render(request, "enterprises/timeline_page.html", context | shown)


def _entries(request: ActingRequest, subject: str) -> list[Entry]:
    histories = read_histories(subject, for_itself=is_own(request)) or []
    hidden = hidden_sources(library()) if is_own(request) else frozenset[str]()
    row, judged = selectors.subject_row(subject), selectors.judged()
    titles = row.titles if row is not None else ()
    reads = {policy.family: frozenset(graph.leaves) for policy, graph in judged.policies} if judged else {}
    changes = changes_of(selectors.ids_read_as(subject))
    return in_order(
        [
            *verdict_entries(changes, histories, reads),
            *title_entries(subject, titles, timezone.localdate(), hidden),
            *received_entries(histories),
            *changed_entries(histories),
            *_note_entries(request, subject),
        ]
    )


def _note_entries(request: ActingRequest, subject: str) -> Iterator[Entry]:
    """Yield the notes that stand; of none where the reader may not see them."""
    found = selectors.subject_named(subject)
    if found is None or not can(request.actor, Operation.KEEP_RECORDS, found).allowed:
        return
    for note in notes_on(selectors.ids_read_as(subject)):
        if note.withdrawn_at is None:
            first = note.text.partition("\n")[0][:NOTE_BEGINS]
            yield Entry(
                timezone.localdate(note.created_at), "note", Text(first, first), Text(note.author_label)
            )
