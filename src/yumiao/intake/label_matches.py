"""Which metrics a label may mean, best first, by its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from yumiao.intake.label_terms import (
    Label,
    brackets_of,
    changing_words,
    core_of,
    expand_words,
    loosen_words,
    missing_words,
    read_label,
)
from yumiao.intake.labels import normalise_label
from yumiao.model.metrics import Metric
from yumiao.model.text import Text
from yumiao.model.units import Kind

EXACT = 1.0
"""The label is the metric's id, label or synonym."""

SAME = 0.97
"""So it is once numbering, 合计, 期末 and the like are off."""

SHORT_FORM = 0.93
"""So it is once short forms are written in full."""

QUALIFIED = 0.84
"""So it is but for a remark in brackets, which may change the meaning."""

MOST_ALIKE = 0.8
"""The most that likeness of characters gives, for words that differ."""

DEFINED = 0.55
"""The definition of the metric contains the label."""

SHOWN = 0.5
"""Matches below this are not worth asking about."""

_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_CHANGED = 0.7
_PART = 0.9
_LEAST_ALIKE = 100 * SHOWN / MOST_ALIKE
_LONG_ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A metric that a label may mean.

    Attributes:
        confidence: from 0.0 (surely not) to 1.0 (the very name).
        name: the metric's name that was found alike.
    """

    metric: str
    confidence: float
    name: str
    reason: Text


@dataclass(frozen=True, slots=True)
class _Name:
    metric: Metric
    written: str
    words: str
    core: str
    full: str
    bare: str
    loose: str


class MetricNames:
    """All names of all metrics, prepared once for comparing."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self.metrics = metrics
        self._names = [_prepare(metric, name) for metric in metrics.values() for name in _names_of(metric)]
        self._definitions = {
            metric.id: expand_words(normalise_label(metric.definition.zh)) for metric in metrics.values()
        }

    def matches(self, label: Label) -> tuple[Match, ...]:
        """Return the metrics that a label may mean, best first; those whose unit cannot be its are left out."""
        best: dict[str, Match] = {}
        forms: dict[tuple[str, str, bool], tuple[str, str, str]] = {}
        for name in self._names:
            if _unit_differs(label, name.metric):
                continue
            found = _compare(label, name, forms)
            known = best.get(name.metric.id)
            if found is not None and (known is None or found.confidence > known.confidence):
                best[name.metric.id] = found
        self._add_defined(label, best)
        return tuple(sorted(best.values(), key=lambda match: (-match.confidence, match.metric)))

    def _add_defined(self, label: Label, best: dict[str, Match]) -> None:
        words = expand_words(label.words)
        if len(words) < _LONG_ENOUGH:
            return
        for metric, definition in self._definitions.items():
            known = best.get(metric)
            if words in definition and (known is None or known.confidence < DEFINED):
                if _unit_differs(label, self.metrics[metric]):
                    continue
                text = Text("口径的定义提到它", "the metric's definition mentions it")
                best[metric] = Match(metric, DEFINED, label.words, text)


def _names_of(metric: Metric) -> Iterable[str]:
    names = (metric.label.zh, metric.label.en, *metric.synonyms, metric.id)
    return dict.fromkeys(name for name in names if name)


def _prepare(metric: Metric, name: str) -> _Name:
    read = read_label(name)
    # A year inside a metric's own name is part of the name.
    words = read.words if read.year is None else normalise_label(name)
    core = core_of(words, metric)
    full = expand_words(core)
    return _Name(
        metric, name, words, core, full, core_of(_BRACKETS.sub("", full), metric), loosen_words(full)
    )


def _unit_differs(label: Label, metric: Metric) -> bool:
    if label.unit is None:
        return False
    return metric.unit is None or metric.unit.dimension is not label.unit.dimension


def _compare(
    label: Label, name: _Name, forms: dict[tuple[str, str, bool], tuple[str, str, str]]
) -> Match | None:
    """Compare a label with one name; ``forms`` remembers the label's cores by kind of metric."""
    metric = name.metric
    whole = normalise_label(label.written)
    if normalise_label(name.written) in (whole, label.words) or label.words == name.words:
        return Match(
            metric.id, EXACT, name.written, Text("列名就是口径的名称", "the label is the metric's name")
        )
    unit = metric.unit.dimension.value if metric.unit is not None else ""
    key = (metric.period.value, f"{metric.kind}{unit}", metric.kind is Kind.BOOL)
    if key not in forms:
        core = core_of(label.words, metric)
        full = expand_words(core)
        forms[key] = (core, full, core_of(_BRACKETS.sub("", full), metric))
    core, full, bare = forms[key]
    if core == name.core:
        return _complete(
            Match(
                metric.id,
                SAME,
                name.written,
                _named("去掉不影响含义的字后就是", "but for words that change nothing, it is", name),
            ),
            label,
            name,
        )
    if full == name.full:
        return _complete(
            Match(metric.id, SHORT_FORM, name.written, _named("简称，全称是", "short for", name)), label, name
        )
    if bare == name.bare and (bare == full) != (name.bare == name.full):
        if _remark_is_known(label, metric):
            return Match(
                metric.id,
                SAME,
                name.written,
                _named("括号里的说明与口径一致：", "with the metric's own remark, ", name),
            )
        text = _named("括号里的说明不同：", "a remark in brackets differs from", name)
        return Match(metric.id, QUALIFIED, name.written, text)
    return _alike(full, name)


def _remark_is_known(label: Label, metric: Metric) -> bool:
    """Whether all that stands in the label's brackets stands in those of the metric's full name too."""
    remarks = brackets_of(expand_words(label.words))
    return bool(remarks) and remarks <= brackets_of(expand_words(normalise_label(metric.label.zh)))


def _complete(match: Match, label: Label, name: _Name) -> Match:
    """Lower the confidence where the metric's full label says more than the synonym that was found (有效)."""
    # What the synonym leaves out as well, the pack's author has settled, unless it was only nearly the synonym.
    full_name = expand_words(normalise_label(name.metric.label.zh))
    missing = missing_words(expand_words(label.words), full_name)
    if not missing:
        return match
    words = "、".join(sorted(missing))
    reason = Text(
        f"{match.reason.zh}；但口径全称“{name.metric.label.zh}”多了“{words}”",
        f"{match.reason.en}; yet the full name “{name.metric.label.zh}” also says “{words}”",
    )
    return replace(match, confidence=QUALIFIED, reason=reason)


def _named(zh: str, en: str, name: _Name) -> Text:
    return Text(f"{zh}“{name.written}”", f"{en} “{name.written}”")


def _alike(full: str, name: _Name) -> Match | None:
    if full.isascii() != name.full.isascii():
        return None
    one, other = loosen_words(full), name.loose
    likeness = fuzz.ratio(one, other, score_cutoff=_LEAST_ALIKE) / 100
    if min(len(one), len(other)) >= _LONG_ENOUGH:
        partly = fuzz.partial_ratio(one, other, score_cutoff=_LEAST_ALIKE / _PART) / 100
        likeness = max(likeness, _PART * partly)
    if not likeness:
        return None
    changed = changing_words(one, other)
    confidence = round(likeness * MOST_ALIKE * (_CHANGED if changed else 1.0), 2)
    if confidence < SHOWN:
        return None
    text = _named("与它相近：", "similar to", name)
    if changed:
        words = "、".join(sorted(changed))
        text = Text(f"{text.zh}，但“{words}”会改变含义", f"{text.en}, yet “{words}” changes the meaning")
    return Match(name.metric.id, confidence, name.written, text)
