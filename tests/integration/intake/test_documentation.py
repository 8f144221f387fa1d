"""The officers' page on mapping files says what the program does."""

import re
from pathlib import Path

import pytest

from yumiao.intake.labels import unit_names
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.values import Fault
from yumiao.packs.library import read_packs

REPOSITORY = Path(__file__).parents[3]
PAGE = (REPOSITORY / "docs" / "officers" / "mapping.md").read_text(encoding="utf-8")
SOURCES = REPOSITORY / "src" / "yumiao" / "intake"


def test_the_mapping_files_shown_are_valid_with_the_shipped_packs(tmp_path):
    packs, _ = read_packs()
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    declared = (packs.metrics, packs.tables, packs.registers, packs.reported.sources)

    columns, persons, records = [
        read_mapping(tmp_path / "mapping.yaml", *declared, content=example) for example in examples
    ]

    assert len(columns.columns) == 7
    assert len(persons.persons.counts) == 3
    assert len(records.records.fields) == 2


def test_every_unit_is_listed():
    listed = re.search(r"\| `unit` .*", PAGE)[0]

    assert [name for name in unit_names() if name not in listed] == []


@pytest.mark.parametrize(
    "path", [p for p in SOURCES.glob("*.py") if not p.stem.startswith("mapping")], ids=lambda p: p.stem
)
def test_every_code_of_a_problem_in_a_file_is_explained(path):
    text = path.read_text(encoding="utf-8")
    codes = {*re.findall(r'log\.add\(\s*"([a-z_]+)"', text), *re.findall(r'return "([a-z_]+)" if ', text)}

    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []


def test_every_fault_of_a_cell_is_explained():
    assert [fault for fault in Fault if f"`{fault}`" not in PAGE] == []
