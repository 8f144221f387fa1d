"""Importing: the list of intakes, uploading, and the page of one intake from its columns to what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from yumiao.district.intakes import selectors, services
from yumiao.district.intakes.accepting import LEASTS, acceptable_file_pairs
from yumiao.district.intakes.correction_lists import count_corrections
from yumiao.district.intakes.files import (
    MOST_BYTES,
    MOST_FILES,
    REFUSED,
    TOO_LARGE,
    Upload,
    plain_name,
    too_large,
)
from yumiao.district.intakes.finding_lists import row_errors
from yumiao.district.intakes.following import has_store
from yumiao.district.intakes.pair_lists import WantedFilePairs
from yumiao.district.jobs.selectors import JobShown, job_of
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_rows import problem_rows, seen_problems
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    received_filter,
    sort_filter,
    text_filter,
    with_anchors,
)
from yumiao.web.views.sending import send_file

PAGE = 50
NOW = "now"
"""The id of what the page of an intake tells of where it stands."""

FEW = 10
"""Rows of each kind that the page of an intake shows; the rest stands on a page of its own."""


def allow(request: ActingRequest) -> None:
    """Go on where the actor may import. Raises: Refused."""
    require(can(request.actor, Operation.IMPORT_FILES))


_STATES = {state.value: label for state, label in selectors.STATES.items()}


def intake_or_404(request: ActingRequest, intake: str) -> Any:
    """Return an intake to whoever may import. Raises: Refused, Http404."""
    allow(request)
    found = selectors.intake_of(intake)
    if found is None:
        raise Http404
    return found


def read_wanted(query: Mapping[str, str]) -> selectors.WantedIntakes:
    """Read the query of the list; what it does not know is left out."""
    source, state, sort = query.get("source", ""), query.get("state", ""), query.get("sort", "")
    return selectors.WantedIntakes(
        source=source if source in dict(selectors.source_choices()) else "",
        state=state if state in set(selectors.STATES) else "",
        who=query.get("who", "")[:80].replace("\x00", ""),
        text=query.get("q", "").strip()[:100].replace("\x00", ""),
        sort=sort if sort in selectors.INTAKE_SORTS else "latest",
    )


@require_GET
@acting
def imports(request: ActingRequest) -> HttpResponseBase:
    """Show what was uploaded, the latest first."""
    allow(request)
    wanted = read_wanted(request.GET)
    filters = (
        text_filter("q", gettext("文件名"), wanted.text),
        choice_filter("source", gettext("来源"), selectors.source_choices(), wanted.source),
        choice_filter("state", gettext("状态"), _STATES, wanted.state),
        received_filter("who", gettext("谁"), selectors.uploaders(), wanted.who),
        sort_filter(selectors.INTAKE_SORT_LABELS, wanted.sort),
    )
    context = {
        **tabs("imports"),
        **list_context(
            request,
            selectors.intakes_wanted(wanted),
            filters,
            address=("imports",),
            export="imports-export",
            per_page=PAGE,
        ),
    }
    rows = list(context["page"].object_list)
    labels = selectors.labels_of({row.created_by for row in rows})
    context["rows"] = [
        (row, selectors.state_label(row.state), _source(row.source), labels[row.created_by]) for row in rows
    ]
    return render(request, "imports/list.html", context)


@require_GET
@acting
def imports_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the list of intakes with the same query, all pages of it."""
    allow(request)
    if kind not in KINDS:
        raise Http404
    found = list(selectors.intakes_wanted(read_wanted(request.GET)))
    labels = selectors.labels_of({row.created_by for row in found})
    rows = [
        [
            "\n".join(file.name for file in row.files.all()),
            words(_source(row.source)),
            words(selectors.state_label(row.state)),
            str(row.rows),
            labels[row.created_by],
            timezone.localtime(row.created_at).strftime("%Y-%m-%d %H:%M"),
            " ".join(row.batches),
        ]
        for row in found
    ]
    heads = [gettext("文件"), gettext("来源"), gettext("状态"), gettext("行"), gettext("谁")]
    return send_file(kind, rows, [*heads, gettext("时间"), gettext("批次")], "intakes")


def tabs(current: str) -> dict[str, Any]:
    """Return what the tabs of these pages need."""
    pairs, contested = selectors.waiting_counts()
    return {"tab": current, "waiting_pairs": pairs, "waiting_conflicts": contested}


def _source(source: str) -> Any:
    return selectors.source_label(source) if source else None


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def intake_new(request: ActingRequest) -> HttpResponseBase:
    """Take files in; a refusal says why for each file and keeps what was typed."""
    allow(request)
    context: dict[str, Any] = {
        **tabs("imports"),
        "sources": selectors.source_choices(),
        "most_files": MOST_FILES,
        "most_megabytes": MOST_BYTES >> 20,
        "has_store": has_store(),
    }
    if request.method != "POST":
        return render(request, "imports/new.html", context)
    source, on = request.POST.get("source", ""), request.POST.get("on", "")
    try:
        received = services.receive(
            _uploads(request),
            source=source if source in dict(selectors.source_choices()) else "",
            on=read_day(on),
            password=request.POST.get("password") or None,
            by=request.actor.id,
            now=timezone.now(),
        )
    except YumiaoError as error:
        codes = {problem.code for problem in error.problems}
        context |= {"error": error, "source": source, "on": on}
        context["asks_password"] = bool(codes & {"password_needed", "password_wrong"})
        return render(request, "imports/new.html", context, status=400)
    return to_intake(received)


def _uploads(request: ActingRequest) -> list[Upload]:
    """Return the files of a request. Raises: YumiaoError where one was too large to be taken."""
    large = getattr(request, TOO_LARGE, [])
    if large:
        raise YumiaoError("intake.refused", REFUSED, tuple(too_large(plain_name(name)) for name in large))
    return [Upload(plain_name(each.name or ""), each.read()) for each in request.FILES.getlist("files")]


def read_day(text: str) -> dt.date | None:
    """Read a day; None for nothing. Raises: YumiaoError (``date``) for what is none."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        wrong = Text("日期应写成 2026-06-30 这样。", "Write a day like 2026-06-30.")
        raise YumiaoError("date", wrong) from None


# ── one intake ────────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@acting
def intake(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show an intake where it stands: its columns, what a check found, how far it is, what became of it."""
    allow(request)
    return show_intake(request, intake)


def show_intake(
    request: ActingRequest,
    intake: str,
    error: YumiaoError | None = None,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Show the page of an intake, with what was refused.

    Args:
        typed: what a form of problems held that was refused; its rows are shown as they were filled in.
    """
    row = selectors.intake_of(intake)
    if row is None:
        raise Http404
    job = running_job(row)
    context: dict[str, Any] = {
        **tabs("imports"),
        "intake": row,
        "files": list(row.files.all()),
        "state": selectors.state_label(row.state),
        "source": _source(row.source),
        "who": selectors.labels_of({row.created_by})[row.created_by],
        "sources": selectors.source_choices(),
        "job": job,
        "is_running": job is not None and not job.is_over and row.state in ("checking", "committing"),
        "error": error,
        "step": _STEP[row.state],
    }
    if row.state in ("checked", "committed"):
        context |= _found(intake, typed)
    return render(request, "imports/intake.html", context, status=status)


_STEP = {"mapping": 2, "checking": 3, "checked": 3, "committing": 4, "committed": 5, "cancelled": 0}


def running_job(row: Any) -> JobShown | None:
    """Return the job that an intake waits for, or that it waited for last."""
    job = row.commit_job if row.state in ("committing", "committed") or row.commit_job else row.check_job
    return job_of(job) if job else None


def _found(intake: str, typed: Mapping[str, str] | None) -> dict[str, Any]:
    counts = selectors.count_changes(intake)
    problems, pairs = row_errors(intake), selectors.pairs_of(intake)
    shown = problems[:FEW] if typed is None else selectors.problems_by_id(intake, seen_problems(typed))
    return {
        "changes": [(kind, selectors.KINDS[kind], count) for kind, count in counts.items() if count],
        "change_count": sum(counts.values()),
        "problem_count": problems.count(),
        "warning_count": selectors.problems_of(intake, "warning").count(),
        "correction_count": count_corrections(intake),
        "pair_count": pairs.count(),
        "problems": problem_rows(intake, shown, typed),
        "pairs": numbered_pairs(pairs[:FEW]),
        "sure_count": len(acceptable_file_pairs(intake, WantedFilePairs(), LEASTS[0]).ids),
        "least": LEASTS[0],
    }


def numbered_pairs(found: Iterable[Any]) -> list[tuple[Any, str, str]]:
    """Return pairs, each with the id of its row on the page and that of the next one."""
    return with_anchors(found, lambda row: f"pair-{row.id}", "pairs-end")


@require_GET
@acting
def intake_progress(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show how far the job of an intake is; at its end the whole page is loaded again."""
    allow(request)
    row = selectors.intake_of(intake)
    if row is None:
        raise Http404
    job = running_job(row)
    if job is None or job.is_over:
        told = urlencode({"done": job.id if job is not None else ""})
        return HttpResponseClientRedirect(f"{reverse('import', args=[intake])}?{told}#{NOW}")
    return render(request, "imports/progress.html", {"intake": row, "job": job})


@require_POST
@acting
def intake_from(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Keep who reports an intake, and as of which day."""
    allow(request)
    source = request.POST.get("source", "")

    def act() -> None:
        known = source if source in dict(selectors.source_choices()) else ""
        day = read_day(request.POST.get("on", ""))
        services.say_where_from(intake, source=known, on=day, by=request.actor.id, now=timezone.now())

    return done(request, intake, act)


@require_POST
@acting
def intake_check(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Ask for the files to be compared with what is known."""
    allow(request)
    return done(
        request, intake, lambda: services.ask_for_check(intake, by=request.actor.id, now=timezone.now())
    )


@require_POST
@acting
def intake_commit(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Ask for the import."""
    allow(request)
    return done(
        request, intake, lambda: services.ask_for_commit(intake, by=request.actor.id, now=timezone.now())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def intake_cancel(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Ask whether an intake is to be given up, then give it up."""
    allow(request)
    row = selectors.intake_of(intake)
    if row is None:
        raise Http404
    if request.method != "POST":
        return render(
            request, "imports/cancel.html", {**tabs("imports"), "intake": row, "files": row.files.all()}
        )
    return done(request, intake, lambda: services.cancel(intake, by=request.actor.id, now=timezone.now()))


def done(request: ActingRequest, intake: str, act: Any, anchor: str = "") -> HttpResponseBase:
    """Do something to an intake and go back to its page; a refusal is shown there.

    Args:
        anchor: where on the page the focus goes; empty: to what is told of where the intake stands.
    """
    if selectors.intake_of(intake) is None:
        raise Http404
    try:
        act()
    except YumiaoError as error:
        return show_intake(request, intake, error, status=400)
    return to_intake(intake, anchor or NOW)


def to_intake(intake: str, anchor: str = NOW) -> HttpResponseBase:
    """Go to the page of an intake, with the focus on a part of it: those who use no mouse go on from there."""
    return redirect(f"{reverse('import', args=[intake])}#{anchor}")
