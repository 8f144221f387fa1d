"""A verdict with its reasons: conditions with value, threshold and cells; scores; what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Citation
from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.periods import period_label
from yumiao.model.release import ENGINE_VERSION
from yumiao.model.units import UNITS, from_steps
from yumiao.packs.library import Policy
from yumiao.packs.policies import ApplicationKind
from yumiao.rules import graph as g
from yumiao.rules import wording
from yumiao.rules.answers import Answer, Condition, Criterion, Fact, Missing, Plan, Receipt, Score, Subject
from yumiao.rules.compile import OUTCOMES
from yumiao.rules.contested import find_contested
from yumiao.rules.decisive import DecisiveSearch
from yumiao.rules.emit_python import Row
from yumiao.rules.evidence import Evidence
from yumiao.rules.gaps import find_gap
from yumiao.rules.inspection import Inspection, columns_used, open_columns, open_score_columns
from yumiao.rules.judging import CONDITION, PolicyJudge, Result, SubjectJudge, read_result
from yumiao.rules.origins import LosingValue, Origin
from yumiao.rules.questions import CALLS, Inquiry, inquire

IS_REVIEW = "is_review"
POINT = UNITS["point"]


def explain(
    judges: SubjectJudge,
    policy: Policy,
    as_of: dt.date,
    row: Row,
    *,
    subject: Subject,
    origins: Mapping[str, Origin] | None = None,
    settings: Mapping[str, str] | None = None,
    known_at: str | None = None,
    snapshot: str | None = None,
    losing: Sequence[LosingValue] = (),
    plans: Sequence[Plan] = (),
    calls: int = CALLS,
    asks: bool = True,
) -> Answer:
    """Judge one subject under one policy version and say why.

    Args:
        row: the facts by column, as a table of facts holds them, dates as day numbers; None is unknown.
        origins: where the value of each column came from.
        settings: readings of switches that differ from the default.
        known_at: the moment up to which facts and packs count, copied into the answer.
        snapshot: hash of the facts, copied into the receipt.
        losing: values that other sources give for the same facts.
        plans: ways to ``met`` on a later date (:func:`yumiao.rules.planning.plan`), copied into the answer.
        calls: how often the engine may be asked to find the questions.
        asks: whether to look for the questions at all; without them nothing is said of whether an open outcome may
            be decided.
    """
    judge = judges.policy(policy, as_of, settings)
    explainer = Explainer.of(judge, row, origins or {})
    result = explainer.result
    inquiry = inquire(judge, row, calls) if asks else None
    reasons = _reasons(result, inquiry)
    return Answer(
        subject=subject,
        policy=policy.family,
        version=policy.version,
        in_force=policy.in_force(as_of, application_kind(row)),
        as_of=as_of,
        known_at=known_at,
        outcome=result.outcome,
        class_=result.class_id,
        possible=_possible(judge.graph, result),
        route=result.route,
        reasons=reasons,
        contested=find_contested(judge, row, losing),
        conditions=explainer.conditions(),
        scores=explainer.scores(),
        questions=inquiry.questions if inquiry is not None else (),
        plans=tuple(plans),
        may_be_decided=Reason.MAY_BE_DECIDED in reasons,
        receipt=Receipt(policy.hash, snapshot, dict(judge.graph.settings), ENGINE_VERSION),
    )


def _reasons(result: Result, inquiry: Inquiry | None) -> tuple[Reason, ...]:
    """An open outcome may be decided exactly where no two completions of different result were found."""
    if result.outcome is not Outcome.UNDETERMINED:
        return result.reasons
    others = tuple(reason for reason in result.reasons if reason is not Reason.MAY_BE_DECIDED)
    if inquiry is None:
        return others
    return others if len(inquiry.witnesses) > 1 else (*others, Reason.MAY_BE_DECIDED)


def application_kind(row: Row) -> ApplicationKind | None:
    """Return whether the row says that this is a first application or a review."""
    kinds: dict[object, ApplicationKind] = {True: "review", False: "first_application"}
    return kinds.get(row.get(IS_REVIEW))


def _possible(graph: g.PolicyGraph, result: Result) -> tuple[str, ...] | None:
    is_open_class = graph.classes is not None and result.outcome is Outcome.UNDETERMINED
    return result.reachable if is_open_class else None


@dataclass(frozen=True)
class Explainer:
    """Everything that is told of one row under one policy."""

    judge: PolicyJudge
    row: Row
    origins: Mapping[str, Origin]
    outputs: Mapping[str, Any]
    result: Result
    inspection: Inspection

    @classmethod
    def of(cls, judge: PolicyJudge, row: Row, origins: Mapping[str, Origin]) -> Explainer:
        """Judge the row and keep what came out."""
        outputs = judge.judge(row)
        return cls(judge, row, origins, outputs, read_result(judge.graph, outputs), judge.inspect(row))

    @property
    def graph(self) -> g.PolicyGraph:
        return self.judge.graph

    # ── conditions ────────────────────────────────────────────────────────────────────────────────────────

    def conditions(self) -> tuple[Condition, ...]:
        """Return every condition in the order of the document; of a table of bounds, each class."""
        if isinstance(self.graph.classes, g.ClassesByCategory):
            return tuple(self._table_conditions(self.graph.classes))
        outcomes = {node.id: self._outcome(node) for node in self.graph.conditions}
        decisive = DecisiveSearch(self.graph, self.result, outcomes).find()
        return tuple(
            self._named(node, outcomes[node.id], node.id in decisive) for node in self.graph.conditions
        )

    def _named(self, node: g.ConditionNode, outcome: Outcome, is_decisive: bool) -> Condition:
        gap = (
            find_gap(self.judge, self.inspection, node, self.outputs) if outcome is Outcome.NOT_MET else None
        )
        return replace(self._condition(node, outcome, is_decisive), gap=gap)

    def _outcome(self, node: g.ConditionNode) -> Outcome:
        outcome: Outcome = OUTCOMES[self.outputs[CONDITION + node.id]]
        return outcome

    def _condition(self, node: g.ConditionNode, outcome: Outcome, is_decisive: bool) -> Condition:
        shown = Evidence(self.inspection).part(node.statement)
        return Condition(
            id=node.id,
            outcome=outcome,
            decisive=is_decisive,
            text=node.text,
            cite=node.citation.clause,
            value=shown.value,
            threshold=shown.threshold,
            gap=None,
            least=shown.least,
            parts=shown.parts,
            facts=tuple(self._facts(node.statement)),
            missing=tuple(self._missing(node.statement)),
        )

    def _table_conditions(self, table: g.ClassesByCategory) -> Iterator[Condition]:
        """Yield the classes of a table that have bounds, for the row's category."""
        category = self.row.get(table.column)
        for rule in table.rows.get(str(category), ()):
            if isinstance(rule.statement, g.Known):
                continue
            citation = self._table_citation()
            node = g.ConditionNode(rule.id, rule.text, citation, rule.statement)
            is_decisive = self._decides(table, str(category), rule)
            found = self._condition(node, self.inspection.outcome(rule.statement), is_decisive)
            yield replace(found, facts=(self._fact(table.column), *found.facts))

    def _table_citation(self) -> Citation:
        body = self.judge.policy.body
        assert body.class_table is not None  # noqa: S101 - the caller looked
        return body.citation(body.class_table)

    def _decides(self, table: g.ClassesByCategory, category: str, rule: g.ClassNode) -> bool:
        """The class itself decides, and each class above it that is not reached; while open, what is open."""
        names = [node.id for node in table.rows[category]]
        if self.result.class_id is None:
            return self.inspection.is_open(rule.statement)
        return names.index(rule.id) <= names.index(self.result.class_id)

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _facts(self, statement: g.Statement) -> Iterator[Fact]:
        """Yield the known facts of a statement, and what bounds its unknown ones."""
        told: dict[str, None] = {}
        for column in columns_used(self.inspection, statement):
            told[column] = None
            if self.inspection.is_unknown(column):
                told.update(dict.fromkeys(self.inspection.domains.linked(column)))
        for column in told:
            if self._is_told(column):
                yield self._fact(column)

    def _is_told(self, column: str) -> bool:
        return any(self.row.get(column + end) is not None for end in ("", LOW_SUFFIX, HIGH_SUFFIX))

    def _fact(self, column: str) -> Fact:
        leaf = self.graph.leaves[column]
        value = self.row.get(column)
        low, high = (None, None) if value is not None else self._interval(column)
        unit = leaf.metric.unit or UNITS["number"]
        shown = wording.interval(low, high, unit) if value is None else wording.fact_value(leaf.metric, value)
        ends = (self.origins.get(column + end) for end in ("", HIGH_SUFFIX, LOW_SUFFIX))
        origin = next((found for found in ends if found is not None), None)
        return Fact(
            metric=leaf.metric.id,
            period=wording.period_of(leaf),
            name=leaf.metric.label,
            value=None if value is None else wording.fact_value(leaf.metric, value).exact,
            low=None if low is None else wording.exact_text(from_steps(low, unit)),
            high=None if high is None else wording.exact_text(from_steps(high, unit)),
            unit=shown.unit,
            label=shown.label,
            source=origin.source if origin else None,
            recorded_at=origin.recorded_at if origin else None,
        )

    def _interval(self, column: str) -> tuple[int | None, int | None]:
        return self.row.get(column + LOW_SUFFIX), self.row.get(column + HIGH_SUFFIX)

    def _missing(self, statement: g.Statement) -> Iterator[Missing]:
        for column in open_columns(self.inspection, statement):
            leaf = self.graph.leaves[column]
            yield Missing(leaf.metric.id, period_label(leaf.metric.period, leaf.year), leaf.metric.label)

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────────

    def scores(self) -> tuple[Score, ...]:
        """Return every score with its criteria, groups before their parts."""
        nodes = {node.path: node for node in self.graph.scores}
        return tuple(self._score(node, nodes) for path, node in nodes.items() if len(path) == 1)

    def _score(self, root: g.ScoreNode, nodes: Mapping[tuple[str, ...], g.ScoreNode]) -> Score:
        below = [node for path, node in nodes.items() if path[0] == root.path[0] and len(path) > 1]
        low, high = self._points(root)
        return Score(root.id, root.text, low, high, _points(root.of), tuple(map(self._criterion, below)))

    def _criterion(self, node: g.ScoreNode) -> Criterion:
        low, high = self._points(node)
        because: Reason | None = None
        if low != high:
            is_missing = bool(open_score_columns(self.inspection, node.score))
            because = Reason.MISSING_FACTS if is_missing else Reason.EXPERT_RANGE
        return Criterion(".".join(node.path[1:]), node.text, low, high, _points(node.of), because)

    def _points(self, node: g.ScoreNode) -> tuple[str, str]:
        low, high = (self.outputs[f"score.{node.id}.{end}"] for end in ("low", "high"))
        return _points(low), _points(high)


def _points(steps: int) -> str:
    return wording.exact_text(from_steps(steps, POINT))
