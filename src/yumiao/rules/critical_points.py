"""Where the answer of a comparison can change: the values of missing facts that matter.

Every comparison of a policy version is a polynomial in the facts it asks for (a quotient multiplied out, a
growth rate against its bound raised to the years), and changes its answer only where a polynomial changes its
sign. With the known facts put in, the roots in one missing fact are its critical points. This too is read
from the checked text, not from the graph.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from math import ceil, gcd, isqrt, lcm, prod
from typing import Any

from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.units import DIMENSION_STEPS, UNITS, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import ScorePart
from yumiao.rules.expert_choices import Place
from yumiao.rules.reference import EDGES, FOUNDED, UNKNOWN, Reference, Scope, date_of, day

LONGEST = 3
"""So many fiscal years are looked back on at least where a policy speaks of younger firms."""

Monomial = tuple[str, ...]
"""A product of variables, each as often as its power, in order."""


@dataclass(frozen=True)
class Polynomial:
    """A sum of monomials with exact coefficients; a variable is a column, or the calendar year of one."""

    terms: Mapping[Monomial, Fraction | int]

    @staticmethod
    def constant(value: Fraction | int) -> Polynomial:
        """The polynomial that is one number."""
        return Polynomial({(): value} if value else {})

    @staticmethod
    def variable(name: str) -> Polynomial:
        """The polynomial that is one variable."""
        return Polynomial({(name,): 1})

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for monomial, weight in other.terms.items():
            terms[monomial] = terms.get(monomial, 0) + weight
        return Polynomial({monomial: weight for monomial, weight in terms.items() if weight})

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other * Polynomial.constant(-1)

    def __mul__(self, other: Polynomial) -> Polynomial:
        result = Polynomial({})
        for left, weight in self.terms.items():
            products = {tuple(sorted(left + right)): weight * factor for right, factor in other.terms.items()}
            result += Polynomial(products)
        return result

    def variables(self) -> frozenset[str]:
        """Return the variables it contains."""
        return frozenset(chain.from_iterable(self.terms))

    def whole(self, steps: Mapping[str, int]) -> Polynomial:
        """Return a polynomial with the same roots in smallest steps, its coefficients whole and coprime."""
        scaled = {
            monomial: Fraction(weight) / prod(steps.get(name, 1) for name in monomial)
            for monomial, weight in self.terms.items()
        }
        factor = lcm(*(weight.denominator for weight in scaled.values()))
        terms = {monomial: int(weight * factor) for monomial, weight in scaled.items()}
        common = gcd(*terms.values()) or 1
        return Polynomial({monomial: weight // common for monomial, weight in terms.items()})

    def at(self, values: Mapping[str, int]) -> Polynomial:
        """Put in the values of some variables, in the steps of the coefficients."""
        terms: dict[Monomial, Fraction | int] = {}
        for monomial, weight in self.terms.items():
            rest = tuple(name for name in monomial if name not in values)
            value = prod((values[name] for name in monomial if name in values), start=weight)
            terms[rest] = terms.get(rest, 0) + value
        return Polynomial({monomial: weight for monomial, weight in terms.items() if weight})

    def coefficients(self, name: str) -> dict[int, Polynomial]:
        """Return the coefficient of each power of a variable."""
        found: dict[int, dict[Monomial, Fraction | int]] = {}
        for monomial, weight in self.terms.items():
            rest = tuple(other for other in monomial if other != name)
            found.setdefault(len(monomial) - len(rest), {})[rest] = weight
        return {power: Polynomial(terms) for power, terms in found.items()}

    def roots(self) -> set[int]:
        """Return the whole numbers on either side of each root in its only variable, up to degree two.

        The coefficients are whole; the language makes no polynomial of a higher degree in one fact.
        """
        powers = {len(monomial): int(weight) for monomial, weight in self.terms.items()}
        if max(powers, default=0) > 2:
            return set()
        a, b, c = powers.get(2, 0), powers.get(1, 0), powers.get(0, 0)
        if a == 0:
            return {-c // b, -(c // b)} if b else set()
        discriminant = b * b - 4 * a * c
        if discriminant < 0:
            return set()
        root = isqrt(discriminant)
        tops = (-b + root, -b + root + 1, -b - root, -b - root - 1)
        return {edge for top in tops for edge in (top // (2 * a), -(-top // (2 * a)))}

    def eliminate(self, name: str, other: Polynomial) -> Polynomial | None:
        """Return where two polynomials vanish together, without a variable in which both are linear."""
        own, its = self.coefficients(name), other.coefficients(name)
        if max(own, default=0) != 1 or max(its, default=0) != 1:
            return None
        nothing = Polynomial({})
        return (own[1] * its.get(0, nothing) - own.get(0, nothing) * its[1]).whole({})


@dataclass(frozen=True)
class Form:
    """An amount as a quotient of polynomials; with ``years`` the ratio of a growth over so many years."""

    top: Polynomial
    bottom: Polynomial
    years: int = 0


@dataclass
class CriticalPoints:
    """The polynomials of one policy version for applications on one day, and the columns it asks for.

    Attributes:
        columns: column → its metric, for every fact that may be asked for.
        polynomials: where one changes its sign a comparison may change its answer; in smallest steps.
        given: columns whose points count directly, with the most that count.
        year_columns: dates of which only the calendar year counts somewhere.
    """

    library: Library
    policy: Policy
    as_of: dt.date
    settings: Mapping[str, str] | None = None
    columns: dict[str, Metric] = field(default_factory=dict)
    polynomials: dict[frozenset[tuple[Monomial, Fraction | int]], Polynomial] = field(default_factory=dict)
    given: dict[str, Fraction] = field(default_factory=dict)
    year_columns: set[str] = field(default_factory=set)
    open_parameters: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.reference = Reference(self.library, self.policy, self.as_of, {}, self.settings)
        self._read()

    def _read(self) -> None:
        body, chosen = self.policy.body, self.reference.settings
        for condition in body.conditions.values():
            for scope in self._scopes(condition.younger):
                self._statement(condition.need.under(chosen).tree, scope)
        for place in self.reference.parts.values():
            for scope in self._scopes(place.younger):
                self._score(place, scope)
        trees = [route.when.tree for route in body.routes.values()]
        trees += [rule.when.tree for rule in (body.classes or {}).values()]
        trees += [part.tree for part in body.met_when or ()]
        for tree in trees:
            self._statement(tree, Scope())
        if body.class_table is not None:
            self._column(ex.Reference(ex.Span(), (body.class_table.by,)), Scope())
            for row in body.class_table.bounds.values():
                self._row(row)

    def _scopes(self, younger: str | None) -> list[Scope]:
        if younger is None:
            return [Scope()]
        column = self._register(self.reference.metric(FOUNDED), None)
        self.year_columns.add(column)
        asked = LONGEST
        for back in range(-1, asked + 1):
            first_day = day(dt.date(self.as_of.year - back, 1, 1))
            self._add(Polynomial.variable(column) - Polynomial.constant(first_day))
        return [Scope(has_years=count) for count in range(asked + 1)]

    def _row(self, row: Mapping[str, Iterable[int | float | str]]) -> None:
        for name, levels in row.items():
            metric = self.reference.metric(name)
            unit = metric.unit or UNITS["number"]
            variable = Polynomial.variable(self._register(metric, None))
            for level in levels:
                edge = Fraction(str(level)) * unit.steps / DIMENSION_STEPS[unit.dimension]
                self._add(variable - Polynomial.constant(edge))

    def _take(self, other: CriticalPoints) -> None:
        """Add what matters to another policy on whose class this one rests."""
        self.columns |= other.columns
        self.polynomials |= other.polynomials
        self.given |= other.given
        self.year_columns |= other.year_columns

    # ── columns ───────────────────────────────────────────────────────────────────────────────────────────

    def _register(self, metric: Metric, year: Year | None) -> str:
        column = self.reference.column(metric, year)
        self.columns[column] = metric
        return column

    def _column(self, reference: ex.Reference, scope: Scope) -> str:
        return self._register(self.reference.metric(reference.name), reference.year or scope.year)

    def _add(self, polynomial: Polynomial) -> None:
        if polynomial.variables():
            whole = polynomial.whole({name: steps_of(metric) for name, metric in self.columns.items()})
            self.polynomials[frozenset(whole.terms.items())] = whole

    # ── statements ────────────────────────────────────────────────────────────────────────────────────────

    def _statement(self, node: ex.Node, scope: Scope) -> None:
        match node:
            case ex.Negation(body=body):
                self._statement(body, scope)
            case ex.AtLeast(parts=parts):
                for part in parts:
                    self._statement(part, scope)
            case ex.EachYear(count=count, body=body):
                for year in self.reference.last_years(count, scope):
                    self._statement(body, replace(scope, year=year))
            case ex.Comparison(left=left, right=right):
                self._against(self._forms(left, scope), self._forms(right, scope))
            case _:
                self._fact(node, scope)

    def _fact(self, node: ex.Node, scope: Scope) -> None:
        match node:
            case ex.IsValue(subject=ex.Reference() as subject):
                self._column(subject, scope)
            case ex.IsValue(subject=ex.ClassOf(policy=family)):
                self._take(CriticalPoints(self.library, self.reference.policy_in_force(family), self.as_of))
            case ex.Holds(title=title):
                for word in ("granted_on", "valid_until"):
                    column = self._register(self.reference.metric(f"title_{title}_{word}"), None)
                    self._add(Polynomial.variable(column) - Polynomial.constant(day(self.as_of)))
            case ex.Yes(reference=reference):
                body = self.policy.body
                if reference.name not in body.conditions and reference.name not in body.routes:
                    self._column(reference, scope)
            case _:
                return

    def _against(self, lefts: Iterable[Form], rights: Iterable[Form]) -> None:
        rights = list(rights)
        for left in lefts:
            for right in rights:
                self._compare(left, right)
                self._add(left.bottom)
                self._add(right.bottom)

    def _compare(self, left: Form, right: Form) -> None:
        if right.years:
            left, right = right, left
        if not left.years:
            self._add(left.top * right.bottom - right.top * left.bottom)
            return
        bound = Fraction(right.top.terms.get((), 0)) / right.bottom.terms[()]
        self._add(left.top - left.bottom * Polynomial.constant((1 + bound) ** left.years))

    # ── amounts ───────────────────────────────────────────────────────────────────────────────────────────

    def _forms(self, node: ex.Node, scope: Scope) -> list[Form]:
        """Return what an amount may be: one form, or one for each band of a parameter; none for scores."""
        one = Polynomial.constant(1)
        match node:
            case ex.Number() | ex.DateLiteral() | ex.ApplicationDate():
                value = self.reference.amount(node, scope)
                assert isinstance(value, Fraction)  # noqa: S101 - literals exist
                return [Form(Polynomial.constant(value), one)]
            case ex.Reference():
                return self._reference(node, scope)
            case ex.Arithmetic(operator=sign, left=left, right=right):
                pairs = [(a, b) for a in self._forms(left, scope) for b in self._forms(right, scope)]
                return [_arithmetic(sign, a, b) for a, b in pairs]
            case ex.Call():
                return self._call(node, scope)
            case _:
                return []

    def _reference(self, node: ex.Reference, scope: Scope) -> list[Form]:
        if node.path in self.reference.parts:
            return []
        if node.name in self.policy.body.parameters:
            return self._parameter(node.name)
        return [self._variable(self._column(node, scope))]

    def _variable(self, column: str) -> Form:
        return Form(Polynomial.variable(column), Polynomial.constant(1))

    def _parameter(self, name: str) -> list[Form]:
        parameter = self.policy.body.parameters[name]
        if parameter.is_ is not None:
            stated = parameter.is_.under(self.reference.settings)
            if stated.text == UNKNOWN:
                self.open_parameters.add(name)
                return []
            return self._forms(stated.tree, Scope())
        if parameter.by is not None:
            by = self._forms(parameter.by.tree, Scope())
            for band in parameter.bands:
                if band.edge is not None:
                    self._against(by, self._forms(getattr(band, band.edge).tree, Scope()))
        return [form for band in parameter.bands for form in self._forms(band.is_.tree, Scope())]

    def _call(self, node: ex.Call, scope: Scope) -> list[Form]:
        match node.function, node.arguments:
            case "sum" | "mean", (ex.Reference() as name, ex.Range(count=count)):
                return self._sum(node.function, self._series(name, self.reference.last_years(count, scope)))
            case "growth", (ex.Reference() as name,):
                return self._growth(name, Year(-2), Year(-1))
            case "compound_growth", (ex.Reference() as name, ex.Period(year=first), ex.Period(year=last)):
                return self._growth(name, first, last)
            case "mean_growth", (ex.Reference() as name, ex.Range(count=count)):
                return self._mean_growth(self._series(name, self.reference.last_years(count, scope)))
            case "days", (start, end):
                pairs = [(a, b) for a in self._forms(start, scope) for b in self._forms(end, scope)]
                return [_arithmetic("-", b, a) for a, b in pairs]
            case "year", (date,):
                return self._year(date, scope)
            case _:
                return []

    def _year(self, date: ex.Node, scope: Scope) -> list[Form]:
        if not isinstance(date, ex.Reference):
            return [Form(Polynomial.constant(self.as_of.year), Polynomial.constant(1))]
        column = self._column(date, scope)
        self.year_columns.add(column)
        return [self._variable(year_of(column))]

    def _series(self, name: ex.Reference, years: Iterable[Year]) -> list[Polynomial]:
        metric = self.reference.metric(name.name)
        return [Polynomial.variable(self._register(metric, year)) for year in years]

    def _sum(self, function: str, series: list[Polynomial]) -> list[Form]:
        total = sum(series, Polynomial({}))
        return [Form(total, Polynomial.constant(len(series) if function == "mean" and series else 1))]

    def _growth(self, name: ex.Reference, first: Year, last: Year) -> list[Form]:
        earlier, later = self._series(name, (first, last))
        return [Form(later, earlier, last.number - first.number)]

    def _mean_growth(self, series: list[Polynomial]) -> list[Form]:
        """The mean of the rates, and the later rate alone; each amount's sign counts too."""
        for amount in series:
            self._add(amount)
        if len(series) < 2:
            return []
        pair = Form(series[-1] - series[-2], series[-2])
        if len(series) == 2:
            return [pair]
        v1, v2, v3 = series
        two = Polynomial.constant(2)
        return [pair, Form(v2 * v2 + v1 * v3 - two * v1 * v2, two * v1 * v2)]

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────────

    def _score(self, place: Place, scope: Scope) -> None:
        part, chosen = place.part, self.reference.settings
        if part.points is not None:
            for form in self._forms(part.points.under(chosen).tree, scope):
                self.given |= dict.fromkeys(form.top.variables(), place.most)
        if part.per is not None:
            self._per(part, scope)
        value = part.value.under(chosen).tree if part.value is not None else None
        values = [] if value is None else self._forms(value, scope)
        for band in part.bands or ():
            if band.when is not None:
                self._statement(band.when.under(chosen).tree, scope)
            elif band.edge in EDGES:
                self._against(values, self._forms(getattr(band, band.edge).tree, scope))

    def _per(self, part: ScorePart, scope: Scope) -> None:
        per = part.per
        if per is None:
            return
        times = ceil(per.at_most.high / per.points.high)
        for every in self._forms(per.every.tree, scope):
            for count in range(1, times + 1):
                edge = replace(every, top=every.top * Polynomial.constant(count))
                self._against(self._forms(per.value.tree, scope), [edge])


def year_of(column: str) -> str:
    """Name the variable that is the calendar year of a date column."""
    return f"year:{column}"


def _arithmetic(sign: str, left: Form, right: Form) -> Form:
    if sign == "*":
        return Form(left.top * right.top, left.bottom * right.bottom)
    if sign == "/":
        return Form(left.top * right.bottom, left.bottom * right.top)
    crossed = left.top * right.bottom, right.top * left.bottom
    top = crossed[0] + crossed[1] if sign == "+" else crossed[0] - crossed[1]
    return Form(top, left.bottom * right.bottom)


def to_variables(columns: Mapping[str, Metric], facts: Mapping[str, Any]) -> dict[str, int]:
    """Return the values of variables for the numbers and dates among some facts, in smallest steps."""
    values: dict[str, int] = {}
    for column, value in facts.items():
        metric = columns.get(column)
        if metric is None or value is None or metric.kind in (Kind.BOOL, Kind.CATEGORY):
            continue
        if metric.kind is Kind.DATE:
            values[column] = int(day(value))
            values[year_of(column)] = date_of(day(value)).year
        else:
            values[column] = int(value)
    return values


def steps_of(metric: Metric) -> int:
    """Return the smallest steps in one base unit of a metric."""
    return DIMENSION_STEPS[metric.unit.dimension] if metric.unit is not None else 1


def days_of_year(year: int) -> Iterator[int]:
    """Yield the first and last day of a calendar year, as day numbers."""
    if dt.MINYEAR <= year <= dt.MAXYEAR:
        yield int(day(dt.date(year, 1, 1)))
        yield int(day(dt.date(year, 12, 31)))
