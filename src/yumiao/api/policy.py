"""``GET /policies/{id}``: one version with its clauses, switches, classes, and the facts that it reads."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.acting import caller_of
from yumiao.api.errors import ApiError, require
from yumiao.api.operations import check_query, read
from yumiao.api.policies import PolicyInShort, policy_in_short
from yumiao.api.shapes import Words, words
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope
from yumiao.model.outcomes import Confidence
from yumiao.model.periods import period_label
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs.library import Policy
from yumiao.rules.graph import Leaf
from yumiao.rules.lowering import lower

router = Router()


class PolicyQuery(Schema):
    """For which application date: it chooses the version of a family, and the years of the facts."""

    as_of: dt.date | None = Field(None, description="Application date; today by default.")


class Clause(Schema):
    """One condition with the clause that it stands in, and how sure the pack's author is of it."""

    id: str
    text: Words
    cite: str
    confidence: Confidence


class Choice(Schema):
    """A reading of a switch, or a class, or a route."""

    id: str
    label: Words


class SwitchShown(Schema):
    """A place where the text is silent: the readings, and which is taken unless another is asked for."""

    id: str
    text: Words
    readings: list[Choice]
    default: str


class FactWanted(Schema):
    """A fact that the version reads, as `POST /judge` takes it; a category lists its `values`."""

    metric: str
    period: str
    name: Words
    definition: Words
    kind: Kind
    unit: str | None
    values: list[Choice]


class PolicyWhole(PolicyInShort):
    """One version of a policy for programs."""

    conditions: list[Clause]
    switches: list[SwitchShown]
    classes: list[Choice]
    routes: list[Choice]
    facts: list[FactWanted]


@read(
    router,
    "/policies/{policy}",
    Scope.READ_POLICIES,
    PolicyWhole,
    summary="One version of a policy",
    operation_id="get_policy",
)
def get_policy(request: HttpRequest, policy: str, query: Annotated[PolicyQuery, Query()]) -> PolicyWhole:
    """Give the version of a family in force on a day, or the version named (`hnte@...`)."""
    check_query(request, PolicyQuery)
    require(can(caller_of(request).actor, Operation.SEE_POLICIES))
    on = query.as_of or timezone.localdate()
    try:
        found = library().select(policy, on)
    except YumiaoError as error:
        raise ApiError(404, error.code, error.text) from error
    return _whole(found, on)


def _whole(policy: Policy, on: dt.date) -> PolicyWhole:
    body, graph = policy.body, lower(library(), policy, on)
    return PolicyWhole(
        **policy_in_short(policy, on).model_dump(),
        conditions=[
            Clause(id=name, text=words(each.text), cite=each.cite, confidence=body.citation(each).confidence)
            for name, each in body.conditions.items()
        ],
        switches=[
            SwitchShown(
                id=name,
                text=words(Text(each.zh, each.en)),
                readings=[
                    Choice(id=reading, label=words(Text(label) if isinstance(label, str) else label.text))
                    for reading, label in each.readings.items()
                ],
                default=each.default,
            )
            for name, each in body.switches.items()
        ],
        classes=[Choice(id=name, label=words(label)) for name, label in body.class_labels().items()],
        routes=[Choice(id=name, label=words(Text(each.zh, each.en))) for name, each in body.routes.items()],
        facts=[_wanted(leaf) for leaf in graph.leaves.values()],
    )


def _wanted(leaf: Leaf) -> FactWanted:
    metric = leaf.metric
    return FactWanted(
        metric=metric.id,
        period=period_label(metric.period, leaf.year),
        name=words(metric.label),
        definition=words(metric.definition),
        kind=metric.kind,
        unit=metric.unit.code if metric.unit else None,
        values=[Choice(id=code, label=words(label)) for code, label in metric.values],
    )
