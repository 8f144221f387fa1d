"""``queue``, ``decide``, ``undo``: pairs of which a person says whether they are one subject."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, Session, session_of
from yumiao.cli.storing import StoreOption, WhoOption, WhyOption, moment, open_chosen, person, whole_batch
from yumiao.cli.subjects import JsonOption, print_json
from yumiao.cli.tables import plain_table

if TYPE_CHECKING:
    from yumiao.store import State


class Decision(StrEnum):
    """What a person decides of a pair."""

    SAME = "same"
    DIFFERENT = "different"


MostOption = Annotated[
    int, typer.Option("--most", metavar="N", help=both("最多列出几对", "How many pairs to list"))
]


def queue_command(
    context: typer.Context,
    store: StoreOption = None,
    most: MostOption = 50,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the pairs that wait for a person, from the least sure."""
    from yumiao.importing.naming import known_names
    from yumiao.importing.queue import open_pairs

    session = session_of(context, lang)
    state = open_chosen(store).state()
    pairs = open_pairs(state)
    if as_json:
        print_json(session, pairs.to_dicts())
        return
    if not pairs.height:
        session.print(session.say("没有待辨认的主体。", "No pairs wait for a person."))
        return
    named = {row["subject"]: row for row in known_names(state).iter_rows(named=True)}
    table = plain_table(
        session.say("主体", "Subject"),
        session.say("可能是", "May be"),
        session.say("依据", "Evidence"),
        title=session.say(f"待辨认 {pairs.height:,} 对", f"{pairs.height:,} pairs to be told apart"),
    )
    table.add_column(session.say("概率", "Probability"), justify="right")
    for row in pairs.head(most).iter_rows(named=True):
        evidence = row["evidence_zh"] if session.language == "zh" else row["evidence_en"]
        probability = "" if row["probability"] is None else f"{row['probability']:.3f}"
        table.add_row(_who(named, row["subject"]), _who(named, row["other"]), evidence or "", probability)
    session.out.print(table)
    session.print(
        session.say(
            "决定：yumiao decide 主体 另一主体 same|different --why 理由",
            "To decide: yumiao decide SUBJECT OTHER same|different --why REASON",
        )
    )


def _who(named: dict[str, dict[str, str]], subject: str) -> str:
    found = named.get(subject, {})
    return "\n".join(part for part in (subject, found.get("name"), found.get("code")) if part)


def decide_command(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help=both("清单左边的编号", "The id on the left"))
    ],
    other: Annotated[
        str, typer.Argument(metavar="OTHER", help=both("清单右边的编号", "The id on the right"))
    ],
    decision: Annotated[
        Decision, typer.Argument(help=both("same 同一主体，different 不是", "same or different"))
    ],
    store: StoreOption = None,
    why: WhyOption = "",
    who: WhoOption = None,
    lang: LangOption = None,
) -> None:
    """Say whether two subjects are one; it is remembered and can be undone."""
    from yumiao.importing.queue import decide_pair

    session = session_of(context, lang)
    with open_chosen(store).writing(person(who), moment(session)) as draft:
        number = decide_pair(draft, subject, other, is_same=decision is Decision.SAME, why=why)
    session.print(
        session.say(
            f"已记为第 {number} 号决定；用 yumiao undo {number} 撤回。",
            f"Recorded as decision {number}; yumiao undo {number} takes it back.",
        )
    )


def split_command(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help=both("主体编号", "Id of the subject"))],
    batches: Annotated[
        list[str],
        typer.Argument(
            metavar="BATCH…", help=both("哪些批次说的是另一家", "Batches that speak of another one")
        ),
    ],
    store: StoreOption = None,
    why: WhyOption = "",
    who: WhoOption = None,
    lang: LangOption = None,
) -> None:
    """Say that what some batches told of a subject is of another one; it can be undone."""
    from yumiao.importing.queue import split_subject

    session = session_of(context, lang)
    with open_chosen(store).writing(person(who), moment(session)) as draft:
        named = [whole_batch(draft.state, each) for each in batches]
        new, number = split_subject(draft, subject, named, why)
    session.print(
        session.say(
            f"已拆出新主体 {new}，记为第 {number} 号决定；用 yumiao undo {number} 撤回。",
            f"Split off as {new}, recorded as decision {number}; yumiao undo {number} takes it back.",
        )
    )


def undo_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help=both("决定的编号", "Number of the decision"))],
    store: StoreOption = None,
    why: WhyOption = "",
    who: WhoOption = None,
    lang: LangOption = None,
) -> None:
    """Take a decision back; what rested on it is as it was."""
    session = session_of(context, lang)
    with open_chosen(store).writing(person(who), moment(session)) as draft:
        draft.undo(number, why)
    session.print(session.say(f"第 {number} 号决定已撤回。", f"Decision {number} is taken back."))


def decisions_command(
    context: typer.Context, store: StoreOption = None, as_json: JsonOption = False, lang: LangOption = None
) -> None:
    """List the decisions on who is who that hold."""
    session = session_of(context, lang)
    state = open_chosen(store).state()
    if as_json:
        print_json(session, [event.as_json() for event in state.decisions])
        return
    _show_decisions(session, state)


def _show_decisions(session: Session, state: State) -> None:
    if not state.decisions:
        session.print(session.say("还没有决定。", "No decisions yet."))
        return
    table = plain_table(
        *(
            session.say(*label)
            for label in (("编号", "No."), ("何时", "When"), ("何人", "Who"), ("决定", "Decision"))
        ),
        session.say("理由", "Why"),
        title=session.say("辨认决定", "Decisions on who is who"),
    )
    for event in state.decisions:
        subjects = [
            str(event.details[name])
            for name in ("from", "subject", "left", "into", "right")
            if name in event.details
        ]
        table.add_row(
            str(event.seq),
            event.at[:19],
            event.who,
            f"{event.act.value} {' / '.join(subjects)}",
            str(event.details.get("why", "")),
        )
    session.out.print(table)
