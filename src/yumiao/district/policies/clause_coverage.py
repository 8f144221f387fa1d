"""How the visible enterprises stand at each clause of a policy, not only at the policy as a whole.

The facts that the register was made from are judged when the page asks for it, for at most `MOST_SUBJECTS` subjects,
and what came of it is kept in memory as long as the register and the rules stay the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.conf import settings

from yumiao.district.accounts.selectors import Actor
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.policies.comparing import MOST_SUBJECTS
from yumiao.district.policies.selectors import Coverage
from yumiao.district.registry.judged_facts import has_judged, read_judged
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.packs import library
from yumiao.evaluate import evaluate
from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.outcomes import Outcome
from yumiao.packs.library import Policy

_CONDITION = "condition."
_NEAR = "near_miss"


@dataclass(frozen=True)
class ClauseCoverage:
    """How subjects stand at each clause: id of the condition → counts; ``near_miss`` fail it and nothing else."""

    version: str
    clauses: Mapping[str, Coverage]


def clause_coverage(actor: Actor, built: Projection | None, policy: Policy) -> ClauseCoverage | None:
    """Count the subjects that an actor may see at each clause of a policy version.

    Returns: None without the right to list subjects, without a register or its facts, and where it has too many
        subjects for a reader to wait.
    """
    if built is None or built.subjects > MOST_SUBJECTS or not can(actor, Operation.LIST_SUBJECTS).allowed:
        return None
    data = Path(settings.YUMIAO_DATA)
    if not has_judged(data, built.folder):
        return None
    judged = _judged(data / "judged" / built.folder, built.as_of, (policy.id, policy.hash))
    visible = Subject.objects.filter(visible_to(actor)).values_list("id", flat=True)
    seen = judged.filter(pl.col(SUBJECT).is_in(pl.Series(list(visible), dtype=pl.String).implode()))
    names = [name for name in seen.columns if name.startswith(_CONDITION)]
    return ClauseCoverage(
        policy.version, {name.removeprefix(_CONDITION): _counted(seen, name, policy) for name in names}
    )


@lru_cache(maxsize=16)
def _judged(folder: Path, as_of: dt.date, policy: tuple[str, str]) -> pl.DataFrame:
    """Judge every subject by one version; the hash of the pack keeps answers of former packs apart."""
    facts = Facts(read_judged(folder))
    (evaluated,) = evaluate(library(), facts, as_of=as_of, policies=[policy[0]]).policies
    conditions = pl.col(f"^{_CONDITION.replace('.', '[.]')}.*$").cast(pl.String)
    return evaluated.verdicts.select(SUBJECT, _NEAR, conditions)


def _counted(seen: pl.DataFrame, name: str, policy: Policy) -> Coverage:
    outcome, near = pl.col(name), pl.col(_NEAR).fill_null(value=False)
    fails = outcome == Outcome.NOT_MET.value
    row = seen.select(
        met=(outcome == Outcome.MET.value).sum(),
        not_met=fails.sum(),
        undetermined=(outcome == Outcome.UNDETERMINED.value).sum(),
        near=(fails & near).sum(),
    ).row(0, named=True)
    return Coverage(policy.version, row["met"], row["not_met"], row["undetermined"], row["near"], 0)
