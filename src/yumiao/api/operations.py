"""How operations are declared: what each needs, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from yumiao.api.acting import BearerToken
from yumiao.api.errors import invalid
from yumiao.api.shapes import Error
from yumiao.district.tokens.scopes import Scope
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.near_names import with_nearest

Declare = Callable[[Callable[..., Any]], Callable[..., Any]]
ERRORS = frozenset({400, 401, 403, 404, 413, 422, 429, 503})


NONE: frozenset[int] = frozenset()


def read(
    router: Router, path: str, scope: Scope, shape: Any, *, also: frozenset[int] = NONE, **told: Any
) -> Declare:
    """Declare an operation that reads; `also` are statuses of errors that others do not answer."""
    return router.get(
        path, auth=BearerToken(scope), response={200: shape, ERRORS | also: Error}, **_told(scope, told)
    )


def act(
    router: Router, path: str, scope: Scope, shape: Any, *, also: frozenset[int] = NONE, **told: Any
) -> Declare:
    """Declare an operation that is sent something; `also` as in `read`."""
    return router.post(
        path, auth=BearerToken(scope), response={200: shape, ERRORS | also: Error}, **_told(scope, told)
    )


def _told(scope: Scope, told: dict[str, Any]) -> dict[str, Any]:
    summary = told.pop("summary")
    return {"summary": summary, "openapi_extra": {"x-scope": scope.value}, **told}


def check_query(request: HttpRequest, *shapes: type[Schema]) -> None:
    """Refuse parameters that nobody asked for: a misspelt filter would list too much. Raises: ApiError (422)."""
    known = [field.alias or name for shape in shapes for name, field in shape.model_fields.items()]
    _refuse("parameter", ("参数", "parameter"), [name for name in request.GET if name not in known], known)


def check_form(request: HttpRequest, fields: type[Schema], files: str) -> None:
    """Refuse fields of a form that nobody asked for. Raises: ApiError (422).

    Args:
        files: name of the field that holds files.
    """
    wrong = [name for name in request.POST if name not in fields.model_fields]
    wrong += [name for name in request.FILES if name != files]
    _refuse("field", ("字段", "field"), wrong, [files, *fields.model_fields])


def _refuse(kind: str, words: tuple[str, str], wrong: Sequence[str], known: Sequence[str]) -> None:
    problems = [
        Problem(
            f"request.unknown_{kind}",
            with_nearest(f"没有{words[0]} {name}", f"there is no {words[1]} {name}", name, known),
            path=name,
            expected=Text("、".join(known), ", ".join(known)),
        )
        for name in wrong
    ]
    if problems:
        raise invalid(*problems)
