"""One subject on trial: stated facts in, answers out, nothing kept but compiled rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yumiao.evaluate.runs import snapshot_hash
from yumiao.evaluate.subjects import row_of, subject_facts
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.rules.answers import Answer, Subject
from yumiao.rules.derivation import derivations
from yumiao.rules.explaining import explain
from yumiao.rules.judging import SubjectJudge

Readings = Mapping[str, Mapping[str, str]]


def answer_stated(
    library: Library,
    facts: Facts,
    *,
    as_of: dt.date,
    policies: Sequence[str] = (),
    settings: Readings | None = None,
    known_at: str = "",
) -> tuple[Answer, ...]:
    """Judge the one subject of a table by some policies, as :func:`yumiao.evaluate.evaluate` would.

    Args:
        policies: families (the version in force) or versions to pin; none: every family with a version in force.
        settings: family or policy id → switch → reading, where another than the default is wanted.
        known_at: copied into the answers; empty: not said.
    Raises: YumiaoError (``trial.refused``) naming every unknown policy, switch and reading.
    """
    chosen = _choose(library, as_of, policies, settings or {})
    judges = _judges(_Shared(library), as_of)
    graphs = [judges.policy(each.policy, as_of, each.settings).graph for each in chosen]
    subject = facts.table[SUBJECT].item()
    known = subject_facts(facts, derivations(library, graphs, as_of), subject)
    identity, row = known.row(0, named=True), row_of(known)
    named = Subject(subject, "enterprise", identity[CODE], identity[NAME])
    snapshot = snapshot_hash(facts.table)
    return tuple(
        explain(
            judges,
            each.policy,
            as_of,
            row,
            subject=named,
            settings=each.settings,
            known_at=known_at or None,
            snapshot=snapshot,
        )
        for each in chosen
    )


@dataclass(frozen=True)
class _Chosen:
    policy: Policy
    settings: Mapping[str, str]


def _choose(library: Library, as_of: dt.date, policies: Sequence[str], settings: Readings) -> list[_Chosen]:
    found, problems = _select(library, as_of, policies)
    names = {name for policy in found for name in (policy.family, policy.id)}
    for name in settings:
        if name not in names:
            text = with_nearest(
                f"{name} 不在所判政策之中", f"{name} is not among the policies judged", name, names
            )
            problems.append(Problem("policy.switch", text, path=f"switches.{name}", found=name))
    chosen = []
    for policy in found:
        readings = {**settings.get(policy.family, {}), **settings.get(policy.id, {})}
        problems += [problem for item in readings.items() if (problem := _check(policy, *item)) is not None]
        chosen.append(_Chosen(policy, readings))
    if problems:
        text = Text(
            "所要的政策或口径不可用，请按下列各项修改。", "A policy or switch cannot be used; correct this:"
        )
        raise YumiaoError("trial.refused", text, tuple(problems))
    return chosen


def _select(library: Library, as_of: dt.date, policies: Sequence[str]) -> tuple[list[Policy], list[Problem]]:
    if not policies:
        in_force = (library.in_force(family, as_of) for family in library.families())
        return [policy for policy in in_force if policy is not None], []
    found: dict[str, Policy] = {}
    problems = []
    for index, name in enumerate(policies):
        try:
            policy = library.select(name, as_of)
            found.setdefault(policy.id, policy)
        except YumiaoError as error:
            problems.append(Problem(error.code, error.text, path=f"policies[{index}]", found=name))
    return list(found.values()), problems


def _check(policy: Policy, switch: str, reading: str) -> Problem | None:
    known = policy.body.switches.get(switch)
    if known is not None and reading in known.readings:
        return None
    options = ", ".join(known.readings) if known else ", ".join(policy.body.switches) or "—"
    text = Text(
        f"{policy.id} 没有口径 {switch}={reading}；可用：{options}",
        f"{policy.id} has no reading {switch}={reading}; known: {options}",
    )
    return Problem("policy.switch", text, path=f"switches.{policy.family}.{switch}", found=reading)


@dataclass(frozen=True)
class _Shared:
    """A library that a cache may be keyed by: the same object is the same key."""

    library: Library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shared) and other.library is self.library


@lru_cache(maxsize=8)
def _judges(shared: _Shared, as_of: dt.date) -> SubjectJudge:  # noqa: ARG001 - one set of programs for each date
    """Return the compiled policies of a date; the dates asked for last are kept."""
    return SubjectJudge(shared.library)
