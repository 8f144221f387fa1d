"""Entering values and targets of indicators: forms that keep what was typed, and acts that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from yumiao.district.indicators import entering
from yumiao.district.indicators.fields import MONTHS, SENSES, ZONES
from yumiao.district.indicators.forms import Faults, read_target_form, read_value_form
from yumiao.district.indicators.places import sisters_of, territories_with_values, territory_names
from yumiao.district.indicators.selectors import indicators_of, target_place, value_place
from yumiao.district.permissions import Operation, can, can_set_indicator
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.views.acting import ActingRequest, acting, require

SENSE_WORDS = {"exact": "=", "at_least": "≥", "more_than": ">", "about": "≈"}


@require_http_methods(["GET", "POST"])
@acting
def value_add(request: ActingRequest) -> HttpResponseBase:
    """Enter a value that a source told; a refused form keeps what was typed."""
    return _enter(request, "value", _add_value)


@require_http_methods(["GET", "POST"])
@acting
def target_add(request: ActingRequest) -> HttpResponseBase:
    """Set a target with its plan; a refused form keeps what was typed."""
    return _enter(request, "target", _set_target)


Enter = Callable[[ActingRequest, Mapping[str, str]], tuple[tuple[str, str, int] | None, Faults]]


def _enter(request: ActingRequest, kind: str, enter: Enter) -> HttpResponseBase:
    require(can(request.actor, Operation.SET_INDICATORS))
    typed = request.POST.dict() if request.method == "POST" else request.GET.dict()
    faults: Faults = {}
    refusal: YumiaoError | None = None
    if request.method == "POST":
        try:
            place, faults = enter(request, request.POST)
        except YumiaoError as error:
            place, refusal = None, error
        if place is not None:
            return redirect(sheet_address(*place))
    context = {
        "kind": kind,
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "indicators": list(indicators_of(library()).values()),
        "places": _places(request, kind),
        "months": [(month, f"plan_{month}", typed.get(f"plan_{month}", "")) for month in MONTHS],
        "month_numbers": list(MONTHS),
        "senses": [(sense, SENSE_WORDS[sense]) for sense in SENSES],
        "zones": ZONES,
    }
    status = 422 if faults or refusal else 200
    return render(request, "indicators/form.html", context, status=status)


def _places(request: ActingRequest, kind: str) -> list[tuple[str, Text]]:
    codes = set(territories_with_values(request.actor))
    if kind == "value":
        codes |= {sister for code in request.actor.territories for sister in sisters_of(code)}
    names = territory_names()
    return [(code, names.option(code)) for code in sorted(codes)]


def _add_value(request: ActingRequest, form: Mapping[str, str]) -> tuple[tuple[str, str, int] | None, Faults]:
    row, faults = read_value_form(form, indicators_of(library()))
    if row is None:
        return None, faults
    require(can_set_indicator(request.actor, row.territory))
    entering.add_value(row=row, by=request.actor.id, now=timezone.now())
    return (row.indicator, row.territory, row.year), {}


def _set_target(
    request: ActingRequest, form: Mapping[str, str]
) -> tuple[tuple[str, str, int] | None, Faults]:
    row, faults = read_target_form(form, indicators_of(library()))
    if row is None:
        return None, faults
    require(can_set_indicator(request.actor, row.territory, is_target=True))
    entering.set_target(row=row, by=request.actor.id, now=timezone.now())
    return (row.indicator, row.territory, row.year), {}


@require_POST
@acting
def value_act(request: ActingRequest, value: int) -> HttpResponseBase:
    """Withdraw, restore or choose a value, or take a choice back."""
    place = value_place(value)
    if place is None:
        raise Http404
    require(can_set_indicator(request.actor, place[1]))
    arguments: dict[str, Any] = {"value": value, "by": request.actor.id, "now": timezone.now()}
    act = request.POST.get("act", "")
    if act == "choose":
        entering.choose_value(why=request.POST.get("why", ""), **arguments)
    elif act in _VALUE_ACTS:
        _VALUE_ACTS[act](**arguments)
    return redirect(sheet_address(*place))


_VALUE_ACTS: Mapping[str, Callable[..., None]] = {
    "withdraw": entering.withdraw_value,
    "restore": entering.restore_value,
    "take_back": entering.take_back_choice,
}


@require_POST
@acting
def target_act(request: ActingRequest, target: int) -> HttpResponseBase:
    """Withdraw or restore a target."""
    place = target_place(target)
    if place is None:
        raise Http404
    require(can_set_indicator(request.actor, place[1], is_target=True))
    act = entering.restore_target if request.POST.get("act") == "restore" else entering.withdraw_target
    act(target=target, by=request.actor.id, now=timezone.now())
    return redirect(sheet_address(*place))


def sheet_address(indicator: str, territory: str, year: int) -> str:
    """Return the address of the page of an indicator of a division and year."""
    return f"{reverse('indicator', args=[indicator])}?{urlencode({'territory': territory, 'year': year})}"
