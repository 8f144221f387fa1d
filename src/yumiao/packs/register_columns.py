"""The columns of a register as a pack states them: what a row of it says, and in which words files say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Dimension, Kind
from yumiao.packs.fields import Part, Statement, Words

TEXT = "text"
"""The type of a column that is kept as written: a number, a name. It cannot stand in a filter."""

TITLE = "title"
"""The type of a column that names a title; read packs hold it as a category of all titles that they declare."""

COLUMN_TYPES = (*UNITS, "bool", "date", "category", TITLE, TEXT)
"""What a column of a register may hold."""

RESERVED = (
    "subject",
    "row_id",
    "file",
    "sheet",
    "cell",
    "complete",
    "batch",
    "source",
    "observed_on",
    "recorded_at",
    "thing",
    "there",
)
"""Names of what every row has beside the columns that packs declare; no column may be called so."""

_WHOLE = {Dimension.PERSON, Dimension.ITEM, Dimension.DAY}
_PARTS = {"type", "label", "synonyms", "values", "words", "derived", "note"}


class RegisterColumn(Part):
    """One column of a register.

    Written in full as ``{type: date, label: …}``; ``date`` alone is its type, and a table of words alone is a
    category with these values.

    Attributes:
        type: a unit, ``bool``, ``date``, ``category``, ``title`` or ``text``.
        label: how the column is called; blank: its id.
        synonyms: other labels under which files carry it.
        values: the categories, in order.
        words: category → other words that cells use for it.
        derived: for a yes/no column: a statement over other columns, which stands in where a row does not say.
    """

    type: str = "category"
    label: Words | None = None
    synonyms: tuple[str, ...] = ()
    values: Mapping[str, Words] = {}
    words: Mapping[str, tuple[str, ...]] = {}
    derived: Statement | None = None
    note: Words | str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, written: Any) -> Any:
        if isinstance(written, str):
            return {"type": written}
        if isinstance(written, Mapping) and not _PARTS.intersection(written):
            return {"values": written}
        return written

    @model_validator(mode="after")
    def _known_type(self) -> RegisterColumn:
        if self.type not in COLUMN_TYPES:
            detail = {"found": self.type, "known": ", ".join(COLUMN_TYPES)}
            raise PydanticCustomError("unit", "unknown type {found}; known: {known}", detail)
        if (self.type == "category") != bool(self.values):
            raise PydanticCustomError("values", "a category lists its values, and nothing else does", {})
        strange = [value for value in self.words if value not in self.values]
        if strange:
            raise PydanticCustomError("words", "words for {found}, which is no value", {"found": strange[0]})
        if self.derived is not None and self.type != "bool":
            raise PydanticCustomError("derived", "only a yes/no column may be derived", {})
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors of the short forms too."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        for value in whole.get("properties", {}).values():
            value.pop("title", None)
        short = {"type": "string", "enum": list(COLUMN_TYPES)}
        words = {"type": "object", "additionalProperties": handler(Words.__pydantic_core_schema__)}
        return {"anyOf": [short, {**whole}, words]}

    @property
    def is_text(self) -> bool:
        """Whether cells are kept as written."""
        return self.type == TEXT

    def label_of(self, name: str) -> Text:
        """Return the label of the column called ``name``."""
        return Text(name, name) if self.label is None else self.label.text

    def metric(self, name: str) -> Metric | None:
        """Return the column as a metric of its row, so that rules can be read over rows; None for text."""
        if self.is_text:
            return None
        unit = UNITS.get(self.type)
        is_whole = unit is not None and unit.dimension in _WHOLE
        return Metric(
            id=name,
            label=self.label_of(name),
            kind=Kind.QUANTITY if unit else Kind.CATEGORY if self.type == TITLE else Kind(self.type),
            period=PeriodKind.AT_APPLICATION,
            unit=unit,
            minimum=0 if is_whole else None,
            whole=is_whole,
            values=tuple((value, words.text) for value, words in self.values.items()),
            derived=None if self.derived is None else self.derived.text,
        )
