"""Industrial chains: the list of them, one with its links in columns, and the forms that keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.chain_firms.counting import CountedChain, counted_chains, filled_links
from yumiao.district.chains import services
from yumiao.district.chains.fields import CHAIN_FIELDS, LINK_FIELDS, LONGEST, read_chain, read_link
from yumiao.district.chains.kinds import Level, Position, Sureness
from yumiao.district.chains.selectors import (
    STATES,
    ShownChain,
    ShownLink,
    WantedChains,
    chain_named,
    chains_wanted,
    shown_chains,
)
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.places import place_names
from yumiao.district.registry.selectors import projection
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.told import told
from yumiao.web.views.list_query import read_page
from yumiao.web.views.listed import choice_filter, list_context, read_choice, read_text, text_filter

PAGE = 50
FIRST = 8
"""So many firms of a link stand on the page of its chain; the list has all."""


def require_chain(request: ActingRequest, chain: str) -> ShownChain:
    """Return a chain that the actor may see. Raises: Refused; Http404 where there is none."""
    require(can(request.actor, Operation.SEE_CHAINS))
    found = chain_named(chain) if chain.isalnum() else None
    if found is None:
        raise Http404
    return found


def _read_wanted(request: ActingRequest) -> WantedChains:
    query = request.GET
    state = read_choice(query, "state", [*STATES, "all"], "now")
    level = read_choice(query, "level", [each.value for each in Level])
    return WantedChains(read_text(query), level, "" if state == "all" else state)


@require_GET
@acting
def chains(request: ActingRequest) -> HttpResponseBase:
    """Show the chains of a day, what each holds, and where nobody is."""
    require(can(request.actor, Operation.SEE_CHAINS))
    wanted = _read_wanted(request)
    found = chains_wanted(wanted, timezone.localdate())
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    levels = {each.value: each.label for each in Level}
    states = STATES
    filters = (
        text_filter("q", gettext("名称、文件、环节、产品"), wanted.text),
        choice_filter("level", gettext("层级"), levels, wanted.level),
        choice_filter("state", gettext("是否现行"), states, wanted.state),
    )
    built = projection()
    may_keep = can(request.actor, Operation.KEEP_CHAINS).allowed
    context = list_context(
        request, found, filters, address=("chains",), export="chains-export", per_page=PAGE
    ) | {
        "page": page,
        "rows": counted_chains(request.actor, built, shown_chains(page.object_list)),
        "places": place_names(),
        "is_filtered": wanted != WantedChains(),
        "may_keep": may_keep,
        "may_place": can(request.actor, Operation.PLACE_SUBJECT).allowed,
        "published": services.lists_to_add() if may_keep else [],
    }
    return render(request, "chains/list.html", context)


@require_GET
@acting
def chains_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the list shows with the same query, all pages of it."""
    require(can(request.actor, Operation.SEE_CHAINS))
    found = shown_chains(chains_wanted(_read_wanted(request), timezone.localdate()))
    head = [gettext("产业链"), gettext("英文名称"), gettext("层级"), gettext("区划"), gettext("环节")]
    head += [gettext("在链企业"), gettext("缺口"), gettext("按代码建议"), gettext("文件"), gettext("出处")]
    head += [gettext("把握程度"), gettext("起"), gettext("止"), gettext("备注")]
    rows = counted_chains(request.actor, projection(), found)
    return file_of(map(_chain_row, rows), head, "chains", kind)


def _chain_row(row: CountedChain) -> list[str]:
    chain, suggested = row.chain, row.suggested
    counts = [len(chain.standing_links), row.firms, row.empty, "" if suggested is None else suggested]
    days = [each.isoformat() if each else "" for each in (chain.valid_from, chain.valid_until)]
    return [
        chain.name,
        chain.name_en,
        words(chain.level.label),
        chain.territory,
        *map(str, counts),
        chain.document,
        chain.source,
        words(chain.sureness.label),
        *days,
        chain.note,
    ]


@require_GET
@acting
def chain(request: ActingRequest, chain_id: str) -> HttpResponseBase:
    """Show one chain: its links in columns, who stands in them, and where nobody does."""
    found, built = require_chain(request, chain_id), projection()
    only_empty = request.GET.get("show") == "empty"
    columns = filled_links(request.actor, built, found)
    links = [each for column in columns.values() for each in column]
    shown = {
        position: [each for each in column if each.is_empty or not only_empty]
        for position, column in columns.items()
    }
    context = {
        "chain": found,
        "place": place_names().of(found.territory),
        "columns": [(position, shown[position]) for position in Position],
        "firms": len({firm.id for each in links for firm in each.firms}),
        "empty": sum(each.is_empty for each in links),
        "suggested": sum(each.suggested.fit for each in links if each.suggested),
        "only_empty": only_empty,
        "first": FIRST,
        "built": built,
        "counts_today": found.counts_on(timezone.localdate()),
        "over": [each for each in found.links if each.ended_on is not None],
        "may_keep": can(request.actor, Operation.KEEP_CHAINS).allowed,
    }
    return render(request, "chains/chain.html", context)


@require_GET
@acting
def chain_file(request: ActingRequest, chain_id: str, kind: str) -> HttpResponseBase:
    """Send the links of a chain with the firms in them: one row each, and one for a link with nobody."""
    found = require_chain(request, chain_id)
    columns = filled_links(request.actor, projection(), found)
    head = [gettext("位置"), gettext("环节"), gettext("产品"), gettext("行业代码"), gettext("企业")]
    head += [gettext("最高梯级"), gettext("角色或产品")]

    def rows() -> Iterator[list[str]]:
        for position, links in columns.items():
            for each in links:
                link = each.link
                begins = [words(position.label), link.name, link.products, " ".join(link.codes)]
                for firm in each.firms:
                    yield [*begins, firm.name, str(firm.rung), firm.note]
                if not each.firms:
                    yield [*begins, gettext("缺口"), "", ""]

    return file_of(rows(), head, "chain", kind)


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _typed(request: ActingRequest, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:LONGEST] for name in names}


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def chain_new(request: ActingRequest) -> HttpResponseBase:
    """Enter a chain; a refused form keeps what was typed."""
    require(can(request.actor, Operation.KEEP_CHAINS))
    if request.method != "POST":
        first = next(iter(request.actor.territories), "")
        empty = dict.fromkeys(CHAIN_FIELDS, "") | {"level": "district", "territory": first}
        return _chain_form(request, None, empty)
    typed = _typed(request, CHAIN_FIELDS)
    try:
        made = services.add_chain(read_chain(typed), by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _chain_form(request, None, typed, error)
    messages.success(request, gettext("已保存。"))
    return redirect("chain", made)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def chain_edit(request: ActingRequest, chain_id: str) -> HttpResponseBase:
    """Change what is written of a chain, withdraw it, or bring it back."""
    require(can(request.actor, Operation.KEEP_CHAINS))
    found = require_chain(request, chain_id)
    if request.method != "POST":
        return _chain_form(request, found, {name: _written(getattr(found, name)) for name in CHAIN_FIELDS})
    who: dict[str, Any] = {"by": request.actor.id, "now": timezone.now()}
    typed, act = _typed(request, CHAIN_FIELDS), request.POST.get("act", "save")
    try:
        if act == "save":
            services.change_chain(found.id, read_chain(typed), **who)
        elif act in ("withdraw", "back"):
            services.withdraw_chain(found.id, is_withdrawn=act == "withdraw", **who)
        else:
            raise Http404
    except YumiaoError as error:
        kept = typed if act == "save" else {name: _written(getattr(found, name)) for name in CHAIN_FIELDS}
        return _chain_form(request, found, kept, error)
    messages.success(request, gettext("已保存。"))
    return redirect("chain", found.id)


def _written(value: object) -> str:
    return "" if value is None else str(value)


def _chain_form(
    request: ActingRequest, found: ShownChain | None, typed: dict[str, str], error: YumiaoError | None = None
) -> HttpResponse:
    context = {
        "chain": found,
        "typed": typed,
        "levels": [(each.value, each.label) for each in Level],
        "surenesses": [(each.value, each.label) for each in Sureness],
        **told(error),
    }
    return render(request, "chains/edit.html", context, status=400 if error else 200)


@require_POST
@acting
def chains_published(request: ActingRequest) -> HttpResponseBase:
    """Add the chains of a list that comes with the program and are not there yet."""
    require(can(request.actor, Operation.KEEP_CHAINS))
    name = request.POST.get("list", "")
    count = services.add_published(name, by=request.actor.id, now=timezone.now())
    messages.success(request, gettext("已加入产业链：%(count)s") % {"count": count})
    return redirect("chains")


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def link_new(request: ActingRequest, chain_id: str) -> HttpResponseBase:
    """Enter a link of a chain."""
    require(can(request.actor, Operation.KEEP_CHAINS))
    found = require_chain(request, chain_id)
    if request.method != "POST":
        position = read_choice(request.GET, "position", [each.value for each in Position], "upstream")
        return _link_form(request, found, None, dict.fromkeys(LINK_FIELDS, "") | {"position": position})
    typed = _typed(request, LINK_FIELDS)
    try:
        services.add_link(found.id, read_link(typed), by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _link_form(request, found, None, typed, error)
    messages.success(request, gettext("已保存。"))
    return redirect("chain", found.id)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def link_edit(request: ActingRequest, chain_id: str, link: str) -> HttpResponseBase:
    """Change what is written of a link, let it end, or let it stand again."""
    require(can(request.actor, Operation.KEEP_CHAINS))
    found = require_chain(request, chain_id)
    row = next((each for each in found.links if each.id == link), None)
    if row is None:
        raise Http404
    stored = {name: _written(getattr(row, name)) for name in LINK_FIELDS} | {"codes": " ".join(row.codes)}
    if request.method != "POST":
        return _link_form(request, found, row, stored)
    who: dict[str, Any] = {"by": request.actor.id, "now": timezone.now()}
    typed, act = _typed(request, LINK_FIELDS), request.POST.get("act", "save")
    try:
        if act == "save":
            services.change_link(link, read_link(typed), **who)
        elif act in ("end", "resume"):
            services.end_link(link, is_over=act == "end", today=timezone.localdate(), **who)
        else:
            raise Http404
    except YumiaoError as error:
        return _link_form(request, found, row, typed if act == "save" else stored, error)
    messages.success(request, gettext("已保存。"))
    return redirect("chain", found.id)


def _link_form(
    request: ActingRequest,
    found: ShownChain,
    link: ShownLink | None,
    typed: dict[str, str],
    error: YumiaoError | None = None,
) -> HttpResponse:
    context = {
        "chain": found,
        "link": link,
        "typed": typed,
        "positions": [(each.value, each.label) for each in Position],
        **told(error),
    }
    return render(request, "chains/link.html", context, status=400 if error else 200)
