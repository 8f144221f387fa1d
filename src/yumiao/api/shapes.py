"""The shapes that several answers share."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import Field, WithJsonSchema

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text

T = TypeVar("T")


class Words(Schema):
    """The same words in both languages."""

    zh: str
    en: str


def words(text: Text) -> Words:
    """Return a text in both languages; where one is not given, the other stands for it."""
    return Words(zh=text.words("zh"), en=text.words("en"))


class ErrorProblem(Schema):
    """One thing wrong with a request: where (`path`, such as `facts[2].value`), what was found and expected."""

    code: str
    path: str
    text: Words
    found: str
    expected: Words


class Error(Schema):
    """The one shape of errors; `code` is stable, `text` says what to do."""

    code: str
    text: Words
    problems: list[ErrorProblem]


class Page(Schema, Generic[T]):
    """One page of a list; `next` is the address of the following page, null on the last."""

    items: list[T]
    total: int
    page: int
    pages: int
    next: str | None


class Paging(Schema):
    """Which page of a list is wanted."""

    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=200)


ANSWER_MARK = "x-yumiao-answer"
AnswerBody = Annotated[dict[str, Any], WithJsonSchema({"type": "object", ANSWER_MARK: "Answer"})]
"""A verdict with everything that led to it, as ``answer.schema.json`` describes it."""

QuestionBody = Annotated[dict[str, Any], WithJsonSchema({"type": "object", ANSWER_MARK: "Answer_question"})]
"""A question of a verdict."""

PlanBody = Annotated[dict[str, Any], WithJsonSchema({"type": "object", ANSWER_MARK: "Answer_plan"})]
"""A plan of a verdict."""


class VerdictInShort(Schema):
    """The outcome of one policy; what rests on sources that are not shown to the reader is null."""

    policy: str
    title: Words
    outcome: Outcome
    near_miss: bool | None
    contested: bool | None
    gap: Words | None = Field(description="What stands in the way first; null where nothing does.")


class Place(Schema):
    """A division; both empty where nobody said."""

    code: str
    name: str


class SubjectInShort(Schema):
    """One enterprise of a list."""

    id: str
    name: str
    code: str
    territory: Place
    verdicts: list[VerdictInShort] | None = Field(
        description="Of every policy, or of the one asked for; null without the scope read:verdicts."
    )
