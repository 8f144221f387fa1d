"""The choices of the form above the list of enterprises; drawn once for each register, language and what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yumiao.district.chains.selectors import ShownChain, all_chains
from yumiao.district.indicators.conditions import ON_LADDER, STATES
from yumiao.district.registry.crossing import Crossing
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import COVERAGES, PolicyChoice, Wanted
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.web.templatetags.words import reader_language

Answer = TypeVar("Answer")


class Remember(Protocol):
    """Keeps the answer to a question."""

    def __call__(self, question: Hashable, find: Callable[[], Answer], /) -> Answer:
        """Return the answer kept, else the one found now."""


def draw_choices(
    wanted: Wanted,
    policies: Sequence[PolicyChoice],
    territories: tuple[tuple[str, Text], ...],
    remember: Remember,
    chains: int | None = None,
) -> SafeString:
    """Return the choices, those that a list was asked for chosen; what is typed and the order are not among them.

    Args:
        policies: those that the register holds outcomes of.
        territories: divisions with their names, which people may change at any time.
        remember: keeps an answer to a question as long as the register stays as it is.
        chains: how often chains were changed up to now, so that their names are read again after a change.
    """
    chosen = replace(wanted, text="", sort="")
    question = ("choices", reader_language(), chosen, territories, id(library()), chains)

    def draw() -> SafeString:
        return _draw(chosen, policies, territories, remember(("chains", chains), all_chains))

    return remember(question, draw)


def _draw(
    wanted: Wanted,
    policies: Sequence[PolicyChoice],
    territories: tuple[tuple[str, Text], ...],
    chains: Sequence[ShownChain],
) -> SafeString:
    titles = library().titles
    asked = wanted.in_chain.chain
    context = {
        "chains": chains,
        "links": next((each.links for each in chains if each.id == asked), ()),
        "wanted": wanted,
        "policies": policies,
        "outcomes": list(Outcome),
        "crossings": [(each.value, each.label) for each in Crossing],
        "coverages": COVERAGES,
        "states": STATES,
        "on_ladder": ON_LADDER,
        "titles": titles,
        "rungs": sorted({0} | {title.rung for title in titles.values() if title.rung}),
        "territories": territories,
    }
    return render_to_string("enterprises/filter_choices.html", context)
