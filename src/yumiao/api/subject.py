"""``GET /subjects/{id}``: who one enterprise is, with every name and number ever recorded."""

from __future__ import annotations

import datetime as dt
import json

from django.http import HttpRequest
from ninja import Router, Schema

from yumiao.api.acting import caller_of, visible_subject
from yumiao.api.operations import check_query, read
from yumiao.api.shapes import Place
from yumiao.district.registry import selectors
from yumiao.district.registry.places import place_name
from yumiao.district.tokens.scopes import Scope

router = Router()


class Identifier(Schema):
    """One name or number, as written; `kind` is `name`, `former_name`, `code`, `territory` and the like."""

    kind: str
    value: str


class SubjectWhole(Schema):
    """One enterprise; `id` differs from the one asked for where that was merged into it.

    `as_of` and `known_at` are the application date of the current verdicts and the moment up to which facts count.
    """

    id: str
    name: str
    code: str
    territory: Place
    identifiers: list[Identifier]
    as_of: dt.date | None
    known_at: str | None


@read(
    router,
    "/subjects/{subject_id}",
    Scope.READ_SUBJECTS,
    SubjectWhole,
    summary="One enterprise",
    operation_id="get_subject",
)
def get_subject(request: HttpRequest, subject_id: str) -> SubjectWhole:
    """Say who an enterprise is."""
    check_query(request)
    found = visible_subject(caller_of(request).actor, subject_id)
    built = selectors.projection()
    return SubjectWhole(
        id=found.id,
        name=found.name,
        code=found.code,
        territory=Place(code=found.territory, name=place_name(found.territory)),
        identifiers=[Identifier(kind=kind, value=value) for kind, value in json.loads(found.identifiers)],
        as_of=built.as_of if built else None,
        known_at=(built.receipt["known_at"] or None) if built else None,
    )
