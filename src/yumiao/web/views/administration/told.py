"""What a page says of a refused form: the sentence, and each problem."""

from __future__ import annotations

from typing import Any

from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words


def told(error: YumiaoError | None) -> dict[str, Any]:
    """Return ``reason`` and ``problems`` for ``parts/refused.html``; nothing is said for None."""
    problems = [words(each.text) for each in error.problems] if error else []
    return {"reason": error.text if error else None, "problems": problems}
