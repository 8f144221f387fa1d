"""The shape of a policy version: exactly one of each form, defaults of the first document."""

import datetime as dt
from fractions import Fraction

import pytest
from pydantic import ValidationError

from yumiao.model.metrics import Citation
from yumiao.model.outcomes import Confidence
from yumiao.model.text import Text
from yumiao.packs.policies import Applies, Band, Parameter, ParameterBand, PolicyVersion, ScorePart, Switch

DAY = dt.date(2026, 6, 1)


def version(**parts):
    whole = {
        "policy": "made",
        "version": "made-1",
        "title": {"zh": "甲", "en": "A"},
        "documents": [
            {"number": "一号", "confidence": "confirmed_2", "sources": ["s1", "s2"]},
            {"number": "二号"},
        ],
        "applies": [{"to": ["first_application"], "from": dt.date(2020, 1, 1)}],
    }
    return PolicyVersion.model_validate({**whole, **parts})


def messages(error):
    return [detail["msg"] for detail in error.value.errors()]


# ── exactly one of ────────────────────────────────────────────────────────────────────────────────────

RULE = {"high": {"zh": "甲", "when": "always"}}
TABLE = {"by": "grade", "classes": ["high"], "labels": {"high": {"zh": "甲"}}, "bounds": {}}


@pytest.mark.parametrize(
    "forms", [{}, {"met_when": ["always"], "classes": RULE}, {"classes": RULE, "class_table": TABLE}]
)
def test_policy_without_exactly_one_result_is_refused(forms):
    with pytest.raises(ValidationError) as error:
        version(**forms)

    assert messages(error) == ["expected exactly one of met_when, classes, class_table"]


@pytest.mark.parametrize(
    ("forms", "is_class_policy", "labels"),
    [
        ({"met_when": ["always"]}, False, {}),
        ({"classes": RULE}, True, {"high": Text("甲")}),
        ({"class_table": TABLE}, True, {"high": Text("甲")}),
    ],
)
def test_policy_with_classes_says_which_in_order(forms, is_class_policy, labels):
    policy = version(**forms)

    assert (policy.is_class_policy, policy.class_labels()) == (is_class_policy, labels)


@pytest.mark.parametrize("empty", ["documents", "applies"])
def test_policy_without_document_or_time_is_refused(empty):
    with pytest.raises(ValidationError) as error:
        version(met_when=["always"], **{empty: []})

    assert [(detail["loc"], detail["type"]) for detail in error.value.errors()] == [((empty,), "too_short")]


BAND_KEYS = "a band has exactly one of: from, above, to, below, is, when, else"


@pytest.mark.parametrize(
    "band", [{"points": 1}, {"from": "1", "to": "2", "points": 1}, {"is": "A", "when": "always", "points": 1}]
)
def test_band_without_exactly_one_edge_is_refused(band):
    with pytest.raises(ValidationError) as error:
        ScorePart.model_validate({"of": 5, "value": "share", "bands": [band, {"else": None, "points": 0}]})

    assert messages(error) == [BAND_KEYS]


@pytest.mark.parametrize(
    ("band", "edge"),
    [
        ({"from": "35%"}, "from_"),
        ({"above": "0%"}, "above"),
        ({"to": "5%"}, "to"),
        ({"below": "5%"}, "below"),
        ({"is": "A"}, "is_"),
        ({"when": "always"}, "when"),
        ({"else": None}, None),
    ],
)
def test_band_names_the_key_that_decides_it(band, edge):
    assert Band.model_validate({**band, "points": 1}).edge == edge


def test_row_of_a_bracket_without_an_edge_is_refused_when_asked():
    with pytest.raises(ValueError, match="a band has exactly one of: from, above, to, below, else"):
        _ = ParameterBand.model_validate({"is": "5%"}).edge


@pytest.mark.parametrize(
    "forms", [{}, {"parts": {}, "points": "quality"}, {"points": "quality", "bands": []}]
)
def test_score_part_without_exactly_one_form_is_refused(forms):
    with pytest.raises(ValidationError) as error:
        ScorePart.model_validate({"of": 5, **forms})

    assert messages(error) == ["expected exactly one of parts, bands, better_of, points, per"]


def test_bands_with_edges_need_a_value():
    with pytest.raises(ValidationError) as error:
        ScorePart.model_validate(
            {"of": 5, "bands": [{"from": "1", "points": 1}, {"else": None, "points": 0}]}
        )

    assert messages(error) == ["bands with from/above/to/below/is need a `value`"]


def test_last_band_is_for_all_that_is_left():
    with pytest.raises(ValidationError) as error:
        ScorePart.model_validate({"of": 5, "value": "share", "bands": [{"from": "1", "points": 1}]})

    assert messages(error) == ["the last band is `else`, so that every value has points"]


BANDS = [{"else": None, "is": "3%"}]


@pytest.mark.parametrize(
    "forms", [{}, {"is": "5%", "by": "sales", "bands": BANDS}, {"by": "sales"}, {"bands": BANDS}]
)
def test_parameter_is_either_a_value_or_a_bracket(forms):
    with pytest.raises(ValidationError) as error:
        Parameter.model_validate(forms)

    assert messages(error) == ["expected either `is`, or `by` with `bands`"]


@pytest.mark.parametrize(
    ("parameter", "unknown"),
    [
        ({"is": "unknown"}, True),
        ({"is": "60 分"}, False),
        ({"is": {"switch": "s", "a": "unknown", "b": "60 分"}}, True),
        ({"by": "sales", "bands": BANDS}, False),
    ],
)
def test_parameter_that_nobody_has_set_is_unknown(parameter, unknown):
    assert Parameter.model_validate(parameter).is_unknown is unknown


def test_default_of_a_switch_is_one_of_its_readings():
    with pytest.raises(ValidationError) as error:
        Switch.model_validate({"zh": "甲", "why": "乙", "readings": {"a": "甲", "b": "乙"}, "default": "c"})

    assert messages(error) == ["default c is not among the readings a, b"]


# ── what follows from it ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "kind", "covered"),
    [
        (dt.date(2020, 1, 1), None, True),
        (dt.date(2022, 12, 31), None, True),
        (dt.date(2019, 12, 31), None, False),
        (dt.date(2023, 1, 1), None, False),
        (dt.date(2021, 1, 1), "review", True),
        (dt.date(2021, 1, 1), "first_application", False),
    ],
)
def test_version_covers_both_ends_of_its_time_and_only_its_applications(day, kind, covered):
    applies = Applies.model_validate(
        {"to": ["review"], "from": dt.date(2020, 1, 1), "until": dt.date(2022, 12, 31)}
    )

    assert applies.covers(day, kind) is covered


def test_version_without_an_end_is_still_in_force():
    applies = Applies.model_validate({"to": ["review"], "from": dt.date(2020, 1, 1)})

    assert applies.covers(dt.date(2099, 12, 31), None) is True


@pytest.mark.parametrize(
    ("own", "citation"),
    [
        ({}, Citation("第二条", "一号", ("s1", "s2"), Confidence.CONFIRMED_2)),
        (
            {"confidence": "memory", "sources": ["s3"]},
            Citation("第二条", "一号", ("s3",), Confidence.MEMORY),
        ),
    ],
)
def test_condition_is_cited_by_the_first_document_unless_it_says_otherwise(own, citation):
    condition = {"zh": "甲", "cite": "第二条", "need": "always", **own}
    policy = version(met_when=["C"], conditions={"C": condition})

    assert policy.citation(policy.conditions["C"]) == citation


def test_settings_are_the_chosen_readings_and_the_defaults_of_the_rest():
    switch = {"zh": "甲", "why": "乙", "readings": {"a": "甲", "b": "乙"}, "default": "a"}
    policy = version(met_when=["always"], switches={"one": switch, "other": switch})

    assert policy.settings({"other": "b", "none_such": "c"}) == {"one": "a", "other": "b"}


@pytest.mark.parametrize(
    ("stated", "edge"),
    [
        ({}, (Fraction(1, 5), 2)),
        ({"near_miss": {"within": "12.5%"}}, (Fraction(1, 8), 2)),
        ({"near_miss": {"within": "10%", "at_most": 1}}, (Fraction(1, 10), 1)),
    ],
)
def test_near_miss_is_a_fifth_and_two_conditions_unless_stated(stated, edge):
    assert version(met_when=["always"], **stated).near_miss_edge() == edge


def test_score_is_walked_from_the_whole_to_its_parts():
    part = ScorePart.model_validate(
        {
            "of": 10,
            "parts": {
                "ip": {"of": 5, "points": "quality"},
                "input": {"of": 5, "better_of": {"a": {"points": "quality"}, "b": {"points": "quality"}}},
            },
        }
    )

    paths = [path for path, _ in part.walk(("total",))]

    assert paths == [
        ("total",),
        ("total", "ip"),
        ("total", "input"),
        ("total", "input", "a"),
        ("total", "input", "b"),
    ]
