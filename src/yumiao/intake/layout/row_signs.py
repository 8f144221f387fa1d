"""What single rows look like: lines of units, numbering, periods, lines about the whole table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from yumiao.intake.labels import unit_named
from yumiao.intake.layout.grid import DATE_LIKE, is_value
from yumiao.intake.layout.label_texts import has_chinese
from yumiao.intake.layout.unit_words import is_unit_word, unit_line
from yumiao.intake.layout.vocabulary import (
    ENGLISH_UNIT_LINE,
    FOOTER_START,
    META_CELL,
    NOTE_START,
    PAGE_LINE,
    PERIOD_LINE,
    TABLE_NUMBER,
)

Cells = Mapping[int, str]
"""The filled cells of one row: column -> text."""

_PERIOD = re.compile(rf"^(?:19|20)\d\d$|{DATE_LIKE}")
_CIPHERS = "甲乙丙丁戊己庚辛壬癸"
_NUMBERING = re.compile(
    r"^[(（]?([0-9]{1,3}|[" + _CIPHERS + r"]|[A-Z]|[①-⑳])[)）]?(?:\s*=\s*[0-9+\-×÷*/()（） ]+)?$"
)


def is_about_table(cells: Cells) -> bool:
    """Whether every cell of a row says something of the whole table: a unit, a date, 填报单位：…"""
    return bool(cells) and all(_is_about_table(text.strip()) for text in cells.values())


def _is_about_table(text: str) -> bool:
    return (
        unit_line(text) is not None
        or META_CELL.match(text) is not None
        or is_table_number(text)
        or PERIOD_LINE.match(text) is not None
        or ENGLISH_UNIT_LINE.match(text) is not None
    )


def is_table_number(text: str) -> bool:
    """Whether a cell is the number of a table alone: 表1, 附件2, 续表."""
    return TABLE_NUMBER.match(text.strip()) is not None


def is_unit_row(cells: Cells) -> bool:
    """Whether every cell of a row is a unit, as in a line of units below the labels."""
    texts = [text.strip() for text in cells.values()]
    if not texts or not any(map(is_unit_word, texts)):
        return False
    return all(is_unit_word(text) or text in {"-", "—", "/"} for text in texts)


def is_numbering_row(cells: Cells, below: Sequence[Cells] = ()) -> bool:
    """Whether a row only numbers the columns: 甲 乙 1 2 3, (1) (2) (3)=(1)/(2).

    Rows of a body that are numbered themselves go on in the row below.
    """
    first = min(cells, default=0)
    if below and first in below[0] and _NUMBERING.match(below[0][first].strip()):
        return False
    found = [_NUMBERING.match(re.sub(r"\s", "", text)) for text in cells.values()]
    tokens = [each[1] for each in found if each is not None]
    if len(tokens) < len(found) or len(tokens) < 3:
        return False
    numbers = [int(token) for token in tokens if token.isdecimal()]
    letters = [token for token in tokens if not token.isdecimal()]
    if len(set(letters)) < len(letters) or (letters and letters[0] not in {"甲", "A", "①"}):
        return False
    return numbers == list(range(1, len(numbers) + 1))


def is_period_row(cells: Cells, below: Sequence[Cells]) -> bool:
    """Whether the figures of a row are years or days that label columns of other figures."""
    years = [column for column, text in cells.items() if _PERIOD.match(text.strip())]
    if not years or any(is_value(text) for column, text in cells.items() if column not in years):
        return False
    under = [row[column].strip() for row in below for column in years if column in row]
    return not under or sum(_PERIOD.match(text) is None for text in under) * 2 > len(under)


def is_other_language_row(cells: Cells, labels: Cells, below: Sequence[Cells]) -> bool:
    """Whether a row repeats the Chinese labels above it in another language."""
    is_foreign = all(re.search("[A-Za-z]{2}", text) and not has_chinese(text) for text in cells.values())
    if not is_foreign or len(cells) < 2 or not cells.keys() <= labels.keys():
        return False
    if not all(has_chinese(labels[column]) for column in cells):
        return False
    # Rows of the body differ from it: they hold figures or Chinese words in the same columns.
    under = [row[column] for row in below for column in cells if column in row]
    return any(is_value(text) or has_chinese(text) for text in under)


def is_note(cells: Cells) -> bool:
    """Whether a row begins a note or is the line of names and dates below a table."""
    texts = [text.strip() for text in cells.values()]
    if not texts:
        return False
    if len(texts) <= 2 and (NOTE_START.match(texts[0]) or PAGE_LINE.match(texts[0])):
        return True
    return FOOTER_START.match(texts[0]) is not None and not is_value(texts[-1])


def has_value(cells: Cells) -> bool:
    """Whether any cell of a row reads as a value."""
    return any(map(is_value, cells.values()))


def is_unit_named(text: str) -> bool:
    """Whether a text names a unit of Yumiao."""
    return bool(text.strip()) and unit_named(text) is not None
