"""Proposals on a real header: every proposed metric is the one the hand-made mapping names, the others are asked."""

from pathlib import Path

import polars as pl
import pytest

from yumiao.intake.file_proposals import propose_columns
from yumiao.intake.mapping import SubjectColumns
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.proposals import SeenColumn, Standing
from yumiao.packs.library import load_packs

MAPPING = Path(__file__).with_name("listed-firms.mapping.yaml")
FOLDER = "listed-firms-jiangsu"


@pytest.fixture(scope="module")
def library():
    return load_packs()


@pytest.fixture(scope="module")
def by_hand(library):
    return read_mapping(MAPPING, library.metrics, library.tables)


@pytest.fixture(scope="module")
def proposal(shared_folder, library):
    path = shared_folder / "data" / FOLDER / f"{FOLDER}-2019-2021.csv"
    table = pl.read_csv(path, infer_schema=False)
    return propose_columns(
        [SeenColumn(label, table[label]) for label in table.columns], library.metrics, library.tables
    )


def test_who_and_when_are_found_as_the_mapping_says(proposal, by_hand):
    assert (proposal.subject, proposal.year_column) == (by_hand.subject, by_hand.year_column)
    assert proposal.subject == SubjectColumns(id="股票代码", name="企业名称")


def test_everything_proposed_is_what_the_mapping_says(proposal, by_hand):
    truth = {rule.label: rule.metric for rule in by_hand.columns}

    proposed = {
        column.label: column.metric for column in proposal.columns if column.standing is Standing.PROPOSED
    }

    assert proposed == {"营业收入": "operating_revenue", "净利润": "net_profit"}
    assert proposed.items() <= truth.items()


def test_every_mapped_column_is_proposed_or_asked_with_its_metric_among_those_named(proposal, by_hand):
    named = {
        column.label: {column.metric, *(match.metric for match in column.others)}
        for column in proposal.columns
        if column.standing in (Standing.PROPOSED, Standing.ASKED)
    }
    singles = [rule for rule in by_hand.columns if len(rule.parts) == 1]
    sums = [rule for rule in by_hand.columns if len(rule.parts) > 1]

    assert [rule.label for rule in singles if rule.metric not in named.get(rule.label, ())] == []
    asked = " ".join(question.answer for question in proposal.questions)
    assert [
        rule.label for rule in sums if f"{{metric: {rule.metric}, sum: [{', '.join(rule.parts)}]" not in asked
    ] == []


def test_missing_codes_of_the_mapping_are_asked_and_no_column_is_read_before_they_are_answered(
    proposal, by_hand
):
    asked = {
        rule.label: [
            q.answer for q in proposal.column(rule.label).questions if q.answer.startswith("missing")
        ]
        for rule in by_hand.columns
        if rule.label in ("营业收入", "研发费用", "净利润")
    }

    assert asked == {label: ['missing: ["-1.0"]'] for label in ("营业收入", "研发费用", "净利润")}
    assert not any(column.is_settled for column in proposal.columns)


def test_real_table_holds_nothing_about_persons_and_its_shape_remembers_no_name(proposal):
    assert not any(column.standing is Standing.PERSON for column in proposal.columns)
    assert {column.label for column in proposal.shape.columns if column.words} == set()
    assert proposal.shape.rows == 1286
