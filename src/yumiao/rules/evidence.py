"""What a statement came to for one row: its comparisons, each with outcome, value and threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind, Unit
from yumiao.rules import graph as g
from yumiao.rules import wording
from yumiao.rules.answers import Part, Quantity, Threshold, Value
from yumiao.rules.inspection import Inspection
from yumiao.rules.naming import left_words

POINT = UNITS["point"]
DAY = UNITS["day"]

FLIPPED = {
    Outcome.MET: Outcome.NOT_MET,
    Outcome.NOT_MET: Outcome.MET,
    Outcome.UNDETERMINED: Outcome.UNDETERMINED,
}
OPPOSITE: dict[str, str] = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "=": "≠"}

SYMBOLS = frozenset((">=", ">", "<=", "<", "=", "≠"))
"""Operators that stand between two values; the others are words."""

Ends = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True)
class Evidence:
    """Reads statements for one row."""

    inspection: Inspection

    # ── structure ─────────────────────────────────────────────────────────────────────────────────────────

    def part(self, node: g.Statement, *, holds: bool = True) -> Part:
        """Return a statement as one comparison or a group of them; ``holds`` is False below a negation."""
        match node:
            case g.Named():
                return self._named(node, holds=holds)
            case g.Negated(body=body):
                return self.part(body, holds=not holds)
            case g.Count(parts=parts) if (equal := _equality(parts)) is not None:
                return replace(
                    self._comparison(equal, "=", holds=holds), outcome=self._outcome(node, holds=holds)
                )
            case g.Count(least=least, parts=parts):
                return self._group(node, least, parts, holds=holds)
            case g.Split(column=column, cells=cells):
                return self._split(node, self.inspection.cells(column, cells), holds=holds)
            case _:
                return self._leaf(node, holds=holds)

    def _named(self, node: g.Named, *, holds: bool) -> Part:
        """Show a condition that stands in another one under its own wording."""
        found = self.part(node.body, holds=holds)
        text = next(
            (each.text for each in self.inspection.graph.conditions if each.id == node.condition), None
        )
        if text is None:
            return found
        return replace(found, text=text if holds else Text(f"不满足：{text.zh}", f"not: {text.words('en')}"))

    def _outcome(self, node: g.Statement, *, holds: bool) -> Outcome:
        outcome = self.inspection.outcome(node)
        return outcome if holds else FLIPPED[outcome]

    def _group(self, node: g.Statement, least: int, parts: Sequence[g.Statement], *, holds: bool) -> Part:
        needed = least if holds else len(parts) - least + 1
        found = tuple(self.part(part, holds=holds) for part in parts)
        words = _group_words(needed, len(parts))
        return Part(self._outcome(node, holds=holds), words, least=needed, parts=found)

    def _split(self, node: g.Split, bodies: Sequence[g.Statement], *, holds: bool) -> Part:
        """Show the body that applies; where that is not known, what all that may apply have in common."""
        outcome = self._outcome(node, holds=holds)
        shown = [self.part(body, holds=holds) for body in bodies]
        first = shown[0]
        same_value = all(part.value == first.value for part in shown)
        same_threshold = all(part.threshold == first.threshold for part in shown)
        if not same_threshold or first.parts:
            text = left_words(self.inspection.graph, bodies[0]) if not first.parts else first.text
            first = replace(first, threshold=None, text=text) if len(bodies) > 1 else first
        return replace(first, outcome=outcome, value=first.value if same_value else None)

    def _leaf(self, node: g.Statement, *, holds: bool) -> Part:
        words = left_words(self.inspection.graph, node)
        match node:
            case g.IsTrue(column=column):
                value = self._stored(column)
                return self._told(
                    node, words, value, wording.threshold("is", wording.yes_no(holds)), holds=holds
                )
            case g.OneOf(column=column, values=values):
                wanted = self._categories(column, values, holds=holds)
                return self._told(node, words, self._stored(column), wanted, holds=holds)
            case g.LinearComparison() | g.QuotientComparison() | g.GrowthComparison() | g.ScoreComparison():
                return self._comparison(node, node.shown.operator, holds=holds)
            case _:
                return self._told(node, words, None, None, holds=holds)

    def _told(
        self, node: g.Statement, words: Text, value: Value | None, threshold: Threshold | None, *, holds: bool
    ) -> Part:
        text = words
        if threshold is not None:
            label = threshold.label
            colon = "" if threshold.op in SYMBOLS else ":"
            text = Text(
                f"{words.zh}{'：' if colon else ' '}{label.zh}",
                f"{words.words('en')}{colon} {label.words('en')}",
            )
        return Part(self._outcome(node, holds=holds), text, value, threshold)

    def _stored(self, column: str) -> Quantity | None:
        value = self.inspection.row.get(column)
        if value is None:
            return None
        return wording.fact_value(self.inspection.graph.leaves[column].metric, value)

    def _categories(self, column: str, values: frozenset[str], *, holds: bool) -> Threshold:
        metric = self.inspection.graph.leaves[column].metric
        known = [code for code in metric.categories() if code in values]
        label = wording.listed((wording.category(metric, code).label for code in known), "或", " or ")
        codes = ", ".join(known)
        return wording.threshold("in" if holds else "not in", Quantity(codes, codes, None, label))

    # ── comparisons ───────────────────────────────────────────────────────────────────────────────────────

    def _comparison(self, node: g.Comparison, operator: str, *, holds: bool) -> Part:
        shown_operator = operator if holds else OPPOSITE[operator]
        value, bound = self._sides(node)
        threshold = None if bound is None else wording.threshold(shown_operator, bound)
        return self._told(node, left_words(self.inspection.graph, node), value, threshold, holds=holds)

    def _sides(self, node: g.Comparison) -> tuple[Value | None, Quantity | None]:
        match node:
            case g.LinearComparison(shown=shown):
                return self._linear_sides(shown)
            case g.QuotientComparison(quotient=quotient, bound=bound):
                return self._quotient(quotient, bound), wording.share(bound)
            case g.GrowthComparison(growth=growth, bound=bound):
                return self._mean_growth(growth, bound), wording.share(bound)
            case g.ScoreComparison(score=score, bound=bound):
                low, high = self.inspection.points(score)
                ends = (Fraction(low), Fraction(high))
                return _shown_value(ends, POINT, bound), wording.quantity(bound, POINT)

    def _linear_sides(self, shown: g.Shown) -> tuple[Value | None, Quantity | None]:
        assert isinstance(shown.left, g.Linear)  # noqa: S101 - the left side of a linear comparison is linear
        if self.is_date(shown.left):
            return self._date(self._ends(shown.left)), self._date(self._ends(shown.right))
        unit = self.unit_of(shown.left) or self.unit_of(shown.right) or UNITS[shown.unit]
        right = self._ends(shown.right)
        bound = right[0] if right[0] == right[1] else None
        threshold = None if bound is None else wording.quantity(bound, unit)
        value = _shown_value(self._ends(shown.left), unit, bound) if self._is_bounded(shown.left) else None
        return value, threshold

    def _is_bounded(self, linear: g.Linear) -> bool:
        """Whether more than its domain is known of every fact of a sum."""
        row, linked = self.inspection.row, self.inspection.domains.linked
        return all(
            any(row.get(column + end) is not None for end in ("", LOW_SUFFIX, HIGH_SUFFIX))
            or any(row.get(other) is not None for other in linked(column))
            for column, _ in linear.terms
        )

    def is_date(self, linear: g.Linear) -> bool:
        """Whether a sum is a date by itself (and not a number of days between two)."""
        leaves = self.inspection.graph.leaves
        dates = [weight for column, weight in linear.terms if leaves[column].metric.kind is Kind.DATE]
        return dates == [1] and len(linear.terms) == 1 and not linear.constant

    def unit_of(self, linear: g.Linear) -> Unit | None:
        """Return the unit of the first fact of a sum; days for dates, None without facts."""
        for column, _ in linear.terms:
            return self.inspection.graph.leaves[column].metric.unit or DAY
        return None

    def _date(self, ends: Ends) -> Quantity | None:
        low, high = ends
        return wording.date_value(int(low)) if low is not None and low == high else None

    def _ends(self, linear: g.Linear) -> Ends:
        low: Fraction | None = linear.constant
        high: Fraction | None = linear.constant
        for column, weight in linear.terms:
            ends = self.inspection.domains.ends(self.inspection.row, column)
            first, last = ends if weight > 0 else ends[::-1]
            low = None if low is None or first is None else low + weight * first
            high = None if high is None or last is None else high + weight * last
        return low, high

    def known(self, linear: g.Linear) -> Fraction | None:
        """Return a sum whose facts are all known."""
        if any(self.inspection.is_unknown(column) for column, _ in linear.terms):
            return None
        return self._ends(linear)[0]

    def _quotient(self, quotient: g.Quotient, bound: Fraction) -> Value | None:
        top, bottom = self.known(quotient.numerator), self.known(quotient.denominator)
        if top is None or bottom is None or bottom <= 0:
            return None
        if not quotient.periods:
            return wording.share(top / bottom, bound)
        unit = self.unit_of(quotient.numerator) or UNITS["number"]
        if top < 0:
            return None
        return wording.growth(top, bottom, quotient.periods, unit, bound)

    def _mean_growth(self, growth: g.MeanGrowth, bound: Fraction) -> Value | None:
        values = [self.inspection.row.get(column) for column in (growth.first, growth.second, growth.third)]
        if any(value is None for value in values):
            return None
        first, second, third = (Fraction(value) for value in values if value is not None)
        if second <= 0 or first < 0 or (first == 0 and not growth.later_pair):
            return None
        rate = third / second if first == 0 else (second / first + third / second) / 2
        return wording.share(rate - 1, bound)


def _shown_value(ends: Ends, unit: Unit, bound: Fraction | None) -> Value | None:
    low, high = ends
    if low is not None and low == high:
        return wording.quantity(low, unit, bound)
    if low is None and high is None:
        return None
    return wording.interval(low, high, unit)


def _equality(parts: Sequence[g.Statement]) -> g.LinearComparison | None:
    """Recognise ``a = b``, which is read as at least and at most."""
    if len(parts) != 2:
        return None
    first, second = parts
    if not (isinstance(first, g.LinearComparison) and isinstance(second, g.LinearComparison)):
        return None
    same = first.shown.left is second.shown.left and first.shown.right is second.shown.right
    return first if same and {first.shown.operator, second.shown.operator} == {">=", "<="} else None


def _group_words(least: int, count: int) -> Text:
    if least == count:
        return Text("以下各项均须满足", "all of these")
    if least == 1:
        return Text("以下任一项", "any of these")
    return Text(f"以下至少{least}项", f"at least {least} of these")
