"""The facts of a subject that a reader may reckon with: all of them, or those that its own people may see."""

from __future__ import annotations

from yumiao.district.registry.judged import Judged, Known
from yumiao.district.registry.packs import library
from yumiao.district.registry.withholding import known_to_itself
from yumiao.packs.library import Library


def hidden_sources(packs: Library) -> frozenset[str]:
    """Return the sources whose facts are not shown to subjects."""
    return frozenset(name for name, each in packs.reported.sources.items() if not each.shown_to_subject)


def known_shown(judged: Judged, subject: str, *, for_itself: bool) -> Known | None:
    """Return what is known of a subject, as far as the reader may see it; None where nothing is known.

    Args:
        for_itself: whether the subject's own people read it: what they may not see is left out of the reckoning too,
            as trying values would otherwise tell it.
    """
    known = judged.known_of(subject)
    if known is None or not for_itself:
        return known
    return known_to_itself(judged, known, library())
