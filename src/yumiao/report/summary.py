"""What a run found, in the few figures and short lists that terminal, page and workbook share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.evaluate import EvaluatedPolicy, Run
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Citation, Metric
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text


@dataclass(frozen=True)
class ConditionCount:
    """How one condition came out over all subjects."""

    id: str
    text: Text
    citation: Citation
    met: int
    not_met: int
    open: int

    @property
    def decided(self) -> float:
        """The share of subjects for which the condition is decided."""
        total = self.met + self.not_met + self.open
        return (self.met + self.not_met) / total if total else 0.0


@dataclass(frozen=True)
class PolicySummary:
    """How one policy came out.

    Attributes:
        classes: class -> label and how many certainly are of it; empty for policies without classes.
        near_misses: rows of the near misses, the nearest first.
        still_possible: rows of the undetermined subjects, those with the fewest open conditions first.
    """

    evaluated: EvaluatedPolicy
    counts: Mapping[Outcome, int]
    classes: Mapping[str, tuple[Text, int]]
    conditions: tuple[ConditionCount, ...]
    near_misses: pl.Series
    still_possible: pl.Series

    @property
    def id(self) -> str:
        return self.evaluated.policy.id

    @property
    def title(self) -> Text:
        return self.evaluated.policy.title

    @property
    def total(self) -> int:
        return self.evaluated.verdicts.height

    @property
    def is_rung(self) -> bool:
        """Whether the policy brings a title: a rung of the ladder."""
        return self.evaluated.policy.body.grants is not None


@dataclass(frozen=True)
class Coverage:
    """How many subjects one fact is known of, and how many policies ask for it."""

    metric: Metric
    year: int | None
    known: int
    policies: int


@dataclass(frozen=True)
class Summary:
    """A run at a glance.

    Attributes:
        facts: the facts as judged, derived ones filled in.
        coverage: the facts that the policies ask for, the least known first.
    """

    run: Run
    facts: pl.DataFrame
    policies: tuple[PolicySummary, ...]
    coverage: tuple[Coverage, ...]

    @property
    def subjects(self) -> int:
        return self.facts.height

    def rungs(self) -> list[PolicySummary]:
        """Return the policies that bring titles, the most widely met first."""
        rungs = [policy for policy in self.policies if policy.is_rung]
        return sorted(rungs, key=lambda policy: -policy.counts[Outcome.MET])


def summarise(run: Run) -> Summary:
    """Count what a run found."""
    facts = run.judged_facts()
    policies = tuple(_policy(evaluated) for evaluated in run.policies)
    return Summary(run, facts, policies, _coverage(run, facts))


def _policy(evaluated: EvaluatedPolicy) -> PolicySummary:
    verdicts = evaluated.verdicts
    counts = _outcomes(verdicts["outcome"])
    return PolicySummary(
        evaluated=evaluated,
        counts=counts,
        classes=_classes(evaluated),
        conditions=tuple(_condition(evaluated, number) for number in range(len(evaluated.graph.conditions))),
        near_misses=_rows(verdicts.filter(pl.col("near_miss")), verdicts, "distance"),
        still_possible=_rows(
            verdicts.filter(pl.col("outcome") == Outcome.UNDETERMINED.value), verdicts, "open"
        ),
    )


def _rows(kept: pl.DataFrame, verdicts: pl.DataFrame, by: str) -> pl.Series:
    """Return the row numbers of some verdicts, the smallest of a column first."""
    places = verdicts.select("subject").with_row_index("row")
    ordered = kept.select("subject", by).join(places, on="subject", how="left", maintain_order="left")
    return ordered.sort(by, "row", nulls_last=True)["row"]


def _outcomes(column: pl.Series) -> dict[Outcome, int]:
    found = dict(column.cast(pl.String).value_counts().iter_rows())
    return {outcome: found.get(outcome.value, 0) for outcome in Outcome}


def _condition(evaluated: EvaluatedPolicy, number: int) -> ConditionCount:
    node = evaluated.graph.conditions[number]
    found = _outcomes(evaluated.verdicts[f"condition.{node.id}"])
    return ConditionCount(
        node.id,
        node.text,
        node.citation,
        found[Outcome.MET],
        found[Outcome.NOT_MET],
        found[Outcome.UNDETERMINED],
    )


def _classes(evaluated: EvaluatedPolicy) -> dict[str, tuple[Text, int]]:
    labels = evaluated.policy.body.class_labels()
    found = dict(evaluated.verdicts["class"].cast(pl.String).drop_nulls().value_counts().iter_rows())
    return {name: (label, found.get(name, 0)) for name, label in labels.items()}


def _coverage(run: Run, facts: pl.DataFrame) -> tuple[Coverage, ...]:
    askers: dict[str, int] = {}
    leaves = {}
    for evaluated in run.policies:
        for column, leaf in evaluated.graph.leaves.items():
            askers[column] = askers.get(column, 0) + 1
            leaves[column] = leaf
    found = [
        Coverage(leaf.metric, leaf.year, _known(facts, column), askers[column])
        for column, leaf in leaves.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.known, -each.policies, each.metric.id, each.year or 0)))


def _known(facts: pl.DataFrame, column: str) -> int:
    """Count the subjects of which a fact is known, if only as an interval."""
    if column not in facts.columns:
        return 0
    known = facts[column].is_not_null()
    for end in (LOW_SUFFIX, HIGH_SUFFIX):
        if column + end in facts.columns:
            known = known | facts[column + end].is_not_null()
    return int(known.sum())
