"""What is wrong in the files of an intake, cell by cell, put right in place."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import selectors, services
from yumiao.district.intakes.finding_lists import (
    PROBLEM_SORTS,
    SEVERITIES,
    STATES,
    WantedProblems,
    problem_columns,
    problems_wanted,
)
from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.export import KINDS
from yumiao.web.views.imports import done, intake_or_404, problem_rows, show_intake, tabs
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    received_filter,
    sort_filter,
    text_filter,
)
from yumiao.web.views.sending import send_file

PAGE = 50


def _wanted(request: HttpRequest, columns: list[str], files: list[tuple[str, str]]) -> WantedProblems:
    query = request.GET
    return WantedProblems(
        text=read_text(query),
        severity=read_choice(query, "severity", SEVERITIES),
        file=read_choice(query, "file", dict(files)),
        column=read_choice(query, "column", columns),
        state=read_choice(query, "state", STATES),
        sort=read_choice(query, "sort", PROBLEM_SORTS, "place"),
    )


@require_GET
@acting
def problems(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show what is wrong in the files of an intake, cell by cell."""
    row = intake_or_404(request, intake)
    columns, files = problem_columns(intake), [(each.id, each.name) for each in row.files.all()]
    wanted = _wanted(request, columns, files)
    filters = (
        text_filter("q", gettext("企业、单元格或内容"), wanted.text),
        choice_filter("severity", gettext("轻重"), SEVERITIES, wanted.severity),
        choice_filter("state", gettext("处理"), STATES, wanted.state),
        received_filter("column", gettext("列"), [(each, each) for each in columns], wanted.column),
        received_filter("file", gettext("文件"), files, wanted.file),
        sort_filter(PROBLEM_SORTS, wanted.sort),
    )
    context = {
        **tabs("imports"),
        "intake": row,
        "may_correct": row.state == "checked",
        **list_context(
            request,
            problems_wanted(intake, wanted),
            filters,
            address=("import-problems", intake),
            export="import-problems-export",
            per_page=PAGE,
        ),
    }
    context["rows"] = problem_rows(intake, context["page"].object_list)
    return render(request, "imports/problems.html", context)


@require_GET
@acting
def problems_file(request: ActingRequest, intake: str, kind: str) -> HttpResponseBase:
    """Send the problems with the same query, all pages of it."""
    row = intake_or_404(request, intake)
    if kind not in KINDS:
        raise Http404
    files = [(each.id, each.name) for each in row.files.all()]
    found = problems_wanted(intake, _wanted(request, problem_columns(intake), files))
    rows = [
        [
            each.file.name,
            each.sheet,
            each.cell,
            each.subject_name,
            each.column,
            words(SEVERITIES.get(each.severity)),
            each.found,
            words(Text(each.expected_zh, each.expected_en)),
            words(Text(each.text_zh, each.text_en)),
            words(STATES["left_out" if skip else "corrected" if fix else "open"]),
            fix.value if fix else "",
        ]
        for each, fix, skip in problem_rows(intake, found)
    ]
    heads = [
        gettext("文件"),
        gettext("工作表"),
        gettext("单元格"),
        gettext("企业"),
        gettext("列"),
        gettext("轻重"),
    ]
    more = [gettext("写的是"), gettext("应为"), gettext("有什么问题"), gettext("处理"), gettext("读作")]
    return send_file(kind, rows, [*heads, *more], "problems")


@require_POST
@acting
def correct(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Keep corrections of cells and rows left out, then compare anew. The files stay as they are."""
    row = intake_or_404(request, intake)
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
