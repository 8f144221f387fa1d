"""``batches``, ``revert``, ``unrevert``, ``facts``: what a store has received, and taking a batch back."""

from __future__ import annotations

from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, read_date, session_of
from yumiao.cli.storing import (
    StoreKnownAtOption,
    StoreOption,
    WhoOption,
    WhyOption,
    moment,
    open_chosen,
    person,
    whole_batch,
)
from yumiao.cli.subjects import JsonOption, SubjectArgument, choose_subject, print_json
from yumiao.cli.tables import plain_table

BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help=both("批次编号", "Id of the batch"))]
FactsAsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=both("按此日期有效的事实；默认全部", "Facts as of this date; default: all"),
    ),
]


def batches_command(
    context: typer.Context,
    store: StoreOption = None,
    known_at: StoreKnownAtOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the batches of the store, those taken back too."""
    session = session_of(context, lang)
    state = open_chosen(store).state(known_at)
    if as_json:
        rows = [
            each.manifest.as_json() | {"counts_now": each.manifest.id not in state.reverted}
            for each in state.all_batches
        ]
        print_json(session, rows)
        return
    if not state.all_batches:
        session.print(
            session.say(
                "还没有批次。用 yumiao import 导入文件。", "No batches yet: import files with yumiao import."
            )
        )
        return
    table = plain_table(
        *(
            session.say(*label)
            for label in (("批次", "Batch"), ("文件", "File"), ("来源", "Source"), ("资料日期", "As of"))
        ),
        *(session.say(*label) for label in (("入库", "Recorded"), ("经办", "By"), ("状态", "State"))),
        title=session.say("批次", "Batches"),
    )
    table.add_column(session.say("行", "Rows"), justify="right")
    table.add_column(session.say("事实", "Facts"), justify="right")
    for batch in state.all_batches:
        manifest = batch.manifest
        counts = manifest.id not in state.reverted
        table.add_row(
            manifest.id,
            ", ".join(file.name for file in manifest.files),
            manifest.source,
            str(manifest.observed_on),
            manifest.recorded_at[:19],
            manifest.who,
            session.say("有效", "counts") if counts else session.say("已撤销", "reverted"),
            f"{manifest.rows:,}",
            f"{manifest.counts.get('facts', 0):,}",
        )
    session.out.print(table)


def revert_command(
    context: typer.Context,
    batch: BatchArgument,
    store: StoreOption = None,
    why: WhyOption = "",
    who: WhoOption = None,
    lang: LangOption = None,
) -> None:
    """Let a batch no longer count; nothing is erased, and ``unrevert`` brings it back."""
    session = session_of(context, lang)
    with open_chosen(store).writing(person(who), moment(session)) as draft:
        batch = whole_batch(draft.state, batch)
        draft.revert(batch, why)
    session.print(
        session.say(
            f"批次 {batch} 不再计入；用 yumiao unrevert {batch} 恢复。",
            f"The batch {batch} no longer counts; yumiao unrevert {batch} brings it back.",
        )
    )


def unrevert_command(
    context: typer.Context,
    batch: BatchArgument,
    store: StoreOption = None,
    why: WhyOption = "",
    who: WhoOption = None,
    lang: LangOption = None,
) -> None:
    """Let a reverted batch count again."""
    session = session_of(context, lang)
    with open_chosen(store).writing(person(who), moment(session)) as draft:
        batch = whole_batch(draft.state, batch)
        draft.restore(batch, why)
    session.print(session.say(f"批次 {batch} 重新计入。", f"The batch {batch} counts again."))


def facts_command(
    context: typer.Context,
    subject: SubjectArgument,
    store: StoreOption = None,
    as_of: FactsAsOfOption = None,
    known_at: StoreKnownAtOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show every fact of one subject: value, source, cell, and every earlier or other value."""
    from yumiao.importing.naming import known_names
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    library = load_packs(*(pack or ()))
    state = open_chosen(store).state(known_at)
    found = choose_subject(session, known_names(state), subject)
    day = read_date(as_of) if as_of else None
    rows = state.subject_facts(found, library.metrics, library.reported.precedence, as_of=day)
    if as_json:
        print_json(session, {"subject": found, "facts": [_plain(row) for row in rows.iter_rows(named=True)]})
        return
    from yumiao.cli.fact_list import show_facts

    show_facts(session, library, state, found, rows)


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {name: str(value) if hasattr(value, "isoformat") else value for name, value in row.items()}
