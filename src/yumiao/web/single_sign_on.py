"""Single sign-on as pages: allauth speaks with the provider; who may come in is decided here."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone

from yumiao.district.entering.single_sign_on import UNKNOWN, find_person, has_second_factor_elsewhere
from yumiao.model.text import Text
from yumiao.web.coming_in import come_in, enter

_FAILED = Text(
    "统一身份认证没有完成，请重试；一直不行，请用登录名和口令登录，并告诉系统管理员。",
    "The identity provider did not finish. Try again; if that does not help, sign in with login and password and tell "
    "the system administrator.",
)


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth's class has no types
    """Lets in people who have an account here; creates and connects none."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Sign in whom the claims mean, or say that nobody is meant."""
        said = sociallogin.account.extra_data
        claims = {**said.get("userinfo", {}), **said.get("id_token", {})}
        claim = settings.YUMIAO_SINGLE_SIGN_ON.claim
        person = find_person(claims=claims, claim=claim, now=timezone.now())
        if person is None:
            raise ImmediateHttpResponse(_page(request, UNKNOWN, 403))
        following = sociallogin.state.get("next") or ""
        step = enter if has_second_factor_elsewhere(claims) else come_in
        raise ImmediateHttpResponse(step(request, person, following))

    def on_authentication_error(self, request: HttpRequest, *_: Any, **__: Any) -> NoReturn:
        """Say that the provider did not finish."""
        raise ImmediateHttpResponse(_page(request, _FAILED, 502))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's shape
        """Nobody makes an account by themselves."""
        return False


def _page(request: HttpRequest, reason: Text, status: int) -> Any:
    context = {
        "next": "",
        "login": "",
        "reason": reason,
        "is_factor_off": False,
        "single_sign_on": settings.YUMIAO_SINGLE_SIGN_ON,
    }
    return render(request, "sign_in.html", context, status=status)
