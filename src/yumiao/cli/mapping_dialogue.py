"""What ``map`` shows of a proposal, and what it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from yumiao.cli.session import Session
from yumiao.model.problems import Severity
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.intake.mapping import MappingFile
    from yumiao.intake.proposals import ColumnProposal, Proposal
    from yumiao.packs.library import Library

Answers = Callable[[str, str], str]
"""Asks a person: a question and the likely answer in, what was typed out; empty leaves the question open."""

HINTS = {
    "unit": Text("如 万元", "such as 万元"),
    "year": Text("如 2025、上年", "such as 2025, 上年"),
    "missing": Text("y 是，n 否", "y or n"),
    "words": Text(
        "写出其中表示“是”的词，没有则写 n；其余为“否”",
        "those that mean yes, or n for none; the others mean no",
    ),
    "territory": Text("y 是，n 否", "y or n"),
    "persons": Text("y 丢弃；回车：以后在文件里写明", "y drops it; enter: later, in the file"),
}
"""How each kind of question is answered; an empty answer always leaves it open."""

STYLES = {"proposed": "green", "asked": "yellow", "person": "magenta", "unused": "dim"}


def show_changes(session: Session, old: MappingFile, proposal: Proposal, name: str) -> Proposal:
    """Say what is different from the table that the mapping was made for; return what is left to propose."""
    from yumiao.intake.proposed_mapping import new_columns
    from yumiao.intake.shape_changes import compare_shapes

    if old.shape is None:
        session.print(
            session.say(
                "映射文件没有记下当时的表（shape），只补新列。", "The mapping file remembers no shape."
            )
        )
        return new_columns(old, proposal)
    changes = compare_shapes(old.shape, proposal.shape, needed=old.labels(), optional=old.optional_labels())
    if not changes:
        session.print(session.say(f"与 {name} 记下的一致。", f"The table is as {name} remembers it."))
    else:
        session.print(session.say(f"与 {name} 记下的相比：", f"Compared with {name}:"), "bold")
    styles = {Severity.ERROR: "red", Severity.WARNING: "yellow", None: "dim"}
    for change in changes:
        session.print(f"  {session.words(change.text)}", styles[change.severity])
    return new_columns(old, proposal)


def show_proposal(session: Session, proposal: Proposal, library: Library) -> None:
    """Show every column with what is proposed for it, how sure that is, and why."""
    from rich.text import Text as RichText

    from yumiao.cli.tables import plain_table

    headers = [
        ("列", "Column"),
        ("单位", "Unit"),
        ("例", "Examples"),
        ("口径", "Metric"),
        ("把握", "Sure"),
        ("理由", "Reason"),
    ]
    table = plain_table(*(session.say(zh, en) for zh, en in headers), title="")
    for column in proposal.columns:
        cells = (
            column.label,
            "" if column.unit is None else session.words(column.unit.label),
            "、".join(example[:12] for example in column.examples),
            _meaning(session, column, library),
            f"{column.confidence:.2f}" if column.metric else "",
            _why(session, column),
        )
        table.add_row(*(RichText(cell) for cell in cells), style=STYLES.get(column.standing.value, ""))
    session.out.print(table)
    for question in proposal.questions:
        session.print(f"? {session.words(question.text)}", "yellow")


def _meaning(session: Session, column: ColumnProposal, library: Library) -> str:
    from yumiao.intake.proposals import Standing

    words = {
        Standing.SUBJECT: session.say("（哪一家）", "(who)"),
        Standing.YEAR: session.say("（年份）", "(year)"),
        Standing.TERRITORY: session.say("（地区）", "(territory)"),
        Standing.PERSON: session.say("（个人信息）", "(persons)"),
        Standing.FIELD: session.say("（台账字段）", "(field of a register)"),
        Standing.UNUSED: "—",
    }
    if column.standing in words:
        return words[column.standing]
    metric = library.metrics[column.metric or ""]
    mark = "" if column.standing is Standing.PROPOSED else "? "
    return f"{mark}{metric.label.words(session.language)} {metric.id}"


def _why(session: Session, column: ColumnProposal) -> str:
    asked = " ".join(session.words(question.text) for question in column.questions)
    return f"{session.words(column.reason)} {'? ' + asked if asked else ''}".strip()


def ask_questions(session: Session, proposal: Proposal, library: Library, ask: Answers) -> Proposal:
    """Ask every open question that a word can answer; an empty answer leaves it open."""
    from dataclasses import replace

    has_years = proposal.year_column is not None
    return replace(
        proposal,
        columns=tuple(_ask_column(session, column, library, has_years, ask) for column in proposal.columns),
    )


def _ask_column(
    session: Session, column: ColumnProposal, library: Library, has_years: bool, ask: Answers
) -> ColumnProposal:
    from yumiao.intake.proposal_answers import ANSWERED, answer_question
    from yumiao.intake.proposals import Standing

    if column.standing is Standing.ASKED:
        column = _ask_metric(session, column, library, has_years, ask)
    if column.standing not in (Standing.PROPOSED, Standing.PERSON, Standing.TERRITORY):
        return column
    for question in column.questions:
        while question.ask in ANSWERED and question in column.questions:
            hint = session.words(HINTS[question.ask])
            answer = ask(f"“{column.label}” {session.words(question.text)} ({hint})", "").strip()
            metric = library.metrics.get(column.metric or "")
            answered = answer_question(column, question, answer, metric)
            if answered is not None:
                column = answered
                if not answer:
                    break
    return column


def _ask_metric(
    session: Session, column: ColumnProposal, library: Library, has_years: bool, ask: Answers
) -> ColumnProposal:
    from yumiao.intake.proposal_answers import choose_metric

    candidates = [column.metric or "", *(match.metric for match in column.others)]
    listed = "  ".join(
        f"{number} {library.metrics[metric].label.words(session.language)}"
        for number, metric in enumerate(candidates, 1)
    )
    question = session.say(
        f"“{column.label}” 是哪个口径？{listed}  0 都不是（回车：以后再定）",
        f"“{column.label}” is which metric? {listed}  0 none (enter: later)",
    )
    while True:
        answer = ask(question, "").strip()
        if not answer:
            return column
        if answer == "0":
            return choose_metric(column, None, has_years=has_years)
        chosen = (
            candidates[int(answer) - 1] if answer.isdigit() and int(answer) <= len(candidates) else answer
        )
        if chosen in library.metrics:
            return choose_metric(column, library.metrics[chosen], has_years=has_years)
