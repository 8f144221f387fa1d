"""Problems at a place of a pack file, with the expression and a mark below the wrong word."""

from __future__ import annotations

from collections.abc import Sequence

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.expressions import Span
from yumiao.packs.fields import Expression
from yumiao.packs.yaml_reading import Source, key_path, pointer


def problem_at(source: Source, keys: Sequence[str | int], code: str, text: Text, found: str = "") -> Problem:
    """Say what is wrong at a key of a file."""
    return Problem(code, text, file=source.shown, line=source.line(keys), path=key_path(keys), found=found)


def problem_in(
    source: Source, keys: Sequence[str | int], expression: Expression, text: Text, span: Span
) -> Problem:
    """Say what is wrong in an expression, with a mark below the word."""
    if span.end <= span.start:
        return problem_at(source, keys, "rule.meaning", text, expression.text)
    shown = expression.text.replace("\n", " ")
    mark = pointer(shown, span.start, span.end - span.start)
    word = expression.text[span.start : span.end]
    return problem_at(source, keys, "rule.meaning", Text(text.zh + mark, text.en + mark), word)
