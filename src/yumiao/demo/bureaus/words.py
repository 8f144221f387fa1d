"""What the larger invented district is made of, read from ``district.yaml`` here and the words beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from yumiao.demo.words import EnterpriseKind, Words, district_words


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its division code and name, its weight among the towns, and the zone that runs it, if any."""

    code: str
    name: str
    share: int
    zone: str = ""


@dataclass(frozen=True, slots=True)
class BureauWords:
    """The words of the district.

    Attributes:
        words: those of the smaller district: prefixes and lines of business of names.
        kinds: kinds of enterprises with the shares that they have here.
        stems: the trade names, each once.
        industry_codes: line of business → industry code.
    """

    words: Words
    kinds: tuple[EnterpriseKind, ...]
    towns: tuple[Town, ...]
    stems: tuple[str, ...]
    industry_codes: dict[str, str]
    roads: tuple[str, ...]


@cache
def bureau_words() -> BureauWords:
    """Read the words of the district."""
    source = resources.files("yumiao.demo.bureaus").joinpath("district.yaml").read_text(encoding="utf-8")
    data = YAML(typ="safe").load(source)
    words = district_words()
    shares = data["shares"]
    return BureauWords(
        words=words,
        kinds=tuple(replace(kind, share=shares[kind.name]) for kind in words.kinds),
        towns=tuple(Town(**town) for town in data["towns"]),
        stems=tuple(first + second for first in data["stems"]["first"] for second in data["stems"]["second"]),
        industry_codes=data["industry_codes"],
        roads=tuple(data["roads"]),
    )
