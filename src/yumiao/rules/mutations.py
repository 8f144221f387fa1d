"""The mutation run: whether the worked examples of a policy notice when one of its numbers is another.

An example that still passes for a changed number does not pin that number. A mutant that no example notices is
listed with its place, so that an example can be written for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.text import Language, Text
from yumiao.packs.library import Library, Policy
from yumiao.rules import graph as g
from yumiao.rules.checks.points import find_bad_maxima, find_unreachable_bands
from yumiao.rules.compile import OUTCOMES, REASON_BITS
from yumiao.rules.example_answers import POINT_STEPS, find_differences
from yumiao.rules.examples import Example, PreparedExample, judge_for, prepare_example
from yumiao.rules.lowering import LoweringError, lower
from yumiao.rules.mutants import Mutant, mutants_of
from yumiao.rules.program import MagnitudeError
from yumiao.rules.reference import MissingFactError, OpenParameterError, ReferenceVerdict, judge_complete

CHECK = "check"
"""Stands for the check of packs, where it and not an example notices a mutant."""

TRIED_FIRST = 90
"""How many examples are read straight from the text before a mutant is compiled."""

_YEARS_APART = Text(
    "该年成立的企业已符合要求更低的另一项，不影响结论",
    "a firm founded in that year already meets the other alternative, which asks for less",
)

_GBT_YEARS = "year(application_date) - year(established_on) >= 5"
_NEED = "conditions.potential_unicorn.need"

EQUIVALENT: Mapping[tuple[str, str, str], Text] = {
    ("unicorn_gbt@gbt-41464-2022", _NEED, f"{_GBT_YEARS}: 5 → 6"): _YEARS_APART,
    ("unicorn_gbt@gbt-41464-2022", _NEED, f"{_GBT_YEARS}: 5 → 4"): _YEARS_APART,
    ("unicorn_gbt@gbt-41464-2022", _NEED, f"{_GBT_YEARS}: >= → >"): _YEARS_APART,
    (
        "unicorn_js@round-2023",
        f"{_NEED}.inclusive",
        "year(established_on) <= 2017: 2017 → 2018",
    ): _YEARS_APART,
    (
        "unicorn_js@round-2023",
        f"{_NEED}.above_one",
        "year(established_on) <= 2017: 2017 → 2018",
    ): _YEARS_APART,
    ("unicorn_js@round-2025", _NEED, "year(established_on) <= 2019: 2019 → 2020"): _YEARS_APART,
    (
        "seed_unicorn_cz@round-2024",
        "conditions.standard_1.need",
        "year(established_on) <= 2018: 2018 → 2019",
    ): _YEARS_APART,
    ("unicorn_gbt@gbt-41464-2022", _NEED, f"{_GBT_YEARS} → —"): _YEARS_APART,
    ("unicorn_js@round-2023", f"{_NEED}.inclusive", "year(established_on) <= 2017 → —"): _YEARS_APART,
    ("unicorn_js@round-2023", f"{_NEED}.above_one", "year(established_on) <= 2017 → —"): _YEARS_APART,
    ("unicorn_js@round-2025", _NEED, "year(established_on) <= 2019 → —"): _YEARS_APART,
    (
        "seed_unicorn_cz@round-2024",
        "conditions.standard_1.need",
        "year(established_on) <= 2018 → —",
    ): _YEARS_APART,
}
"""Mutants that cannot change any answer, by policy, place and change, each with the reason why."""


@dataclass(frozen=True)
class MutantResult:
    """What became of one mutant.

    Attributes:
        killer: the example that notices it, or ``check`` when the pack would be refused; None when nothing does.
        excused: why it cannot change any answer, where that is argued.
    """

    mutant: Mutant
    killer: str | None
    excused: Text | None = None

    @property
    def survived(self) -> bool:
        return self.killer is None and self.excused is None

    def line(self) -> str:
        """Write the place and what it was."""
        mutant = self.mutant
        return f"{mutant.policy.file}:{mutant.line}  {mutant.path}  {mutant.what.zh}"


@dataclass(frozen=True)
class MutationReport:
    """What became of all mutants of some policies."""

    results: tuple[MutantResult, ...]

    @property
    def survivors(self) -> tuple[MutantResult, ...]:
        return tuple(result for result in self.results if result.survived)

    @property
    def excused(self) -> tuple[MutantResult, ...]:
        return tuple(result for result in self.results if result.excused is not None)

    @property
    def summary(self) -> Text:
        total, survived, excused = len(self.results), len(self.survivors), len(self.excused)
        killed = total - survived - excused
        zh, en = f"{total} 个变异，{killed} 个被示例发现", f"{total} mutants, {killed} killed"
        if excused:
            zh, en = f"{zh}，{excused} 个不改变任何结论", f"{en}, {excused} cannot change an answer"
        return Text(zh, en)

    def lines(self, language: Language = "zh") -> Iterator[str]:
        """Yield the survivors with their places, by policy, then the count."""
        for policy, results in groupby(self.survivors, key=lambda result: result.mutant.policy.id):
            found = list(results)
            yield f"{policy}: {len(found)}"
            yield from (f"  {result.line()}" for result in found)
        yield self.summary.words(language)


@dataclass
class _Hunters:
    """The examples of one policy that pass: what has to notice its mutants.

    Those whose facts are all known are read straight from the text, which is quick; only a mutant that these do
    not notice is compiled, for one group of examples after the other, the largest first.
    """

    library: Library
    graph: g.PolicyGraph
    complete: list[PreparedExample]
    groups: tuple[tuple[PreparedExample, ...], ...]

    @staticmethod
    def of(library: Library, policy: Policy, examples: Iterable[PreparedExample]) -> _Hunters:
        groups: dict[object, list[PreparedExample]] = {}
        for prepared in examples:
            groups.setdefault(prepared.key, []).append(prepared)
        passing: list[tuple[PreparedExample, ...]] = []
        for group in groups.values():
            judged = judge_for(library, policy, group[0])
            kept = tuple(prepared for prepared in group if not judged.differences(prepared))
            if kept:
                passing.append(kept)
        graph = lower(library, policy, policy.body.applies[-1].from_)
        hunters = _Hunters(library, graph, [], tuple(sorted(passing, key=len, reverse=True)))
        hunters.complete = [
            prepared for group in passing for prepared in group if hunters.reads(policy, prepared) is True
        ]
        return hunters

    def killer(self, mutant: Mutant) -> str | None:
        """Return the first example that comes out otherwise under a changed policy."""
        for prepared in self._nearest(mutant):
            if self.reads(mutant.policy, prepared) is False:
                self._next_time_first(prepared)
                return prepared.example.id
        for group in self.groups:
            judged = judge_for(self.library, mutant.policy, group[0])
            for prepared in group:
                if judged.differences(prepared):
                    return prepared.example.id
        return None

    def reads(self, policy: Policy, prepared: PreparedExample) -> bool | None:
        """Whether an example comes out as expected when the text is read straight; None when that cannot be."""
        example = prepared.example
        if example.expected.gaps or prepared.ranged:
            return None
        try:
            verdict = judge_complete(self.library, policy, example.as_of, prepared.row, example.settings)
        except (MissingFactError, OpenParameterError):
            return None
        return not find_differences(self.graph, _outputs(self.graph, verdict), example.expected)

    def _nearest(self, mutant: Mutant) -> list[PreparedExample]:
        """Return the complete examples that look at the mutant's place, then the last to notice something."""
        names = {str(key) for key in mutant.keys}
        return sorted(self.complete, key=lambda prepared: names.isdisjoint(_looks_at(prepared)))[:TRIED_FIRST]

    def _next_time_first(self, prepared: PreparedExample) -> None:
        self.complete.remove(prepared)
        self.complete.insert(0, prepared)


def _looks_at(prepared: PreparedExample) -> set[str]:
    expected = prepared.example.expected
    return {*expected.conditions, *expected.points, *expected.group_points}


def _outputs(graph: g.PolicyGraph, verdict: ReferenceVerdict) -> dict[str, Any]:
    """Write a verdict in the form of a compiled policy's outputs."""
    routes = [None, *(route.id for route in graph.routes)]
    is_open = verdict.outcome is Outcome.UNDETERMINED
    found: dict[str, Any] = {
        "outcome": OUTCOMES.index(verdict.outcome),
        "route": routes.index(verdict.route),
        "reasons": REASON_BITS[Reason.EXPERT_RANGE] if is_open else 0,
    }
    found |= {f"condition.{name}": OUTCOMES.index(outcome) for name, outcome in verdict.conditions.items()}
    found |= {f"class.{name}": True for name in verdict.possible}
    for name, (low, high) in verdict.scores.items():
        found |= {f"score.{name}.low": low * POINT_STEPS, f"score.{name}.high": high * POINT_STEPS}
    return found


def mutation_report(library: Library, examples: Iterable[Example]) -> MutationReport:
    """Change every number and operator of every policy that has examples, and see which example notices."""
    by_policy: dict[str, list[PreparedExample]] = {}
    for example in examples:
        prepared, _ = prepare_example(library, example)
        if prepared is not None:
            by_policy.setdefault(prepared.policy.id, []).append(prepared)
    results: list[MutantResult] = []
    for policy in library.policies:
        if policy.id in by_policy:
            hunters = _Hunters.of(library, policy, by_policy[policy.id])
            results += (_result(hunters, mutant) for mutant in mutants_of(library, policy))
    return MutationReport(tuple(results))


def _result(hunters: _Hunters, mutant: Mutant) -> MutantResult:
    try:
        is_maximum = mutant.keys[-1] == "of"
        killer = (_refusal(mutant) if is_maximum else None) or hunters.killer(mutant) or _refusal(mutant)
    except (LoweringError, MagnitudeError, ArithmeticError):
        killer = CHECK
    excused = EQUIVALENT.get(mutant.place) if killer is None else None
    return MutantResult(mutant, killer, excused)


def _refusal(mutant: Mutant) -> str | None:
    """A maximum that no longer adds up, or a band that nothing reaches, is found by checking the pack."""
    found = (*find_bad_maxima(mutant.policy), *find_unreachable_bands(mutant.policy))
    return CHECK if found else None
