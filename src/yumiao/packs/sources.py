"""Who reports facts, and whom a district believes when they differ: the file ``sources.yaml`` of a pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import Field

from yumiao.model.metrics import Metric
from yumiao.model.precedence import Precedence, Source
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.definitions import Cite
from yumiao.packs.fields import Length, Part, Words
from yumiao.packs.near_names import with_nearest
from yumiao.packs.yaml_reading import Source as SourceText
from yumiao.packs.yaml_reading import key_path


class SourceDefinition(Part):
    """Who reports facts, as written.

    Attributes:
        every: how long after its latest report the next one is expected: ``95 天``, ``1 年``; blank: nobody said.
    """

    label: Words
    shown_to_subject: bool = True
    every: Length | None = None
    note: Words | str | None = None


class OrderDefinition(Part):
    """The order in which sources are believed, best first; metrics may have one of their own."""

    usual: tuple[str, ...] = Field(min_length=1)
    metrics: Mapping[str, tuple[str, ...]] = {}
    cite: Cite = Cite()
    note: Words | str | None = None


class SourcesFile(Part):
    """``sources.yaml`` of a pack."""

    sources: Mapping[str, SourceDefinition] = {}
    believed: OrderDefinition | None = None


@dataclass(frozen=True)
class FactSources:
    """The sources that packs declare, and the order in which they are believed."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    precedence: Precedence = field(default_factory=Precedence)


def read_sources(
    files: Sequence[tuple[SourceText, SourcesFile, str]], metrics: Mapping[str, Metric]
) -> tuple[FactSources, list[Problem]]:
    """Put the sources of some packs together.

    Args:
        files: each with the code of the territory of its pack. The order of the smallest territory counts as a
            whole: whom to believe is the practice of a place, not a rule handed down.
    Returns: what they declare, and everything wrong with them.
    """
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    for text, file, _ in files:
        for name, definition in file.sources.items():
            if name in sources:
                words = Text(f"来源 {name} 已有定义", f"the source {name} is already defined")
                problems.append(_problem("duplicate", text, ["sources", name], words, name))
            every = None if definition.every is None else _days_of(definition.every)
            sources[name] = Source(name, definition.label.text, definition.shown_to_subject, every)
    orders = [
        (len(place.strip("CN").rstrip("0")), text, file.believed)
        for text, file, place in files
        if file.believed
    ]
    for _, text, order in orders:
        problems += _order_problems(text, order, sources, metrics)
    chosen = max(orders, key=lambda each: each[0], default=None)
    if chosen is None:
        return FactSources(sources), problems
    problems += _twice(chosen, orders)
    return FactSources(sources, Precedence(chosen[2].usual, dict(chosen[2].metrics))), problems


def _days_of(length: tuple[int, str]) -> int:
    """A year as its days and one more: what is due each year is not late in a leap year."""
    number, unit = length
    return number * 366 if unit == "year" else number


def _order_problems(
    text: SourceText, order: OrderDefinition, sources: Mapping[str, Source], metrics: Mapping[str, Metric]
) -> Iterator[Problem]:
    for metric in order.metrics:
        if metric not in metrics:
            words = with_nearest(f"没有口径 {metric}", f"no metric {metric!r}", metric, metrics)
            yield _problem("metric", text, ["believed", "metrics", metric], words, metric)
    orders: dict[tuple[str, ...], tuple[str, ...]] = {("believed", "usual"): order.usual}
    orders |= {("believed", "metrics", metric): names for metric, names in order.metrics.items()}
    for keys, names in orders.items():
        for index, name in enumerate(names):
            place: list[str | int] = [*keys, index]
            if name not in sources:
                words = with_nearest(f"没有来源 {name}", f"no source {name!r}", name, sources)
                yield _problem("unknown", text, place, words, name)
            elif name in names[:index]:
                words = Text(f"来源 {name} 写了两次", f"the source {name} stands here twice")
                yield _problem("twice", text, place, words, name)


def _twice(
    chosen: tuple[int, SourceText, OrderDefinition], orders: Sequence[tuple[int, SourceText, OrderDefinition]]
) -> Iterator[Problem]:
    for depth, text, _ in orders:
        if depth == chosen[0] and text is not chosen[1]:
            words = Text(
                f"同级的 {chosen[1].shown} 已规定采信顺序",
                f"{chosen[1].shown}, of the same level, already says who is believed",
            )
            yield _problem("order", text, ["believed"], words)


def _problem(kind: str, source: SourceText, keys: list[str | int], text: Text, found: str = "") -> Problem:
    line = source.line(keys)
    return Problem(f"source.{kind}", text, file=source.shown, line=line, path=key_path(keys), found=found)
