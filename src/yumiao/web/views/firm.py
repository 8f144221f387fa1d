"""Which firm a page of an enterprise's own is about, and whether whoever asks may have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from yumiao.district.accounts.selectors import Actor
from yumiao.district.joining.selectors import subject_names
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.selectors import subject_named
from yumiao.web.views.acting import ActingRequest, require

_CHOSEN = "firm"


@dataclass(frozen=True)
class Firm:
    """The firm that a page is about; ``is_known`` says whether the register has it yet."""

    id: str
    territory: str
    name: str
    code: str
    identifiers: str
    is_known: bool

    @property
    def addresses(self) -> Mapping[str, str]:
        """The pages of the firm, by name."""
        return {
            name: reverse(f"my-{name}", args=[self.id]) for name in ("home", "questions", "facts", "people")
        }


def require_firm(request: ActingRequest, subject: str, operation: Operation = Operation.SEE_OWN_FIRM) -> Firm:
    """Return the firm of an address and remember it as the one worked on.

    A firm that the person does not speak for is refused in the same words, whether there is one of that id or not. A
    merged id leads to the firm that it is read as.
    Raises: Refused.
    """
    found = subject_named(subject)
    firm = Firm(
        found.id if found else subject,
        found.territory if found else "",
        (found.name or found.code or subject) if found else subject,
        found.code if found else "",
        found.identifiers if found else "[]",
        found is not None,
    )
    require(can(request.actor, operation, firm))
    if request.session.get(_CHOSEN) != firm.id:
        request.session[_CHOSEN] = firm.id
    return firm


def chosen_firm(request: HttpRequest, actor: Actor) -> str:
    """Return the firm that a person of an enterprise works on: of the address, else chosen last, else the first."""
    parts = request.path.split("/")
    candidates = [parts[2] if len(parts) > 3 and parts[1] == "my" else "", request.session.get(_CHOSEN, "")]
    own = [each for each in candidates if each in actor.subjects]
    return next(iter([*own, *sorted(actor.subjects)]), "")


def firm_shell(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Return what the dark bar of an enterprise shows: the firm, its pages, whether there are others."""
    firm = chosen_firm(request, actor)
    return {
        "firm": firm,
        "firm_name": subject_names([firm]).get(firm, firm) if firm else "",
        "has_other_firms": len(actor.subjects) > 1,
    }
