"""What one subject of a run would have to change to be met on a later date."""

from __future__ import annotations

import datetime as dt

import polars as pl

from yumiao.evaluate import Run
from yumiao.evaluate.subjects import row_of
from yumiao.model.facts import SUBJECT
from yumiao.rules.judging import SubjectJudge
from yumiao.rules.planning import PlanResult, plan


def plan_subject(run: Run, subject: str, policy_id: str, on: dt.date | None = None) -> PlanResult:
    """Plan for one subject under one policy of a run.

    Args:
        on: the application date; default: the policy's next known window, else a year later.
    Raises: YumiaoError when the run did not judge the policy.
    """
    evaluated = run.policy(policy_id)
    row = row_of(run.facts.table.filter(pl.col(SUBJECT) == subject))
    judges = SubjectJudge(run.library)
    return plan(judges, evaluated.policy, run.as_of, row, on=on, settings=evaluated.graph.settings)
