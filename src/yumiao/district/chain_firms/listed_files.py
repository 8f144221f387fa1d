"""Lists of placements as files: every row is read and checked; one faulty row, and nothing of the file is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chains.fields import Reading, read_placement_fields
from yumiao.district.chains.placing import MOST_AT_ONCE, NewPlacement
from yumiao.district.chains.selectors import ShownChain, ShownLink, all_chains
from yumiao.district.intakes.keeping import aside
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.keys import normalise
from yumiao.district.registry.models import Subject
from yumiao.intake.cells import cell_address
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

MOST_BYTES = 4 << 20
HEAD_ROWS = 20
"""So far down the heads of the columns are looked for."""

COLUMNS = {
    "name": Text("单位名称", "Enterprise"),
    "code": Text("统一社会信用代码", "Credit code"),
    "chain": Text("产业链", "Chain"),
    "link": Text("环节", "Link"),
    "note": Text("角色或产品", "Role or product"),
    "since": Text("起日", "Since"),
    "source": Text("依据", "Source"),
}
"""The columns of such a file, in the order of the template."""

_ALSO = {
    "企业名称": "name",
    "名称": "name",
    "单位": "name",
    "企业": "name",
    "信用代码": "code",
    "社会信用代码": "code",
    "链": "chain",
    "产业链名称": "chain",
    "环节名称": "link",
    "节点": "link",
    "角色": "note",
    "产品": "note",
    "备注": "note",
    "起": "since",
    "来源": "source",
    "文件": "source",
}
_HEADS = {normalise(text): name for name, both in COLUMNS.items() for text in (both.zh, both.en)} | {
    normalise(text): name for text, name in _ALSO.items()
}
Cells = Sequence[str | None]


@dataclass(frozen=True)
class _Sheet:
    """The table of a file: which column is which, and the rows below the heads with their numbers from 0."""

    name: str
    columns: Mapping[str, int]
    rows: tuple[tuple[int, Cells], ...]


def read_placements(
    actor: Actor, name: str, content: bytes, data: Path, today: dt.date
) -> list[NewPlacement]:
    """Read a file of placements of firms that an actor may place.

    Args:
        name: how the file is called; named as the source of rows that name none.
        data: the platform's data folder.
    Raises: YumiaoError (``chain.file``) where it cannot be read or has no such table; (``chain.rows``) naming every
        faulty row.
    """
    sheet = _find_sheet(name, content, data)
    firms = _Firms(actor, sheet)
    chains = _Chains(all_chains())
    found, problems = [], []
    for number, cells in sheet.rows:
        written = {each: (cells[at] or "").strip() for each, at in sheet.columns.items()}
        written["since"] = re.sub(r"[ T]\d\d?:.*", "", written.get("since", ""))
        row = Reading(written | {"source": written.get("source") or name[:200]})
        subject, link = firms.find(row), chains.find(row, today)
        entry = read_placement_fields(row, today)
        problems += [_located(each, sheet, number) for each in row.problems]
        if subject is not None and link is not None:
            found.append(NewPlacement(subject, link.id, entry))
    if problems:
        text = Text(
            f"文件没有导入：{len(problems)} 处有误。改好后重新上传整个文件。",
            f"Nothing was imported: {len(problems)} mistakes. Correct them and upload the whole file again.",
        )
        raise YumiaoError("chain.rows", text, tuple(problems))
    return found


def _located(problem: Problem, sheet: _Sheet, number: int) -> Problem:
    """Say where a problem is: the cell where its column is there, else the row."""
    at = sheet.columns.get(problem.path)
    where = cell_address(number, at) if at is not None else str(number + 1)
    zh, en = problem.text.zh, problem.text.words("en")
    told = Text(f"第 {number + 1} 行（{where}）：{zh}", f"Row {number + 1} ({where}): {en}")
    return Problem("chain.row", told, file=sheet.name, path=where)


def _find_sheet(name: str, content: bytes, data: Path) -> _Sheet:
    if not content or len(content) > MOST_BYTES:
        raise _no_file("请选一个不超过 4 MB 的文件。", "Choose a file of at most 4 MB.")
    suffix = Path(name).suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise _no_file("只收 .xlsx 和 .csv 文件。", "Only .xlsx and .csv files are taken.")
    with aside(data) as folder:
        path = folder / f"list{suffix}"
        path.write_bytes(content)
        try:
            book = read_workbook(path)
        except YumiaoError as error:
            raise _no_file(error.text.zh, error.text.words("en")) from error
    for sheet in book.sheets:
        found = _read_sheet(sheet.name, [sheet.row(at) for at in range(min(sheet.height, MOST_AT_ONCE + 99))])
        if found is not None:
            return found
    heads = "、".join(each.zh for each in COLUMNS.values())
    raise _no_file(
        f"没有找到表头。前 {HEAD_ROWS} 行里应有一行写着：{heads}（名称与代码至少一列）；可下载模板。",
        "No heads were found. One of the first rows has to say: "
        f"{', '.join(each.en or '' for each in COLUMNS.values())} (name or code at least); there is a template.",
    )


def _read_sheet(name: str, rows: Sequence[Cells]) -> _Sheet | None:
    for at, cells in enumerate(rows[:HEAD_ROWS]):
        columns: dict[str, int] = {}
        for place, text in enumerate(cells):
            known = _HEADS.get(normalise(text or "").rstrip("*"))
            if known is not None:
                columns.setdefault(known, place)
        if {"chain", "link"} <= columns.keys() and columns.keys() & {"name", "code"}:
            below = [
                (number, each) for number, each in enumerate(rows) if number > at and any(map(_says, each))
            ]
            _check_number(len(below))
            return _Sheet(name, columns, tuple(below))
    return None


def _says(cell: str | None) -> bool:
    return bool(cell and cell.strip())


def _check_number(count: int) -> None:
    if not count:
        raise _no_file("表头下面没有行。", "There are no rows below the heads.")
    if count > MOST_AT_ONCE:
        raise _no_file(
            f"最多 {MOST_AT_ONCE} 行，请拆开。", f"At most {MOST_AT_ONCE} rows; please split the file."
        )


def _no_file(zh: str, en: str) -> YumiaoError:
    return YumiaoError("chain.file", Text(zh, en))


@dataclass(frozen=True)
class _Firm:
    """A firm as permissions see it."""

    id: str
    territory: str


class _Firms:
    """The firms that a file may mean: those that the actor may see and place, by every name and number ever."""

    def __init__(self, actor: Actor, sheet: _Sheet) -> None:
        places = [sheet.columns[each] for each in ("name", "code") if each in sheet.columns]
        wanted = {normalise(cells[at] or "") for _, cells in sheet.rows for at in places} - {""}
        self.known: dict[str, set[str]] = defaultdict(set)
        self.refusals: dict[str, Text] = {}
        rows = Subject.objects.filter(visible_to(actor)).values_list("id", "known_as", "territory")
        for subject, known_as, territory in rows.iterator(chunk_size=10_000):
            named = wanted.intersection(known_as.split("\n"))
            for text in named:
                self.known[text].add(subject)
            decision = can(actor, Operation.PLACE_SUBJECT, _Firm(subject, territory)) if named else None
            if decision is not None and not decision.allowed:
                self.refusals[subject] = decision.reason

    def find(self, row: Reading) -> str | None:
        """Return the firm that a row means; None after saying why there is none."""
        code, name = (row.written.get(each, "") for each in ("code", "name"))
        by_code, by_name = self.known.get(normalise(code), set()), self.known.get(normalise(name), set())
        if code and not by_code:
            row.refuse(
                "code",
                f"您的辖区里没有代码为 {code[:40]} 的企业；请核对代码。",
                f"No enterprise that you may see has the code {code[:40]}; please check it.",
            )
            return None
        if code and name and not by_code & by_name:
            row.refuse(
                "name",
                f"{code[:40]} 不叫“{name[:60]}”（曾用名也查过）；请核对名称或代码。",
                f"{code[:40]} is not and never was called “{name[:60]}”; please check name and code.",
            )
            return None
        found = by_code & by_name if code and name else by_code or by_name
        return self._only(row, found, name)

    def _only(self, row: Reading, found: set[str], name: str) -> str | None:
        if not found:
            row.refuse(
                "name",
                f"您的辖区里没有叫“{name[:60]}”的企业；请写全称，或填统一社会信用代码。"
                if name
                else "名称和代码都空着。",
                f"No enterprise that you may see is called “{name[:60]}”; give its whole name, or its credit code."
                if name
                else "Neither a name nor a code is given.",
            )
            return None
        if len(found) > 1:
            row.refuse(
                "name",
                f"有 {len(found)} 家都叫“{name[:60]}”，请填统一社会信用代码。",
                f"{len(found)} enterprises are called “{name[:60]}”; give the credit code.",
            )
            return None
        (subject,) = found
        if subject in self.refusals:
            refusal = self.refusals[subject]
            row.refuse("name", refusal.zh, refusal.words("en"))
            return None
        return subject


class _Chains:
    """Chains and links by name; a chain may be written with the code of its division behind an @."""

    def __init__(self, chains: Sequence[ShownChain]) -> None:
        self.named: dict[str, list[ShownChain]] = defaultdict(list)
        for chain in chains:
            for text in {chain.name, chain.name_en, f"{chain.name}@{chain.territory}"} - {""}:
                self.named[normalise(text)].append(chain)

    def find(self, row: Reading, today: dt.date) -> ShownLink | None:
        """Return the link that a row means; None after saying why there is none."""
        text = row.written.get("chain", "")
        named = self.named.get(normalise(text), [])
        counting = [each for each in named if each.counts_on(today)]
        if len(counting) == 1:
            return self._link(row, counting[0])
        names = "、".join(f"{each.name}@{each.territory}" for each in counting[:6])
        if counting:
            row.refuse(
                "chain",
                f"有 {len(counting)} 条都叫“{text[:60]}”，请写明区划：{names}。",
                f"{len(counting)} chains are called “{text[:60]}”; say of which division: {names}.",
            )
        elif named:
            row.refuse("chain", f"“{text[:60]}”今天不在有效期内。", f"“{text[:60]}” does not count today.")
        else:
            row.refuse(
                "chain",
                f"没有产业链“{text[:60]}”；请先在“产业链”登记，或照登记的名称写。",
                f"There is no chain “{text[:60]}”; enter it first, or write it as it is entered.",
            )
        return None

    def _link(self, row: Reading, chain: ShownChain) -> ShownLink | None:
        text = row.written.get("link", "")
        found = [each for each in chain.standing_links if normalise(each.name) == normalise(text)]
        if found:
            return found[0]
        names = "、".join(each.name for each in chain.standing_links[:12]) or "—"
        row.refuse(
            "link",
            f"“{chain.name}”没有环节“{text[:60]}”；现有：{names}。",
            f"“{chain.name}” has no link “{text[:60]}”; there are: {names}.",
        )
        return None
