"""What to ask: the unknown facts whose answer could change the outcome, the most telling first.

A fact is a candidate when it stands in an open statement below open statements only: that is quick, whatever is
unknown. For each candidate two completions are then searched that differ in it alone and have different results.
Found: it matters. Searched to the end without, among a handful of unknown facts: it does not, and is not asked.
The search ended early: it is asked, without that proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yumiao.model.text import Text
from yumiao.rules import graph as g
from yumiao.rules.answers import Question
from yumiao.rules.completions import Completions, find_witnesses
from yumiao.rules.emit_python import Row
from yumiao.rules.inspection import Inspection, open_columns
from yumiao.rules.judging import PolicyJudge
from yumiao.rules.moves import Budget
from yumiao.rules.naming import fact_words
from yumiao.rules.wording import period_of, sentence

HANDFUL = 4
"""Among so many candidates a search without result shows that a fact does not matter."""

CALLS = 4_000
"""How often the engine may be asked for all questions of one answer."""

CALLS_PER_FACT = 400

__all__ = ["CALLS", "find_questions", "find_witnesses"]


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
        """Facts that settle the outcome whatever the answer first, then those that may, then by conditions."""
        alone = 0 if self.settled == self.tried else 1 if self.settled else 2
        return alone, -len(self.settles)


def find_questions(judge: PolicyJudge, row: Row, budget: Budget | None = None) -> tuple[Question, ...]:
    """Return the facts to ask for, in the order in which to ask.

    Args:
        budget: how often the engine may be asked; default 4 000 times.
    """
    budget = budget or Budget(CALLS)
    inspection = judge.inspect(row)
    search = Completions(judge, row, budget)
    if len(search.reach(row)) == 1:
        return ()
    columns = search.open_columns(row)
    settles = _conditions_by_column(inspection)
    found = []
    for column in columns:
        matters = _matters(search, column, few=len(columns) <= HANDFUL)
        if matters is not False:
            settled, tried = _settling_values(search, column)
            candidate = _Candidate(column, settles.get(column, ()), settled, tried, proven=matters is True)
            found.append(candidate)
    return tuple(_question(judge.graph, candidate) for candidate in sorted(found, key=lambda each: each.rank))


def _matters(search: Completions, column: str, *, few: bool) -> bool | None:
    """Search inside the budget of one fact; a search of many that ends without result proves nothing."""
    share = min(search.budget.left, CALLS if few else CALLS_PER_FACT)
    own = Completions(search.judge, search.row, Budget(share))
    matters = own.matters(column)
    search.budget.left -= share - max(0, own.budget.left)
    return matters if few or matters else None


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
    """Return the conditions as an answer shows them: of a table of bounds, the classes of the row's category."""
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
