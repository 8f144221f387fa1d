"""What the kinds of divisions are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from yumiao.model.text import Text

KIND_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "province": Text("省", "Province"),
        "city": Text("市", "City"),
        "district": Text("区", "District"),
        "county": Text("县", "County"),
        "street": Text("街道", "Subdistrict"),
        "town": Text("镇", "Town"),
        "township": Text("乡", "Township"),
        "unit": Text("园区等单独列出的单位", "Park or other unit listed apart"),
        "community": Text("社区", "Community"),
        "village": Text("村", "Village"),
    }
)
"""The kinds that have words, from the largest to the smallest; a file may bring others."""


def kind_label(kind: str) -> Text:
    """Return what a kind is called; a kind without words is called by its token."""
    return KIND_LABELS.get(kind, Text(kind, kind))


def kinds_offered(kind: str) -> Mapping[str, Text]:
    """Return the kinds to choose from; ``kind`` among them where it is one that a file brought, empty for none."""
    return {**KIND_LABELS, kind: kind_label(kind)} if kind else KIND_LABELS
