"""What the invented district is made of, read from ``district.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: words of the name, industry of the size class, share of high-tech products."""

    words: str
    industry: str
    hightech: float


@dataclass(frozen=True, slots=True)
class EnterpriseKind:
    """A kind of enterprise: its share of all, middle and spread of what it reports (money in 万元)."""

    name: str
    share: float
    founded: Span
    revenue: float
    spread: float
    growth: Span
    rd: Span
    per_head: float
    tech_staff: Span
    main: Span
    debt: Span
    class1: Span
    class2: Span
    grades: tuple[str, ...]
    points: Span
    conversions: Span
    platform: Span
    segment: Span
    strong: bool
    titles: dict[str, float]
    reviewed: float


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is local: places, syllables of names, lines of business, kinds of enterprises."""

    district: str
    city: str
    division: str
    towns: tuple[str, ...]
    prefixes: tuple[str, ...]
    stems: tuple[str, ...]
    trades: tuple[Trade, ...]
    kinds: tuple[EnterpriseKind, ...]


@cache
def district_words() -> Words:
    """Read the words of the district."""
    source = resources.files("yumiao.demo").joinpath("district.yaml").read_text(encoding="utf-8")
    data = YAML(typ="safe").load(source)
    firsts, seconds = data["stems"]["first"], data["stems"]["second"]
    return Words(
        district=data["district"],
        city=data["city"],
        division=data["division"],
        towns=tuple(data["towns"]),
        prefixes=tuple(data["prefixes"]),
        stems=tuple(first + second for first in firsts for second in seconds),
        trades=tuple(Trade(**trade) for trade in data["trades"]),
        kinds=tuple(_kind(name, parts) for name, parts in data["kinds"].items()),
    )


def _kind(name: str, parts: dict[str, object]) -> EnterpriseKind:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in parts.items()}
    return EnterpriseKind(name=name, **values)  # type: ignore[arg-type]  # the file has exactly these keys
