"""``yumiao district rebuild`` and ``check``: the register from the store, and whether it still says the same."""

from __future__ import annotations

from typing import Annotated

import typer

from yumiao.cli.language import both
from yumiao.cli.session import LangOption, read_date, session_of
from yumiao.cli.storing import StoreOption
from yumiao.district.commands.preparing import DataOption, require_prepared, set_up
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help=both("申报日期；默认今天", "Application date; default: today")
    ),
]


def rebuild_command(
    context: typer.Context,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Build the register anew: subjects, search keys, outcomes; all of it or nothing."""
    set_up(data, store)
    from django.conf import settings

    from yumiao.district.registry.packs import library
    from yumiao.district.registry.services import rebuild
    from yumiao.store import open_store

    require_prepared()
    session = session_of(context, lang)
    now = session.now()
    date = read_date(as_of) if as_of else now.date()
    with session.progress() as tell:
        built = rebuild(
            open_store(settings.YUMIAO_STORE),
            library(),
            as_of=date,
            data=settings.YUMIAO_DATA,
            now=now,
            tell=tell,
        )
    session.print(
        session.say(
            f"企业库已重建：主体 {built.subjects:,}，结论 {built.outcomes:,}，检索词 {built.keys:,}。",
            f"The register is built: {built.subjects:,} subjects, {built.outcomes:,} outcomes, "
            f"{built.keys:,} search keys.",
        )
    )


def check_command(
    context: typer.Context, store: StoreOption = None, data: DataOption = None, lang: LangOption = None
) -> None:
    """Compare every subject, key and outcome with what the store gives; leaves with 1 where they differ."""
    set_up(data, store)
    from django.conf import settings

    from yumiao.district.registry.packs import library
    from yumiao.district.registry.services import find_differences
    from yumiao.store import open_store

    require_prepared()
    session = session_of(context, lang)
    with session.progress() as tell:
        found = find_differences(open_store(settings.YUMIAO_STORE), library(), tell)
    if found is None:
        raise YumiaoError(
            "registry.none",
            Text(
                "还没有企业库，请运行 yumiao district rebuild。",
                "There is no register yet; run yumiao district rebuild.",
            ),
        )
    for each in found:
        examples = ", ".join(each.examples)
        session.print(
            session.say(
                f"不一致：{each.what.zh} {each.count:,} 个主体，如 {examples}",
                f"differs: {each.what.words('en')}, {each.count:,} subjects such as {examples}",
            )
        )
    if found:
        session.print(session.say("请运行 yumiao district rebuild。", "Run yumiao district rebuild."))
        raise typer.Exit(1)
    session.print(session.say("企业库与数据仓一致。", "The register says what the store says."))
