"""A firm's own data as a file: what the district may show of it, what it proposed, who came to speak for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.joining.selectors import looks_at, people_of
from yumiao.district.joining.services import note_download
from yumiao.district.proposals import selectors as proposals
from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library
from yumiao.district.registry.withholding import shown_answers
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.web.exporting import write_workbook
from yumiao.web.firm_facts import OwnFact, read_own_facts
from yumiao.web.templatetags.words import outcome_words, words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.firm import Firm, require_firm

_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@acting
def my_download(request: ActingRequest, subject: str, kind: str) -> HttpResponseBase:
    """Send everything that may be shown of the firm, as a workbook or as JSON; the taking away is journalled."""
    firm = require_firm(request, subject)
    if kind not in ("xlsx", "json"):
        raise Http404
    facts = read_own_facts(firm.id, {})
    verdicts = _verdicts(firm.id)
    if kind == "json":
        response: HttpResponseBase = JsonResponse(
            _document(firm, facts, verdicts), json_dumps_params={"ensure_ascii": False, "indent": 1}
        )
    else:
        head = [
            gettext("类别"),
            gettext("项目"),
            gettext("值"),
            gettext("来源"),
            gettext("日期"),
            gettext("说明"),
        ]
        response = StreamingHttpResponse(
            write_workbook(_rows(firm, facts, verdicts), head), content_type=_BOOK
        )
    note_download(subject=firm.id, kind=kind, by=request.actor.id, now=timezone.now())
    response.headers["Content-Disposition"] = f'attachment; filename="own-data.{kind}"'
    return response


def _verdicts(subject: str) -> list[dict[str, Any]]:
    """Return the answers without what must not be shown; each says which of its conditions lost something."""
    found = selectors.judged()
    if found is None:
        return []
    return [
        {
            **shown.answer.to_json(),
            "withheld": {
                condition: [{"zh": each.label.zh, "en": each.label.words("en")} for each in kinds]
                for condition, kinds in shown.hidden.items()
            },
        }
        for shown in shown_answers(found, subject, library())
    ]


def _document(firm: Firm, facts: list[OwnFact], verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "subject": {"id": firm.id, "name": firm.name, "code": firm.code},
        "facts": [
            {
                "column": each.column,
                "label": {"zh": each.label.zh, "en": each.label.en},
                "value": {"zh": each.value.zh, "en": each.value.en},
                "raw": each.raw,
                "source": {"zh": each.source.zh, "en": each.source.en},
                "where": each.where,
                "observed_on": each.observed_on.isoformat(),
            }
            for each in facts
        ],
        "verdicts": verdicts,
        "proposals": [
            {
                "id": each.id,
                "column": each.column,
                "value": {"zh": each.value.zh, "en": each.value.en},
                "raw": each.raw,
                "unit": each.unit,
                "note": each.note,
                "proposed_at": each.proposed_at.isoformat(),
                "state": each.state.value,
                "reason": each.reason,
            }
            for each in _own_proposals(firm.id)
        ],
        "contacts_seen": [{"at": each.at, "reason": each.reason} for each in looks_at(firm.id)],
        "people": [
            {"id": each.id, "label": each.label, "post": each.post.value, "since": each.since.isoformat()}
            for each in people_of(firm.id)
        ],
    }


def _own_proposals(subject: str) -> list[proposals.ListedProposal]:
    return proposals.listed_proposals(proposals.proposals_of(subject))


def _rows(firm: Firm, facts: list[OwnFact], verdicts: list[dict[str, Any]]) -> Iterator[list[str]]:
    yield [gettext("企业"), firm.name, firm.code, "", "", firm.id]
    for fact in facts:
        day = fact.observed_on.isoformat()
        yield [gettext("资料"), words(fact.label), words(fact.value), words(fact.source), day, fact.where]
    for verdict in verdicts:
        hides = _withheld_words(verdict["withheld"])
        title = f"{verdict['policy']}@{verdict['version']}"
        yield [
            gettext("判定"),
            title,
            outcome_words(Outcome(verdict["outcome"])),
            "",
            verdict["as_of"],
            hides,
        ]
    for each in _own_proposals(firm.id):
        said = f"{words(each.state.words)} {each.reason}".strip()
        yield [
            gettext("填报"),
            words(each.label),
            words(each.value),
            each.author,
            _day(each.proposed_at),
            said,
        ]
    for look in looks_at(firm.id):
        yield [gettext("查看联系方式"), "", "", "", look.at, look.reason]
    for person in people_of(firm.id):
        yield [gettext("人员"), person.label, words(person.post.label), "", _day(person.since), ""]


def _withheld_words(withheld: dict[str, list[dict[str, str]]]) -> str:
    """Whose data the verdict rests on that is not shown; empty where everything is."""
    kinds = dict.fromkeys(
        words(Text(each["zh"], each["en"])) for found in withheld.values() for each in found
    )
    begins = gettext("部分依据不对外显示")
    return f"{begins}: {', '.join(kinds)}" if kinds else ""


def _day(at: dt.datetime) -> str:
    return timezone.localtime(at).date().isoformat()
