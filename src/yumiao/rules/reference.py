"""The slow, obvious interpreter: one policy version read straight from its checked text, on complete facts.

It is a second reading of the pack language and shares no step with the graph, its bounds or its programs, so
that they can be held against it. Every fact it reads must be known; nothing here knows about missing ones.

Amounts are exact fractions in the base unit of their dimension: yuan, persons, points, the ratio 1, days
since 1970-01-01. ``None`` is an amount that does not exist (over zero, growth from zero); it meets no
threshold.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from yumiao.model.metrics import Metric
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import Year, column_name
from yumiao.model.units import DIMENSION_STEPS, UNITS, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Points
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import Band, ClassTable, ParameterBand, ScorePart
from yumiao.rules.expert_choices import Experts, Path, Place, lowest, places, readings, rises_with_points

NOT_MET = "not_met"
"""What a policy of classes answers where no class is reached."""

FOUNDED = "established_on"
UNKNOWN = "unknown"
EPOCH = dt.date(1970, 1, 1)
ZERO = Fraction(0)

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}
MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}
EDGES = {"from_": ">=", "above": ">", "to": "<=", "below": "<"}

Facts = Mapping[str, Any]
"""Column → value: whole numbers in smallest steps, truth values, category codes, dates or day numbers."""


class MissingFactError(LookupError):
    """A fact is needed that is not known."""


class OpenParameterError(LookupError):
    """A parameter is needed that nobody has set."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Compound yearly growth ratio^(1/years) − 1 of a later over an earlier amount; no root is taken."""

    ratio: Fraction
    years: int


Amount = Fraction | Growth | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose years are meant: those that the firm has (None: all), and the year of an ``in each of`` body."""

    has_years: int | None = None
    year: Year | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One policy version under facts that are all known and points that are all chosen.

    Attributes:
        reached: the class, or ``not_met``; for a policy without classes ``met`` or ``not_met``.
    """

    reached: str
    conditions: Mapping[str, bool]
    points: Mapping[Path, Fraction]
    routes: Mapping[str, bool]


@dataclass(frozen=True)
class ReferenceVerdict:
    """What the text says of one subject whose facts are all known; open only where experts choose.

    Attributes:
        outcome: for a policy of classes met when one class is certain, not_met when certainly none is.
        possible: the classes that can be reached, ``not_met`` included; empty for a policy without classes.
        scores: path → lowest and highest points.
        route: the first that is met whatever experts choose, where the outcome is met.
    """

    outcome: Outcome
    possible: frozenset[str]
    conditions: Mapping[str, Outcome]
    scores: Mapping[str, tuple[Fraction, Fraction]]
    route: str | None


def compare(left: Amount, sign: str, right: Amount) -> bool:
    """Whether the comparison holds; one with an amount that does not exist never does."""
    if left is None or right is None:
        return False
    if isinstance(right, Growth):
        return compare(right, MIRRORED[sign], left)
    if isinstance(left, Growth):
        return COMPARE[sign](left.ratio, (1 + right) ** left.years)
    return COMPARE[sign](left, right)


def day(value: int | dt.date) -> Fraction:
    """Return a date as days since 1970-01-01."""
    return Fraction((value - EPOCH).days if isinstance(value, dt.date) else value)


def date_of(days: Fraction) -> dt.date:
    """Return the date of a day number."""
    return EPOCH + dt.timedelta(days=int(days))


class Reference:
    """Reads one policy version for applications on one day.

    Args:
        facts: every fact the policy asks for.
        experts: who chooses inside the intervals of points.
        parameters: values of the parameters that the version leaves open.
    """

    def __init__(
        self,
        library: Library,
        policy: Policy,
        as_of: dt.date,
        facts: Facts,
        settings: Mapping[str, str] | None = None,
        *,
        experts: Experts = lowest,
        parameters: Mapping[str, Fraction] | None = None,
    ) -> None:
        self.library = library
        self.body = policy.body
        self.as_of = as_of
        self.facts = facts
        self.settings = policy.body.settings(settings or {})
        self.experts = experts
        self.parameters = parameters or {}
        self.parts = dict(places(policy))

    def read(self) -> Reading:
        """Judge every condition, score and route, and the whole."""
        return Reading(
            reached=self.reached(),
            conditions={name: self.condition(name) for name in self.body.conditions},
            points={path: self.points(path) for path in self.parts},
            routes={name: self.route(name) for name in self.body.routes},
        )

    def reached(self) -> str:
        """Return the class reached, or whether the policy is met."""
        if self.body.class_table is not None:
            return self._row_class(self.body.class_table)
        if self.body.classes is not None:
            rules = self.body.classes.items()
            return next((name for name, rule in rules if self.statement(rule.when.tree, Scope())), NOT_MET)
        statements = [self.statement(part.tree, Scope()) for part in self.body.met_when or ()]
        return Outcome.MET.value if all(statements) else NOT_MET

    def _row_class(self, table: ClassTable) -> str:
        """The highest class all of whose lower bounds are reached; the last class has none."""
        row = table.bounds.get(self.fact(self.column(self.metric(table.by))))
        if row is None:
            return NOT_MET
        for number, name in enumerate(table.classes):
            bounds = [(metric, levels[number]) for metric, levels in row.items() if number < len(levels)]
            if all(self._reaches(metric, bound) for metric, bound in bounds):
                return name
        return NOT_MET

    def _reaches(self, name: str, bound: float | str) -> bool:
        metric = self.metric(name)
        unit = metric.unit or UNITS["number"]
        least = Fraction(str(bound)) * unit.steps / DIMENSION_STEPS[unit.dimension]
        return self.quantity(metric, None) >= least

    # ── facts ───────────────────────────────────────────────────────────────────────────────────────────────

    def fact(self, column: str) -> Any:
        """Return a fact that must be known."""
        value = self.facts.get(column)
        if value is None:
            raise MissingFactError(column)
        return value

    def metric(self, name: str) -> Metric:
        """Return a metric by the name it has in this policy."""
        chosen = self.body.counts.get(name)
        return self.library.metrics[name if chosen is None else f"{name}.{chosen}"]

    def column(self, metric: Metric, year: Year | None = None) -> str:
        """Name the column of a metric for a year; its usual one where none is given."""
        if not metric.period.is_yearly:
            return column_name(metric.id, None)
        return column_name(metric.id, (year or Year(metric.period.default_offset)).at(self.as_of))

    def quantity(self, metric: Metric, year: Year | None) -> Fraction:
        """Return a number or date fact in base units."""
        value = self.fact(self.column(metric, year))
        if metric.kind is Kind.DATE:
            return day(value)
        if metric.unit is None:
            raise ValueError(f"{metric.id} is no quantity")
        return Fraction(value, DIMENSION_STEPS[metric.unit.dimension])

    def years_of_firm(self) -> int:
        """Count the fiscal years before the application year; the founding calendar year counts."""
        founded = date_of(self.quantity(self.metric(FOUNDED), None))
        return max(0, self.as_of.year - founded.year)

    def scope(self, younger: str | None) -> Scope:
        """Return the scope of a condition or part that says what younger firms have."""
        return Scope() if younger is None else Scope(has_years=self.years_of_firm())

    def last_years(self, count: int, scope: Scope) -> list[Year]:
        """Return the last complete fiscal years, earliest first."""
        have = count if scope.has_years is None else min(count, scope.has_years)
        return [Year(-back) for back in range(have, 0, -1)]

    # ── statements ──────────────────────────────────────────────────────────────────────────────────────────

    def once(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """Do a piece of work that may be asked for again; a subclass may remember the answer."""
        del key
        return work()

    def condition(self, name: str) -> bool:
        """Judge a condition."""
        condition = self.body.conditions[name]
        need = condition.need.under(self.settings)
        answer: bool = self.once(
            ("condition", name), lambda: self.statement(need.tree, self.scope(condition.younger))
        )
        return answer

    def route(self, name: str) -> bool:
        """Judge a route."""
        answer: bool = self.once(
            ("route", name), lambda: self.statement(self.body.routes[name].when.tree, Scope())
        )
        return answer

    def statement(self, node: ex.Node, scope: Scope) -> bool:
        """Judge a statement."""
        match node:
            case ex.Constant(value=value):
                return value
            case ex.Negation(body=body):
                return not self.statement(body, scope)
            case ex.AtLeast(count=count, parts=parts):
                return sum(self.statement(part, scope) for part in parts) >= count
            case ex.EachYear(every=every, count=count, body=body):
                years = [replace(scope, year=year) for year in self.last_years(count, scope)]
                answers = [self.statement(body, year) for year in years]
                return all(answers) if every else any(answers)
            case ex.AnyRoute():
                return any(self.route(name) for name in self.body.routes)
            case ex.Comparison(operator=sign, left=left, right=right):
                return compare(self.amount(left, scope), sign, self.amount(right, scope))
            case ex.IsValue(subject=ex.Reference() as subject, values=values):
                return self.fact(self._named_column(subject, scope)) in values
            case ex.IsValue(subject=ex.ClassOf(policy=family), values=values):
                return self._class(family) in values
            case ex.Holds(title=title):
                return self._holds(title)
            case ex.Yes(reference=reference):
                return self._yes(reference, scope)
            case _:
                raise ValueError(f"no statement: {node}")

    def _named_column(self, reference: ex.Reference, scope: Scope) -> str:
        return self.column(self.metric(reference.name), reference.year or scope.year)

    def _yes(self, reference: ex.Reference, scope: Scope) -> bool:
        if reference.name in self.body.conditions:
            return self.condition(reference.name)
        if reference.name in self.body.routes:
            return self.route(reference.name)
        return self.fact(self._named_column(reference, scope)) is True

    def _holds(self, title: str) -> bool:
        granted, until = (
            self.quantity(self.metric(f"title_{title}_{word}"), None)
            for word in ("granted_on", "valid_until")
        )
        return granted <= day(self.as_of) <= until

    def policy_in_force(self, family: str) -> Policy:
        """Return the version of another policy that judges an application on the same day."""
        found = self.library.in_force(family, self.as_of)
        if found is None:
            raise ValueError(f"no version of {family} is in force on {self.as_of}")
        return found

    def _class(self, family: str) -> str:
        other = self.policy_in_force(family)
        return type(self)(self.library, other, self.as_of, self.facts, experts=self.experts).reached()

    # ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────

    def amount(self, node: ex.Node, scope: Scope) -> Amount:
        """Compute an amount."""
        match node:
            case ex.Number(value=value, unit=unit):
                return value if unit is None else value * unit.steps / DIMENSION_STEPS[unit.dimension]
            case ex.DateLiteral(value=date):
                return day(date)
            case ex.ApplicationDate():
                return day(self.as_of)
            case ex.Reference():
                return self._reference(node, scope)
            case ex.Arithmetic(operator=sign, left=left, right=right):
                return self._arithmetic(sign, self._plain(left, scope), self._plain(right, scope), right)
            case ex.Call():
                return self._call(node, scope)
            case _:
                raise ValueError(f"no amount: {node}")

    def _plain(self, node: ex.Node, scope: Scope) -> Fraction | None:
        amount = self.amount(node, scope)
        if isinstance(amount, Growth):
            raise ValueError(f"growth is compared, not computed with: {node}")
        return amount

    def _reference(self, node: ex.Reference, scope: Scope) -> Amount:
        if node.path in self.parts:
            return self.points(node.path)
        if node.name in self.body.parameters:
            return self.parameter(node.name)
        return self.quantity(self.metric(node.name), node.year or scope.year)

    def _arithmetic(
        self, sign: str, left: Fraction | None, right: Fraction | None, divisor: ex.Node
    ) -> Fraction | None:
        if left is None or right is None:
            return None
        match sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                return left / right if isinstance(divisor, ex.Number) else over(left, right)

    def _call(self, node: ex.Call, scope: Scope) -> Amount:
        match node.function, node.arguments:
            case "sum" | "mean", (ex.Reference() as name, ex.Range(count=count)):
                amounts = self._series(name, self.last_years(count, scope))
                return sum(amounts, ZERO) if node.function == "sum" else mean(amounts)
            case "growth", (ex.Reference() as name,):
                return self._growth(name, Year(-2), Year(-1))
            case "compound_growth", (ex.Reference() as name, ex.Period(year=first), ex.Period(year=last)):
                return self._growth(name, first, last)
            case "mean_growth", (ex.Reference() as name, ex.Range(count=count)):
                return mean_growth(self._series(name, self.last_years(count, scope)), later_pair=False)
            case "days", (start, end):
                return self._arithmetic("-", self._plain(end, scope), self._plain(start, scope), start)
            case "year", (date,):
                return Fraction(date_of(self._plain(date, scope) or ZERO).year)
            case _:
                raise ValueError(f"no such call: {node}")

    def _series(self, name: ex.Reference, years: Iterable[Year]) -> list[Fraction]:
        metric = self.metric(name.name)
        return [self.quantity(metric, year) for year in years]

    def _growth(self, name: ex.Reference, first: Year, last: Year) -> Growth | None:
        earlier, later = self._series(name, (first, last))
        ratio = over(later, earlier)
        return None if ratio is None else Growth(ratio, last.number - first.number)

    def parameter(self, name: str) -> Amount:
        """Return a parameter's value: the one stated, or that of the first band that fits."""
        parameter = self.body.parameters[name]
        if parameter.is_ is not None:
            stated = parameter.is_.under(self.settings)
            return self._open(name) if stated.text == UNKNOWN else self.amount(stated.tree, Scope())
        if parameter.by is None:
            raise ValueError(f"{name} has neither a value nor bands")
        by = self.amount(parameter.by.tree, Scope())
        fitting = (band for band in parameter.bands if self._fits(band, by, Scope()))
        found = next(fitting, None)
        return None if found is None else self.amount(found.is_.tree, Scope())

    def _open(self, name: str) -> Fraction:
        if name not in self.parameters:
            raise OpenParameterError(name)
        return self.parameters[name]

    def _fits(self, band: Band | ParameterBand, value: Amount, scope: Scope) -> bool:
        if band.edge is None:
            return True
        return compare(value, EDGES[band.edge], self.amount(getattr(band, band.edge).tree, scope))

    # ── scores ──────────────────────────────────────────────────────────────────────────────────────────────

    def points(self, path: Path) -> Fraction:
        """Return the points of a score or of a part of one."""
        place = self.parts[path]
        answer: Fraction = self.once(("points", path), lambda: self._points(path, place))
        return answer

    def _points(self, path: Path, place: Place) -> Fraction:
        part, scope = place.part, self.scope(place.younger)
        if part.parts is not None:
            return min(sum((self.points((*path, name)) for name in part.parts), ZERO), place.most)
        if part.better_of is not None:
            return max((self.points((*path, name)) for name in part.better_of), default=ZERO)
        if part.points is not None:
            given: Fraction = self._plain(part.points.under(self.settings).tree, scope) or ZERO
            return min(max(given, ZERO), place.most)
        if part.per is not None:
            value, every = self._plain(part.per.value.tree, scope), self._plain(part.per.every.tree, scope)
            times = ZERO if value is None or every is None else Fraction(value // every)
            earned: Fraction = min(times * part.per.points.high, part.per.at_most.high)
            return max(ZERO, earned)
        points = self._banded(part, scope)
        return points.low if points.low == points.high else self.experts(path, points)

    def _banded(self, part: ScorePart, scope: Scope) -> Points:
        """The points of the first band that holds, after what is said of growth without a usable base."""
        growth = self._mean_growth(part)
        series = [] if growth is None else self._series(growth, self.last_years(3, scope))
        special = None if growth is None else self._special_growth(part, series)
        if special is not None:
            return special
        value: Amount = None
        if part.value is not None and not self._is_category(part):
            later_pair = part.zero_base is not None
            tree = part.value.under(self.settings).tree
            value = mean_growth(series, later_pair=later_pair) if growth else self.amount(tree, scope)
        bands = part.bands or ()
        chosen = next(band for band in bands if self._band_holds(band, part, value, scope))
        points: Points = chosen.points.under(self.settings)
        return points

    def _mean_growth(self, part: ScorePart) -> ex.Reference | None:
        tree = part.value.under(self.settings).tree if part.value is not None else None
        if isinstance(tree, ex.Call) and tree.function == "mean_growth":
            name = tree.arguments[0]
            return name if isinstance(name, ex.Reference) else None
        return None

    def _special_growth(self, part: ScorePart, series: list[Fraction]) -> Points | None:
        nothing = Points(ZERO, ZERO)
        if len(series) < 2:
            return part.one_year.under(self.settings) if part.one_year is not None else nothing
        if part.below_zero is not None and min(series) < 0:
            return part.below_zero.under(self.settings)  # type: ignore[no-any-return]  # choices are untyped
        if part.zero_base_two_years is not None and len(series) == 2 and series[0] == 0:
            return part.zero_base_two_years.under(self.settings)  # type: ignore[no-any-return]  # as above
        return None

    def _is_category(self, part: ScorePart) -> bool:
        tree = part.value.under(self.settings).tree if part.value is not None else None
        if not (isinstance(tree, ex.Reference) and tree.name in self.library.metrics):
            return False
        return self.metric(tree.name).kind is Kind.CATEGORY

    def _band_holds(self, band: Band, part: ScorePart, value: Amount, scope: Scope) -> bool:
        if band.edge == "when" and band.when is not None:
            return self.statement(band.when.under(self.settings).tree, scope)
        if band.edge == "is_" and part.value is not None:
            subject = part.value.under(self.settings).tree
            return bool(self.fact(self._named_column(subject, scope)) == band.is_)
        return self._fits(band, value, scope)


def over(numerator: Fraction, denominator: Fraction) -> Fraction | None:
    """Divide; over zero, or less than zero, there is no quotient."""
    return numerator / denominator if denominator > 0 else None


def mean(amounts: list[Fraction]) -> Fraction | None:
    """Return the mean; there is none of nothing."""
    return sum(amounts, ZERO) / len(amounts) if amounts else None


def mean_growth(series: list[Fraction], *, later_pair: bool) -> Fraction | None:
    """Return the mean of the yearly growth rates.

    Args:
        series: amounts of two or three years; of fewer there is no growth.
        later_pair: a first of three amounts that is zero leaves the growth of the later two.
    """
    if later_pair and len(series) == 3 and series[0] == 0:
        series = series[1:]
    rates = [over(later, earlier) for earlier, later in pairwise(series)]
    known = [rate for rate in rates if rate is not None]
    return sum(known, ZERO) / len(known) - 1 if known and len(known) == len(rates) else None


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────


def judge_complete(
    library: Library,
    policy: Policy,
    as_of: dt.date,
    facts: Facts,
    settings: Mapping[str, str] | None = None,
    *,
    experts: Experts | None = None,
    parameters: Mapping[str, Fraction] | None = None,
) -> ReferenceVerdict:
    """Judge one subject whose facts are all known.

    Args:
        facts: column → value in smallest steps (see :data:`Facts`).
        settings: readings of switches that differ from the default.
        experts: who chooses inside the intervals of points; None: whatever they may choose is considered.
        parameters: values of the parameters that the version leaves open.

    Raises: MissingFactError naming the column of a needed fact that is not there; OpenParameterError.
    """

    def judge(choosing: Experts) -> Reading:
        reference = Reference(
            library, policy, as_of, facts, settings, experts=choosing, parameters=parameters
        )
        return reference.read()

    if experts is not None:
        return verdict_of(policy, [judge(experts)])
    rising = rises_with_points(policy, policy.body.settings(settings or {}))
    return verdict_of(policy, readings(judge, rising=rising))


def verdict_of(policy: Policy, found: list[Reading]) -> ReferenceVerdict:
    """Put together what holds in all of some readings, and what only in some."""
    first = found[0]
    reached = frozenset(reading.reached for reading in found)
    outcome = Outcome.of(can_hold=bool(reached - {NOT_MET}), can_fail=NOT_MET in reached)
    if len(reached) > 1:
        outcome = Outcome.UNDETERMINED
    routes = (name for name in first.routes if all(reading.routes[name] for reading in found))
    return ReferenceVerdict(
        outcome=outcome,
        possible=reached if policy.body.is_class_policy else frozenset(),
        conditions={
            name: _merged(reading.conditions[name] for reading in found) for name in first.conditions
        },
        scores={".".join(path): _ends(reading.points[path] for reading in found) for path in first.points},
        route=next(routes, None) if outcome is Outcome.MET else None,
    )


def _merged(answers: Iterable[bool]) -> Outcome:
    distinct = set(answers)
    return Outcome.of(can_hold=True in distinct, can_fail=False in distinct)


def _ends(points: Iterable[Fraction]) -> tuple[Fraction, Fraction]:
    every = list(points)
    return min(every), max(every)
