"""Where the trade name ends and the industry begins."""

from __future__ import annotations

from functools import cache
from importlib import resources

SHORTEST_TRADE_NAME = 2
"""A trade name (字号) has at least two characters by the rules on enterprise names."""


@cache
def industry_words() -> frozenset[str]:
    """The words of industries, as the data file beside this module lists them."""
    text = resources.files("yumiao.identity.names").joinpath("industry_words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


@cache
def _longest() -> int:
    return max(map(len, industry_words()))


def split_trade_name(middle: str) -> int:
    """Return where the industry begins in trade name + industry; ``len(middle)`` when none is recognised.

    The industry is the longest end that consists of known words only and leaves a trade name of two
    characters.

    >>> "恒立液压"[split_trade_name("恒立液压"):]
    '液压'
    """
    words, longest, length = industry_words(), _longest(), len(middle)
    is_covered = [False] * length + [True]
    best = length
    for start in range(length - 1, SHORTEST_TRADE_NAME - 1, -1):
        ends = range(start + 1, min(start + longest, length) + 1)
        if any(is_covered[end] and middle[start:end] in words for end in ends):
            is_covered[start] = True
            best = start
    return best


def is_industry(text: str) -> bool:
    """Say whether a text consists of words of industries only; an empty one does."""
    words, longest = industry_words(), _longest()
    reached = {0}
    for start in range(len(text)):
        if start in reached:
            ends = range(start + 1, min(start + longest, len(text)) + 1)
            reached.update(end for end in ends if text[start:end] in words)
    return len(text) in reached
