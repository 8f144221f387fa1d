"""What a check found: problems put right in place, subjects told apart, verdicts that would change."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import selectors, services
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.model.outcomes import OUTCOME_LABELS, Outcome
from yumiao.model.text import Text
from yumiao.report.wording import fact_label
from yumiao.web.templatetags.words import reader_language, words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.imports import allow, done, problem_rows, show_intake, tabs
from yumiao.web.views.list_query import read_page
from yumiao.web.views.sending import send_file

PAGE = 50


def _intake(request: ActingRequest, intake: str) -> Any:
    allow(request)
    found = selectors.intake_of(intake)
    if found is None:
        raise Http404
    return found


@require_GET
@acting
def problems(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show what is wrong in the files of an intake, cell by cell."""
    row = _intake(request, intake)
    severity, file = _severity(request), request.GET.get("file", "")
    page = Paginator(selectors.problems_of(intake, severity, file), PAGE).get_page(read_page(request.GET))
    context = {
        **tabs("imports"),
        "intake": row,
        "files": row.files.all(),
        "page": page,
        "rows": problem_rows(intake, page.object_list),
        "severity": severity,
        "file": file,
        "is_filtered": bool(severity or file),
        "may_correct": row.state == "checked",
    }
    return render(request, "imports/problems.html", context)


def _severity(request: ActingRequest) -> str:
    text = request.GET.get("severity", "")
    return text if text in ("error", "warning") else ""


@require_GET
@acting
def problems_file(request: ActingRequest, intake: str, kind: str) -> HttpResponseBase:
    """Send the problems with the same query, all pages of it."""
    _intake(request, intake)
    if kind not in KINDS:
        raise Http404
    found = selectors.problems_of(intake, _severity(request), request.GET.get("file", ""))
    rows = [
        [
            each.file.name,
            each.sheet,
            each.cell,
            each.subject_name,
            each.column,
            each.found,
            words(Text(each.expected_zh, each.expected_en)),
            words(Text(each.text_zh, each.text_en)),
        ]
        for each in found
    ]
    heads = [gettext("文件"), gettext("工作表"), gettext("单元格"), gettext("企业"), gettext("列")]
    return send_file(
        kind, rows, [*heads, gettext("写的是"), gettext("应为"), gettext("有什么问题")], "problems"
    )


@require_POST
@acting
def correct(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Keep corrections of cells and rows left out, then compare anew. The files stay as they are."""
    row = _intake(request, intake)
    shown = {str(each.id): each for each in selectors.problems_of(intake) if each.row}
    cells: dict[str, dict[tuple[str, str], str]] = {}
    rows: dict[str, dict[tuple[str, int], bool]] = {}
    for name in request.POST:
        kind, _, number = name.partition("-")
        found = shown.get(number)
        if found is None:
            continue
        if kind == "fix" and request.POST[name] != request.POST.get(f"was-{number}", ""):
            cells.setdefault(found.file_id, {})[found.sheet, found.cell] = request.POST[name].strip()
        if kind == "seen":
            is_out = f"skip-{number}" in request.POST
            rows.setdefault(found.file_id, {})[found.sheet, found.row] = (
                rows.get(found.file_id, {}).get((found.sheet, found.row), False) or is_out
            )

    def act() -> None:
        now, by = timezone.now(), request.actor.id
        for file, each in cells.items():
            services.correct_cells(file, each, by=by, now=now)
        for file, left in rows.items():
            services.leave_out_rows(file, left, by=by, now=now)
        services.ask_for_check(intake, by=by, now=now)

    if row.state != "checked":
        return show_intake(request, intake)
    return done(request, intake, act)


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@acting
def pairs(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show the subjects of an intake that may be known ones, from the least sure."""
    row = _intake(request, intake)
    page = Paginator(selectors.pairs_of(intake), PAGE).get_page(read_page(request.GET))
    context = {**tabs("imports"), "intake": row, "page": page, "pairs": page.object_list}
    return render(request, "imports/pairs.html", context)


@require_POST
@acting
def pair_choose(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Say of one pair whether it is one subject, or leave it to be told apart after the import."""
    _intake(request, intake)
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    number, decision = request.POST.get("pair", ""), request.POST.get("decision", "")
    if not number.isdigit() or decision not in ("same", "different", ""):
        raise Http404
    if not selectors.pairs_of(intake).filter(id=int(number)).exists():
        raise Http404

    def act() -> None:
        services.choose_pair(int(number), decision, by=request.actor.id, now=timezone.now())

    return done(request, intake, act)


# ── verdicts ──────────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@acting
def changes(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show the verdicts that an intake would change, or changed."""
    row = _intake(request, intake)
    kind, policy = _kind(request), request.GET.get("policy", "")[:160].replace("\x00", "")
    page = Paginator(selectors.changes_of(intake, kind, policy), PAGE).get_page(read_page(request.GET))
    context = {
        **tabs("imports"),
        "intake": row,
        "page": page,
        "rows": [shown_change(each) for each in page.object_list],
        "kinds": [
            (name, selectors.KINDS[name], n) for name, n in selectors.count_changes(intake).items() if n
        ],
        "kind": kind,
        "policy": policy,
        "policies": selectors.changed_policies(intake),
        "is_filtered": bool(kind or policy),
    }
    return render(request, "imports/changes.html", context)


def _kind(request: ActingRequest) -> str:
    text = request.GET.get("kind", "")
    return text if text in selectors.KINDS else ""


@require_GET
@acting
def changes_file(request: ActingRequest, intake: str, kind: str) -> HttpResponseBase:
    """Send the changed verdicts with the same query, all pages of it."""
    _intake(request, intake)
    if kind not in KINDS:
        raise Http404
    found = selectors.changes_of(
        intake, _kind(request), request.GET.get("policy", "")[:160].replace("\x00", "")
    )
    rows = [
        [
            each["name"],
            words(each["policy"]),
            words(each["kind"]),
            words(each["before"]),
            words(each["after"]),
            "、".join(each["facts"]),
        ]
        for each in map(shown_change, found.iterator(chunk_size=2000))
    ]
    heads = [gettext("企业"), gettext("政策"), gettext("变化"), gettext("原来"), gettext("以后")]
    return send_file(kind, rows, [*heads, gettext("因为哪些事实")], "changes")


def shown_change(change: Any) -> dict[str, Any]:
    """Return a changed verdict in words."""
    return {
        "subject": change.subject,
        "name": change.name or change.subject,
        "policy": selectors.title_of(change.policy),
        "kind": selectors.KINDS[change.kind],
        "before": said_words(change.policy, change.before),
        "after": said_words(change.policy, change.after),
        "before_outcome": change.before if change.before in set(Outcome) else "",
        "after_outcome": change.after if change.after in set(Outcome) else "",
        "facts": [column_words(column) for column in getattr(change, "columns", [])],
    }


def said_words(policy: str, said: str) -> Text:
    """Return the words for an outcome or a class of a policy."""
    if not said:
        return Text("尚无", "none yet")
    if said in set(Outcome):
        return OUTCOME_LABELS[Outcome(said)]
    found = library().find(policy)
    return found[0].body.class_labels().get(said, Text(said, said)) if found else Text(said, said)


def column_words(column: str) -> str:
    """Name a column of facts: its metric's label and its year."""
    name, _, year = column.partition("#")[0].partition("@")
    metric = library().metrics.get(name)
    return fact_label(metric, int(year) if year else None, reader_language()) if metric else column
