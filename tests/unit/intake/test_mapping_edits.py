"""A mapping file brought up to date: it reads as it should, and what its author wrote stays."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.mapping import ColumnRule
from yumiao.intake.mapping_edits import edit_mapping, without_lines
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.mapping_writer import Remarks
from yumiao.intake.persons_mapping import PersonsRule
from yumiao.intake.shapes import CellType, ColumnShape, Shape
from yumiao.model.periods import Year
from yumiao.model.units import UNITS

FOLDER = Path("folder")
SHAPE = Shape("表", 3, (ColumnShape("净利润", CellType.NUMBER, "万元"),))
PROFIT = ColumnRule("净利润", "net_profit", ("净利润",), Year(2025, relative=False), UNITS["CNY_10k"])
HEAD = "# mine\nmapping: m\nsubject: {name: 企业名称} # who\n"


def read(text):
    return read_mapping(FOLDER / "m.yaml", METRICS, content=text)


def edit(text, remarks=None, **changes):
    old = read(text)
    new = replace(old, **changes)
    edited = edit_mapping(text, old, new, FOLDER, remarks or Remarks(), read)
    assert without_lines(read(edited)) == without_lines(new)
    return edited


def comments_of(text):
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize(
    "body",
    [
        "columns:\n  成立日期: established_on # agreed\n",
        "columns:\n  # agreed\n  成立日期: established_on\n\n# last words\n",
        "columns:\n  成立日期: established_on\nignore: [a, b] # why\n",
        "columns:\n  成立日期: established_on\nignore: []\n",
        "columns:\n  成立日期: established_on\nignore:\n  - a # why\n",
        "columns:\n  成立日期: established_on\nignore: [a,\n  b] # why\n",
        "shape: {rows: 7}\ncolumns:\n  成立日期: established_on\n",
        "registers: [{metric: listed, file: a.csv, on: 2026-05-31}]\n",
    ],
)
def test_columns_labels_and_shape_are_added_and_comments_stay(body):
    old = read(HEAD + body)

    edited = edit(HEAD + body, columns=(*old.columns, PROFIT), ignore=(*old.ignore, "备 注"), shape=SHAPE)

    assert edited.startswith(HEAD)
    assert [text for text in comments_of(HEAD + body) if text not in comments_of(edited)] == []


def test_nothing_new_but_the_shape_leaves_every_line_before_it():
    text = f"{HEAD}columns:\n  成立日期: established_on # agreed\n"

    assert edit(text, shape=SHAPE).startswith(text)
    assert edit(text) == text


def test_questions_are_added_once_and_never_again():
    text = f"{HEAD}columns:\n  成立日期: established_on\n"
    remarks = Remarks(
        asked=("? 0.84 why", "研发费用: {metric: rd_staff}", "? again", "净利润: {metric: net_profit}")
    )

    once = edit(text, remarks)

    assert once.count("# ?") == 2
    assert edit(once, remarks) == once


def test_file_of_another_style_is_written_anew():
    text = f"{HEAD}columns: {{成立日期: established_on}}\n"

    edited = edit(text, columns=(*read(text).columns, PROFIT))

    assert "  净利润: {metric: net_profit, unit: 万元, year: 2025}" in edited.splitlines()


def test_more_than_additions_is_written_anew():
    text = f"{HEAD}columns:\n  成立日期: established_on\n"

    edited = edit(text, persons=PersonsRule(drop=("联系人",)), ignore=("联系人",))

    assert "  drop: [联系人]" in edited.splitlines()
