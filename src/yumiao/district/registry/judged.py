"""What the register was judged by, as pages read it: the whole answer for one subject out of its facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from yumiao.district.registry.judged_facts import facts_about, schema_of
from yumiao.evaluate.subjects import RowDeriver, row_of
from yumiao.model.facts import CODE, LOW_SUFFIX, NAME, Facts
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library, Policy
from yumiao.rules.answers import Answer, Question, Subject
from yumiao.rules.derivation import derivations
from yumiao.rules.explaining import explain
from yumiao.rules.graph import PolicyGraph
from yumiao.rules.judging import SubjectJudge
from yumiao.rules.lowering import lower
from yumiao.rules.origins import LosingValue, Origin, losing_values_of, origins_of
from yumiao.rules.questions import find_questions


@lru_cache(maxsize=64)
def _facts_of(folder: Path, subject: str) -> Facts:
    """Read the facts of one subject; a page and what it fetches ask for the same again, and a folder never changes."""
    return facts_about(folder, subject)


@dataclass(frozen=True)
class Known:
    """What is known of one subject.

    Attributes:
        row: the facts received, by column, as the rules read them; derived ones are not among them.
        origins: column → where its value came from.
        losing: values of other sources that do not count.
    """

    facts: Facts
    subject: Subject
    row: Mapping[str, Any]
    origins: Mapping[str, Origin]
    losing: tuple[LosingValue, ...]

    def only(self, columns: frozenset[str]) -> Known:
        """Return the same with the facts of some columns alone, their intervals included."""
        kept = {name: value for name, value in self.row.items() if name.partition("#")[0] in columns}
        origins = {name: each for name, each in self.origins.items() if name.partition("#")[0] in columns}
        return replace(self, row=kept, origins=origins, losing=())


@dataclass(frozen=True)
class Judged:
    """A run as pages read it: one subject at a time.

    Attributes:
        judges: the policies, compiled when first needed and kept as long as this is.
        known_at: the moment of the last event of the store that the run knew.
        deriver: fills in the facts that follow from others.
    """

    folder: Path
    judges: SubjectJudge
    as_of: dt.date
    known_at: str
    snapshot: str
    policies: tuple[tuple[Policy, PolicyGraph], ...]
    deriver: RowDeriver

    def facts_of(self, subject: str) -> Facts:
        """Return the facts of one subject; no row where it has none."""
        return _facts_of(self.folder, subject)

    def known_of(self, subject: str) -> Known | None:
        """Return what is known of one subject, ready to be judged; None where nothing is."""
        facts = self.facts_of(subject)
        if not len(facts):
            return None
        identity = facts.table.row(0, named=True)
        return Known(
            facts,
            Subject(subject, "enterprise", identity[CODE], identity[NAME]),
            row_of(facts.table),
            origins_of(facts.sources, subject),
            losing_values_of(self.judges.library, facts.conflicts, subject),
        )

    def graph_of(self, family: str) -> tuple[Policy, PolicyGraph] | None:
        """Return the policy of a family that verdicts are of; None where there is none."""
        return next((pair for pair in self.policies if pair[0].family == family), None)

    def answer(self, known: Known, family: str, *, asks: bool = True) -> Answer | None:
        """Return the answer of one policy; None where it is not among those judged by.

        Args:
            asks: whether to look for what to ask, which may take long where much is unknown.
        """
        found = self.graph_of(family)
        if found is None:
            return None
        policy, graph = found
        return explain(
            self.judges,
            policy,
            self.as_of,
            self.deriver.fill(known.row),
            subject=known.subject,
            origins=known.origins,
            settings=graph.settings,
            known_at=self.known_at or None,
            snapshot=self.snapshot,
            losing=known.losing,
            asks=asks,
        )

    def questions(self, known: Known, family: str) -> tuple[Question, ...]:
        """Return what one policy asks first, as its `answer` has it; nothing else is explained."""
        found = self.graph_of(family)
        if found is None:
            return ()
        policy, graph = found
        judge = self.judges.policy(policy, self.as_of, graph.settings)
        return find_questions(judge, self.deriver.fill(known.row))

    def answers(self, subject: str, *, asks: bool = True) -> tuple[Answer, ...]:
        """Return the answer of every policy for one subject; none where nothing is known of it."""
        known = self.known_of(subject)
        if known is None:
            return ()
        found = (self.answer(known, policy.family, asks=asks) for policy, _ in self.policies)
        return tuple(answer for answer in found if answer is not None)


def open_judged(folder: Path, as_of: dt.date, receipt: Mapping[str, Any], library: Library) -> Judged:
    """Open the facts of a run. Raises: YumiaoError (``registry.packs``) when its packs have changed since."""
    return _opened(folder, as_of, receipt["known_at"], receipt["snapshot"], _pinned(receipt), _Packs(library))


@dataclass(frozen=True)
class _Packs:
    """A library that a cache may be keyed by: the same object is the same key."""

    library: Library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Packs) and other.library is self.library


Pinned = tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


def _pinned(receipt: Mapping[str, Any]) -> Pinned:
    """The policies in the order of their ids, whatever order a database gives the keys of a receipt."""
    return tuple(
        (policy, kept["pack"], tuple(sorted(kept["switches"].items())))
        for policy, kept in sorted(receipt["policies"].items())
    )


@lru_cache(maxsize=4)
def _opened(
    folder: Path, as_of: dt.date, known_at: str, snapshot: str, pinned: Pinned, packs: _Packs
) -> Judged:
    judging = _judging(as_of, pinned, packs, _interval_columns(folder))
    return Judged(folder, judging.judges, as_of, known_at, snapshot, judging.policies, judging.deriver)


@dataclass(frozen=True)
class _Judging:
    """What every run of the same packs and date judges with; to compile it takes seconds, so it outlives a run."""

    judges: SubjectJudge
    policies: tuple[tuple[Policy, PolicyGraph], ...]
    deriver: RowDeriver


@lru_cache(maxsize=4)
def _judging(as_of: dt.date, pinned: Pinned, packs: _Packs, ranged: frozenset[str]) -> _Judging:
    library = packs.library
    policies = []
    for policy_id, pack, switches in pinned:
        found = library.find(policy_id)
        if not found or found[0].hash != pack:
            raise YumiaoError(
                "registry.packs",
                Text(
                    f"规则包 {policy_id} 在建立企业库之后改过，请运行 yumiao district rebuild。",
                    f"The pack {policy_id} has changed since the register was built; run yumiao district rebuild.",
                ),
            )
        policies.append((found[0], lower(library, found[0], as_of, dict(switches))))
    deriver = RowDeriver(derivations(library, [graph for _, graph in policies], as_of))
    return _Judging(SubjectJudge(library, ranged), tuple(policies), deriver)


def _interval_columns(folder: Path) -> frozenset[str]:
    """Return the columns of which some subject's value is known only as an interval."""
    names = schema_of(folder)
    return frozenset(name.removesuffix(LOW_SUFFIX) for name in names if name.endswith(LOW_SUFFIX))
