"""``GET /chains``: industrial chains with their links, whose ids the list of enterprises is filtered by."""

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
from yumiao.district.chains.kinds import Level, Position, Sureness
from yumiao.district.chains.selectors import ShownChain, ShownLink, WantedChains, chains_wanted, shown_chains
from yumiao.district.permissions import Operation, can
from yumiao.district.tokens.scopes import Scope

router = Router()


class ChainsQuery(Paging):
    """Which chains are wanted."""

    on: dt.date | None = Field(None, description="The day that in_force speaks of; today by default.")
    in_force: bool = Field(
        default=True, description="Only chains that count on that day; false: all of them."
    )
    level: Level | None = None


class ChainLink(Schema):
    """A node of a chain; `codes` are codes of GB/T 4754 or beginnings of them, empty where nobody said."""

    id: str
    name: str
    position: Position
    products: str
    codes: list[str]
    ended_on: dt.date | None


class ChainWithLinks(Schema):
    """A chain as a document names it; days that nobody states are null. `sureness` says how far it was checked."""

    id: str
    name: Words
    level: Level
    territory: str
    document: str
    source: str
    sureness: Sureness
    valid_from: dt.date | None
    valid_until: dt.date | None
    note: str
    links: list[ChainLink]


@read(
    router,
    "/chains",
    Scope.READ_SUBJECTS,
    Page[ChainWithLinks],
    summary="Industrial chains and their links",
    operation_id="list_chains",
)
def list_chains(request: HttpRequest, query: Annotated[ChainsQuery, Query()]) -> dict[str, Any]:
    """List chains that were not withdrawn; who stands in them is asked of the list of enterprises."""
    check_query(request, ChainsQuery)
    require(can(caller_of(request).actor, Operation.SEE_CHAINS))
    wanted = WantedChains(level=query.level or "", state="now" if query.in_force else "")
    found = chains_wanted(wanted, query.on or timezone.localdate())
    return page_of(
        request, query, found.count(), found, lambda rows: [_shown(each) for each in shown_chains(rows)]
    )


def _shown(chain: ShownChain) -> ChainWithLinks:
    return ChainWithLinks(
        id=chain.id,
        name=words(chain.title),
        level=chain.level,
        territory=chain.territory,
        document=chain.document,
        source=chain.source,
        sureness=chain.sureness,
        valid_from=chain.valid_from,
        valid_until=chain.valid_until,
        note=chain.note,
        links=[_shown_link(each) for each in chain.links],
    )


def _shown_link(link: ShownLink) -> ChainLink:
    return ChainLink(
        id=link.id,
        name=link.name,
        position=link.position,
        products=link.products,
        codes=list(link.codes),
        ended_on=link.ended_on,
    )
