"""One answer on the terminal: the JSON of an answer, laid out for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text as RichText

from yumiao.cli.session import Session
from yumiao.cli.tables import STYLES
from yumiao.model.outcomes import OUTCOME_LABELS, REASON_LABELS, Outcome, Reason
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.rules.planning import PlanResult

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
        session.out.print(Padding(RichText(line), (0, 0, 0, 6), expand=False))
    for line in _fact_lines(session, condition):
        session.out.print(Padding(RichText(line, style="dim"), (0, 0, 0, 6), expand=False))


def _condition_lines(session: Session, condition: Json) -> Iterator[str]:
    value, limit = condition["value"], condition["threshold"]
    if value is not None:
        told = words_of(session, value["label"])
        is_yes_no = value.get("exact") in ("true", "false")
        against = words_of(session, limit["label"]) if limit is not None and not is_yes_no else ""
        yield f"{told}{session.say('，门槛 ', ', limit ')}{against}" if against else told
    if condition["gap"] is not None:
        yield words_of(session, condition["gap"]["text"])
    names = dict.fromkeys(_named(session, fact) for fact in condition["missing"])
    if names:
        yield session.say("缺 ", "missing ") + session.say("、", ", ").join(names)


def _named(session: Session, fact: Json) -> str:
    kind, year = fact["period"][:2], fact["period"][2:]
    if fact["period"] == "now":
        period = ""
    elif session.language == "zh":
        period = f" {year}年末" if kind == "YE" else f" {year}年"
    else:
        period = f" {fact['period']}"
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
            session.out.print(
                Padding(RichText(text), (0, 0, 0, 2 * (criterion["id"].count(".") + 1)), expand=False)
            )


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
        session.out.print(Padding(RichText(text), (0, 0, 0, 2), expand=False))


def list_plans(session: Session, answer: Json) -> None:
    """Show each plan: what to change by how much, and what it takes over from earlier years."""
    labels = {"proven": Text("已证最少", "proven least"), "best_found": Text("所找到的最好", "best found")}
    for number, plan in enumerate(answer["plans"], 1):
        label = session.words(labels.get(plan["label"], Text(plan["label"])))
        session.print(f"{session.say('路径', 'Plan')} {number}  {plan['on']}  {label}", "bold")
        for change in plan["changes"]:
            session.out.print(
                Padding(RichText(words_of(session, change["text"])), (0, 0, 0, 2), expand=False)
            )
            if change["needs"] is not None:
                needs = f"{session.say('需要', 'needs')} {words_of(session, change['needs'])}"
                session.out.print(Padding(RichText(needs, style="dim"), (0, 0, 0, 4), expand=False))
    taken_over = [words_of(session, each["text"]) for plan in answer["plans"] for each in plan["assumptions"]]
    for text in dict.fromkeys(taken_over):
        line = RichText(f"{session.say('假定', 'assuming')} {text}", style="dim")
        session.out.print(Padding(line, (0, 0, 0, 2), expand=False))


def list_hindrances(session: Session, result: PlanResult) -> None:
    """Say why there is no plan, and what to ask first."""
    title = session.say(f"到 {result.on} 没有路径：", f"No plan for {result.on}:")
    session.print(title, "bold")
    for hindrance in result.hindrances:
        why = f"{session.words(hindrance.obstacle.label)}"
        text = session.words(hindrance.text)
        session.out.print(
            Padding(RichText(text if why in text else f"{text}  {why}"), (0, 0, 0, 2), expand=False)
        )
    for question in result.questions:
        text = f"{session.say('先问', 'ask first')} {session.words(question.text)}"
        session.out.print(Padding(RichText(text, style="dim"), (0, 0, 0, 2), expand=False))


def _show_receipt(session: Session, answer: Json) -> None:
    receipt = answer["receipt"]
    switches = ", ".join(f"{name}={reading}" for name, reading in receipt["switches"].items())
    session.print()
    session.print(session.say("凭据", "Receipt"), "dim")
    for name in ("pack", "snapshot"):
        if receipt[name]:
            session.print(f"  {name} {receipt[name]}", "dim")
    if switches:
        session.out.print(Padding(RichText(switches, style="dim"), (0, 0, 0, 2), expand=False))
    session.print(f"  yumiao {receipt['engine']}", "dim")
