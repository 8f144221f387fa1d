"""The facts of one enterprise, with every earlier value of each and the cell that it came from."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.web.histories import FactHistory, read_histories
from yumiao.web.moments import minute_here
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import MOST_TEXT
from yumiao.web.views.subject_pages import is_own, require_subject, subject_context

WHICH = ("", "several", "contested")


@require_GET
@acting
def enterprise_facts(request: ActingRequest, subject: str) -> HttpResponseBase:
    """List every fact that was ever received of an enterprise: what counts, from whom, from which cell."""
    found = require_subject(request, subject)
    text, which = request.GET.get("q", "").strip()[:MOST_TEXT], request.GET.get("which", "")
    which = which if which in WHICH else ""
    histories = read_histories(found.id, for_itself=is_own(request)) or []
    labels = {"": gettext("全部"), "several": gettext("有多个值"), "contested": gettext("来源不一致")}
    context = subject_context(request, found, "enterprise-facts") | {
        "histories": [each for each in histories if _is_wanted(each, text, which)],
        "text": text,
        "which": which,
        "whiches": list(labels.items()),
    }
    return render(request, "enterprises/facts.html", context)


def _is_wanted(history: FactHistory, text: str, which: str) -> bool:
    if text and text.casefold() not in f"{history.label.zh}\n{history.label.words('en')}".casefold():
        return False
    if which == "several":
        return len(history.values) > 1
    return which != "contested" or any(value.standing == "lost" for value in history.values)


@require_GET
@acting
def enterprise_fact(request: ActingRequest, subject: str, column: str) -> HttpResponseBase:
    """Show every value ever received of one fact, on both time axes."""
    found = require_subject(request, subject)
    histories = read_histories(found.id, for_itself=is_own(request), column=column) or []
    if not histories:
        raise Http404
    context = subject_context(request, found, "enterprise-facts") | {"fact": histories[0]}
    return render(request, "enterprises/fact.html", context)


@require_GET
@acting
def enterprise_facts_export(request: ActingRequest, subject: str, kind: str) -> HttpResponseBase:
    """Send every value ever received of an enterprise as a file."""
    found = require_subject(request, subject)
    if kind not in KINDS:
        raise Http404
    histories = read_histories(found.id, for_itself=is_own(request)) or []
    content_type, write = KINDS[kind]
    head = [gettext("事实"), gettext("值"), gettext("状态"), gettext("原文"), gettext("来源")]
    head += [gettext("文件"), gettext("表"), gettext("单元格")]
    head += [gettext("资料日期"), gettext("入库"), gettext("批次")]
    response = StreamingHttpResponse(write(list(_rows(histories)), head), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="facts-{found.id}.{kind}"'
    return response


def _rows(histories: list[FactHistory]) -> Iterator[list[str]]:
    for history in histories:
        for value in history.values:
            yield [
                words(history.label),
                words(value.value),
                words(value.standing_label),
                value.raw,
                words(value.source),
                value.file,
                value.sheet,
                value.cell,
                value.observed_on.isoformat(),
                minute_here(value.recorded_at),
                value.batch,
            ]
