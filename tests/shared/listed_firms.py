"""Listed firms' published figures, judged: the tables of docs/developers/real-data.md.

`python tests/shared/listed_firms.py TABLE.csv` writes them anew into the page.
"""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from yumiao.evaluate import EvaluatedPolicy, Run, evaluate
from yumiao.evaluate.batch import add_derived
from yumiao.intake.facts import read_facts
from yumiao.intake.mapping_reader import read_mapping
from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.periods import split_column
from yumiao.packs.library import Library, load_packs
from yumiao.rules.inspection import open_columns
from yumiao.rules.judging import PolicyJudge

AS_OF = dt.date(2022, 9, 1)
MAPPING = Path(__file__).parent / "listed-firms.mapping.yaml"
PAGE = Path(__file__).parents[2] / "docs" / "developers" / "real-data.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
PINNED = ("srdi_sme@miit-2026-2-annex1", "little_giant@miit-2026-2-annex2")
OUTCOMES = ("met", "not_met", "undetermined")
MOST_FACTS = 4
"""So many missing facts are named in a row; the rest are counted."""


def read_listed_firms(library: Library, table: Path, mapping: Path = MAPPING) -> Facts:
    """Read the table with the mapping file."""
    return read_facts(
        [table],
        metrics=library.metrics,
        mapping=read_mapping(mapping, library.metrics),
        as_of=AS_OF,
        recorded_at="2022-09-01T00:00:00+08:00",
        batch="listed-firms",
    )


def judge_listed_firms(library: Library, facts: Facts) -> tuple[Run, Run]:
    """Judge by the versions in force on the date, and by the pinned texts of 2026."""
    in_force = evaluate(library, facts, as_of=AS_OF)
    return in_force, evaluate(library, facts, as_of=AS_OF, policies=PINNED)


def count_outcomes(verdicts: pl.DataFrame, column: str) -> tuple[int, ...]:
    """Return how many subjects are met, not met, undetermined."""
    found = Counter(verdicts[column].cast(pl.String))
    return tuple(found[outcome] for outcome in OUTCOMES)


def count_missing(run: Run, policy: EvaluatedPolicy) -> dict[str, Counter[str]]:
    """Return for each condition how many open subjects it leaves open for want of which fact."""
    judge = PolicyJudge(run.library, policy.policy, policy.graph)
    table = add_derived(run.facts.table.lazy(), run.derived).collect()
    missing: dict[str, Counter[str]] = {condition.id: Counter() for condition in policy.graph.conditions}
    for row in table.drop(SUBJECT).iter_rows(named=True):
        inspection = judge.inspect(row)
        for condition in policy.graph.conditions:
            missing[condition.id].update(list(open_columns(inspection, condition.statement)))
    return missing


def words(column: str) -> str:
    """Name a fact as the page does: `metric` or `metric` 2021."""
    metric, year = split_column(column)
    return f"`{metric}`" if year is None else f"`{metric}` {year}"


def missing_words(missing: Counter[str]) -> str:
    """List the facts most often missing, each with how many verdicts it leaves open."""
    ranked = sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{words(column)} ({count})" for column, count in ranked[:MOST_FACTS]]
    rest = len(ranked) - MOST_FACTS
    return ", ".join([*named, f"{rest} more"] if rest > 0 else named) or "–"


def policy_rows(runs: tuple[Run, ...]) -> Iterator[str]:
    """Yield the table of policies."""
    yield "| policy | met | not met | undetermined |"
    yield "| --- | --- | --- | --- |"
    for run in runs:
        for policy in run.policies:
            counts = policy.counts()
            numbers = " | ".join(str(counts[outcome]) for outcome in OUTCOMES)
            yield f"| `{policy.policy.id}`{'' if policy.in_force else ' (pinned)'} | {numbers} |"


def condition_rows(run: Run, policy: EvaluatedPolicy) -> Iterator[str]:
    """Yield the table of a policy's conditions."""
    missing = count_missing(run, policy)
    yield "| condition | met | not met | open | for want of |"
    yield "| --- | --- | --- | --- | --- |"
    for condition in policy.graph.conditions:
        counts = " | ".join(map(str, count_outcomes(policy.verdicts, f"condition.{condition.id}")))
        yield f"| `{condition.id}` | {counts} | {missing_words(missing[condition.id])} |"


def generated_text(library: Library, runs: tuple[Run, ...]) -> str:
    """Return the generated part of the page."""
    return "\n".join(_generated_lines(library, runs))


def _generated_lines(library: Library, runs: tuple[Run, ...]) -> Iterator[str]:
    yield from policy_rows(runs)
    yield ""
    without = [family for family in library.families() if library.in_force(family, AS_OF) is None]
    yield f"No version in force on {AS_OF}: " + ", ".join(f"`{family}`" for family in without) + "."
    for run in runs:
        for policy in run.policies:
            if policy.graph.conditions:
                yield from ("", f"### `{policy.policy.id}`", "")
                yield from condition_rows(run, policy)


def take_apart(page: str) -> tuple[str, str, str]:
    """Return what stands before, in and after the generated part of the page."""
    before, rest = page.split(BEGIN)
    generated, after = rest.split(END)
    return before, generated.strip(), after


def main(table: str) -> None:
    """Write the generated part of the page anew."""
    library = load_packs()
    runs = judge_listed_firms(library, read_listed_firms(library, Path(table)))
    before, _, after = take_apart(PAGE.read_text(encoding="utf-8"))
    text = f"{before}{BEGIN}\n{generated_text(library, runs)}\n\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
