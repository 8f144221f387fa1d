"""What changes divisions: a row, its end, its withdrawal, a file of rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from django.db import transaction
from django.db.models import Q

from yumiao.district.divisions.models import DivisionName
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

COLUMNS = ("code", "name", "kind", "parent", "administered_by", "valid_from", "valid_until", "source")
MOST_ROWS = 20_000
_CODE = re.compile(r"\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?")
_KIND = re.compile(r"[a-z][a-z_]{1,19}")
_STREAM = Stream("reference", "divisions")


@dataclass(frozen=True)
class Division:
    """One row as it is entered; see `DivisionName`."""

    code: str
    name: str
    kind: str
    parent: str
    administered_by: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    source: str


@transaction.atomic
def add_division(division: Division, *, now: dt.datetime, by: str = CONSOLE) -> int:
    """Add a row; returns its id. Raises: YumiaoError (``division.refused``)."""
    problems = list(_problems(division, division.code or "—"))
    if problems:
        raise _refused(problems)
    row = _row(division, now)
    row.save()
    record(stream=_STREAM, act="division.added", actor=by, at=now, payload={"row": row.id, "code": row.code})
    return row.id


@transaction.atomic
def end_division(row: int, *, until: dt.date, now: dt.datetime, by: str = CONSOLE) -> None:
    """Say on which day a name counted last. Raises: YumiaoError ``division.unknown`` or ``division.refused``."""
    found = _locked(row)
    if found.valid_from is not None and until < found.valid_from:
        raise _refused([_problem(found.code, "止日早于起日", "would end before it began")])
    found.valid_until = until
    found.save(update_fields=["valid_until"])
    payload: dict[str, Value] = {"row": row, "code": found.code, "until": until.isoformat()}
    record(stream=_STREAM, act="division.ended", actor=by, at=now, payload=payload)


@transaction.atomic
def withdraw_division(row: int, *, is_withdrawn: bool, now: dt.datetime, by: str = CONSOLE) -> None:
    """Let a row entered by mistake no longer count, or count again. Raises: YumiaoError (``division.unknown``)."""
    found = _locked(row)
    if not is_withdrawn:
        problems = list(_overlaps(_division_of(found), found.code, but=row))
        if problems:
            raise _refused(problems)
    found.withdrawn_at = now if is_withdrawn else None
    found.save(update_fields=["withdrawn_at"])
    act = "division.withdrawn" if is_withdrawn else "division.brought_back"
    record(stream=_STREAM, act=act, actor=by, at=now, payload={"row": row, "code": found.code})


@transaction.atomic
def import_divisions(text: str, *, now: dt.datetime, by: str = CONSOLE) -> int:
    """Add the rows of a file that are not there yet; all of them, or nothing. Returns how many were new.

    Raises: YumiaoError (``division.refused``) naming every row that cannot be used.
    """
    problems: list[Problem] = []
    added = 0
    for number, division in _read(text):
        if isinstance(division, Text):
            problems.append(_problem(str(number), division.zh, division.en))
        elif not _is_there(division):
            found = list(_problems(division, str(number)))
            problems += found
            if not found:
                _row(division, now).save()
                added += 1
    if problems:
        raise _refused(problems)
    if added:
        record(stream=_STREAM, act="division.imported", actor=by, at=now, payload={"rows": added})
    return added


def reference_texts() -> dict[str, str]:
    """Return the files that come with the program: name → CSV; each describes one territory."""
    folder = resources.files("yumiao.district.divisions") / "reference"
    files = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".csv")), key=lambda each: each.name
    )
    return {each.name.removesuffix(".csv"): each.read_text(encoding="utf-8") for each in files}


def _read(text: str) -> Iterator[tuple[int, Division | Text]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        wanted = ", ".join(COLUMNS)
        yield 1, Text(f"列应为 {wanted}", f"expected the columns {wanted}")
        return
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS:
            yield number, Text(f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")
            return
        yield number, read_division({name: row.get(name) or "" for name in COLUMNS})


def read_division(written: Mapping[str, str]) -> Division | Text:
    """Read a row from texts; what is wrong with a date, where one is."""
    dates: list[dt.date | None] = []
    for name in ("valid_from", "valid_until"):
        text = written.get(name, "").strip()
        try:
            dates.append(dt.date.fromisoformat(text) if text else None)
        except ValueError:
            return Text(f"{name} 应如 2026-01-01", f"{name} has to look like 2026-01-01")
    texts = [written.get(name, "").strip() for name in ("code", "name", "kind", "parent", "administered_by")]
    return Division(
        texts[0],
        texts[1],
        texts[2],
        texts[3],
        texts[4],
        dates[0],
        dates[1],
        written.get("source", "").strip(),
    )


def _problems(division: Division, where: str) -> Iterator[Problem]:
    if not _CODE.fullmatch(division.code):
        yield _problem(where, "代码应为 2、4、6、9 或 12 位数字", "a code has 2, 4, 6, 9 or 12 digits")
    elif division.parent and not division.code.startswith(division.parent):
        yield _problem(where, "上级代码应是本代码的开头", "the parent's code has to begin the code")
    if not 1 <= len(division.name) <= 80:
        yield _problem(where, "请写明名称（1–80 字）", "needs a name of 1 to 80 characters")
    if not _KIND.fullmatch(division.kind):
        yield _problem(
            where, "类别应为小写英文，如 town", "the kind has to be lower case English such as town"
        )
    if not 1 <= len(division.source) <= 300:
        yield _problem(where, "请写明来源（1–300 字）", "needs its source, 1 to 300 characters")
    if division.valid_from and division.valid_until and division.valid_until < division.valid_from:
        yield _problem(where, "止日早于起日", "ends before it begins")
    yield from _overlaps(division, where)


def _overlaps(division: Division, where: str, but: int = 0) -> Iterator[Problem]:
    """Two names of one code never count on the same day."""
    rows = DivisionName.objects.filter(code=division.code, withdrawn_at=None).exclude(id=but)
    if division.valid_until is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=division.valid_until))
    if division.valid_from is not None:
        rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=division.valid_from))
    other = rows.first()
    if other is not None:
        yield _problem(
            where,
            f"同一时间已叫“{other.name}”，请先写它的止日",
            f"is called “{other.name}” in that time; give that name an end first",
        )


def _is_there(division: Division) -> bool:
    return DivisionName.objects.filter(
        code=division.code, name=division.name, valid_from=division.valid_from, withdrawn_at=None
    ).exists()


def _row(division: Division, now: dt.datetime) -> DivisionName:
    return DivisionName(
        code=division.code,
        name=division.name,
        kind=division.kind,
        parent=division.parent,
        administered_by=division.administered_by,
        valid_from=division.valid_from,
        valid_until=division.valid_until,
        source=division.source,
        recorded_at=now,
    )


def _division_of(row: DivisionName) -> Division:
    return Division(
        row.code,
        row.name,
        row.kind,
        row.parent,
        row.administered_by,
        row.valid_from,
        row.valid_until,
        row.source,
    )


def _locked(row: int) -> DivisionName:
    found = DivisionName.objects.select_for_update().filter(id=row).first()
    if found is None:
        raise YumiaoError(
            "division.unknown", Text(f"没有第 {row} 条区划。", f"There is no division row {row}.")
        )
    return found


def _refused(problems: list[Problem]) -> YumiaoError:
    told = Text("区划没有改，请按下列各项修改。", "The divisions were not changed; correct this:")
    return YumiaoError("division.refused", told, tuple(problems))


def _problem(where: str, zh: str, en: str) -> Problem:
    return Problem("division.row", Text(f"{where}：{zh}。", f"{where}: {en}."))
