"""One answer on the terminal: the JSON of an answer, laid out for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.padding import Padding
from rich.text import Text as RichText

from yumiao.cli.overview import STYLES
from yumiao.cli.session import Session
from yumiao.model.outcomes import OUTCOME_LABELS, REASON_LABELS, Outcome, Reason
from yumiao.model.text import Text

Json = Mapping[str, Any]

MARKS = {Outcome.MET: "✓", Outcome.NOT_MET: "✕", Outcome.UNDETERMINED: "?"}
FACTS = 8
"""Facts of one condition that are listed."""


def show_answer(session: Session, answer: Json, labels: Mapping[str, Text]) -> None:
    """Show the verdict, every condition, the scores and the questions."""
    show_verdict(session, answer, labels)
    for condition in answer["conditions"]:
        _show_condition(session, condition)
    if answer["conditions"]:
        session.print()
        session.print(session.say("◆ 决定结论的条件", "◆ decides the outcome"), "dim")
    _show_scores(session, answer)
    if answer["questions"]:
        session.print()
        list_questions(session, answer)
    _show_receipt(session, answer)


def words_of(session: Session, text: Json | None) -> str:
    """Return a text of the answer in the session's language."""
    if text is None:
        return ""
    own, other = ("zh", "en") if session.language == "zh" else ("en", "zh")
    return str(text.get(own) or text.get(other) or "")


def show_verdict(session: Session, answer: Json, labels: Mapping[str, Text]) -> None:
    """Show who is judged by what, and the outcome.

    Args:
        labels: names of classes and routes.
    """
    subject, outcome = answer["subject"], Outcome(answer["outcome"])
    session.print(f"{subject['name'] or subject['id']}  {subject['code'] or ''}".rstrip(), "bold")
    date = session.say("申报日期", "application date")
    session.print(f"{answer['policy']}@{answer['version']}  {date} {answer['as_of']}")
    if not answer["in_force"]:
        session.print(
            session.say("该日不施行此版本。", "This version is not in force on that date."), "yellow"
        )
    named = [answer["class"], answer["route"], *(answer["possible"] or ())]
    extras = [session.words(labels[name]) if name in labels else name for name in named if name]
    extras += [session.words(REASON_LABELS[Reason(reason)]) for reason in answer["reasons"]]
    session.out.print(_outcome(session, outcome), RichText("  ".join(extras)))


def _outcome(session: Session, outcome: Outcome) -> RichText:
    return RichText(
        f"{MARKS[outcome]} {session.words(OUTCOME_LABELS[outcome])}", style=f"bold {STYLES[outcome]}"
    )


def _show_condition(session: Session, condition: Json) -> None:
    mark = "◆ " if condition["decisive"] else "  "
    outcome = Outcome(condition["outcome"])
    text = RichText(f"  {words_of(session, condition['text'])}  ")
    session.print()
    session.out.print(
        RichText(mark), _outcome(session, outcome), text, RichText(condition["cite"], style="dim"), sep=""
    )
    for line in _condition_lines(session, condition):
        session.out.print(Padding(RichText(line), (0, 0, 0, 6)))
    for line in _fact_lines(session, condition):
        session.out.print(Padding(RichText(line, style="dim"), (0, 0, 0, 6)))


def _condition_lines(session: Session, condition: Json) -> Iterator[str]:
    value, limit = condition["value"], condition["threshold"]
    shown = [words_of(session, part["label"]) for part in (value, limit) if part is not None]
    if value is not None and shown:
        yield session.say("，门槛 ", ", limit ").join(shown)
    if condition["gap"] is not None:
        yield words_of(session, condition["gap"]["text"])
    names = dict.fromkeys(_named(session, fact) for fact in condition["missing"])
    if names:
        yield session.say("缺 ", "missing ") + session.say("、", ", ").join(names)


def _named(session: Session, fact: Json) -> str:
    period = "" if fact["period"] == "now" else f" {fact['period']}"
    return f"{words_of(session, fact['name'])}{period}"


def _fact_lines(session: Session, condition: Json) -> Iterator[str]:
    facts = condition["facts"]
    for fact in facts[:FACTS]:
        place = fact["source"] and _place(fact["source"])
        source = (
            f"  ← {place}" if place else session.say("  ← 推得", "  ← derived") if not fact["source"] else ""
        )
        yield f"{_named(session, fact)}  {words_of(session, fact['label'])}{source}"
    if len(facts) > FACTS:
        more = len(facts) - FACTS
        yield session.say(f"另有 {more} 项事实", f"and {more} more facts")


def _place(source: Json) -> str:
    return " ".join(part for part in (source["file"], source["sheet"], source["cell"]) if part)


def _show_scores(session: Session, answer: Json) -> None:
    for score in answer["scores"]:
        session.print()
        session.print(f"{words_of(session, score['text'])}  {_span(score)} / {score['of']}", "bold")
        for criterion in score["criteria"]:
            why = criterion["because"]
            reason = f"  {session.words(REASON_LABELS[Reason(why)])}" if why else ""
            text = f"{words_of(session, criterion['text'])}  {_span(criterion)} / {criterion['of']}{reason}"
            session.out.print(Padding(RichText(text), (0, 0, 0, 2 * (criterion["id"].count(".") + 1))))


def _span(points: Json) -> str:
    low, high = points["low"], points["high"]
    return str(low) if low == high else f"{low}–{high}"


def list_questions(session: Session, answer: Json) -> None:
    """List the questions; say so when nothing is left to ask."""
    if not answer["questions"]:
        session.print(session.say("没有能改变结论的未知事实。", "No unknown fact could change the outcome."))
        return
    session.print(session.say("待问", "Questions"), "bold")
    for number, question in enumerate(answer["questions"], 1):
        settles = ", ".join(question["settles"])
        place = f"{question['metric']} {question['period']}"
        text = f"{number}. {words_of(session, question['text'])}  [{place}] → {settles}"
        session.out.print(Padding(RichText(text), (0, 0, 0, 2)))


def list_plans(session: Session, answer: Json) -> None:
    """Show each plan: what to change by how much, and what it takes over from earlier years."""
    if not answer["plans"]:
        session.print(session.say("没有找到只靠抓手就能符合的路径。", "The levers alone carry no plan."))
        return
    labels = {"proven": Text("已证最少", "proven least"), "best_found": Text("所找到的最好", "best found")}
    for number, plan in enumerate(answer["plans"], 1):
        label = session.words(labels.get(plan["label"], Text(plan["label"])))
        session.print(f"{session.say('路径', 'Plan')} {number}  {plan['on']}  {label}", "bold")
        for change in plan["changes"]:
            session.out.print(Padding(RichText(words_of(session, change["text"])), (0, 0, 0, 2)))
            if change["needs"] is not None:
                needs = f"{session.say('需要', 'needs')} {words_of(session, change['needs'])}"
                session.out.print(Padding(RichText(needs, style="dim"), (0, 0, 0, 4)))
        for assumption in plan["assumptions"]:
            text = f"{session.say('假定', 'assuming')} {words_of(session, assumption['text'])}"
            session.out.print(Padding(RichText(text, style="dim"), (0, 0, 0, 2)))


def _show_receipt(session: Session, answer: Json) -> None:
    receipt = answer["receipt"]
    switches = ", ".join(f"{name}={reading}" for name, reading in receipt["switches"].items())
    session.print()
    session.print(session.say("凭据", "Receipt"), "dim")
    for name in ("pack", "snapshot"):
        if receipt[name]:
            session.print(f"  {name} {receipt[name]}", "dim")
    if switches:
        session.out.print(Padding(RichText(switches, style="dim"), (0, 0, 0, 2)))
    session.print(f"  yumiao {receipt['engine']}", "dim")
