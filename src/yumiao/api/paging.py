"""One page of a list, with the address of the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest

from yumiao.api.shapes import Paging

T = TypeVar("T")


class Sliceable(Protocol):
    """Whatever is counted and cut: a query, or a list."""

    def __getitem__(self, key: slice, /) -> Any:
        """Return a part."""


def page_of(
    request: HttpRequest,
    paging: Paging,
    total: int,
    rows: Sliceable,
    show: Callable[[Any], Sequence[T]],
) -> dict[str, Any]:
    """Return one page; a page after the last is empty.

    Args:
        show: turns the rows of the page into what is sent; not called for an empty page.
    """
    first = (paging.page - 1) * paging.size
    pages = max(1, -(-total // paging.size))
    items = show(rows[first : first + paging.size]) if first < total else []
    following = None
    if paging.page < pages:
        query = request.GET.copy()
        query["page"] = str(paging.page + 1)
        following = f"{request.path}?{query.urlencode()}"
    return {"items": items, "total": total, "page": paging.page, "pages": pages, "next": following}
