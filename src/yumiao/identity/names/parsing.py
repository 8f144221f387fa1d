"""Names taken apart, from the outside in: remarks, branch, form, region, then what is in the middle."""

from __future__ import annotations

import re
from itertools import groupby

from yumiao.identity.names.brackets import read_brackets, take_group
from yumiao.identity.names.draft import Draft
from yumiao.identity.names.endings import take_branch, take_form
from yumiao.identity.names.forms import find_latin_form, latin_form
from yumiao.identity.names.industries import SHORTEST_TRADE_NAME, is_industry, split_trade_name
from yumiao.identity.names.parts import CompanyName, Part, PartKind
from yumiao.identity.names.places import take_regions
from yumiao.identity.names.text import has_chinese, normalise_name


def parse_name(name: str) -> CompanyName:
    """Take a company name apart.

    Brackets never cut a name in two: what stands in them is read as a region, a form, a branch or a remark,
    and otherwise kept as a qualifier. An empty name gives a name without parts.

    >>> name = parse_name("伟业（常州）机械有限公司武进分公司")
    >>> name.trade_name, name.industry, name.region.text, name.branch
    ('伟业', '机械', '常州', '武进分公司')
    """
    return parse_normalised(normalise_name(name))


def parse_normalised(text: str) -> CompanyName:
    """Take apart a name that :func:`normalise_name` has given."""
    if not has_chinese(text):
        return _parse_latin(text)
    draft = Draft(text, [None] * len(text))
    groups = read_brackets(draft)
    pending = [group for group in groups if not take_group(draft, *group)]
    take_branch(draft)
    take_form(draft)
    qualifiers = take_regions(draft, pending)
    trade_name, industry = _take_middle(draft)
    return CompanyName(
        text=text,
        parts=_parts_of(draft),
        region=draft.region,
        place=draft.place,
        trade_name=trade_name,
        industry=industry,
        form=draft.form,
        qualifiers=tuple(qualifiers),
        branch=draft.branch,
        former_names=tuple(draft.former),
        doubts=tuple(draft.doubts),
    )


def _parse_latin(text: str) -> CompanyName:
    if not text:
        return CompanyName(text="", parts=(), is_chinese=False)
    start = find_latin_form(text)
    cut = len(text) if start is None else start
    parts = [Part(PartKind.TRADE_NAME, text[:cut], 0, cut)]
    form = None
    if start is not None:
        parts.append(Part(PartKind.FORM, text[start:], start, len(text)))
        form = latin_form(text[start:])
    trade_name = re.sub(r"[^\w&+]+", " ", text[:cut]).strip()
    return CompanyName(text=text, parts=tuple(parts), trade_name=trade_name, form=form, is_chinese=False)


def _take_middle(draft: Draft) -> tuple[str, str]:
    """Cut what is left into trade name and industry; brackets between them show where."""
    middle = draft.words()
    cut = split_trade_name(middle)
    for place in sorted(draft.breaks):
        before = sum(1 for outer in draft.outer if outer < place)
        if SHORTEST_TRADE_NAME <= before < cut:
            cut = before
            break
    draft.mark(draft.outer[:cut], PartKind.TRADE_NAME)
    draft.mark(draft.outer[cut:], PartKind.INDUSTRY)
    if not middle:
        draft.doubt("没有字号", "there is no trade name")
    elif cut == len(middle):
        draft.doubt("没有认出行业", "no industry is recognised")
    elif is_industry(middle):
        draft.doubt(
            f"字号“{middle[:cut]}”也是行业用语",
            f"the trade name “{middle[:cut]}” is a word of an industry too",
        )
    return middle[:cut], middle[cut:]


def _parts_of(draft: Draft) -> tuple[Part, ...]:
    """Gather neighbours of one kind; what has no kind is a mark."""
    parts: list[Part] = []
    for kind, group in groupby(range(len(draft.text)), key=lambda place: draft.kinds[place] or PartKind.MARK):
        places = list(group)
        start, end = places[0], places[-1] + 1
        parts.append(Part(kind, draft.text[start:end], start, end))
    return tuple(parts)
