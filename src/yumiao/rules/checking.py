"""Check packs: every problem of every file in one run, and how they are shown to the author of a pack."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from yumiao.model.problems import Problem
from yumiao.model.text import Language, Text
from yumiao.packs.library import Library, Policy
from yumiao.rules.checks.definitions import find_bad_derivations, find_bad_registers
from yumiao.rules.checks.library import (
    find_bad_openings,
    find_bad_spans,
    find_overlaps,
    find_unexemplified,
    find_unknown_counts,
    find_unknown_titles,
    find_unlabelled,
)
from yumiao.rules.checks.meaning import find_meaningless
from yumiao.rules.checks.points import find_bad_maxima, find_unreachable_bands
from yumiao.rules.checks.structure import (
    find_bad_choices,
    find_circles,
    find_clashes,
    find_uncited,
    find_unused,
)
from yumiao.rules.examples import FOLDER, Example, read_examples

WIDEST = 100
"""An expression longer than this is shown around its wrong word only."""

INDENT = 4
"""What :func:`yumiao.packs.yaml_reading.pointer` puts before an expression."""


def check_packs(library: Library, problems_from_reading: Iterable[Problem] = ()) -> tuple[Problem, ...]:
    """Find everything that is wrong with the packs of a library.

    Args:
        library: the packs as read.
        problems_from_reading: what was wrong with the shape of their files.
    Returns: all problems, in the order of files and lines.
    """
    reading = tuple(problems_from_reading)
    examples, bad_examples = _read_all_examples(library)
    problems = [*reading, *bad_examples]
    half_read = _names_in_unread_files(library, reading)
    for policy in library.policies:
        problems += _check_policy(library, policy, half_read)
    problems += find_overlaps(library)
    problems += find_bad_derivations(library, half_read)
    problems += find_bad_registers(library)
    problems += find_unlabelled(library)
    problems += find_unexemplified(library, examples)
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0)))


def _check_policy(library: Library, policy: Policy, half_read: frozenset[str]) -> Iterator[Problem]:
    yield from find_uncited(policy)
    yield from find_unused(policy)
    yield from find_clashes(library, policy)
    yield from find_bad_maxima(policy)
    yield from find_unreachable_bands(policy)
    yield from find_bad_spans(policy)
    yield from find_bad_openings(policy)
    yield from find_unknown_titles(library, policy, half_read)
    yield from find_unknown_counts(library, policy, half_read)
    unsound = [*find_bad_choices(policy), *find_circles(policy)]
    yield from unsound or find_meaningless(library, policy, half_read)


def _read_all_examples(library: Library) -> tuple[tuple[Example, ...], tuple[Problem, ...]]:
    examples: list[Example] = []
    problems: list[Problem] = []
    for pack in library.packs:
        folder = pack.folder / FOLDER
        if folder.is_dir():
            found, wrong = read_examples(folder)
            examples += found
            problems += wrong
    return tuple(examples), tuple(problems)


def _names_in_unread_files(library: Library, problems: Sequence[Problem]) -> frozenset[str]:
    """Return the metrics, titles and counts of files that could not be read: what uses them is not wrong."""
    files = {problem.file for problem in problems}
    names: set[str] = set()
    for source in library.sources.values():
        if source.shown in files:
            for key in ("metrics", "titles"):
                names |= {str(name) for name in source.data.get(key) or ()}
            for register in (source.data.get("registers") or {}).values():
                names |= {str(name) for name in register.get("counts") or ()}
    return frozenset(names)


# ── showing ───────────────────────────────────────────────────────────────────────────────────────────────


def problem_lines(problem: Problem, language: Language = "zh") -> Iterator[str]:
    """Yield a problem as its author reads it: its place, the expression, the mark, the message."""
    place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    yield f"{place}  {problem.path}".rstrip()
    message, *mark = problem.text.words(language).split("\n")
    if len(mark) == 2:
        expression, caret = mark
        column = caret.index("^")
        shown, column = _around(expression[INDENT:], column - INDENT)
        yield f"  {shown}"
        marked = _width(shown[column : column + len(caret.strip())])
        yield f"  {' ' * _width(shown[:column])}{'^' * marked} {message}"
    else:
        yield from (f"  {line}" for line in (message, *mark))


def _around(expression: str, column: int) -> tuple[str, int]:
    """Cut a long expression to the words around a column, and say where that column then stands."""
    if len(expression) <= WIDEST:
        return expression, column
    first = max(0, min(column - WIDEST // 3, len(expression) - WIDEST))
    last = first + WIDEST
    head, tail = "… " if first else "", " …" if last < len(expression) else ""
    return f"{head}{expression[first:last]}{tail}", column - first + len(head)


def _width(text: str) -> int:
    """Count the columns that a text takes on a screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def show_problems(problems: Sequence[Problem], language: Language = "zh") -> str:
    """Write all problems, and how many there are in how many files."""
    lines = [line for problem in problems for line in problem_lines(problem, language)]
    lines.append(count_problems(problems).words(language))
    return "\n".join(lines)


def count_problems(problems: Sequence[Problem]) -> Text:
    """Say how many problems there are: ``2 problems in 1 file.``"""
    count, files = len(problems), len({problem.file for problem in problems})
    if not count:
        return Text("没有问题。", "No problems.")
    plural, plural_files = ("" if count == 1 else "s"), ("" if files == 1 else "s")
    return Text(
        f"{files} 个文件中有 {count} 处问题。", f"{count} problem{plural} in {files} file{plural_files}."
    )
