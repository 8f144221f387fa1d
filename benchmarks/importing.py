"""How long an import takes: rows of one file linked against the subjects that a store knows.

Run: ``python benchmarks/importing.py [ROWS]`` (default 100 000 rows against as many known subjects). Prints CPU and
wall seconds of each part. Everything is invented and made from a seed.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from yumiao.identity.codes import check_character
from yumiao.importing.imports import commit_import, preview_import
from yumiao.importing.reading import read_incoming
from yumiao.packs.library import load_packs
from yumiao.store import create_store

SEED = 20261122
ON = dt.date(2026, 6, 30)
CHARACTERS = (
    "华联创新明德恒远宏达瑞祥嘉禾青木天合东方金石云海博雅锦绣星辰万泰同兴永固长虹润泽凯旋晨曦微光智汇"
)
TRADES = (
    "机械",
    "电子科技",
    "新材料",
    "生物医药",
    "精密制造",
    "环保设备",
    "软件",
    "智能装备",
    "光电",
    "化工",
)
FORMS = ("有限公司", "股份有限公司", "有限责任公司", "科技有限公司")
METRICS = ("职工总数（人）", "科技人员（人）", "营业收入（万元）", "销售收入（万元）", "资产总额（万元）")
KNOWN_BY_CODE, KNOWN_BY_NAME, NEAR = 0.80, 0.10, 0.02


def firms(count: int) -> list[tuple[str, str]]:
    """Make codes and names that differ from each other."""
    random_ = random.Random(SEED)
    found: dict[str, str] = {}
    while len(found) < count:
        name = "".join(random_.choices(CHARACTERS, k=random_.choice((2, 3, 4))))
        name = f"常州{name}{random_.choice(TRADES)}{random_.choice(FORMS)}"
        if name not in found:
            body = f"91320412MA{len(found):07d}"
            found[name] = body + check_character(body)
    return [(code, name) for name, code in found.items()]


def table(rows: list[tuple[str, str]], year: int) -> Iterator[list[str]]:
    """One file of a bureau: a header and a row per firm, in the order given."""
    random_ = random.Random(SEED + year)
    yield ["统一社会信用代码", "企业名称", *(f"{year}年{metric}" for metric in METRICS)]
    for code, name in rows:
        yield [code, name, *(str(random_.randrange(1, 90_000)) for _ in METRICS)]


def write(path: Path, rows: Iterator[list[str]]) -> Path:
    """Write a file and return where it lies."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def arriving(known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Rows as another bureau writes them: most with a code, some with a name alone, some near, some new."""
    random_ = random.Random(SEED + 1)
    rows = []
    fresh = firms(len(known) * 2)[len(known) :]
    for (code, name), new in zip(known, fresh, strict=True):
        chance = random_.random()
        if chance < KNOWN_BY_CODE:
            rows.append((code, name))
        elif chance < KNOWN_BY_CODE + KNOWN_BY_NAME:
            rows.append(("", name))
        elif chance < KNOWN_BY_CODE + KNOWN_BY_NAME + NEAR:
            rows.append(("", name.replace("有限公司", "制造有限公司")))
        else:
            rows.append(new)
    return rows


def measure(what: str, started: tuple[float, float]) -> tuple[float, float]:
    """Print what a part took, and start the clock for the next one."""
    now = time.process_time(), time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:36} CPU {now[0] - started[0]:7.2f} s  wall {now[1] - started[1]:7.2f} s  peak {peak:6.0f} MB"
    )
    return time.process_time(), time.perf_counter()


def main(count: int) -> None:
    """Fill a store, then import a second file and look at a third."""
    library = load_packs()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        known = firms(count)
        first = write(here / "a.csv", table(known, 2024))
        second = write(here / "b.csv", table(arriving(known), 2025))
        store = create_store(here / "store", at="2026-07-01T08:00:00+08:00", who="benchmark")
        said = {"today": ON, "source": "tax"}
        clock = time.process_time(), time.perf_counter()
        incoming = read_incoming([first], [], library, store, **said)
        clock = measure(f"read {count:,} rows", clock)
        commit_import(store, incoming, library, at="2026-07-01T08:01:00+08:00", who="benchmark")
        clock = measure("import into an empty store", clock)
        incoming = read_incoming([second], [], library, store, today=ON, source="town")
        clock = measure("read the second file", clock)
        report = commit_import(store, incoming, library, at="2026-07-01T08:02:00+08:00", who="benchmark")
        clock = measure("link, compare, commit", clock)
        print(dict(report.files[0].assignment.counts()), dict(report.files[0].comparison.counts()))
        third = write(here / "c.csv", table(arriving(known)[:1000], 2025))
        incoming = read_incoming([third], [], library, store, today=ON, source="tax")
        seen = preview_import(
            store, incoming, library, at="2026-07-01T08:03:00+08:00", who="benchmark", as_of=ON
        )
        measure("look at 1,000 rows, with verdicts", clock)
        print(seen.effects.judged, "verdicts compared,", seen.effects.changes.height, "changed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
