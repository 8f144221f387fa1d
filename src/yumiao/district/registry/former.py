"""What the register says of some subjects before it is brought up to date: what stayed need not be made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db import connection, models

from yumiao.district.registry.hindrances import Words, columns_read
from yumiao.district.registry.models import OutcomeCurrent, Subject, SubjectAlias, TitleHeld
from yumiao.district.registry.projecting import OUTCOME_COLUMNS, Projected, Span
from yumiao.district.registry.services import SUBJECT_COLUMNS
from yumiao.district.registry.titles import TITLE_COLUMNS
from yumiao.evaluate import Run
from yumiao.evaluate.batch import add_derived
from yumiao.ladder.known import Renewal
from yumiao.model.facts import SUBJECT

Row = tuple[Any, ...]

PLACES = 500
"""Ids that one statement names."""


@dataclass(frozen=True)
class Former:
    """The register as it was, as far as subjects moved.

    Attributes:
        subjects: rows of those that moved, by id, in the order of `SUBJECT_COLUMNS`.
        titles: rows of theirs, in the order of `TITLE_COLUMNS`.
        aliases: merged id → the id it is read as, of everybody.
        judged: those that moved of whom there were facts.
        moved: whose facts are others than they were; see `find_moved`.
        is_worded: whether its words were written by the same rules of wording as today's.
    """

    subjects: Mapping[str, Row] = field(repr=False)
    titles: frozenset[Row] = field(repr=False)
    aliases: Mapping[str, str] = field(repr=False)
    judged: frozenset[str] = field(repr=False)
    moved: pl.DataFrame = field(repr=False)
    is_worded: bool

    @classmethod
    def of(
        cls, facts: pl.DataFrame, receipt: Mapping[str, Any], projected: Projected, ids: pl.Series
    ) -> Former:
        """Read what the register says now of the subjects that moved.

        Args:
            facts: the facts of everybody that it was judged by, without derived ones.
            receipt: what its verdicts were a function of.
            projected: what is to be said of those that moved.
            ids: the subjects that moved.
        """
        wanted = facts.filter(pl.col(SUBJECT).is_in(ids.implode())).lazy()
        before = add_derived(wanted, list(projected.run.derived)).collect(engine="streaming")
        return cls(
            {row[0]: row for row in _rows_of(Subject, SUBJECT_COLUMNS, "id", ids)},
            frozenset(_rows_of(TitleHeld, TITLE_COLUMNS, "subject_id", ids)),
            dict(SubjectAlias.objects.values_list("id", "subject_id")),
            frozenset(before[SUBJECT]),
            find_moved(before, projected.judged),
            receipt.get("engine") == projected.run.receipt["engine"],
        )

    def titles_of(self, renewal: Renewal | None) -> frozenset[Row]:
        """Return the titles of those of whom only some facts were read anew: none of these follows from titles."""
        if renewal is None:
            return frozenset()
        subjects = frozenset(renewal.subjects)
        return frozenset(row for row in self.titles if row[0] in subjects)

    def span_of(self, run: Run) -> Span:
        """Return of which verdicts of those that moved another thing may be said: all of whoever came or went.

        Of the others, those of a policy that reads a fact which is another one now, or under which somebody's verdict
        is contested that was not, or was and is not.
        """
        judged = frozenset(self.moved[SUBJECT])
        if not self.is_worded:
            return Span(frozenset(each.policy.family for each in run.policies), judged | self.subjects.keys())
        ids = pl.Series(sorted(judged | self.subjects.keys()), dtype=pl.String)
        before: dict[str, set[str]] = {}
        for family, subject in _rows_of(
            OutcomeCurrent, ("family", "subject_id"), "subject_id", ids, contested=True
        ):
            before.setdefault(family, set()).add(subject)
        stayed = self.moved.filter(
            pl.col(SUBJECT).is_in(pl.Series(sorted(self.judged), dtype=pl.String).implode())
        )
        moved = {name for name in stayed.columns if name != SUBJECT and stayed[name].any()}
        families = {
            each.policy.family
            for each in run.policies
            if columns_read(each) & moved
            or _contested(each.verdicts) != before.get(each.policy.family, set())
        }
        return Span(frozenset(families), judged ^ self.judged)

    def outcomes(self, span: Span) -> frozenset[Row]:
        """Return the rows of those verdicts, in the order of `OUTCOME_COLUMNS`."""
        everybody, some = (
            pl.Series(sorted(each), dtype=pl.String) for each in (self.subjects, span.subjects)
        )
        table, columns, key = OutcomeCurrent, OUTCOME_COLUMNS, "subject_id"
        found = frozenset(_plain_rows_of(table, columns, key, some))
        if not span.families:
            return found
        families = sorted(span.families)
        return found.union(_plain_rows_of(table, columns, key, everybody, family__in=families))

    def words(self, outcomes: Iterable[Row]) -> Words:
        """Return the words of rows of outcomes that still hold: where no fact that the policy reads is another one."""
        if not self.is_worded:
            return Words()
        at = [OUTCOME_COLUMNS.index(name) for name in ("family", "subject_id", "gap_zh", "gap_en")]
        held: dict[str, list[Row]] = {}
        for row in outcomes:
            family, *rest = (row[place] for place in at)
            held.setdefault(family, []).append(tuple(rest))
        schema = {SUBJECT: pl.String, "zh": pl.String, "en": pl.String}
        texts = {family: pl.DataFrame(rows, schema, orient="row") for family, rows in held.items()}
        return Words(texts, self.moved)


def _contested(verdicts: pl.DataFrame) -> set[str]:
    return set(verdicts.filter("contested")[SUBJECT])


def find_moved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Say for each subject which of its facts differ from what they were.

    Args:
        before, after: facts; one row per subject in both, in any order.
    Returns: one row per subject of ``after``, in its order: ``subject`` and for each column in which anybody's fact
        differs whether its own does. Whoever is not in ``before`` differs in every column of ``after``.
    """
    aligned = after.select(SUBJECT).join(before, on=SUBJECT, how="left", maintain_order="left")
    is_new = ~after[SUBJECT].is_in(before[SUBJECT].implode())
    found = {SUBJECT: after[SUBJECT]}
    for name in dict.fromkeys((*after.columns, *before.columns)):
        if name == SUBJECT:
            continue
        old, new = (frame[name] if name in frame.columns else None for frame in (aligned, after))
        differs = _differs(old, new, after.height) | is_new
        if differs.any():
            found[name] = differs
    return pl.DataFrame(found)


def _differs(old: pl.Series | None, new: pl.Series | None, height: int) -> pl.Series:
    if old is None or new is None:
        known = new if old is None else old
        return known.is_not_null() if known is not None else pl.repeat(value=False, n=height, eager=True)
    return (
        old.ne_missing(new) if old.dtype == new.dtype else old.cast(pl.String).ne_missing(new.cast(pl.String))
    )


def _asked_of(
    table: type[models.Model], columns: Sequence[str], key: str, ids: pl.Series, conditions: Mapping[str, Any]
) -> Iterator[models.QuerySet[Any, Row]]:
    for start in range(0, len(ids), PLACES):
        part = {f"{key}__in": ids[start : start + PLACES].to_list()}
        yield table._default_manager.filter(**part, **conditions).values_list(*columns)  # noqa: SLF001 - Django's own name of it


def _rows_of(
    table: type[models.Model], columns: Sequence[str], key: str, ids: pl.Series, **conditions: Any
) -> Iterator[Row]:
    """Yield the rows of some subjects; ``key`` is the column of the subject."""
    for asked in _asked_of(table, columns, key, ids, conditions):
        yield from asked


def _plain_rows_of(
    table: type[models.Model], columns: Sequence[str], key: str, ids: pl.Series, **conditions: Any
) -> Iterator[Row]:
    """Yield the same rows as the database has them: quicker where they are many, for columns without days."""
    for asked in _asked_of(table, columns, key, ids, conditions):
        with connection.cursor() as cursor:
            cursor.execute(*asked.query.sql_with_params())
            yield from cursor.fetchall()
