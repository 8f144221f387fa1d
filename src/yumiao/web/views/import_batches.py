"""The batches of the store: listed, looked into, taken back and brought back after a look at what that changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import deciding, selectors
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals.flushing import KIND as ACCEPTED
from yumiao.model.problems import YumiaoError
from yumiao.store.values import Act
from yumiao.web.moments import minute_here
from yumiao.web.templatetags.words import words, writer_words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_changes import shown_change
from yumiao.web.views.imports import allow, tabs
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_text,
    received_filter,
    sort_filter,
    text_filter,
)
from yumiao.web.views.sending import send_file

PAGE = 50
MOST_WHY = 300


def _read_wanted(query: Mapping[str, str]) -> selectors.WantedBatches:
    source, counts, sort = query.get("source", ""), query.get("counts", ""), query.get("sort", "")
    return selectors.WantedBatches(
        source=source if source in dict(selectors.source_choices()) else "",
        counts=counts if counts in selectors.COUNTING else "",
        kind=read_text(query, "kind"),
        text=query.get("q", "").strip()[:100].replace("\x00", ""),
        sort=sort if sort in selectors.BATCH_SORTS else "latest",
    )


def _own_kinds() -> dict[str, str]:
    """The words for kinds of batches that no mapping names."""
    return {ACCEPTED: gettext("填报入库")}


@require_GET
@acting
def batches(request: ActingRequest) -> HttpResponseBase:
    """Show the batches received, the latest first."""
    allow(request)
    wanted = _read_wanted(request.GET)
    filters = (
        text_filter("q", gettext("文件名或批次"), wanted.text),
        choice_filter("source", gettext("来源"), selectors.source_choices(), wanted.source),
        received_filter("kind", gettext("种类"), selectors.batch_kinds(), wanted.kind, _own_kinds()),
        choice_filter("counts", gettext("状态"), selectors.COUNTING, wanted.counts),
        sort_filter(selectors.BATCH_SORT_LABELS, wanted.sort),
    )
    context = {
        **tabs("batches"),
        **list_context(
            request,
            selectors.batches_wanted(wanted),
            filters,
            address=("batches",),
            export="batches-export",
            per_page=PAGE,
        ),
    }
    rows = list(context["page"].object_list)
    labels = selectors.labels_of({row.who for row in rows})
    context["rows"] = [(row, selectors.source_label(row.source), labels[row.who]) for row in rows]
    return render(request, "imports/batches.html", context)


@require_GET
@acting
def batches_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the list of batches with the same query, all pages of it."""
    allow(request)
    if kind not in KINDS:
        raise Http404
    found = list(selectors.batches_wanted(_read_wanted(request.GET)))
    labels = selectors.labels_of({row.who for row in found})
    rows = [
        [
            row.id,
            row.files,
            _own_kinds().get(row.kind, row.kind),
            words(selectors.source_label(row.source)),
            str(row.observed_on),
            minute_here(row.recorded_at),
            writer_words(labels[row.who]),
            str(row.rows),
            str(row.facts),
            gettext("已撤销") if row.is_reverted else gettext("有效"),
        ]
        for row in found
    ]
    heads = [
        gettext("批次"),
        gettext("文件"),
        gettext("种类"),
        gettext("来源"),
        gettext("资料日期"),
        gettext("入库"),
        gettext("谁"),
    ]
    return send_file(kind, rows, [*heads, gettext("行"), gettext("事实"), gettext("状态")], "batches")


@require_GET
@acting
def batch(request: ActingRequest, batch: str) -> HttpResponseBase:
    """Show one batch, and what taking it back, or bringing it back, would change."""
    allow(request)
    return _show(request, batch)


def _show(request: ActingRequest, batch: str, error: YumiaoError | None = None) -> HttpResponseBase:
    row = selectors.batch_of(batch)
    if row is None:
        raise Http404
    may_change = can(request.actor, Operation.CHANGE_BATCHES).allowed
    outlook = deciding.look_ahead(batch, _act(row)) if may_change and "look" in request.GET else None
    context: dict[str, Any] = {
        **tabs("batches"),
        "batch": row,
        "source": selectors.source_label(row.source),
        "who": selectors.labels_of({row.who})[row.who],
        "may_change": may_change,
        "outlook": outlook,
        "counts": [(selectors.KINDS[k], n) for k, n in outlook.counts.items() if n]
        if outlook is not None and outlook.counts is not None
        else [],
        "changes": [shown_change(each) for each in outlook.changes] if outlook is not None else [],
        "corrections": selectors.corrections_in_store(batch),
        "error": error,
    }
    return render(request, "imports/batch.html", context, status=400 if error else 200)


def _act(row: Any) -> Act:
    return Act.RESTORE if row.is_reverted else Act.REVERT


@require_POST
@acting
def batch_change(request: ActingRequest, batch: str) -> HttpResponseBase:
    """Take a batch back, or let it count again."""
    require(can(request.actor, Operation.CHANGE_BATCHES))
    if selectors.batch_of(batch) is None:
        raise Http404
    act = Act.RESTORE if request.POST.get("act") == "restore" else Act.REVERT
    why = request.POST.get("why", "").strip()[:MOST_WHY]
    try:
        deciding.change_batch(batch, act, why=why, by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _show(request, batch, error)
    return redirect("batch", batch)
