"""Judging typed facts by one policy version: what to ask for, reading what was typed, the answer. Nothing is kept."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from yumiao.district.registry.packs import library
from yumiao.evaluate.batch import add_derived
from yumiao.evaluate.subjects import row_of
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, column_type
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.model.units import MAGNITUDES, Kind, decimal_text, from_steps
from yumiao.packs.library import Policy
from yumiao.report.wording import NO, YES, fact_label
from yumiao.rules.answers import Answer, Source, Subject
from yumiao.rules.derivation import Derivation, columns_behind, derivations
from yumiao.rules.explaining import explain
from yumiao.rules.graph import PolicyGraph
from yumiao.rules.judging import SubjectJudge
from yumiao.rules.origins import Origin

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_BETWEEN = re.compile(r"~|…|\.\.|至")


@dataclass(frozen=True)
class Trial:
    """A policy version on a date, ready to judge typed facts.

    Attributes:
        columns: the facts that it reads, those behind derived ones included, own ones first.
        derived: how some of them follow from others where nobody gives them.
    """

    judges: SubjectJudge
    policy: Policy
    as_of: dt.date
    graph: PolicyGraph
    derived: tuple[Derivation, ...]
    columns: tuple[str, ...]


@lru_cache(maxsize=16)
def trial_of(policy_id: str, as_of: dt.date) -> Trial:
    """Return the trial of a policy version, by its whole id, for applications on a date."""
    packs = library()
    policy = packs.find(policy_id)[0]
    judges = SubjectJudge(packs)
    graph = judges.policy(policy, as_of).graph
    derived = derivations(packs, [graph], as_of)
    behind = columns_behind(graph, derived) - set(graph.leaves)
    return Trial(judges, policy, as_of, graph, derived, (*graph.leaves, *sorted(behind)))


@dataclass(frozen=True)
class Field:
    """One fact to be typed.

    Attributes:
        value: as typed or filled in: a number in ``unit``, ``low~high`` for an interval, a date, a code, yes or no.
        options: what can be chosen, by value; empty for numbers and dates.
        is_derived: follows from other facts where it is left empty.
        problem: why it could not be read; None where it could.
    """

    column: str
    label: Text
    unit: Text
    value: str
    kind: str
    options: tuple[tuple[str, Text], ...]
    is_derived: bool
    problem: Text | None


def fields_of(
    trial: Trial, values: Mapping[str, str], problems: Mapping[str, Text] | None = None
) -> list[Field]:
    """Return the fields of a trial with what was typed."""
    derived = {each.column for each in trial.derived}
    found = []
    for column in trial.columns:
        name, year = split_column(column)
        metric = trial.judges.library.metrics[name]
        label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
        unit = metric.unit.label if metric.unit is not None else Text("")
        value, problem = values.get(column, ""), (problems or {}).get(column)
        options = _options(metric)
        found.append(Field(column, label, unit, value, str(metric.kind), options, column in derived, problem))
    return found


def _options(metric: Metric) -> tuple[tuple[str, Text], ...]:
    if metric.kind is Kind.BOOL:
        return (("yes", YES), ("no", NO))
    return tuple(metric.values) if metric.kind is Kind.CATEGORY else ()


# ── reading what was typed ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Typed:
    """What was typed, as a table of facts stores it; ``problems`` by column for what could not be read."""

    stored: Mapping[str, Any]
    problems: Mapping[str, Text]


def read_typed(trial: Trial, values: Mapping[str, str]) -> Typed:
    """Read typed values; an empty one is unknown, a wrong one is reported and unknown too."""
    stored: dict[str, Any] = {}
    problems: dict[str, Text] = {}
    for column in trial.columns:
        metric = trial.judges.library.metrics[split_column(column)[0]]
        text = unicodedata.normalize("NFKC", values.get(column, "")).strip()[:80]
        if not text:
            continue
        try:
            stored |= _stored(metric, column, text)
        except ValueError:
            problems[column] = _expected(metric, text)
    return Typed(stored, problems)


def _stored(metric: Metric, column: str, text: str) -> dict[str, Any]:
    match metric.kind:
        case Kind.BOOL:
            return {column: {"yes": True, "no": False}.get(text)}
        case Kind.QUANTITY:
            return _quantity(metric, column, text)
        case _:
            return {column: metric.store(text)}


def _quantity(metric: Metric, column: str, text: str) -> dict[str, Any]:
    ends = [end.strip() for end in _BETWEEN.split(text)]
    if len(ends) == 1:
        return {column: _steps(metric, text)}
    if len(ends) > 2 or not any(ends):
        raise ValueError(text)
    low, high = (_steps(metric, end) if end else None for end in ends)
    if low is not None and high is not None and low > high:
        raise ValueError(text)
    return {column + LOW_SUFFIX: low, column + HIGH_SUFFIX: high}


def _steps(metric: Metric, text: str) -> int:
    number = text.replace(",", "").removesuffix("%").strip()
    if not _NUMBER.fullmatch(number):
        raise ValueError(text)
    steps = metric.store(number)
    if not isinstance(steps, int) or abs(steps) > _most(metric):
        raise ValueError(text)
    return steps


def _most(metric: Metric) -> int:
    """Return the largest magnitude, in steps, that the compiled rules reckon with."""
    return MAGNITUDES[metric.unit.dimension] if metric.unit is not None else 0


def _expected(metric: Metric, text: str) -> Text:
    if metric.kind is Kind.QUANTITY:
        unit = metric.unit.label if metric.unit is not None else Text("")
        domain = metric.domain_text()
        zh = f"填一个数（{unit.zh}），或“低~高”，在 {domain} 之内"
        en = f"give a number ({unit.words('en')}), or low~high, within {domain}"
    elif metric.kind is Kind.DATE:
        zh, en = "填日期，如 2020-03-01", "give a date such as 2020-03-01"
    else:
        zh, en = "从列表中选择", "choose from the list"
    return Text(f"看不懂“{text}”：{zh}。", f"“{text}” was not understood: {en}.")


# ── filling in, and the answer ────────────────────────────────────────────────────────────────────────────────


def typed_of(trial: Trial, facts: pl.DataFrame, columns: frozenset[str] | None = None) -> dict[str, str]:
    """Return the facts of one subject as they would be typed.

    Args:
        facts: one row, or none, of a table of facts.
        columns: only these; None: all that are known.
    """
    row = facts.row(0, named=True) if facts.height else {}
    found = {}
    for column in trial.columns:
        if columns is not None and column not in columns:
            continue
        metric = trial.judges.library.metrics[split_column(column)[0]]
        low, high = row.get(column + LOW_SUFFIX), row.get(column + HIGH_SUFFIX)
        if row.get(column) is not None:
            found[column] = _typed(metric, row[column])
        elif low is not None or high is not None:
            found[column] = "~".join("" if end is None else _typed(metric, end) for end in (low, high))
    return found


def _typed(metric: Metric, stored: Any) -> str:
    match metric.kind:
        case Kind.BOOL:
            return "yes" if stored else "no"
        case Kind.QUANTITY if metric.unit is not None:
            return decimal_text(from_steps(stored, metric.unit), 6)
        case _:
            return str(stored)


def judge_typed(trial: Trial, typed: Typed, said: str) -> Answer:
    """Judge what was typed; what follows from it is filled in, what was not typed is unknown.

    Args:
        said: what the answer gives as the source of typed facts.
    """
    packs = trial.judges.library
    columns = {
        column: pl.Series([value], dtype=column_type(packs.metrics[split_column(_plain(column))[0]]))
        for column, value in typed.stored.items()
    }
    for column in typed.stored:  # an interval stands beside the empty fact that it bounds
        plain = _plain(column)
        columns.setdefault(plain, pl.Series([None], dtype=column_type(packs.metrics[split_column(plain)[0]])))
    table = pl.DataFrame({"subject": pl.Series(["-"]), **columns})
    known = add_derived(table.lazy(), trial.derived).collect()
    origin = Origin(Source(file=said))
    return explain(
        trial.judges,
        trial.policy,
        trial.as_of,
        row_of(known),
        subject=Subject("-"),
        origins={_plain(column): origin for column in typed.stored},
    )


def broken_constraints(trial: Trial, typed: Typed) -> list[Text]:
    """Say which typed parts are more than their wholes: an answer resting on them is worth nothing."""
    pairs = trial.judges.policy(trial.policy, trial.as_of).domains.broken(typed.stored)
    return [
        Text(
            f"{part.zh}大于{whole.zh}，请核对。",
            f"{part.words('en')} is more than {whole.words('en')}; please check.",
        )
        for part, whole in (tuple(map(_label, pair)) for pair in sorted(pairs))
    ]


def _label(column: str) -> Text:
    name, year = split_column(column)
    metric = library().metrics[name]
    return Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))


def _plain(column: str) -> str:
    return column.partition("#")[0]
