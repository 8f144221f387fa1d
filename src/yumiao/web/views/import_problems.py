"""What is wrong in the files of an intake, cell by cell, put right in place."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes.finding_lists import (
    PROBLEM_SORTS,
    SEVERITIES,
    STATES,
    WantedProblems,
    problem_columns,
    problems_wanted,
)
from yumiao.district.intakes.row_choices import put_right
from yumiao.district.intakes.services import ask_for_check
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_rows import problem_rows, read_answers
from yumiao.web.views.imports import done, intake_or_404, show_intake, tabs
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
    rows = []
    for row_found in problem_rows(intake, found):
        each = row_found.problem
        told = [
            each.file.name,
            each.sheet,
            each.cell,
            each.subject_name,
            each.column,
            words(SEVERITIES.get(each.severity)),
            each.found,
            words(Text(each.expected_zh, each.expected_en)),
            words(Text(each.text_zh, each.text_en)),
            words(STATES[row_found.state]),
            row_found.stood if row_found.state == "corrected" else "",
            row_found.why,
            words(row_found.offer.known) if row_found.offer.known is not None else "",
        ]
        rows.append(told)
    heads = [
        gettext("文件"),
        gettext("工作表"),
        gettext("单元格"),
        gettext("企业"),
        gettext("列"),
        gettext("轻重"),
    ]
    more = [gettext("写的是"), gettext("应为"), gettext("有什么问题"), gettext("处理"), gettext("读作")]
    more += [gettext("理由"), gettext("库里的值")]
    return send_file(kind, rows, [*heads, *more], "problems")


@require_POST
@acting
def correct(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Do what was said of problems, then compare anew; the files stay as they are. A refusal keeps what was typed."""
    row = intake_or_404(request, intake)
    if row.state != "checked":
        return show_intake(request, intake)
    now, by = timezone.now(), request.actor.id
    try:
        put_right(intake, read_answers(intake, request.POST), by=by, now=now)
    except YumiaoError as error:
        return show_intake(request, intake, error, status=400, typed=request.POST)
    return done(request, intake, lambda: ask_for_check(intake, by=by, now=now))
