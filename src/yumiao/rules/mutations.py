"""The mutation run: whether the worked examples of a policy notice when one of its numbers is another.

An example that still passes for a changed number does not pin that number. A mutant that no example notices is
listed with its place, so that an example can be written for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from yumiao.model.text import Language, Text
from yumiao.packs.library import Library, Policy
from yumiao.rules.checks.points import find_bad_maxima, find_unreachable_bands
from yumiao.rules.examples import Example, PreparedExample, judge_for, prepare_example
from yumiao.rules.lowering import LoweringError
from yumiao.rules.mutants import Mutant, mutants_of
from yumiao.rules.program import MagnitudeError

EQUIVALENT: Mapping[tuple[str, str, str], Text] = {}
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


@dataclass(frozen=True)
class _Hunters:
    """The examples of one policy that pass, in groups that share a compiled policy; the largest group first."""

    library: Library
    groups: tuple[tuple[PreparedExample, ...], ...]

    def killer(self, policy: Policy) -> str | None:
        """Return the first example that comes out otherwise under a changed policy."""
        for group in self.groups:
            judged = judge_for(self.library, policy, group[0])
            for prepared in group:
                if judged.differences(prepared):
                    return prepared.example.id
        return None

    @staticmethod
    def of(library: Library, policy: Policy, examples: Iterable[PreparedExample]) -> _Hunters:
        groups: dict[object, list[PreparedExample]] = {}
        for prepared in examples:
            groups.setdefault(prepared.key, []).append(prepared)
        passing = []
        for group in groups.values():
            judged = judge_for(library, policy, group[0])
            kept = tuple(prepared for prepared in group if not judged.differences(prepared))
            if kept:
                passing.append(kept)
        return _Hunters(library, tuple(sorted(passing, key=len, reverse=True)))


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
    excused = EQUIVALENT.get((mutant.policy.family, mutant.path, mutant.what.zh))
    if excused is not None:
        return MutantResult(mutant, None, excused)
    try:
        return MutantResult(mutant, hunters.killer(mutant.policy) or _refusal(mutant))
    except (LoweringError, MagnitudeError, ArithmeticError):
        return MutantResult(mutant, "check")


def _refusal(mutant: Mutant) -> str | None:
    """A maximum that no longer adds up, or a band that nothing reaches, is found by checking the pack."""
    found = (*find_bad_maxima(mutant.policy), *find_unreachable_bands(mutant.policy))
    return "check" if found else None
