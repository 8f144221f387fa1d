"""A thousand rows imported: how long until the list shows it, with the worker and the site as they run in service.

``import``: the file is read, linked, compared and committed to the store. ``shown``: from then on, until a list that
somebody opens holds the new verdicts: the worker notices, judges, writes; the site sees it.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

ROWS = 1_000
POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 180.0
_MAPPING = """mapping: 基准参保人数
kind: 基准-参保人数
source: social_security
subject: {code: 统一社会信用代码, name: 单位名称}
columns:
  参保人数: {metric: staff_total, unit: 人, year: 2025}
"""


def measure(folder: Path) -> dict[str, Any]:
    """Import once, wait, take it back, wait; the register then says what it said before.

    Runs in the environment of the district, beside its site and worker.
    """
    import django

    django.setup()
    from django.utils import timezone

    from yumiao.district.registry.keeping import ask_for_refresh
    from yumiao.district.registry.packs import library
    from yumiao.store import open_store

    packs, store = library(), open_store(Path(os.environ["YUMIAO_STORE"]))
    was = _tallies()
    path = write_rows(folder, random.Random(time.time_ns()))
    started, cpu = time.perf_counter(), time.process_time()
    batch = _import(path, packs, store)
    imported, import_cpu = time.perf_counter() - started, time.process_time() - cpu
    try:
        shown = _until_shown(store, ask_for_refresh(actor="", now=timezone.now()))
    except BaseException:
        _take_back(store, batch)
        raise
    changed = sum(now != was.get(subject) for subject, now in _tallies().items())
    _take_back(store, batch)
    back = _until_shown(store, ask_for_refresh(actor="", now=timezone.now()))
    if _tallies() != was:
        raise SystemExit("the register is not what it was before")
    return {
        "rows": ROWS,
        "import_seconds": round(imported, 2),
        "import_cpu": round(import_cpu, 2),
        "shown_seconds": shown,
        "taken_back_seconds": back,
        "subjects_changed": changed,
    }


def _take_back(store: Any, batch: str) -> None:
    with store.writing("benchmark", _moment()) as draft:
        draft.revert(batch)


def write_rows(folder: Path, chance: random.Random) -> Path:
    """Write a file and its mapping: other numbers of staff for a thousand enterprises with a code."""
    from yumiao.district.registry.models import Subject

    known = list(Subject.objects.exclude(code="").order_by("id").values_list("code", "name"))
    path = folder / "参保.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["统一社会信用代码", "单位名称", "参保人数"])
        rows.writerows([code, name, chance.randint(3, 900)] for code, name in chance.sample(known, ROWS))
    (folder / "参保.yaml").write_text(_MAPPING, encoding="utf-8")
    return path


def _import(path: Path, packs: Any, store: Any) -> str:
    from yumiao.importing.imports import commit_import
    from yumiao.importing.reading import read_incoming

    on = dt.date(2026, 7, 14)
    incoming = read_incoming([path], [path.with_suffix(".yaml")], packs, store, today=on, on=on)
    report = commit_import(store, incoming, packs, at=_moment(), who="benchmark")
    return str(report.files[0].batch)


def _moment() -> str:
    """The moment of recording; the district's day is in summer, so every run comes after what is there."""
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).isoformat(timespec="microseconds")


def _until_shown(store: Any, job: str) -> float:
    from yumiao.district.jobs.models import Job
    from yumiao.district.registry.models import Projection

    root, started = store.state().root, time.perf_counter()
    while Projection.objects.values_list("store_root", flat=True).first() != root:
        if Job.objects.get(id=job).state == "failed" or time.perf_counter() - started > _PATIENCE_SECONDS:
            raise SystemExit(f"the register was not brought up to date: {Job.objects.get(id=job).told}")
        time.sleep(POLL_SECONDS)
    return round(time.perf_counter() - started, 2)


def _tallies() -> dict[str, tuple[int, ...]]:
    from yumiao.district.registry.models import Subject

    rows = Subject.objects.values_list("id", "met", "not_met", "undetermined")
    return {subject: counts for subject, *counts in rows}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
