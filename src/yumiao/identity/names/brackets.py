"""What stands in brackets: a remark, a form, a branch; a region is looked for later."""

from __future__ import annotations

import re

from yumiao.identity.names.draft import Draft
from yumiao.identity.names.forms import GROUP_WORDS, find_branch_word, form_in_brackets
from yumiao.identity.names.parts import PartKind

_FORMER = re.compile(r"^(?:原名称?|曾用名|旧名|前身|更名前|原)(?:为|是)?[:,]?(.{4,})$")
_REMARK = re.compile(
    r"^(?:.*(?:注销|吊销|停业|迁出|迁入|破产|清算|更名|变更|筹建|筹备|筹|拟设立|简称|在建|新设|总部|本部|主体|母公司)"
    r"|外商独资|中外合资|台港澳.*|外商投资.*|自然人.*独资|法人独资|国有独资|国有控股|.*上市.*|暂定名?|备注.*)$"
)


def read_brackets(draft: Draft) -> list[tuple[int, int]]:
    """Mark the brackets and note what stands outside; return the outermost pairs: places of both brackets."""
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, character in enumerate(draft.text):
        if character == "(":
            stack.append(place)
        elif character == ")" and stack:
            start = stack.pop()
            if not stack:
                pairs.append((start, place))
    inside = {place for start, end in pairs for place in range(start, end + 1)}
    lone = [place for place, found in enumerate(draft.text) if found in "()" and place not in inside]
    draft.mark([*lone, *(place for pair in pairs for place in pair)], PartKind.MARK)
    if lone:
        draft.doubt("括号不成对，按没有括号读", "a bracket has no partner and is not counted")
    draft.outer = [place for place in range(len(draft.text)) if place not in inside and place not in lone]
    return pairs


def take_group(draft: Draft, start: int, end: int) -> bool:
    """Read one pair of brackets as a remark, a form or a branch; False when it is none of them."""
    inside = draft.text[start + 1 : end]
    places = list(range(start + 1, end))
    former = _FORMER.match(inside)
    if former:
        draft.former.append(former.group(1))
    if former or not inside or _REMARK.match(inside):
        draft.mark([start, *places, end], PartKind.REMARK)
        return True
    draft.breaks.append(start)
    form = form_in_brackets(inside)
    if form is not None or inside in GROUP_WORDS:
        draft.mark(places, PartKind.FORM)
        draft.is_group = draft.is_group or form is None
        draft.form = draft.form or form
        return True
    if find_branch_word(inside, clear_only=True):
        draft.branch += inside
        draft.mark(places, PartKind.BRANCH)
        return True
    return False
