"""The verdicts that an intake would change, and how a change is said in words."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.intakes import selectors
from yumiao.district.intakes.finding_lists import CHANGE_SORTS, WantedChanges, changes_wanted
from yumiao.district.registry.packs import library
from yumiao.model.outcomes import OUTCOME_LABELS, Outcome
from yumiao.model.text import Text
from yumiao.report.wording import fact_label
from yumiao.web.templatetags.words import reader_language, words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.export import KINDS
from yumiao.web.views.imports import intake_or_404, tabs
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    sort_filter,
    text_filter,
)
from yumiao.web.views.sending import send_file

PAGE = 50
_MOST_POLICY = 160


def _wanted(request: HttpRequest) -> WantedChanges:
    query = request.GET
    return WantedChanges(
        text=read_text(query),
        kind=read_choice(query, "kind", selectors.KINDS),
        policy=query.get("policy", "")[:_MOST_POLICY].replace("\x00", ""),
        sort=read_choice(query, "sort", CHANGE_SORTS, "policy"),
    )


@require_GET
@acting
def changes(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show the verdicts that an intake would change, or changed."""
    row, wanted = intake_or_404(request, intake), _wanted(request)
    counts = selectors.count_changes(intake)
    kinds = [
        (name, Text(f"{label.zh} {counts[name]:,}", f"{label.words('en')} {counts[name]:,}"))
        for name, label in selectors.KINDS.items()
        if counts[name]
    ]
    filters = (
        text_filter("q", gettext("企业名称"), wanted.text),
        choice_filter("kind", gettext("变化"), kinds, wanted.kind),
        choice_filter("policy", gettext("政策"), selectors.changed_policies(intake), wanted.policy),
        sort_filter(CHANGE_SORTS, wanted.sort),
    )
    context = {
        **tabs("imports"),
        "intake": row,
        **list_context(
            request,
            changes_wanted(intake, wanted),
            filters,
            address=("import-changes", intake),
            export="import-changes-export",
            per_page=PAGE,
        ),
    }
    context["rows"] = [shown_change(each) for each in context["page"].object_list]
    return render(request, "imports/changes.html", context)


@require_GET
@acting
def changes_file(request: ActingRequest, intake: str, kind: str) -> HttpResponseBase:
    """Send the changed verdicts with the same query, all pages of it."""
    intake_or_404(request, intake)
    if kind not in KINDS:
        raise Http404
    found = changes_wanted(intake, _wanted(request))
    rows = [
        [
            each["name"],
            words(each["policy"]),
            words(each["kind"]),
            words(each["before"]),
            words(each["after"]),
            gettext("、").join(each["facts"]),
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
