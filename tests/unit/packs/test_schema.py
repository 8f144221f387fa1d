"""The JSON Schemas for editors: as the models are, and in agreement with every shipped file."""

import datetime as dt
import json

import jsonschema
import pytest
from tests.pack_for_tests import EXAMPLES, METRICS, PACK, POLICY, write_pack

from yumiao.packs.folder import packs_folder
from yumiao.packs.schema import FILES, file_name, pack_schemas, schema_text, write_schemas
from yumiao.packs.yaml_reading import read_yaml

PATTERNS = {
    "pack": "*/pack.yaml",
    "metrics": "*/metrics/*.yaml",
    "sources": "*/sources.yaml",
    "table": "*/tables/*.yaml",
    "policy": "*/policies/*/*.yaml",
    "examples": "*/examples/*.yaml",
    "figures": "*/figures/*.yaml",
}


def as_json(value):
    """What an editor makes of a YAML file: text keys, dates as text."""
    if isinstance(value, dict):
        return {str(key): as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def faults(name, path):
    source, problems = read_yaml(path, path.name)
    assert problems == []
    validator = jsonschema.Draft202012Validator(pack_schemas()[name])
    return [error.message for error in validator.iter_errors(as_json(source.data))]


@pytest.mark.parametrize("name", FILES)
def test_schema_is_valid_and_every_shipped_file_agrees_with_it(name):
    files = sorted(packs_folder().glob(PATTERNS[name]))

    jsonschema.Draft202012Validator.check_schema(pack_schemas()[name])
    assert len(files) > 0
    assert {path.name: found for path in files if (found := faults(name, path))} == {}


@pytest.mark.parametrize("name", FILES)
def test_schema_in_the_packs_folder_is_current(name):
    shipped = (packs_folder() / "schema" / file_name(name)).read_text(encoding="utf-8")

    assert shipped == schema_text(pack_schemas()[name]), (
        "write it anew: yumiao packs schema --to packs/schema"
    )


def test_schemas_are_written_as_shipped(tmp_path):
    write_schemas(tmp_path)

    assert {path.name: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()} == {
        file_name(name): schema for name, schema in pack_schemas().items()
    }


@pytest.mark.parametrize(
    ("name", "file", "before", "after", "message"),
    [
        ("pack", "pack.yaml", "title:", "titel:", "'titel' was unexpected"),
        ("metrics", "metrics/seed.yaml", "unit: person", "unit: persons", "'persons' is not one of"),
        (
            "policy",
            "policies/seed/2025.yaml",
            "    need: total",
            "    needs: total",
            "'needs' was unexpected",
        ),
        ("policy", "policies/seed/2025.yaml", "confidence: confirmed_2", "confidence: sure", "'sure' is not"),
        ("examples", "examples/seed.yaml", "{verdict: met}", "{verdikt: met}", "'verdikt' was unexpected"),
    ],
)
def test_mistake_in_a_file_is_told_by_its_schema(tmp_path, name, file, before, after, message):
    texts = {"pack": PACK, "metrics": METRICS, "policy": POLICY, "examples": EXAMPLES}
    root = write_pack(tmp_path, **{name: texts[name].replace(before, after, 1)})

    found = faults(name, root / "cn" / file)

    assert any(message in text for text in found), found


def test_keys_are_explained_in_both_languages():
    need = pack_schemas()["policy"]["$defs"]["Condition"]["properties"]["need"]

    assert need["description"] == "判断式 / the statement that has to hold"
