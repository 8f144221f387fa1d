"""The columns of a register: short and full forms, and what is wrong with a column."""

import pytest
from pydantic import ValidationError
from tests.shipped_packs import shipped_packs

from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.register_columns import RESERVED, RegisterColumn


def column(written) -> RegisterColumn:
    return RegisterColumn.model_validate(written)


def test_type_alone_and_words_alone_are_the_short_forms():
    assert column("date") == column({"type": "date"})
    assert column({"a": {"zh": "甲"}}) == column({"values": {"a": {"zh": "甲"}}})


@pytest.mark.parametrize(
    ("written", "kind", "unit", "minimum"),
    [
        ("date", Kind.DATE, None, None),
        ("bool", Kind.BOOL, None, None),
        ("item", Kind.QUANTITY, UNITS["item"], 0),
        ("CNY_10k", Kind.QUANTITY, UNITS["CNY_10k"], None),
        ({"a": {"zh": "甲"}}, Kind.CATEGORY, None, None),
        ("title", Kind.CATEGORY, None, None),
    ],
)
def test_column_is_read_as_a_metric_of_its_row(written, kind, unit, minimum):
    metric = column(written).metric("name")

    assert (metric.id, metric.kind, metric.unit, metric.minimum) == ("name", kind, unit, minimum)


def test_text_is_no_metric():
    assert column("text").metric("number") is None


def test_label_is_the_id_where_none_is_written():
    assert column("date").label_of("begun") == Text("begun", "begun")
    assert column({"type": "date", "label": {"zh": "始", "en": "Start"}}).label_of("begun") == Text(
        "始", "Start"
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("dates", "unknown type dates"),
        ({"type": "category"}, "a category lists its values"),
        ({"type": "date", "values": {"a": {"zh": "甲"}}}, "a category lists its values"),
        ({"values": {"a": {"zh": "甲"}}, "words": {"b": ["乙"]}}, "words for b, which is no value"),
        ({"type": "date", "derived": "always"}, "only a yes/no column may be derived"),
        ({"type": "bool", "derived": "a is"}, "cannot read"),
        ({"type": "date", "labels": {}}, "Extra inputs are not permitted"),
    ],
)
def test_column_that_means_nothing_is_refused(written, message):
    with pytest.raises(ValidationError, match=message):
        column(written)


@pytest.mark.parametrize("name", RESERVED)
def test_name_of_what_every_row_has_is_no_column(name):
    with pytest.raises(ValidationError, match=f"every row has {name} already"):
        RegisterDefinition.model_validate({"label": {"zh": "台账"}, "columns": {name: "text"}})


def test_column_of_titles_has_the_titles_of_all_packs_as_values():
    library = shipped_packs()

    title = library.registers["titles"].columns["title"]

    assert tuple(title.values) == tuple(library.titles)
