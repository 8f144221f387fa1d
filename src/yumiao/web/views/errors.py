"""Pages for what did not work: what happened, and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from yumiao.model.problems import YumiaoError
from yumiao.web.kept_forms import keep_fields
from yumiao.web.templatetags.words import reader_language


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why something may not be done."""
    reason = getattr(exception, "reason", None)
    sentence = reason.words(reader_language()) if reason is not None else ""
    return _page(request, 403, gettext("没有权限"), sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Say that there is no such page."""
    return _page(request, 404, gettext("没有这一页"), gettext("网址可能写错，或者对象已不存在。"))


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something failed; without any query, as the database may be what failed."""
    return render(request, "errors/failed.html", status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Say that a form was open too long or came from elsewhere; what a firm typed is shown again, to be sent anew."""
    match = request.resolver_match
    if match is not None and match.url_name == "my-fact":
        keep_fields(request)
        return redirect(request.path)
    return _page(
        request, 403, gettext("表单已过期"), gettext("请返回上一页，刷新后再提交。填写的内容没有保存。")
    )


def told_error(request: HttpRequest, error: YumiaoError) -> HttpResponse:
    """Show an error of the domain: its sentence, its code, the problems behind it."""
    problems = [problem.text.words(reader_language()) for problem in error.problems]
    title = gettext("没有完成")
    return _page(request, 503, title, error.text.words(reader_language()), error.code, problems)


def _page(
    request: HttpRequest,
    status: int,
    title: str,
    sentence: str,
    code: str = "",
    problems: list[str] | None = None,
) -> HttpResponse:
    context = {"title": title, "sentence": sentence, "code": code or str(status), "problems": problems or []}
    return render(request, "errors/told.html", context, status=status)
