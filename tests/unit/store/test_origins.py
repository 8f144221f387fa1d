"""Origins give back every source as it was received, whatever the cells and texts look like."""

import datetime as dt

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from yumiao.model.facts import SOURCE_SCHEMA
from yumiao.model.problems import YumiaoError
from yumiao.store.columns import fact_columns, fact_name
from yumiao.store.origin_encoding import encode_origins
from yumiao.store.origins import decode_origin, decode_origins, usual_text, usual_text_of

CITED = ["column", "value", "raw", "file", "sheet", "cell"]
SCHEMA = {
    "subject": pl.String,
    "money@2025": pl.Int64,
    "count": pl.Int64,
    "count#low": pl.Int64,
    "count#high": pl.Int64,
    "yes": pl.Boolean,
    "day": pl.Date,
    "word": pl.String,
}
VALUES = {
    "money@2025": st.integers(-(10**12), 10**12),
    "count": st.integers(0, 50),
    "count#low": st.integers(0, 9),
    "count#high": st.integers(9, 50),
    "yes": st.booleans(),
    "day": st.dates(dt.date(1949, 10, 1), dt.date(2099, 1, 1)),
    "word": st.sampled_from(["C", "I", "", "a#b"]),
}
CELLS = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["A", "D", "AB", "XFD"]), st.integers(1, 1_048_576)),
    st.sampled_from([None, "", "D007", "D0", "7", "AAAA1", "d5", "D5, D6", "Ａ１", "D99999999999", "+D5"]),
)
RAWS = st.one_of(st.none(), st.sampled_from(["", "是", "1,234.50", "约三百", "0.0", "1e3", " 12"]))


@st.composite
def received(draw):
    """A table of facts and the sources of most of its values."""
    rows, sources = [], []
    for subject in draw(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6).map(sorted)):
        row = {"subject": subject, **{column: draw(st.none() | VALUES[column]) for column in VALUES}}
        if row["count"] is not None:
            row |= {"count#low": None, "count#high": None}
        rows.append(row)
        sources += [draw(source_of(subject, column, row)) for column in VALUES if row[column] is not None]
    kept = [each for each in sources if each is not None]
    table = pl.DataFrame(rows, schema=SCHEMA)
    texts = {column: table[column].cast(pl.String).to_list() for column in VALUES}
    places = {subject: place for place, subject in enumerate(table["subject"])}
    for each in kept:
        each["value"] = texts[each["column"]][places[each["subject"]]]
        if each["raw"] == "as printed":
            each["raw"] = each["value"]
        elif each["raw"] == "in larger units" and isinstance(each["value"], str):
            each["raw"] = (
                usual_text_of(int(each["value"]), 6) if each["column"] == "money@2025" else each["value"]
            )
    return table, pl.DataFrame(kept, schema=SOURCE_SCHEMA)


@st.composite
def source_of(draw, subject, column, row):
    if draw(st.integers(0, 9)) == 0 or (column == "count#low" and row["count#high"] is not None):
        return None
    return {
        "subject": subject,
        "column": column,
        "raw": draw(st.sampled_from(["as printed", "in larger units"]) | RAWS),
        "file": draw(st.sampled_from(["a.xlsx", "b.csv", None])),
        "sheet": draw(st.sampled_from(["表1", "表2", None])),
        "cell": draw(CELLS),
        "batch": None,
        "recorded_at": None,
    }


@settings(max_examples=60, deadline=None)
@given(received())
def test_every_source_is_given_back_by_both_readers(given_back):
    table, sources = given_back
    origins, strips = encode_origins(table, sources)

    assert origins["subject"].equals(table["subject"])
    nothing = pl.Series([None] * table.height, dtype=pl.Int64)
    for columns in fact_columns(table.columns):
        values = {name: table[name] if name in table.columns else nothing for name in columns.names}
        found = decode_origins(origins, strips, columns.name, values)
        for place, subject in enumerate(table["subject"]):
            own = sources.filter(pl.col("subject") == subject)
            own = own.filter(pl.col("column").map_elements(fact_name, pl.String) == columns.name)
            row = table.row(place, named=True)
            known = any(row.get(name) is not None for name in columns.names)
            expected = dict.fromkeys(CITED) if own.is_empty() else own.select(CITED).row(0, named=True)
            if known:
                assert found.row(place, named=True) == expected
                assert decode_origin(origins.row(place, named=True), strips, columns.name, row) == expected


@given(st.lists(st.integers(-(10**15), 10**15) | st.none(), min_size=1), st.integers(0, 12))
def test_usual_text_of_many_is_that_of_each(values, shift):
    printed = usual_text(pl.Series(values, dtype=pl.Int64), shift).to_list()

    assert printed == [None if value is None else usual_text_of(value, shift) for value in values]


def test_usual_text_moves_the_point_and_leaves_no_zeros():
    assert [usual_text_of(1250, shift) for shift in range(6)] == [
        "1250",
        "125",
        "12.5",
        "1.25",
        "0.125",
        "0.0125",
    ]
    assert [usual_text_of(each, 2) for each in (-5, 0, True, dt.date(2026, 1, 2))] == [
        "-0.05",
        "0",
        "true",
        "2026-01-02",
    ]


def test_regular_sheet_takes_a_row_number_and_nothing_else():
    subjects = [f"s{number:04d}" for number in range(500)]
    table = pl.DataFrame(
        {
            "subject": subjects,
            "money@2025": [number * 1_000_000 for number in range(500)],
            "count": range(500),
        }
    )
    frames = [
        table.select(
            "subject",
            pl.lit(column).alias("column"),
            pl.col(column).cast(pl.String).alias("value"),
            pl.Series("raw", [str(number) for number in range(500)]),
            file=pl.lit("a.xlsx"),
            sheet=pl.lit("表1"),
            cell=pl.Series([f"{letters}{number + 4}" for number in range(500)]),
            batch=pl.lit(""),
            recorded_at=pl.lit(""),
        )
        for column, letters in (("money@2025", "C"), ("count", "D"))
    ]

    origins, strips = encode_origins(table, pl.concat(frames))

    assert origins.columns == ["subject", "row|0"]
    assert [(strip.column, strip.letters, strip.shift) for strip in strips.strips] == [
        ("money@2025", "C", 6),
        ("count", "D", 0),
    ]


def test_source_of_a_value_that_is_not_there_is_refused():
    table = pl.DataFrame({"subject": ["a"], "count": [1]})
    stranger = pl.DataFrame(
        {**{name: ["x"] for name in SOURCE_SCHEMA}, "column": ["count"]}, schema=SOURCE_SCHEMA
    )

    with pytest.raises(YumiaoError) as caught:
        encode_origins(table, stranger)

    assert caught.value.code == "store.content"
