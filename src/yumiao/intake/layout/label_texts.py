"""Texts of labels: blanks of alignment, footnote marks, and two languages in one cell."""

from __future__ import annotations

import re

_CJK = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAS_CJK = re.compile(f"[{_CJK}]")
_SPACED = re.compile(f"^[{_CJK}](?:[ \\u3000\\u00a0]+[{_CJK}])+$")
_BETWEEN_CJK = re.compile(f"(?<=[{_CJK}，、；：）（)(])\\s+(?=[{_CJK}，、；：（）()])")
_BLANKS = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")
_MARK_LAST = re.compile(r"(?:[*＊※①-⑳]+|[\[［]\d{1,2}[\]］]|(?<=[^\d(（])\d[)）])$")
_MARK_FIRST = re.compile(r"^[#＃*＊※]+\s*")
_ONE_LINE = re.compile(
    f"^(?P<zh>.*[{_CJK}][^A-Za-z{_CJK}]*?)[\\s/／]+(?P<other>[A-Za-z][A-Za-z0-9 ,.&'’/()%\\-]*)$"
)
_OTHER_FIRST = re.compile(
    f"^(?P<other>[A-Za-z][A-Za-z0-9 ,.&'’()\\-]{{2,}}?)\\s*[/／|]\\s*(?P<zh>[{_CJK}].*)$"
)
_LETTERS = re.compile("[A-Za-z]{2}")


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return _HAS_CJK.search(text) is not None


def close_up(text: str) -> str:
    """Remove the blanks that only align: 北 京 is 北京. Words that are more than single characters stay apart."""
    bare = text.strip()
    return _BLANKS.sub("", bare) if _SPACED.match(bare) else bare


def tidy_label(text: str) -> str:
    """Return one language's words of a label on one line, without marks of footnotes and of parts.

    A leading # is the yearbooks' mark for a part of the figure before it.
    """
    words = _BETWEEN_CJK.sub("", _BLANKS.sub(" ", text).strip())
    words = close_up(_MARK_FIRST.sub("", words))
    marked = _MARK_LAST.sub("", words).strip()
    return marked or words


def split_languages(text: str) -> tuple[str, str]:
    """Split a label into Chinese and the other language; a label in one language is returned whole, first.

    >>> split_languages("实用新型\\n\\nUtility Model")
    ('实用新型', 'Utility Model')
    >>> split_languages("R&D人员 全时当量")
    ('R&D人员全时当量', '')
    """
    if not has_chinese(text):
        return tidy_label(text), ""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    chinese = max(number for number, line in enumerate(lines) if has_chinese(line))
    below = " ".join(lines[chinese + 1 :])
    if _LETTERS.search(below) and not _is_bracketed(below):
        return tidy_label("\n".join(lines[: chinese + 1])), tidy_label(below)
    words = _BLANKS.sub(" ", text).strip()
    for pattern in (_ONE_LINE, _OTHER_FIRST):
        found = pattern.match(words)
        if found and len(re.sub("[^A-Za-z]", "", found["other"])) >= 3:
            return tidy_label(found["zh"]), tidy_label(found["other"])
    return tidy_label(text), ""


def _is_bracketed(text: str) -> bool:
    return re.fullmatch(r"\s*[(（\[].*[)）\]]\s*", text) is not None
