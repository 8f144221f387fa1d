"""The officers' page on registers says what the program and the shipped packs do."""

import re
from pathlib import Path

import pytest
from tests.shipped_packs import shipped_packs

from yumiao.intake.mapping_reader import read_mapping

REPOSITORY = Path(__file__).parents[3]
PAGE = (REPOSITORY / "docs" / "officers" / "registers.md").read_text(encoding="utf-8")
SOURCES = [REPOSITORY / "src" / "yumiao" / "evaluate" / f"{name}.py" for name in ("count_doubts", "doubles")]
LIBRARY = shipped_packs()
IP = LIBRARY.registers["ip"]


def test_the_mapping_file_shown_is_valid_with_the_shipped_registers(tmp_path):
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "mapping.yaml"
    path.write_text(example, encoding="utf-8")

    rule = read_mapping(path, LIBRARY.metrics, registers=LIBRARY.registers).records

    assert (rule.register, rule.is_complete, len(rule.fields)) == ("ip", True, 7)


def test_every_column_of_the_register_is_listed_and_no_other():
    table = PAGE.partition("### The columns")[2].partition("## How each policy")[0]

    listed = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall("`(.*?)`", row)
    }

    assert listed == set(IP.columns)


def test_every_filter_is_listed_and_no_other():
    table = PAGE.partition("## How each policy counts")[2].partition("## Why")[0]

    listed = set(re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE))

    assert listed == {name for filters in IP.counts.values() for name in filters}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_code_of_a_problem_is_explained(path):
    codes = set(re.findall(r'log(?:\.add\(|,)\s*"([a-z_]+)"', path.read_text(encoding="utf-8")))

    assert codes
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []
