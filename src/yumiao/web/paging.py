"""Pages of a list whose length is known."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet


class Counted(Paginator):  # type: ignore[type-arg] # generic for the type checker alone
    """Pages of rows of which somebody has counted already how many there are; no rows where those are read apart."""

    def __init__(self, rows: QuerySet[Any] | tuple[()], each: int, *, total: int) -> None:
        super().__init__(rows, each)
        self.count = total
