"""Metrics, levers, constraints, registers, titles and tables of codes as pack files state them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from yumiao.model.metrics import Citation, Metric
from yumiao.model.outcomes import Confidence
from yumiao.model.periods import PeriodKind
from yumiao.model.prefix_tables import DIGITS, SECTION
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Dimension, Kind, to_steps
from yumiao.packs.fields import Length, Part, Quantity, Sourced, Statement, Words
from yumiao.packs.register_columns import RESERVED, RegisterColumn

_WHOLE = {Dimension.PERSON, Dimension.ITEM, Dimension.DAY}


class Cite(Part):
    """Clause, document, confidence and sources of a definition."""

    clause: str = ""
    document: str = ""
    confidence: Confidence = Confidence.VERIFIED
    sources: tuple[str, ...] = ()

    @property
    def citation(self) -> Citation:
        return Citation(self.clause, self.document, self.sources, self.confidence)


class MetricDefinition(Part):
    """A metric as written."""

    label: Words
    unit: str
    period: PeriodKind
    min: int | float | str | None = None
    max: int | float | str | None = None
    whole: bool = False
    values: Mapping[str, Words] = {}
    definition: Words | None = None
    cite: Cite = Cite()
    judged: bool = False
    shown_to_subject: bool = True
    good_for: Length | None = None
    synonyms: tuple[str, ...] = ()
    derived: Statement | None = None
    question: Words | None = None
    note: Words | str | None = None

    @model_validator(mode="after")
    def _known_unit(self) -> MetricDefinition:
        if self.unit not in UNITS and self.unit not in ("bool", "date", "category"):
            raise PydanticCustomError(
                "unit",
                "unknown unit {found}; known: {known}",
                {"found": self.unit, "known": ", ".join([*UNITS, "bool", "date", "category"])},
            )
        if (self.unit == "category") != bool(self.values):
            raise PydanticCustomError("values", "a category lists its values, and nothing else does", {})
        return self

    def metric(self, metric_id: str) -> Metric:
        """Return the checked metric."""
        unit = UNITS.get(self.unit)
        return Metric(
            id=metric_id,
            label=self.label.text,
            kind=Kind.QUANTITY if unit else Kind(self.unit),
            period=self.period,
            unit=unit,
            minimum=to_steps(str(self.min), unit) if unit and self.min is not None else None,
            maximum=to_steps(str(self.max), unit) if unit and self.max is not None else None,
            whole=self.whole or (unit is not None and unit.dimension in _WHOLE),
            values=tuple((code, words.text) for code, words in self.values.items()),
            definition=self.definition.text if self.definition else Text(""),
            citation=self.cite.citation,
            judged=self.judged,
            shown_to_subject=self.shown_to_subject,
            good_for_days=_days(self.good_for),
            synonyms=self.synonyms,
            derived=self.derived.text if self.derived else None,
            question=self.question.text if self.question else None,
        )


def _days(length: tuple[int, str] | None) -> int | None:
    if length is None:
        return None
    count, unit = length
    return count * 365 if unit == "year" else count


class LeverDefinition(Sourced):
    """A way to move facts, as written."""

    label: Words
    moves: Mapping[str, int | float | str]
    step: Quantity
    at_most: str | None = None
    max: Quantity | None = None
    cost: float | int = 1
    needs: Words | None = None

    @property
    def effort(self) -> Fraction:
        return Fraction(str(self.cost))


class OnceRule(Part):
    """A yes that one thing may have only once: a design right used for one recognition.

    Attributes:
        when: the rows for which that is so; blank: all.
        on: the date that tells one use from another, where a thing is listed again.
    """

    when: Statement | None = None
    on: str | None = None


class RegisterDefinition(Part):
    """A register: rows of typed columns, counted by named filters.

    Attributes:
        from_: the date from which a row is there; a row of a later date does not count on the day judged.
        until: the date after which a row is there no more.
        number: the text column whose number names the thing itself, whoever lists it.
        prefixes: letters that some write before that number.
        once: yes/no column → how one thing may have this yes only once.
        counts: metric → name of a filter → statement that a row has to meet to be counted.
    """

    label: Words
    columns: Mapping[str, RegisterColumn]
    from_: str | None = Field(default=None, alias="from")
    until: str | None = None
    number: str | None = None
    prefixes: tuple[str, ...] = ()
    once: Mapping[str, OnceRule] = {}
    counts: Mapping[str, Mapping[str, Statement]] = {}
    cite: Cite = Cite()
    note: Words | str | None = None

    @model_validator(mode="after")
    def _free_names(self) -> RegisterDefinition:
        taken = [name for name in self.columns if name in RESERVED]
        if taken:
            raise PydanticCustomError(
                "column", "every row has {found} already; choose another name", {"found": taken[0]}
            )
        return self

    def metrics(self) -> dict[str, Metric]:
        """Return every column but text as a metric of a row."""
        found = {name: column.metric(name) for name, column in self.columns.items()}
        return {name: metric for name, metric in found.items() if metric is not None}


class EndRule(StrEnum):
    """Which day is the last of a title's term."""

    CORRESPONDING_DAY = "corresponding_day"
    DAY_BEFORE = "day_before"
    YEAR_END = "year_end"
    NEXT_MARCH_END = "next_march_end"


class Leg(StrEnum):
    """Which ladder a title stands on."""

    SCIENCE = "science"
    INDUSTRY = "industry"


class TitleDefinition(Part):
    """A recognition that a subject may hold.

    Attributes:
        synonyms: other names that lists use for it.
        valid: its term; None: not known.
        ends: the last day of a term that starts on a given day. Two rules where the texts differ: the last day
            lies between theirs. Blank: not known, and only a stated last day counts.
        leg: the ladder on which it stands; None: on none.
        rung: how high it stands there, counted from the registered firm (0); equal rungs stand side by side.
    """

    label: Words
    synonyms: tuple[str, ...] = ()
    valid: Length | None = None
    ends: Annotated[tuple[EndRule, ...], Field(max_length=2)] = ()
    leg: Leg | None = None
    rung: Annotated[int, Field(ge=1, le=9)] | None = None
    cite: Cite = Cite()
    note: Words | str | None = None

    @model_validator(mode="after")
    def _leg_with_rung(self) -> TitleDefinition:
        if (self.leg is None) != (self.rung is None):
            raise PydanticCustomError("rung", "a title on the ladder has both a leg and a rung", {})
        return self


class DefinitionFile(Part):
    """A file of a pack's ``metrics`` folder."""

    metrics: Mapping[str, MetricDefinition] = {}
    constraints: tuple[str, ...] = ()
    levers: Mapping[str, LeverDefinition] = {}
    registers: Mapping[str, RegisterDefinition] = {}
    titles: Mapping[str, TitleDefinition] = {}


def _code_field(pattern: str, example: str) -> tuple[BeforeValidator, WithJsonSchema]:
    def read(value: object) -> str:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise PydanticCustomError(
            "code",
            "{found} is no code; write one in quotes, such as {example}",
            {"found": str(value), "example": example},
        )

    return BeforeValidator(read), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


class TableRow(Part):
    """A category and the codes that it covers, with all codes below them."""

    is_: str = Field(alias="is")
    section: Annotated[str, *_code_field(SECTION, '"C"')] | None = None
    codes: tuple[Annotated[str, *_code_field(DIGITS, '"01"')], ...] = Field(min_length=1)
    confidence: Confidence | None = None
    note: Words | str | None = None

    @property
    def note_text(self) -> Text | None:
        return self.note.text if isinstance(self.note, Words) else Text(self.note) if self.note else None


class TableFile(Part):
    """A file of a pack's ``tables`` folder."""

    table: str
    title: Words
    from_: str = Field(alias="from")
    to: str
    match: Literal["longest_prefix"]
    otherwise: Literal["needs_person"]
    cite: Cite = Cite()
    rows: tuple[TableRow, ...] = Field(min_length=1)
    note: Words | str | None = None


class PackFile(Part):
    """``pack.yaml``."""

    pack: str
    territory: Annotated[str, BeforeValidator(str)]
    title: Words
    version: str = "0"
    level: Literal["national", "province", "city", "district"] | None = None
    note: Words | str | None = None
