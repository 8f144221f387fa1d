"""What was done about places of an intake's files, and taking it back: cells changed, values kept, rows left out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import selectors
from yumiao.district.intakes.correction_lists import (
    CHOICES,
    CORRECTION_SORTS,
    WantedCorrections,
    corrections_wanted,
)
from yumiao.district.intakes.row_choices import take_back
from yumiao.district.intakes.services import ask_for_check
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.export import KINDS
from yumiao.web.views.imports import done, intake_or_404, tabs
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


def _wanted(request: HttpRequest, files: list[tuple[str, str]]) -> WantedCorrections:
    query = request.GET
    return WantedCorrections(
        text=read_text(query),
        choice=read_choice(query, "choice", CHOICES),
        file=read_choice(query, "file", dict(files)),
        sort=read_choice(query, "sort", CORRECTION_SORTS, "place"),
    )


def _files(row: Any) -> list[tuple[str, str]]:
    return [(each.id, each.name) for each in row.files.all()]


@require_GET
@acting
def corrections(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show what was done about places of an intake's files."""
    row = intake_or_404(request, intake)
    files = _files(row)
    wanted = _wanted(request, files)
    filters = (
        text_filter("q", gettext("单元格、内容或理由"), wanted.text),
        choice_filter("choice", gettext("处理"), CHOICES, wanted.choice),
        received_filter("file", gettext("文件"), files, wanted.file),
        sort_filter(CORRECTION_SORTS, wanted.sort),
    )
    context = {
        **tabs("imports"),
        "intake": row,
        "may_correct": row.state == "checked",
        **list_context(
            request,
            corrections_wanted(intake, wanted),
            filters,
            address=("import-corrections", intake),
            export="import-corrections-export",
            per_page=PAGE,
        ),
    }
    context["rows"] = _rows(context["page"].object_list)
    return render(request, "imports/corrections.html", context)


def _rows(found: Any) -> list[tuple[Any, Any, str]]:
    listed = list(found)
    labels = selectors.labels_of({each.by for each in listed})
    return [(each, CHOICES[each.choice], labels[each.by]) for each in listed]


@require_GET
@acting
def corrections_file(request: ActingRequest, intake: str, kind: str) -> HttpResponseBase:
    """Send the list with the same query, all pages of it."""
    row = intake_or_404(request, intake)
    if kind not in KINDS:
        raise Http404
    rows = [
        [
            each.file.name,
            each.sheet,
            each.cell or str(each.row),
            words(label),
            each.stood,
            each.value,
            each.why,
            who,
            timezone.localtime(each.at).strftime("%Y-%m-%d %H:%M"),
        ]
        for each, label, who in _rows(corrections_wanted(intake, _wanted(request, _files(row))))
    ]
    heads = [gettext("文件"), gettext("工作表"), gettext("单元格"), gettext("处理"), gettext("写的是")]
    more = [gettext("读作"), gettext("理由"), gettext("谁"), gettext("时间")]
    return send_file(kind, rows, [*heads, *more], "corrections")


@require_POST
@acting
def corrections_back(request: ActingRequest, intake: str, correction: int) -> HttpResponseBase:
    """Take back what was done about one place, then compare anew."""
    intake_or_404(request, intake)

    def act() -> None:
        now, by = timezone.now(), request.actor.id
        take_back(intake, correction, by=by, now=now)
        ask_for_check(intake, by=by, now=now)

    return done(request, intake, act)
