"""What a name ends with: the branch, then the form of organisation."""

from __future__ import annotations

import re

from yumiao.identity.divisions import is_region
from yumiao.identity.names.draft import Draft
from yumiao.identity.names.forms import Form, FormKind, as_group, find_branch_word, find_form
from yumiao.identity.names.industries import SHORTEST_TRADE_NAME
from yumiao.identity.names.parts import PartKind

_COMPANY = re.compile("(?<![分子支])公司")
_OTHER_SEAT = re.compile("厂|合作社|事务所|合伙企业|银行|集团")
_ORDINAL = re.compile(r"(?:第[一二三四五六七八九十百0-9]+|[一二三四五六七八九十0-9]+)$")


def take_branch(draft: Draft) -> None:
    """Take off the part beside the seat: after the company's own name, or 常州分行 where no company is said."""
    words = draft.words()
    length = _branch_after_company(draft, words) or _branch_without_company(words)
    if length:
        draft.branch = words[len(words) - length :] + draft.branch
        draft.take_end(length, PartKind.BRANCH)


def _branch_after_company(draft: Draft, words: str) -> int:
    """Return how many characters follow the company's own name; 0 when it ends there."""
    ends = [found.end() for found in _COMPANY.finditer(words)]
    if ends and ends[-1] < len(words):
        if not find_branch_word(words):
            draft.doubt(
                f"“{words[ends[-1] :]}”在公司名称之后", f"“{words[ends[-1] :]}” follows the company's name"
            )
        return len(words) - ends[-1]
    others = [found.end() for found in _OTHER_SEAT.finditer(words)]
    if not ends and others and find_branch_word(words[others[-1] :]):
        return len(words) - others[-1]
    return 0


def _branch_without_company(words: str) -> int:
    """Return the length of 常州分行 at the end of a name that says no company: the word and its place."""
    word = find_branch_word(words, clear_only=True)
    if word is None:
        return 0
    before = words[: len(words) - len(word)]
    ordinal = _ORDINAL.search(before)
    if ordinal and ordinal.start() >= SHORTEST_TRADE_NAME:
        return len(words) - ordinal.start()
    for start in range(max(SHORTEST_TRADE_NAME, len(before) - 10), len(before) - 1):
        if is_region(before[start:]):
            return len(words) - start
    return len(word) if len(before) >= SHORTEST_TRADE_NAME else 0


def take_form(draft: Draft) -> None:
    """Take off the form of organisation and join it with what brackets say of it."""
    in_brackets = draft.form
    found = find_form(draft.words())
    if found is None and in_brackets is None:
        draft.doubt("名称末尾没有组织形式", "the name ends with no form of organisation")
    if found is not None:
        length, draft.form = found
        draft.take_end(length, PartKind.FORM)
        draft.form = _with_brackets(draft.form, in_brackets)
    if draft.is_group and draft.form is not None:
        draft.form = as_group(draft.form)


def _with_brackets(form: Form, in_brackets: Form | None) -> Form:
    """Join what the end and the brackets say; 个体工商户 in brackets adds nothing to 商行."""
    if in_brackets is None:
        return form
    if in_brackets.kind is FormKind.INDIVIDUAL and form.kind is FormKind.INDIVIDUAL:
        return form
    return Form(in_brackets.kind, f"{form.key}|{in_brackets.key}", form.is_group)
