"""Words that cells use for yes and no where a mapping says nothing else, and that rows of sums go by."""

from __future__ import annotations

YES_WORDS = ("是", "yes", "true")
NO_WORDS = ("否", "no", "false")

TOTAL_WORDS = ("合计", "总计", "小计", "总合计", "本页合计", "合 计", "总 计", "小 计")
"""Names under which a table carries its sums; such a row is no subject."""
