"""Names brought into one form: widths, brackets, blanks, traditional characters, letters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

OPENING = "([{<〈《「『【〔〖〘〚"
CLOSING = ")]}>〉》」』】〕〗〙〛"

_CJK = "\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ROUND = str.maketrans(
    {
        **dict.fromkeys(OPENING, "("),
        **dict.fromkeys(CLOSING, ")"),
        **dict.fromkeys("•・‧∙●⋅", "·"),
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        **dict.fromkeys("○◯〇", "〇"),
        **dict.fromkeys("\"'`“”‘’„‟‚‛′″´", None),
    }
)
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ud800-\udfff\ufe00-\ufe0f\ufeff]"
)
_BLANKS = re.compile(r"\s+")
_NEEDLESS_BLANK = re.compile(f"(?<=[{_CJK}()]) | (?=[{_CJK}()])")
_EDGES = " .,;:。,;:、·-_*#"
_HAS_CJK = re.compile(f"[{_CJK}]")
_NOT_COMPARED = re.compile(r"[()\s·.,\-/、。;:_*#|\\]+")
_LIMITED = "有限责任公司"
_ROUNDS = 8


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def has_chinese(text: str) -> bool:
    """Say whether a text holds a Chinese character."""
    return _HAS_CJK.search(text) is not None


def normalise_name(text: str) -> str:
    """Bring a name into the form in which it is taken apart; normalising again changes nothing.

    Half width, capital letters, round brackets, simplified characters, one kind of dash and dot, no quotation
    marks, no blanks beside Chinese characters, nothing invisible, no punctuation at the edges.

    >>> normalise_name("常州偉業　机械【集團】 有限公司。")
    '常州伟业机械(集团)有限公司'
    """
    for _ in range(_ROUNDS):
        before, text = text, _normalise_once(text)
        if text == before:
            break
    return text


def _normalise_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).upper().translate(_ROUND)
    text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = _simplifier().convert(text)
    text = _BLANKS.sub(" ", text)
    return _NEEDLESS_BLANK.sub("", text).strip(_EDGES)


def comparison_form(normalised: str) -> str:
    """Return what is left of a normalised name when brackets, blanks and punctuation do not count.

    有限责任公司 and 有限公司 are the same words in law and here.

    >>> comparison_form("伟业(常州)机械有限责任公司")
    '伟业常州机械有限公司'
    """
    return _NOT_COMPARED.sub("", normalised).replace(_LIMITED, "有限公司")
