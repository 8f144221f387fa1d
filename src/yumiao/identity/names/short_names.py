"""Short names that a company's full name suggests."""

from __future__ import annotations

from yumiao.identity.names.industries import industry_words
from yumiao.identity.names.parts import CompanyName


def short_name_candidates(name: CompanyName) -> tuple[str, ...]:
    """List what people may call a company, the most telling first; a proposal, never an identification.

    >>> from yumiao.identity.names import parse_name
    >>> short_name_candidates(parse_name("常州伟业机械有限公司"))
    ('伟业机械', '伟业', '常州伟业机械', '常州伟业')
    """
    if not name.trade_name:
        return ()
    region = name.region.text if name.region else ""
    short_region = region.rstrip("市省县区")[-2:] if len(region) > 2 else region
    heads = [name.trade_name + head for head in _industry_heads(name.industry)]
    plain = [name.middle, *heads, name.trade_name]
    with_region = [short_region + name.middle, short_region + name.trade_name] if region else []
    group = [f"{name.trade_name}集团"] if name.form and name.form.is_group else []
    with_form = [f"{name.trade_name}股份"] if name.form_key.endswith("joint_stock") else []
    return tuple(dict.fromkeys([*plain, *group, *with_form, *with_region]))


def _industry_heads(industry: str) -> list[str]:
    """Return the known words that an industry of several words begins with, the longest first."""
    lengths = range(len(industry) - 1, 1, -1)
    return [industry[:length] for length in lengths if industry[:length] in industry_words()]
