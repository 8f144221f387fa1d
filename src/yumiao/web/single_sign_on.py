"""Single sign-on as pages: allauth speaks with the provider; who may come in is decided here."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from requests import RequestException

from yumiao.district.entering.policy import SecondFactor
from yumiao.district.entering.refusals import note_refused
from yumiao.district.entering.single_sign_on import UNKNOWN, find_person, has_second_factor_elsewhere
from yumiao.model.text import Text
from yumiao.web.client_addresses import client_address
from yumiao.web.coming_in import come_in, enter
from yumiao.web.id_tokens import AnswerError

_FAILED = Text(
    "统一身份认证没有完成，请重试；一直不行，请用登录名和口令登录，并告诉系统管理员。",
    "The identity provider did not finish. Try again; if that does not help, sign in with login and password and tell "
    "the system administrator.",
)
_STATE = Text(
    "这次登录不是从这个浏览器开始的，或已超过 10 分钟，或已用过。请从登录页重新开始。",
    "This sign-in did not begin in this browser, or more than 10 minutes ago, or was used before. Begin again on the "
    "sign-in page.",
)
_CANCELLED = Text(
    "已在统一身份认证处取消登录。可以重试，或用登录名和口令登录。",
    "The sign-in was cancelled at the identity provider. Try again, or use login and password.",
)
_REFUSED = Text(
    "统一身份认证的答复未通过核验（签名、签发者、时间或对象不符），没有登录。请重试；一直不行，请告诉系统管理员。",
    "The identity provider's answer did not pass the checks (signature, issuer, time, or for whom it is), and nobody "
    "was signed in. Try again; if that does not help, tell the system administrator.",
)
_UNREACHABLE = Text(
    "联系不上统一身份认证。请稍后重试，或用登录名和口令登录，并告诉系统管理员。",
    "The identity provider cannot be reached. Try again later, or sign in with login and password and tell the system "
    "administrator.",
)


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth's class has no types
    """Lets in people who have an account here; creates and connects none."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Sign in whom the claims mean, or say that nobody is meant."""
        said = sociallogin.account.extra_data
        signed = said["id_token"]
        if not _is_answer_to(sociallogin.state, signed):
            raise ImmediateHttpResponse(_refuse(request, "nonce", _REFUSED, 403))
        claims = {**said.get("userinfo", {}), **signed}
        claim = settings.YUMIAO_SINGLE_SIGN_ON.claim
        person = find_person(claims=claims, claim=claim, now=timezone.now())
        if person is None:
            raise ImmediateHttpResponse(_page(request, UNKNOWN, 403))
        following = sociallogin.state.get("next") or ""
        step = enter if has_second_factor_elsewhere(signed) else come_in
        raise ImmediateHttpResponse(step(request, person, following))

    def on_authentication_error(
        self, request: HttpRequest, *_: Any, error: Any = None, exception: Any = None, **more: Any
    ) -> NoReturn:
        """Say why nobody came in."""
        context = more.get("extra_context") or {}
        if isinstance(exception, AnswerError):
            answer = _refuse(request, exception.why, _REFUSED, 403)
        elif isinstance(exception, RequestException):
            answer = _refuse(request, "unreachable", _UNREACHABLE, 502)
        elif "callback_view" in context and "state" not in context:
            answer = _refuse(request, "state", _STATE, 403)
        elif error == "cancelled":
            answer = _refuse(request, "cancelled", _CANCELLED, 403)
        else:
            answer = _refuse(request, "provider", _FAILED, 502)
        raise ImmediateHttpResponse(answer)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's shape
        """Nobody makes an account by themselves."""
        return False


def _is_answer_to(state: Any, signed: Any) -> bool:
    """Say whether what was signed answers the question that this browser was sent away with."""
    data = state.get("data")
    asked, answered = (data or {}).get("nonce"), signed.get("nonce")
    if not isinstance(asked, str) or not isinstance(answered, str):
        return False
    return hmac.compare_digest(asked.encode(), answered.encode())


def _refuse(request: HttpRequest, why: str, reason: Text, status: int) -> HttpResponse:
    note_refused(why=why, address=client_address(request), now=timezone.now())
    return _page(request, reason, status)


def _page(request: HttpRequest, reason: Text, status: int) -> HttpResponse:
    context = {
        "next": "",
        "login": "",
        "reason": reason,
        "is_factor_off": settings.YUMIAO_SECOND_FACTOR is SecondFactor.OFF,
        "single_sign_on": settings.YUMIAO_SINGLE_SIGN_ON,
    }
    return render(request, "sign_in.html", context, status=status)
