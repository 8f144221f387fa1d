"""Two versions of a policy over the whole register: who gains, who loses, by which condition.

Both versions judge the facts that the register was made from. The work is done when the page asks for it, at most
for `MOST_SUBJECTS` subjects, and kept in memory as long as the register stays the same.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.conf import settings

from yumiao.district.accounts.selectors import Actor
from yumiao.district.permissions import visible_to
from yumiao.district.registry.hindrances import first_hindrances
from yumiao.district.registry.judged_facts import read_judged
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.packs import library
from yumiao.evaluate import EvaluatedPolicy, evaluate
from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.packs.library import Policy

MOST_SUBJECTS = 20_000
"""How many subjects a page compares; more take longer than a reader waits."""

_CONDITION = "condition."


class Change(StrEnum):
    """What a new version does to a subject."""

    GAINS = "gains"
    LOSES = "loses"
    OTHER = "other"

    @property
    def label(self) -> Text:
        return CHANGE_LABELS[self]


CHANGE_LABELS = {
    Change.GAINS: Text("转为符合", "become met"),
    Change.LOSES: Text("不再符合", "no longer met"),
    Change.OTHER: Text("其他变化", "other changes"),
}


@dataclass(frozen=True)
class Changed:
    """One subject whose outcome or class differs between the versions.

    Attributes:
        old_class, new_class: the class that is certain; empty for none.
        why: what stood in the way under the old version of those who gain, else what stands in the way under the
            new one; empty where nothing does.
        conditions: the labels of the conditions behind it.
    """

    subject: str
    change: Change
    old: Outcome
    new: Outcome
    old_class: Text
    new_class: Text
    why: Text
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class ByCondition:
    """How many of those who gain or lose do so by one condition, alone or with others."""

    change: Change
    condition: Text
    count: int


@dataclass(frozen=True)
class Comparison:
    """What changes for the subjects that an actor may see.

    Attributes:
        compared: how many subjects were judged.
        flows: how many went from which old outcome to which new one.
    """

    compared: int
    flows: tuple[tuple[Outcome, Outcome, int], ...]
    changed: tuple[Changed, ...]
    by_condition: tuple[ByCondition, ...]

    def counts(self) -> dict[Change, int]:
        """How many subjects each kind of change has."""
        found = Counter(each.change for each in self.changed)
        return {change: found[change] for change in Change}


def compare_versions(actor: Actor, built: Projection, old: Policy, new: Policy) -> Comparison | None:
    """Compare two versions over the subjects that an actor may see; None where the register has too many subjects."""
    if built.subjects > MOST_SUBJECTS:
        return None
    folder = Path(settings.YUMIAO_DATA) / "judged" / built.folder
    whole = _compared(folder, built.as_of, (old.id, old.hash), (new.id, new.hash))
    visible = set(Subject.objects.filter(visible_to(actor)).values_list("id", flat=True))
    pairs = {subject: pair for subject, pair in whole.pairs.items() if subject in visible}
    changed = tuple(each for each in whole.changed if each.subject in visible)
    flows = Counter(pairs.values())
    return Comparison(
        len(pairs),
        tuple((a, b, flows[a, b]) for a in Outcome for b in Outcome if flows[a, b]),
        changed,
        tuple(_by_condition(changed, old, new)),
    )


@dataclass(frozen=True)
class _Whole:
    pairs: Mapping[str, tuple[Outcome, Outcome]]
    changed: tuple[Changed, ...]


@lru_cache(maxsize=4)
def _compared(folder: Path, as_of: dt.date, old: tuple[str, str], new: tuple[str, str]) -> _Whole:
    """Judge every subject by both versions; the hashes of the packs keep answers of former packs apart."""
    facts = Facts(read_judged(folder))
    run = evaluate(library(), facts, as_of=as_of, policies=[old[0], new[0]])
    before, after = run.policies
    judged = run.judged_facts()
    frame = pl.concat(
        [
            before.verdicts.select(
                SUBJECT, pl.col("outcome").cast(pl.String).alias("old"), pl.col("class").alias("old_class")
            ),
            after.verdicts.select(
                pl.col("outcome").cast(pl.String).alias("new"), pl.col("class").alias("new_class")
            ),
        ],
        how="horizontal",
    ).with_row_index("at")
    pairs = {row[0]: (Outcome(row[1]), Outcome(row[2])) for row in frame.select(SUBJECT, "old", "new").rows()}
    differs = (pl.col("old") != pl.col("new")) | pl.col("old_class").ne_missing(pl.col("new_class"))
    rows = frame.filter(differs)
    return _Whole(pairs, tuple(_changed_rows(rows, judged, before, after)))


def _changed_rows(
    rows: pl.DataFrame, facts: pl.DataFrame, before: EvaluatedPolicy, after: EvaluatedPolicy
) -> list[Changed]:
    at = rows["at"]
    told = [_hindrances(facts, each, at) for each in (before, after)]
    failing = [_failing(each, at) for each in (before, after)]
    labels = [each.policy.body.class_labels() for each in (before, after)]
    found = []
    for number, row in enumerate(rows.rows(named=True)):
        old, new = Outcome(row["old"]), Outcome(row["new"])
        change = Change.OTHER
        if old is not new and Outcome.MET in (old, new):
            change = Change.GAINS if new is Outcome.MET else Change.LOSES
        side = 0 if change is Change.GAINS else 1
        found.append(
            Changed(
                subject=row[SUBJECT],
                change=change,
                old=old,
                new=new,
                old_class=labels[0].get(row["old_class"] or "", Text("")),
                new_class=labels[1].get(row["new_class"] or "", Text("")),
                why=told[side][number],
                conditions=failing[side][number],
            )
        )
    return found


def _hindrances(facts: pl.DataFrame, evaluated: EvaluatedPolicy, at: pl.Series) -> list[Text]:
    """Say what is in the way of the subjects at some row numbers."""
    return [Text(zh, en) for zh, en in first_hindrances(facts, evaluated, at).iter_rows()]


def _failing(evaluated: EvaluatedPolicy, at: pl.Series) -> list[tuple[str, ...]]:
    """Return for the subjects at some row numbers the conditions that are not met, else those that are open."""
    names = [name for name in evaluated.verdicts.columns if name.startswith(_CONDITION)]
    rows = evaluated.verdicts[at.to_list()].select(pl.col(names).cast(pl.String)).rows() if names else []
    found = []
    for row in rows or [()] * len(at):
        told = {
            wanted: tuple(
                name.removeprefix(_CONDITION)
                for name, outcome in zip(names, row, strict=False)
                if outcome == wanted
            )
            for wanted in (Outcome.NOT_MET.value, Outcome.UNDETERMINED.value)
        }
        found.append(told[Outcome.NOT_MET.value] or told[Outcome.UNDETERMINED.value])
    return found


def _by_condition(changed: tuple[Changed, ...], old: Policy, new: Policy) -> list[ByCondition]:
    counts = Counter((each.change, name) for each in changed for name in each.conditions)
    bodies = {Change.GAINS: old.body, Change.LOSES: new.body}
    rows = [
        ByCondition(change, bodies[change].conditions[name].text, count)
        for (change, name), count in counts.items()
        if change in bodies
    ]
    return sorted(rows, key=lambda row: (list(Change).index(row.change), -row.count, row.condition.zh))


def condition_words(policy: Policy, names: tuple[str, ...]) -> list[Text]:
    """Return the words of some conditions of a version."""
    return [policy.body.conditions[name].text for name in names if name in policy.body.conditions]


@dataclass(frozen=True)
class Named:
    """A changed subject with what people call it."""

    name: str
    code: str
    changed: Changed


def with_names(changed: list[Changed]) -> list[Named]:
    """Put names to changed subjects; one query, however many there are."""
    names = {
        key: (name, code)
        for key, name, code in Subject.objects.filter(id__in=[each.subject for each in changed]).values_list(
            "id", "name", "code"
        )
    }
    return [Named(*names.get(each.subject, ("", "")), each) for each in changed]
