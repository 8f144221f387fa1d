"""The shape of an answer: what page, API, command line and file all carry of one verdict.

The fields are those of ``answer.schema.json``; ``docs/developers/answers.md`` says what each means. Exact
numbers are strings. Nothing here computes: :mod:`yumiao.rules.explaining` fills it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.text import Text

SHAPE = "1"
"""The version of the shape; a field that changes its meaning or goes makes a new one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whoever is judged."""

    id: str
    kind: str = "enterprise"
    code: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact value: a number, a date, yes or no, a category.

    Attributes:
        exact: a fraction of its unit (a share as 17/200), an ISO date, true or false, a code.
        text: the value as decimals, marked ≈ where it is cut; never on the other side of the threshold.
        unit: the unit code; None for dates, yes/no and categories.
        label: the text with its unit in words.
    """

    exact: str
    text: str
    unit: str | None
    label: Text


@dataclass(frozen=True, slots=True)
class Interval:
    """A value known only to lie between two ends (points that experts choose, facts known as a range)."""

    low: str | None
    high: str | None
    text: str
    unit: str | None
    label: Text


@dataclass(frozen=True, slots=True)
class Growth:
    """Compound growth from one amount to another over some years; its root is not a fraction."""

    from_: str
    to: str
    periods: int
    text: str
    unit: str | None
    label: Text


Value = Quantity | Interval | Growth


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a value is compared with."""

    op: str
    exact: str
    text: str
    unit: str | None
    label: Text


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison of a condition that has several, or a group of them.

    Attributes:
        least: how many of ``parts`` must hold; None for a single comparison.
    """

    outcome: Outcome
    text: Text
    value: Value | None = None
    threshold: Threshold | None = None
    least: int | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a failed condition is.

    Attributes:
        lever: what moves it with the least effort; None where nothing that anyone can move does.
        change: how much of it, in ``unit``: whole steps of the lever, or the plain difference.
    """

    lever: str | None
    change: str | None
    unit: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from."""

    batch: str | None = None
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a condition rests on.

    Attributes:
        value: in ``unit``; None where only an interval is known (then ``low`` and ``high``).
        source: None where the value was derived from other facts.
    """

    metric: str
    period: str
    name: Text
    value: str | None
    low: str | None
    high: str | None
    unit: str | None
    label: Text
    source: Source | None
    recorded_at: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that nobody has given."""

    metric: str
    period: str
    name: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the policy and what came of it.

    Attributes:
        decisive: in some smallest set of conditions that alone forces the outcome; while the outcome is
            open, in some smallest set that could settle it.
        least: how many of ``parts`` must hold; None where the condition is one comparison.
    """

    id: str
    outcome: Outcome
    decisive: bool
    text: Text
    cite: str
    value: Value | None
    threshold: Threshold | None
    gap: Gap | None
    least: int | None
    parts: tuple[Part, ...]
    facts: tuple[Fact, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A part of a score; ``because`` says why its points are an interval."""

    id: str
    text: Text
    low: str
    high: str
    of: str
    because: Reason | None


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a score: an interval under missing facts or experts' choice."""

    id: str
    text: Text
    low: str
    high: str
    of: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact whose answer could change the outcome.

    Attributes:
        settles: the open conditions that rest on it.
        alone: whether some answer to it settles the outcome, whatever else is unknown.
        proven: two completions that differ in this fact only have different outcomes; otherwise the fact
            stands where it could matter.
    """

    metric: str
    period: str
    settles: tuple[str, ...]
    alone: bool
    proven: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change does to one fact."""

    metric: str
    period: str
    name: Text
    before: str
    after: str
    unit: str


@dataclass(frozen=True, slots=True)
class Change:
    """One lever of a plan, moved by whole steps."""

    lever: str
    change: str
    unit: str
    steps: int
    moves: tuple[Moved, ...]
    needs: Text | None
    text: Text


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fact of an open period that a plan takes over from an earlier one."""

    metric: str
    period: str
    value: str | None
    taken_from: str
    text: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """A way to ``met`` at a later application date.

    Attributes:
        label: ``proven``: there is none with fewer levers or less effort; ``best_found``: the search ended.
        effort: the sum of steps times their cost.
    """

    on: dt.date
    label: str
    effort: str
    changes: tuple[Change, ...]
    assumptions: tuple[Assumption, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Contested:
    """A fact on which sources disagree so that the outcome depends on whom one believes."""

    metric: str
    period: str
    value: str | None
    other: str
    unit: str | None
    source: Source
    outcome: Outcome
    class_: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the answer is a function of."""

    pack: str
    snapshot: str | None
    switches: Mapping[str, str]
    engine: str
    shape: str = SHAPE


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict with everything that led to it.

    Attributes:
        in_force: whether the version judges applications on ``as_of``.
        class_: the class of a class policy, once one is certain.
        possible: while the class is open, the classes that remain (``not_met``: none of them).
        may_be_decided: open, but no two completions of the missing facts were found that differ.
    """

    subject: Subject
    policy: str
    version: str
    in_force: bool
    as_of: dt.date
    known_at: str | None
    outcome: Outcome
    class_: str | None
    possible: tuple[str, ...] | None
    route: str | None
    reasons: tuple[Reason, ...]
    contested: tuple[Contested, ...]
    conditions: tuple[Condition, ...]
    scores: tuple[Score, ...]
    questions: tuple[Question, ...]
    plans: tuple[Plan, ...]
    may_be_decided: bool
    receipt: Receipt

    def to_json(self) -> dict[str, Any]:
        """Return the answer as plain values in the order of the schema."""
        found: dict[str, Any] = plain(self)
        return found


def plain(value: object) -> Any:
    """Return a part of an answer as plain values: texts, numbers, lists, groups by name."""
    match value:
        case Enum():
            return value.value
        case dt.date():
            return value.isoformat()
        case tuple():
            return [plain(part) for part in value]
        case Mapping():
            return {key: plain(part) for key, part in sorted(value.items())}
    if is_dataclass(value):
        names = [item.name for item in fields(value)]
        return {name.rstrip("_"): plain(getattr(value, name)) for name in names}
    return value


@cache
def answer_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of an answer."""
    text = resources.files("yumiao.rules").joinpath("answer.schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema
