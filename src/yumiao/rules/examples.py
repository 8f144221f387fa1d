"""Worked examples: facts of invented subjects, judged and compared with what their author expects.

An example states what matters; what it does not name is not looked at. Its policy is a version, which is
then judged whatever its dates, or a family, which means the version in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Language, Text
from yumiao.packs.example_files import ExampleFile, Expected, WorkedExample
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.policies import ApplicationKind
from yumiao.packs.yaml_reading import Source, check_model, key_path, read_yaml
from yumiao.rules import graph as g
from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import Judge, make_judge
from yumiao.rules.example_answers import Difference, find_differences
from yumiao.rules.example_facts import FactLayer, RowReader
from yumiao.rules.lowering import LoweringError, lower
from yumiao.rules.program import MagnitudeError

FOLDER = "examples"
REVIEW_FACT = "is_review"


@dataclass(frozen=True)
class Example:
    """Facts of one invented subject and what a policy says of it.

    Attributes:
        policy: a family, a version, ``family@version`` or another known id.
        layers: its facts; a later layer changes an earlier one.
        settings: readings of switches other than the default.
    """

    id: str
    title: str
    policy: str
    as_of: dt.date
    layers: tuple[FactLayer, ...]
    settings: Mapping[str, str]
    expected: Expected
    source: Source = field(repr=False)
    keys: tuple[str | int, ...] = ()

    @property
    def file(self) -> str:
        return self.source.shown

    @cached_property
    def line(self) -> int:
        return self.source.line(self.keys)

    def problem(self, code: str, text: Text, *keys: str | int) -> Problem:
        """Say what is wrong with the example, at one of its keys."""
        path = (*self.keys, *keys)
        return Problem(code, text, file=self.file, line=self.source.line(path), path=key_path(path))


@dataclass(frozen=True)
class ExampleResult:
    """How one example came out: passed, or with differences, or not to be judged because of problems."""

    example: Example
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.differences and not self.problems


@dataclass(frozen=True)
class ExampleReport:
    """How all examples came out, and what could not be read."""

    results: tuple[ExampleResult, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def failed(self) -> tuple[ExampleResult, ...]:
        return tuple(result for result in self.results if not result.passed)

    @property
    def passed(self) -> bool:
        return not self.failed and not self.problems

    @property
    def summary(self) -> Text:
        total, failed, broken = len(self.results), len(self.failed), len(self.problems)
        zh = f"{total} 个示例，{total - failed} 个通过，{failed} 个未通过"
        en = f"{total} example{'' if total == 1 else 's'}, {total - failed} passed, {failed} failed"
        if broken:
            zh, en = f"{zh}，{broken} 处读不出", f"{en}, {broken} could not be read"
        return Text(zh, en)

    def lines(self, language: Language = "zh") -> Iterator[str]:
        """Yield the report as text: what failed, then the count."""
        yield from (f"{problem.place}  {problem.text.words(language)}" for problem in self.problems)
        for result in self.failed:
            example = result.example
            yield f"{example.file}:{example.line}  {example.id}  {example.title}"
            yield from (f"    {problem.place}  {problem.text.words(language)}" for problem in result.problems)
            yield from (f"    {difference.text.words(language)}" for difference in result.differences)
        yield self.summary.words(language)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────


def example_files(path: Path) -> list[Path]:
    """Return the files that a path means: itself, or those of the ``examples`` folders below it."""
    if not path.is_dir():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*.yaml"))
        if FOLDER in (path.name, *file.relative_to(path).parts[:-1])
    ]


def read_examples(path: Path) -> tuple[tuple[Example, ...], tuple[Problem, ...]]:
    """Read the examples of a file or folder and everything wrong with the shape of its files."""
    examples: list[Example] = []
    problems: list[Problem] = []
    for file in example_files(path):
        source, found = read_yaml(file, str(file))
        problems += found
        if source is not None:
            model, found = check_model(source, ExampleFile)
            problems += found
            if model is not None:
                _read_file(source, model, examples, problems)
    return tuple(examples), tuple(problems)


def _read_file(source: Source, model: ExampleFile, examples: list[Example], problems: list[Problem]) -> None:
    seen: set[str] = set()
    for index, written in enumerate(model.examples):
        keys = ("examples", index)
        if written.id in seen:
            text = Text(f"示例 {written.id} 重复", f"example {written.id} stands twice")
            problems.append(_problem("example.duplicate", text, source, (*keys, "id")))
        seen.add(written.id)
        if written.base is not None and written.base not in model.bases:
            base = written.base
            text = with_nearest(f"没有基础示例 {base}", f"no base {base!r}", base, model.bases)
            problems.append(_problem("example.base", text, source, (*keys, "base")))
            continue
        examples.append(_example(source, model, written, keys))


def _problem(code: str, text: Text, source: Source, keys: tuple[str | int, ...]) -> Problem:
    return Problem(code, text, file=source.shown, line=source.line(keys), path=key_path(keys))


def _example(
    source: Source, model: ExampleFile, written: WorkedExample, keys: tuple[str | int, ...]
) -> Example:
    base = model.bases[written.base] if written.base is not None else None
    own = FactLayer(written.facts, source, (*keys, "facts"))
    layers = (FactLayer(base.facts, source, ("bases", written.base or "", "facts")), own) if base else (own,)
    return Example(
        id=written.id,
        title=written.title,
        policy=written.policy or (base.policy if base else ""),
        as_of=written.as_of or (base.as_of if base else dt.date.min),
        layers=layers,
        settings={**(base.settings if base else {}), **written.settings},
        expected=written.expected,
        source=source,
        keys=keys,
    )


# ── judging ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PreparedExample:
    """An example with the version it is judged by and its facts as a row.

    Attributes:
        key: application date, readings of switches and ranged columns: what the policy is compiled for.
    """

    example: Example
    policy: Policy
    row: Mapping[str, Any]
    ranged: frozenset[str]

    @property
    def key(self) -> tuple[dt.date, tuple[tuple[str, str], ...], frozenset[str]]:
        return self.example.as_of, tuple(sorted(self.example.settings.items())), self.ranged


@dataclass(frozen=True)
class Judged:
    """A policy compiled for one application date and one reading of its switches."""

    graph: g.PolicyGraph
    judge: Judge

    def differences(self, prepared: PreparedExample) -> tuple[Difference, ...]:
        """Judge an example and compare."""
        return find_differences(self.graph, self.judge(prepared.row), prepared.example.expected)


def prepare_example(library: Library, example: Example) -> tuple[PreparedExample | None, tuple[Problem, ...]]:
    """Find the version that judges an example and read its facts; or say what is wrong with it."""
    try:
        policy = library.select(example.policy, example.as_of, kind_of(example))
    except YumiaoError as error:
        return None, (example.problem("example.policy", error.text, "policy"),)
    problems = list(_unknown_settings(policy, example))
    reader = RowReader(library, policy.body, example.as_of)
    for layer in example.layers:
        reader.read(layer)
    reader.finish(example.layers[-1])
    problems += reader.problems
    if problems:
        return None, tuple(problems)
    return PreparedExample(example, policy, reader.row, frozenset(reader.ranged)), ()


def kind_of(example: Example) -> ApplicationKind | None:
    """Whether the application is a review, as the example's facts say; None when they do not."""
    facts = {name: value for layer in example.layers for name, value in layer.facts.items()}
    review = facts.get(REVIEW_FACT)
    return None if review is None else "review" if review else "first_application"


def _unknown_settings(policy: Policy, example: Example) -> Iterator[Problem]:
    for name, reading in example.settings.items():
        switch = policy.body.switches.get(name)
        if switch is None or reading not in switch.readings:
            known = policy.body.switches if switch is None else switch.readings
            zh = f"{policy.id} 没有口径开关 {name}={reading}"
            en = f"{policy.id} has no switch {name}={reading}"
            text = with_nearest(zh, en, name if switch is None else reading, known)
            yield example.problem("example.setting", text, "settings", name)


def judge_for(library: Library, policy: Policy, prepared: PreparedExample) -> Judged:
    """Compile a version for the date, readings and ranged columns of an example.

    Raises: LoweringError, MagnitudeError when the version has no meaning.
    """
    graph = lower(library, policy, prepared.example.as_of, prepared.example.settings)
    return Judged(graph, make_judge(compile_policy(graph, prepared.ranged)))


@dataclass
class _Runner:
    library: Library
    judges: dict[tuple[object, ...], Judged] = field(default_factory=dict)

    def run(self, example: Example) -> ExampleResult:
        prepared, problems = prepare_example(self.library, example)
        if prepared is None:
            return ExampleResult(example, problems=problems)
        try:
            judged = self._judged(prepared)
        except LoweringError as error:
            zh = f"{prepared.policy.id} 有误：{error.text.zh}（{error.expression}）"
            en = f"{prepared.policy.id} is wrong: {error.text.en} ({error.expression})"
            return ExampleResult(
                example, problems=(example.problem("example.policy", Text(zh, en), "policy"),)
            )
        except MagnitudeError as error:
            text = Text(f"{prepared.policy.id} 的数值过大：{error}", f"{prepared.policy.id}: {error}")
            return ExampleResult(example, problems=(example.problem("example.policy", text, "policy"),))
        return ExampleResult(example, judged.differences(prepared))

    def _judged(self, prepared: PreparedExample) -> Judged:
        key = (prepared.policy.id, *prepared.key)
        if key not in self.judges:
            self.judges[key] = judge_for(self.library, prepared.policy, prepared)
        return self.judges[key]


def run_examples(library: Library, paths: Iterable[Path]) -> ExampleReport:
    """Judge all examples of some files or folders."""
    runner = _Runner(library)
    results: list[ExampleResult] = []
    problems: list[Problem] = []
    for path in paths:
        examples, found = read_examples(path)
        problems += found
        results += (runner.run(example) for example in examples)
    return ExampleReport(tuple(results), tuple(problems))
