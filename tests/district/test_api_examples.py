"""Every body that the OpenAPI document describes has an example, and each example is one that its shape allows."""

import jsonschema
from tests.district.calling import JSON, ROOT, document

from yumiao.api.examples import recorded_examples


def bodies():
    """Every body: operation, which, content type, shape, example."""
    for operations in document()["paths"].values():
        for operation in operations.values():
            name = operation["operationId"]
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                yield name, "request", kind, content
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    yield name, status, kind, content


def test_every_operation_has_an_example_of_each_of_its_bodies():
    assert [(name, which) for name, which, _, content in bodies() if "example" not in content] == []


def test_no_example_is_left_of_an_operation_that_is_gone():
    operations = {name for name, *_ in bodies()}

    assert set(recorded_examples()) == operations


def test_every_example_is_what_its_shape_allows():
    faults = [
        (name, which, each.message, list(each.absolute_path))
        for name, which, kind, content in bodies()
        for each in faults_of(kind, content)
    ]

    assert faults == []


def faults_of(kind, content):
    """What a schema finds wrong with the example beside it."""
    shape = {**content["schema"], "components": document()["components"]}
    if kind != JSON and "properties" in shape:  # a form; its files are shown by their names
        texts = {key: as_text(value) for key, value in shape["properties"].items()}
        shape = {**shape, "properties": texts, "additionalProperties": False}
    checker = jsonschema.FormatChecker()
    return jsonschema.Draft202012Validator(shape, format_checker=checker).iter_errors(content["example"])


def as_text(field):
    """The shape of a field of a form with names in the place of files."""
    kept = {key: value for key, value in field.items() if key not in ("format", "contentMediaType")}
    return {**kept, "items": {"type": "string"}} if kept.get("type") == "array" else kept


def test_document_says_openapi_3_1_and_where_it_lies():
    assert document()["openapi"].startswith("3.1")
    assert all(path.startswith(ROOT) for path in document()["paths"])
