"""What an import did or would do, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yumiao.cli.session import Session
from yumiao.cli.tables import plain_table
from yumiao.importing.comparing import Standing
from yumiao.importing.linking import Acquaintance
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.report.wording import fact_label

if TYPE_CHECKING:
    import polars as pl

    from yumiao.importing.effects import Effects
    from yumiao.importing.imports import FileReport, ImportReport
    from yumiao.packs.library import Library

PROBLEMS = 20
"""Problems of a file that are listed; the rest is counted."""

CHANGES = 10
"""Changed verdicts, conflicts and pairs that are listed; the rest is counted."""

STANDING_LABELS = {
    Standing.NEW: Text("新增", "new"),
    Standing.SAME: Text("相同", "same"),
    Standing.CHANGED: Text("变更", "changed"),
    Standing.CONFLICT: Text("与其他来源不一致", "in conflict with another source"),
}
ACQUAINTANCE_LABELS = {
    Acquaintance.KNOWN: Text("已知", "known"),
    Acquaintance.NEW: Text("新", "new"),
    Acquaintance.UNSURE: Text("待辨认", "unsure"),
}


def show_report(session: Session, report: ImportReport, library: Library) -> None:
    """Show per file what was read, whose it is and how it stands to what is known; then the verdicts that change."""
    _show_files(session, report)
    for each in report.files:
        _show_file(session, each, library)
    if report.effects is not None:
        _show_effects(session, report.effects, library)
    session.print()
    if report.changes_nothing:
        words = session.say(
            "这些文件已经导入过，没有任何变化。", "These files are in the store already; nothing changes."
        )
    elif report.is_committed:
        words = session.say("已导入，现已生效。", "Imported; it counts now.")
    else:
        words = session.say("这是预演，什么也没有写入。", "This was a dry run; nothing was written.")
    session.print(words, "bold")


def _show_files(session: Session, report: ImportReport) -> None:
    table = plain_table(
        session.say("文件", "File"), session.say("批次", "Batch"), title=session.say("导入", "Import")
    )
    for zh, en in (("好行", "Good rows"), ("有错行", "Rows with errors")):
        table.add_column(session.say(zh, en), justify="right")
    for label in ACQUAINTANCE_LABELS.values():
        table.add_column(session.say(f"主体·{label.zh}", f"Subjects {label.en}"), justify="right")
    for each in report.files:
        repeat = session.say("（已导入过）", " (already imported)") if each.is_repeat else ""
        counts = each.assignment.counts() if each.assignment else {}
        shown = [f"{counts.get(kind, 0):,}" if each.assignment else "" for kind in ACQUAINTANCE_LABELS]
        table.add_row(
            each.incoming.arrival.file,
            f"{each.batch}{repeat}",
            f"{each.good_rows:,}",
            f"{each.bad_rows:,}",
            *shown,
        )
    session.out.print(table)


def _show_file(session: Session, report: FileReport, library: Library) -> None:
    name = report.incoming.arrival.file
    if report.comparison is not None:
        counts = report.comparison.counts()
        told = session.say("；", "; ").join(
            f"{session.words(label)} {counts[standing]:,}" for standing, label in STANDING_LABELS.items()
        )
        session.print(session.say(f"{name} 的事实：{told}", f"Facts of {name}: {told}"))
        _show_conflicts(session, report, library)
    if report.assignment is not None and report.assignment.pairs.height:
        _show_pairs(session, report.assignment.pairs)
    if report.problems:
        count = len(report.problems)
        session.print(
            session.say(f"{name} 有 {count:,} 处问题：", f"{count:,} problems in {name}:"), "yellow"
        )
        session.show_problems(report.problems, PROBLEMS)


def _show_conflicts(session: Session, report: FileReport, library: Library) -> None:
    assert report.comparison is not None  # noqa: S101 - the caller has looked
    found = report.comparison.facts.filter(report.comparison.facts["standing"] == Standing.CONFLICT.value)
    names = dict(report.incoming.arrival.facts.table.select("subject", "name").iter_rows())
    keys = (
        {}
        if report.assignment is None
        else dict(report.assignment.subjects.select("subject", "key").iter_rows())
    )
    sources = library.reported.sources
    for row in found.head(CHANGES).iter_rows(named=True):
        key = keys.get(row["subject"], row["subject"])
        source = sources.get(row["other_source"])
        other = session.words(source.label) if source else row["other_source"]
        what = column_label(session, library, row["column"])
        values = (
            value_words(session, library, row["column"], row["value"]),
            value_words(session, library, row["column"], row["other"]),
        )
        session.print(
            session.say(
                f"  不一致：{names.get(key) or key} {what}：这里 {values[0]}，{other} {values[1]}",
                f"  conflict: {names.get(key) or key}, {what}: here {values[0]}, {other} {values[1]}",
            )
        )
    _count_more(session, found.height)


def _show_pairs(session: Session, pairs: pl.DataFrame) -> None:
    count = pairs.height
    session.print(
        session.say(
            f"{count:,} 对需要人辨认，先按新主体入库，见 yumiao queue：",
            f"{count:,} pairs need a person; entered as new for now, see yumiao queue:",
        ),
        "yellow",
    )
    for row in pairs.head(CHANGES).iter_rows(named=True):
        evidence = row["evidence_zh"] if session.language == "zh" else row["evidence_en"]
        session.print(f"  {row['key']} ~ {row['other']}  {evidence or ''}")
    _count_more(session, count)


def _count_more(session: Session, count: int) -> None:
    if count > CHANGES:
        session.print(session.say(f"  另有 {count - CHANGES:,} 处", f"  and {count - CHANGES:,} more"))


# ── verdicts ──────────────────────────────────────────────────────────────────────────────────────────────────


def _show_effects(session: Session, effects: Effects, library: Library) -> None:
    if not effects.changes.height:
        session.print(
            session.say(
                f"按 {effects.as_of} 申报，比较了 {effects.judged:,} 个判定，没有变化。",
                f"Of {effects.judged:,} verdicts for {effects.as_of} none changes.",
            )
        )
        return
    title = session.say(
        f"按 {effects.as_of} 申报，{effects.changes.height:,} 个判定会变",
        f"{effects.changes.height:,} verdicts for {effects.as_of} change",
    )
    table = plain_table(
        session.say("政策", "Policy"),
        session.say("原来", "Before"),
        session.say("之后", "After"),
        title=title,
    )
    table.add_column(session.say("家数", "Subjects"), justify="right")
    for policy, before, after, count in effects.counts().iter_rows():
        said = [_said(session, library, policy, result) for result in (before, after)]
        table.add_row(_policy_title(session, library, policy), *said, f"{count:,}")
    session.out.print(table)
    known = effects.changes.filter(effects.changes["before"].is_not_null())
    for row in known.head(CHANGES).iter_rows(named=True):
        why = session.say("、", ", ").join(
            column_label(session, library, column) for column in row["columns"]
        )
        conditions = session.say("、", ", ").join(row["conditions"])
        before, after = (_said(session, library, row["policy"], row[side]) for side in ("before", "after"))
        who, title = row["name"] or row["subject"], _policy_title(session, library, row["policy"])
        session.print(
            session.say(
                f"  {who}：{title} {before} → {after}（{conditions}；因 {why}）",
                f"  {who}: {title} {before} → {after} ({conditions}; because of {why})",
            )
        )
    _count_more(session, known.height)


def _said(session: Session, library: Library, policy: str, result: str | None) -> str:
    if result is None:
        return session.say("（新主体）", "(new subject)")
    if result in set(Outcome):
        return session.words(Outcome(result).label)
    found = library.find(policy)
    label = found[0].body.class_labels().get(result) if found else None
    return session.words(label) if label else result


def _policy_title(session: Session, library: Library, policy: str) -> str:
    found = library.find(policy)
    return session.words(found[0].title) if found else policy


def column_label(session: Session, library: Library, column: str) -> str:
    """Name a column of facts: its metric's label and its year."""
    name, _, year = column.partition("#")[0].partition("@")
    metric = library.metrics.get(name)
    return fact_label(metric, int(year) if year else None, session.language) if metric else column


def value_words(session: Session, library: Library, column: str, value: str | None) -> str:
    """Put a stored value of a column into words, with its unit."""
    from yumiao.report.stored_values import stored_words

    metric = library.metrics.get(column.partition("#")[0].partition("@")[0])
    return session.words(stored_words(metric, value))
