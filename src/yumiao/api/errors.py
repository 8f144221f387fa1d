"""Errors of the interface, all in one shape: ``{code, text: {zh, en}, problems: []}``."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yumiao.api.wrong_input import problems_of
from yumiao.district.permissions import Decision
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

_LOG = logging.getLogger("yumiao.api")

NO_TOKEN = Text(
    "请求没有令牌。请在请求头中写 Authorization: Bearer <令牌>。",
    "The request has no token. Send the header Authorization: Bearer <token>.",
)
FAILED = Text("服务器出错，已记录。请稍后再试。", "The server failed; it is noted. Try again later.")
INVALID = Text("请求中有不合要求的内容，请按下列各项修改。", "The request is not as expected; correct this:")
NO_FORM = Text(
    "请求无法读取：应为 multipart/form-data。", "The request cannot be read; expected multipart/form-data."
)
WORDS = {
    400: (
        "request.unreadable",
        Text("请求无法读取：应为 JSON。", "The request cannot be read; expected JSON."),
    ),
    403: ("request.refused", Text("没有权限。", "This is not allowed.")),
    404: ("request.not_found", Text("没有这个地址。", "There is nothing at this address.")),
    405: ("request.method", Text("这个地址不支持该方法。", "This address does not take that method.")),
    413: ("request.too_large", Text("请求太大。", "The request is too large.")),
}


class ApiError(Exception):
    """An error that ends a request with a status and words."""

    def __init__(
        self,
        status: int,
        code: str,
        text: Text,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(text))
        self.status = status
        self.code = code
        self.text = text
        self.problems = tuple(problems)
        self.headers = dict(headers or {})


def require(decision: Decision, code: str = "permission.refused") -> None:
    """Go on where something is allowed. Raises: ApiError (403) with the reason where it is not."""
    if not decision.allowed:
        raise ApiError(403, code, decision.reason)


def invalid(*problems: Problem) -> ApiError:
    """Return the error for input that can be read but not used."""
    return ApiError(422, "request.invalid", INVALID, problems)


def error_body(code: str, text: Text, problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """Return the one shape of errors."""
    return {
        "code": code,
        "text": _words(text),
        "problems": [
            {
                "code": each.code,
                "path": each.path,
                "text": _words(each.text),
                "found": each.found,
                "expected": _words(each.expected),
            }
            for each in problems
        ],
    }


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.words("zh"), "en": text.words("en")}


def error_response(
    status: int,
    code: str,
    text: Text,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return an error as a response."""
    return JsonResponse(
        error_body(code, text, problems),
        status=status,
        headers=dict(headers or {}),
        json_dumps_params={"ensure_ascii": False},
    )


def status_response(status: int) -> JsonResponse:
    """Return the error of a status that carries no words of its own."""
    code, text = WORDS.get(status, ("request.failed", FAILED) if status >= 500 else WORDS[400])
    return error_response(status, code, text)


def add_handlers(api: NinjaAPI) -> None:
    """Let every error that can leave an operation take the one shape."""

    @api.exception_handler(ApiError)
    def told(_request: HttpRequest, error: ApiError) -> HttpResponse:
        return error_response(error.status, error.code, error.text, error.problems, error.headers)

    @api.exception_handler(AuthenticationError)
    def no_token(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return error_response(401, "token.missing", NO_TOKEN, headers={"WWW-Authenticate": "Bearer"})

    @api.exception_handler(ValidationError)
    def wrong_input(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return error_response(422, "request.invalid", INVALID, problems_of(error.errors))

    @api.exception_handler(YumiaoError)
    def domain(_request: HttpRequest, error: YumiaoError) -> HttpResponse:
        return error_response(503, error.code, error.text, error.problems)

    @api.exception_handler(HttpError)
    def http(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return status_response(error.status_code)

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return status_response(404)

    @api.exception_handler(SuspiciousOperation)
    def refused(_request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        return status_response(413 if isinstance(error, RequestDataTooBig) else 400)

    @api.exception_handler(MultiPartParserError)
    def no_form(_request: HttpRequest, _error: MultiPartParserError) -> HttpResponse:
        return error_response(400, "request.unreadable", NO_FORM)

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, error: Exception) -> HttpResponse:
        _LOG.error("%s %s failed", request.method, request.path, exc_info=error)
        return status_response(500)
