"""Who wants to know when a proposal is decided; the application's ``ready`` says so, as jobs declare their kinds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Told = Callable[[str, dt.datetime], None]
"""Called in the transaction of the decision, with the id of the proposal and the moment."""

_WANT: list[Told] = []


def on_change(told: Told) -> Told:
    """Have a function called whenever the state of a proposal changes; once, however often it is declared."""
    if told not in _WANT:
        _WANT.append(told)
    return told


def tell_change(proposal: str, now: dt.datetime) -> None:
    """Tell everybody who wants to know."""
    for told in _WANT:
        told(proposal, now)
