"""What a company name consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yumiao.identity.divisions import Region
from yumiao.identity.names.forms import Form
from yumiao.model.text import Text


class PartKind(StrEnum):
    """What a stretch of a name is."""

    REGION = "region"
    PLACE = "place"
    TRADE_NAME = "trade_name"
    INDUSTRY = "industry"
    FORM = "form"
    QUALIFIER = "qualifier"
    BRANCH = "branch"
    REMARK = "remark"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of the normalised name: ``text`` is ``name.text[start:end]``."""

    kind: PartKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name taken apart.

    The texts of ``parts``, put one after the other, are ``text`` again: nothing is lost.

    Attributes:
        text: the name as normalised; offsets of the parts count its characters.
        region: the division (行政区划) it names; None when it names none.
        place: a town or zone below it (湖塘镇, 经济开发区); "" without.
        trade_name: 字号; "" when nothing is left for one.
        industry: 行业; "" when no known word of an industry stands at the end.
        form: 组织形式; None when the end says none.
        qualifiers: what stands in brackets and is none of the above, in order.
        branch: the part beside the seat (武进分公司); "" for a company itself.
        former_names: names that a remark gives as former ones (原常州伟业机械厂), normalised.
        is_chinese: False for a name in other letters, which has only trade name and form.
        doubts: what could not be told for sure.
    """

    text: str
    parts: tuple[Part, ...]
    region: Region | None = None
    place: str = ""
    trade_name: str = ""
    industry: str = ""
    form: Form | None = None
    qualifiers: tuple[str, ...] = ()
    branch: str = ""
    former_names: tuple[str, ...] = ()
    is_chinese: bool = True
    doubts: tuple[Text, ...] = ()

    @property
    def middle(self) -> str:
        """Trade name and industry together: what is left when one does not know where to cut."""
        return self.trade_name + self.industry

    @property
    def official_text(self) -> str:
        """The name without remarks (原…, 已注销)."""
        return self._without(PartKind.REMARK)

    @property
    def parent_text(self) -> str:
        """The name of the company that a branch belongs to; the company's own name where this is no branch."""
        return self._without(PartKind.REMARK, PartKind.BRANCH)

    def _without(self, *kinds: PartKind) -> str:
        return "".join(part.text for part in self.parts if part.kind not in kinds)

    @property
    def region_codes(self) -> tuple[str, ...]:
        return self.region.codes if self.region else ()

    @property
    def form_key(self) -> str:
        """Equal for two ways to write one form of organisation; "" when none is said."""
        return self.form.key if self.form else ""
