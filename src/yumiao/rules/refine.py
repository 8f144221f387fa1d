"""Deciding more where facts hang together.

Read clause by clause, a missing fact is given the benefit of the doubt in each clause separately: R&D of a missing
year may be large enough for the R&D ratio, and small enough for the share spent inside China. That never leads to a
wrong answer, but it leaves open what no single value could satisfy. Here the clauses are read together:

1. the statement is unfolded into alternatives, each a list of clauses that have to hold at once (which route, which
   bracket, how many years);
2. inside an alternative every clause narrows the values that the missing facts may still take, a few times over;
3. the alternative remains possible if each clause can hold for the narrowed values.

Only what is impossible is taken away, so an answer stays certain under every completion of the missing facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from yumiao.rules import graph as g
from yumiao.rules.bounds import Assumed, Bounds, Reader, Truths, are_apart, magnitude_of

ROUNDS = 2
"""How often the clauses of an alternative narrow the facts: enough for chains of two, in any order."""

MOST_ALTERNATIVES = 96
"""More alternatives than this are read as one clause: sound, but less is decided."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an alternative: a node that holds, or (not ``holds``) fails."""

    node: g.Statement
    holds: bool


@dataclass(frozen=True, slots=True)
class InCell:
    """A part of an alternative: a column's value lies in a cell."""

    column: str
    cell: g.Cell


Part = Clause | InCell
Alternative = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Inequality:
    """terms + constant ≥ 0, all whole."""

    terms: tuple[tuple[str, int], ...]
    constant: int


@dataclass(frozen=True)
class Refinement:
    """What to ask a second time.

    Attributes:
        columns: the facts that hang together; with none of them missing the first answer is the best.
        possible: by name of the statement asked for, the truth of the program that it is possible after all.
    """

    columns: tuple[str, ...]
    possible: Mapping[str, int]


class _Refiner:
    """Reads statements of one graph clauses-together."""

    def __init__(self, graph: g.PolicyGraph, reader: Reader) -> None:
        self.graph = graph
        self.reader = reader
        self.program = reader.program
        self.memo: dict[int, frozenset[str]] = {}
        self.tangled: set[str] = set()

    # ── unfolding ─────────────────────────────────────────────────────────────────────────────────────────

    def alternatives(self, node: g.Statement, *, holds: bool, shared: frozenset[str]) -> list[Alternative]:
        """Unfold a statement into alternatives, opening only what rests on shared facts."""
        opened = self._open(node, holds=holds, shared=shared)
        return opened if len(opened) <= MOST_ALTERNATIVES else [(Clause(node, holds),)]

    def _open(self, node: g.Statement, *, holds: bool, shared: frozenset[str]) -> list[Alternative]:
        match node:
            case g.Named(body=body):
                return self.alternatives(body, holds=holds, shared=shared)
            case g.Negated(body=body):
                return self.alternatives(body, holds=not holds, shared=shared)
            case g.Known(value=value):
                return [()] if value is holds else []
            case g.Count(least=least, parts=parts) if self._is_conjunction(least, len(parts), holds=holds):
                return self._together(parts, holds=holds, shared=shared)
            case g.Count(least=least, parts=parts) if self._is_conjunction(
                least, len(parts), holds=not holds
            ):
                return self._either(parts, holds=holds, shared=shared)
            case g.Split(column=column, cells=cells) if g.columns_of(node, self.memo) & shared:
                return [
                    (InCell(column, cell), *rest)
                    for cell, body in cells
                    for rest in self.alternatives(body, holds=holds, shared=shared | {column})
                ]
            case _:
                return [(Clause(node, holds),)]

    def _is_conjunction(self, least: int, count: int, *, holds: bool) -> bool:
        """All must hold, or (read as failing) all must fail."""
        return least == count if holds else least == 1

    def _together(
        self, parts: Sequence[g.Statement], *, holds: bool, shared: frozenset[str]
    ) -> list[Alternative]:
        """Combine the alternatives of each part, leaving out those that put a column into two cells at once."""
        everywhere = self._shared(parts) | shared
        self.tangled |= everywhere
        combined: list[Alternative] = [()]
        for part in parts:
            choices = self.alternatives(part, holds=holds, shared=everywhere)
            joined = [
                (*first, *second)
                for first in combined
                for second in choices
                if not _contradict(first, second)
            ]
            if len(joined) > MOST_ALTERNATIVES:
                joined = [(*first, Clause(part, holds)) for first in combined]
            combined = joined
        return [tuple(dict.fromkeys(alternative)) for alternative in combined]

    def _shared(self, parts: Sequence[g.Statement]) -> frozenset[str]:
        """The columns on which more than one part rests, constraints between facts included."""
        counted = Counter(column for part in parts for column in self._reach(part))
        return frozenset(column for column, count in counted.items() if count > 1)

    def _reach(self, node: g.Statement) -> frozenset[str]:
        columns = g.columns_of(node, self.memo)
        linked = {whole for part, whole in self.graph.constraints if part in columns}
        linked |= {part for part, whole in self.graph.constraints if whole in columns}
        return columns | linked

    def _either(
        self, parts: Sequence[g.Statement], *, holds: bool, shared: frozenset[str]
    ) -> list[Alternative]:
        apart = [part for part in parts if self._stands_apart(part, shared)]
        opened = [
            choice
            for part in parts
            if part not in apart
            for choice in self.alternatives(part, holds=holds, shared=shared)
        ]
        if apart:
            least = 1 if holds else len(apart)
            opened.append((Clause(g.Count(least, tuple(apart)), holds),))
        return opened

    def _stands_apart(self, part: g.Statement, shared: frozenset[str]) -> bool:
        """Whether a part shares no fact with the others, nor rests twice on one itself."""
        reach = self._reach(part)
        return not reach & shared and all(clauses_resting_on(part, column) <= 1 for column in reach)

    # ── narrowing ─────────────────────────────────────────────────────────────────────────────────────────

    def possible(self, alternative: Alternative) -> int:
        """Whether all parts of an alternative can hold at once, as far as narrowing shows."""
        assumed = self._assume(alternative)
        if any(
            self.program.truth_of(self._holds(part, assumed)) is False
            for part in alternative
            if _is_plain(part)
        ):
            return self.program.truth(value=False)
        inequalities = list(self._inequalities(alternative))
        tangled = self._tangled(alternative)
        self.tangled |= tangled
        narrowed: set[str] = set()
        for _ in range(ROUNDS):
            for inequality in inequalities:
                narrowed |= self._narrow(inequality, tangled, assumed)
        hold = [self._holds(part, assumed) for part in alternative]
        return self.program.every((*hold, *(self._nonempty(column, assumed) for column in sorted(narrowed))))

    def _assume(self, alternative: Alternative) -> dict[str, Assumed]:
        """Take yes/no facts and categories that the alternative fixes as fixed."""
        assumed: dict[str, Assumed] = {}
        truth = self.program.truth
        for part in alternative:
            if isinstance(part, InCell):
                assumed = self.reader.facts.within(part.column, part.cell, assumed)
            elif isinstance(part.node, g.IsTrue):
                known = self.reader.statement(part.node, assumed)
                possible = known.hold if part.holds else known.fail
                both = (possible, truth(value=False)) if part.holds else (truth(value=False), possible)
                assumed[part.node.column] = Truths(*both)
        return assumed

    def _inequalities(self, alternative: Alternative) -> Iterator[Inequality]:
        for part in alternative:
            if isinstance(part, Clause):
                yield from self._clause_inequalities(part)
        columns = {
            column
            for part in alternative
            if isinstance(part, Clause)
            for column in g.columns_of(part.node, self.memo)
        }
        for part_column, whole in self.graph.constraints:
            if part_column in columns or whole in columns:
                yield Inequality(((whole, 1), (part_column, -1)), 0)

    def _clause_inequalities(self, clause: Clause) -> Iterator[Inequality]:
        match clause.node:
            case g.LinearComparison(linear=linear, strict=strict):
                sign = 1 if clause.holds else -1
                is_strict = strict if clause.holds else not strict
                yield _inequality(linear.scaled(Fraction(sign)), strict=is_strict)
            case g.QuotientComparison(quotient=quotient, operator=operator, bound=bound) if clause.holds:
                threshold = quotient.threshold(bound)
                difference = quotient.numerator.plus(quotient.denominator.scaled(-threshold))
                sign = 1 if operator in (">=", ">") else -1
                yield _inequality(difference.scaled(Fraction(sign)), strict=operator in (">", "<"))
                yield _inequality(quotient.denominator, strict=True)
            case _:
                return

    def _tangled(self, alternative: Alternative) -> set[str]:
        """The columns on which two parts of the alternative rest, directly or through a chain of inequalities."""
        counted = Counter(
            column
            for part in alternative
            if isinstance(part, Clause)
            for column in g.columns_of(part.node, self.memo)
        )
        counted.update(part.column for part in alternative if isinstance(part, InCell))
        counted.update(
            column
            for part, whole in self.graph.constraints
            for column in {part, whole} & set(counted)
            if {part, whole} <= set(counted)
        )
        tangled = {column for column, count in counted.items() if count > 1}
        return {column for column in tangled if self._is_number(column)}

    def _is_number(self, column: str) -> bool:
        leaf = self.graph.leaves.get(column)
        return leaf is not None and leaf.metric.kind.value in ("quantity", "date")

    def _narrow(self, inequality: Inequality, tangled: set[str], assumed: dict[str, Assumed]) -> set[str]:
        """Narrow each tangled fact of an inequality by what the others allow; return which were narrowed."""
        found = {column for column, _ in inequality.terms if column in tangled}
        rests = self._rests(inequality, assumed) if found else []
        for (column, weight), rest in zip(inequality.terms, rests, strict=False):
            if column in found:
                assumed[column] = self._narrowed(
                    column, self.reader.facts.leaf(column, assumed), weight, rest
                )
        return found

    def _rests(self, inequality: Inequality, assumed: Mapping[str, Assumed]) -> list[int]:
        """For each term the largest value of all the others with the constant; NULL when unbounded."""
        program, terms = self.program, inequality.terms
        highs = [
            self.reader.facts.linear(g.Linear(((column, Fraction(weight)),)), assumed).high
            for column, weight in terms
        ]
        before = [program.const(inequality.constant)]
        for high in highs[:-1]:
            before.append(program.add(before[-1], high))
        after = [program.const(0)]
        for high in reversed(highs[1:]):
            after.append(program.add(after[-1], high))
        return [program.add(left, right) for left, right in zip(before, reversed(after), strict=True)]

    def _narrowed(self, column: str, bounds: Bounds, weight: int, rest: int) -> Bounds:
        """weight·x + rest ≥ 0, rest at its largest, bounds x below (weight > 0) or above.

        A bound beyond the domain is brought to just beyond it: it says the same, and fits the same width.
        """
        program = self.program
        limit = magnitude_of(self.graph.leaves[column]) + 1
        if weight > 0:
            least = program.sub(program.const(0), program.floor_div(rest, program.const(weight)))
            return Bounds(
                program.tighten_low(bounds.low, program.clamp(least, limit)), bounds.high, bounds.cell
            )
        most = program.clamp(program.floor_div(rest, program.const(-weight)), limit)
        return Bounds(bounds.low, program.tighten_high(bounds.high, most), bounds.cell)

    def _holds(self, part: Part, assumed: Mapping[str, Assumed]) -> int:
        if isinstance(part, InCell):
            return self.reader.facts.inside(part.column, part.cell, assumed).hold
        truths = self.reader.statement(part.node, assumed)
        return truths.hold if part.holds else truths.fail

    def _nonempty(self, column: str, assumed: Mapping[str, Assumed]) -> int:
        bounds = self.reader.facts.leaf(column, assumed)
        return self.program.ge(bounds.high, bounds.low, if_null=True)

    def refined(self, node: g.Statement, *, holds: bool) -> int | None:
        """Whether a statement can hold (or fail) read clauses-together; None where that adds nothing."""
        alternatives = self.alternatives(node, holds=holds, shared=frozenset())
        if all(len(alternative) <= 1 for alternative in alternatives):
            return None
        return self.program.either(self.possible(alternative) for alternative in alternatives)


def _contradict(first: Alternative, second: Alternative) -> bool:
    """Whether two alternatives put a column into cells that do not meet."""
    cells = {part.column: part.cell for part in first if isinstance(part, InCell)}
    return any(
        isinstance(part, InCell) and part.column in cells and are_apart(cells[part.column], part.cell)
        for part in second
    )


def _is_plain(part: Part) -> bool:
    """Whether a part may be settled by an assumed cell alone."""
    return isinstance(part, InCell) or isinstance(part.node, g.LinearComparison)


def conjuncts(node: g.Statement) -> list[g.Statement]:
    """The statements that all have to hold for ``node`` to hold."""
    match node:
        case g.Named(body=body):
            return conjuncts(body)
        case g.Count(least=least, parts=parts) if least == len(parts):
            return [found for part in parts for found in conjuncts(part)]
        case _:
            return [node]


def clauses_resting_on(node: g.Statement, column: str) -> int:
    """In how many clauses that may have to be settled together a column stands."""
    match node:
        case g.Named(body=body) | g.Negated(body=body):
            return clauses_resting_on(body, column)
        case g.Count(parts=parts):
            return sum(clauses_resting_on(part, column) for part in parts)
        case g.Split(cells=cells):
            return max(clauses_resting_on(body, column) for _, body in cells)
        case _:
            return int(column in g.columns_of(node))


def _inequality(linear: g.Linear, *, strict: bool) -> Inequality:
    scale = lcm(linear.constant.denominator, *(weight.denominator for _, weight in linear.terms))
    terms = tuple((column, int(weight * scale)) for column, weight in linear.terms)
    return Inequality(terms, int(linear.constant * scale) - (1 if strict else 0))


def refine(
    graph: g.PolicyGraph, reader: Reader, statements: Mapping[str, tuple[g.Statement, bool]]
) -> Refinement | None:
    """Write into the program what reading clauses together rules out.

    Args:
        statements: by a name of the caller's choice a statement, and whether it is asked if it can hold or can fail.
    Returns: None when no facts hang together.
    """
    refiner = _Refiner(graph, reader)
    found = {name: refiner.refined(statement, holds=holds) for name, (statement, holds) in statements.items()}
    possible = {name: truth for name, truth in found.items() if truth is not None}
    columns = tuple(sorted(column for column in refiner.tangled if column in graph.leaves))
    return Refinement(columns, possible) if possible else None
