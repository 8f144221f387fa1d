"""Being right about what is unknown: facts are hidden from the worked examples, and every answer is compared with
what all completions of the hidden facts say.

python benchmarks/right.py                 everything (some minutes)
python benchmarks/right.py --cases 20      fewer cases of each policy and number of unknown facts

An engine can be wrong in two ways. It **turns** an answer that says met or not met where some completion says
otherwise. It **leaves open** what every completion agrees on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from contract import AS_OF, COLUMNS, HNTE, TECH_SME, Policy
from harness import describe_machine
from render import _table

from yumiao.packs.library import load_packs, packs_folder
from yumiao.rules import graph as g
from yumiao.rules.brute_force import Completions, Reached, brute_force
from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import make_judge
from yumiao.rules.examples import PreparedExample, prepare_example, read_examples
from yumiao.rules.judging import read_reachable
from yumiao.rules.lowering import lower

HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "results", HERE.parent / "docs" / "benchmarks" / "right.md"
HIDDEN = (1, 2, 3, 4, 6, 9)
SEED = 20_260_601
LIMIT = 1_500
"""Completions tried per case at most; past it the case counts only where two outcomes were found."""

ENGINES = {
    "ours": "Yumiao",
    "openfisca": "OpenFisca, unknown as a third state (by hand)",
    "openfisca-naive": "OpenFisca, unknown as its default",
    "zen": "zen-engine, null guarded in every expression (by hand)",
    "zen-naive": "zen-engine, unknown as a default",
}
KINDS = {"tech_sme": TECH_SME, "hnte": HNTE}


@dataclass(frozen=True)
class Case:
    """An example from which some facts are hidden, and what its completions reach."""

    policy: str
    hidden: int
    row: Mapping[str, Any]
    reached: frozenset[str]
    exhaustive: bool
    found: frozenset[str]
    for_peers: bool

    @property
    def settled(self) -> bool:
        """Whether all completions agree."""
        return len(self.reached) == 1 and self.exhaustive


def cases(count: int) -> Iterator[Case]:
    """Hide facts from the examples of each policy, ``count`` times for each number of hidden facts."""
    for examples in _examples().values():
        yield from _cases_of(examples, count)


def _examples() -> Mapping[tuple[Any, ...], list[PreparedExample]]:
    """The worked examples by policy, day and reading."""
    library = load_packs()
    found = defaultdict(list)
    for folder in sorted(packs_folder().glob("*/examples")):
        read, problems = read_examples(folder)
        if problems:
            raise ValueError("; ".join(map(str, problems)))
        for example in read:
            prepared, wrong = prepare_example(library, example)
            if prepared is None:
                raise ValueError("; ".join(map(str, wrong)))
            found[prepared.policy.id].append(prepared)
    return dict(sorted(found.items()))


def _cases_of(examples: Sequence[PreparedExample], count: int) -> Iterator[Case]:
    library, policy = load_packs(), examples[0].policy
    engines: dict[Any, tuple[g.PolicyGraph, Any, Completions]] = {}
    for hidden in HIDDEN:
        chance = random.Random(f"{SEED}-{policy.id}-{hidden}")
        for _ in range(count):
            example = chance.choice(examples)
            key = example.key
            if key not in engines:
                as_of, settings = example.example.as_of, example.example.settings
                graph = lower(library, policy, as_of, settings)
                judge = make_judge(compile_policy(graph, example.ranged))
                engines[key] = graph, judge, Completions(library, policy, as_of, settings)
            graph, judge, completions = engines[key]
            used = _used(graph)
            known = sorted(name for name in example.row if name in used)
            if len(known) < hidden:
                continue
            gone = set(chance.sample(known, hidden))
            row = {name: value for name, value in example.row.items() if name not in gone}
            oracle = brute_force(completions, row, limit=LIMIT, until_open=True)
            yield _case(policy.family, example, hidden, row, oracle, read_reachable(graph, judge(row)))


def _used(graph: g.PolicyGraph) -> set[str]:
    used = {name for condition in graph.conditions for name in g.columns_of(condition.statement)}
    used |= {name for score in graph.scores for name in g.columns_of(score.score)}
    return used or set(graph.leaves)


def _case(
    family: str,
    example: PreparedExample,
    hidden: int,
    row: Mapping[str, Any],
    oracle: Reached,
    found: Iterable[str],
) -> Case:
    as_of, columns = example.example.as_of, COLUMNS.get(family, {})
    same_law = not example.example.settings and not example.ranged
    same_day = as_of == AS_OF if family == "hnte" else as_of.year == AS_OF.year
    missing = sum(column not in row for column in columns)
    for_peers = bool(columns) and same_law and same_day and missing == hidden
    return Case(family, hidden, row, oracle.reached, oracle.exhaustive, frozenset(found), for_peers)


# --- the engines ------------------------------------------------------------


def peer_outcomes(engine: str, kind: str, rows: Sequence[Mapping[str, Any]]) -> list[bool | None]:
    """What a peer says of each row; ``-naive`` gives it defaults instead of NULL."""
    policy, name = KINDS[kind], engine.removesuffix("-naive")
    frame = _frame(kind, rows)
    if engine.endswith("-naive"):
        frame = frame.with_columns(_default(frame, column, of) for column, of in COLUMNS[kind].items())
    return _openfisca(policy, frame) if name == "openfisca" else _zen(policy, frame)


def _frame(kind: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    types = {"bool": pl.Boolean, "category": pl.String, "date": pl.Int32}
    series = [
        pl.Series(column, [row.get(column) for row in rows], dtype=types.get(of, pl.Int64))
        for column, of in COLUMNS[kind].items()
    ]
    return pl.DataFrame(series).with_columns(
        pl.col(column).cast(pl.Date) for column, of in COLUMNS[kind].items() if of == "date"
    )


def _default(frame: pl.DataFrame, column: str, of: str) -> pl.Series:
    if of == "category":
        return frame[column]
    default = {"bool": False, "date": dt.date(1970, 1, 1)}.get(of, 0)
    filled = pl.col(column).fill_null(pl.lit(default, dtype=frame.schema[column]))
    return frame.select(filled).to_series()


def _openfisca(policy: Policy, frame: pl.DataFrame) -> list[bool | None]:
    from peers import openfisca_peer as peer  # half a second that the other engines need not pay

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.parquet"
        frame.write_parquet(path)
        simulation = peer._simulate(peer.prepare([policy]), path)  # its batch answers sums only
        codes = simulation.calculate(f"{policy.kind}__outcome", peer.PERIOD)
    return [{peer.YES: True, peer.NO: False}.get(int(code)) for code in codes]


def _zen(policy: Policy, frame: pl.DataFrame) -> list[bool | None]:
    from peers import zen_peer as peer

    program = peer.prepare([policy])
    return [peer.run_single(program, facts)[0].get("outcome") for facts in frame.iter_rows(named=True)]


# --- counting ------------------------------------------------------------


def count(found: Sequence[Case]) -> list[dict[str, Any]]:
    """One entry per engine, policy and number of hidden facts."""
    tables: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for case in found:
        answer = next(iter(case.found)) if len(case.found) == 1 else None
        _enter(tables["ours", case.policy, case.hidden], case, answer)
    for engine in ENGINES:
        for kind in KINDS:
            asked = [case for case in found if case.policy == kind and case.for_peers]
            if not asked or engine == "ours" or (kind == "hnte" and engine.startswith("zen")):
                continue
            for case, said in zip(
                asked, peer_outcomes(engine, kind, [case.row for case in asked]), strict=True
            ):
                answer = None if said is None else "met" if said else "not_met"
                _enter(tables[engine, kind, case.hidden], case, answer)
    return [
        {"engine": engine, "policy": policy, "hidden": hidden, **counts}
        for (engine, policy, hidden), counts in tables.items()
    ]


def _enter(counts: Counter[str], case: Case, answer: str | None) -> None:
    counts["cases"] += 1
    counts["settled"] += case.settled
    counts["decided"] += answer is not None
    counts["turned"] += answer is not None and bool(case.reached - {answer})
    counts["left_open"] += answer is None and case.settled


# --- the page ------------------------------------------------------------


def render(results: Mapping[str, Any]) -> str:
    """Write the page."""
    counted = results["counts"]
    beside = [
        f"### {kind}\n\n" + _table(*_beside([entry for entry in counted if entry["policy"] == kind]))
        for kind in KINDS
    ]
    parts = (
        "# Being right about what is unknown",
        f"Measured on {results['date']} by `benchmarks/right.py`.",
        METHOD,
        "## Yumiao, over every policy that ships",
        _table(*_ours(counted)),
        PROMISED.format(limit=results["limit"]),
        "## Beside other engines",
        PEERS,
        *beside,
        "## By policy",
        _table(*_by_policy(counted)),
    )
    return "\n\n".join(parts) + "\n"


METHOD = """Facts are hidden from the worked examples that ship with the packs, drawn by seed, and each engine is asked
for the outcome. Then every completion of the hidden facts that can matter is judged by an interpreter that knows no
intervals. An answer is **turned** when the engine said met or not met and some completion says otherwise. It is **left
open** when the engine said undetermined and all completions agree."""

PROMISED = """Up to three hidden facts both numbers are promised to be 0. Beyond, nothing may be turned, but an outcome
may be left open that all completions agree on; the answer then says so (`may_be_decided`). Where more than {limit:,}
completions would be needed they are thinned: such a case counts as turned if they contradict the answer, but nobody
can be blamed for leaving it open."""

PEERS = """OpenFisca has no unknown values: an input that is not given takes its variable's default, 0 or no. zen-engine
has null, but comparing it is an error, so rules written after its guide give every input a default. Both are shown as
written after their guides, and with unknown emulated by hand in every formula, as the speed comparison uses them.
zen-engine runs tech_sme only. Examples on other days, or with other readings of switches than the peers were written
for, are left out. Numbers are answers turned / left open of all cases; Yumiao is counted on all cases of the policy."""


def _sums(entries: Iterable[Mapping[str, Any]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for entry in entries:
        total.update(
            {name: entry.get(name, 0) for name in ("cases", "settled", "decided", "turned", "left_open")}
        )
    return total


def _ours(counted: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = []
    for hidden in HIDDEN:
        total = _sums(entry for entry in counted if entry["engine"] == "ours" and entry["hidden"] == hidden)
        share = total["left_open"] / total["settled"] if total["settled"] else 0
        promised = "0 and 0" if hidden <= 3 else "0 turned"
        holds = total["turned"] == 0 and (hidden > 3 or total["left_open"] == 0)
        numbers = [total[name] for name in ("cases", "settled", "decided", "turned", "left_open")]
        rows.append(
            (
                str(hidden),
                *(f"{n:,}" for n in numbers),
                f"{share:.1%}",
                promised,
                "yes" if holds else "**no**",
            )
        )
    header = (
        "Hidden",
        "Cases",
        "All completions agree",
        "Decided",
        "Turned",
        "Left open",
        "Rate",
        "Promised",
        "Holds",
    )
    return header, rows


def _beside(entries: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = []
    for engine, label in ENGINES.items():
        cells = []
        for hidden in HIDDEN:
            total = _sums(e for e in entries if e["engine"] == engine and e["hidden"] == hidden)
            cells.append(
                f"{total['turned']} / {total['left_open']} of {total['cases']}" if total["cases"] else "–"
            )
        if any(cell != "–" for cell in cells):
            rows.append((label, *cells))
    return ("Engine", *(f"{hidden} hidden" for hidden in HIDDEN)), rows


def _by_policy(counted: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = []
    for policy in sorted({entry["policy"] for entry in counted}):
        mine = [entry for entry in counted if entry["engine"] == "ours" and entry["policy"] == policy]
        near, far = (_sums(e for e in mine if (e["hidden"] <= 3) is few) for few in (True, False))
        rows.append(
            (
                policy,
                f"{near['turned']} / {near['left_open']} of {near['cases']}",
                f"{far['turned']} / {far['left_open']} of {far['cases']}",
            )
        )
    return ("Policy", "1 to 3 hidden: turned / left open", "4 and more"), rows


def main() -> int:
    """Count and write the page; return 1 when something that is promised to be 0 is not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--date", default=dt.datetime.now(tz=dt.UTC).date().isoformat())
    parser.add_argument(
        "--cases", type=int, default=12, help="cases of each policy and number of hidden facts"
    )
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    counted = count(list(cases(arguments.cases)))
    results = {"date": arguments.date, "machine": describe_machine(), "limit": LIMIT, "counts": counted}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"right-{arguments.date}.json").write_text(json.dumps(results) + "\n", encoding="utf-8")
    arguments.page.parent.mkdir(parents=True, exist_ok=True)
    arguments.page.write_text(render(results), encoding="utf-8")
    ours = [entry for entry in counted if entry["engine"] == "ours"]
    broken = _sums(ours)["turned"] or _sums(e for e in ours if e["hidden"] <= 3)["left_open"]
    print(_sums(ours))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
