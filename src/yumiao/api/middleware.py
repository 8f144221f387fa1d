"""What every answer below ``/api/`` goes through."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from yumiao.api.errors import status_response

ROOT = "/api/"


class JsonErrors:
    """Gives errors that no operation made (no such address, wrong method, too large) the shape of the others.

    What was read carries a mark of its content (``ETag``); a program that has the same already is sent it no more.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase | None:
        response = self.respond(request)
        if not request.path.startswith(ROOT):
            return response
        if response.status_code < 400:
            return _unless_known(request, response)
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        told = status_response(response.status_code)
        if "Allow" in response.headers:
            told.headers["Allow"] = response.headers["Allow"]
        return told


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponseBase | None:
    if request.method != "GET" or response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)
