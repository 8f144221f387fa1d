"""How well are names linked? Yumiao, its rules alone, and two usual measures of likeness, on the judged set.

    python benchmarks/linkage.py            # the judged set, and 100,000 rows against 100,000 known parties
    python benchmarks/linkage.py --quick    # the judged set alone

Writes results/linkage-DATE.json and docs/benchmarks/linkage.md.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from random import Random

import polars as pl
from harness import describe_machine
from linkage_names import FOLDER, INDUSTRIES, REGIONS, make_code

from yumiao.identity.linkage import link
from yumiao.identity.names import comparison_form, normalise_name

REPOSITORY = Path(__file__).parents[1]
PROMISED_PRECISION = 0.995
PROMISED_SECONDS = 30
PACKAGES = ("polars", "duckdb", "splink", "rapidfuzz", "scikit-learn")
ROUNDS = 5
SIZE = 100_000


@dataclass(frozen=True)
class Measured:
    """What one way to link has given.

    Attributes:
        same: pairs it calls the same; right: those that are.
        there: received rows whose party is on the known list.
        queued, pairs: rows that a person must look at, and the pairs to look at.
        found: of those rows, the ones whose true pair is among them.
        seconds: CPU seconds of all threads, median over the rounds, without reading the files.
    """

    way: str
    data: str
    same: int
    right: int
    there: int
    queued: int
    pairs: int
    found: int
    seconds: float

    @property
    def precision(self) -> float:
        return self.right / self.same if self.same else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there


def read_set() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Read the judged set: received rows, known parties, and the truth (``left``, ``true``, ``kind``)."""
    known, received = (
        pl.DataFrame(list(csv.DictReader((FOLDER / name).open(encoding="utf-8")))).with_columns(
            pl.all().replace("", None)
        )
        for name in ("known.csv", "received.csv")
    )
    lists = [
        pl.when(pl.col(column).is_not_null()).then(pl.concat_list(column)).alias(column)
        for column in ("former_names", "short_names")
    ]
    truth = received.join(known.select("party", true="key"), on="party", how="left").select(
        "kind", "true", left="key"
    )
    return received, known.with_columns(lists), truth


# --- ours ----------------------------------------------------------------------------------------


def measure_ours(
    way: str, data: str, columns: list[str], *, with_probabilities: bool
) -> tuple[Measured, pl.DataFrame]:
    """Link the set with some of its columns; also returns the answer for each row that has a true pair."""
    received, known, truth = read_set()
    left = received.select("key", "name", *columns)
    right = known.select("key", "name", "former_names", "short_names", *columns)
    found, seconds = timed(lambda: link(left, right, with_probabilities=with_probabilities))
    same = found.same().join(truth, on="left")
    queue = found.queue().join(truth, on="left")
    is_right = same.filter(pl.col("right") == pl.col("true"))
    in_queue = queue.filter(pl.col("right") == pl.col("true"))
    there = truth.filter(pl.col("true").is_not_null())
    measured = Measured(
        way, data, same.height, is_right.height, there.height,
        queue["left"].n_unique(), queue.height, in_queue["left"].n_unique(), seconds,
    )  # fmt: skip
    by_kind = there.with_columns(
        same=pl.col("left").is_in(is_right["left"].implode()),
        queued=pl.col("left").is_in(in_queue["left"].implode()),
    )
    return measured, by_kind.group_by("kind").agg(pl.len().alias("rows"), pl.sum("same", "queued")).sort(
        "kind"
    )


def timed(call: Callable[[], object]) -> tuple[object, float]:
    """Call several times; the result, and the median of the CPU seconds of all threads."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        result = call()
        seconds.append(time.process_time() - start)
    return result, sorted(seconds)[len(seconds) // 2]


# --- peers: the best alike, from a threshold up --------------------------------------------------


def best_by_tfidf(received: list[str], known: list[str]) -> list[tuple[int, float]]:
    """Find the most alike known name by the cosine of character n-grams weighted by TF-IDF."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    right = vectorizer.fit_transform(known)
    alike = vectorizer.transform(received) @ right.T
    best = alike.argmax(axis=1).A1 if hasattr(alike.argmax(axis=1), "A1") else alike.argmax(axis=1).ravel()
    return [(int(place), float(alike[row, place])) for row, place in enumerate(best)]


def best_by_rapidfuzz(received: list[str], known: list[str]) -> list[tuple[int, float]]:
    """Find the most alike known name by rapidfuzz's WRatio."""
    from rapidfuzz import fuzz, process

    found = (process.extractOne(name, known, scorer=fuzz.WRatio) for name in received)
    return [(place, score / 100) for _, score, place in found]


def measure_peer(way: str, best: Callable[[list[str], list[str]], list[tuple[int, float]]]) -> list[Measured]:
    """Measure a peer at two thresholds that are chosen while looking at the truth, which flatters it.

    The first is the one with the best F1, the second the lowest one that keeps the promised precision.
    """
    received, known, truth = read_set()
    names = [[comparison_form(normalise_name(name)) for name in side["name"]] for side in (received, known)]
    found, seconds = timed(lambda: best(*names))
    keys, true = known["key"].to_list(), truth["true"].to_list()
    scored = sorted(
        ((score, keys[place] == true[row]) for row, (place, score) in enumerate(found)),
        key=lambda pair: -pair[0],
    )
    there = truth["true"].drop_nulls().len()
    curve, right = [], 0
    for same, (_, is_right) in enumerate(scored, start=1):
        right += is_right
        is_edge = same == len(scored) or scored[same][0] != scored[same - 1][0]
        if is_edge:
            curve.append(Measured(way, "", same, right, there, 0, 0, 0, seconds))
    best_f1 = max(curve, key=lambda point: 2 * point.right / (point.same + there))
    precise = [point for point in curve if point.precision >= PROMISED_PRECISION]
    points = [
        ("best F1", best_f1),
        ("same precision", max(precise, key=lambda point: point.right, default=None)),
    ]
    return [
        Measured(**{**asdict(point), "data": f"names, {label}"})
        for label, point in points
        if point is not None
    ]


# --- many rows -----------------------------------------------------------------------------------


def measure_many(size: int) -> dict[str, object]:
    """Link many rows to as many known parties: most by code, the rest by every step."""
    rng = Random(412)
    characters = sorted(set("".join((FOLDER / "trade_names.txt").read_text(encoding="utf-8").split())))
    regions = [ways[0] for ways in REGIONS]
    firms = [
        (
            rng.choice(regions),
            "".join(rng.sample(characters, rng.choice([2, 2, 2, 3, 4]))),
            rng.choice(INDUSTRIES),
            make_code(number),
        )
        for number in range(size)
    ]
    known = pl.DataFrame(
        {
            "key": [f"K{number}" for number in range(size)],
            "name": [f"{region}{trade}{industry}有限公司" for region, trade, industry, _ in firms],
            "code": [code if number % 10 else None for number, (*_, code) in enumerate(firms)],
            "address": [f"江苏省常州市武进区延政路{number % 900}号" for number in range(size)],
        }
    )
    picked = [rng.choice(firms) for _ in range(size)]
    received = pl.DataFrame(
        {
            "key": [f"R{number}" for number in range(size)],
            "name": [_vary(firm, rng, characters) for firm in picked],
            "code": [firm[3] if rng.random() < 0.7 else None for firm in picked],
        },
        schema={"key": pl.String, "name": pl.String, "code": pl.String},
    )
    start, cpu = time.perf_counter(), time.process_time()
    found = link(received, known)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    steps = found.pairs.group_by("step", "answer").len().sort("step", "answer").rows()
    load = round(os.getloadavg()[0], 1)
    return {
        "rows": size,
        "cpu_seconds": round(cpu, 1),
        "wall_seconds": round(seconds, 1),
        "load": load,
        "steps": steps,
        "unmatched": len(found.unmatched),
    }


def _vary(firm: tuple[str, str, str, str], rng: Random, characters: list[str]) -> str:
    region, trade, industry, _ = firm
    written = [
        *[f"{region}{trade}{industry}有限公司"] * 6,
        f"{trade}（{region}）{industry}有限公司",
        f"{region}{trade}{industry}股份有限公司",
        f"{trade}{industry}",
        f"{region}{''.join(rng.sample(characters, 2))}{industry}有限公司",
    ]
    return rng.choice(written)


# --- written down --------------------------------------------------------------------------------


def render(date: str, rows: list[Measured], kinds: pl.DataFrame, many: dict[str, object] | None) -> str:
    """Write the page."""
    template = (Path(__file__).parent / "linkage_page.md").read_text(encoding="utf-8")
    table = "\n".join(_row(row) for row in rows)
    kind_rows = "\n".join(
        f"| {row['kind'].replace('_', ' ')} | {row['rows']} | {row['same']} | {row['queued']} "
        f"| {row['rows'] - row['same'] - row['queued']} |"
        for row in kinds.iter_rows(named=True)
    )
    return (
        template.replace("{{date}}", date)
        .replace("{{machine}}", _machine_text())
        .replace("{{table}}", table)
        .replace("{{kinds}}", kind_rows)
        .replace("{{many}}", _many_text(many))
    )


def _machine_text() -> str:
    machine = describe_machine()
    used = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, {used}"


def _row(row: Measured) -> str:
    queue = f"{row.queued:,} ({row.pairs:,})" if row.queued else "–"
    both = f"{(row.right + row.found) / row.there:.1%}" if row.queued else "–"
    return (
        f"| {row.way} | {row.data} | {row.same:,} | {row.same - row.right} | {row.precision:.2%} | {row.recall:.1%} "
        f"| {queue} | {both} | {row.seconds:.2f} |"
    )


def _many_text(many: dict[str, object] | None) -> str:
    if many is None:
        return "Not measured in this run."
    same = sum(count for _, answer, count in many["steps"] if answer == "same")
    asked = sum(count for _, answer, count in many["steps"] if answer == "person")
    return (
        f"{many['rows']:,} rows, seven in ten with a code, linked to {many['rows']:,} known parties: "
        f"{many['cpu_seconds']} CPU seconds of all threads ({PROMISED_SECONDS} promised), {many['wall_seconds']} s of "
        f"wall time at a load of {many['load']}; {same:,} the same, {asked:,} pairs for a person."
    )


def main() -> None:
    """Measure, write down, and fail when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the judged set alone")
    quick = parser.parse_args().quick
    rows, kinds = [], None
    for data, columns in (
        ("names", []),
        ("names, addresses", ["address"]),
        ("names, addresses, codes", ["address", "code"]),
    ):
        row, by_kind = measure_ours("Yumiao", data, columns, with_probabilities=True)
        kinds = by_kind if kinds is None else kinds
        rows.append(row)
        rows.append(measure_ours("Yumiao, rules alone", data, columns, with_probabilities=False)[0])
    rows += measure_peer("character TF-IDF", best_by_tfidf) + measure_peer("rapidfuzz", best_by_rapidfuzz)
    many = None if quick else measure_many(SIZE)
    date = dt.datetime.now().astimezone().date().isoformat()
    report = {
        "machine": describe_machine(),
        "rows": [asdict(row) for row in rows],
        "kinds": kinds.to_dicts(),
        "many": many,
    }
    results = Path(__file__).parent / "results" / f"linkage-{date}.json"
    results.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = REPOSITORY / "docs" / "benchmarks" / "linkage.md"
    page.write_text(render(date, rows, kinds, many), encoding="utf-8")
    print(page.read_text(encoding="utf-8"))
    broken = [row for row in rows if row.way.startswith("Yumiao") and row.precision < PROMISED_PRECISION]
    if broken or (many and many["cpu_seconds"] > PROMISED_SECONDS):
        raise SystemExit("a promise is broken")


if __name__ == "__main__":
    main()
