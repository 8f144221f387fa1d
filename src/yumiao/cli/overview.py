"""What a run found, on the terminal."""

from __future__ import annotations

from yumiao.cli.session import Session
from yumiao.cli.tables import STYLES, plain_table
from yumiao.report.lists import Lists
from yumiao.report.questions import most_asked
from yumiao.report.summary import PolicySummary, Summary
from yumiao.report.wording import OUTCOMES

QUESTIONS = 5
"""Questions shown over all policies."""

NEAR_MISSES = 3
"""Near misses shown of each policy."""


def show_overview(session: Session, summary: Summary, lists: Lists) -> None:
    """Show outcomes, questions, near misses and problems."""
    _show_outcomes(session, summary)
    _show_questions(session, lists)
    _show_near_misses(session, summary, lists)
    _show_contested(session, lists)
    _show_problems(session, summary)


def _show_outcomes(session: Session, summary: Summary) -> None:
    title = session.say(
        f"{summary.subjects:,} 家，申报日期 {summary.run.as_of}",
        f"{summary.subjects:,} subjects, application date {summary.run.as_of}",
    )
    table = plain_table(session.say("政策", "Policy"), title=title)
    for outcome in OUTCOMES:
        table.add_column(session.words(outcome.label), justify="right", style=STYLES[outcome])
    table.add_column(session.say("接近达标", "Near misses"), justify="right")
    for policy in summary.policies:
        counts = (f"{policy.counts[outcome]:,}" for outcome in OUTCOMES)
        table.add_row(_title(session, policy), *counts, f"{policy.near_misses.len():,}")
    session.out.print(table)


def _title(session: Session, policy: PolicySummary) -> str:
    title = session.words(policy.title)
    return (
        title if policy.evaluated.in_force else f"{title}{session.say('（非施行版本）', ' (not in force)')}"
    )


def _show_questions(session: Session, lists: Lists) -> None:
    found = most_asked(lists.questions, QUESTIONS, lists.language)
    if found.is_empty():
        return
    table = plain_table(title=session.say("最值得先问的", "Most worth asking"))
    table.add_column(session.say("问什么", "Question"), overflow="fold")
    table.add_column(session.say("未定结论", "Open verdicts"), justify="right")
    table.add_column(session.say("政策", "Policy"), overflow="fold")
    for row in found.iter_rows(named=True):
        table.add_row(row["question"], f"{row['verdicts']:,}", row["policy"])
    session.out.print(table)


def _show_near_misses(session: Session, summary: Summary, lists: Lists) -> None:
    table = plain_table(
        session.say("接近达标", "Near misses"),
        session.say("政策", "Policy"),
        session.say("差距", "Gap"),
        title=session.say(f"每项政策最近的{NEAR_MISSES}家", f"The nearest {NEAR_MISSES} of each policy"),
    )
    for policy in summary.policies:
        for row in lists.near_misses[policy.id].head(NEAR_MISSES).iter_rows(named=True):
            table.add_row(
                row["name"] or row["subject"],
                session.words(policy.title),
                row["gap_text"] or row["value_text"],
            )
    if table.row_count:
        session.out.print(table)


def _show_contested(session: Session, lists: Lists) -> None:
    count = lists.contested.height
    if count:
        zh = f"有 {count:,} 个结论因来源不一致待核实，清单见工作簿“来源不一致”一页。"
        en = f"{count:,} verdicts depend on which source is right; the list is on the sheet “Contested”."
        session.print(session.say(zh, en), "yellow")


def _show_problems(session: Session, summary: Summary) -> None:
    count = len(summary.run.facts.problems)
    zh = f"文件中有 {count:,} 处问题，清单见工作簿“问题”一页和 problems.json。" if count else "文件没有问题。"
    en = (
        f"{count:,} problems in the files; the list is on the sheet “Problems” and in problems.json."
        if count
        else "No problems in the files."
    )
    session.print(session.say(zh, en))
