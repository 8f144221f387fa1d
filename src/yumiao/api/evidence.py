"""``/proposals/{id}/evidence``: the file that shows what a firm proposed, as it was sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import Router

from yumiao.api.acting import BearerToken, caller_of, is_itself
from yumiao.api.errors import ApiError, require
from yumiao.api.operations import ERRORS, check_query
from yumiao.api.shapes import Error
from yumiao.district.attachments.checking import CONTENT_TYPES
from yumiao.district.attachments.services import Download, download
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals.selectors import proposal_named
from yumiao.district.registry.selectors import subject_named
from yumiao.district.tokens.scopes import Scope
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

router = Router()

_FILE = {"schema": {"type": "string", "format": "binary"}}
_SENT: dict[str, Any] = {
    "description": "The file; its name stands in Content-Disposition.",
    "content": dict.fromkeys(sorted(CONTENT_TYPES.values()), _FILE),
}
_GONE = frozenset({"attachment.none", "attachment.removed"})


@router.get(
    "/proposals/{proposal_id}/evidence",
    auth=BearerToken(Scope.READ_EVIDENCE),
    response={ERRORS: Error},
    summary="The file that shows what was proposed",
    operation_id="download_evidence",
    openapi_extra={"x-scope": Scope.READ_EVIDENCE.value, "responses": {200: _SENT}},
)
def download_evidence(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Send the file of a proposal to those who keep records of the enterprise, and to its own people.

    Each download is journalled. 404 where there is no file, or it was removed when its day had come.
    """
    check_query(request)
    actor = caller_of(request).actor
    operation = Operation.SEE_OWN_FIRM if is_itself(actor) else Operation.KEEP_RECORDS
    require(can(actor, operation))
    row = proposal_named(proposal_id)
    subject = subject_named(row.subject) if row is not None else None
    if row is None or subject is None:
        raise ApiError(404, "proposal.unknown", Text("没有这条填报。", "There is no such proposal."))
    require(can(actor, operation, subject))
    if not row.evidence:
        raise ApiError(
            404, "proposal.no_evidence", Text("这条填报没有附文件。", "This proposal has no file.")
        )
    try:
        return _sent(download(attachment=row.evidence, by=actor.id, now=timezone.now()))
    except YumiaoError as error:
        raise ApiError(404 if error.code in _GONE else 503, error.code, error.text) from error


def _sent(found: Download) -> HttpResponse:
    """Never shown inside a page: it is saved, and read as nothing else than what it is."""
    response = HttpResponse(found.data, content_type=found.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
