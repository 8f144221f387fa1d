"""Facts on which sources disagree: whether the outcome depends on whom one believes.

Each losing value is put in the place of the one that counts. Where none of a file changes the outcome by itself,
all of the file together are tried, because whoever believes one figure of a file believes the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.text import Text
from yumiao.rules import wording
from yumiao.rules.answers import Contested, Source
from yumiao.rules.emit_python import Row
from yumiao.rules.judging import PolicyJudge, Result
from yumiao.rules.origins import LosingValue

Derive = Callable[[Row], Row]
"""Fills in the facts that follow from others."""


def as_received(row: Row) -> Row:
    """Leave a row as it is: nothing in it follows from other facts."""
    return row


def find_contested(
    judge: PolicyJudge, row: Row, losing: Sequence[LosingValue], derive: Derive = as_received
) -> tuple[Contested, ...]:
    """Return the losing values under which the outcome, the class or what remains possible would be another.

    Args:
        row: the facts that count.
        losing: the values that another source gives for them.
        derive: fills in what follows from the facts, when some of them change.
    """
    return tuple(_Comparison(judge, row, derive, judge.result(row)).find(losing))


@dataclass(frozen=True)
class _Comparison:
    """One row held against what other sources say."""

    judge: PolicyJudge
    row: Row
    derive: Derive
    result: Result

    def find(self, losing: Sequence[LosingValue]) -> Iterator[Contested]:
        groups: dict[Source, list[LosingValue]] = defaultdict(list)
        for value in losing:
            groups[Source(value.origin.source.batch, value.origin.source.file)].append(value)
        for group in groups.values():
            yield from self._of_group(group)

    def _of_group(self, group: Sequence[LosingValue]) -> Iterator[Contested]:
        alone = [(value, self._believing((value,))) for value in group]
        telling = [(value, result) for value, result in alone if self._is_other(result)]
        if not telling and len(group) > 1:
            together = self._believing(group)
            telling = [(value, together) for value in group] if self._is_other(together) else []
        for value, result in telling:
            if _base(value.column) in self.judge.graph.leaves:
                yield self._told(value, result)

    def _believing(self, values: Sequence[LosingValue]) -> Result:
        changed: dict[str, Any] = dict(self.row)
        for value in values:
            if value.column == _base(value.column):
                changed |= {value.column + LOW_SUFFIX: None, value.column + HIGH_SUFFIX: None}
            changed[value.column] = value.value
        return self.judge.result(self.derive(changed))

    def _is_other(self, result: Result) -> bool:
        return result.reachable != self.result.reachable

    def _told(self, value: LosingValue, result: Result) -> Contested:
        leaf = self.judge.graph.leaves[_base(value.column)]
        counting = self.row.get(value.column)
        other = wording.fact_value(leaf.metric, value.value)
        return Contested(
            metric=leaf.metric.id,
            period=wording.period_of(leaf),
            value=None if counting is None else wording.fact_value(leaf.metric, counting).exact,
            other=other.exact,
            unit=other.unit,
            source=value.origin.source,
            outcome=result.outcome,
            class_=result.class_id,
            text=self._sentence(leaf.metric.label, other.label, value.origin.source, result),
        )

    def _sentence(self, metric: Text, other: Text, source: Source, result: Result) -> Text:
        place = " ".join(part for part in (source.file, source.sheet, source.cell) if part)
        label = self._label(result)
        return Text(
            f"若{metric.zh}按 {place} 的 {other.zh} 计，结论为{label.zh}",
            f"with {metric.words('en')} of {other.words('en')} from {place} it is {label.words('en')}",
        )

    def _label(self, result: Result) -> Text:
        labels = self.judge.policy.body.class_labels()
        return labels.get(result.class_id or "", result.outcome.label)


def _base(column: str) -> str:
    return column.partition("#")[0]
