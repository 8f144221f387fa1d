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
``route``
    the number of the first route that is met, 0 for none.
``class.<id>``, ``class.not_met``
    whether some completion of the missing facts reaches the class.
``reasons``
    sum of 1 missing_facts, 2 expert_range, 4 needs_person, 8 may_be_decided; 0 unless undetermined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from yumiao.model.outcomes import Outcome, Reason
from yumiao.rules import graph as g
from yumiao.rules.bounds import NOT_MET, Bounds, Reader, Truths, class_statements
from yumiao.rules.program import Program
from yumiao.rules.refine import Refinement, clauses_resting_on, conjuncts, refine

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

    def __init__(self, graph: g.PolicyGraph, ranged: frozenset[str], absent: frozenset[str]) -> None:
        self.graph = graph
        self.program = Program(absent)
        self.reader = Reader(graph, self.program, ranged)
        self._whys: dict[int, _Why] = {}

    def write(self) -> CompiledPolicy:
        for condition in self.graph.conditions:
            truths = self.reader.statement(condition.statement)
            self.program.output(f"condition.{condition.id}", self._code(truths))
            self.program.output(f"gap.{condition.id}", self._gap(condition.statement, truths))
        for score in self.graph.scores:
            points = self.reader.steps_of(self.reader.score(score.score))
            self.program.output(f"score.{score.id}.low", points.low)
            self.program.output(f"score.{score.id}.high", points.high)
        if self.graph.outcome is not None:
            self._write_outcome(self.graph.outcome)
        else:
            self._write_classes()
        return CompiledPolicy(self.graph, self.program, self.tangled)

    def _code(self, truths: Truths) -> int:
        """0 not_met, 1 undetermined, 2 met; a statement that facts contradict both ways stays undetermined."""
        program = self.program
        zero, one, two = (program.const(code) for code in range(3))
        return program.select(truths.hold, program.select(truths.fail, one, two), program.select(truths.fail, zero, one))

    # ── outcome ───────────────────────────────────────────────────────────────────────────────────────────

    def _write_outcome(self, outcome: g.Statement) -> None:
        truths = self.reader.statement(outcome)
        refinement = refine(self.graph, self.reader, {"hold": (outcome, True), "fail": (outcome, False)})
        again = self._write_again(self._open(truths), refinement, conjuncts(outcome))
        possible = refinement.possible if refinement else {}
        final = Truths(self._both(truths.hold, possible.get("hold")), self._both(truths.fail, possible.get("fail")))
        why, route = self._why(outcome), self._route()
        for prefix, found, maybe in (("first.", truths, self.program.truth(value=False)), ("", final, again)):
            is_open = self._open(found)
            self.program.output(f"{prefix}outcome", self._code(found))
            self.program.output(f"{prefix}route", self.program.select(found.fail, self.program.const(0), route))
            self._write_reasons(prefix, why, is_open, maybe)

    def _open(self, truths: Truths) -> int:
        return self.program.every((truths.hold, truths.fail))

    def _both(self, truth: int, other: int | None) -> int:
        return truth if other is None else self.program.every((truth, other))

    def _write_again(self, is_open: int, refinement: Refinement | None, parts: Sequence[g.Statement] = ()) -> int:
        """Say whether to read again; return whether too much is missing for the second reading to be complete.

        Reading again helps only where a missing fact stands in two open clauses: apart from that each clause has its
        missing facts for itself, and all of them can be settled either way.
        """
        program = self.program
        self.tangled = refinement.columns if refinement else ()
        missing = {column: program.column_is_null(column) for column in self.tangled}
        helps = [program.every((absent, self._stands_twice(column, parts))) for column, absent in missing.items()]
        program.output("again", program.every((is_open, program.either(helps))))
        return program.ge(program.count(missing.values()), program.const(COMPLETE_UP_TO + 1), if_null=False)

    def _stands_twice(self, column: str, parts: Sequence[g.Statement]) -> int:
        program = self.program
        if not parts:
            return program.truth(value=True)
        linked = {column, *(part for part, whole in self.graph.constraints if whole == column)}
        linked |= {whole for part, whole in self.graph.constraints if part == column}
        twice: list[int] = []
        once: list[int] = []
        for part in parts:
            count = max(clauses_resting_on(part, name) for name in linked)
            if count:
                (twice if count > 1 else once).append(self._open(self.reader.statement(part)))
        found, again = program.truth(value=False), program.either(twice)
        for is_open in once:
            again = program.either((again, program.every((found, is_open))))
            found = program.either((found, is_open))
        return again

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
                return _Why(*(program.either(kind) for kind in zip(*((why.missing, why.expert, why.person) for why in whys), strict=True))) if whys else _Why(no, no, no)
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

    # ── gaps ──────────────────────────────────────────────────────────────────────────────────────────────

    def _gap(self, node: g.Statement, truths: Truths) -> int:
        program = self.program
        shortfall = self._shortfall(node)
        return program.select(truths.fail, shortfall, program.const(0))

    def _raw(self, linear: g.Linear) -> int:
        """The sum itself; NULL where a fact of it is missing."""
        program = self.program
        total = program.const(int(linear.constant))
        for column, weight in linear.terms:
            number = self.reader.raw(column)
            total = program.add(total, program.mul(number, program.const(int(weight))))
        return total

    def _shortfall(self, node: g.Statement) -> int:
        program = self.program
        match node:
            case g.Named(body=body):
                return self._shortfall(body)
            case g.LinearComparison(linear=linear, strict=strict):
                scale = _scale(linear)
                total = self._raw(linear.scaled(scale))
                missing = program.sub(program.const(1 if strict else 0), total)
                return self._positive(self._ceil_div(missing, scale))
            case g.QuotientComparison(quotient=quotient, operator=operator, bound=bound):
                return self._quotient_shortfall(quotient, operator, quotient.threshold(bound))
            case g.ScoreComparison(score=score, operator=operator, bound=bound) if operator in (">=", ">"):
                edge = int(bound) + (1 if operator == ">" else 0)
                points = self.reader.steps_of(self.reader.score(score))
                return self._positive(program.sub(program.const(edge), points.high))
            case g.Split():
                return self._split_shortfall(node)
            case _:
                return program.unbounded()

    def _positive(self, number: int) -> int:
        return self.program.maximum(number, self.program.const(0))

    def _ceil_div(self, number: int, divisor: Fraction) -> int:
        program = self.program
        if divisor == 1:
            return number
        return program.sub(program.const(0), program.floor_div(program.sub(program.const(0), number), program.const(int(divisor))))

    def _quotient_shortfall(self, quotient: g.Quotient, operator: g.Operator, bound: Fraction) -> int:
        scale = max(_scale(quotient.numerator), _scale(quotient.denominator))
        top, bottom = self._raw(quotient.numerator.scaled(scale)), self._raw(quotient.denominator.scaled(scale))
        share = _Share(top, bottom, self.program.const(bound.numerator))
        return self._share_shortfall(share, operator, bound.denominator, scale)

    def _share_shortfall(self, share: _Share, operator: g.Operator, grid: int, scale: Fraction) -> int:
        """By how much the numerator falls short of bound/grid times the denominator."""
        program = self.program
        needed = program.sub(program.mul(share.bottom, share.bound), program.mul(share.top, program.const(grid)))
        if operator in ("<=", "<"):
            needed = program.sub(program.const(0), needed)
        if operator in (">", "<"):
            needed = program.add(needed, program.const(1))
        amount = self._positive(self._ceil_div(needed, grid * scale))
        return program.select(program.ge(share.bottom, program.const(1), if_null=False), amount, program.unbounded())

    def _split_shortfall(self, node: g.Split) -> int:
        """The gap in the cell of a known value; shares that differ only in parts are put together first, then computed once."""
        leaves = list(_quotients(node))
        operators = {leaf.operator for leaf in leaves}
        if len(leaves) > 1 and len(operators) == 1 and all(_scale(part) == 1 for leaf in leaves for part in (leaf.quotient.numerator, leaf.quotient.denominator)):
            grid = lcm(*(leaf.quotient.threshold(leaf.bound).denominator for leaf in leaves))
            return self._share_shortfall(self._chosen_share(node, grid), operators.pop(), grid, Fraction(1))
        return self._by_cell(node, self._shortfall)

    def _by_cell(self, node: g.Split, value: Callable[[g.Statement], int]) -> int:
        program, number = self.program, self.reader.raw(node.column)
        known = Bounds(number, number)
        result = value(node.cells[-1][1])
        for cell, body in reversed(node.cells[:-1]):
            here = self.reader.inside(node.column, cell, {node.column: known}).hold
            result = program.select(here, value(body), result)
        return program.select(program.is_null(number), program.unbounded(), result)

    def _chosen_share(self, node: g.Statement, grid: int) -> _Share:
        match node:
            case g.Split(column=column, cells=cells):
                number = self.reader.raw(column)
                result = self._chosen_share(cells[-1][1], grid)
                for cell, body in reversed(cells[:-1]):
                    here = self.reader.inside(column, cell, {column: Bounds(number, number)}).hold
                    result = self._either_share(here, self._chosen_share(body, grid), result)
                unknown = self.program.is_null(number)
                return _Share(self.program.select(unknown, self.program.unbounded(), result.top), result.bottom, result.bound)
            case g.QuotientComparison(quotient=quotient, bound=bound):
                steps = int(quotient.threshold(bound) * grid)
                return _Share(self._raw(quotient.numerator), self._raw(quotient.denominator), self.program.const(steps))
            case _:
                raise AssertionError(node)

    def _either_share(self, test: int, here: _Share, rest: _Share) -> _Share:
        select = self.program.select
        return _Share(select(test, here.top, rest.top), select(test, here.bottom, rest.bottom), select(test, here.bound, rest.bound))


@dataclass(frozen=True, slots=True)
class _Share:
    """A numerator, a denominator, and how many grid steps of the denominator the numerator is compared with."""

    top: int
    bottom: int
    bound: int


def _quotients(node: g.Statement) -> Iterator[g.QuotientComparison]:
    """Yield the comparisons in the cells of nested splits; nothing more after one of another kind."""
    if isinstance(node, g.Split):
        found = [list(_quotients(body)) for _, body in node.cells]
        if all(found):
            yield from (leaf for leaves in found for leaf in leaves)
    elif isinstance(node, g.QuotientComparison):
        yield node


def _scale(linear: g.Linear) -> Fraction:
    scale = 1
    for _, weight in linear.terms:
        scale = max(scale, weight.denominator)
    return Fraction(max(scale, linear.constant.denominator))


def compile_policy(
    graph: g.PolicyGraph, ranged: frozenset[str] = frozenset(), absent: frozenset[str] = frozenset()
) -> CompiledPolicy:
    """Write the program of one policy.

    Args:
        ranged: columns that may also carry ``#low`` and ``#high``.
        absent: columns that the table does not have: unknown for everybody.
    """
    return _Writer(graph, ranged, absent).write()


def settings_text(settings: Mapping[str, str]) -> str:
    """Write the readings of switches in one line, for receipts."""
    return ", ".join(f"{name}={reading}" for name, reading in sorted(settings.items()))
