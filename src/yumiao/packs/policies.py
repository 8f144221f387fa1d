"""A policy version as a pack file states it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from yumiao.model.metrics import Citation
from yumiao.model.outcomes import Confidence
from yumiao.model.text import Text
from yumiao.packs.fields import (
    Length,
    Part,
    PointsChoice,
    PointsField,
    Quantity,
    QuantityChoice,
    Sourced,
    Statement,
    StatementChoice,
    Words,
)

ApplicationKind = Literal["first_application", "review"]
Level = Literal["province", "city", "district"]


class Document(Part):
    """The official text a version comes from."""

    number: str
    zh: str = ""
    en: str = ""
    issued: dt.date | None = None
    confidence: Confidence = Confidence.VERIFIED
    sources: tuple[str, ...] = ()
    note: Words | str | None = None


class Applies(Part):
    """To whom a version applies, and on which application dates (both ends included)."""

    to: tuple[ApplicationKind, ...]
    from_: dt.date = Field(alias="from")
    until: dt.date | None = None
    confidence: Confidence | None = None
    note: Words | str | None = None

    def covers(self, as_of: dt.date, kind: ApplicationKind | None) -> bool:
        in_time = self.from_ <= as_of and (self.until is None or as_of <= self.until)
        return in_time and (kind is None or kind in self.to)


class Grants(Sourced):
    """The title that a granted application brings."""

    title: str
    valid: Length | None = None


class Window(Sourced):
    """A known application window."""

    round: str
    from_: dt.date | None = Field(default=None, alias="from")
    until: dt.date | None = None


class Condition(Sourced):
    """One testable clause."""

    zh: str
    en: str = ""
    need: StatementChoice
    younger: Literal["actual_years"] | None = None

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class ParameterBand(Part):
    """One row of a bracket table; the first row that fits gives the value."""

    from_: Quantity | None = Field(default=None, alias="from")
    above: Quantity | None = None
    to: Quantity | None = None
    below: Quantity | None = None
    otherwise: None = Field(default=None, alias="else")
    is_: Quantity = Field(alias="is")

    @property
    def edge(self) -> str | None:
        return _edge(self, ("from_", "above", "to", "below"))


class Parameter(Sourced):
    """A dated value, or a bracket chosen by another metric."""

    zh: str = ""
    en: str = ""
    is_: QuantityChoice | None = Field(default=None, alias="is")
    by: Quantity | None = None
    bands: tuple[ParameterBand, ...] = ()
    open_to: tuple[Level, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Parameter:
        if (self.is_ is None) == (self.by is None or not self.bands):
            raise PydanticCustomError("parameter", "expected either `is`, or `by` with `bands`", {})
        return self

    @property
    def is_unknown(self) -> bool:
        """Whether the value has not been set: what uses it stays undetermined."""
        return self.is_ is not None and any(value.text == "unknown" for value in self.is_.readings.values())


class Band(Part):
    """One row of a scoring table; the first row that holds gives the points."""

    from_: Quantity | None = Field(default=None, alias="from")
    above: Quantity | None = None
    to: Quantity | None = None
    below: Quantity | None = None
    is_: str | None = Field(default=None, alias="is")
    when: StatementChoice | None = None
    otherwise: None = Field(default=None, alias="else")
    points: PointsChoice
    note: Words | str | None = None

    @property
    def edge(self) -> str | None:
        """Which key decides the band; None for ``else``."""
        return _edge(self, ("from_", "above", "to", "below", "is_", "when"))


def _edge(band: ParameterBand | Band, keys: tuple[str, ...]) -> str | None:
    found = [key for key in keys if getattr(band, key) is not None]
    if len(found) > 1 or (not found and "otherwise" not in band.model_fields_set):
        names = ", ".join(key.rstrip("_") for key in (*keys, "else"))
        raise PydanticCustomError("band", "a band has exactly one of: {names}", {"names": names})
    return found[0] if found else None


class PerItem(Part):
    """Points for each so much of a quantity, up to a limit."""

    value: Quantity
    every: Quantity
    points: PointsField
    at_most: PointsField


class ScorePart(Sourced):
    """A score or a part of one.

    Parts added up, bands of a value, the better of options, points per unit, or points given by people.
    """

    zh: str = ""
    en: str = ""
    of: PointsField | None = None
    bonus: bool = False
    parts: Mapping[str, ScorePart] | None = None
    value: QuantityChoice | None = None
    bands: tuple[Band, ...] | None = None
    better_of: Mapping[str, ScorePart] | None = None
    points: QuantityChoice | None = None
    per: PerItem | None = None
    younger: Literal["actual_years"] | None = None
    one_year: PointsChoice | None = None
    zero_base: Literal["later_two_years"] | None = None
    below_zero: PointsChoice | None = None
    zero_base_two_years: PointsChoice | None = None

    @model_validator(mode="after")
    def _one_form(self) -> ScorePart:
        forms = [
            name
            for name in ("parts", "bands", "better_of", "points", "per")
            if getattr(self, name) is not None
        ]
        if len(forms) != 1:
            raise PydanticCustomError(
                "score", "expected exactly one of parts, bands, better_of, points, per", {}
            )
        if self.bands is not None:
            needs_value = any(band.edge not in (None, "when") for band in self.bands)
            if needs_value and self.value is None:
                raise PydanticCustomError("score", "bands with from/above/to/below/is need a `value`", {})
            if self.bands[-1].edge is not None:
                raise PydanticCustomError(
                    "score", "the last band is `else`, so that every value has points", {}
                )
        return self

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)

    @property
    def children(self) -> Mapping[str, ScorePart]:
        return self.parts or self.better_of or {}

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], ScorePart]]:
        """Yield this part and all below it, with the path from here."""
        yield path, self
        for name, child in self.children.items():
            yield from child.walk((*path, name))


class Route(Part):
    """A named way to qualify."""

    zh: str
    en: str = ""
    when: Statement


class ClassRule(Part):
    """A class and the statement that puts a subject into it."""

    zh: str
    en: str = ""
    when: Statement


class ClassTable(Sourced):
    """A printed table of lower bounds: the class is the highest whose bounds are all reached."""

    by: str
    classes: tuple[str, ...]
    labels: Mapping[str, Words]
    bounds: Mapping[str, Mapping[str, tuple[int | float | str, ...]]]


class Switch(Sourced):
    """A place where the text is silent, with the readings and the one taken."""

    zh: str
    en: str = ""
    why: str
    readings: Mapping[str, Words | str]
    default: str

    @model_validator(mode="after")
    def _default_is_a_reading(self) -> Switch:
        if self.default not in self.readings:
            raise PydanticCustomError(
                "switch",
                "default {found} is not among the readings {known}",
                {"found": self.default, "known": ", ".join(self.readings)},
            )
        return self


class NearMiss(Part):
    """How close to the threshold a failing condition may be, and how many may fail."""

    within: Quantity
    at_most: int = 2


class PolicyVersion(Part):
    """One text of a policy."""

    policy: str
    version: str
    also_known_as: str | None = None
    title: Words
    documents: tuple[Document, ...] = Field(min_length=1)
    judges: Literal["enterprise"] = "enterprise"
    territory: str | None = None
    applies: tuple[Applies, ...] = Field(min_length=1)
    grants: Grants | None = None
    windows: tuple[Window, ...] = ()
    counts: Mapping[str, str] = {}
    conditions: Mapping[str, Condition] = {}
    parameters: Mapping[str, Parameter] = {}
    scores: Mapping[str, ScorePart] = {}
    routes: Mapping[str, Route] = {}
    switches: Mapping[str, Switch] = {}
    met_when: tuple[Statement, ...] | None = None
    classes: Mapping[str, ClassRule] | None = None
    class_table: ClassTable | None = None
    near_miss: NearMiss | None = None
    note: Words | str | None = None

    @model_validator(mode="after")
    def _one_result(self) -> PolicyVersion:
        forms = [name for name in ("met_when", "classes", "class_table") if getattr(self, name) is not None]
        if len(forms) != 1:
            raise PydanticCustomError("policy", "expected exactly one of met_when, classes, class_table", {})
        return self

    @cached_property
    def default_settings(self) -> dict[str, str]:
        """The default reading of each switch."""
        return {name: switch.default for name, switch in self.switches.items()}

    @property
    def is_class_policy(self) -> bool:
        return self.met_when is None

    def class_labels(self) -> dict[str, Text]:
        """The classes a subject may be put into, highest first; empty when the policy has none."""
        if self.class_table is not None:
            return {name: self.class_table.labels[name].text for name in self.class_table.classes}
        return {name: Text(rule.zh, rule.en) for name, rule in (self.classes or {}).items()}

    def citation(self, part: Sourced) -> Citation:
        """Return the full citation of a part: its clause, the document's number, sources and confidence."""
        document = self.documents[0]
        return Citation(
            clause=part.cite,
            document=document.number,
            sources=part.sources or document.sources,
            confidence=part.confidence or document.confidence,
        )

    def settings(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return the reading of every switch: the chosen one, else the default."""
        return {name: chosen.get(name, default) for name, default in self.default_settings.items()}

    def near_miss_edge(self) -> tuple[Fraction, int]:
        """Return how far (as a share of the threshold) and how many conditions a near miss may fail."""
        if self.near_miss is None:
            return Fraction(1, 5), 2
        tree = self.near_miss.within.tree
        return Fraction(tree.value) / 100, self.near_miss.at_most
