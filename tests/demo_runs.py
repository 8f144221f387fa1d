"""Runs over small invented districts, made once for all tests that look at reports."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
from tests.shipped_packs import shipped_packs

from yumiao.demo.bundle import AS_OF, write_files
from yumiao.demo.district import INPUTS, MAPPING, make_district
from yumiao.evaluate import Run, evaluate
from yumiao.intake.facts import read_facts
from yumiao.intake.mapping_reader import read_mapping
from yumiao.model.facts import no_sources
from yumiao.model.text import Language
from yumiao.report.lists import Lists, read_lists
from yumiao.report.summary import Summary, summarise

KNOWN_AT = "2026-07-15T09:00:00+08:00"


@cache
def demo_run(seed: int = 5, size: int = 90) -> Run:
    """The run of an invented district."""
    library = shipped_packs()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(make_district(seed, size), folder)
        facts = read_facts(
            [folder / each for each in INPUTS],
            metrics=library.metrics,
            mapping=read_mapping(folder / MAPPING, library.metrics),
            as_of=AS_OF,
            recorded_at=KNOWN_AT,
            batch="demo",
        )
    return evaluate(library, facts, as_of=AS_OF, known_at=KNOWN_AT)


@cache
def demo_summary(seed: int = 5, size: int = 90) -> Summary:
    """The summary of an invented district."""
    return summarise(demo_run(seed, size))


@cache
def demo_lists(language: Language = "zh", seed: int = 5, size: int = 90) -> Lists:
    """The lists of an invented district."""
    return read_lists(demo_summary(seed, size), language)


def run_of(rows: list[dict[str, object]], *policies: str) -> Run:
    """The run of a few subjects given by hand, in the columns of a table of facts."""
    library = shipped_packs()
    run = demo_run()
    table = pl.DataFrame(
        [
            {"subject": f"S{number}", "name": f"甲{number}", "code": None, **row}
            for number, row in enumerate(rows)
        ],
        schema_overrides={"code": pl.String},
    )
    facts = replace(run.facts, table=table, sources=no_sources(), conflicts=no_sources(), problems=())
    return evaluate(library, facts, as_of=AS_OF, policies=policies or None, known_at=KNOWN_AT)
