"""Mutants of a policy: the same version with one number, operator or quantifier another than the document says.

A number moves by the smallest step that can change an answer: one fen, one person, one day, 0.0001 percentage
points; a threshold on a score moves to the next points that can be reached.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from yumiao.model.periods import Year
from yumiao.model.text import Text
from yumiao.model.units import UNITS, decimal_text
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression, Points
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import Band, Parameter, ParameterBand, PolicyVersion, ScorePart
from yumiao.packs.rewriting import replace_at, replace_node
from yumiao.packs.walking import Keys, walk_written
from yumiao.packs.yaml_reading import key_path
from yumiao.rules.mutant_steps import Steps

SWAPPED: Mapping[str, str] = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
SWAPPED_EDGES: Mapping[str, str] = {"from": "above", "above": "from", "to": "below", "below": "to"}

NOT_ANSWERS = frozenset({"near_miss", "documents", "applies", "windows", "grants", "judges"})
"""What a version says beside its answer: dates in force and windows choose the version, they are not judged."""

LEFT_OUT = "—"

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Mutant:
    """A policy that differs from the shipped one in one place.

    Attributes:
        keys: the place in the file.
        what: what it was and what it is now.
        policy: the changed version.
    """

    keys: Keys
    what: Text
    policy: Policy

    @property
    def path(self) -> str:
        return key_path(self.keys)

    @property
    def place(self) -> tuple[str, str, str]:
        """What names the mutant for ever: policy, key path and change."""
        return self.policy.id, self.path, self.what.en

    @property
    def line(self) -> int:
        return self.policy.source.line(self.keys)


def mutants_of(library: Library, policy: Policy) -> Iterator[Mutant]:
    """Yield every mutant of a version, in the order of its file."""
    maker = _Maker(library, policy)
    for keys, value in walk_written(policy.body):
        if keys[0] in NOT_ANSWERS:
            continue
        if isinstance(value, Expression):
            yield from maker.expression(keys, value)
        elif isinstance(value, Points):
            yield from maker.points(keys, value)
    yield from maker.edges()
    yield from maker.table()
    if policy.body.met_when is not None and len(policy.body.met_when) > 1:
        yield from maker.result(policy.body.met_when)


@dataclass(frozen=True)
class _Maker:
    library: Library
    policy: Policy

    @property
    def body(self) -> PolicyVersion:
        return self.policy.body

    def _mutant(self, keys: Keys, part: object, before: object, after: object) -> Mutant:
        body = replace_at(self.body, keys, part)
        shown = f"{before} → {after}"
        return Mutant(keys, Text(shown, shown), dataclasses.replace(self.policy, body=body))

    # ── expressions ───────────────────────────────────────────────────────────────────────────────────

    def expression(self, keys: Keys, expression: Expression) -> Iterator[Mutant]:
        """Yield the mutants of one expression."""
        steps = Steps(self.library, self.body, _compared_with(self.body, keys))
        for node, context in _with_context(expression.tree):
            for other in _other_nodes(node, context, steps):
                mutant = Expression(expression.text, replace_node(expression.tree, node, other))
                before, after = _shown(node), _shown(other)
                around = _text_of(expression, context or node)
                left_out = _left_out(node, other)
                if left_out is not None:
                    before, after = _text_of(expression, left_out), LEFT_OUT
                elif isinstance(node, ex.Negation):
                    before, after = around, _text_of(expression, node.body)
                elif around not in ("", before, expression.text):
                    before = f"{around}: {before}"
                yield self._mutant(keys, mutant, before, after)

    # ── points ────────────────────────────────────────────────────────────────────────────────────────

    def points(self, keys: Keys, points: Points) -> Iterator[Mutant]:
        """Yield points one more and one less, at each end of an interval."""
        for low, high in _other_points(points):
            yield self._mutant(keys, Points(low, high), points, Points(low, high))

    # ── tables ────────────────────────────────────────────────────────────────────────────────────────

    def edges(self) -> Iterator[Mutant]:
        """Yield bands whose edge belongs to the other side."""
        for name, parameter in self.body.parameters.items():
            yield from self._edges(("parameters", name), parameter)
        for name, score in self.body.scores.items():
            for path, part in score.walk():
                yield from self._edges(("scores", name, *_score_keys(score, path)), part)

    def _edges(self, keys: Keys, part: Parameter | ScorePart) -> Iterator[Mutant]:
        bands: tuple[Band | ParameterBand, ...] = part.bands or ()
        for index, band in enumerate(bands):
            written = (band.edge or "").rstrip("_")
            if written in SWAPPED_EDGES:
                other = SWAPPED_EDGES[written]
                value = getattr(band, band.edge or "")
                fields = {band.edge or "": None, "from_" if other == "from" else other: value}
                place = (*keys, "bands", index)
                yield self._mutant(place, band.model_copy(update=fields), f"{written} {value.text}", other)

    def table(self) -> Iterator[Mutant]:
        """Yield lower bounds of a class table one step up and down."""
        table = self.body.class_table
        if table is None:
            return
        for row, bounds in table.bounds.items():
            for name, levels in bounds.items():
                metric = self.library.metrics[name]
                unit = metric.unit or UNITS["number"]
                step = Fraction(1) if metric.whole else Fraction(1, unit.steps)
                for index, level in enumerate(levels):
                    for other in (Fraction(str(level)) + step, Fraction(str(level)) - step):
                        keys = ("class_table", "bounds", row, name, index)
                        yield self._mutant(keys, decimal_text(other, 10), level, decimal_text(other, 10))

    def result(self, parts: tuple[Expression, ...]) -> Iterator[Mutant]:
        """Yield the version that is met when any one of its statements holds, and those without one of them."""
        either = ex.any_of(ex.Span(), tuple(part.tree for part in parts))
        yield self._mutant(("met_when",), (Expression("any of …", either),), "all of", "any of")
        for index, part in enumerate(parts):
            always = Expression("always", ex.Constant(ex.Span(), value=True))
            yield self._mutant(("met_when", index), always, part.text, LEFT_OUT)


def _score_keys(score: ScorePart, path: tuple[str, ...]) -> Keys:
    keys: list[str] = []
    for name in path:
        keys += ["parts" if score.parts is not None else "better_of", name]
        score = score.children[name]
    return tuple(keys)


def _other_points(points: Points) -> Iterator[tuple[Fraction, Fraction]]:
    low, high = points.low, points.high
    if low == high:
        yield from ((low + 1, high + 1), (low - 1, high - 1)) if low > 0 else ((low + 1, high + 1),)
        return
    found = [(low - 1, high), (low + 1, high), (low, high - 1), (low, high + 1)]
    yield from ((one, other) for one, other in found if 0 <= one <= other)


# ── what a number is held against ─────────────────────────────────────────────────────────────────────


def _compared_with(body: PolicyVersion, keys: Keys) -> ex.Node | None:
    """Return what a number standing alone at a place is compared with: the value of its bands, the user of its name."""
    if keys[0] == "parameters":
        parameter = body.parameters[str(keys[1])]
        if "bands" in keys and keys[-1] != "is" and parameter.by is not None:
            return parameter.by.tree  # type: ignore[no-any-return]  # a field of pydantic's any type
        return _user_of(body, str(keys[1]))
    if keys[0] == "scores" and "bands" in keys:
        value = _part_at(body, keys[: keys.index("bands")]).value
        return next(iter(value.readings.values())).tree if value is not None else None
    if keys[-2:] == ("per", "every"):
        per = _part_at(body, keys[:-2]).per
        return per.value.tree if per is not None else None
    return None


def _part_at(body: PolicyVersion, keys: Keys) -> ScorePart:
    part = body.scores[str(keys[1])]
    for name in keys[3::2]:
        part = part.children[str(name)]
    return part


def _user_of(body: PolicyVersion, name: str) -> ex.Node | None:
    for _, value in walk_written(body):
        for node in ex.walk(value.tree) if isinstance(value, Expression) else ():
            if isinstance(node, ex.Comparison):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    if isinstance(one, ex.Reference) and one.name == name:
                        return other
    return None


def _with_context(tree: ex.Node) -> Iterator[tuple[ex.Node, ex.Comparison | None]]:
    """Yield every node with the comparison of which it is one side."""
    sides = {
        id(side): node
        for node in ex.walk(tree)
        if isinstance(node, ex.Comparison)
        for side in (node.left, node.right)
    }
    for node in ex.walk(tree):
        yield node, sides.get(id(node))


# ── other nodes ───────────────────────────────────────────────────────────────────────────────────────


def _other_nodes(node: ex.Node, context: ex.Comparison | None, steps: Steps) -> Iterator[ex.Node]:
    match node:
        case ex.Number():
            yield from (dataclasses.replace(node, value=value) for value in steps.around(node, context))
        case ex.DateLiteral(value=value):
            yield from (dataclasses.replace(node, value=day) for day in (value + ONE_DAY, value - ONE_DAY))
        case ex.Comparison(operator=operator) if operator in SWAPPED:
            yield dataclasses.replace(node, operator=SWAPPED[operator])
        case ex.AtLeast(count=count, parts=parts) if len(parts) > 1:
            others = {1, len(parts), count - 1, count + 1} - {count, 0, len(parts) + 1}
            yield from (dataclasses.replace(node, count=other) for other in sorted(others))
            yield from (_without(node, index) for index in range(len(parts)))
        case ex.Negation(body=body):
            yield body
        case ex.IsValue(values=values) if len(values) > 1:
            yield from (dataclasses.replace(node, values=tuple(set(values) - {value})) for value in values)
        case ex.EachYear(every=every, count=count):
            yield dataclasses.replace(node, every=not every)
            yield from (dataclasses.replace(node, count=other) for other in (count + 1, count - 1) if other)
        case ex.Range(count=count):
            yield from (dataclasses.replace(node, count=other) for other in (count + 1, count - 1) if other)
        case ex.Reference(year=Year() as year) | ex.Period(year=year):
            for number in (year.number + 1, year.number - 1):
                yield dataclasses.replace(node, year=dataclasses.replace(year, number=number))


def _without(node: ex.AtLeast, index: int) -> ex.Node:
    """Leave one statement out; what had to hold all still has to."""
    parts = (*node.parts[:index], *node.parts[index + 1 :])
    return dataclasses.replace(node, count=min(node.count, len(parts)), parts=parts)


def _left_out(node: ex.Node, other: ex.Node) -> ex.Node | None:
    if isinstance(node, ex.AtLeast) and isinstance(other, ex.AtLeast):
        return next((part for part in node.parts if part not in other.parts), None)
    return None


def _text_of(expression: Expression, node: ex.Node) -> str:
    return expression.text[node.span.start : node.span.end].replace("\n", " ")


def _shown(node: ex.Node) -> str:
    match node:
        case ex.Number(value=value, unit=unit):
            return f"{decimal_text(value, 10)} {unit.names[0] if unit else ''}".strip()
        case ex.DateLiteral(value=value):
            return value.isoformat()
        case ex.Comparison(operator=operator):
            return operator
        case ex.AtLeast(count=count, parts=parts):
            return "all of" if count == len(parts) else "any of" if count == 1 else f"at least {count} of"
        case ex.EachYear(every=every, count=count):
            return f"{'each' if every else 'any'} of last {count} FY"
        case ex.Range(count=count):
            return f"last {count} FY"
        case ex.IsValue(values=values):
            return ", ".join(sorted(values))
        case ex.Reference(name=name, year=Year() as year):
            return f"{name}[{_year_shown(year)}]"
        case ex.Period(year=year):
            return _year_shown(year)
    return type(node).__name__


def _year_shown(year: Year) -> str:
    return f"FY{year.number}" if year.relative else str(year.number)
