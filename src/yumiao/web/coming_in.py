"""The steps between a right password and an open session: a second factor where one is there or needed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from yumiao.district.accounts.roles import Role
from yumiao.district.entering.open_sessions import open_session
from yumiao.district.entering.policy import SecondFactor, must_set_up
from yumiao.district.entering.second_factors import has_second_factor

BACKEND = "django.contrib.auth.backends.ModelBackend"
_KEY = "coming_in"
_LIVES = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Waiting:
    """Somebody whose password was right and who is not signed in yet.

    Attributes:
        following: where they wanted to go; may be empty.
        secret: of the second factor being set up; empty before that.
    """

    person: str
    login: str
    following: str
    secret: str


def come_in(request: HttpRequest, person: AbstractBaseUser, following: str) -> HttpResponse:
    """Sign a person in, or ask for the second step first."""
    policy: SecondFactor = settings.YUMIAO_SECOND_FACTOR
    if policy is SecondFactor.OFF:
        return enter(request, person, following)
    if has_second_factor(person.pk):
        _wait(request, person, following)
        return redirect("sign-in-code")
    if must_set_up(policy, Role(person.role)):  # type: ignore[attr-defined]  # our own class of people
        _wait(request, person, following)
        return redirect("sign-in-set-up")
    return enter(request, person, following)


def enter(request: HttpRequest, person: AbstractBaseUser, following: str) -> HttpResponse:
    """Open a session; the oldest of a person's sessions ends where there are too many."""
    start_session(request, person)
    return redirect(safe_address(request, following))


def start_session(request: HttpRequest, person: AbstractBaseUser) -> None:
    """Open a session without leading anywhere."""
    request.session.pop(_KEY, None)
    login(request, person, backend=BACKEND)  # type: ignore[arg-type]  # our own class of people
    open_session(
        person_id=person.pk,
        key=request.session.session_key or "",
        agent=request.META.get("HTTP_USER_AGENT", ""),
        most=settings.YUMIAO_SESSIONS_EACH,
        now=timezone.now(),
    )


def waiting_of(request: HttpRequest) -> Waiting | None:
    """Return who waits for the second step in this browser; None where nobody does, or for too long."""
    kept = request.session.get(_KEY)
    if not isinstance(kept, dict):
        return None
    if timezone.now().timestamp() - kept["at"] > _LIVES.total_seconds():
        request.session.pop(_KEY, None)
        return None
    return Waiting(kept["person"], kept["login"], kept["following"], kept["secret"])


def keep_secret(request: HttpRequest, secret: str) -> None:
    """Keep the secret that is being set up, until a code proves it."""
    request.session[_KEY] = {**request.session[_KEY], "secret": secret}


def waiting_person(waiting: Waiting) -> AbstractBaseUser | None:
    """Return the person who waits, if they may still sign in."""
    found: AbstractBaseUser | None = (
        get_user_model().objects.filter(pk=waiting.person, is_active=True).first()
    )
    return found


def safe_address(request: HttpRequest, following: str) -> str:
    """Return where somebody wanted to go, if that is on this site; else the first page."""
    is_ours = url_has_allowed_host_and_scheme(
        following, {request.get_host()}, require_https=request.is_secure()
    )
    return following if is_ours else "home"


def _wait(request: HttpRequest, person: AbstractBaseUser, following: str) -> None:
    request.session.cycle_key()
    request.session[_KEY] = {
        "person": person.pk,
        "login": person.get_username(),
        "following": following,
        "secret": "",
        "at": timezone.now().timestamp(),
    }
