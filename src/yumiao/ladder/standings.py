"""Held crossed with met: where each subject stands with each title, and what to do about it.

================  ==========  ==================  ========================================================
held              verdict     fails at renewal    standing
================  ==========  ==================  ========================================================
yes               met         no, or not known    secure
yes               met         yes                 at_risk
yes               not_met                         at_risk
no                met                             opportunity
no                not_met, a near miss            within_reach
no                not_met, far                    building
yes, no           undetermined                    open
not known         any                             open
================  ==========  ==================  ========================================================

A holder who applies again is under review and a subject that does not hold the title applies for the first time:
where nothing else was received, that is how it is judged. What is not known stays open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from yumiao.evaluate.runs import EvaluatedPolicy, evaluate
from yumiao.ladder.facts import held_metrics
from yumiao.ladder.holdings import expiring
from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.packs.library import Library, Policy

IS_REVIEW = "is_review"
"""The metric that tells a review from a first application."""


class Standing(StrEnum):
    """Held crossed with met."""

    SECURE = "secure"
    AT_RISK = "at_risk"
    OPPORTUNITY = "opportunity"
    WITHIN_REACH = "within_reach"
    BUILDING = "building"
    OPEN = "open"

    @property
    def label(self) -> Text:
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.SECURE: Text("稳固", "secure"),
    Standing.AT_RISK: Text("有风险", "at risk"),
    Standing.OPPORTUNITY: Text("可申报", "opportunity"),
    Standing.WITHIN_REACH: Text("差一步", "within reach"),
    Standing.BUILDING: Text("培育中", "building"),
    Standing.OPEN: Text("未定", "open"),
}

STANDING_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "title": pl.String(),
    "policy": pl.String(),
    "held": pl.Boolean(),
    "outcome": pl.String(),
    "near_miss": pl.Boolean(),
    "at_renewal": pl.String(),
    "renewal_on": pl.Date(),
    "standing": pl.String(),
}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Judge:
    """Judges one policy for all subjects with what their titles say of the application."""

    library: Library
    facts: Facts
    policy: Policy
    known_at: str

    def judge(self, held: pl.DataFrame, as_of: dt.date, policy: Policy) -> pl.DataFrame:
        """Return one row per subject of ``held`` (subject, held): subject, outcome, near_miss."""
        facts = _only(self.facts, held[SUBJECT])
        if IS_REVIEW in self.library.metrics:
            facts = _with_review(facts, held)
        run = evaluate(self.library, facts, as_of=as_of, policies=[policy.id], known_at=self.known_at)
        return _outcomes(run.policies[0])


def _only(facts: Facts, subjects: pl.Series) -> Facts:
    kept = facts.table.filter(pl.col(SUBJECT).is_in(subjects.implode()))
    return replace(facts, table=kept)


def _with_review(facts: Facts, held: pl.DataFrame) -> Facts:
    """Say whether an application is a review, where nothing was received."""
    known = facts.table.select(SUBJECT).join(held, on=SUBJECT, how="left", maintain_order="left")["held"]
    received = [pl.col(IS_REVIEW)] if IS_REVIEW in facts.table.columns else []
    table = facts.table.with_columns(pl.coalesce(*received, pl.lit(known)).alias(IS_REVIEW))
    return replace(facts, table=table)


def _outcomes(evaluated: EvaluatedPolicy) -> pl.DataFrame:
    return evaluated.verdicts.select(
        SUBJECT, pl.col("outcome").cast(pl.String), pl.col("near_miss").cast(pl.Boolean)
    )


def granting_policies(library: Library, as_of: dt.date) -> dict[str, Policy]:
    """Return for each title the policy in force by which it is granted; titles without one are left out."""
    found: dict[str, Policy] = {}
    for family in library.families():
        policy = library.in_force(family, as_of)
        if policy is not None and policy.body.grants is not None:
            found.setdefault(policy.body.grants.title, policy)
    return found


def standings(
    library: Library,
    facts: Facts,
    holdings: pl.DataFrame,
    *,
    as_of: dt.date,
    within_days: int,
    absent: Collection[tuple[str, str]] = (),
    titles: Sequence[str] = (),
    known_at: str = "",
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Cross what is held with what the rules say.

    Args:
        facts: one row per subject, title facts filled in (:func:`yumiao.ladder.facts.add_title_facts`).
        holdings: as of ``as_of`` (:func:`yumiao.ladder.holdings.holdings_on`).
        absent: (subject, title) of those known not to hold it though no row names them; whom neither tells of may
            hold it or not.
        within_days: titles that end so soon are judged on their last day too, with the facts known now.
        titles: only these; default: every title that a policy in force on ``as_of`` grants.
    Returns: one row per subject and title: policy, ``held`` (NULL: not known), ``outcome``, ``near_miss``,
        ``at_renewal`` (outcome on the last day of the title; NULL: not judged), ``renewal_on``, ``standing``.
        A title that no policy in force grants has no rows. By title and subject.
    """
    granting = granting_policies(library, as_of)
    chosen = {title: policy for title, policy in granting.items() if not titles or title in titles}
    metrics = held_metrics(library)
    frames = []
    for number, (title, policy) in enumerate(chosen.items()):
        if progress is not None:
            progress(title, number, len(chosen))
        judge = _Judge(library, facts, policy, known_at)
        own = _own_holdings(facts, holdings, title, absent, metrics.get(title, ()))
        frames.append(_crossed(judge, title, own, as_of, within_days))
    return pl.concat([pl.DataFrame(schema=STANDING_SCHEMA), *frames])


def _own_holdings(
    facts: Facts,
    holdings: pl.DataFrame,
    title: str,
    absent: Collection[tuple[str, str]],
    metrics: Sequence[str],
) -> pl.DataFrame:
    """Return one row per subject: what it holds of a title, wherever it stands.

    Rows of lists go first, then complete lists, then a yes or no that was received as such.
    """
    own = holdings.filter(pl.col("title") == title).drop("held", "title").rename({"valid": "held"})
    out = pl.Series([subject for subject, of in absent if of == title], dtype=pl.String)
    not_held = pl.when(pl.col(SUBJECT).is_in(out.implode())).then(pl.lit(value=False))
    received = [name for name in metrics if name in facts.table.columns]
    joined = facts.table.select(SUBJECT, *received).join(own, on=SUBJECT, how="left", maintain_order="left")
    return joined.with_columns(held=pl.coalesce("held", not_held, *received)).drop(received)


def _crossed(judge: _Judge, title: str, own: pl.DataFrame, as_of: dt.date, within_days: int) -> pl.DataFrame:
    held = own.select(SUBJECT, "held")
    now = judge.judge(held, as_of, judge.policy)
    later = list(_at_renewal(judge, own, as_of, within_days))
    renewal_schema = {name: STANDING_SCHEMA[name] for name in (SUBJECT, "at_renewal", "renewal_on")}
    renewals = pl.concat([pl.DataFrame(schema=renewal_schema), *later])
    return (
        held.join(now, on=SUBJECT, how="left", maintain_order="left")
        .join(renewals, on=SUBJECT, how="left", maintain_order="left")
        .with_columns(title=pl.lit(title), policy=pl.lit(judge.policy.id))
        .with_columns(standing=_standing())
        .select(pl.col(name).cast(dtype) for name, dtype in STANDING_SCHEMA.items())
        .sort(SUBJECT)
    )


def _at_renewal(judge: _Judge, own: pl.DataFrame, as_of: dt.date, within_days: int) -> Iterator[pl.DataFrame]:
    """Judge those whose title ends soon on its last day, by the policy in force then."""
    soon = expiring(own.with_columns(title=pl.lit("")), as_of, within_days).filter(pl.col("held"))
    for (day,), rows in soon.group_by("until_low", maintain_order=True):
        assert isinstance(day, dt.date)  # noqa: S101 - the column holds dates, and NULL is no day within reach
        policy = judge.library.in_force(judge.policy.family, day)
        holders = rows.select(SUBJECT, held=pl.lit(value=True))
        if policy is not None:
            found = judge.judge(holders, day, policy)
            yield found.select(SUBJECT, at_renewal="outcome", renewal_on=pl.lit(day))


def _standing() -> pl.Expr:
    met, failed = pl.col("outcome") == Outcome.MET, pl.col("outcome") == Outcome.NOT_MET
    fails_later = (pl.col("at_renewal") == Outcome.NOT_MET).fill_null(value=False)
    return (
        pl.when(pl.col("held") & (failed | (met & fails_later)))
        .then(pl.lit(Standing.AT_RISK))
        .when(pl.col("held") & met)
        .then(pl.lit(Standing.SECURE))
        .when(~pl.col("held") & met)
        .then(pl.lit(Standing.OPPORTUNITY))
        .when(~pl.col("held") & failed & pl.col("near_miss"))
        .then(pl.lit(Standing.WITHIN_REACH))
        .when(~pl.col("held") & failed)
        .then(pl.lit(Standing.BUILDING))
        .otherwise(pl.lit(Standing.OPEN))
    )
