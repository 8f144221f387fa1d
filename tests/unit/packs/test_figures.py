"""Published figures of a pack, and the fields of titles that the ladder reads."""

from fractions import Fraction

import pytest
from tests.pack_for_tests import METRICS, write_pack
from tests.shipped_packs import shipped_packs

from yumiao.packs.figures import Measure, ZonesIn
from yumiao.packs.library import read_packs

FIGURES = """\
zones:
  甲园: {territory: "320412", confidence: verified}
indicators:
  SEEDS:
    label: {zh: 育苗企业数, en: Seedlings}
    unit: {zh: 家, en: firms}
    counted_by: {title: seed, measure: stock}
    confidence: memory
figures:
  - &first
    indicator: SEEDS
    territory: "320412"
    value: 280
    on: 2024-12-31
    published: 2025-02
    source: {zh: 报纸, en: newspaper}
    confidence: verified
  - {<<: *first, value: "3.66", zones: without, source: {zh: 电视, en: television}}
"""


def read(tmp_path, figures=FIGURES, metrics=METRICS):
    root = write_pack(tmp_path, metrics=metrics)
    folder = next(root.rglob("pack.yaml")).parent / "figures"
    folder.mkdir()
    (folder / "published.yaml").write_text(figures, encoding="utf-8")
    return read_packs([root])


def test_values_of_one_figure_stand_side_by_side_in_their_order(tmp_path):
    library, problems = read(tmp_path)

    assert problems == ()
    assert [
        (
            each.indicator,
            each.value,
            each.definition.zones,
            each.definition.source.en,
            each.counted_by.measure,
        )
        for each in library.figures.published
    ] == [
        ("SEEDS", Fraction(280), None, "newspaper", Measure.STOCK),
        ("SEEDS", Fraction(183, 50), ZonesIn.WITHOUT, "television", Measure.STOCK),
    ]
    assert library.figures.zones_apart("320412") == ("甲园",)
    assert library.figures.zones_apart("320411") == ()


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("indicator: SEEDS", "indicator: SEED", "figure.indicator", "no indicator 'SEED'; nearest: SEEDS"),
        ("title: seed", "title: sed", "figure.title", "no title 'sed'; nearest: seed"),
        ("on: 2024-12-31", 'on: "2024-13"', "figure.date", "there is no day 2024-13"),
        ("value: 280", "value: ≥280", "pack.value", "found ≥280"),
        ("on: 2024-12-31", "on: 2024-12-31\n    year: 2024", "pack.time", "write `year` or `on`"),
        ("published: 2025-02", "published: 2025年", "pack.vintage", "expected 2024, 2024-02 or 2024-02-12"),
    ],
)
def test_mistake_in_a_figure_is_told_with_its_line(tmp_path, before, after, code, words):
    _, problems = read(tmp_path, FIGURES.replace(before, after, 1))

    (problem,) = [each for each in problems if words in each.text.en][:1]
    assert problem.code == code
    assert problem.line is not None
    assert problem.text.zh


def test_shipped_figures_hold_both_values_of_2023_and_gdp_with_and_without_the_zone():
    found = [
        (each.indicator, each.definition.value, each.definition.zones)
        for each in shipped_packs().figures.published
        if each.definition.territory == "320412"
        and each.definition.year == 2023
        and each.indicator in ("HT_NET", "GDP")
    ]

    assert found == [
        ("HT_NET", "280", None),
        ("HT_NET", "278", None),
        ("GDP", "3222.84", ZonesIn.WITH),
        ("GDP", "2239.58", ZonesIn.WITHOUT),
    ]


def test_title_with_a_rung_but_no_leg_is_refused(tmp_path):
    _, problems = read(tmp_path, metrics=METRICS.replace("valid: 3 年, cite", "valid: 3 年, rung: 2, cite"))

    assert "a title on the ladder has both a leg and a rung" in [each.text.en for each in problems]


def test_register_of_titles_takes_every_title_of_all_packs_with_its_other_names():
    library = shipped_packs()

    column = library.registers["titles"].columns["title"]
    assert column.type == "category"
    assert list(column.values) == list(library.titles)
    assert "高企" in column.words["hnte"]
