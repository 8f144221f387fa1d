"""What to change to be met on a later application date, with proof that nothing less suffices.

The facts are carried forward to that date (:mod:`yumiao.rules.carrying`), the levers of the packs move what is still
open, with all their side effects, and the search (:mod:`yumiao.rules.plan_search`) finds the fewest levers and the
least effort. Where there is no plan the result says what stands in the way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.text import Text
from yumiao.model.units import UNITS, from_steps
from yumiao.packs.library import Library, Policy
from yumiao.rules import graph as g
from yumiao.rules import wording
from yumiao.rules.answers import Assumption, Change, Moved, Plan, Question
from yumiao.rules.carrying import Facts, LaterFacts, carry_forward, is_open
from yumiao.rules.compile import OUTCOMES
from yumiao.rules.completions import Completions
from yumiao.rules.decisive import DecisiveSearch
from yumiao.rules.emit_python import Judge, Row
from yumiao.rules.inspection import columns_in_order
from yumiao.rules.judging import CONDITION, PolicyJudge, SubjectJudge, read_result
from yumiao.rules.moves import Budget, Move, at_steps, columns_of_moves, find_moves, in_box
from yumiao.rules.plan_search import MET, NOT_MET, Found, PlanSearch
from yumiao.rules.questions import CALLS as QUESTION_CALLS
from yumiao.rules.questions import find_questions

CALLS = 5_000
"""How often the engine may be asked for the plans of one subject under one policy."""

CALLS_FOR_WORST_CASE = 500

PROVEN, BEST_FOUND = "proven", "best_found"


class Obstacle(StrEnum):
    """Why there is no plan."""

    NO_LEVER = "no_lever"
    CLOSED_PERIOD = "closed_period"
    OUT_OF_REACH = "out_of_reach"
    MISSING_FACTS = "missing_facts"
    NEEDS_PERSON = "needs_person"
    EXPERT_RANGE = "expert_range"
    SEARCH_ENDED = "search_ended"

    @property
    def label(self) -> Text:
        return OBSTACLE_LABELS[self]


OBSTACLE_LABELS = {
    Obstacle.NO_LEVER: Text("没有可用的抓手", "no lever moves it"),
    Obstacle.CLOSED_PERIOD: Text("所属期间已结束，不能再改变", "its period is over and cannot be changed"),
    Obstacle.OUT_OF_REACH: Text("抓手的上限内达不到", "no lever goes far enough"),
    Obstacle.MISSING_FACTS: Text("缺少事实，先问清楚", "facts are missing; ask first"),
    Obstacle.NEEDS_PERSON: Text("需要人工认定", "a person has to judge"),
    Obstacle.EXPERT_RANGE: Text("取决于专家打分", "it depends on the experts' points"),
    Obstacle.SEARCH_ENDED: Text("在限定的计算量内未找到", "not found within the allowed search"),
}

_BY_REASON = {
    Reason.MISSING_FACTS: Obstacle.MISSING_FACTS,
    Reason.NEEDS_PERSON: Obstacle.NEEDS_PERSON,
    Reason.EXPERT_RANGE: Obstacle.EXPERT_RANGE,
}


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What stands in the way of a plan, and of which condition (None: of the whole)."""

    obstacle: Obstacle
    condition: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The plans of one subject for one policy and application date.

    Attributes:
        version: the version in force on ``on``, or the one asked for where none is.
        outcome: what comes out on ``on`` when nothing is changed.
        plans: up to three with different levers, the best first; a plan without changes when waiting suffices.
        hindrances: why there is none.
        questions: what to ask first where facts are missing.
    """

    on: dt.date
    policy: str
    version: str
    outcome: Outcome
    plans: tuple[Plan, ...]
    hindrances: tuple[Hindrance, ...]
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...]


def next_application(policy: Policy, as_of: dt.date) -> dt.date:
    """Return the first day of the next known window of a policy, else the same day one year later."""
    starts = sorted(window.from_ for window in policy.body.windows if window.from_ and window.from_ > as_of)
    if starts:
        return starts[0]
    leap_day = (as_of.month, as_of.day) == (2, 29)
    return as_of.replace(year=as_of.year + 1, day=28 if leap_day else as_of.day)


def plan(
    judges: SubjectJudge,
    policy: Policy,
    as_of: dt.date,
    row: Row,
    *,
    on: dt.date | None = None,
    settings: Mapping[str, str] | None = None,
    calls: int = CALLS,
    question_calls: int = QUESTION_CALLS,
) -> PlanResult:
    """Find what to change to be met on a later application date.

    Args:
        row: the facts known at ``as_of``, as they were received.
        on: the application date; default the next window, else one year later.
        calls: how often the engine may be asked.
        question_calls: how often beside, for what to ask where facts are missing; 0: nothing is asked for.
    """
    later_date = on or next_application(policy, as_of)
    version = _version_on(judges.library, policy, later_date)
    judge = judges.policy(version, later_date, settings)
    later = carry_forward(judges.library, judge.graph, row, as_of)
    return Planner(judge, later, as_of).result(calls, question_calls)


def _version_on(library: Library, policy: Policy, on: dt.date) -> Policy:
    if policy.in_force(on):
        return policy
    return library.in_force(policy.family, on) or policy


@dataclass
class Planner:
    """Plans for one subject under one policy on one later date."""

    judge: PolicyJudge
    later: LaterFacts
    as_of: dt.date
    moves: tuple[Move, ...] = field(init=False)
    _boxes: Judge = field(init=False)
    _points: Judge = field(init=False)
    _columns: frozenset[str] = field(init=False)
    _ranged: PolicyJudge = field(init=False)
    _worst: Mapping[str, object] = field(init=False)

    def __post_init__(self) -> None:
        row, graph = self.later.row, self.judge.graph
        self.moves = find_moves(self.judge.library, graph, row, lambda leaf: is_open(leaf.year, self.as_of))
        self._columns = columns_of_moves(self.moves)
        ranged = self.judge.ranged(row)
        self._ranged = self.judge.for_moves(row)
        self._boxes = self._ranged.with_experts("lowest").first_reading(ranged | self._columns)
        self._points = self.judge.function(ranged)
        self._worst = self._worst_case()

    def _worst_case(self) -> Mapping[str, object]:
        """Return values of the missing facts under which nothing is met as things are.

        A plan has to hold for these as for any others, so that boxes may be cut off for them; what is part of a
        moved fact, or the reverse, is left out, because the move may shift what it can be.
        """
        search = Completions(self.judge, self.later.row, Budget(CALLS_FOR_WORST_CASE))
        is_open = self.judge.result(self.later.row).outcome is Outcome.UNDETERMINED
        witness = search.witness(str(Outcome.NOT_MET)) if is_open else None
        facts = {} if witness is None else witness.facts
        linked = {name for column in self._columns for name in self.judge.domains.linked(column)}
        return {column: value for column, value in facts.items() if column not in linked}

    # ── what the search asks ──────────────────────────────────────────────────────────────────────────────

    def point(self, steps: Mapping[Move, int]) -> bool:
        """Whether moving each lever by so many steps is met for certain, inside all domains and constraints."""
        facts = self.facts_after(steps)
        return self._is_allowed(facts) and self._points(facts)["outcome"] == MET

    def facts_after(self, steps: Mapping[Move, int]) -> Facts:
        """Return the facts after moving each lever by so many steps, side effects included."""
        return self.later.settled(at_steps(self.later.row, tuple(steps), tuple(steps.values())))

    def can_be_met(self, steps: Mapping[Move, int]) -> bool:
        """Whether moving each lever by so many steps can be met, missing facts and experts permitting."""
        facts = self.facts_after(steps)
        return self._is_allowed(facts) and self._points(facts)["outcome"] != NOT_MET

    def box(self, ranges: Mapping[Move, tuple[int, int]]) -> int:
        """Whether moving each lever between two numbers of steps can be met whatever experts choose."""
        facts = in_box({**self.later.row, **self._worst}, tuple(ranges), tuple(ranges.values()))
        code: int = self._boxes(self.later.loosened(facts, columns_of_moves(ranges)))["outcome"]
        return code

    def _is_allowed(self, facts: Row) -> bool:
        """Whether the changes break no constraint that held before, and leave no domain."""
        domains = self.judge.domains
        if domains.are_kept(self.later.row) and not domains.are_kept(facts):
            return False
        return all(self._is_inside(column, facts[column]) for column in self._columns)

    def _is_inside(self, column: str, value: int) -> bool:
        metric = self.judge.graph.leaves[column].metric
        low, high = metric.minimum, metric.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def box_can_be_met(self, ranges: Mapping[Move, tuple[int, int]]) -> int:
        """Whether moving each lever between two numbers of steps can be met, facts and experts permitting."""
        facts = in_box(self.later.row, tuple(ranges), tuple(ranges.values()))
        function = self._ranged.first_reading(self.judge.ranged(self.later.row) | self._columns)
        code: int = function(self.later.loosened(facts, columns_of_moves(ranges)))["outcome"]
        return code

    # ── result ────────────────────────────────────────────────────────────────────────────────────────────

    def result(self, calls: int, question_calls: int = QUESTION_CALLS) -> PlanResult:
        """Search and put what was found into words."""
        waiting = self.judge.result(self.later.row)
        if waiting.outcome is Outcome.MET:
            return self._told((self._plan(Found((), (), proven=True)),))
        search = PlanSearch(self.moves, self, Budget(calls))
        found = tuple(self._plan(each) for each in search.run())
        return self._told(found) if found else self._without_plan(calls, question_calls, ended=search.ended)

    def _told(
        self,
        plans: tuple[Plan, ...],
        hindrances: tuple[Hindrance, ...] = (),
        questions: tuple[Question, ...] = (),
    ) -> PlanResult:
        graph = self.judge.graph
        outcome = self.judge.result(self.later.row).outcome
        return PlanResult(
            graph.as_of,
            graph.policy,
            graph.version,
            outcome,
            plans,
            hindrances,
            questions,
            self.later.assumptions,
        )

    def _plan(self, found: Found) -> Plan:
        on = self.judge.graph.as_of
        changes = tuple(
            self._change(move, number) for move, number in zip(found.moves, found.steps, strict=True)
        )
        words = wording.listed((change.text for change in changes), "；", "; ")
        day = wording.date_value(g.day_number(on)).label
        text = Text(f"{day.zh}申请：{words.zh}", f"applying on {day.en}: {words.en}")
        if not changes:
            text = Text(
                f"{day.zh}申请即符合，无须改变", f"met when applying on {day.en}; nothing has to change"
            )
        label = PROVEN if found.proven else BEST_FOUND
        return Plan(on, label, wording.exact_text(found.effort), changes, self.later.assumptions, text)

    def _change(self, move: Move, number: int) -> Change:
        lever, unit = move.lever, UNITS[move.lever.unit]
        amount = wording.amount_text(number * lever.step_size, unit)
        return Change(
            lever=lever.id,
            change=wording.exact_text(from_steps(number * lever.step_size, unit)),
            unit=unit.code,
            steps=number,
            moves=tuple(self._moved(column, change * number) for column, change in move.columns),
            needs=lever.needs,
            text=Text(f"{lever.text.zh} {amount.zh}", f"{lever.text.words('en')}: {amount.en}"),
        )

    def _moved(self, column: str, change: int) -> Moved:
        leaf, before = self.judge.graph.leaves[column], self.later.row[column]
        ends = [wording.fact_value(leaf.metric, value) for value in (before, before + change)]
        period = wording.period_of(leaf)
        return Moved(
            leaf.metric.id, period, leaf.metric.label, ends[0].exact, ends[1].exact, ends[0].unit or "number"
        )

    # ── no plan ───────────────────────────────────────────────────────────────────────────────────────────

    def _without_plan(self, calls: int, question_calls: int, *, ended: bool) -> PlanResult:
        """Say what stands in the way: conditions that no change reaches, else what stays open, else the search."""
        everything = {move: (0, move.most) for move in self.moves}
        hopeful = _Hopeful(self)
        if hopeful.box(everything) == NOT_MET:
            return self._told((), tuple(self._unreachable(everything)))
        best = self.later.row
        if not hopeful.point({}):
            found = PlanSearch(self.moves, hopeful, Budget(calls), wanted=1).run()
            best = self.facts_after(dict(zip(found[0].moves, found[0].steps, strict=True))) if found else best
        reasons = [_BY_REASON[reason] for reason in self.judge.result(best).reasons if reason in _BY_REASON]
        if ended or not reasons:
            reasons.append(Obstacle.SEARCH_ENDED if ended else Obstacle.OUT_OF_REACH)
        hindrances = tuple(Hindrance(reason, None, reason.label) for reason in reasons)
        asks = Obstacle.MISSING_FACTS in reasons and question_calls > 0
        return self._told((), hindrances, find_questions(self.judge, best, question_calls) if asks else ())

    def _unreachable(self, everything: Mapping[Move, tuple[int, int]]) -> Iterator[Hindrance]:
        """Yield the decisive conditions that fail wherever the levers stand, each with its reason."""
        facts = in_box(self.later.row, tuple(everything), tuple(everything.values()))
        loosened = self.later.loosened(facts, self._columns)
        outputs = self._ranged.judge(loosened)
        outcomes = {node.id: OUTCOMES[outputs[CONDITION + node.id]] for node in self.judge.graph.conditions}
        decisive = DecisiveSearch(self.judge.graph, read_result(self.judge.graph, outputs), outcomes).find()
        for node in self.judge.graph.conditions:
            if node.id in decisive and outcomes[node.id] is Outcome.NOT_MET:
                obstacle = self._obstacle_of(node)
                label = obstacle.label
                text = Text(f"{node.text.zh}：{label.zh}", f"{node.text.words('en')}: {label.words('en')}")
                yield Hindrance(obstacle, node.id, text)

    def _obstacle_of(self, node: g.ConditionNode) -> Obstacle:
        columns = columns_in_order(node.statement)
        if self._columns.intersection(columns):
            return Obstacle.OUT_OF_REACH
        leaves = [self.judge.graph.leaves[column] for column in columns]
        movable = [leaf for leaf in leaves if leaf.metric.levers]
        if movable and not any(is_open(leaf.year, self.as_of) for leaf in movable):
            return Obstacle.CLOSED_PERIOD
        return Obstacle.NO_LEVER


@dataclass(frozen=True)
class _Hopeful:
    """Looks for what can be met if missing facts and experts permit: what to ask, where there is no plan."""

    planner: Planner

    def point(self, steps: Mapping[Move, int]) -> bool:
        return self.planner.can_be_met(steps)

    def box(self, ranges: Mapping[Move, tuple[int, int]]) -> int:
        return self.planner.box_can_be_met(ranges)
