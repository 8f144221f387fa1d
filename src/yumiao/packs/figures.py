"""Published figures: what others have said of an indicator of a place, each with who said it and when.

The same indicator is published with different values. None replaces another: each stands with its source, its
vintage, its territory and whether a zone run apart is in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from yumiao.model.outcomes import Confidence
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.fields import Part, Words
from yumiao.packs.near_names import with_nearest
from yumiao.packs.yaml_reading import Source, key_path


class Measure(StrEnum):
    """What of a title an indicator counts."""

    STOCK = "stock"
    NET = "net"
    FIRST = "first"
    RECOGNISED = "recognised"


class FigureKind(StrEnum):
    """Whether a figure tells what was, or what was aimed at or expected."""

    ACTUAL = "actual"
    TARGET = "target"
    EXPECTED = "expected"


class ZonesIn(StrEnum):
    """Whether a figure of a territory includes the zones that are run apart."""

    WITH = "with"
    WITHOUT = "without"


def _read_value(value: object) -> str:
    """Read an exact number; YAML's own number types would round."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        raise PydanticCustomError(
            "value", 'expected a number such as 280 or "3.66", found {found}', {"found": text}
        )
    return text


def _read_vintage(value: object) -> str:
    """Read a year, a month or a day: 2024, 2024-02, 2024-02-12."""
    text = str(value)
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise PydanticCustomError(
            "vintage", "expected 2024, 2024-02 or 2024-02-12, found {found}", {"found": text}
        )
    return text


_SCALAR = WithJsonSchema({"type": ["string", "number"]})
Number = Annotated[str, BeforeValidator(_read_value), _SCALAR]
Vintage = Annotated[str, BeforeValidator(_read_vintage), _SCALAR]


class CountedBy(Part):
    """The count of a title that an indicator names."""

    title: str
    measure: Measure


class IndicatorDefinition(Part):
    """An indicator of which figures are published."""

    label: Words
    unit: Words
    counted_by: CountedBy | None = None
    definition: Words | None = None
    confidence: Confidence
    note: Words | str | None = None


class ZoneDefinition(Part):
    """A zone inside a territory that is run apart, so that every figure exists with it and without it.

    Attributes:
        synonyms: other names that lists use for it.
    """

    synonyms: tuple[str, ...] = ()
    territory: Annotated[str, BeforeValidator(str)]
    confidence: Confidence
    sources: tuple[str, ...] = ()
    note: Words | str | None = None


class FigureDefinition(Part):
    """A published figure.

    Attributes:
        value: as published, in the indicator's unit.
        sense: how the value is meant, for targets above all.
        year, on: the year that a flow belongs to, or the day of a stock; a stock of which only the month or the
            year is known has that.
        zones: whether the zones run apart are in it; blank: the source does not say.
        published: when it was said.
        source: who said it, in a word.
    """

    indicator: str
    territory: Annotated[str, BeforeValidator(str)]
    value: Number
    sense: Literal["exact", "at_least", "more_than", "about"] = "exact"
    kind: FigureKind = FigureKind.ACTUAL
    year: int | None = None
    on: Vintage | None = None
    zones: ZonesIn | None = None
    published: Vintage | None = None
    source: Words
    sources: tuple[str, ...] = ()
    confidence: Confidence
    note: Words | str | None = None

    @model_validator(mode="after")
    def _one_time(self) -> FigureDefinition:
        if (self.year is None) == (self.on is None):
            raise PydanticCustomError("time", "a figure has a year or a day: write `year` or `on`", {})
        return self


class FiguresFile(Part):
    """A file of a pack's ``figures`` folder."""

    indicators: Mapping[str, IndicatorDefinition] = {}
    zones: Mapping[str, ZoneDefinition] = {}
    figures: tuple[FigureDefinition, ...] = Field(default=())


@dataclass(frozen=True)
class Figure:
    """A published figure with the indicator it is of.

    Attributes:
        value: exact, in the indicator's unit.
    """

    indicator: str
    label: Text
    unit: Text
    counted_by: CountedBy | None
    definition: FigureDefinition

    @property
    def value(self) -> Fraction:
        return Fraction(self.definition.value)

    @property
    def day(self) -> dt.date | None:
        """The exact day of a stock; None where only its month or year is known, or for a flow."""
        on = self.definition.on
        return dt.date.fromisoformat(on) if on is not None and len(on) == len("2024-02-12") else None


@dataclass(frozen=True)
class Indicator:
    """An indicator as the packs define it.

    Attributes:
        definition: what it counts, in words; None where no pack says it.
        counted_by: the count of a title that it names; None where no list tells it.
    """

    id: str
    label: Text
    unit: Text
    counted_by: CountedBy | None
    definition: Text | None
    confidence: Confidence
    note: Text | None


@dataclass(frozen=True)
class Figures:
    """What the packs hold of published figures.

    Attributes:
        indicators: every one that is defined, in the order of the files.
        published: in the order of the files.
        zones: zone → the territory in which it is run apart.
    """

    published: tuple[Figure, ...] = ()
    zones: Mapping[str, ZoneDefinition] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)

    def zones_apart(self, territory: str) -> tuple[str, ...]:
        """Return the zones run apart inside a territory."""
        return tuple(name for name, zone in self.zones.items() if zone.territory == territory)

    def zone_names(self) -> dict[str, str]:
        """Return other name → name of every zone."""
        return {other: name for name, zone in self.zones.items() for other in zone.synonyms}


def read_figures(
    files: Sequence[tuple[Source, FiguresFile]], titles: Collection[str]
) -> tuple[Figures, list[Problem]]:
    """Put the published figures of some packs together, and report everything wrong with them."""
    problems: list[Problem] = []
    indicators: dict[str, IndicatorDefinition] = {}
    zones: dict[str, ZoneDefinition] = {}
    for source, file in files:
        problems += _definition_problems(source, file, indicators, titles)
        indicators |= file.indicators
        zones |= file.zones
    found = []
    for source, file in files:
        for index, each in enumerate(file.figures):
            known = indicators.get(each.indicator)
            if known is None:
                name = each.indicator
                text = with_nearest(f"没有指标 {name}", f"no indicator {name!r}", name, indicators)
                problems.append(_problem(source, ["figures", index, "indicator"], "indicator", text, name))
            else:
                found.append(
                    Figure(each.indicator, known.label.text, known.unit.text, known.counted_by, each)
                )
            problems += _date_problems(source, index, each)
    defined = {name: _indicator(name, each) for name, each in indicators.items()}
    return Figures(tuple(found), zones, defined), problems


def _indicator(name: str, defined: IndicatorDefinition) -> Indicator:
    note = defined.note
    return Indicator(
        name,
        defined.label.text,
        defined.unit.text,
        defined.counted_by,
        None if defined.definition is None else defined.definition.text,
        defined.confidence,
        Text(note) if isinstance(note, str) else None if note is None else note.text,
    )


def _definition_problems(
    source: Source, file: FiguresFile, known: Mapping[str, Any], titles: Collection[str]
) -> Iterator[Problem]:
    for name, indicator in file.indicators.items():
        if name in known:
            text = Text(f"指标 {name} 已有定义", f"the indicator {name} is already defined")
            yield _problem(source, ["indicators", name], "duplicate", text, name)
        counted = indicator.counted_by
        if counted is not None and counted.title not in titles:
            text = with_nearest(
                f"没有资质 {counted.title}", f"no title {counted.title!r}", counted.title, titles
            )
            yield _problem(source, ["indicators", name, "counted_by"], "title", text, counted.title)


def _date_problems(source: Source, index: int, each: FigureDefinition) -> Iterator[Problem]:
    for key in ("on", "published"):
        written = getattr(each, key) or "2024"
        padded = written + {4: "-01-01", 7: "-01"}.get(len(written), "")
        try:
            dt.date.fromisoformat(padded)
        except ValueError:
            text = Text(f"没有 {written} 这一天", f"there is no day {written}")
            yield _problem(source, ["figures", index, key], "date", text, written)


def _problem(source: Source, keys: list[str | int], kind: str, text: Text, found: str) -> Problem:
    line = source.line(keys)
    return Problem(f"figure.{kind}", text, file=source.shown, line=line, path=key_path(keys), found=found)
