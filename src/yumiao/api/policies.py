"""``GET /policies``: every version of every policy, and which is in force on a day."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.acting import caller_of
from yumiao.api.errors import require
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Words, words
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope
from yumiao.packs.library import Policy
from yumiao.packs.policies import ApplicationKind

router = Router()


class PoliciesQuery(Paging):
    """Which versions are wanted."""

    as_of: dt.date | None = Field(None, description="The day that in_force speaks of; today by default.")
    in_force: bool = Field(default=False, description="Only versions in force on that day.")
    family: str = Field("", max_length=100)


class Span(Schema):
    """Application dates that a version judges, both included; `until` null is open."""

    to: list[ApplicationKind]
    since: dt.date
    until: dt.date | None


class Document(Schema):
    """An official text that a version comes from."""

    number: str
    title: Words
    issued: dt.date | None


class PolicyInShort(Schema):
    """One version of a policy; `hash` is what receipts of verdicts name as `pack`."""

    id: str
    family: str
    version: str
    title: Words
    territory: str
    pack: str
    hash: str
    in_force: bool
    applies: list[Span]
    documents: list[Document]


@read(
    router,
    "/policies",
    Scope.READ_POLICIES,
    Page[PolicyInShort],
    summary="Policies and their versions",
    operation_id="list_policies",
)
def list_policies(request: HttpRequest, query: Annotated[PoliciesQuery, Query()]) -> dict[str, Any]:
    """List versions by family, the latest first."""
    check_query(request, PoliciesQuery)
    require(can(caller_of(request).actor, Operation.SEE_POLICIES))
    on = query.as_of or timezone.localdate()
    found = [policy for policy in library().policies if query.family in ("", policy.family)]
    if query.in_force:
        found = [policy for policy in found if policy.in_force(on)]
    found.sort(key=lambda policy: (policy.family, -_since(policy).toordinal(), policy.version))
    return page_of(
        request, query, len(found), found, lambda page: [policy_in_short(each, on) for each in page]
    )


def _since(policy: Policy) -> dt.date:
    return max(span.from_ for span in policy.body.applies)


def policy_in_short(policy: Policy, on: dt.date) -> PolicyInShort:
    """Return what lists say of a version, in force or not on a day."""
    return PolicyInShort(
        id=policy.id,
        family=policy.family,
        version=policy.version,
        title=words(policy.title),
        territory=policy.territory,
        pack=policy.pack,
        hash=policy.hash,
        in_force=policy.in_force(on),
        applies=[Span(to=list(each.to), since=each.from_, until=each.until) for each in policy.body.applies],
        documents=[
            Document(
                number=each.number,
                title=Words(zh=each.zh or each.en, en=each.en or each.zh),
                issued=each.issued,
            )
            for each in policy.body.documents
        ],
    )
