"""The ladder on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from yumiao.cli.session import LISTED, Session
from yumiao.cli.tables import plain_table
from yumiao.ladder.document import count_standings, count_unlisted, exact_text
from yumiao.ladder.flows import Balance, Range
from yumiao.ladder.lines import Line
from yumiao.ladder.passages import Movement
from yumiao.ladder.standings import Standing
from yumiao.ladder.words import LEGS, MOVEMENTS
from yumiao.model.facts import SUBJECT
from yumiao.model.text import Text

if TYPE_CHECKING:
    from yumiao.ladder.published import Beside
    from yumiao.ladder.reading import Ladder
    from yumiao.packs.definitions import TitleDefinition

NONE = "—"
"""What stands where nothing is known: no zero."""

STYLES = {Standing.SECURE: "green", Standing.AT_RISK: "red", Standing.OPEN: "yellow"}


def show_ladder(
    session: Session, ladder: Ladder, titles: Mapping[str, TitleDefinition], names: Mapping[str, str | None]
) -> None:
    """Show stock and flow, the zones run apart, held crossed with met, what ends soon, published figures, problems."""
    _show_flows(session, ladder)
    _show_apart(session, ladder)
    _show_rungs(session, ladder, titles)
    _show_parts(session, ladder)
    _show_standings(session, ladder, titles)
    _show_ending(session, ladder, titles, names)
    _show_published(session, ladder.published)
    _show_remarks(session, ladder, titles)
    session.show_problems(ladder.problems, LISTED)


def range_text(found: Range) -> str:
    """Print a number, or both bounds of one that is not known."""
    return f"{found.low:,}" if found.is_exact else f"{found.low:,}～{found.high:,}"


def _is_told(line: Line) -> bool:
    """Whether any list speaks of a title; of another a zero would say nothing."""
    return line.first_day is not None or line.whole.end.high > 0 or bool(line.whole.unsettled)


def _table(session: Session, title: tuple[str, str], first: tuple[str, str], numbers: Sequence[str]) -> Table:
    table = plain_table(session.say(*first), title=session.say(*title))
    for label in numbers:
        table.add_column(label, justify="right")
    return table


def _heading(session: Session, text: Text) -> str:
    words = session.words(text)
    return words[:1].upper() + words[1:]


def _name(session: Session, line: Line) -> str:
    leg = f"{session.words(LEGS[line.leg])} {line.rung}  " if line.leg is not None else ""
    return f"{leg}{session.words(line.label)}"


def _show_flows(session: Session, ladder: Ladder) -> None:
    extent = ladder.extent
    place = extent.territory or session.say("全部", "everyone")
    title = (
        f"梯度存量与流量，{place}，{extent.since} 至 {extent.until}",
        f"Stock and flow of the ladder, {place}, {extent.since} to {extent.until}",
    )
    columns = (
        session.say("期初", "Start"),
        *(_heading(session, MOVEMENTS[movement]) for movement in Movement),
        session.say("期末", "End"),
        session.say("净增", "Net"),
        session.say("续期", "Renewed"),
    )
    table = _table(session, title, ("资质", "Title"), columns)
    for line in filter(_is_told, ladder.lines):
        table.add_row(_name(session, line), *map(range_text, _flow(line.whole)))
    if table.row_count:
        session.out.print(table)


def _flow(balance: Balance) -> Iterable[Range]:
    yield balance.start
    yield from (balance.movements[movement] for movement in Movement)
    yield from (balance.end, balance.net, balance.renewed)


def _show_apart(session: Session, ladder: Ladder) -> None:
    if not ladder.extent.zones_apart:
        return
    zones = "、".join(ladder.extent.zones_apart)
    moments = (("期初", "start"), ("净增", "net"), ("期末", "end"))
    columns = [
        f"{session.say(zh, en)}{session.say(*kind)}"
        for zh, en in moments
        for kind in (("（含）", " with it"), ("（不含）", " without"))
    ]
    table = _table(session, (f"含与不含{zones}", f"With and without {zones}"), ("资质", "Title"), columns)
    for line in ladder.lines:
        if _is_told(line) and line.apart is not None:
            pairs = zip(_ends(line.whole), _ends(line.apart), strict=True)
            table.add_row(_name(session, line), *(range_text(each) for pair in pairs for each in pair))
    if table.row_count:
        session.out.print(table)


def _ends(balance: Balance) -> tuple[Range, Range, Range]:
    return balance.start, balance.net, balance.end


def _show_rungs(session: Session, ladder: Ladder, titles: Mapping[str, TitleDefinition]) -> None:
    title = ("同级资质合计（一家只计一次）", "Rungs that several titles share (each subject once)")
    columns = [session.say("期初", "Start"), session.say("期末", "End")]
    table = _table(session, title, ("资质", "Titles"), columns)
    told = {line.title for line in ladder.lines if _is_told(line)}
    for rung in ladder.rungs:
        if told.intersection(rung.titles):
            joined = session.say("、", ", ").join(
                session.words(titles[name].label.text) for name in rung.titles
            )
            table.add_row(joined, range_text(rung.start), range_text(rung.end))
    if table.row_count:
        session.out.print(table)


def _show_parts(session: Session, ladder: Ladder) -> None:
    """Territories and zones inside what is counted."""
    title = ("其中", "Of these")
    columns = [session.say("期初", "Start"), session.say("净增", "Net"), session.say("期末", "End")]
    table = _table(session, title, ("资质", "Title"), columns)
    for line in ladder.lines:
        for part, balance in (*line.by_territory.items(), *line.by_zone.items()):
            cells = (range_text(each) for each in _ends(balance))
            table.add_row(f"{session.words(line.label)}  {part}", *cells)
    if table.row_count:
        session.out.print(table)


def _show_standings(session: Session, ladder: Ladder, titles: Mapping[str, TitleDefinition]) -> None:
    counts = count_standings(ladder)
    if not counts:
        return
    title = (f"持有与判定，{ladder.extent.until}", f"Held crossed with met, {ladder.extent.until}")
    table = plain_table(session.say("资质", "Title"), title=session.say(*title))
    for standing in Standing:
        table.add_column(_heading(session, standing.label), justify="right", style=STYLES.get(standing))
    for name, found in counts.items():
        label = session.words(titles[name].label.text)
        table.add_row(label, *(f"{found[standing.value]:,}" for standing in Standing))
    session.out.print(table)


def _show_ending(
    session: Session, ladder: Ladder, titles: Mapping[str, TitleDefinition], names: Mapping[str, str | None]
) -> None:
    if ladder.ending.is_empty():
        return
    table = plain_table(
        session.say("主体", "Subject"),
        session.say("资质", "Title"),
        session.say("有效期止", "Valid until"),
        session.say("现状", "Standing"),
        title=session.say(
            f"{ladder.within_days} 天内到期的 {ladder.ending.height:,} 项",
            f"{ladder.ending.height:,} that end within {ladder.within_days} days",
        ),
    )
    standing_of = {
        (subject, title): Standing(standing)
        for subject, title, standing in ladder.standings.select(SUBJECT, "title", "standing").iter_rows()
    }
    for row in ladder.ending.head(LISTED).iter_rows(named=True):
        standing = standing_of.get((row[SUBJECT], row["title"]))
        low, high = row["until_low"], row["until_high"]
        table.add_row(
            names.get(row[SUBJECT]) or row[SUBJECT],
            session.words(titles[row["title"]].label.text),
            str(low) if low == high else f"{low}～{high or NONE}",
            session.words(standing.label) if standing is not None else NONE,
        )
    session.out.print(table)


def _show_published(session: Session, published: Sequence[Beside]) -> None:
    if not published:
        return
    table = plain_table(
        *(
            session.say(*label)
            for label in (("指标", "Indicator"), ("日期", "Date"), ("公布", "Published"), ("来源", "Source"))
        ),
        *(
            session.say(*label)
            for label in (("把握", "Confidence"), ("名单计数", "Counted"), ("相差", "Difference"))
        ),
        title=session.say("已公布的数字与名单计数", "Published figures beside the count of the lists"),
    )
    for each in published:
        table.add_row(*_published_cells(session, each), style="red" if each.is_in_doubt else None)
    session.out.print(table)


_SENSES = {"exact": "", "at_least": "≥", "more_than": ">", "about": "≈"}
_KINDS = {"actual": ("", ""), "target": ("（目标）", " (target)"), "expected": ("（预计）", " (expected)")}
_ZONES = {
    "with": ("，含单独管理的园区", ", with the zones run apart"),
    "without": ("，不含单独管理的园区", ", without them"),
    None: ("，未说明是否含园区", ", zones not stated"),
}


def _published_cells(session: Session, each: Beside) -> Iterable[str]:
    definition = each.figure.definition
    yield session.words(each.figure.label) + session.say(*_KINDS[definition.kind.value])
    yield str(each.on)
    yield f"{_SENSES[definition.sense]}{definition.value}"
    said = definition.published or ""
    told = session.say(f"，{said}", f", {said}") if said else ""
    yield session.words(definition.source.text) + told + session.say(*_ZONES[definition.zones])
    yield session.words(definition.confidence.label)
    counts = [counted for counted in (each.whole, each.apart) if counted is not None]
    yield " / ".join(range_text(counted) for counted in counts) or NONE
    yield " / ".join(_difference(each, counted) for counted in counts) or NONE


def _difference(each: Beside, counted: Range) -> str:
    low, high = each.difference(counted)
    return exact_text(low) if low == high else f"{exact_text(low)}～{exact_text(high)}"


def _show_remarks(session: Session, ladder: Ladder, titles: Mapping[str, TitleDefinition]) -> None:
    """Say what the numbers rest on."""
    for line in ladder.lines:
        label = session.words(line.label)
        if line.first_day is not None and line.first_day > ladder.extent.since:
            zh = f"{label}：名单最早说到 {line.first_day}，期初数只含名单所及。"
            en = f"{label}: the lists begin on {line.first_day}; the first stock holds only what they name."
            session.print(session.say(zh, en), "yellow")
        if line.open_ended:
            zh = f"{label}：期末有 {line.open_ended:,} 家有效期未知，计为持有。"
            en = f"{label}: {line.open_ended:,} of the last stock have no known last day and count as held."
            session.print(session.say(zh, en), "yellow")
        if line.whole.unsettled:
            zh = f"{label}：{len(line.whole.unsettled):,} 家日期或地点不明，计入上限。"
            en = f"{label}: {len(line.whole.unsettled):,} whose dates or place are not known count in the upper bound."
            session.print(session.say(zh, en), "yellow")
    for name, count in count_unlisted(ladder).items():
        label = session.words(titles[name].label.text)
        zh = f"{label}：{count:,} 家已符合，名单没有说明是否持有；导入完整名单后可定。"
        en = f"{label}: {count:,} meet it and no list tells whether they hold it; a complete list would."
        session.print(session.say(zh, en), "yellow")
    silent = [session.words(line.label) for line in ladder.lines if not _is_told(line)]
    if silent:
        listed = session.say("、", ", ").join(silent)
        zh, en = f"没有名单的资质：{listed}。", f"Titles of which there is no list: {listed}."
        session.print(session.say(zh, en))
