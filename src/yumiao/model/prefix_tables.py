"""Tables from the codes of a classification to the categories of a metric."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from yumiao.model.metrics import Citation
from yumiao.model.text import Text

SECTION = "[A-T]"
DIGITS = "[0-9]{2,4}"
"""Industry codes: a section's letter, or the two to four digits of a division, group or class."""

_CODE = re.compile(f"(?P<section>{SECTION})?(?P<digits>{DIGITS})?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class PrefixTable:
    """The category of every code that starts with a prefix; a code outside the table needs a person.

    Attributes:
        by: the classification that the codes are of (``GB/T 4754-2017``).
        metric: the metric whose categories the table gives.
        rows: prefix → category; the longest prefix wins.
        notes: prefix → what was noted beside it.
    """

    id: str
    label: Text
    by: str
    metric: str
    rows: Mapping[str, str]
    notes: Mapping[str, Text] = field(default_factory=dict)
    citation: Citation = field(default_factory=Citation)

    def category(self, code: str) -> str | None:
        """Return the category of a code as ``plain_code`` gives it.

        None for a code outside the table, and for one too short to tell: 59, where 591 has another category.
        """
        prefixes = (code[:length] for length in range(len(code), 0, -1))
        found = next((self.rows[prefix] for prefix in prefixes if prefix in self.rows), None)
        below = {category for prefix, category in self.rows.items() if prefix.startswith(code)}
        return found if below <= {found} else None


def plain_code(text: str) -> str | None:
    """Return the code that a text is, without the section before digits (``C3670`` → ``3670``); None for none."""
    match = _CODE.fullmatch(text.strip())
    if match is None:
        return None
    return match["digits"] or (match["section"] or "").upper() or None
