"""Parts of pages that follow from a few values alone: drawn once for the same values in the same language."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 200
"""So many drawn parts are kept; of more, those not asked for longest go."""


def drawn_once(template: str, **values: Hashable) -> SafeString:
    """Return a part of a page, drawn now or before.

    Args:
        template: it asks for nothing but the values: no request, no token, no moment.
        values: what it is drawn from; equal ones look alike.
    """
    return _drawn(template, get_language(), tuple(values.items()))


@lru_cache(maxsize=MOST)
def _drawn(template: str, _language: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(template, dict(values))
