"""What changes the working calendar: a day, or a file of days."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from django.db import transaction

from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value
from yumiao.district.workdays.models import CalendarDay, CalendarYear
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

COLUMNS = ("date", "kind", "name", "source")
MOST_ROWS = 5_000
_KINDS = {"off": False, "work": True}
_STREAM = Stream("reference", "calendar")


@dataclass(frozen=True)
class Day:
    """One exception as it is entered; ``source`` says which notice holds it."""

    day: dt.date
    is_working: bool
    name: str
    source: str


@transaction.atomic
def set_day(day: Day, *, now: dt.datetime, by: str = CONSOLE) -> None:
    """Enter an exception, or change one. Raises: YumiaoError (``calendar.refused``)."""
    problems = list(_problems(day, day.day.isoformat()))
    if problems:
        raise _refused(problems)
    _write([day], now)
    payload: dict[str, Value] = {"day": day.day.isoformat(), "working": day.is_working}
    record(stream=_STREAM, act="calendar.day_set", actor=by, at=now, payload=payload)


@transaction.atomic
def clear_day(day: dt.date, *, now: dt.datetime, by: str = CONSOLE) -> bool:
    """Let a day be as its weekday says again; returns whether it was an exception."""
    deleted, _ = CalendarDay.objects.filter(day=day).delete()
    if deleted:
        record(stream=_STREAM, act="calendar.day_cleared", actor=by, at=now, payload={"day": day.isoformat()})
    return bool(deleted)


@transaction.atomic
def import_days(text: str, *, now: dt.datetime, by: str = CONSOLE) -> int:
    """Replace the years that a file names by what it says of them; all of it, or nothing.

    Args:
        text: CSV with the columns date, kind (off or work), name, source.
    Returns: how many exceptions the years have now.
    Raises: YumiaoError (``calendar.refused``) naming every row that cannot be used.
    """
    days = read_days(text)
    years = sorted({day.day.year for day in days})
    for year in years:
        CalendarDay.objects.filter(day__year=year).delete()
    _write(days, now)
    payload: dict[str, Value] = {"years": years, "days": len(days)}
    record(stream=_STREAM, act="calendar.imported", actor=by, at=now, payload=payload)
    return len(days)


def reference_text() -> str:
    """Return the file that comes with the program: China's holidays of some years, each with its notice."""
    place = resources.files("yumiao.district.workdays") / "reference" / "holidays-cn.csv"
    return place.read_text(encoding="utf-8")


def read_days(text: str) -> list[Day]:
    """Read a file of exceptions. Raises: YumiaoError (``calendar.refused``) with every problem."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        found = ", ".join(reader.fieldnames or ()) or "—"
        raise _refused(
            [
                _problem(
                    "1",
                    f"列应为 {', '.join(COLUMNS)}，现为 {found}",
                    f"expected the columns {', '.join(COLUMNS)}; found {found}",
                )
            ]
        )
    days: dict[dt.date, Day] = {}
    problems: list[Problem] = []
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS:
            problems.append(_problem(str(number), f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows"))
            break
        read = _read_row(row)
        if isinstance(read, Day):
            found_problems = list(_problems(read, str(number)))
            if read.day in days:
                found_problems.append(_problem(str(number), f"{read.day} 重复", f"{read.day} stands twice"))
            problems += found_problems
            days[read.day] = read
        else:
            problems.append(_problem(str(number), read.zh, read.en))
    if problems or not days:
        raise _refused(problems or [_problem("2", "没有任何一天", "there is no day in it")])
    return list(days.values())


def _read_row(row: dict[str, str | None]) -> Day | Text:
    try:
        day = dt.date.fromisoformat((row["date"] or "").strip())
    except ValueError:
        return Text("日期应如 2026-10-01", "a date has to look like 2026-10-01")
    kind = (row["kind"] or "").strip()
    if kind not in _KINDS:
        return Text("kind 应为 off 或 work", "kind has to be off or work")
    return Day(day, _KINDS[kind], (row["name"] or "").strip(), (row["source"] or "").strip())


def _problems(day: Day, where: str) -> Iterator[Problem]:
    if not 1 <= len(day.name) <= 40:
        yield _problem(where, "请写明名称（1–40 字）", "needs a name of 1 to 40 characters")
    if not 1 <= len(day.source) <= 300:
        yield _problem(where, "请写明来源文件（1–300 字）", "needs its source, 1 to 300 characters")
    if day.is_working and day.day.weekday() < 5:
        yield _problem(
            where, "平日本来上班，只登记调休的周末", "is a weekday and worked anyway; enter weekend days only"
        )


def _write(days: list[Day], now: dt.datetime) -> None:
    for day in days:
        CalendarYear.objects.get_or_create(
            year=day.day.year, defaults={"source": day.source, "recorded_at": now}
        )
        CalendarDay.objects.update_or_create(
            day=day.day,
            defaults={
                "is_working": day.is_working,
                "name": day.name,
                "source": day.source,
                "recorded_at": now,
            },
        )


def _refused(problems: list[Problem]) -> YumiaoError:
    told = Text("日历没有改，请按下列各项修改。", "The calendar was not changed; correct this:")
    return YumiaoError("calendar.refused", told, tuple(problems))


def _problem(where: str, zh: str, en: str) -> Problem:
    return Problem("calendar.row", Text(f"{where}：{zh}。", f"{where}: {en}."))
