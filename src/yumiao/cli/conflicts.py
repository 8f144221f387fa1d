"""``conflicts``: facts on which sources disagree, first those on which a verdict hangs."""

from __future__ import annotations

from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, read_date, session_of
from yumiao.cli.storing import StoreKnownAtOption, StoreOption, open_chosen
from yumiao.cli.subjects import JsonOption, print_json
from yumiao.cli.tables import plain_table

ConflictsAsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help=both("申报日期；默认今天", "Application date; default: today")
    ),
]
MostOption = Annotated[
    int, typer.Option("--most", metavar="N", help=both("最多列出几处", "How many to list"))
]


def conflicts_command(
    context: typer.Context,
    store: StoreOption = None,
    as_of: ConflictsAsOfOption = None,
    known_at: StoreKnownAtOption = None,
    most: MostOption = 50,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the facts on which sources disagree, and the verdicts that hang on them."""
    from yumiao.cli.import_report import column_label, value_words
    from yumiao.importing.conflicts import list_conflicts
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    library = load_packs(*(pack or ()))
    date = read_date(as_of) if as_of else session.now().date()
    found = list_conflicts(open_chosen(store).state(known_at), library, date)
    if as_json:
        print_json(session, found.to_dicts())
        return
    if not found.height:
        session.print(session.say("各来源没有不一致。", "No sources disagree."))
        return
    table = plain_table(
        *(
            session.say(*label)
            for label in (("主体", "Subject"), ("事实", "Fact"), ("采信", "Counts"), ("未采信", "Lost"))
        ),
        session.say("影响的判定", "Verdicts that hang on it"),
        title=session.say(
            f"来源不一致 {found.height:,} 处", f"{found.height:,} facts on which sources disagree"
        ),
    )
    sources = library.reported.sources
    for row in found.head(most).iter_rows(named=True):
        cells = []
        for value, source, place in (("value", "source", "place"), ("other", "other_source", "other_place")):
            named = sources.get(row[source])
            who = session.words(named.label) if named else row[source] or ""
            cells.append(
                f"{value_words(session, library, row['column'], row[value])}\n{who}\n{row[place] or ''}"
            )
        policies = "\n".join(session.words(library.find(policy)[0].title) for policy in row["policies"])
        who = "\n".join(part for part in (row["name"], row["code"]) if part) or row["subject"]
        table.add_row(who, column_label(session, library, row["column"]), *cells, policies)
    session.out.print(table)
