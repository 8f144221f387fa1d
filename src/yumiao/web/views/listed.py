"""Lists on pages: their filters, their order, their pages, and the files that say the same; one way for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.list_query import MOST_TEXT, read_page

SORT = "sort"
MOST_WIDTH = 15
"""So many half characters are read whole in a choice on a phone, where two filters stand side by side."""


@dataclass(frozen=True)
class Option:
    """One choice of a filter; ``is_received`` where the label is a word of received data, Chinese on every page."""

    value: str
    label: str
    is_received: bool = False


@dataclass(frozen=True)
class Filter:
    """One field of the form above a list.

    Attributes:
        kind: ``text``, ``choice`` or ``tick``.
        value: what is asked for; empty: all.
        anything: the label of asking for all; empty of an order, where one always holds.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    options: tuple[Option, ...] = ()
    anything: str = ""

    @property
    def is_long(self) -> bool:
        """Whether a choice has words that are cut off in the room that filters have side by side."""
        return any(_width_of(each.label) > MOST_WIDTH for each in self.options)


def _width_of(text: str) -> int:
    """Return about how wide a text is, in half characters: a Chinese one is twice as wide as a Latin one."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def text_filter(name: str, label: str, value: str) -> Filter:
    """Return a field to type in."""
    return Filter(name, label, "text", value)


def tick_filter(name: str, label: str, *, is_on: bool) -> Filter:
    """Return a box to tick."""
    return Filter(name, label, "tick", "1" if is_on else "")


def choice_filter(
    name: str, label: str, options: Mapping[str, Text] | Iterable[tuple[str, Text]], value: str
) -> Filter:
    """Return a choice among words of the platform."""
    pairs = options.items() if isinstance(options, Mapping) else options
    offered = tuple(Option(each, words(text)) for each, text in pairs)
    return Filter(name, label, "choice", value, offered, gettext("全部"))


def received_filter(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    value: str,
    own: Mapping[str, str] | None = None,
) -> Filter:
    """Return a choice among words of received data: names of files, people, columns.

    Args:
        own: words of the platform's own, by the option that they stand for.
    """
    named = own or {}
    offered = tuple(
        Option(each, named.get(each, text), is_received=each not in named) for each, text in options
    )
    return Filter(name, label, "choice", value, offered, gettext("全部"))


def sort_filter(options: Mapping[str, Text], value: str) -> Filter:
    """Return the choice of an order."""
    offered = tuple(Option(each, words(text)) for each, text in options.items())
    return Filter(SORT, gettext("排序"), "choice", value, offered)


def read_text(query: Mapping[str, str], name: str = "q") -> str:
    """Read what was typed, without what no text holds."""
    return query.get(name, "").replace("\x00", "").strip()[:MOST_TEXT]


def read_choice(query: Mapping[str, str], name: str, allowed: Iterable[str], default: str = "") -> str:
    """Read a choice; what is not offered is left out, as addresses are typed and kept for years."""
    text = query.get(name, default)
    return text if text in set(allowed) else default


def list_context(
    request: HttpRequest,
    found: Any,
    filters: Sequence[Filter],
    *,
    address: tuple[str, ...],
    export: str,
    per_page: int,
) -> dict[str, Any]:
    """Return what the parts of a list need: its page, its filters, and where its files are.

    Args:
        found: a query set or a sequence, all rows asked for.
        address: name of the list's page and what its address needs.
        export: name of the address of its files, which needs the same and the kind of file.
    """
    name, *needed = address
    labels = {"xlsx": gettext("导出 Excel"), "csv": gettext("导出 CSV")}
    return {
        "page": Paginator(found, per_page).get_page(read_page(request.GET)),
        "filters": tuple(filters),
        "is_filtered": any(each.value for each in filters if each.name != SORT),
        "clear_address": reverse(name, args=needed),
        "exports": [(label, reverse(export, args=[*needed, kind])) for kind, label in labels.items()],
    }


def with_anchors(
    rows: Iterable[Any], anchor: Callable[[Any], str], end: str = "result"
) -> list[tuple[Any, str, str]]:
    """Return rows, each with its id on the page and that of what gets the focus when it is decided.

    Args:
        end: the id for the last row.
    """
    listed = list(rows)
    anchors = [*(anchor(row) for row in listed), end]
    return list(zip(listed, anchors, anchors[1:], strict=False))
