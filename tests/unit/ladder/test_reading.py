"""The whole ladder: lines, rungs, published figures beside the counts, and the same as a document."""

import datetime as dt
import json
from fractions import Fraction

import polars as pl
import pytest
from tests.shipped_packs import shipped_packs
from tests.unit.ladder.title_rows import row, table

from yumiao.ladder.absence import CompleteList
from yumiao.ladder.document import exact_text, ladder_document
from yumiao.ladder.flows import Range
from yumiao.ladder.passages import Movement
from yumiao.ladder.reading import Question, read_ladder
from yumiao.ladder.words import LEGS, MOVEMENTS
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.model.problems import YumiaoError
from yumiao.packs.definitions import Leg

END_2023 = dt.date(2023, 12, 31)
ZONE = "常州经开区"
HERE = {"territory": "320412"}


@pytest.fixture(scope="module")
def library():
    return shipped_packs()


def firms(count, on, prefix="s", **more):
    return [row(f"{prefix}{number:03}", "hnte", on=on, **{**HERE, **more}) for number in range(count)]


def read(library, *rows, **asked):
    question = Question(**{"as_of": END_2023, "territory": "320412", **asked})
    return read_ladder(library, table(*rows), question)


def line(ladder, title):
    return next(each for each in ladder.lines if each.title == title)


def test_every_title_of_the_ladder_has_a_line_in_its_order_and_others_where_rows_speak_of_them(library):
    ladder = read(library, row("a", "makerspace_js", on="2022-01-01"))

    assert [each.title for each in ladder.lines] == [
        "tech_sme",
        "hnte",
        "gazelle_js",
        "seed_unicorn_cz",
        "potential_unicorn_js",
        "unicorn_js",
        "innovative_sme",
        "srdi_sme",
        "little_giant",
        "makerspace_js",
    ]


def test_period_starts_with_the_last_day_of_the_year_before(library):
    ladder = read(library, as_of=dt.date(2026, 6, 1))

    assert (ladder.extent.since, ladder.extent.until) == (dt.date(2025, 12, 31), dt.date(2026, 6, 1))


def test_period_that_runs_backwards_is_refused(library):
    with pytest.raises(YumiaoError) as error:
        read(library, since=dt.date(2024, 1, 1))

    assert error.value.code == "ladder.period"
    assert error.value.text.en == "the first day 2024-01-01 must lie before 2023-12-31"


def test_territory_that_is_no_code_is_refused(library):
    with pytest.raises(YumiaoError) as error:
        read(library, territory="武进区")

    assert error.value.code == "ladder.territory"
    assert error.value.text.zh == "“武进区”不是行政区划代码，应如 320412"


def test_zone_goes_by_any_of_its_names(library):
    hnte = line(read(library, *firms(2, "2022-10-12", zone=" 经开区")), "hnte")

    assert (list(hnte.by_zone), hnte.apart.end) == ([ZONE], Range(0, 0))


def test_zone_that_the_packs_name_as_run_apart_is_the_second_column(library):
    ladder = read(library, *firms(3, "2022-10-12", zone="无"), *firms(2, "2022-10-12", "z", zone=ZONE))

    hnte = line(ladder, "hnte")
    assert ladder.extent.zones_apart == (ZONE,)
    assert (hnte.whole.end, hnte.apart.end) == (Range(5, 5), Range(3, 3))
    assert hnte.by_zone[ZONE].end == Range(2, 2)


def test_territories_inside_the_scope_are_counted_apart(library):
    rows = [*firms(3, "2022-10-12", territory="320412105"), *firms(2, "2022-10-12", "z", territory="320411")]

    hnte = line(read(library, *rows), "hnte")

    assert {code: each.end for code, each in hnte.by_territory.items()} == {"320412105": Range(3, 3)}
    assert hnte.whole.end == Range(3, 3)


def test_row_without_a_place_is_where_its_subject_is_registered_unless_it_moved(library):
    rows = [
        row("a", "hnte", on="2022-10-12"),
        row("b", "hnte", on="2022-10-12"),
        row("b", "hnte", "moved_in", on="2023-05-01", territory="320412"),
        row("c", "hnte", on="2022-10-12"),
    ]
    question = Question(as_of=END_2023, territory="320412")

    ladder = read_ladder(library, table(*rows), question, territories={"a": "320412105", "b": "320412"})

    hnte = line(ladder, "hnte").whole
    assert (hnte.start, hnte.end) == (Range(1, 2), Range(2, 3))
    assert hnte.unsettled == ("c",)


def test_first_rung_of_both_legs_counts_each_subject_once(library):
    rows = [
        row("a", "tech_sme", on="2023-05-01", **HERE),
        row("a", "innovative_sme", on="2022-05-01", **HERE),
        row("b", "innovative_sme", on="2022-05-01", **HERE),
    ]

    both = next(rung for rung in read(library, *rows).rungs if rung.leg is None)

    assert both.titles == ("tech_sme", "innovative_sme")
    assert (both.start, both.end) == (Range(2, 2), Range(2, 2))


def test_title_held_with_no_known_last_day_is_counted_and_told_apart(library):
    gazelles = line(read(library, row("a", "gazelle_js", on="2020-05-01", **HERE)), "gazelle_js")

    assert (gazelles.whole.end, gazelles.open_ended) == (Range(1, 1), 1)


def test_published_values_of_one_figure_stand_side_by_side_beside_the_count(library):
    rows = [*firms(100, "2021-12-01", zone="无"), *firms(278, "2023-11-06", "n", zone="无")]

    ladder = read(library, *rows, *firms(2, "2023-11-06", "z", zone=ZONE))

    shown = [
        (each.figure.definition.value, str(each.figure.definition.published), each.whole, each.apart)
        for each in ladder.published
        if each.figure.indicator == "HT_NET"
    ]
    assert shown == [
        ("280", "2024", Range(280, 280), Range(278, 278)),
        ("278", "2024-02-12", Range(280, 280), Range(278, 278)),
    ]
    assert [each.is_in_doubt for each in ladder.published] == [False, False]


def test_published_value_that_no_count_bears_out_is_in_doubt_with_its_difference(library):
    ladder = read(library, *firms(270, "2023-11-06", zone="无"), *firms(1, "2021-05-01", "o", zone="无"))

    paper = ladder.published[0]
    assert paper.is_in_doubt
    assert paper.difference(paper.whole) == (10, 10)


def test_published_flow_is_no_neighbour_of_a_count_of_another_period(library):
    assert read(library, as_of=dt.date(2023, 11, 30)).published == ()
    assert read(library, territory=None).published == ()


def test_published_stock_of_a_year_stands_beside_its_last_day(library):
    rows = firms(3, "2022-03-01", zone="无")
    ladder = read(library, *rows, as_of=dt.date(2024, 12, 31), since=dt.date(2020, 12, 31))

    stocks = [
        (each.figure.definition.kind.value, each.figure.definition.value, each.on, each.whole)
        for each in ladder.published
    ]
    assert stocks == [
        ("actual", "716", dt.date(2020, 12, 31), None),  # the lists begin in 2022: a zero would say nothing
        ("target", "1600", dt.date(2024, 12, 31), Range(3, 3)),
    ]
    assert not any(each.is_in_doubt for each in ladder.published)


def test_document_holds_the_numbers_of_the_ladder(library):
    rows = [*firms(2, "2022-10-12", zone="无"), *firms(1, "2023-11-06", "z", zone=ZONE)]
    rows += [row("u", "hnte", **HERE, zone="无"), row("x", "高企", on="2023-11-06")]
    ladder = read(library, *rows)

    document = json.loads(json.dumps(ladder_document(ladder), ensure_ascii=False))

    hnte = next(each for each in document["titles"] if each["title"] == "hnte")
    whole = {name: hnte["whole"][name] for name in ("start", "first", "end", "net", "unsettled", "identity")}
    assert whole == {
        "start": {"low": 2, "high": 3},
        "first": {"low": 1, "high": 2},
        "end": {"low": 3, "high": 4},
        "net": {"low": 0, "high": 2},
        "unsettled": 1,
        "identity": {"holds": True, "gap": 0},
    }
    assert hnte["apart"]["end"] == {"low": 2, "high": 3}
    assert document["published"][0]["counted"] == {
        "whole": {"low": 0, "high": 2, "difference": ["278", "280"]},
        "apart": {"low": -1, "high": 1, "difference": ["279", "281"]},
    }
    assert [each["code"] for each in document["problems"]] == ["ladder.unknown_title"]
    assert document["standings"] == {}


def test_ladder_with_facts_crosses_what_is_held_with_what_is_met(library):
    shape = {SUBJECT: ["a", "b", "c"], NAME: ["甲", "乙", "丙"], CODE: [None] * 3}
    facts = Facts(pl.DataFrame(shape, schema_overrides={CODE: pl.String}))
    rows = [row("a", "hnte", on="2024-10-12", **HERE), row("c", "hnte", on="2024-10-12", territory="320411")]
    question = Question(as_of=dt.date(2026, 6, 1), territory="320412")

    ladder = read_ladder(library, table(*rows), question, facts=facts)

    found = ladder.standings.filter(pl.col("title") == "hnte")
    assert found.select(SUBJECT, "held", "standing").rows() == [("a", True, "open"), ("b", None, "open")]
    assert "gazelle_js" in ladder.unjudged
    assert "hnte" not in ladder.unjudged


def test_subject_that_a_later_complete_list_does_not_name_is_pointed_out_and_still_counts(library):
    rows = [
        row("a", "hnte", on="2022-10-12", cell="A5", **HERE),
        row("b", "hnte", on="2022-10-12", **HERE),
        row("b", "hnte", on="2022-10-12", batch="b2", **HERE),
        row("c", "hnte", on="2019-10-12", **HERE),
    ]
    lists = [CompleteList("hnte", dt.date(2023, 6, 30), "320412", file="半年.xlsx", batch="b2")]

    ladder = read_ladder(library, table(*rows), Question(as_of=END_2023, territory="320412"), complete=lists)

    assert [(each.code, each.cell) for each in ladder.problems] == [("ladder.vanished", "A5")]
    assert "2023-06-30" in ladder.problems[0].text.zh
    assert line(ladder, "hnte").whole.end == Range(2, 2)


def test_every_leg_and_movement_has_words_in_both_languages():
    words = [LEGS[each] for each in Leg] + [MOVEMENTS[each] for each in Movement]

    assert len({each.zh for each in words}) == len({each.en for each in words}) == len(words)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("280", "280"),
        ("-4", "-4"),
        ("3.66", "3.66"),
        ("-0.05", "-0.05"),
        ("2239.58", "2239.58"),
        ("0.125", "0.125"),
    ],
)
def test_exact_numbers_are_printed_whole(number, text):
    assert exact_text(Fraction(number)) == text
