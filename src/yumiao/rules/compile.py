"""One policy version → one program whose outputs are everything a verdict says in numbers.

Outputs (see ``docs/developers/verdict-files.md``):

``outcome``, ``condition.<id>``
    0 not_met, 1 undetermined, 2 met.
``again``
    whether facts that hang together are missing from an open verdict. Only then do ``outcome``, ``route``,
    ``reasons`` and ``class.*`` say more than ``first.outcome`` and so on, which read clause by clause and cost less.
``score.<path>.low``, ``score.<path>.high``
    points in steps of 1/10 000.
``gap.<condition>``
    by how much the left side (the numerator) has to move with all else unchanged, in its steps; 0 when met,
    NULL when unknown.
``near``, ``distance``
    whether it is a near miss (see :mod:`yumiao.rules.near_miss`), and how far the farthest failing condition is from
    its threshold, in thousandths of it; NULL when it is none.
``route``
    the number of the first route that is met, 0 for none.
``class.<id>``, ``class.not_met``
    whether some completion of the missing facts reaches the class.
``reasons``
    sum of 1 missing_facts, 2 expert_range, 4 needs_person, 8 may_be_decided; 0 unless undetermined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.units import Kind
from yumiao.rules import graph as g
from yumiao.rules.bounds import NOT_MET, Reader, Truths, class_statements
from yumiao.rules.near_miss import NearMissEdge, write_near_miss
from yumiao.rules.program import Program
from yumiao.rules.pulls import Pull, pull_of
from yumiao.rules.refine import Refinement, clauses_resting_on, conjuncts, refine
from yumiao.rules.shortfalls import Shortfalls

OUTCOMES: tuple[Outcome, ...] = (Outcome.NOT_MET, Outcome.UNDETERMINED, Outcome.MET)
"""The outcome that each code stands for."""

COMPLETE_UP_TO = 3
"""With at most so many tangled facts missing, what stays open is open (shown by brute force over all that ships)."""

REASON_BITS: dict[Reason, int] = {
    Reason.MISSING_FACTS: 1,
    Reason.EXPERT_RANGE: 2,
    Reason.NEEDS_PERSON: 4,
    Reason.MAY_BE_DECIDED: 8,
}


@dataclass(frozen=True)
class CompiledPolicy:
    """A graph with its program; ``tangled`` are the facts that hang together across clauses."""

    graph: g.PolicyGraph
    program: Program
    tangled: tuple[str, ...] = ()

    def first_outputs(self) -> list[str]:
        """The outputs that every row needs."""
        second = self.second_outputs()
        return [name for name in self.program.outputs if name not in second]

    def second_outputs(self) -> list[str]:
        """The outputs that only a row marked ``again`` needs."""
        return [name.removeprefix("first.") for name in self.program.outputs if name.startswith("first.")]


@dataclass(frozen=True, slots=True)
class _Why:
    """Why a statement is open: for want of facts, of an expert's choice, of a person's judgement."""

    missing: int
    expert: int
    person: int


class _Writer:
    """Writes the outputs of one policy into its program."""

    def __init__(
        self,
        graph: g.PolicyGraph,
        ranged: frozenset[str],
        absent: frozenset[str],
        cells: Mapping[str, g.Cell],
    ) -> None:
        self.graph = graph
        self.program = Program(absent)
        self.reader = Reader(graph, self.program, ranged, cells)
        self.shortfalls = Shortfalls(self.reader)
        self._whys: dict[int, _Why] = {}

    def write(self, near: NearMissEdge) -> CompiledPolicy:
        for condition in self.graph.conditions:
            truths = self._condition(condition.statement)
            self.program.output(f"condition.{condition.id}", self._code(truths))
            self.program.output(f"gap.{condition.id}", self.shortfalls.gap(condition.statement, truths))
        for score in self.graph.scores:
            points = self.reader.steps(score.score)
            self.program.output(f"score.{score.id}.low", points.low)
            self.program.output(f"score.{score.id}.high", points.high)
        if self.graph.outcome is not None:
            self._write_outcome(self.graph.outcome)
        else:
            self._write_classes()
        write_near_miss(self.graph, self.shortfalls, near)
        return CompiledPolicy(self.graph, self.program, self.tangled)

    def _condition(self, statement: g.Statement) -> Truths:
        """What a condition comes to by itself; read as a whole where one fact stands in several of its clauses."""
        truths = self.reader.statement(statement)
        if all(clauses_resting_on(statement, column) <= 1 for column in g.columns_of(statement)):
            return truths
        refinement = refine(self.graph, self.reader, {"hold": (statement, True), "fail": (statement, False)})
        possible = refinement.possible if refinement else {}
        return Truths(
            self._both(truths.hold, possible.get("hold")), self._both(truths.fail, possible.get("fail"))
        )

    def _code(self, truths: Truths) -> int:
        """0 not_met, 1 undetermined, 2 met; a statement that facts contradict both ways stays undetermined."""
        program = self.program
        zero, one, two = (program.const(code) for code in range(3))
        return program.select(
            truths.hold, program.select(truths.fail, one, two), program.select(truths.fail, zero, one)
        )

    # ── outcome ───────────────────────────────────────────────────────────────────────────────────────────

    def _write_outcome(self, outcome: g.Statement) -> None:
        truths = self.reader.statement(outcome)
        refinement = refine(self.graph, self.reader, {"hold": (outcome, True), "fail": (outcome, False)})
        again = self._write_again(self._open(truths), refinement, conjuncts(outcome))
        possible = refinement.possible if refinement else {}
        final = Truths(
            self._both(truths.hold, possible.get("hold")), self._both(truths.fail, possible.get("fail"))
        )
        why, route = self._why(outcome), self._route()
        for prefix, found, maybe in (("first.", truths, self.program.truth(value=False)), ("", final, again)):
            is_open = self._open(found)
            self.program.output(f"{prefix}outcome", self._code(found))
            self.program.output(
                f"{prefix}route", self.program.select(found.fail, self.program.const(0), route)
            )
            self._write_reasons(prefix, why, is_open, maybe)

    def _open(self, truths: Truths) -> int:
        return self.program.every((truths.hold, truths.fail))

    def _both(self, truth: int, other: int | None) -> int:
        return truth if other is None else self.program.every((truth, other))

    def _write_again(
        self, is_open: int, refinement: Refinement | None, parts: Sequence[g.Statement] = ()
    ) -> int:
        """Say whether to read again; return whether too much is missing for the second reading to be complete.

        Reading again helps only where missing facts are pulled both ways by open clauses: what one clause wants
        larger another wants smaller. Clauses that pull the same way can all have their wish, or be refused it.
        """
        program = self.program
        self.tangled = refinement.columns if refinement else ()
        missing = {column: program.column_is_null(column) for column in self.tangled}
        pulls = self._pulls(parts)
        helps = [
            program.every((absent, self._pulled(pulls, column, parts))) for column, absent in missing.items()
        ]
        helps += [self._pulled_apart(pulls, part, whole) for part, whole in self.graph.constraints]
        program.output("again", program.every((is_open, program.either(helps))))
        return program.ge(program.count(missing.values()), program.const(COMPLETE_UP_TO + 1), if_null=False)

    def _pulls(self, parts: Sequence[g.Statement]) -> dict[str, list[tuple[int, Pull]]]:
        """For each fact the clauses that pull it: whether each is open, and which way it pulls."""
        found: dict[str, list[tuple[int, Pull]]] = {}
        for part in parts:
            is_open = self._open(self.reader.statement(part))
            for column in sorted(g.columns_of(part)):
                found.setdefault(column, []).append((is_open, pull_of(part, column)))
        return found

    def _pulled(
        self, pulls: Mapping[str, list[tuple[int, Pull]]], column: str, parts: Sequence[g.Statement]
    ) -> int:
        """Whether open clauses pull one fact both ways, or one clause does so inside itself."""
        program = self.program
        if not parts:
            return program.truth(value=True)
        own = pulls.get(column, [])
        inside = [is_open for is_open, pull in own if pull.within]
        apart = [
            program.every((first, second))
            for index, (first, one) in enumerate(own)
            for second, other in own[:index]
            if (one.up and other.down) or (one.down and other.up)
        ]
        return program.either((*inside, *apart))

    def _pulled_apart(self, pulls: Mapping[str, list[tuple[int, Pull]]], part: str, whole: str) -> int:
        """Whether one open clause wants a part larger and another its whole smaller, both being unknown."""
        program = self.program
        pairs = [
            program.every((first, second))
            for first, one in pulls.get(part, [])
            for second, other in pulls.get(whole, [])
            if one.up and other.down and first != second
        ]
        return program.every(
            (program.column_is_null(part), program.column_is_null(whole), program.either(pairs))
        )

    def _route(self) -> int:
        """The number of the first route that is met for certain; 0 for none."""
        program = self.program
        route = program.const(0)
        for number in range(len(self.graph.routes), 0, -1):
            met = program.invert(self.reader.statement(self.graph.routes[number - 1].statement).fail)
            route = program.select(met, program.const(number), route)
        return route

    def _write_reasons(self, prefix: str, why: _Why, is_open: int, maybe: int) -> None:
        program, total = self.program, self.program.const(0)
        truths = (why.missing, why.expert, why.person, maybe)
        for bit, truth in zip(REASON_BITS.values(), truths, strict=True):
            applies = program.every((is_open, truth))
            total = program.add(total, program.select(applies, program.const(bit), program.const(0)))
        program.output(f"{prefix}reasons", total)

    def _why(self, node: g.Statement) -> _Why:
        if id(node) not in self._whys:
            self._whys[id(node)] = self._reasons(node)
        return self._whys[id(node)]

    def _reasons(self, node: g.Statement) -> _Why:
        program = self.program
        no = program.truth(value=False)
        match node:
            case g.Known():
                return _Why(no, no, no)
            case g.Open():
                return _Why(program.truth(value=True), no, no)
            case g.Named(body=body) | g.Negated(body=body):
                return self._why(body)
            case g.Count(parts=parts):
                whys = [self._if_open(part) for part in parts]
                return (
                    _Why(
                        *(
                            program.either(kind)
                            for kind in zip(
                                *((why.missing, why.expert, why.person) for why in whys), strict=True
                            )
                        )
                    )
                    if whys
                    else _Why(no, no, no)
                )
            case g.ScoreComparison(score=score):
                points = self.reader.score(score)
                return _Why(points.missing, points.expert, self._person_missing(node, points.missing))
            case _:
                truths = self.reader.statement(node)
                is_open = program.every((truths.hold, truths.fail))
                return _Why(is_open, no, self._person_missing(node, is_open))

    def _if_open(self, node: g.Statement) -> _Why:
        program, truths = self.program, self.reader.statement(node)
        is_open = program.every((truths.hold, truths.fail))
        why = self._why(node)
        return _Why(*(program.every((is_open, kind)) for kind in (why.missing, why.expert, why.person)))

    def _person_missing(self, node: g.Node, missing: int) -> int:
        """Whether a fact that a person judges is among the missing ones."""
        judged = [column for column in sorted(g.columns_of(node)) if self.graph.leaves[column].metric.judged]
        absent = self.program.either(self.program.column_is_null(column) for column in judged)
        return self.program.every((missing, absent))

    # ── classes ───────────────────────────────────────────────────────────────────────────────────────────

    def _write_classes(self) -> None:
        program = self.program
        classes = self.graph.classes or ()
        reach = self.reader.class_reach(classes)
        refinement = None
        if not isinstance(classes, g.ClassesByCategory):
            asked = {name: (statement, True) for name, statement in class_statements(classes).items()}
            refinement = refine(self.graph, self.reader, asked)
        is_open = program.invert(self._is_settled(reach))
        maybe = self._write_again(is_open, refinement)
        possible = refinement.possible if refinement else {}
        final = {name: self._both(truth, possible.get(name)) for name, truth in reach.items()}
        self._write_class_outputs("first.", reach, program.truth(value=False))
        self._write_class_outputs("", final, maybe)

    def _write_class_outputs(self, prefix: str, reach: Mapping[str, int], maybe: int) -> None:
        program = self.program
        for name, truth in reach.items():
            program.output(f"{prefix}class.{name}", truth)
        settled = self._is_settled(reach)
        is_open = program.invert(settled)
        none = reach.get(NOT_MET, program.truth(value=False))
        met = program.every((settled, program.invert(none)))
        not_met = program.every((settled, none))
        program.output(f"{prefix}outcome", program.count((program.invert(not_met), met)))
        program.output(f"{prefix}route", program.const(0))
        no, person = program.truth(value=False), self._person_missing_anywhere(is_open)
        self._write_reasons(prefix, _Why(program.truth(value=True), no, person), is_open, maybe)

    def _is_settled(self, reach: Mapping[str, int]) -> int:
        program = self.program
        return program.ge(program.const(1), program.count(reach.values()), if_null=False)

    def _person_missing_anywhere(self, is_open: int) -> int:
        judged = [column for column, leaf in sorted(self.graph.leaves.items()) if leaf.metric.judged]
        absent = self.program.either(self.program.column_is_null(column) for column in judged)
        return self.program.every((is_open, absent))


def compile_policy(
    graph: g.PolicyGraph,
    ranged: frozenset[str] = frozenset(),
    absent: frozenset[str] = frozenset(),
    near: NearMissEdge | None = None,
    cells: Mapping[str, g.Cell] | None = None,
) -> CompiledPolicy:
    """Write the program of one policy.

    Args:
        ranged: columns that may also carry ``#low`` and ``#high``.
        absent: columns that the table does not have: unknown for everybody.
        near: how close a near miss is; default 20 % and two conditions.
        cells: columns of which only values inside a cell will be read, for the shorter program of usual rows.
    """
    return _Writer(graph, ranged, absent, cells or {}).write(near or NearMissEdge())


def usual_cells(graph: g.PolicyGraph) -> dict[str, g.Cell]:
    """Return the cell into which most subjects fall where a policy tells subjects apart by a date: the oldest.

    Firms old enough to have all fiscal years that a policy looks at need none of its rules for young ones.
    """
    found: dict[str, g.Cell] = {}
    for node in g.every_node(graph):
        if isinstance(node, g.Split | g.SplitScore) and graph.leaves[node.column].metric.kind is Kind.DATE:
            oldest = min((cell for cell, _ in node.cells), key=lambda cell: cell.low is not None)
            known = found.setdefault(node.column, oldest)
            if oldest.high is not None and (known.high is None or oldest.high < known.high):
                found[node.column] = oldest
    return found


def settings_text(settings: Mapping[str, str]) -> str:
    """Write the readings of switches in one line, for receipts."""
    return ", ".join(f"{name}={reading}" for name, reading in sorted(settings.items()))
