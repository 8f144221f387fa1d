"""Do all engines give the same answers? Compared before anything is timed.

- The hand-written Polars and DuckDB programs are compared row by row and value by value with the reference,
  which tries every completion of the unknown facts.
- Every engine's tallies (outcomes, score sums, each condition, each gap) are compared with those of Polars.

Yumiao reads clauses together and knows more constraints: it may decide more, but no answer otherwise.
Only OpenFisca may differ, by what 32-bit floats do; the largest share of rows that changed side is
reported.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import data
import polars as pl
from contract import CONDITIONS, GAPS, HNTE, TECH_SME, Policy, Tally, tech_sme_variants

DEFAULT_FOLDER = Path(tempfile.gettempdir()) / "yumiao-benchmarks"
TOLERATED = {"openfisca": 0.01}
"""Share of rows, and of a sum, that may differ."""
OTHER_GAPS = {f"{name} gap known" for name in ("C5_score", "H7_score")}
"""They mean something else in Yumiao: a condition of two clauses has none, an open score what it lacks at best."""


def differences(expected: Sequence[Tally], found: Sequence[Tally]) -> Iterator[tuple[str, float]]:
    """Name every number that differs, with the size of the difference: a share of the rows, or of the sum."""
    for one, other in zip(expected, found, strict=True):
        for name, is_count, a, b in _numbers(one, other):
            if a != b:
                yield (
                    f"{one.policy} {name}: {a} expected, {b} found",
                    abs(a - b) / (one.rows if is_count else max(abs(a), 1)),
                )


def fewer_decided(expected: Sequence[Tally], found: Sequence[Tally]) -> Iterator[tuple[str, float]]:
    """Name every count of decided answers that is smaller than expected: Yumiao may decide more, never less.

    That no row is decided the other way round is for ``check_ours`` to show.
    """
    for one, other in zip(expected, found, strict=True):
        for name, is_count, a, b in _numbers(one, other):
            if is_count and b < a and name not in OTHER_GAPS:
                yield f"{one.policy} {name}: at least {a} expected, {b} found", (a - b) / one.rows


def more_decided(expected: Sequence[Tally], found: Sequence[Tally]) -> str:
    """Say how many outcomes more were decided."""
    counts = [
        (one.policy, one.undetermined - other.undetermined)
        for one, other in zip(expected, found, strict=True)
    ]
    if len(counts) > 2:
        return f"Decides {sum(count for _, count in counts):,} outcomes more."
    return f"Decides more outcomes: {', '.join(f'{name} {count:,}' for name, count in counts)}."


def _numbers(one: Tally, other: Tally) -> Iterator[tuple[str, bool, int, int]]:
    for name in ("rows", "met", "not_met"):
        yield name, True, getattr(one, name), getattr(other, name)
    for name in ("score_low", "score_high"):
        yield name, False, getattr(one, name), getattr(other, name)
    for name, counts in one.conditions.items():
        for side, a, b in zip(("met", "not met"), counts, other.conditions[name], strict=True):
            yield f"{name} {side}", True, a, b
    for name, (known, total) in one.gaps.items():
        yield f"{name} gap known", True, known, other.gaps[name][0]
        yield f"{name} gap sum", False, total, other.gaps[name][1]


def check_rows(module: str, parquet: Path, limit: int) -> int:
    """Compare an engine's answers with the reference, value by value; return how many differ."""
    engine, reference = importlib.import_module(module), importlib.import_module("peers.reference")
    policies = [TECH_SME, HNTE]
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "answers.parquet"
        engine.run_write(engine.prepare(policies), parquet, written)
        answers = {row["subject"]: row for row in pl.read_parquet(written).iter_rows(named=True)}
    wrong = 0
    for facts in pl.read_parquet(parquet).head(limit).iter_rows(named=True):
        for policy in policies:
            expected = reference.answer(policy, facts)
            for name in answer_names(policy):
                found = answers[facts["subject"]][f"{policy.id}.{name}"]
                if found != expected[name]:
                    wrong += 1
                    print(
                        f"  {facts['subject']} {policy.id}.{name}: {expected[name]} expected, {found} found"
                    )
    return wrong


def check_ours(parquet: Path, rows: int) -> bool:
    """Compare our answers with those written by hand in Polars, row by row: more may be decided, nothing otherwise."""
    ours, hand = importlib.import_module("ours"), importlib.import_module("peers.polars_hand")
    policies = [TECH_SME, HNTE]
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for engine in (ours, hand):
            written = Path(folder) / "answers.parquet"
            engine.run_write(engine.prepare(policies), parquet, written)
            found.append(pl.read_parquet(written).head(rows))
    agreed = True
    for policy in policies:
        for name in ("outcome", *CONDITIONS[policy.kind]):
            mine, theirs = (frame[f"{policy.id}.{name}"] for frame in found)
            turned = int((mine != theirs).fill_null(value=False).sum())
            more = int((mine.is_not_null() & theirs.is_null()).sum())
            less = int((mine.is_null() & theirs.is_not_null()).sum())
            agreed &= turned == less == 0
            if turned or more or less:
                print(f"  {policy.id}.{name}: {turned} turned, {more} more decided, {less} less decided")
    return agreed


def answer_names(policy: Policy) -> list[str]:
    """Everything an engine answers for one subject."""
    gaps = [f"{name}.gap" for name in GAPS[policy.kind]]
    return ["outcome", "score_low", "score_high", *CONDITIONS[policy.kind], *gaps]


def check_tallies(engine: str, policies: Sequence[Policy], parquet: Path, expected: Sequence[Tally]) -> bool:
    """Compare an engine's tallies with the expected ones, and say what differs."""
    module, prepare, batch = ENGINES[engine]
    loaded = importlib.import_module(module)
    found = getattr(loaded, batch)(getattr(loaded, prepare)(policies), parquet, "all")
    unequal = list((fewer_decided if engine == "ours" else differences)(expected, found))
    largest = max((size for _, size in unequal), default=0.0)
    allowed = TOLERATED.get(engine, 0.0)
    print(
        f"  {engine}: "
        + (f"{len(unequal)} numbers differ, by at most {largest:.2%}" if unequal else "the same")
    )
    for text, _ in unequal if largest > allowed else ():
        print(f"    {text}")
    return largest <= allowed


ENGINES = {
    "duckdb": ("peers.duckdb_hand", "prepare", "run_batch"),
    "duckdb, joined parameters": ("peers.duckdb_hand", "prepare_joined", "run_batch_joined"),
    "openfisca": ("peers.openfisca_peer", "prepare", "run_batch"),
    "zen": ("peers.zen_peer", "prepare", "run_batch"),
    "ours": ("ours", "prepare", "run_batch"),
}
_BOTH = ("duckdb", "openfisca", "ours")
_VARIANTS = ("duckdb", "duckdb, joined parameters", "zen", "ours")


def main() -> int:
    """Compare everything; return 0 when all agree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_FOLDER, help="where the generated files are kept"
    )
    parser.add_argument(
        "--rows", type=int, nargs="*", default=[10_000, 100_000], help="sizes to compare tallies on"
    )
    folder = parser.parse_args().data
    polars_hand = importlib.import_module("peers.polars_hand")
    small = data.ensure(folder, 10_000)
    agreed = True
    for module in ("peers.polars_hand", "peers.duckdb_hand"):
        wrong = check_rows(module, small, 10_000)
        print(f"{module}, row by row against the reference: {wrong} values differ")
        agreed &= wrong == 0
    print("ours, row by row against Polars by hand:")
    agreed &= check_ours(data.ensure(folder, 100_000), 100_000)
    for rows in parser.parse_args().rows:
        parquet = data.ensure(folder, rows)
        for policies, engines in (
            ([TECH_SME, HNTE], _BOTH),
            ([TECH_SME], ("zen",)),
            (tech_sme_variants(4), _VARIANTS),
        ):
            expected = polars_hand.run_batch(polars_hand.prepare(policies), parquet, "all")
            print(f"{rows} enterprises, {', '.join(_summary(tally) for tally in expected)}")
            for engine in engines:
                agreed &= check_tallies(engine, policies, parquet, expected)
    print("all agree" if agreed else "there are differences")
    return 0 if agreed else 1


def _summary(tally: Tally) -> str:
    return f"{tally.policy} {tally.met} met {tally.not_met} not met {tally.undetermined} undetermined"


if __name__ == "__main__":
    raise SystemExit(main())
