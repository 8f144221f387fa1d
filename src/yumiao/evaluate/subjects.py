"""One subject of a run: its row of facts, and the whole answer of one policy."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from yumiao.evaluate.batch import add_derived
from yumiao.model.facts import CODE, IDENTITY_COLUMNS, NAME, SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.rules import graph as g
from yumiao.rules.answers import Answer, Subject
from yumiao.rules.explaining import explain
from yumiao.rules.judging import SubjectJudge
from yumiao.rules.origins import origins_of
from yumiao.rules.questions import find_questions

if TYPE_CHECKING:
    from yumiao.evaluate.runs import Run


def subject_facts(run: Run, subject: str) -> pl.DataFrame:
    """Return the one row of a subject's facts, derived ones filled in.

    Raises: YumiaoError when the run has no such subject.
    """
    found = run.facts.table.filter(pl.col(SUBJECT) == subject)
    if found.is_empty():
        raise YumiaoError("subject.unknown", Text(f"这次运行中没有主体 {subject}", f"this run has no subject {subject}"))
    return add_derived(found.head(1).lazy(), run.derived).collect()


def row_of(facts: pl.DataFrame) -> dict[str, Any]:
    """Return a row as the rules read it: dates as day numbers, identity left out."""
    row = facts.row(0, named=True)
    return {
        column: g.day_number(value) if isinstance(value, dt.date) else value
        for column, value in row.items()
        if column not in IDENTITY_COLUMNS
    }


def answer_subject(run: Run, subject: str, policy_id: str) -> Answer:
    """Judge one subject of a run under one of its policies, with reasons, sources and questions."""
    evaluated = run.policy(policy_id)
    facts = subject_facts(run, subject)
    identity = facts.row(0, named=True)
    row = row_of(facts)
    judges = SubjectJudge(run.library)
    answer = explain(
        judges,
        evaluated.policy,
        run.as_of,
        row,
        subject=Subject(subject, "enterprise", identity.get(CODE), identity.get(NAME)),
        origins=origins_of(run.facts.sources, subject),
        settings=evaluated.graph.settings,
        known_at=run.known_at or None,
        snapshot=run.receipt["snapshot"],
    )
    judge = judges.policy(evaluated.policy, run.as_of, evaluated.graph.settings)
    return replace(answer, questions=find_questions(judge, row))
