"""``GET /subjects``: the enterprises that the caller may see, as the list page finds them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from yumiao.api.acting import NO_REGISTER, caller_of
from yumiao.api.errors import invalid, require
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Place, SubjectInShort, VerdictInShort, words
from yumiao.district.chains.conditions import ANY, NONE, InChain
from yumiao.district.chains.selectors import chain_named
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.tokens.scopes import Scope
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.near_names import with_nearest

router = Router()


class SubjectsQuery(Paging):
    """What the list is asked for; filters are combined by "and"."""

    q: str = Field(
        "",
        max_length=100,
        pattern=r"^[^\x00-\x1f]*$",
        description="Part of a name, former name, pinyin, initials or code.",
    )
    territory: str = Field(
        "", pattern=r"^(\d{2,12})?$", description="Division code, its subdivisions included."
    )
    policy: str = Field("", max_length=100, description="Family that outcome and distance speak of.")
    outcome: Outcome | None = Field(None, description="Needs policy.")
    near_miss: bool = False
    contested: bool = False
    chain: str = Field(
        "",
        pattern=r"^(any|none|[0-9a-f]{32})?$",
        description=(
            "Id of an industrial chain: those that somebody placed in it; any: in one that counts today; "
            "none: those whom nobody placed in one, which does not say that they belong to none."
        ),
    )
    link: str = Field("", pattern=r"^([0-9a-f]{32})?$", description="Id of a link of the chain; needs chain.")
    sort: Literal["name", "code", "distance"] = Field("name", description="distance needs policy.")


@read(
    router,
    "/subjects",
    Scope.READ_SUBJECTS,
    Page[SubjectInShort],
    summary="Enterprises that the caller may see",
    operation_id="list_subjects",
)
def list_subjects(request: HttpRequest, query: Annotated[SubjectsQuery, Query()]) -> dict[str, Any]:
    """List enterprises; filters by verdict need the scope read:verdicts."""
    check_query(request, SubjectsQuery)
    caller = caller_of(request)
    require(can(caller.actor, Operation.LIST_SUBJECTS))
    shows_verdicts = caller.may(Scope.READ_VERDICTS)
    if query.policy or query.outcome or query.near_miss or query.contested or query.sort == "distance":
        require(shows_verdicts, "token.scope")
    if selectors.projection() is None:
        raise NO_REGISTER
    subjects = selectors.subjects_wanted(caller.actor, _wanted(query))
    return page_of(
        request,
        query,
        subjects.count(),
        subjects,
        lambda rows: [
            _shown(row, with_verdicts=shows_verdicts.allowed)
            for row in selectors.with_verdicts(rows, query.policy)
        ],
    )


def _wanted(query: SubjectsQuery) -> selectors.Wanted:
    families = sorted(choice.family for choice in selectors.policy_choices())
    problems = []
    if query.policy and query.policy not in families:
        text = with_nearest(
            f"没有名为 {query.policy} 的政策", f"no policy is called {query.policy}", query.policy, families
        )
        expected = Text("、".join(families), ", ".join(families))
        problems.append(Problem("policy.unknown", text, path="policy", expected=expected))
    if not query.policy and (query.outcome or query.sort == "distance"):
        name = "outcome" if query.outcome else "sort"
        text = Text(f"{name} 须与 policy 同时给出。", f"{name} needs policy.")
        problems.append(Problem("request.needs_policy", text, path=name))
    problems += _chain_problems(query)
    if problems:
        raise invalid(*problems)
    return selectors.Wanted(
        text=query.q.strip(),
        territory=query.territory,
        policy=query.policy,
        outcome=query.outcome,
        near_miss=query.near_miss,
        contested=query.contested,
        sort=query.sort,
        in_chain=_in_chain(query),
    )


def _in_chain(query: SubjectsQuery) -> InChain:
    if query.chain in (ANY, NONE):
        return InChain(query.chain, on=timezone.localdate())
    return InChain(query.chain, query.link)


def _chain_problems(query: SubjectsQuery) -> list[Problem]:
    """Return what is wrong with the chain or the link asked for."""
    if query.chain in ("", ANY, NONE):
        text = Text("link 须与它所属的 chain 同时给出。", "link needs the chain that it belongs to.")
        return [Problem("request.needs_chain", text, path="link")] if query.link else []
    chain = chain_named(query.chain)
    if chain is None or chain.is_withdrawn:
        text = Text(f"没有产业链 {query.chain}。", f"There is no chain {query.chain}.")
        return [Problem("chain.unknown", text, path="chain")]
    if query.link and query.link not in {each.id for each in chain.links}:
        text = Text(f"这条产业链没有环节 {query.link}。", f"The chain has no link {query.link}.")
        return [Problem("chain.unknown", text, path="link")]
    return []


def _shown(row: selectors.ListedSubject, *, with_verdicts: bool) -> SubjectInShort:
    verdicts = [
        VerdictInShort(
            policy=each.family,
            title=words(each.title),
            outcome=each.outcome,
            near_miss=each.near_miss,
            contested=each.contested,
            gap=words(each.gap) if each.gap.zh or each.gap.en else None,
        )
        for each in row.verdicts
    ]
    return SubjectInShort(
        id=row.id,
        name=row.name,
        code=row.code,
        territory=Place(code=row.territory, name=row.place),
        verdicts=verdicts if with_verdicts else None,
    )
