"""Where a name says its bearer is: at its start, in brackets, or within it."""

from __future__ import annotations

import re

from yumiao.identity.divisions import RegionRelation, compare_regions, is_region, match_region
from yumiao.identity.names.draft import Draft
from yumiao.identity.names.industries import SHORTEST_TRADE_NAME, is_industry, split_trade_name
from yumiao.identity.names.parts import PartKind

_PLACE = re.compile(
    "^(?:[\u4e00-\u9fff]{0,4}?(?:经济技术开发区|高新技术产业开发区|高新技术开发区|高新产业开发区|经济开发区|高新开发区"
    "|高新区|经开区|工业园区|科技园区|产业园区|开发区|保税区|自贸试验区|自贸区|工业区)|[\u4e00-\u9fff]{2,3}(?:街道|镇|乡))"
)


def take_regions(draft: Draft, pending: list[tuple[int, int]]) -> list[str]:
    """Find the region at the start, in brackets, or else within the name; return what brackets are left."""
    _take_region_at_start(draft)
    qualifiers = [text for start, end in pending if (text := _take_region_in_brackets(draft, start, end))]
    if draft.region is None:
        _take_region_within(draft)
    return qualifiers


def _take_region_at_start(draft: Draft) -> None:
    words = draft.words()
    region = match_region(words)
    if region is None:
        return
    length = len(region.text)
    place = _PLACE.match(words[length:])
    if place and len(words) - length - place.end() >= SHORTEST_TRADE_NAME:
        draft.place = place.group()
    elif len(words) - length < SHORTEST_TRADE_NAME:
        draft.doubt(
            f"“{region.text}”是地名还是字号？按字号读",
            f"is “{region.text}” a place or the trade name? it is read as the trade name",
        )
        return
    draft.region = region
    draft.take_start(length, PartKind.REGION)
    draft.take_start(len(draft.place), PartKind.PLACE)
    if not region.is_sure:
        draft.doubt(
            f"“{region.text}”按地名读，也可能是字号",
            f"“{region.text}” is read as a place; it might be the trade name",
        )
    if len(region.codes) > 1:
        draft.doubt(f"“{region.text}”不止一处", f"“{region.text}” is the name of several places")


def _take_region_in_brackets(draft: Draft, start: int, end: int) -> str:
    """Read a pair of brackets as a region; return its text where it is none, or contradicts the start."""
    inside = draft.text[start + 1 : end]
    found = is_region(inside)
    if found is None:
        draft.mark(list(range(start + 1, end)), PartKind.QUALIFIER)
        return inside
    draft.mark(list(range(start + 1, end)), PartKind.REGION)
    if draft.region is None:
        draft.region = found
        return ""
    relation = compare_regions(draft.region.codes, found.codes)
    if relation is RegionRelation.APART:
        draft.doubt(
            f"名称含两个地名，“{inside}”按附注读", f"two places are named; “{inside}” is kept as a qualifier"
        )
        return inside
    if relation is RegionRelation.WITHIN and len(found.codes[0]) > len(draft.region.codes[0]):
        draft.region = found
    return ""


def _take_region_within(draft: Draft) -> None:
    """Find a region after the trade name: brackets that got lost (伟业常州机械, 伟业精密机械昆山)."""
    words = draft.words()
    for start in range(SHORTEST_TRADE_NAME, len(words) - 1):
        found = match_region(words[start:])
        if found is None:
            continue
        end = start + len(found.text)
        is_wide = len(found.codes[0]) <= 4
        if (
            (end == len(words) or is_wide)
            and is_industry(words[end:])
            and (is_wide or _ends_in_industry(words[:start]))
        ):
            draft.region = found
            draft.breaks.append(draft.outer[start])
            draft.mark(draft.outer[start:end], PartKind.REGION)
            del draft.outer[start:end]
            draft.doubt(
                f"“{found.text}”在名称中间，按地名读", f"“{found.text}” within the name is read as a place"
            )
            return


def _ends_in_industry(words: str) -> bool:
    return split_trade_name(words) < len(words)
