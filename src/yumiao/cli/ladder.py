"""``yumiao ladder``: titles held, how their stocks moved, and who is secure, at risk or within reach."""

from __future__ import annotations

from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, PackOption, read_date, session_of
from yumiao.cli.storing import StoreKnownAtOption, StoreOption, open_chosen
from yumiao.cli.subjects import JsonOption, print_json
from yumiao.model.text import Text

LadderAsOfOption = Annotated[
    str,
    typer.Option(
        "--as-of", metavar="DATE", help=both("期末日期，如 2026-06-30", "Last day, such as 2026-06-30")
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DATE",
        help=both("期初日期；默认上年末", "First day; default: the last day of the year before"),
    ),
]
LadderTerritoryOption = Annotated[
    str | None,
    typer.Option(
        "--territory",
        metavar="CODE",
        help=both("只计此区划（六位代码）；默认全部", "Only this division; default: everyone"),
    ),
]
WithinOption = Annotated[
    int,
    typer.Option(
        "--within",
        metavar="DAYS",
        min=0,
        help=both("多少天内到期的列出并按到期日判定", "List what ends so soon, and judge it on its last day"),
    ),
]


def ladder_command(
    context: typer.Context,
    as_of: LadderAsOfOption,
    store: StoreOption = None,
    territory: LadderTerritoryOption = None,
    since: FromOption = None,
    within: WithinOption = 180,
    known_at: StoreKnownAtOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show the titles held on a day, how their stocks moved since another, and held crossed with met."""
    from yumiao.cli.ladder_tables import show_ladder
    from yumiao.ladder.absence import complete_lists
    from yumiao.ladder.document import ladder_document
    from yumiao.ladder.facts import held_metrics
    from yumiao.ladder.known import known_facts, registered_places
    from yumiao.ladder.reading import Question, read_ladder
    from yumiao.ladder.stored import title_rows
    from yumiao.model.facts import NAME, SUBJECT
    from yumiao.packs.library import load_packs

    session = session_of(context, lang)
    date = read_date(as_of)
    library = load_packs(*(pack or ()))
    state = open_chosen(store).state(known_at)
    question = Question(
        date, since=read_date(since) if since else None, territory=territory, within_days=within
    )
    question.extent(library)  # a period that runs backwards is refused before anything is read
    with session.progress() as tell:

        def tell_title(title: str, done: int, total: int) -> None:
            tell(library.titles[title].label.text, done, total)

        tell(Text("读取数据仓", "reading the store"), 0, 0)
        facts = known_facts(state, library, date)
        ladder = read_ladder(
            library,
            title_rows(state),
            question,
            facts=facts,
            complete=complete_lists(state.declarations(), held_metrics(library)),
            territories=registered_places(state, facts.table[SUBJECT]),
            progress=tell_title,
        )
    if as_json:
        print_json(session, ladder_document(ladder))
    else:
        names = dict(facts.table.select(SUBJECT, NAME).iter_rows())
        show_ladder(session, ladder, library.titles, names)
