"""How large and how quick a store is: ``python -m benchmarks.store [--subjects N] [--batches B] [--metrics M]``.

Makes a store of quarterly batches (each with every subject and metric, one source in three saying otherwise now and
then), then measures in this process: adding a batch, the store's size beside the same values in plain Parquet, one
subject's facts (warm), a snapshot with and without sources, and the process's peak memory. Every result is printed
as one line of JSON. Times are wall clock, the median and the worst of repeated ones; beside them the processor time of
all threads, which says more on a machine that does other work too.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import polars as pl

from yumiao.model.facts import Facts
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.precedence import Precedence
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind
from yumiao.store import BatchContent, Store, create_store, open_store

SOURCES = ("tax", "statistics", "town")
PRECEDENCE = Precedence(SOURCES)


def make_metrics(count: int) -> dict[str, Metric]:
    """Return money of a year, counts of now, and a few of the other kinds."""
    kinds = {3: Kind.BOOL, 7: Kind.DATE}
    metrics = {}
    for place in range(count):
        kind = kinds.get(place % 10, Kind.QUANTITY)
        yearly = kind is Kind.QUANTITY and place % 2 == 0
        period = PeriodKind.FISCAL_YEAR if yearly else PeriodKind.AT_APPLICATION
        unit = UNITS["CNY_10k" if yearly else "person"] if kind is Kind.QUANTITY else None
        name = f"metric_{place:02d}"
        metrics[name] = Metric(name, Text(name), kind, period, unit)
    return metrics


def make_content(
    subjects: pl.Series, metrics: dict[str, Metric], number: int, *, with_sources: bool
) -> BatchContent:
    """Make one quarterly batch: nine values in ten known, each from its own cell of one sheet."""
    size = len(subjects)
    rows = pl.int_range(4, 4 + size, dtype=pl.Int64, eager=True)
    columns = [subjects.alias("subject"), ("示例企业" + subjects).alias("name"), subjects.alias("code")]
    names = []
    for place, metric in enumerate(metrics.values()):
        name = f"{metric.id}@{2023 + number // 4}" if metric.period.is_yearly else metric.id
        drawn = (rows * 2_654_435_761 + place * 40_503) % 1_000_003
        drawn = drawn + ((rows * 7 + place + number * 13) % 50 == 0).cast(pl.Int64)  # two in a hundred differ
        if metric.kind is Kind.BOOL:
            values = drawn % 2 == 0
        elif metric.kind is Kind.DATE:
            values = (drawn % 9000).cast(pl.Int32).cast(pl.Date)
        else:
            values = drawn * 1_000_000 if metric.period.is_yearly else drawn % 5000
        known = (rows + place + number) % 10 != 0
        columns.append(pl.select(pl.when(known).then(values)).to_series().alias(name))
        names.append(name)
    table = pl.DataFrame(columns)
    sources = _sources(table, names, rows, number) if with_sources else Facts(table).sources
    return BatchContent(Facts(table, sources))


def _sources(table: pl.DataFrame, names: list[str], rows: pl.Series, number: int) -> pl.DataFrame:
    frames = []
    for place, name in enumerate(names):
        letters = chr(ord("A") + place // 26) * (place >= 26) + chr(ord("A") + place % 26)
        values = table[name]
        raw = (values // 1_000_000).cast(pl.String) if "@" in name else values.cast(pl.String)
        frame = table.select("subject").with_columns(
            column=pl.lit(name),
            value=values.cast(pl.String),
            raw=raw,
            file=pl.lit(f"季报{number:02d}.xlsx"),
            sheet=pl.lit("汇总"),
            cell=letters + rows.cast(pl.String),
            batch=pl.lit(""),
            recorded_at=pl.lit(""),
        )
        frames.append(frame.filter(values.is_not_null()))
    return pl.concat(frames)


def at_minute(number: int) -> str:
    """Return a made-up moment of recording."""
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return (start + dt.timedelta(minutes=number)).isoformat()


def build(
    folder: Path, args: argparse.Namespace, metrics: dict[str, Metric]
) -> tuple[Store, list[str], dict]:
    """Make the store; returns it, the ids, and what building measured."""
    store = create_store(folder, at=at_minute(0), who="benchmark", store_id="benchmark")
    with store.writing("benchmark", at_minute(1)) as draft:
        ids = draft.mint(args.subjects)
    subjects, seconds, processor, plain = pl.Series("subject", ids), [], [], 0
    for number in range(args.batches):
        content = make_content(subjects, metrics, number, with_sources=args.sources)
        day = dt.date(2023, 3, 31) + dt.timedelta(days=91 * number)
        start, used = time.perf_counter(), time.process_time()
        with store.writing("benchmark", at_minute(2 + number)) as draft:
            added = draft.add_batch(content, kind="quarter", source=SOURCES[number % 3], observed_on=day)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
        place = folder.parent / "plain.parquet"
        content.facts.table.write_parquet(place, compression="zstd", compression_level=3)
        plain += place.stat().st_size
        facts = store.state().batch(added.id).manifest.counts["facts"]
        del content
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return (
        store,
        ids,
        {
            "add_batch_s": round(statistics.median(seconds), 2),
            "add_batch_processor_s": round(statistics.median(processor), 2),
            "facts_per_batch": facts,
            "store_mb": round(size / 1e6, 1),
            "same_values_in_plain_parquet_mb": round(plain / 1e6, 1),
        },
    )


def time_subjects(store: Store, ids: list[str], metrics: dict[str, Metric], repeats: int) -> dict:
    """Measure one subject's facts, in a process that has opened the store."""
    state, chosen = store.state(), random.Random(1).sample(ids, repeats + 3)
    seconds, processor = [], []
    for subject in chosen:
        start, used = time.perf_counter(), time.process_time()
        rows = state.subject_facts(subject, metrics, PRECEDENCE).height
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    warm = seconds[3:]
    return {
        "subject_median_processor_ms": round(statistics.median(processor[3:]) * 1e3, 1),
        "subject_first_ms": round(seconds[0] * 1e3, 1),
        "subject_median_ms": round(statistics.median(warm) * 1e3, 1),
        "subject_worst_ms": round(max(warm) * 1e3, 1),
        "subject_values": rows,
    }


def time_snapshot(store: Store, metrics: dict[str, Metric], *, with_sources: bool) -> dict:
    """Measure building a snapshot that nobody has asked for before."""
    state = store.state()
    start, used = time.perf_counter(), time.process_time()
    facts = state.snapshot(metrics, PRECEDENCE, with_sources=with_sources, keep=False)
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    name = "snapshot_with_sources" if with_sources else "snapshot"
    return {
        f"{name}_s": round(seconds, 2),
        f"{name}_processor_s": round(processor, 2),
        "columns": facts.table.width - 3,
        f"{name}_sources": facts.sources.height,
        "conflicts": facts.conflicts.height,
    }


def time_small_batches(folder: Path, metrics: dict[str, Metric], count: int) -> dict:
    """Measure many small batches (corrections of twenty subjects each) before and after compaction."""
    store = create_store(folder, at=at_minute(0), who="benchmark", store_id="benchmark")
    chance, few = random.Random(2), dict(list(metrics.items())[:6])
    with store.writing("benchmark", at_minute(1)) as draft:
        ids = draft.mint(10_000)
        whole = make_content(pl.Series("subject", ids), metrics, 0, with_sources=True)
        draft.add_batch(whole, kind="quarter", source="tax", observed_on=dt.date(2023, 1, 1))
    for number in range(count):
        some = pl.Series("subject", sorted(chance.sample(ids, 20)))
        with store.writing("benchmark", at_minute(2 + number)) as draft:
            content = make_content(some, few, number % 4, with_sources=True)
            day = dt.date(2023, 1, 2) + dt.timedelta(days=number)
            draft.add_batch(content, kind="correction", source="town", observed_on=day)
    found: dict = {"small_batches": count}
    for name in ("scattered", "bundled"):
        start = time.perf_counter()
        found[f"{name}_open_s"] = round(
            (len(open_store(folder).state().batches), time.perf_counter() - start)[1], 2
        )
        again = open_store(folder)
        snapshot = time_snapshot(again, metrics, with_sources=False)
        subject = time_subjects(again, ids, metrics, 20)
        found |= {f"{name}_{key}": value for key, value in snapshot.items() if key.endswith("_s")}
        found |= {f"{name}_{key}": value for key, value in subject.items() if "median" in key}
        if name == "scattered":
            start = time.perf_counter()
            found["bundled"] = store.compact()
            found["compact_s"] = round(time.perf_counter() - start, 2)
    return found


def peak_mb() -> int:
    """Return the most memory that this process ever took."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Run the benchmark and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=100_000)
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--metrics", type=int, default=40)
    parser.add_argument("--sources", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--expand-sources", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument(
        "--small", type=int, default=0, help="instead: so many small batches, compacted or not"
    )
    parser.add_argument("--folder", type=Path, help="keep the store here")
    args = parser.parse_args()
    metrics = make_metrics(args.metrics)
    place = args.folder or Path(tempfile.mkdtemp(prefix="yumiao-store-"))
    try:
        if args.small:
            print(json.dumps(time_small_batches(place / "store", metrics, args.small)))
            return
        _, ids, built = build(place / "store", args, metrics)
        print(json.dumps({"subjects": args.subjects, "batches": args.batches, **built, "peak_mb": peak_mb()}))
        store = open_store(place / "store")
        print(json.dumps(time_subjects(store, ids, metrics, 60)))
        print(json.dumps({**time_snapshot(store, metrics, with_sources=False), "peak_mb": peak_mb()}))
        if args.expand_sources:
            print(json.dumps({**time_snapshot(store, metrics, with_sources=True), "peak_mb": peak_mb()}))
    finally:
        if args.folder is None:
            shutil.rmtree(place)


if __name__ == "__main__":
    main()
