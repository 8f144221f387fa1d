"""One subject under one policy: compiled once, judged as often as anyone asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.outcomes import Outcome, Reason
from yumiao.packs.library import Library, Policy
from yumiao.rules import graph as g
from yumiao.rules.bounds import Reader
from yumiao.rules.candidates import Candidates
from yumiao.rules.compile import OUTCOMES, REASON_BITS, CompiledPolicy, compile_policy
from yumiao.rules.domains import Domains
from yumiao.rules.emit_python import Judge, Row, make_function, make_judge
from yumiao.rules.inspection import Inspection, Inspector
from yumiao.rules.lowering import lower
from yumiao.rules.program import Program
from yumiao.rules.rewriting import choose_points

Outputs = dict[str, Any]
"""What a compiled policy answers for one row: codes, gaps, points (see :mod:`yumiao.rules.compile`)."""

CLASS = "class."
CONDITION = "condition."
NO_CLASS = str(Outcome.NOT_MET)


def judge(compiled: CompiledPolicy, row: Row) -> Outputs:
    """Judge one row once; whoever judges many keeps the function of a :class:`PolicyJudge`."""
    return make_judge(compiled)(row)


@dataclass(frozen=True, slots=True)
class Result:
    """What the outputs of one row mean.

    Attributes:
        reachable: the results that some completion of what is unknown may reach, in order: classes and
            ``not_met``, or ``met`` and ``not_met``; one of them when the answer is certain.
        class_id: the class that is certain, None for other policies and while it is open.
        route: the route by which it is met.
    """

    outcome: Outcome
    reachable: tuple[str, ...]
    class_id: str | None
    route: str | None
    reasons: tuple[Reason, ...]


def read_reachable(graph: g.PolicyGraph, outputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the results that remain possible, in the policy's order."""
    if graph.classes is not None:
        return tuple(name for name in (*graph.class_ids(), NO_CLASS) if outputs.get(CLASS + name))
    found = OUTCOMES[outputs["outcome"]]
    return tuple(
        str(outcome) for outcome in (Outcome.MET, Outcome.NOT_MET) if found in (outcome, Outcome.UNDETERMINED)
    )


def read_result(graph: g.PolicyGraph, outputs: Mapping[str, Any]) -> Result:
    """Put the outputs of a row into words."""
    reachable = read_reachable(graph, outputs)
    outcome = OUTCOMES[outputs["outcome"]]
    is_class = graph.classes is not None and outcome is Outcome.MET
    number = outputs["route"]
    return Result(
        outcome=outcome,
        reachable=reachable,
        class_id=reachable[0] if is_class else None,
        route=graph.routes[number - 1].id if number else None,
        reasons=tuple(reason for reason, bit in REASON_BITS.items() if outputs["reasons"] & bit),
    )


def ranged_columns(row: Row) -> frozenset[str]:
    """Return the columns that a row knows only as an interval."""
    ends = (LOW_SUFFIX, HIGH_SUFFIX)
    return frozenset(
        name.partition("#")[0] for name, value in row.items() if name.endswith(ends) and value is not None
    )


@dataclass
class PolicyJudge:
    """A policy version at one application date under one reading of its switches.

    Programs are compiled when first needed and kept: one for each set of columns known as intervals.

    Attributes:
        library: where the metrics, levers and constraints come from.
        usual: columns read as intervals of every row, so that rows with other intervals share a program; a value that
            is exact is read as exact.
    """

    library: Library
    policy: Policy
    graph: g.PolicyGraph
    usual: frozenset[str] = frozenset()
    _compiled: dict[frozenset[str], CompiledPolicy] = field(default_factory=dict)
    _judges: dict[object, Judge] = field(default_factory=dict)
    _experts: dict[str, PolicyJudge] = field(default_factory=dict)
    _inspectors: dict[frozenset[str], Inspector] = field(default_factory=dict)
    _lenient: dict[frozenset[tuple[str, str]], PolicyJudge] = field(default_factory=dict)

    @cached_property
    def domains(self) -> Domains:
        """Between which values the policy's facts lie."""
        return Domains(self.graph)

    @cached_property
    def candidates(self) -> Candidates:
        """Which values of the policy's facts can make a difference."""
        return Candidates(self.graph, self.domains)

    def compiled(self, ranged: frozenset[str] = frozenset()) -> CompiledPolicy:
        """Return the program that reads the given columns as intervals."""
        if ranged not in self._compiled:
            self._compiled[ranged] = compile_policy(self.graph, ranged=ranged)
        return self._compiled[ranged]

    def judge(self, row: Row) -> Outputs:
        """Judge one row of facts; interval columns are read as such."""
        return self.function(self.ranged(row))(row)

    def ranged(self, row: Row) -> frozenset[str]:
        """Return the policy's columns that a row knows only as an interval, and those usually known so."""
        return (ranged_columns(row) | self.usual).intersection(self.graph.leaves)

    def function(self, ranged: frozenset[str] = frozenset()) -> Judge:
        """Return the function that judges rows with the given interval columns."""
        if ranged not in self._judges:
            self._judges[ranged] = make_judge(self.compiled(ranged))
        return self._judges[ranged]

    def condition(self, node: g.ConditionNode, ranged: frozenset[str] = frozenset()) -> Judge:
        """Return the function that answers for one condition only, as ``condition.<id>``."""
        key = ("condition", node.id, ranged)
        if key not in self._judges:
            self._judges[key] = _function(self.graph, {CONDITION + node.id: node.statement}, ranged)
        return self._judges[key]

    def first_reading(self, ranged: frozenset[str] = frozenset()) -> Judge:
        """Return the quickest function for ``outcome`` and scores: never wrong, at times open for no reason.

        With all facts known it says what :meth:`function` says. Of a policy of classes it says whether any class
        is reached.
        """
        key = ("first", ranged)
        if key not in self._judges:
            outcome = self.graph.outcome
            if outcome is None:
                rules = self.graph.classes if isinstance(self.graph.classes, tuple) else ()
                outcome = (
                    g.Count(1, tuple(rule.statement for rule in rules)) if rules else g.Known(value=True)
                )
            self._judges[key] = _function(self.graph, {"outcome": outcome}, ranged, scores=True)
        return self._judges[key]

    def inspect(self, row: Row) -> Inspection:
        """Return what every statement and score comes to for one row."""
        ranged = self.ranged(row)
        if ranged not in self._inspectors:
            self._inspectors[ranged] = Inspector(self.graph, ranged)
        return self._inspectors[ranged].read(row)

    def with_experts(self, choice: str) -> PolicyJudge:
        """Return the judge under experts who always choose the ``lowest`` or ``highest`` points."""
        if choice not in self._experts:
            graph = choose_points(self.graph, highest=choice == "highest")
            self._experts[choice] = PolicyJudge(self.library, self.policy, graph)
        return self._experts[choice]

    def for_moves(self, row: Row) -> PolicyJudge:
        """Return the judge that reads facts as intervals although the row breaks constraints between them."""
        broken = self.domains.broken(row)
        if not broken:
            return self
        if broken not in self._lenient:
            kept = tuple(pair for pair in self.graph.constraints if pair not in broken)
            self._lenient[broken] = PolicyJudge(
                self.library, self.policy, replace(self.graph, constraints=kept)
            )
        return self._lenient[broken]

    def result(self, row: Row) -> Result:
        """Judge one row and put it into words."""
        return read_result(self.graph, self.judge(row))


def _function(
    graph: g.PolicyGraph,
    statements: Mapping[str, g.Statement],
    ranged: frozenset[str],
    *,
    scores: bool = False,
) -> Judge:
    """Compile statements clause by clause: 0 not met, 1 open, 2 met; with the points of every score if wanted."""
    program = Program()
    reader = Reader(graph, program, ranged)
    for name, statement in statements.items():
        truths = reader.statement(statement)
        program.output(name, program.count((truths.hold, program.invert(truths.fail))))
    for node in graph.scores if scores else ():
        points = reader.steps(node.score)
        program.output(f"score.{node.id}.low", points.low)
        program.output(f"score.{node.id}.high", points.high)
    return make_function(program)


@dataclass
class SubjectJudge:
    """Keeps the judges of a library's policies, by policy, application date and reading of switches.

    Attributes:
        usual: columns that are read as intervals of every row (see `PolicyJudge`).
    """

    library: Library
    usual: frozenset[str] = frozenset()
    _judges: dict[tuple[str, dt.date, tuple[tuple[str, str], ...]], PolicyJudge] = field(default_factory=dict)

    def policy(
        self, policy: Policy, as_of: dt.date, settings: Mapping[str, str] | None = None
    ) -> PolicyJudge:
        """Return the judge of one policy version for applications on ``as_of``.

        Raises: LoweringError where a statement of the policy has no meaning.
        """
        key = (policy.id, as_of, tuple(sorted(policy.body.settings(settings or {}).items())))
        if key not in self._judges:
            self._judges[key] = PolicyJudge(
                self.library, policy, lower(self.library, policy, as_of, settings), self.usual
            )
        return self._judges[key]

    def judge(
        self, policy: Policy, as_of: dt.date, row: Row, settings: Mapping[str, str] | None = None
    ) -> Outputs:
        """Judge one row of facts."""
        return self.policy(policy, as_of, settings).judge(row)
