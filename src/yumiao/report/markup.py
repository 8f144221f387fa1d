"""HTML put together from parts; every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

Html = str
"""Finished markup; a plain text becomes one through :func:`text`."""


def text(words: object) -> Html:
    """Escape a text."""
    return escape(str(words), quote=True)


def tag(name: str, *inside: Html, **attributes: object) -> Html:
    """Return an element; the attribute ``class_`` is written ``class``, ``aria_label`` as ``aria-label``."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def head_row(labels: Iterable[tuple[str, str]]) -> Html:
    """Return the head of a table: (label, class) of each column."""
    cells = (tag("th", text(label), scope="col", class_=look or None) for label, look in labels)
    return tag("thead", tag("tr", *cells))


def body_row(first: Html, cells: Sequence[tuple[Html, str]], look: str | None = None) -> Html:
    """Return a row whose first cell names it."""
    rest = (tag("td", cell, class_=style or None) for cell, style in cells)
    return tag("tr", tag("th", first, scope="row"), *rest, class_=look)


def table(caption: str, head: Html, rows: Iterable[Html]) -> Html:
    """Return a table with its caption, in a region that scrolls by itself when it is wide."""
    inside = tag("table", tag("caption", text(caption)), head, tag("tbody", *rows))
    return tag("div", inside, class_="scroll", tabindex="0", role="region", aria_label=caption)
