"""What to ask: the unknown facts whose answer could change the outcome, the most telling first.

A fact is a candidate when it stands in an open statement below open statements only: that is quick, whatever
is unknown. For each candidate two completions are then looked for that differ in it alone and have different
results, beginning at the completions found for each result and on the way from one to the other. Found: it
matters. Searched to the end without: it does not, and is not asked. The search ended early, as it may where
much is unknown: it is asked, without that proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yumiao.model.text import Text
from yumiao.rules import graph as g
from yumiao.rules.answers import Question
from yumiao.rules.completions import Completions, Facts, Witness, all_witnesses
from yumiao.rules.emit_python import Row
from yumiao.rules.inspection import Inspection, open_columns
from yumiao.rules.judging import PolicyJudge
from yumiao.rules.moves import Budget
from yumiao.rules.naming import fact_words
from yumiao.rules.wording import period_of, sentence

CALLS = 6_000
"""How often the engine may be asked for all questions of one answer."""

CALLS_PER_FACT = 600
CALLS_FOR_WITNESSES = 2_000


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is open about one row.

    Attributes:
        questions: the facts to ask for, in the order in which to ask.
        witnesses: one completion for each result that was found to be possible.
    """

    questions: tuple[Question, ...]
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An unknown fact with what asking it would bring."""

    column: str
    settles: tuple[str, ...]
    settled: int
    tried: int
    proven: bool

    @property
    def rank(self) -> tuple[int, int]:
        """Facts that settle the outcome whatever the answer, then those that may, then by conditions."""
        alone = 0 if self.settled == self.tried else 1 if self.settled else 2
        return alone, -len(self.settles)


def find_questions(judge: PolicyJudge, row: Row, calls: int = CALLS) -> tuple[Question, ...]:
    """Return the facts to ask for, in the order in which to ask."""
    return inquire(judge, row, calls).questions


def inquire(judge: PolicyJudge, row: Row, calls: int = CALLS) -> Inquiry:
    """Look for completions of each possible result and for the facts that tell them apart.

    Args:
        calls: how often the engine may be asked.
    """
    search = Completions(judge, row, Budget(calls))
    if len(search.reach(row)) == 1:
        return Inquiry((), ())
    witnesses = all_witnesses(Completions(judge, row, Budget(CALLS_FOR_WITNESSES)))
    columns = search.open_columns(row)
    proven = _proven(search, columns, witnesses)
    found = []
    for column in columns:
        matters = True if column in proven else _matters(search, column)
        if matters is not False:
            found.append((column, matters is True))
    questions = _in_order(judge, search, found)
    return Inquiry(questions, tuple(witnesses))


def _proven(search: Completions, columns: list[str], witnesses: list[Witness]) -> set[str]:
    """Return the facts that change the result of a completion found, or of one on the way between two."""
    known: Facts = dict(search.row)
    pool = [{**known, **witness.facts} for witness in witnesses]
    proven: set[str] = set()
    for goal in pool[1:2]:
        for order in (columns, columns[::-1]):
            for column, before, after in search.boundaries(pool[0], goal, order):
                proven.add(column)
                pool += [before, after]
    for complete in pool:
        proven.update(name for name in columns if name not in proven and search.proves(complete, name))
    return proven


def _matters(search: Completions, column: str) -> bool | None:
    """Search inside the budget of one fact."""
    share = max(0, min(search.budget.left, CALLS_PER_FACT))
    own = Completions(search.judge, search.row, Budget(share))
    matters = own.matters(column)
    search.budget.left -= share - max(0, own.budget.left)
    return matters


def _in_order(judge: PolicyJudge, search: Completions, found: list[tuple[str, bool]]) -> tuple[Question, ...]:
    settles = _conditions_by_column(judge.inspect(search.row))
    candidates = [
        _Candidate(column, settles.get(column, ()), *_settling_values(search, column), proven)
        for column, proven in found
    ]
    return tuple(
        _question(judge.graph, candidate) for candidate in sorted(candidates, key=lambda each: each.rank)
    )


def _settling_values(search: Completions, column: str) -> tuple[int, int]:
    """Count the critical values of a fact after which the outcome is certain, and how many there are."""
    values = search.candidates.values(search.row, column)
    settled = sum(len(search.reach({**search.row, column: value})) == 1 for value in values)
    return settled, len(values)


def _conditions_by_column(inspection: Inspection) -> Mapping[str, tuple[str, ...]]:
    """Return for each unknown fact the open conditions that rest on it."""
    found: dict[str, list[str]] = {}
    for name, statement in _conditions(inspection.graph, inspection.row):
        for column in open_columns(inspection, statement):
            found.setdefault(column, []).append(name)
    return {column: tuple(names) for column, names in found.items()}


def _conditions(graph: g.PolicyGraph, row: Row) -> list[tuple[str, g.Statement]]:
    """Return the conditions as an answer shows them: of a table of bounds, the classes of a category."""
    if isinstance(graph.classes, g.ClassesByCategory):
        rules = graph.classes.rows.get(str(row.get(graph.classes.column)), ())
        return [(rule.id, rule.statement) for rule in rules]
    return [(node.id, node.statement) for node in graph.conditions]


def _question(graph: g.PolicyGraph, candidate: _Candidate) -> Question:
    leaf = graph.leaves[candidate.column]
    return Question(
        metric=leaf.metric.id,
        period=period_of(leaf),
        settles=candidate.settles,
        alone=candidate.settled > 0,
        proven=candidate.proven,
        text=question_text(graph, leaf),
    )


def question_text(graph: g.PolicyGraph, leaf: g.Leaf) -> Text:
    """Return the question of a fact's metric, or one made from its label."""
    if leaf.metric.question is not None:
        return sentence(leaf.metric.question, leaf)
    words = fact_words(graph, leaf.column)
    return Text(f"{words.zh}是多少？", f"{words.en}?")
