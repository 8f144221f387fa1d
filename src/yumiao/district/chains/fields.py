"""Chains, links and placements as forms and files write them: read field by field, each refusal in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from yumiao.district.accounts.selectors import cut_zeros
from yumiao.district.chains.kinds import Level, Position, Sureness
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

CHAIN_FIELDS = (
    "name",
    "name_en",
    "level",
    "territory",
    "document",
    "source",
    "sureness",
    "valid_from",
    "valid_until",
    "note",
)
LINK_FIELDS = ("name", "position", "products", "codes", "place")
PLACEMENT_FIELDS = ("note", "since", "source")
LONGEST = 600
MOST_WHY = 200
"""No field is read beyond so many characters."""

_CODE = re.compile(r"[A-Ta-t]?(\d{2,4})")
_APART = re.compile(r"[\s,，;；、]+")
Token = TypeVar("Token", bound=StrEnum)


@dataclass(frozen=True)
class ChainEntry:
    """A chain as it is entered; see `models.Chain`."""

    name: str
    name_en: str
    level: Level
    territory: str
    document: str
    source: str
    sureness: Sureness
    valid_from: dt.date | None
    valid_until: dt.date | None
    note: str


@dataclass(frozen=True)
class LinkEntry:
    """A link as it is entered; see `models.Link`."""

    name: str
    position: Position
    products: str
    codes: tuple[str, ...]
    place: int


@dataclass(frozen=True)
class PlacementEntry:
    """What is said of a placement, or of several at once; see `models.Placement`."""

    note: str
    since: dt.date | None
    source: str


class Reading:
    """Reads the fields of one form or row, and gathers what is wrong with them."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self.written = written
        self.problems: list[Problem] = []

    def refuse(self, name: str, zh: str, en: str) -> None:
        """Say what is wrong with a field."""
        self.problems.append(Problem("chain.field", Text(zh, en), path=name))

    def text(self, name: str, label: Text, most: int, *, least: int = 0) -> str:
        """Return a text without blanks at its ends and without control characters."""
        found = " ".join(self.written.get(name, "").split())
        if not least <= len(found) <= most or not found.isprintable():
            self.refuse(
                name,
                f"{label.zh}应为 {least}–{most} 字，现有 {len(found)} 字。",
                f"{label.en}: {least} to {most} characters expected, found {len(found)}.",
            )
        return found[:most]

    def day(self, name: str, label: Text) -> dt.date | None:
        """Return a day; None where nothing is written."""
        text = self.written.get(name, "").strip()
        try:
            return dt.date.fromisoformat(text.replace("/", "-").replace(".", "-")) if text else None
        except ValueError:
            self.refuse(
                name,
                f"{label.zh}写的是“{text[:40]}”，应如 2026-01-01；不知道就空着。",
                f"{label.en} says “{text[:40]}”; expected a day such as 2026-01-01, or nothing where it is unknown.",
            )
            return None

    def token(self, name: str, label: Text, kind: type[Token], default: Token) -> Token:
        """Return a choice; the default where nothing was chosen is refused as well."""
        text = self.written.get(name, "")
        if text in set(kind):
            return kind(text)
        self.refuse(name, f"请选{label.zh}。", f"Choose the {label.en}.")
        return default

    def done(self) -> None:
        """Go on where nothing is wrong. Raises: YumiaoError (``chain.refused``) with every problem."""
        if self.problems:
            raise refused(*self.problems)


def refused(*problems: Problem) -> YumiaoError:
    """Return the error that names every problem of a form."""
    text = Text("没有保存，请按下列各项修改。", "Nothing was saved; please correct this:")
    return YumiaoError("chain.refused", text, problems)


def read_chain(written: Mapping[str, str]) -> ChainEntry:
    """Read a chain from texts. Raises: YumiaoError (``chain.refused``)."""
    reading = Reading(written)
    level = reading.token("level", Text("层级", "level"), Level, Level.DISTRICT)
    territory = cut_zeros(written.get("territory", "").strip())
    if not re.fullmatch(r"(\d\d){0,3}|\d{9}|\d{12}", territory) or (
        level is not Level.NATIONAL and not territory
    ):
        reading.refuse(
            "territory",
            "请填区划代码（2、4、6、9 或 12 位）；国家的可以空着。",
            "Give the division's code of 2, 4, 6, 9 or 12 digits; the nation's chains need none.",
        )
    entry = ChainEntry(
        reading.text("name", Text("名称", "The name"), 80, least=1),
        reading.text("name_en", Text("英文名称", "The English name"), 120),
        level,
        territory,
        reading.text("document", Text("文件", "The document"), 300, least=1),
        reading.text("source", Text("出处", "Where it was read"), 300),
        reading.token("sureness", Text("把握程度", "sureness"), Sureness, Sureness.PROPOSED),
        reading.day("valid_from", Text("起日", "The first day")),
        reading.day("valid_until", Text("止日", "The last day")),
        reading.text("note", Text("备注", "The note"), 500),
    )
    if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        reading.refuse("valid_until", "止日早于起日。", "It would end before it begins.")
    reading.done()
    return entry


def read_link(written: Mapping[str, str]) -> LinkEntry:
    """Read a link from texts. Raises: YumiaoError (``chain.refused``)."""
    reading = Reading(written)
    place = written.get("place", "").strip() or "0"
    if not (place.isascii() and place.isdigit() and int(place) <= 999):
        reading.refuse("place", "次序应为 0–999 的整数。", "The order is a whole number from 0 to 999.")
        place = "0"
    entry = LinkEntry(
        reading.text("name", Text("环节名称", "The link's name"), 80, least=1),
        reading.token("position", Text("位置", "position"), Position, Position.MIDSTREAM),
        reading.text("products", Text("产品", "The products"), 300),
        tuple(dict.fromkeys(_codes(reading, written.get("codes", "")))),
        int(place),
    )
    if len(" ".join(entry.codes)) > 300:
        reading.refuse("codes", "行业代码太多，最多 60 个。", "Too many industry codes; at most 60.")
    reading.done()
    return entry


def _codes(reading: Reading, text: str) -> Iterator[str]:
    """Yield the codes of a text without the letter of the section, which the digits say already."""
    for part in filter(None, _APART.split(text)):
        match = _CODE.fullmatch(part)
        if match is None:
            reading.refuse(
                "codes",
                f"“{part[:20]}”不是国民经济行业代码；应为 2–4 位数字，如 38、382、3821，用空格分开。",
                f"“{part[:20]}” is no code of GB/T 4754; expected 2 to 4 digits such as 38, 382 or 3821, with spaces "
                "between.",
            )
        else:
            yield match[1]


def read_why(text: str) -> str:
    """Read a reason, of 1 to `MOST_WHY` characters. Raises: YumiaoError (``chain.refused``)."""
    reason = " ".join(text.split())
    if not 1 <= len(reason) <= MOST_WHY or not reason.isprintable():
        said = Text(f"请写明原因（1–{MOST_WHY} 字）。", f"Say why, in 1 to {MOST_WHY} characters.")
        raise refused(Problem("chain.field", said, path="why"))
    return reason


def check_end(on: dt.date, since: dt.date | None, today: dt.date) -> None:
    """Check the day on which something no longer holds. Raises: YumiaoError (``chain.refused``)."""
    if on > today or (since is not None and on < since):
        text = Text(
            "止日不能晚于今天，也不能早于起日。", "It can end neither later than today nor before it began."
        )
        raise refused(Problem("chain.field", text, path="on"))


def read_placement(written: Mapping[str, str], today: dt.date) -> PlacementEntry:
    """Read what is said of a placement. Raises: YumiaoError (``chain.refused``)."""
    reading = Reading(written)
    entry = read_placement_fields(reading, today)
    reading.done()
    return entry


def read_placement_fields(reading: Reading, today: dt.date) -> PlacementEntry:
    """Read what is said of a placement; what is wrong is gathered by the reading."""
    since = reading.day("since", Text("起日", "The first day"))
    if since is not None and since > today:
        reading.refuse(
            "since",
            f"起日 {since} 晚于今天，只登记已经在链上的。",
            f"{since} is yet to come; only who sits there already is placed.",
        )
    note = reading.text("note", Text("角色或产品", "Role or product"), 200)
    return PlacementEntry(note, since, reading.text("source", Text("依据", "The source"), 300, least=1))
