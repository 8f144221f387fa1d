"""The interface as one object, and the OpenAPI document that describes it."""

from __future__ import annotations

import copy
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from yumiao.api import (
    batches,
    chains,
    evidence,
    facts,
    identity,
    import_columns,
    import_findings,
    imports,
    indicators,
    jobs,
    judge,
    plans,
    policies,
    policy,
    proposals,
    questions,
    subject,
    subjects,
    verdicts,
)
from yumiao.api.errors import add_handlers
from yumiao.api.examples import add_examples
from yumiao.api.shapes import ANSWER_MARK
from yumiao.rules.answers import SHAPE, answer_schema

PARTS = (
    *(
        subjects,
        subject,
        chains,
        facts,
        verdicts,
        questions,
        plans,
        policies,
        policy,
        judge,
        indicators,
        jobs,
    ),
    *(imports, import_columns, import_findings, batches, proposals, evidence, identity),
)
DESCRIPTION = (
    "Enterprises, industrial chains, facts with their sources, verdicts clause by clause, questions, plans, policies, "
    "indicators with their targets, imports, what firms proposed, who is who, jobs; and judging of given facts. "
    "Every request carries a token, `Authorization: Bearer <token>`, which acts as a person within its scopes "
    "(`x-scope` of an operation). Every error has one shape. Exact numbers are strings."
)


class Interface(NinjaAPI):
    """The interface; its document holds the schema of an answer as answers are checked by it."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI 3.1 document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schemas = document["components"]["schemas"]
        _refer_to_answers(document)
        answer = copy.deepcopy(dict(answer_schema()))
        parts = answer.pop("$defs")
        for key in ("$schema", "$id"):
            answer.pop(key)
        for name, part in {"": answer, **parts}.items():
            _refer_to_parts(part)
            schemas[_name(name)] = part
        add_examples(document)
        return document


def _name(part: str) -> str:
    return f"Answer_{part}" if part else "Answer"


def _refer_to_answers(node: Any) -> None:
    """Put a reference wherever a shape only says that an answer, or a part of one, stands there."""
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(child, dict) and child.get(ANSWER_MARK):
            part = child[ANSWER_MARK]
            child.clear()
            child["$ref"] = f"#/components/schemas/{part}"
        else:
            _refer_to_answers(child)


def _refer_to_parts(node: Any) -> None:
    """Let references inside the answer's schema lead to the document's own components."""
    if isinstance(node, list):
        for child in node:
            _refer_to_parts(child)
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        if key == "$ref" and isinstance(child, str):
            node[key] = f"#/components/schemas/{_name(child.removeprefix('#/$defs/'))}"
        else:
            _refer_to_parts(child)


def make_interface() -> NinjaAPI:
    """Return the interface with all its operations."""
    api = Interface(
        title="Yumiao 育苗",
        version=f"1 (answers: shape {SHAPE})",
        description=DESCRIPTION,
        docs_url=None,
        urls_namespace="api-v1",
    )
    add_handlers(api)
    for part in PARTS:
        api.add_router("", part.router)
    return api
