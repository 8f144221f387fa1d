"""What an enterprise does not see of its own verdicts: whatever rests on sources the district does not show it.

One rule decides: what follows from the shown facts alone is shown, everything else is withheld. So a derived fact is
shown exactly where it can be derived from shown facts, and a condition where those alone give the same value, gap and
cells; what is shown then cannot tell anything of what is hidden. Outcomes are the enterprise's own and stay. Whatever
is withheld names the kind of source that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from yumiao.district.registry import selectors
from yumiao.district.registry.judged import Judged, Known
from yumiao.evaluate.subjects import RowDeriver
from yumiao.ladder.facts import held_metrics
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.rules import graph as g
from yumiao.rules.answers import Answer, Condition
from yumiao.rules.emit_python import Row
from yumiao.rules.origins import Origin
from yumiao.rules.wording import period_of


@dataclass(frozen=True)
class SourceKind:
    """Who said something that is not shown, never what; ``token`` is empty for an item that no subject is shown."""

    token: str
    label: Text


NOT_SHOWN_ITEM = SourceKind("", Text("不对外显示的项目", "an item that is not shown"))

Kinds = tuple[SourceKind, ...]


@dataclass(frozen=True)
class Withheld:
    """Which facts of one subject are kept from its own people, and whose they are.

    Attributes:
        columns: by column, without the ends of an interval; derived ones included.
        shown: the received columns that may be shown.
    """

    columns: Mapping[str, Kinds]
    shown: frozenset[str]

    @property
    def kinds(self) -> Kinds:
        """Every source that something of the subject is withheld for."""
        return _union(self.columns.values())


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as the subject's own people see it.

    Attributes:
        answer: without what is withheld.
        hidden: id of each condition that lost something → the sources that it rests on and that are not shown.
    """

    answer: Answer
    hidden: Mapping[str, Kinds]

    @property
    def kinds(self) -> Kinds:
        """Every source that the verdict rests on and that is not shown."""
        return _union(self.hidden.values())


def hidden_batches(packs: Library, known_at: str) -> Mapping[str, str]:
    """Return the batches of sources that are not shown to subjects, each with its source."""
    hidden = {name for name, each in packs.reported.sources.items() if not each.shown_to_subject}
    batches = selectors.known_state(known_at).batches
    return {batch.manifest.id: batch.manifest.source for batch in batches if batch.manifest.source in hidden}


def shown_columns(packs: Library, sources: pl.DataFrame, batches: Iterable[str]) -> frozenset[str]:
    """Return the columns of received facts that may be shown.

    Args:
        sources: where the values of one subject come from (``Facts.sources``); of an interval each end has a row,
            and one hidden end hides the fact.
        batches: those that are not shown.
    """
    every = {_plain(column) for column in sources["column"]}
    kept = sources.filter(pl.col("batch").is_in(list(batches)))
    hidden = {_plain(column) for column in kept["column"]}
    return frozenset(column for column in every - hidden if _is_shown_metric(packs, column))


def find_withheld(
    packs: Library,
    row: Row,
    origins: Mapping[str, Origin],
    batches: Mapping[str, str],
    deriver: RowDeriver,
) -> Withheld:
    """Return what of one subject is withheld: received facts by their source, derived ones by what they follow from.

    Args:
        row: the facts received, by column.
        origins: where they came from.
        batches: those that are not shown, each with its source.
    """
    received = {_plain(column) for column, value in row.items() if value is not None}
    hidden: dict[str, Kinds] = {}
    for column in sorted(received):
        kinds = tuple(_received_kinds(packs, column, origins, batches))
        if kinds:
            hidden[column] = kinds
    shown = frozenset(received - hidden.keys())
    if hidden:
        _add_derived(packs, row, shown, deriver, hidden)
    return Withheld(hidden, shown)


def _received_kinds(
    packs: Library, column: str, origins: Mapping[str, Origin], batches: Mapping[str, str]
) -> Iterator[SourceKind]:
    if not _is_shown_metric(packs, column):
        yield NOT_SHOWN_ITEM
    ends = (origins.get(column + end) for end in ("", "#low", "#high"))
    came_in = {each.source.batch or "" for each in ends if each is not None}
    tokens = {batches[batch] for batch in came_in if batch in batches}
    for token in sorted(tokens):
        yield SourceKind(token, packs.reported.sources[token].label)


def _add_derived(
    packs: Library, row: Row, shown: frozenset[str], deriver: RowDeriver, hidden: dict[str, Kinds]
) -> None:
    """Add the derived facts that the shown ones alone do not give; those that others rest on come first."""
    whole = deriver.fill(row)
    own = deriver.fill({column: value for column, value in row.items() if _plain(column) in shown})
    for each in deriver.derived:
        if row.get(each.column) is not None or whole[each.column] is None:
            continue
        kinds = _union(hidden.get(column, ()) for column in each.graph.leaves)
        if not _is_shown_metric(packs, each.column):
            hidden[each.column] = _union(((NOT_SHOWN_ITEM,), kinds))
        elif own[each.column] is None:
            hidden[each.column] = kinds


def read_withheld(judged: Judged, known: Known, packs: Library) -> Withheld:
    """Return what of one subject is withheld from its own people now."""
    batches = hidden_batches(packs, judged.known_at)
    return find_withheld(packs, known.row, known.origins, batches, judged.deriver)


def known_to_itself(judged: Judged, known: Known, packs: Library) -> Known:
    """Return what is known of a subject as far as its own people may see it, values that lost included."""
    return _known_shown(known, read_withheld(judged, known, packs), hidden_batches(packs, judged.known_at))


def _known_shown(known: Known, withheld: Withheld, batches: Mapping[str, str]) -> Known:
    losing = tuple(
        each
        for each in known.losing
        if _plain(each.column) in withheld.shown and each.origin.source.batch not in batches
    )
    return replace(known.only(withheld.shown), losing=losing)


def titles_told(subject: str, packs: Library, withheld: Withheld) -> frozenset[str]:
    """Return the titles of which a source that is shown says something: a list of it, or a fact received as such."""
    hidden = {name for name, each in packs.reported.sources.items() if not each.shown_to_subject}
    listed = {title for title, *_ in selectors.subject_title_rows(subject, frozenset(hidden))}
    received = {
        title for title, metrics in held_metrics(packs).items() if not withheld.shown.isdisjoint(metrics)
    }
    return frozenset(listed | received)


def shown_answers(
    judged: Judged, subject: str, packs: Library, *, asks: bool = True
) -> tuple[ShownAnswer, ...]:
    """Return the answer of every policy as the subject's own people see it; none where nothing is known of it."""
    known = judged.known_of(subject)
    if known is None:
        return ()
    withheld = read_withheld(judged, known, packs)
    own = _known_shown(known, withheld, hidden_batches(packs, judged.known_at))
    is_whole = not withheld.columns and own.losing == known.losing
    found = []
    for policy, graph in judged.policies:
        whole = judged.answer(known, policy.family, asks=asks)
        if whole is None:
            continue
        part = whole if is_whole else judged.answer(own, policy.family, asks=False)
        found.append(withhold(whole, part or whole, withheld, graph.leaves, packs))
    return tuple(found)


def withhold(
    whole: Answer, own: Answer, withheld: Withheld, leaves: Mapping[str, g.Leaf], packs: Library
) -> ShownAnswer:
    """Return an answer without what must not be shown, and whose facts what is left out rests on.

    Args:
        whole: the answer by everything that is known.
        own: the same by the shown facts alone.
        leaves: the facts that the policy reads, by column.
    """
    alone = {each.id: each for each in own.conditions}
    facts = {
        (leaf.metric.id, period_of(leaf)): withheld.columns[column]
        for column, leaf in leaves.items()
        if column in withheld.columns
    }
    hidden = {
        each.id: _union(facts.get((fact.metric, fact.period), ()) for fact in each.facts) or withheld.kinds
        for each in whole.conditions
        if not _says_the_same(each, alone.get(each.id))
    }
    conditions = tuple(_cut(each) if each.id in hidden else each for each in whole.conditions)
    answer = replace(
        whole,
        conditions=conditions,
        scores=tuple(each for each in whole.scores if each in own.scores),
        contested=tuple(each for each in whole.contested if each in own.contested),
        questions=tuple(each for each in whole.questions if _is_shown_metric(packs, each.metric)),
    )
    return ShownAnswer(answer, hidden)


def _says_the_same(condition: Condition, own: Condition | None) -> bool:
    """Whether the shown facts alone give all that a condition says; what decides is told by the outcomes."""
    return (
        own is not None and replace(own, outcome=condition.outcome, decisive=condition.decisive) == condition
    )


def _cut(condition: Condition) -> Condition:
    return replace(
        condition, value=None, threshold=None, gap=None, least=None, parts=(), facts=(), missing=()
    )


def _union(kinds: Iterable[Kinds]) -> Kinds:
    return tuple(dict.fromkeys(kind for each in kinds for kind in each))


def _plain(column: str) -> str:
    return column.partition("#")[0]


def _is_shown_metric(packs: Library, column: str) -> bool:
    metric = packs.metrics.get(split_column(column)[0])
    return metric is not None and metric.shown_to_subject
