"""What a demo district states of itself: how many of each outcome, what is in its queue, which files it came from."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Count

import yumiao
from yumiao.demo.bundle import NOTICE
from yumiao.district.demo.importing import ImportedFile
from yumiao.district.demo.stated import Account
from yumiao.district.demo.wish import program_mark
from yumiao.district.indicators.models import RungState, TitleState, TitleStock
from yumiao.district.registry.models import OutcomeCurrent, Subject
from yumiao.importing.queue import open_pairs
from yumiao.ladder.known import known_facts
from yumiao.model.outcomes import Outcome
from yumiao.packs.library import Library
from yumiao.store import Store


def describe_district(
    store: Store,
    library: Library,
    imported: Sequence[ImportedFile],
    *,
    seed: int,
    size: int,
    as_of: dt.date,
    now: dt.datetime,
    scope: str,
) -> dict[str, Any]:
    """Count what a district holds once it is judged.

    Args:
        scope: division in which titles are counted.
    """
    state = store.state()
    conflicts = known_facts(state, library, as_of).conflicts.height
    return {
        "notice": {"zh": NOTICE.zh, "en": NOTICE.words("en")},
        "version": yumiao.__version__,
        "program": program_mark(),
        "seed": seed,
        "size": size,
        "as_of": as_of.isoformat(),
        "built_at": now.isoformat(timespec="seconds"),
        "subjects": Subject.objects.count(),
        "outcomes": _outcomes(),
        "titles": _titles(scope),
        "rungs": _rungs(scope),
        "pairs_to_tell_apart": open_pairs(state).height,
        "facts_in_conflict": conflicts,
        "files": [_file(each) for each in imported],
    }


def _outcomes() -> dict[str, dict[str, int]]:
    """Policy → outcome → how many subjects; near misses and contested verdicts beside them."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Outcome, 0))
    rows = OutcomeCurrent.objects.order_by("family", "version")
    for family, version, outcome, count in rows.values_list("family", "version", "outcome").annotate(
        Count("pk")
    ):
        found[f"{family}@{version}"][outcome] = count
    for name in ("near_miss", "contested"):
        marked = rows.filter(**{name: True}).values_list("family", "version").annotate(Count("pk"))
        for family, version, count in marked:
            found[f"{family}@{version}"][name] = count
    return {policy: {str(name): count for name, count in counts.items()} for policy, counts in found.items()}


def _titles(scope: str) -> dict[str, dict[str, int]]:
    """Title → how many held it when the year began, hold it now, and hold one that ends within 180 days."""
    ending = dict(
        TitleState.objects.filter(scope=scope, days_left__isnull=False)
        .order_by()
        .values_list("title")
        .annotate(Count("pk"))
    )
    stocks = TitleStock.objects.filter(scope=scope).order_by("title")
    return {
        stock.title: {"start": stock.start_low, "now": stock.end_low, "ending": ending.get(stock.title, 0)}
        for stock in stocks
        if stock.end_high
    }


def _rungs(scope: str) -> dict[str, int]:
    rows = RungState.objects.filter(scope=scope, end_rung__gt=0).order_by("end_rung")
    return {str(rung): count for rung, count in rows.values_list("end_rung").annotate(Count("pk"))}


def _file(each: ImportedFile) -> dict[str, Any]:
    return {
        "name": each.file.name,
        "source": each.file.source,
        "on": each.file.on.isoformat(),
        "sha256": hashlib.sha256(each.file.content).hexdigest(),
        "batch": each.batch,
        "rows": each.rows,
        "rows_with_errors": each.bad_rows,
        "errors": each.problems,
        "subjects": {"known": each.known, "new": each.new, "unsure": each.unsure},
        "facts_in_conflict": each.conflicts,
    }


def write_readme(folder: Path, stated: dict[str, Any], accounts: Sequence[Account]) -> None:
    """Put a page beside the data that says what it is, in both languages."""
    notice = stated["notice"]
    lines = [
        "# 演示区县 Demo district",
        "",
        f"**{notice['zh']}**",
        "",
        f"**{notice['en']}**",
        "",
        _first_line(stated),
        _second_line(stated),
        "",
        "| 政策 policy | 符合 met | 不符合 not met | 未定 undetermined | 差一步 near miss |",
        "| --- | --- | --- | --- | --- |",
    ]
    for policy, counts in stated["outcomes"].items():
        shown = [counts[name] for name in ("met", "not_met", "undetermined")]
        lines.append(
            f"| {policy} | {' | '.join(f'{each:,}' for each in (*shown, counts.get('near_miss', 0)))} |"
        )
    lines += [
        "",
        "| 文件 file | 来源 source | 日期 date | 行 rows | 有错行 with errors |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {each['name']} | {each['source']} | {each['on']} | {each['rows']:,} | {each['rows_with_errors']} |"
        for each in stated["files"]
    ]
    lines += ["", "| 登录名 login | 口令 password | 角色 role |", "| --- | --- | --- |"]
    lines += [
        f"| {each.login} | {each.password} | {each.label.zh} {each.label.words('en')} |" for each in accounts
    ]
    lines += ["", "账号只能在本机使用。 The accounts work on this machine only.", ""]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _first_line(stated: dict[str, Any]) -> str:
    seed, size, day, subjects = (stated[name] for name in ("seed", "size", "as_of", "subjects"))
    return f"- 种子 seed {seed}，企业 firms {size:,}，日期 date {day}，主体 subjects {subjects:,}"


def _second_line(stated: dict[str, Any]) -> str:
    pairs, conflicts = stated["pairs_to_tell_apart"], stated["facts_in_conflict"]
    return f"- 待辨认 pairs to tell apart {pairs:,}，来源不一致 facts in conflict {conflicts:,}"
