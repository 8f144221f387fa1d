"""What an author may have meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable

from yumiao.model.text import Text
from yumiao.packs.yaml_reading import nearest


def with_nearest(zh: str, en: str, name: str, known: Iterable[str]) -> Text:
    """Return a message with the known name most like ``name`` added, where there is one."""
    near = nearest(name, known)
    return Text(f"{zh}；最接近的是 {near}", f"{en}; nearest: {near}") if near else Text(zh, en)
