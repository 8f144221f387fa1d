"""What is said when a statement has no meaning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from yumiao.model.text import Text
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression


class LoweringError(ValueError):
    """A statement that has no meaning: an unknown name, unlike units, a period that does not fit."""

    def __init__(self, text: Text, span: ex.Span, expression: str = "") -> None:
        super().__init__(str(text))
        self.text = text
        self.span = span
        self.expression = expression


def fail(zh: str, en: str, span: ex.Span) -> NoReturn:
    """Refuse what stands at ``span``.

    Raises: LoweringError.
    """
    raise LoweringError(Text(zh, en), span)


@contextmanager
def naming(expression: Expression) -> Iterator[None]:
    """Name the expression in which something has no meaning, where no inner one is named already."""
    try:
        yield
    except LoweringError as error:
        if error.expression:
            raise
        raise LoweringError(error.text, error.span, expression.text) from error
